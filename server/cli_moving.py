"""The commands `move` and `move-files`: an installation's databases go from files to a server, and its files
into a bucket, or back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from invoicing.refusals import InvalidInput
from invoicing.text.typed import counted
from server.cli_options import Data, Json
from server.console import progress, say, say_json
from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from storage.folder.places import Place


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("move")(move)
    app.command("move-files")(move_files)


def move(
    to_database: Annotated[
        str, typer.Option(metavar="URL", help="From files to this PostgreSQL database, which is empty.")
    ] = "",
    to_files: Annotated[
        bool, typer.Option("--to-files", help="From the PostgreSQL database to files in the folder.")
    ] = False,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Stay where it is, as long as the move is not sealed.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Move all books between files and a PostgreSQL database, each verified; meanwhile they can only be read."""
    if bool(to_database) == to_files:
        raise typer.BadParameter("say one of --to-database and --to-files.")
    from server.app import system_clock
    from storage.folder import moving

    settings = read_settings(data)
    source, target = _places(settings, to_database)
    if take_back:
        with progress("Taking back") as tell:
            moving.take_back(settings.data, source, target, progress=tell)
        if as_json:
            say_json({"taken_back": True})
            return
        say(f"The books of {settings.data} are in use where they were; nothing of them is left elsewhere.")
        return
    with progress("Moving") as tell:
        moved = moving.move(settings.data, source, target, now=system_clock(), progress=tell)
    if as_json:
        said = {"organizations": moved.organizations, "documents": moved.documents, "rows": moved.rows}
        say_json(said | {"to": target.name or "files"})
        return
    held = f"{counted(moved.organizations, 'organization')}, {counted(moved.documents, 'document')}"
    say(f"Moved {held}, {moved.rows:,} rows in all, each the same at both places.")
    if to_files:
        say(f"The books are in files in {settings.data}: leave --database-url and COUNTERFOIL_DATABASE_URL away.")
    else:
        say(f"The books are on {target.name}: name it by --database-url or COUNTERFOIL_DATABASE_URL.")
        say(f"The files that they were in are set aside in {settings.data / 'set-aside'}.")


def move_files(
    bucket: Annotated[
        str, typer.Argument(metavar="URL", help="The bucket, and a folder in it: s3://NAME/FOLDER.")
    ] = "",
    to_folder: Annotated[
        bool, typer.Option("--to-folder", help="From the bucket that --files-url names to the data folder.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Move all PDFs, exports and logos from the data folder into a bucket, or back; end servers before it."""
    if bool(bucket) == to_folder:
        raise typer.BadParameter("say one of a bucket's URL and --to-folder.")
    from server.app import system_clock
    from server.cli_folder import existing
    from storage.files.buckets import bucket_of
    from storage.folder.moving_files import move_into_bucket, move_into_folder

    settings = read_settings(data)
    there = settings.bucket if to_folder else bucket_of(bucket)
    if there is None:
        raise InvalidInput("Name the bucket that the files are in.", field="files_url")
    existing(settings)
    name, ids = anyio.run(_name_and_organizations, settings, to_folder)
    with progress("Moving") as tell:
        if to_folder:
            moved = move_into_folder(settings.data, there, name, ids, progress=tell)
        else:
            moved = move_into_bucket(settings.data, there, name, now=system_clock(), progress=tell)
    if as_json:
        said = {"files": moved.files, "size_bytes": moved.size_bytes, "damaged": list(moved.damaged)}
        say_json(said | {"to": "folder" if to_folder else str(there)})
        return
    files = counted(moved.files, "file")
    if to_folder:
        say(f"Moved {files} to {settings.data}: leave --files-url and COUNTERFOIL_FILES_URL away.")
        say(f"What was in {there} is there as it was, and nothing of ours removes it: delete it yourself.")
    else:
        say(f"Moved {files} to {there}: name it by --files-url or COUNTERFOIL_FILES_URL.")
        say(f"What was in the folder is set aside in {settings.data / 'set-aside'}.")
    for path in moved.damaged:
        say(f"Not moved, because it is damaged: {path}")


async def _name_and_organizations(settings: Settings, to_folder: bool) -> tuple[str, list[str]]:
    """The installation's name, and the ids of its organizations. On the way into a bucket one that was interrupted may
    name it already, and is opened with what it names; on the way back a folder may be new, or not name it any more.
    """
    from storage.directory.organizations import all_ids
    from storage.files.buckets import bucket_of
    from storage.folder.home import files_home_of
    from storage.folder.store import open_store

    named = files_home_of(settings.data)
    bucket = settings.bucket if to_folder else bucket_of(named) if named else None
    async with open_store(settings.data, keys=settings.keys, address=settings.address, bucket=bucket) as store:
        return store.name, [one for one, _ in await store.directory.read(all_ids)]


def _places(settings: Settings, to_database: str) -> tuple[Place, Place]:
    """Where the books are, and where they are to be."""
    from storage.folder.places import FilesPlace
    from storage.postgres.addresses import address_of
    from storage.postgres.place import ServerPlace

    if to_database:
        server = ServerPlace(settings.data, address_of(to_database, settings.database_owner_url))
        return FilesPlace(settings.data), server
    if settings.address is None:
        raise InvalidInput("Name the database that the books are on.", field="database_url")
    return ServerPlace(settings.data, settings.address), FilesPlace(settings.data, arriving=True)
