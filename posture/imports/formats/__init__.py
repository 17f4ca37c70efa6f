"""The formats that tables come in, each read into the same chunks."""
