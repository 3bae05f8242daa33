"""The `affetto` command."""

from apps.cli.main import main

__all__ = ["main"]
