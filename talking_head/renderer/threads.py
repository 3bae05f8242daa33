"""OpenCV's threads, whose number is the whole process's: one while any frame is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import cv2

_count_lock = Lock()
_being_drawn = 0
_threads_before = 1


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """The first frame under way, of any renderer, sets OpenCV's number of threads to 1; the last one puts it back."""
    global _being_drawn, _threads_before
    with _count_lock:
        if _being_drawn == 0:
            _threads_before = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _being_drawn += 1
    try:
        yield
    finally:
        with _count_lock:
            _being_drawn -= 1
            if _being_drawn == 0:
                cv2.setNumThreads(_threads_before)
