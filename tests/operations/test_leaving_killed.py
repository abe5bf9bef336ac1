"""Handing over, taking over and removing, killed at any statement: done when it is repeated, and never half."""

from __future__ import annotations

import json
import random
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import anyio
import pytest

from invoicing.refusals import Conflict, NotFound
from operations.removing import remove_organization
from operations.verification import verify_organization
from tests.support import stores
from tests.support.backups import silent
from tests.support.faults import scaled
from tests.support.leaving import BAKERY, found, handed, issue, opened, taken
from tests.support.processes import start_python

# One process imports all there is, and forks another for each statement at which that one is to die.
ACTOR = """
import json, os, signal, sys
from pathlib import Path
import anyio
from sqlalchemy import Engine, event
from operations.removing import remove_organization
from tests.support.leaving import BAKERY, found, handed, opened, taken
from tests.support.backups import silent

async def act(name, folder, key):
    file = folder / "bakery.zip"
    if name == "take over":
        await taken(folder / "new", file, key)
        return
    async with opened(folder / "old") as one:
        if name == "hand over":
            await handed(one, file)
        else:
            await remove_organization(one.office, await found(one), file, silent, handle=BAKERY)

def run(name, folder, key, fatal, environment):
    os.environ.update(environment)
    count = 0
    @event.listens_for(Engine, "before_cursor_execute")
    def counted(*_):
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
    anyio.run(act, name, Path(folder), key)
    os._exit(0)

for line in sys.stdin:
    if not (child := os.fork()):
        run(*json.loads(line))
    os.waitpid(child, 0)
    print("over", flush=True)
"""


@pytest.mark.faults
@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
def test_an_act_that_is_killed_at_any_statement_is_done_when_it_is_repeated(both: Path) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    where = random.Random(seed)  # noqa: S311  Where to die.
    ready = both / "ready"
    _copy(both, ready)
    key = anyio.run(_hand_over, ready)
    # Books on a server are copied into a file, and from one.
    statements = 450 if stores.is_on_server() else 150
    with start_python(ACTOR) as actor:
        assert actor.stdin is not None
        assert actor.stdout is not None
        for number in range(scaled(30)):
            name = ("hand over", "take over", "remove")[number % 3]
            folder, fatal = both / f"{number} {name}", where.randrange(1, statements)
            _copy(ready if name == "take over" else both, folder)
            environment = stores.environment(folder / ("new" if name == "take over" else "old"))
            actor.stdin.write(json.dumps([name, str(folder), key, fatal, environment]) + "\n")
            actor.stdin.flush()
            assert actor.stdout.readline() == "over\n", (name, fatal)
            anyio.run(_check, name, folder, key)
            shutil.rmtree(folder)


def _copy(made: Path, folder: Path) -> None:
    for name in ("old", "new"):
        stores.copy(made / name, folder / name)
    for file in made.glob("*.zip"):
        shutil.copy(file, folder)


async def _hand_over(folder: Path) -> str:
    async with opened(folder / "old") as one:
        return (await handed(one, folder / "bakery.zip")).archived.signed_by


async def _check(name: str, folder: Path, key: str) -> None:
    if name == "remove":
        async with opened(folder / "old") as one:
            try:
                client = await found(one)
                assert (await verify_organization(one.office, client)).problem == ""
                await remove_organization(one.office, client, folder / "second.zip", silent, handle=BAKERY)
            except NotFound:
                assert (folder / "bakery.zip").exists(), "it is removed only after it is in an archive"
        findings = [one.message for one in stores.diagnosis(folder / "old") if one.severity == "error"]
        assert (findings, list((folder / "old").glob("organizations/*/documents/*.pdf"))) == ([], [])
        return
    file = folder / "bakery.zip"
    if name == "hand over":
        async with opened(folder / "old") as one:
            file = folder / "second.zip"
            key = (await handed(one, file)).archived.signed_by
    # Killed after the directory had heard of it, it is there.
    with suppress(Conflict):
        await taken(folder / "new", file, key)
    async with opened(folder / "new") as other:
        client = await found(other)
        assert (await verify_organization(other.office, client)).problem == ""
        assert await issue(other, client) == "TEST-INV-2026-00002"
