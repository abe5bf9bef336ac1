"""The look of an organization's documents: kept, printed, printed again the same, and never somebody else's."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest

from invoicing.appearance.branding import kept_logo
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal, Unavailable
from operations.files import ExportRequest, MadeFile, export_documents, render_document
from operations.organizations import get_organization
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.backups import back_up, restore
from tests.support.clock import NOON
from tests.support.folders import folder_of, path_of
from tests.support.practice import Practice, practice
from tests.support.printed import image, pages_of
from tests.support.raw import raw
from tests.support.stores import diagnosis

RED, BLUE = image(color="#FF0000"), image(color="#0000FF")


def text_of(content: bytes, head: str = "") -> str:
    return head + base64.b64encode(content).decode()


async def brand(one: Practice, books: Books, content: bytes, **more: str | bool) -> None:
    await update_organization(one.office, books, {"logo": text_of(content, "data:image/png;base64,"), **more})


async def invoice(one: Practice, books: Books) -> str:
    customer = await one.customer(books)
    return (await one.issue(books, customer.id)).document.id


async def render(books: Books, document: str) -> MadeFile:
    return await render_document(books, document, file_format="pdf")


async def no_progress(done: int, of: int) -> None:
    """Nobody is told."""


async def test_a_logo_is_kept_under_its_hash_recorded_and_audited(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await brand(one, books, RED)
        await brand(one, books, RED)
        profile = (await get_organization(books)).profile
        kept = kept_logo(RED)
        assert profile.logo == f"branding/{profile.logo_sha256}.png"
        assert (folder_of(books) / profile.logo).read_bytes() == kept.content
        assert [path.name for path in (folder_of(books) / "branding").iterdir()] == [f"{profile.logo_sha256}.png"]
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            files = connection.execute("SELECT path, format FROM files").fetchall()
            audited = connection.execute("SELECT detail FROM audit_entries WHERE detail LIKE '%logo%'").fetchall()
        assert files == [(profile.logo, "logo")]
        assert profile.logo in audited[0][0]
        await update_organization(one.office, books, {"logo": ""})
        profile = (await get_organization(books)).profile
        assert (profile.logo, profile.logo_sha256) == ("", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"logo": text_of(b"<svg/>")}, "logo"),
        ({"logo": "no base64"}, "logo"),
        ({"logo": text_of(RED[:50])}, "logo"),
        ({"logo": "A" * 2_000_000}, "logo"),
        ({"logo": True}, "logo"),
        ({"brand_color": "red"}, "brand_color"),
        ({"second_language": "ja"}, "second_language"),
        ({"payment_qr": "maybe"}, "payment_qr"),
    ],
)
async def test_what_is_refused_changes_nothing(
    tmp_path: Path, changes: dict[str, str | bool | int], field: str
) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        before = (await get_organization(books)).profile
        with pytest.raises(Refusal) as refused:
            await update_organization(one.office, books, {"footer": "New", **changes})
        assert isinstance(refused.value, InvalidInput | LimitExceeded)
        assert refused.value.field == field
        assert (await get_organization(books)).profile == before
        assert not (folder_of(books) / "branding").exists()


async def test_a_document_is_printed_with_the_branding_of_its_first_print_for_ever(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await brand(one, books, RED, brand_color="#0b6e4f", second_language="de")
        document = await invoice(one, books)
        first = await render(books, document)
        content = path_of(books, first).read_bytes()
        assert content.count(b"/Subtype /Image") == 1
        assert "Invoice / Rechnung" in pages_of(content)[0]
        await brand(one, books, BLUE, brand_color="#FF0000", second_language="fr", payment_qr=False)
        assert path_of(books, await render(books, document)).read_bytes() == content
        path_of(books, first).unlink()
        again = await render(books, document)
        assert path_of(books, again).read_bytes() == content
        assert (
            "Invoice / Facture"
            in pages_of(path_of(books, await render(books, await invoice(one, books))).read_bytes())[0]
        )


async def test_a_document_that_was_printed_plain_stays_plain(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        document = await invoice(one, books)
        first = await render(books, document)
        content = path_of(books, first).read_bytes()
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            assert connection.execute("SELECT count(*) FROM files").fetchone() == (1,)
        await brand(one, books, RED)
        path_of(books, first).unlink()
        assert path_of(books, await render(books, document)).read_bytes() == content


async def test_a_logo_never_appears_in_another_organizations_documents(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        a, b = [one.books(await one.client("Harbour Bakery")) for _ in range(2)]
        await brand(one, one.books(one.organization), BLUE)
        await brand(one, a, RED, brand_color="#0B6E4F")
        c = one.books(await one.client("Harbour Bakery", copy_from=a.organization.handle))
        for books in (b, c):
            content = path_of(books, await render(books, await invoice(one, books))).read_bytes()
            assert b"/Subtype /Image" not in content
            profile = (await get_organization(books)).profile
            assert (profile.logo, profile.brand_color) == ("", "")
            assert not (folder_of(books) / "branding").exists()
        assert b"/Subtype /Image" in path_of(a, await render(a, await invoice(one, a))).read_bytes()


async def test_anothers_logo_put_in_the_place_of_ones_own_is_noticed(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        a, b = [one.books(await one.client("Harbour Bakery")) for _ in range(2)]
        await brand(one, a, RED)
        await brand(one, b, BLUE)
        document = await invoice(one, b)
        theirs, ours = [(await get_organization(books)).profile.logo for books in (a, b)]
        shutil.copyfile(folder_of(a) / theirs, folder_of(b) / ours)
        with pytest.raises(Unavailable):
            await render(b, document)
        assert (await verify_books(b)).problem


async def test_a_changed_pdf_that_cannot_be_made_anew_is_refused_and_in_no_archive(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await brand(one, books, RED)
        path = path_of(books, await render(books, await invoice(one, books)))
        path.write_bytes(path.read_bytes().replace(b"%PDF-1", b"%PDF-2", 1))
        (folder_of(books) / (await get_organization(books)).profile.logo).unlink()
        with pytest.raises(Unavailable):
            await export_documents(books, ExportRequest(format="pdf"), progress=no_progress)
        assert not list((folder_of(books) / "exports").iterdir())


async def test_branding_is_in_backups_and_verified(tmp_path: Path) -> None:
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await brand(one, books, RED)
        document = await invoice(one, books)
        await render(books, document)
        await export_documents(books, ExportRequest(format="pdf"), progress=no_progress)
        assert not (await verify_books(books)).problem
        now = one.clock()
    back_up(tmp_path / "data", tmp_path / "backup", now=now, progress=lambda *_: None)
    restore(tmp_path / "backup", tmp_path / "restored", now=NOON, progress=lambda *_: None)
    assert diagnosis(tmp_path / "restored") == []
    folder = next((tmp_path / "restored" / "organizations").glob("*/branding"))
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".png"]
