"""Databases as schemas of one PostgreSQL server: the directory in one, each organization's books in their own."""
