"""Tests of what only files have: a run with `--store postgres` leaves them out, each for the reason given here. A test
is named by how its id begins; a folder or a file stands for all that is in it.
"""

from __future__ import annotations

_BACKUP = "a backup lays files into a folder"
_FILES = "about files of SQLite"
_MEMORY = "about what a connection to a file remembers; one to a server is everybody's, and remembers nothing"
_TYPED = "a server keeps in a column only what is of its type"
_ORDER = "a server promises no order by itself"
_SCHEMA_6 = "begins with files of an earlier version"
_LOCKED = "takes SQLite's lock of a file from outside, or moves the file away"

SQLITE_ALONE = {
    "tests/operations/test_order_of_lists.py::test_whoever_asks_for_no_order_gets_another": _ORDER,
    "tests/server/test_http_doors.py::test_what_cannot_be_looked_up_is_said_so": _LOCKED,
    "tests/storage/test_access_queries.py::test_what_is_reached_is_asked_for_once": _MEMORY,
    "tests/storage/test_access_queries.py::test_who_reaches_what_is_known_anew_after_every_change": _MEMORY,
    "tests/storage/test_asking.py::test_what_cannot_be_read_is_named_wherever_it_is_found_out[a row": _TYPED,
    "tests/storage/test_backup.py": _BACKUP,
    "tests/storage/test_books_of_schema_6.py": _SCHEMA_6,
    "tests/storage/test_cache.py::test_every_table_of_settings_is_watched": _MEMORY,
    "tests/storage/test_cache.py::test_settings_are_read_once": _MEMORY,
    "tests/storage/test_cache.py::test_what_was_written_is_remembered_only_where_it_is_kept": _MEMORY,
    "tests/storage/test_damaged_templates.py": _FILES,
    "tests/storage/test_diagnosis.py": _FILES,
    "tests/storage/test_engines.py": _FILES,
    "tests/storage/test_exchanged_files.py": _FILES,
    "tests/storage/test_key_findings.py": "the operator's diagnosis is one of files",
    "tests/storage/test_migrating_killed.py": _FILES,
    "tests/storage/test_migrations.py": _FILES,
    "tests/storage/test_provisioning.py": _FILES,
    "tests/storage/test_tampered_backups.py": _BACKUP,
}


def why_left_out(test: str) -> str:
    """Why the test of this id is not tried on a server; empty where it is."""
    return next((reason for begins, reason in SQLITE_ALONE.items() if test.startswith(begins)), "")
