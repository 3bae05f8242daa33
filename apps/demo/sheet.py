"""Draws docs/emotions.jpg: one face, one line, six emotions.

python -m apps.demo.sheet [SHEET.jpg]
"""

from __future__ import annotations

import sys
from importlib import resources
from itertools import islice
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from studio import Clip, Studio
from studio.media.files import written_whole
from studio.performance import Word, arkit_index

LINE = "I never thought I would see you here again."
EMOTIONS = ("happy:0.9", "sad:0.9", "angry:0.9", "afraid:0.9", "surprised:0.9", "disgusted:0.9")
# An open vowel, rounded lips, spread lips.
WORDS = ("thought", "you", "see")
# Where the face is in the demo's portrait: left, top, right, bottom as shares of its width and height.
FACE = (0.18, 0.12, 0.82, 0.78)
WIDTH = 280


def draw_sheet(sheet: Path) -> None:
    """A row for each word, a column for each emotion; frames as the film would show them."""
    studio = Studio()
    portrait = Path(str(resources.files("apps.demo").joinpath("portrait.jpeg")))
    columns = []
    for emotion in EMOTIONS:
        clip = studio.perform(portrait, LINE, emotion=emotion)
        words = {w.text.lower(): w for w in clip.speech.words}
        columns.append([_face(clip, words[word]) for word in WORDS])
    height = columns[0][0].height
    page = Image.new("RGB", (WIDTH * len(columns), height * len(WORDS)))
    label = ImageDraw.Draw(page)
    font = ImageFont.load_default(20)
    for x, (emotion, faces) in enumerate(zip(EMOTIONS, columns, strict=True)):
        for y, face in enumerate(faces):
            page.paste(face, (x * WIDTH, y * height))
        label.text((x * WIDTH + 10, 8), emotion, fill="white", font=font, stroke_width=2, stroke_fill="black")
    with written_whole(sheet) as part:
        page.save(part, quality=88)


def _face(clip: Clip, word: Word) -> Image.Image:
    """The frame of the word in which the eyes are most open: a still of a blink says nothing of the emotion."""
    first, last = round(word.start * clip.fps), round(word.end * clip.fps)
    blinks = clip.motion.coefficients[first : last + 1, arkit_index("eyeBlinkLeft")]
    frame = next(islice(clip.frames(), first + int(blinks.argmin()), None))
    picture = Image.fromarray(frame)
    left, top, right, bottom = FACE
    box = (left * clip.width, top * clip.height, right * clip.width, bottom * clip.height)
    height = round(WIDTH * (box[3] - box[1]) / (box[2] - box[0]))
    return picture.resize((WIDTH, height), Image.Resampling.LANCZOS, box)


if __name__ == "__main__":
    draw_sheet(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/emotions.jpg"))
