"""What comes in from outside: scenarios and reference data."""
