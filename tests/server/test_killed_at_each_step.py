"""The process is killed at each call of the database that issuing makes: the invoice is whole, or there is none."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.support.auditor import audited_folder, numbers
from tests.support.faults import scaled
from tests.support.practice import practice
from tests.support.processes import start_python
from tests.support.stores import is_on_server

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform == "win32", reason="kills a copy of the process")]

HANDLE = "harbour-bakery-sandbox"
# A copy of the process for each step is killed there: before the call, which is one of SQLite's library, is made. The
# next copy looks at what is left, and repeats the act with the same reference.
KILLED = """
import asyncio, json, os, random, signal, socket, sqlite3, sys
from pathlib import Path
from operations.access import open_books
from operations.rights import Right
from server.app import find_organization, local_office
from tests.support.stores import settings
from tests.support.auditor import audited, kept
from tests.support.issuing import issue_invoice
from tests.support.practice import issue_request

root, handle, customer, every, seed = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
# A file is written by these; to a server all goes through its socket, and all that is answered.
PLAIN = (socket.socket,) if "COUNTERFOIL_DATABASE_URL" in os.environ else (sqlite3.Connection, sqlite3.Cursor)

def die_at(step):
    left = step
    def called(frame, event, function):
        nonlocal left
        if event == "c_call" and isinstance(getattr(function, "__self__", None), PLAIN):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(called)

async def act(reference, step=None):
    async with local_office(settings(root)) as office:
        books = open_books(office, await find_organization(office, handle), Right.ISSUE)
        if step is None:
            found = await kept(books)
        else:
            # What opening costs is not of the act.
            await books.read(lambda db: None)
            die_at(step)
        issued = await issue_invoice(books, issue_request(customer, reference=reference))
        sys.setprofile(None)
        if step is None:
            print(json.dumps([reference, found, issued.document.number, issued.replayed]), flush=True)

def in_a_copy(work):
    child = os.fork()
    if not child:
        code = 1
        try:
            asyncio.run(work)
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    work.close()
    return os.waitpid(child, 0)[1]

chance = random.Random(seed)
step = chance.randrange(every)
while True:
    status = in_a_copy(act(f"ref-{step}", step))
    assert status in (0, signal.SIGKILL), status
    assert in_a_copy(act(f"ref-{step}")) == 0
    if status == 0:
        break
    step += 1 + chance.randrange(2 * every - 1)
"""


async def test_an_invoice_whose_process_is_killed_at_any_step_is_whole_or_absent(tmp_path: Path) -> None:
    data, seed = tmp_path / "data", 20260728
    async with practice(data, client="Harbour Bakery") as one:
        customer = (await one.customer(one.books(one.first_client))).id
    print(f"seed {seed}")
    # Whole, every step; else some, whichever chance picks. To a server it is fewer.
    every = 1 if scaled(10) == 10 else 6 if is_on_server() else 24
    process = start_python(KILLED, str(data), HANDLE, customer, str(every), str(seed))
    said, _ = await asyncio.to_thread(process.communicate, timeout=600)
    assert process.returncode == 0
    told = [json.loads(line) for line in said.splitlines()]
    year = int(told[0][2][9:13])
    lost = replayed = 0
    for index, (reference, found, number, was_there) in enumerate(told):
        # What was found before the act was repeated: all of before, and this one or not.
        assert found == numbers(index + was_there, year), reference
        assert number == numbers(index + 1, year)[-1], reference
        lost, replayed = lost + (not was_there), replayed + was_there
    assert lost > 1, "it was killed before it was kept"
    assert replayed, "and after that"
    assert (await audited_folder(data))[HANDLE] == numbers(len(told), year)
