import gc

# What starting up makes stays until the end: to look for garbage in it costs, and finds nothing. Once rules are loaded
# `session.py` has its own mind about it.
gc.set_threshold(50_000, 20, 50)
