"""One module for each report: `run` answers the question as typed, `lines` draws the answer for a terminal."""
