"""What the suite keeps its books in: one kind of store for a whole run, `--store`; no test need know which."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import cache
from itertools import count, pairwise
from pathlib import Path

from server.settings import Settings, read_settings
from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.database import Databases
from storage.directory.database import DIRECTORY_FILE
from storage.files.buckets import Bucket, bucket_of
from storage.folder import store
from storage.folder.diagnosis import FolderLook, diagnose
from storage.folder.findings import Finding
from storage.folder.home import files_home_of, name_home
from storage.folder.looking import Look
from storage.folder.store import Store
from storage.postgres.addresses import Address, address_of
from storage.postgres.diagnosis import SchemasLook, diagnose_schemas
from storage.postgres.engines import run_apart
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import is_of_books
from storage.work.limits import Limits
from tests.support.raw_server import RawServer
from tests.support.servers import server

Opening = Callable[[Path], AbstractAsyncContextManager[Store]]

URL = "COUNTERFOIL_DATABASE_URL"
SQLITE, POSTGRES = "sqlite", "postgres"
STORES = (SQLITE, POSTGRES)
BEGINNING = {"demo", "init", "stdio"}
"""The commands that begin an installation where there is none."""
_ended, _ALL_OF_IT = count(1), 100
_chosen = [SQLITE]
_databases: dict[Path, str] = {}
"""The database of each folder, where books are on a server."""


def choose(name: str) -> None:
    """Open this kind from now on."""
    _chosen[:] = [name]


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Open this kind in here; without a name the one that is open anyway."""
    before = _chosen[0]
    choose(name or before)
    try:
        yield
    finally:
        choose(before)


def is_on_server() -> bool:
    """Whether books are kept on a server."""
    return _chosen[0] == POSTGRES


def open_store(
    root: Path, limits: Limits | None = None, *, keys: Path | None = None
) -> AbstractAsyncContextManager[Store]:
    """The store on this folder, of the kind that the run was asked for; `keys`: with keys of its own."""
    if keys is None:
        # A program that is no test of the suite leaves no key where those of real installations lie.
        keys = read_settings().keys if "COUNTERFOIL_KEYS" in os.environ else root.with_name(f"{root.name}-keys")
    return store.open_store(root, limits, keys=keys, address=address(root), bucket=bucket(root))


def bucket(root: Path) -> Bucket | None:
    """The bucket that the folder says its files are in."""
    named = files_home_of(root)
    return bucket_of(named) if named else None


def databases(root: Path) -> Databases:
    """The databases of this folder, of the kind that the run was asked for; whoever asks closes them."""
    return store.databases_of(root, address(root))


def address(root: Path) -> Address | None:
    """Where the books of this folder are, unless they are in it; a database is made for a folder that has none."""
    if not is_on_server():
        # A process that a test has started is told so.
        told = os.environ.get(URL, "")
        return address_of(told) if told else None
    root = root.resolve()
    if root not in _databases:
        _make(root, template=_empty())
    return address_of(server().url(_databases[root]))


def settings(root: Path) -> Settings:
    """Those of a program that opens this folder."""
    one = address(root)
    return Settings(root, database_url="" if one is None else _url_of(one))


def diagnosis(root: Path) -> list[Finding]:
    """What the operator's diagnosis finds wrong, however little room the machine of the tests has."""
    one = address(root)
    return diagnose(root, free_bytes_wanted=0) if one is None else diagnose_schemas(one, root)


def look(root: Path) -> Look:
    """The databases as the operator's diagnosis sees them."""
    one = address(root)
    return FolderLook(root) if one is None else SchemasLook(one)


def empty_address(root: Path) -> Address:
    """A database for this folder in which there is nothing but the template of books; the one that it has, if any."""
    if root.resolve() not in _databases:
        _make(root.resolve(), template=_only_template())
    return address_of(server().url(_databases[root.resolve()]))


def environment(root: Path) -> dict[str, str]:
    """What lets a program that opens this folder open what a test would."""
    one = address(root)
    return {} if one is None else {URL: _url_of(one)}


def environment_of(arguments: Sequence[str]) -> dict[str, str]:
    """The same for a command with these arguments, one of which is the folder; where nothing has begun, and nothing
    is to, nothing is in the database. For a program that is no command: some folder of these that has been begun.
    """
    if not is_on_server():
        return {}
    for name, value in pairwise(arguments):
        if name == "--data":
            root = Path(value).resolve()
            if root not in _databases and not BEGINNING.intersection(arguments):
                _make(root, template="template1")
            return environment(root)
    known = (Path(one) for one in arguments if os.path.isabs(one) and Path(one).resolve() in _databases)
    return next((environment(one) for one in known), {})


def raw_server(path: Path) -> RawServer:
    """The schema that a file of this path would be."""
    root = path.parent if path.name == DIRECTORY_FILE else path.parents[2]
    return RawServer(server().folder, _databases[root.resolve()], path)


def is_begun(root: Path) -> bool:
    """Whether there is an installation in this folder, or at least a database where it is to be begun."""
    if is_on_server():
        return root.resolve() in _databases
    return URL in os.environ or (root / DIRECTORY_FILE).exists()


def books_there(root: Path) -> set[str]:
    """Of which organizations there are books, known or not."""
    one = address(root)
    if one is None:
        return {path.name for path in (root / ORGANIZATIONS_FOLDER).iterdir()}
    return {name for name in run_apart(Schemas(one).names) if is_of_books(name)}


def copy(made: Path, root: Path) -> None:
    """Make the installation at `root` a copy of one that nobody has open."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copytree(made, root, dirs_exist_ok=True)
    if is_on_server():
        _make(root.resolve(), template=_databases[made.resolve()])
        name_home(root, str(address(root)))


def lying_there(root: Path) -> bytes:
    """All of the installation in this folder, as whoever has its disks has it: files, and what a server keeps."""
    files = b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())
    return files + server().dump(_databases[root.resolve()]).encode() if is_on_server() else files


def remove(root: Path) -> None:
    """Remove the installation at `root`, which nobody has open."""
    shutil.rmtree(root)
    if is_on_server():
        server().drop(_databases.pop(root.resolve()))


def _make(root: Path, *, template: str) -> None:
    _databases[root] = f"t{hashlib.sha256(str(root).encode()).hexdigest()[:24]}"
    server().create(_databases[root], template=template)


@cache
def _empty() -> str:
    """A database with a directory of nobody, and the template that books are copied from."""
    name = "empty"
    server().create(name)
    schemas = Schemas(address_of(server().url(name)))
    run_apart(schemas.ensure_directory)
    run_apart(schemas.ensure_template)
    return name


def _url_of(one: Address) -> str:
    return one.url.render_as_string(hide_password=False)


@cache
def _only_template() -> str:
    name = "template-alone"
    server().create(name)
    run_apart(Schemas(address_of(server().url(name))).ensure_template)
    return name


@contextmanager
def forgetting(kept: Callable[[Path], bool]) -> Iterator[None]:
    """Remove the databases of the folders that were begun in here at its end, but for those that are `kept`."""
    before = set(_databases)
    yield
    begun = [one for one in _databases if one not in before]
    for root in [one for one in begun if not kept(one)]:
        server().drop(_databases.pop(root))
    if begun:
        _let_go_of_what_was_cut()


def _let_go_of_what_was_cut() -> None:
    """Connections that were cut are never closed: what is told of that belongs to this test, and to no later one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        if next(_ended) % _ALL_OF_IT == 0:
            gc.unfreeze()
        gc.collect()
    # What is there by now, such as modules and what libraries remember, is not to be gone through after every test.
    gc.freeze()
