"""Rule files in, typed rules out."""
