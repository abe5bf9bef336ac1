"""The template that new books are copied from: a schema that the migrations made, told as the statements that make the
same in another schema.

To run all migrations for each organization takes seconds; these statements take a fraction of one.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_SEQUENCES = text(
    "SELECT c.relname, format_type(s.seqtypid, NULL) FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid"
    " WHERE c.relnamespace = CAST(:schema AS regnamespace) ORDER BY c.relname"
)
_COLUMNS = text(
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
    " pg_get_expr(d.adbin, d.adrelid, true), co.collname"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " LEFT JOIN pg_collation co ON co.oid = a.attcollation AND co.collname <> 'default'"
    " WHERE c.relnamespace = CAST(:schema AS regnamespace) AND c.relkind = 'r' ORDER BY c.relname, a.attnum"
)
_CONSTRAINTS = text(
    "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid, true) FROM pg_constraint k"
    " JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = CAST(:schema AS regnamespace)"
    " AND k.contype IN ('p', 'u', 'c', 'f') ORDER BY k.contype = 'f', c.relname, k.conname"
)
_INDEXES = text(
    "SELECT pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
    " WHERE c.relnamespace = CAST(:schema AS regnamespace)"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1"
)
_FUNCTIONS = text(
    "SELECT p.proname, p.prosrc FROM pg_proc p WHERE p.pronamespace = CAST(:schema AS regnamespace) ORDER BY p.proname"
)
_TRIGGERS = text(
    "SELECT pg_get_triggerdef(t.oid, true) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE c.relnamespace = CAST(:schema AS regnamespace) AND NOT t.tgisinternal ORDER BY 1"
)
_VIEWS = text(
    "SELECT c.relname, pg_get_viewdef(c.oid, true) FROM pg_class c"
    " WHERE c.relnamespace = CAST(:schema AS regnamespace) AND c.relkind = 'v' ORDER BY c.oid"
)
VERSION_TABLE = "alembic_version"
_OF_A_KIND = (
    "SELECT format('ALTER {0} %I SET SCHEMA %I', relname, CAST(:aside AS text)) FROM pg_class"
    " WHERE relnamespace = CAST(CAST(:schema AS text) AS regnamespace) AND relkind = '{1}' ORDER BY relname"
)
SET_ASIDE = (
    text(_OF_A_KIND.format("TABLE", "r")),
    text(_OF_A_KIND.format("VIEW", "v")),
    # Those that a table owns have gone with it.
    text(_OF_A_KIND.format("SEQUENCE", "S")),
    text(
        "SELECT format('ALTER FUNCTION %I(%s) SET SCHEMA %I', proname, pg_get_function_identity_arguments(oid),"
        " CAST(:aside AS text)) FROM pg_proc WHERE pronamespace = CAST(CAST(:schema AS text) AS regnamespace)"
        " ORDER BY oid"
    ),
)
"""Each answers the statements that take all of a kind out of a schema, in this order, into another."""


def script_of(connection: Connection, schema: str) -> tuple[str, ...]:
    """The statements that make what is in `schema`, but for its rows, in the first schema of the search path.

    That is to be `schema` now: then nothing is named with its schema.
    """
    of = {"schema": f'"{schema}"'}
    rows = {
        query: connection.execute(query, of).all()
        for query in (_SEQUENCES, _COLUMNS, _CONSTRAINTS, _INDEXES, _FUNCTIONS, _TRIGGERS, _VIEWS)
    }
    statements = [f"CREATE SEQUENCE {name} AS {kind}" for name, kind in rows[_SEQUENCES]]
    columns: dict[str, list[str]] = {}
    for table, *column in rows[_COLUMNS]:
        columns.setdefault(table, []).append(_column(*column))
    statements += [f"CREATE TABLE {table} ({', '.join(each)})" for table, each in columns.items()]
    statements += [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for table, name, definition in rows[_CONSTRAINTS]
    ]
    statements += [definition for (definition,) in rows[_INDEXES]]
    statements += [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${source}$body$"
        for name, source in rows[_FUNCTIONS]
    ]
    statements += [definition for (definition,) in rows[_TRIGGERS]]
    statements += [f"CREATE VIEW {name} AS {definition.rstrip(';')}" for name, definition in rows[_VIEWS]]
    return tuple(statements)


def _column(name: str, kind: str, not_null: bool, default: str | None, collation: str | None) -> str:
    said = f'"{name}" {kind}'
    if collation:
        said += f' COLLATE "{collation}"'
    if default:
        said += f" DEFAULT {default}"
    return f"{said} NOT NULL" if not_null else said
