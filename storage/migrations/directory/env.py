"""Alembic's entry for the directory."""

from storage.migrations.environment import run
from storage.tables.directory import DIRECTORY_METADATA

run(DIRECTORY_METADATA)
