"""A migration that is killed at any statement goes on at the next run."""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path

import pytest

from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.folder.migrating import MigrationReport, migrate_all
from storage.migrations import head_stamp
from storage.sqlite.engines import FileKind, examine
from tests.support.backups import silent
from tests.support.faults import scaled
from tests.support.practice import practice
from tests.support.processes import start_python
from tests.support.raw import older_books

# One process imports all there is, and forks another for each statement at which that one is to die.
MIGRATOR = """
import json, os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from storage.folder.migrating import migrate_all

def run(root, fatal):
    count = 0
    @event.listens_for(Engine, "before_cursor_execute")
    def counted(*_):
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
    migrate_all(Path(root), lambda done, of: None)
    print(count, flush=True)
    os._exit(0)

for line in sys.stdin:
    root, fatal = json.loads(line)
    if not (child := os.fork()):
        run(root, fatal)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else "ended", flush=True)
"""


@pytest.mark.faults
@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
async def test_a_migration_that_is_killed_at_any_statement_goes_on(tmp_path: Path) -> None:
    async with practice(tmp_path / "made") as one:
        client = await one.client("Older")
    path = Path(ORGANIZATIONS_FOLDER, client.id, BOOKS_FILE)
    older_books(tmp_path / "made" / path, client.id)
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    with start_python(MIGRATOR) as migrator:
        assert migrator.stdin is not None
        assert migrator.stdout is not None
        ask, answers = migrator.stdin, migrator.stdout

        def migrated(name: str, fatal: int) -> str:
            shutil.copytree(tmp_path / "made", tmp_path / name)
            ask.write(json.dumps([str(tmp_path / name), fatal]) + "\n")
            ask.flush()
            return answers.readline().strip()

        statements = int(migrated("whole", 0))
        assert answers.readline().strip() == "ended"
        assert statements > 250, "the books have a long way to go"
        for fatal in sorted(random.Random(seed).sample(range(1, statements), scaled(60, 60))):  # noqa: S311  Where to die.
            assert migrated(f"at {fatal}", fatal) == "9"
            root = tmp_path / f"at {fatal}"
            report = migrate_all(root, silent)
            assert (report.failed, len(report.migrated) + report.current) == ((), 3)
            assert migrate_all(root, silent) == MigrationReport((), 3, ())
            examine(root / path, head_stamp(FileKind.BOOKS, client.id))
            shutil.rmtree(root)
