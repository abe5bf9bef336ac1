"""The tables of the two databases, each with a metadata of its own: they never meet in one query."""
