"""The part of a Studio that speaks: text -> Speech."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, overload

from studio import checkpoints
from studio.delivery import DeliveryOptions, check_takes, delivery_of
from studio.emotion import EmotionTrack
from studio.engines import Lengths, Progress, Voice
from studio.errors import InputError
from studio.performance import Speech
from studio.performance.chunk import Bookmark, Chunk
from studio.warm_engines import WarmEngines, is_auto

if TYPE_CHECKING:
    # As in warm_engines: reading emotions is imported when one is read.
    from studio.emotion.script import Script
    from studio.feeling import Feelable

DEFAULT_VOICE = "af_heart"

_LOG = logging.getLogger("affetto")


class Speaking(WarmEngines):
    """Says lines."""

    def feel_line(self, text: str, context: Sequence[str] = ()) -> EmotionTrack:
        """What the words of a line imply, sentence by sentence; neutral when nothing. context: the lines before it.

        Where the text has marks (or is SSML), these say how it is felt. Raises InputError for nothing to read.
        """
        if not any(c.isalnum() for c in text):
            raise InputError("There is no line to read: write what is to be said.")
        from studio.emotion.spoken import script_of

        return script_of(text, None, context).track

    def voices(self) -> Sequence[Voice]:
        """The voices `speak` can use."""
        return self.speaker.voices()

    @overload
    def speak(
        self,
        text: str,
        voice: str | Path = ...,
        emotion: Feelable = ...,
        seconds: float | None = ...,
        *,
        takes: None = ...,
        context: Sequence[str] = ...,
        progress: Progress | None = ...,
        **how: Unpack[DeliveryOptions],
    ) -> Speech: ...

    @overload
    def speak(
        self,
        text: str,
        voice: str | Path = ...,
        emotion: Feelable = ...,
        seconds: float | None = ...,
        *,
        takes: int,
        context: Sequence[str] = ...,
        progress: Progress | None = ...,
        **how: Unpack[DeliveryOptions],
    ) -> tuple[Speech, ...]: ...

    def speak(
        self,
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        takes: int | None = None,
        context: Sequence[str] = (),
        progress: Progress | None = None,
        **how: Unpack[DeliveryOptions],
    ) -> Speech | tuple[Speech, ...]:
        """Say `text`. With `seconds` the result has exactly ``round(seconds * sample_rate)`` samples.

        voice: a name, a blend ("af_heart*0.7+bf_emma*0.3"), the timbre of one with the prosody of another
            ("af_heart/bf_emma"), or a file that `affetto voice fit` made.
        text: may hold inline marks (``[sad]I knew it.[/sad] [pause 0.4s] [angry:0.9 -> calm]Get out.``) or be SSML.
        emotion: of what has no mark; anything `feel` reads, or "auto" for what each sentence implies by itself, with
            `context`, the lines before, in mind. None is neutral.
        takes: so many readings (2 to 16) that differ, the best first; the seed of one says it again.

        how, by keyword:

        seed: another take; 0 if left out.
        temperature: how freely takes depart from the likeliest reading, 0 to 2; 0.6 if left out.
        pins: when words start, in seconds: ``{"door": 1.2}``, where "the#2" is the second "the" and 7 the seventh
            word; or Pins. The rest is fitted around them.
        nearest: a length or a pin out of reach is met as closely as it can be, and the log says so.
        prosody: "autoregressive" (learned; if left out) or "rules" decides lengths, pitch and strength.
        like: a recording whose delivery, contour and tempo, is copied instead; like_text: its words, if known.
        lexicon: a CSV of own pronunciations: word, phonemes[, language].
        Raises InputError for anything given that can't be used, with what would do.
        """
        script, voice = self._script(text, emotion, context, progress), str(voice)
        delivery = delivery_of(script.text, seconds, how)
        count = None if takes is None else check_takes(takes)
        checkpoints.fetch(self.speaker.checkpoints, progress)
        started = time.perf_counter()
        speaker, track = self.speaker, script.track
        said: tuple[Speech, ...]
        if count is None:
            said = (speaker.speak(script.text, voice=voice, track=track, delivery=delivery, progress=progress),)
        else:
            said = speaker.takes(script.text, count, voice=voice, track=track, delivery=delivery, progress=progress)
        taken = time.perf_counter() - started
        for speech in said:
            _LOG.info("spoke %.2f s of %s, %s, seed %d", speech.seconds, voice, speech.track, speech.seed)
        _LOG.info("in %.2f s", taken)
        return said[0] if count is None else said

    def lengths(
        self,
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        *,
        context: Sequence[str] = (),
        progress: Progress | None = None,
        **how: Unpack[DeliveryOptions],
    ) -> Lengths:
        """How long `speak` would take to say `text`, and within which seconds it can be asked to; nothing is sounded.

        The arguments, and what is raised, as of `speak`.
        """
        script, voice = self._script(text, emotion, context, progress), str(voice)
        delivery = delivery_of(script.text, None, how)
        checkpoints.fetch(self.speaker.checkpoints, progress)
        return self.speaker.lengths(script.text, voice=voice, track=script.track, delivery=delivery)

    def stream(
        self,
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        prompt: bool = True,
        after: Bookmark | None = None,
        context: Sequence[str] = (),
        progress: Progress | None = None,
        **how: Unpack[DeliveryOptions],
    ) -> Generator[Chunk]:
        """`speak` in chunks, each made when it is asked for, the first of them soon. Close it to stop the work.

        prompt: the first sentences are cut for the sake of the first sound; else a chunk is a sentence.
        after: the bookmark of a chunk, to go on behind it.
        how, and the rest: as of `speak`; `joined` makes a Speech of chunks.
        Raises InputError as `speak`, and for `seconds` or `pins`: a stream sounds before its end is planned.
        """
        script, voice = self._script(text, emotion, context, progress), str(voice)
        delivery = delivery_of(script.text, seconds, how)
        checkpoints.fetch(self.speaker.checkpoints, progress)
        return self.speaker.stream(
            script.text, voice=voice, track=script.track, delivery=delivery, prompt=prompt, after=after
        )

    def _script(self, text: str, emotion: Feelable, context: Sequence[str], progress: Progress | None) -> Script:
        """What is to be said, and how it is felt."""
        from studio.emotion.spoken import script_of

        if not isinstance(text, str):
            raise InputError(f"What to say is a string, not {type(text).__name__}.")
        auto = is_auto(emotion)
        if context and not auto:
            raise InputError('The lines before (context) are looked at only with the emotion "auto": leave them out.')
        return script_of(text, None if auto else self.feel(emotion, overall=True, progress=progress), context)
