"""Settling documents: what an act asks for, whether it may be, and the rows and entries that it becomes."""
