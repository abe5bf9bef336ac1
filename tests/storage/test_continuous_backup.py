"""A server is lost, and recovered from a base backup and the archive of its log: to the end, and to a moment before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.outside_anchors import compare_with_anchors, state_anchors
from operations.recovery import bring_back_books
from tests.support import stores
from tests.support.auditor import audited, numbers
from tests.support.faults import is_whole
from tests.support.practice import practice
from tests.support.replicas import (
    Recovered,
    archive_in,
    goes_on_behind,
    office_on,
    running,
    settings_of_server,
    until_said,
)
from tests.support.servers import needs_server, server

whole = pytest.mark.skipif(not is_whole(), reason="copies a server (make test-faults)")
pytestmark = [needs_server, pytest.mark.faults, whole]
BAKERY = "harbour-bakery-sandbox"


@pytest.fixture(autouse=True)
def _on_server() -> Iterator[None]:
    with stores.chosen(stores.POSTGRES):
        yield


async def test_a_server_is_recovered_to_its_end_and_what_one_to_a_moment_lost_is_given_out_no_more(
    tmp_path: Path,
) -> None:
    archive = archive_in(server().folder)
    base = archive.with_name("base")
    copies = f"test ! -f {archive}/%f && cp %p {archive}/%f"
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        with settings_of_server(archive_mode="on", archive_command=copies):
            await one.issue(books, customer)
            server().take_base_backup(server(), base)
            await one.issue(books, customer)
            moment = server().sql("SELECT clock_timestamp()")
            for _ in range(2):
                await one.issue(books, customer)
            stated, left_out = await state_anchors(one.office)
            assert not left_out
            last = server().sql("SELECT pg_walfile_name(pg_switch_wal())")
            await until_said(server(), "SELECT last_archived_wal FROM pg_stat_archiver", last)
            server().kill()

            with running(Recovered(base, archive)) as whole_again:
                async with office_on(one, whole_again) as office:
                    assert (await audited(office))[BAKERY] == numbers(4, 2026)
                    assert (await compare_with_anchors(office, one.first_client, [stated])).problem == ""

            with running(Recovered(base, archive, until_moment=moment)) as earlier:
                async with office_on(one, earlier) as office:
                    assert (await audited(office))[BAKERY] == numbers(2, 2026), "in itself everything is in order"
                    said = await compare_with_anchors(office, one.first_client, [stated])
                    assert said.problem.endswith("the last document is the 2. where there had been 4")
                    await bring_back_books(office, one.first_client, reason="Recovered to noon.", stated=[stated])
                    await goes_on_behind(office, one, customer, 4)
