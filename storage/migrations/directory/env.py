"""Alembic's entry for the directory."""

from storage.directory.tables import DIRECTORY_METADATA
from storage.migrations.environment import run

run(DIRECTORY_METADATA)
