"""Exports of the journal, for the ledger that a practice really uses.

Each format is a pure function of the entries of a period, read once and one at a time, so that its memory does not grow
with their number. What a format cannot say is refused, or told in the notes; it is never left out without a word.
"""
