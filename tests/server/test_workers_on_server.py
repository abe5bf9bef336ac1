"""Two processes that serve one installation on a PostgreSQL server: any of them answers, and none is needed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from invoicing.organizations import CredentialKind
from operations.known_credentials import list_credentials, revoke_credential
from server.app import local_office
from server.settings import Settings
from tests.server.test_http_faults import bakery, issue
from tests.support import stores
from tests.support.auditor import audited, numbers
from tests.support.children import serving_below
from tests.support.faults import is_whole
from tests.support.http import BAKERY, Site, message_of, real_server
from tests.support.servers import needs_server, server
from tests.support.waiting import until

pytestmark = [
    needs_server,
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
    pytest.mark.skipif(not is_whole(), reason="takes longer than there is time for (make test-faults)"),
]


@pytest.fixture(autouse=True)
def _on_server() -> Iterator[None]:
    with stores.chosen(stores.POSTGRES):
        yield


async def issue_all(site: Site, key: str, references: Iterator[str]) -> dict[str, str]:
    """The numbers of invoices with these references; who is not answered at all asks again, as clients do."""
    issued = {}
    for reference in references:
        while reference not in issued:
            try:
                issued[reference] = await issue(site, key, reference)
            except httpx2.TransportError:
                continue
    return issued


async def test_any_of_two_workers_serves_and_one_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    keys = await bakery(data, 8)
    address = stores.address(data)
    assert address is not None
    settings = Settings(data, database_url=server().url(address.database))
    wanted = 2_000
    references = (f"ref-{index}" for index in range(wanted))
    async with real_server(data, workers=2, settings={"COUNTERFOIL_DATABASE_URL": settings.database_url}) as real:
        await until(lambda: len(serving_below(real.process.pid)) == 2)
        # The same reference from all at once is one invoice.
        assert len(set(await asyncio.gather(*(issue(real.site, key, "at once") for key in keys)))) == 1
        session = await real.site.begin("/mcp", keys[0])
        clients = [asyncio.create_task(issue_all(real.site, key, references)) for key in keys]
        # Requests come over new connections, which fall to both.
        for request in range(2, 6):
            answer = await real.site.rpc("/mcp", keys[0], "tools/list", session=session, request_id=request)
            assert message_of(answer)["result"]["tools"]
        victim = min(serving_below(real.process.pid))
        os.kill(victim, signal.SIGKILL)
        issued = {reference: number for client in clients for reference, number in (await client).items()}
        assert len(issued) == wanted
        await until(lambda: len(serving_below(real.process.pid) - {victim}) == 2)
        async with local_office(settings) as office:
            (known, *_) = await list_credentials(office, kind=CredentialKind.KEY, organization=None)
            revoked = next(key for key in keys if key.startswith(known.prefix))
            assert (await real.site.initialize("/mcp", revoked)).status_code == 200
            await revoke_credential(office, kind=CredentialKind.KEY, key=known.id)
            answers = [(await real.site.initialize("/mcp", revoked)).status_code for _ in range(6)]
            assert answers == [401] * 6
            found = (await audited(office))[BAKERY]
        await real.stop()
        assert "Traceback" not in real.said.read_text("utf-8")
    assert found == numbers(wanted + 1, int(found[0][9:13]))
    assert set(issued.values()) < set(found)
