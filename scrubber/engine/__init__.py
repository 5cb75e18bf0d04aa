"""Findings to plans, and many documents in order. Reads nothing, writes nothing, prints nothing."""
