"""Alembic's entry for the books."""

from storage.migrations.environment import run
from storage.tables.books import BooksTable

run(BooksTable.metadata)
