"""The only reader: every figure shown is computed here."""
