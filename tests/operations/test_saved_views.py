"""Views of a practice's clients are one person's alone; and the directory knows when books were found in order."""

from __future__ import annotations

from pathlib import Path

from operations.saved_views import VIEWS_MAX, remove_view, rename_view, save_view, view_of, views_of
from operations.verification import verify_organization
from storage.books.pool import BOOKS_FILE
from storage.directory.verifications import verified_at
from tests.support.folders import folder_of
from tests.support.people import colleague, refusal
from tests.support.practice import practice
from tests.support.raw import raw


async def test_a_view_is_its_persons_alone_and_has_a_name_of_its_own(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        here, mine = one.organization, one.office
        theirs = await colleague(one, here, "accountant")
        saved = await save_view(mine, here, name="  Who   owes ", asked="state=owing")
        await save_view(theirs, here, name="Who owes", asked="")
        assert [(view.name, view.asked) for view in await views_of(mine, here)] == [("Who owes", "state=owing")]
        for wrong in ("", "WHO OWES", "x" * 41):
            assert (await refusal(save_view(mine, here, name=wrong, asked=""))).field == "name"
        assert (await rename_view(mine, here, saved.id, name="who owes us")).asked == "state=owing"
        for act in (
            rename_view(theirs, here, saved.id, name="Mine"),
            remove_view(theirs, here, saved.id),
            view_of(theirs, here, saved.id),
            view_of(mine, here, "viw_0"),
        ):
            assert str(await refusal(act)) == "view: there is no such view of yours here."
        await remove_view(mine, here, saved.id)
        assert (await views_of(mine, here), len(await views_of(theirs, here))) == ([], 1)
        for number in range(VIEWS_MAX):
            await save_view(mine, here, name=str(number), asked="")
        assert "12 views already" in str(await refusal(save_view(mine, here, name="one more", asked="")))


async def test_the_directory_knows_when_books_were_last_found_in_order(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        books = one.books(bakery)
        await one.issue(books, (await one.customer(books)).id)

        async def known() -> dict[str, object]:
            return dict(await one.store.directory.read(lambda db: verified_at(db, [bakery.id, one.organization.id])))

        assert await known() == {}
        assert (await verify_organization(one.office, bakery)).problem == ""
        assert await known() == {bakery.id: one.clock()}
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("DROP TRIGGER documents_no_update")
            connection.execute("UPDATE documents SET content = replace(content, 'Bookkeeping', 'Something')")
        assert (await verify_organization(one.office, bakery)).problem != ""
        assert await known() == {}
