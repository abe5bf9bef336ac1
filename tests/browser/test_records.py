"""A person with a browser: a file whose columns are corrected, and an export that is slow."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.support.browsing import browsed

_FILE = "Firma;Kundenort\nΕλαιώνας;Athens\nمطعم الياسمين;Beirut\n".encode()


async def test_columns_are_corrected_and_a_slow_export_is_followed_to_its_file(
    browser: Browser, tmp_path: Path
) -> None:
    async with browsed(browser, tmp_path / "data") as at:
        page, place = at.page, f"/o/{at.home.bakery.handle}"
        await at.sign_in()
        await at.open(f"{place}/import")
        await page.get_by_label("File").set_input_files({"name": "k.csv", "mimeType": "text/csv", "buffer": _FILE})
        await page.get_by_role("button", name="Send the file").click()
        await page.get_by_label("Kundenort is read as").select_option("city")
        await page.get_by_role("button", name="Check it again").click()
        await expect(page.get_by_text("city: Beirut")).to_be_visible()
        await page.get_by_role("button", name="Import 2 rows").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("k.csv is imported")
        books = at.home.one.books(at.home.bakery)
        await at.home.one.issue(books, (await at.home.one.customer(books, "Café Süd")).id)
        async with books.pool.workers.exports.turn(books.organization.id):
            await at.open(f"{place}/exports")
            await page.get_by_role("button", name="Export from Harbour Bakery").click()
            await expect(page.get_by_role("status")).to_contain_text("Waits for its turn")
            other = await at.context.new_page()
            await other.goto(f"{at.home.site.url}{place}/customers")
            await expect(other.get_by_text("Ελαιώνας")).to_be_visible()
            # Loaded anew, it is still known.
            await page.reload()
            await expect(page.get_by_role("status")).to_contain_text("Waits for its turn")
        download = page.get_by_role("link", name="Download the file")
        await expect(download).to_be_focused()
        async with page.expect_download() as kept:
            await download.click()
        assert (await kept.value).suggested_filename.endswith(".xlsx")
