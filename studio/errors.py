"""The errors a person can act on. Doors show their message as it is, without a traceback."""


class AffettoError(Exception):
    """One sentence that says what is wrong, where, and what would do. The command line exits with status 2."""


class InputError(AffettoError):
    """Something the caller gave (text, photograph, length, voice, emotion, place to write) can't be used."""


class CheckpointError(AffettoError):
    """A model file is missing, damaged or can't be fetched."""
