"""Which version of the program made a number; the packaging reads it here."""

__version__ = "0.1.0"
