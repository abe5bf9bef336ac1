"""What both alembic environments do: run the revisions on the connection that `migrate_file` handed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import MetaData

from storage.migrations.dialects import state_version


def run(metadata: MetaData) -> None:
    """Run the migrations, each revision in a transaction of its own."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transaction_per_migration=True,
        transactional_ddl=True,
        on_version_apply=_state_version,
    )
    with context.begin_transaction():
        context.run_migrations()


def _state_version(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]
) -> None:
    if ctx.connection is None or step.up_revision_id is None:
        raise RuntimeError("revisions are applied upwards, and to a database")
    state_version(ctx.connection, step.up_revision_id)
    at_head, revision = context.config.attributes.get("at_head"), step.up_revision
    if at_head is not None and revision is not None and not revision.nextrev:
        at_head(ctx.connection)
