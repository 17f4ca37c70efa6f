"""The contents of a synthetic ledger: its catalogue in Python, its claims in DuckDB's SQL."""
