"""Motion that is learned: head, brows, lids, gaze and cheeks by diffusion, from the voice and its emotion."""

from talking_head.motion.living.life import learned_life

__all__ = ["learned_life"]
