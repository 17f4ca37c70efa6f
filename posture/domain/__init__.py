"""What the words mean: pure functions and immutable records, no SQL, no input or output."""
