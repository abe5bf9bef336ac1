"""SQLite: connections, transactions, the cache of what is read again and again, and the health of a file. Another
database would be a room beside this one.
"""
