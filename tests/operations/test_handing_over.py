"""Handing a client over, taking it over and back: no two installations ever write the same books."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from invoicing.organizations import EVERYTHING, CredentialKind, OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotFound
from operations.access import Office
from operations.authentication import Presented, Unauthenticated, authenticate
from operations.credentials import create_key
from operations.handing_over import hand_over, seal_with_receipt, take_back
from operations.removing import remove_organization
from operations.taking_over import TakenOver, take_over
from operations.verification import Verified, verify_organization
from server.settings import keys_folder
from storage.books import closing
from storage.books.pool import BOOKS_FILE
from storage.directory.credentials import Lapse
from storage.folder import archive as archives
from storage.folder.manifest import MANIFEST_FILE
from storage.folder.places import FilesPlace
from storage.postgres.place import ServerPlace
from tests.support import stores
from tests.support.backups import silent
from tests.support.leaving import BAKERY, Killed, content_of, found, handed, issue, opened, taken
from tests.support.raw import past_triggers, raw


async def test_what_is_handed_over_goes_on_there_and_only_there(both: Path) -> None:
    """The whole way: closed and readable here, its key dead, verified and written there, sealed by the receipt."""
    before = content_of(both / "old")
    file = both / "bakery.zip"
    async with opened(both / "old") as one:
        client = await found(one)
        key = await create_key(one.office, client, "till", kind=CredentialKind.KEY, scopes=EVERYTHING)
        books = one.books(client)
        done = await handed(one, file)
        assert (done.revoked, done.archived.manifest.closed_by) == (1, closing.HANDING_OVER)
        with pytest.raises(Unauthenticated) as dead:
            await authenticate(one.office.store, one.clock, Presented(key.secret))
        assert dead.value.lapse is Lapse.REVOKED
        # Whoever had the books open already is refused by the books themselves.
        with pytest.raises(Conflict, match=r"was handed over by .* on 2026-03-16: it can be read"):
            await one.customer(books, name="Another")
        with pytest.raises(Conflict, match="is archived"):
            one.books(await found(one))
        assert (await verify_organization(one.office, await found(one))).problem == ""
    assert file.stat().st_mode & 0o777 == 0o600

    # The keys of both lie in one folder here; where they do not, only a key that is named counts.
    with (
        pytest.raises(InvalidInput, match=f"{done.archived.signed_by}, which is not known here"),
        archives.opened_archive(file, keys=both),
    ):
        raise AssertionError("nobody is known there")
    there = await taken(both / "new", file, done.archived.signed_by)
    assert (there.organization.handle, there.verified.documents, there.verified.files) == (BAKERY, 1, 1)
    assert content_of(both / "new") == before
    async with opened(both / "new") as other:
        assert (await issue(other, await found(other))) == "TEST-INV-2026-00002"
        assert (await verify_organization(other.office, await found(other))).problem == ""
    with pytest.raises(Conflict, match="was taken over from this archive already"):
        await taken(both / "new", file, done.archived.signed_by)
    assert stores.diagnosis(both / "new") == []

    async with opened(both / "old") as one:
        assert there.receipt is not None
        by = await receipt_key(both)
        sealed = await seal_with_receipt(one.office, await found(one), there.receipt, signed_by=by)
        assert sealed.sealed_by == by
        with pytest.raises(Conflict, match="cannot be taken back"):
            await take_back(one.office, await found(one), reason="we want it back")
        with pytest.raises(Conflict, match="not handed over again"):
            await handed(one, both / "again.zip")
        with pytest.raises(Conflict, match="nothing to seal"):
            await seal_with_receipt(one.office, await found(one), there.receipt, signed_by=by)


async def test_what_was_issued_until_the_books_closed_is_in_the_archive_and_nothing_after_that(
    both: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two processes on one folder: one issues as fast as it can while the other one closes the books."""
    issued: list[str] = []
    begun = anyio.Event()

    async def verify_and_wait(office: Office, organization: OrganizationRef) -> Verified:
        verified = await verify_organization(office, organization)
        begun.set()
        return verified

    monkeypatch.setattr("operations.handing_over.verify_organization", verify_and_wait)
    async with opened(both / "old") as one, opened(both / "old") as busy:
        client = await found(busy)
        books = busy.books(client)
        customer = await busy.customer(books, name="Hotel Bristol")

        async def keep_issuing() -> None:
            refused = ""
            await begun.wait()
            while not refused:
                try:
                    issued.append((await busy.issue(books, customer.id)).document.number)
                except Conflict as conflict:
                    refused = conflict.message
            assert refused.endswith("was handed over by owner@example.com on 2026-03-16: it can be read, not changed.")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(keep_issuing)
            await anyio.lowlevel.checkpoint()
            done = await handed(one, both / "bakery.zip")
        with raw(both / "old" / "organizations" / client.id / BOOKS_FILE) as connection:
            numbers = [row[0] for row in connection.execute("SELECT number FROM documents ORDER BY position")]
    assert numbers == ["TEST-INV-2026-00001", *issued]
    there = await taken(both / "new", both / "bakery.zip", done.archived.signed_by)
    assert there.verified.documents == len(numbers)


async def receipt_key(both: Path) -> str:
    async with opened(both / "new") as other:
        return other.store.signing.all()[-1].key_id


async def test_what_nobody_has_taken_is_taken_back_with_a_reason(both: Path) -> None:
    async with opened(both / "old") as one:
        with pytest.raises(Conflict, match="was not handed over"):
            await take_back(one.office, await found(one), reason="a mistake")
        await handed(one, both / "bakery.zip")
        with pytest.raises(InvalidInput, match="reason"):
            await take_back(one.office, await found(one), reason=" ")
        await take_back(one.office, await found(one), reason="the other practice has closed")
        assert not (await found(one)).archived
        assert await issue(one, await found(one)) == "TEST-INV-2026-00002"
        assert (await verify_organization(one.office, await found(one))).problem == ""
        # Handed over once more, a receipt of the first time is of other books.
        await handed(one, both / "second.zip")
        first = await take_first(both)
        assert first.receipt is not None
        by = await receipt_key(both)
        with pytest.raises(InvalidInput, match="of other books"):
            await seal_with_receipt(one.office, await found(one), first.receipt, signed_by=by)


async def take_first(both: Path) -> TakenOver:
    with archives.opened_archive(both / "bakery.zip", keys=keys_folder()) as (archived, _):
        return await taken(both / "new", both / "bakery.zip", archived.signed_by)


STEPS = (
    ("operations.handing_over", "verify_organization"),
    ("storage.books.closing", "close"),
    ("storage.directory.departures", "let_leave"),
    ("storage.folder.archive", "copy_database"),
    ("storage.folder.archive", "_put_in_place"),
)


@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _, name in STEPS])
async def test_handing_over_that_was_interrupted_goes_on_when_it_is_repeated(
    both: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    def end(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{name}", end)
        with pytest.raises(Killed):
            async with opened(both / "old") as one:
                await handed(one, both / "bakery.zip")
    assert sorted(path.name for path in both.iterdir()) == ["new", "old"]
    async with opened(both / "old") as one:
        done = await handed(one, both / "bakery.zip")
    assert (await taken(both / "new", both / "bakery.zip", done.archived.signed_by)).verified.documents == 1


TAKING = (
    ("operations.taking_over", "verify_laid_down"),
    ("operations.taking_over", "_go_on"),
    ("storage.folder.places.FilesPlace", "bring_in"),
    ("operations.taking_over", "_publish"),
    ("operations.taking_over", "_receipt"),
)


@pytest.mark.parametrize(("module", "name"), TAKING, ids=[name for _, name in TAKING])
async def test_taking_over_that_was_interrupted_leaves_all_or_nothing_and_can_be_repeated(
    both: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    async with opened(both / "old") as one:
        done = await handed(one, both / "bakery.zip")
    with monkeypatch.context() as patch:
        if name == "bring_in":
            place = ServerPlace if stores.is_on_server() else FilesPlace
            patch.setattr(place, name, killed_after(getattr(place, name)))
        else:
            patch.setattr(f"{module}.{name}", lambda *_, **__: (_ for _ in ()).throw(Killed()))
        # Killed, nothing is cleared away.
        patch.setattr("storage.folder.laid_down.shutil.rmtree", lambda *_, **__: None)
        patch.setattr("operations.taking_over._discard_unless_known", nothing)
        with pytest.raises(Killed):
            await taken(both / "new", both / "bakery.zip", done.archived.signed_by)
    if name == "_receipt":
        with pytest.raises(Conflict, match="taken over from this archive already"):
            await taken(both / "new", both / "bakery.zip", done.archived.signed_by)
        assert (both / "bakery.zip.receipt").exists()
        return
    # As a maker that is gone leaves it.
    (both / "new" / "organizations" / f".new-{done.archived.manifest.organization.id}.lock").touch()
    async with opened(both / "new") as other:
        with pytest.raises(NotFound):
            await found(other)
    again = await taken(both / "new", both / "bakery.zip", done.archived.signed_by)
    assert (again.verified.documents, again.receipt is not None) == (1, True)


def killed_after(act: Callable[..., object]) -> Callable[..., object]:
    def acts(*given: object) -> None:
        act(*given)
        raise Killed

    return acts


async def nothing(*_: object) -> None:
    """Nothing is done."""


def rewritten(file: Path, edit: Callable[[str, bytes], bytes | None]) -> None:
    """The archive with other members."""
    with zipfile.ZipFile(file) as archive:
        members = [(one, archive.read(one)) for one in archive.infolist()]
    with zipfile.ZipFile(file, "w") as archive:
        for member, content in members:
            if (changed := edit(member.filename, content)) is not None:
                archive.writestr(member, changed)


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a document": (
        lambda file: rewritten(file, lambda name, content: content[:-1] + b" " if name.endswith("pdf") else content),
        "was changed: its sum",
    ),
    "the books": (
        lambda file: rewritten(file, lambda name, content: content[:-1] + b"x" if name.endswith(".db") else content),
        "was changed: its sum",
    ),
    "a document left out": (
        lambda file: rewritten(file, lambda name, content: None if name.endswith("pdf") else content),
        "does not hold what its manifest names",
    ),
    "the manifest": (
        lambda file: rewritten(
            file,
            lambda name, content: content.replace(b"handing over", b"backup") if name == MANIFEST_FILE else content,
        ),
        "not what was signed",
    ),
    "no manifest": (
        lambda file: rewritten(file, lambda name, content: None if name == MANIFEST_FILE else content),
        "not one of Counterfoil's",
    ),
    "cut short": (lambda file: file.write_bytes(file.read_bytes()[:5_000]), "no archive, or it is cut short"),
    "missing": (lambda file: file.unlink(), "not there"),
}


async def test_an_archive_that_was_changed_is_refused_and_nothing_of_it_is_left(both: Path) -> None:
    async with opened(both / "old") as one:
        done = await handed(one, both / "bakery.zip")
    whole = (both / "bakery.zip").read_bytes()
    async with opened(both / "new") as other:
        for name, (spoil, said) in SPOILED.items():
            (both / "bakery.zip").write_bytes(whole)
            spoil(both / "bakery.zip")
            with pytest.raises(InvalidInput) as refused:
                await take_over(other.office, both / "bakery.zip", silent, signed_by=done.archived.signed_by)
            assert said in refused.value.message, name
            assert not list((both / "new").glob(".new-*")), name
            assert len(list((both / "new" / "organizations").iterdir())) == 1, name


async def test_books_that_are_not_in_order_are_neither_handed_over_nor_taken(both: Path) -> None:
    (books,) = [path.parent.parent / BOOKS_FILE for path in (both / "old").glob("organizations/*/documents/*.pdf")]
    with past_triggers(books) as connection:
        connection.execute("UPDATE documents SET net_minor = net_minor + 1")
    async with opened(both / "old") as one:
        with pytest.raises(Conflict, match="not in order: document TEST-INV-2026-00001"):
            await handed(one, both / "bakery.zip")
        with pytest.raises(Conflict, match="nothing was removed: document TEST-INV-2026-00001"):
            await remove_organization(one.office, await found(one), both / "removed.zip", silent, handle=BAKERY)
        with pytest.raises(Conflict, match="is a practice"):
            await hand_over(one.office, one.organization, both / "practice.zip", silent)
        (both / "taken.zip").write_text("mine")
        for place, refusal in (("taken.zip", Conflict), ("old/inside.zip", InvalidInput), ("none/x.zip", InvalidInput)):
            with pytest.raises(refusal):
                await handed(one, both / place)
        # Nothing stays closed by any of that.
        assert not (await found(one)).archived
        await one.customer(one.books(await found(one)), name="Another")
    assert (both / "taken.zip").read_text() == "mine"
