"""Alembic's entry for the books."""

from storage.migrations.environment import run
from storage.tables.books import IssuedDocument

# The metadata are those of all the books' tables, the settings' among them.
run(IssuedDocument.metadata)
