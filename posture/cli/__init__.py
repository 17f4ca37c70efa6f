"""The command line: the only layer that prints, asks and exits."""
