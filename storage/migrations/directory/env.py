"""Alembic's entry for the directory."""

import storage.directory.activity_tables
import storage.directory.authorization_tables  # Its tables are the directory's too.
import storage.directory.followed_tables  # Its tables are the directory's too.
import storage.directory.identity_tables  # Its tables are the directory's too.
import storage.directory.overview_tables  # Its tables are the directory's too.
import storage.directory.provider_tables  # noqa: F401  # Its tables are the directory's too.
from storage.directory.tables import DIRECTORY_METADATA
from storage.migrations.environment import run

run(DIRECTORY_METADATA)
