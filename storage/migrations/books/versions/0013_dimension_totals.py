"""What lines are tagged with as rows beside their document, and what that comes to by month.

Documents that have dimensions already say them in their texts.
"""

import json

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes, refuse_insert

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_dimensions",
        sa.Column("document_id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("dimension", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document_id", "position"], ["document_lines.document_id", "document_lines.position"]),
    )
    op.create_table(
        "dimension_totals",
        *(sa.Column(name, sa.String(), primary_key=True) for name in ("month", "dimension", "value", "currency")),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
    )
    _fill()
    forbid_changes("line_dimensions", "document_id,position,dimension")
    refuse_insert(
        "line_dimensions",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further dimensions",
    )


def _fill() -> None:
    connection = op.get_bind()
    tagged = sa.text("SELECT id, content FROM documents WHERE content LIKE '%\"dimensions\":[{%'")
    for document_id, content in connection.execute(tagged).all():
        for line in json.loads(content)["lines"]:
            of_line = {"id": document_id, "position": line["position"], "net_minor": line["net_minor"]}
            for tag in line.get("dimensions", ()):
                connection.execute(
                    sa.text("INSERT INTO line_dimensions VALUES (:id, :position, :dimension, :value, :net_minor)"),
                    of_line | tag,
                )
    op.execute(
        "INSERT INTO dimension_totals (month, dimension, value, currency, documents, net_minor)"
        " SELECT substr(CAST(d.issue_date AS TEXT), 1, 7), l.dimension, l.value, d.currency, count(DISTINCT d.id),"
        " sum(CASE WHEN d.kind = 'credit_note' THEN -l.net_minor ELSE l.net_minor END)"
        " FROM line_dimensions l JOIN documents d ON d.id = l.document_id GROUP BY 1, 2, 3, 4"
    )
