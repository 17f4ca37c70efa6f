"""The command line: the only layer that prints, asks and exits."""

INTERRUPTED = 130
"""The exit code of a run that somebody interrupted: 128 and the number of the signal."""
