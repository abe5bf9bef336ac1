"""Rows of very many ids are the same as those of a few."""

from __future__ import annotations

from pathlib import Path

from operations.clients_at_a_glance import glance_at_clients
from storage.directory.summaries import summaries_of
from storage.directory.verifications import note_verified, verified_at
from tests.support.practice import practice


async def test_what_is_kept_of_one_organization_is_found_among_very_many(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        await glance_at_clients(one.office, one.organization)
        bakery, directory = one.first_client.id, one.store.directory
        await directory.write(lambda db: note_verified(db, bakery, at=one.clock()))
        alone = await directory.read(lambda db: (summaries_of(db, [bakery]), verified_at(db, [bakery])))
        assert [list(each) for each in alone] == [[bakery], [bakery]]
        for before, behind in ((0, 51), (499, 0), (500, 500), (1_200, 1)):
            ids = [*(f"none-{number}" for number in range(before)), bakery, *["nobody"] * behind]
            assert await directory.read(lambda db: (summaries_of(db, ids), verified_at(db, ids))) == alone  # noqa: B023
