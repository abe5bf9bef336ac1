"""Pushing configuration of the practice to its clients: an act on many books, of which each is one transaction."""
