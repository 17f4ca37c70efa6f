"""The only writer: every change of the database goes through one append."""
