from pathlib import Path
from tests.support.practice import practice
from operations.verification import verify_books
async def test_it(tmp_path: Path) -> None:
    async with practice(tmp_path/"data") as p:
        c = await p.client("Harbour Bakery", "FR")
        b = p.books(c)
        cu = await p.customer(b)
        i = await p.issue(b, cu.id)
        print(i.issued.document.number, i.issued.document.total_minor)
        d = await p.client("Copy", "GB", copy_from=p.organization.handle)
        assert (await verify_books(b)).problem == ""
