"""What a dub leaves: the film, its sound alone, and the report."""

from studio.dubbing.output.film import FilmOptions, check_film_out, write_audio, write_film

__all__ = ["FilmOptions", "check_film_out", "write_audio", "write_film"]
