"""When each line of a dub is said, and how fast; and where its words go to meet the lips on the screen."""

from studio.dubbing.timing.lips import Following, Mouth, Sound, follow, sounds_of
from studio.dubbing.timing.planner import plan
from studio.dubbing.timing.slots import Limits, Slot, Wanted

__all__ = ["Following", "Limits", "Mouth", "Slot", "Sound", "Wanted", "follow", "plan", "sounds_of"]
