"""Removing a client whose books have moved: nothing of it is left where they had been either."""

from __future__ import annotations

from pathlib import Path

import anyio

from operations.removing import Removed, remove_organization
from storage.books.pool import BOOKS_FILE
from storage.directory.database import DIRECTORY_FILE
from storage.folder.moving import move
from storage.folder.places import FilesPlace
from storage.folder.removal import directories_naming, remove_files
from storage.postgres.place import ServerPlace
from tests.support import stores
from tests.support.backups import silent
from tests.support.clock import NOON
from tests.support.faults import only_whole
from tests.support.leaving import BAKERY, found, opened
from tests.support.practice import practice
from tests.support.servers import needs_server


async def _begin(root: Path) -> str:
    async with practice(root, client="Harbour Bakery", more_clients=("Finch Studio",)) as one:
        return one.first_client.id


def test_what_a_move_has_set_aside_of_one_organization_is_removed_and_the_rest_is_named(tmp_path: Path) -> None:
    with stores.chosen(stores.SQLITE):
        bakery = anyio.run(_begin, tmp_path)
    FilesPlace(tmp_path).leave("postgresql://db.example.com:5432/books", "20260401T120000")
    outside = tmp_path.with_name(f"{tmp_path.name}-outside") / bakery
    outside.mkdir(parents=True)
    (tmp_path / "set-aside" / "link").symlink_to(outside.parent, target_is_directory=True)
    (tmp_path / "set-aside" / f"{bakery}-20260401T120000-0a1b2c3d").mkdir()
    remove_files(tmp_path, bakery)
    assert not [path for path in tmp_path.rglob("*") if bakery in str(path)]
    assert outside.is_dir()
    assert len(list(tmp_path.glob(f"set-aside/moved-to-a-server-*/organizations/*/{BOOKS_FILE}"))) == 2
    assert directories_naming(tmp_path, bakery) == list(tmp_path.glob(f"set-aside/*/{DIRECTORY_FILE}"))
    assert directories_naming(tmp_path, "0" * 32) == []


@needs_server
@only_whole
def test_of_a_client_that_is_removed_nothing_is_left_where_its_books_had_been(tmp_path: Path) -> None:
    root = tmp_path / "data"

    with stores.chosen(stores.SQLITE):
        bakery = anyio.run(_begin, root)
    address = stores.empty_address(root)
    move(root, FilesPlace(root), ServerPlace(root, address), now=NOON, progress=silent)

    async def remove() -> Removed:
        async with opened(root) as one:
            return await remove_organization(
                one.office, await found(one), tmp_path / "bakery.zip", silent, handle=BAKERY
            )

    with stores.chosen(stores.POSTGRES):
        removed = anyio.run(remove)
    assert not [path for path in root.rglob("*") if bakery in str(path)]
    assert len(list(root.glob(f"set-aside/moved-to-a-server-*/organizations/*/{BOOKS_FILE}"))) == 2
    # The directory that was set aside is that of all: it is said that it stays.
    (directory,) = root.glob(f"set-aside/moved-to-a-server-*/{DIRECTORY_FILE}")
    assert removed.named_in == (directory,)
