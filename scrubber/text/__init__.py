"""Strings and bytes: lines, folding, decoding, shingles, sketches. Knows nothing of documents or rules."""
