"""posture keeps a ledger of sourced, graded, dated claims about which forces are where, how many, in what state."""

__version__ = "0.1.0"
