"""What is kept: tables, queries, engines, migrations, backups.

A directory database for users, organizations and sessions, and one set of books per organization. Queries are
functions of a session; only `storage.sqlite.engines` opens databases, begins and ends transactions.
"""
