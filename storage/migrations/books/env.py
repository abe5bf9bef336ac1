"""Alembic's entry for the books."""

from storage.books.tables import DocumentRow
from storage.migrations.environment import run

# The metadata are those of all the books' tables, the settings' among them.
run(DocumentRow.metadata)
