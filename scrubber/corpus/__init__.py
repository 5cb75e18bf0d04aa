"""What only many documents together show: which lines they share, which texts repeat others.

Everything here counts and compares; nothing decides what becomes of a text.
"""
