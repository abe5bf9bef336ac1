"""What queries on any database have in common: statements that are put together once, column types, comparisons of
rows, and the memory of what is read again and again.
"""
