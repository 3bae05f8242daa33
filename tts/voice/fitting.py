"""A voice from recordings of a person: timbre, pitch and colour. docs/decisions/0012-voices.md has what it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.engines import Progress
from studio.evaluation.speaker_similarity import embedding
from tts.acoustic.kokoro import SAMPLE_RATE, Floats, Kokoro
from tts.voice import stock
from tts.voice.colour import long_term, matching
from tts.voice.file import FittedVoice, check_consent
from tts.voice.listening import listen
from tts.voice.prosody import check_language, prosody_for
from tts.voice.rendering import said
from tts.voice.search import Renderings, search
from tts.voice.space import Space, space

# Reckoned as a minute and a half on two cores (1.2 s of one core each, measured); gains were measured at 20 (0012).
ROUNDS = 100
# Stock timbres said in the person's pitch before the search leaves the best of them.
_STARTS = 3


def fit(
    recordings: Sequence[str | Path],
    *,
    consent: str | None,
    language: str = "en-US",
    rounds: int = ROUNDS,
    device: str = "auto",
    progress: Progress | None = None,
) -> FittedVoice:
    """Make a voice like the one person heard in `recordings`, files of any kind that holds sound.

    consent: who agreed to what; kept in the voice.  language: whose prosody it gets.  rounds: renderings of three
    seconds of sound to search in; the voice is the same each time.
    Raises InputError: no consent, no recording, under 5 s of sound, no voice in it, a language that is not read.
    """
    statement = check_consent(consent)
    check_language(language)
    places = space()
    person = listen(recordings)
    kokoro = Kokoro(device)
    rendering = _Rendering(kokoro, places, prosody_for(kokoro, places, language, person.pitch, person.spread))
    alike = places.embeddings @ person.embedding
    nearest = int(np.argmax(alike))
    gender = places.gender(person.pitch)
    of_gender = [i for i, n in enumerate(places.names) if stock.ALL[n].gender == gender]
    first = [*sorted(of_gender, key=lambda i: -float(alike[i]))[:_STARTS], nearest]
    known = Renderings(
        np.column_stack([places.places, places.pitch(places.pitches)]).astype(np.float64),
        places.embeddings.astype(np.float64),
    )
    found = search(
        person.embedding,
        [np.append(places.places[i], places.pitch(person.pitch)).astype(np.float64) for i in dict.fromkeys(first)],
        known,
        lambda place: embedding(rendering.sound(place[:-1]), SAMPLE_RATE),
        rounds,
        (lambda done: progress("fitting the voice", done, rounds)) if progress else (lambda done: None),
    )
    place = found.place[:-1]
    return FittedVoice(
        language=language,
        gender=gender,
        consent=statement,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        recordings=person.recordings,
        nearest=places.names[nearest],
        nearest_similarity=round(float(alike[nearest]), 4),
        similarity=round(found.similarity, 4),
        made_with=f"affetto {version('affetto')}; Kokoro-82M v1.0; ECAPA-TDNN spkrec-ecapa-voxceleb",
        table=rendering.table(place),
        bands=matching(person.bands, long_term(rendering.sound(place), SAMPLE_RATE)),
    )


class _Rendering:
    """The space's line in a prosody [510, 128], with one timbre or another."""

    def __init__(self, kokoro: Kokoro, places: Space, prosody: Floats) -> None:
        self._kokoro = kokoro
        self._places = places
        self._prosody = prosody
        # What a sentence's length adds to a timbre is much the same in all voices.
        by_length = np.mean([stock.table(n)[:, : stock.TIMBRE] for n in places.names], axis=0)
        self._by_length = by_length - by_length[places.row]

    def table(self, place: npt.NDArray[np.float64]) -> Floats:
        """Styles, [510, 256]."""
        timbre = self._places.timbre(place) + self._by_length
        return np.concatenate([timbre, self._prosody], axis=1, dtype=np.float32)

    def sound(self, place: npt.NDArray[np.float64]) -> Floats:
        return said(self._kokoro, self._places.ids, self.table(place)[self._places.row][None])
