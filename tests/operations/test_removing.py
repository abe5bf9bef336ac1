"""Removing a client: only what lies in an archive is removed, and then nothing of it is left but that it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from invoicing.organizations import EVERYTHING, CredentialKind
from invoicing.refusals import Conflict, InvalidInput, NotFound, Refusal
from operations.credentials import create_key
from operations.removing import remove_organization
from operations.verification import verify_organization
from storage.directory.database import DIRECTORY_FILE
from storage.postgres.engines import run_apart
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import books_scope
from tests.support import stores
from tests.support.backups import silent
from tests.support.leaving import BAKERY, Killed, found, issue, opened, taken
from tests.support.raw import all_rows


async def test_of_a_removed_client_nothing_is_left_but_the_line_that_says_so(both: Path) -> None:
    file = both / "bakery.zip"
    async with opened(both / "old") as one:
        client = await found(one)
        await create_key(one.office, client, "till", kind=CredentialKind.KEY, scopes=EVERYTHING)
        for handle, organization, refusal in (
            ("harbour-bakery", client, InvalidInput),
            ("", client, InvalidInput),
            (one.organization.handle, one.organization, Conflict),
        ):
            with pytest.raises(refusal):
                await remove_organization(one.office, organization, file, silent, handle=handle)
        assert not (await found(one)).archived
        done = await remove_organization(one.office, client, file, silent, handle=BAKERY)
        assert done.verified.documents == 1
        with pytest.raises(NotFound):
            await found(one)
    left = [path for path in (both / "old").rglob("*") if client.id in path.name]
    assert left == []
    dumped = all_rows(both / "old" / DIRECTORY_FILE)
    (line,) = [line for line in dumped if client.id in line or "arbour" in line or "baker@" in line]
    assert line.startswith("departures ")
    assert done.archived.manifest_sha256 in line
    assert "'removed'" in line
    if (address := stores.address(both / "old")) is None:
        content = (both / "old" / DIRECTORY_FILE).read_bytes()
        assert not [word for word in (b"Harbour Bakery", b"harbour bakery", b"baker@") if word in content]
    else:
        assert books_scope(client.id).schema not in run_apart(Schemas(address).names)
    assert stores.diagnosis(both / "old") == []
    # What was removed comes back from its archive, as it was.
    back = await taken(both / "old", file, done.archived.signed_by)
    assert (back.organization.handle, back.receipt) == (BAKERY, None)
    async with opened(both / "old") as one:
        assert await issue(one, await found(one)) == "TEST-INV-2026-00002"


async def test_removing_that_was_interrupted_goes_on_and_never_without_an_archive(
    both: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = both / "bakery.zip"
    with monkeypatch.context() as patch:
        patch.setattr("operations.removing._verify_archive", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            async with opened(both / "old") as one:
                await remove_organization(one.office, await found(one), file, silent, handle=BAKERY)
    async with opened(both / "old") as one:
        client = await found(one)
        assert (await verify_organization(one.office, client)).documents == 1
        with pytest.raises(Conflict):
            await remove_organization(one.office, client, file, silent, handle=BAKERY)
    with monkeypatch.context() as patch:
        patch.setattr("operations.removing._remove_all", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            async with opened(both / "old") as one:
                await remove_organization(one.office, client, both / "second.zip", silent, handle=BAKERY)
    marker = both / "old" / "organizations" / f".new-{client.id}.lock"
    marker.touch()
    aside = both / "old" / "set-aside" / "moved-to-a-bucket-20260401T120000"
    for organization_id in (client.id, "another"):
        (aside / organization_id / "documents").mkdir(parents=True)
    async with opened(both / "old") as one:
        with pytest.raises(Refusal):
            await found(one)
    assert not [path for path in (both / "old").rglob("*") if client.id in path.name]
    assert [path.name for path in aside.iterdir()] == ["another"]
