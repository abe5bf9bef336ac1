"""Alembic's entry for the books."""

from storage.migrations.environment import run
from storage.tables.books import BOOKS_METADATA

run(BOOKS_METADATA)
