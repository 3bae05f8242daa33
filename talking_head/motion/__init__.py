"""Speech + Emotion -> FaceMotion: lips from the phonemes, expression from the emotion, life from a seed."""

from talking_head.motion.compose import compose_motion

__all__ = ["compose_motion"]
