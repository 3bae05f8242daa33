"""Names of the devices engines run on."""

from __future__ import annotations

import re

from studio.errors import InputError


def check_device(device: str) -> None:
    """Raise InputError unless `device` is "auto", "cpu", "cuda" or "cuda:N"."""
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", device):
        raise InputError(f"There is no device {device!r}: give auto, cpu or cuda:0.")
