"""Restoring one organization, killed between its steps: repeated, it is done, and gives no number out again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import anyio
import pytest

from operations.files import render_document
from operations.verification import verify_organization
from storage.directory.database import DIRECTORY_FILE
from tests.support import stores
from tests.support.backups import back_up, silent
from tests.support.clock import NOON
from tests.support.faults import only_whole
from tests.support.leaving import BAKERY, found, issue, opened
from tests.support.practice import practice
from tests.support.processes import start_python
from tests.support.raw import raw

# One process imports all there is, and forks another for each step after which that one is to die.
ACTOR = """
import json, os, signal, sys
import operations.recovery
import storage.folder.restoring_one
from server.cli import main

def run(arguments, folder, organization, step, environment):
    os.environ.update(environment)
    rename, targets = os.rename, {"aside": f"{folder}/set-aside/", "exchanged": f"{folder}/organizations/"}

    def renamed(source, target):
        rename(source, target)
        if organization in str(target) and str(target).startswith(targets.get(step, "nowhere")):
            os.kill(os.getpid(), signal.SIGKILL)

    os.rename = renamed
    if step == "kept":
        operations.recovery.bring_back_books = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    sys.argv = ["counterfoil", *arguments]
    sys.stdout = open(os.devnull, "w")
    main()

for line in sys.stdin:
    if not (child := os.fork()):
        run(*json.loads(line))
    status = os.waitpid(child, 0)[1]
    print("killed" if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status), flush=True)
"""


@only_whole
@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
def test_one_organization_is_restored_when_the_command_is_repeated_wherever_it_was_killed(tmp_path: Path) -> None:
    made = tmp_path / "made"
    organization = anyio.run(_make, made)
    with start_python(ACTOR) as actor:
        assert actor.stdin is not None
        assert actor.stdout is not None
        for step in ("aside", "exchanged", "kept"):
            root = tmp_path / step
            stores.copy(made, root)
            restore = ["restore", str(tmp_path / "backup"), "--organization", BAKERY, "--reason", "a disk"]
            for end_at, said in ((step, "killed"), ("", "0")):
                order = [[*restore, "--data", str(root)], str(root), organization, end_at, stores.environment(root)]
                actor.stdin.write(json.dumps(order) + "\n")
                actor.stdin.flush()
                assert actor.stdout.readline() == f"{said}\n", step
            anyio.run(_check, root, step)
            stores.remove(root)


async def _make(root: Path) -> str:
    """Two invoices more than the backup has, and a PDF, of which the directory was told nothing."""
    async with practice(root, client="Harbour Bakery") as one:
        client = one.first_client
        assert await issue(one, client) == "TEST-INV-2026-00001"
        await render_document(one.books(client), "TEST-INV-2026-00001", file_format="pdf")
        back_up(root, root.parent / "backup", now=NOON, progress=silent)
        assert [await issue(one, client) for _ in range(2)][-1] == "TEST-INV-2026-00003"
        await render_document(one.books(client), "TEST-INV-2026-00003", file_format="pdf")
    with raw(root / DIRECTORY_FILE) as connection:
        connection.execute("UPDATE anchors SET documents = NULL, entries = NULL")
        connection.execute("DELETE FROM anchored_numbers")
    return client.id


async def _check(root: Path, step: str) -> None:
    assert [one for one in stores.diagnosis(root) if one.severity == "error"] == []
    async with opened(root) as one:
        client = await found(one)
        assert not (await verify_organization(one.office, client)).problem
        assert len(list((root / "organizations" / client.id).glob("documents/*.pdf"))) == 1
        assert await issue(one, client) == "TEST-INV-2026-00004", step
    # Nothing of what was there is gone.
    pdfs = {"00001", "00003"}
    assert {path.name.split("-")[-2] for path in root.glob(f"set-aside/{client.id}-*/documents/*.pdf")} == pdfs
