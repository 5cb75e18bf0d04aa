"""What many documents have in common: their paragraphs, and the ones that nearly repeat each other.

Finds and says; refuses to read files, to decide what a run does with a copy, and to write anything but its own
segments.
"""
