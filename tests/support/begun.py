"""Data folders to begin with: made once in each process, and copied from then on."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from invoicing.organizations import Clock, Environment, OrganizationRef
from operations.access import Office, Principal
from operations.onboarding import ClientRequest, create_client_organization
from operations.practices import FirstOrganization, start_installation
from storage.directory.database import DIRECTORY_FILE
from storage.folder.provisioning import ensure_directory_file, provision_books, template_file
from storage.ids import new_organization_id
from tests.support import stores
from tests.support.clock import NOON
from tests.support.stores import open_store


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun in a data folder."""

    owner: Principal
    organization: OrganizationRef
    clients: tuple[OrganizationRef, ...]


Fill = Callable[[Office, Begun], Awaitable[None]]
"""What else is made in a folder that is copied later."""
Kind = tuple[FirstOrganization, tuple[str, ...], Fill | None, datetime, int, bool]

_begun: dict[Kind, tuple[Path, Begun]] = {}
_in_the_test: Counter[str] = Counter()


async def begin_practice(
    root: Path, clock: Clock, first: FirstOrganization, clients: tuple[str, ...] = (), fill: Fill | None = None
) -> Begun:
    """Make a data folder at `root` with a practice that begins now, with clients of these names and whatever `fill`
    makes, a function of a module; where there is a folder, begin the practice in it.

    Practices of one test are as different as if each had been begun by itself; those of two tests may be copies.
    """
    if stores.is_begun(root):
        return await _begin(root, clock, first, clients, fill)
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
    _in_the_test[test] += 1
    kind = (first, clients, fill, clock(), _in_the_test[test], stores.is_on_server())
    if kind not in _begun:
        made = Path(_practices().name) / str(len(_begun))
        _begun[kind] = made, await _begin(begin_folder(made), clock, first, clients, fill)
    made, begun = _begun[kind]
    stores.copy(made, root)
    return begun


async def new_client(office: Office, name: str, country: str = "GB", *, copy_from: str = "") -> OrganizationRef:
    """A new sandbox client of the practice."""
    request = ClientRequest(name=name, country=country, environment=Environment.SANDBOX, copy_from=copy_from)
    made = await create_client_organization(office, request)
    assert made.created is not None
    return made.created


def begin_folder(root: Path) -> Path:
    """Make an empty data folder at `root` as opening it would, with the template that the first books would leave.

    A folder that has a directory is left as it is.
    """
    if stores.is_on_server():
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not stores.is_begun(root):
        made = Path(_migrated().name)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        template_file(root).parent.mkdir(mode=0o700, exist_ok=True)
        for file in (made / DIRECTORY_FILE, template_file(made)):
            shutil.copy2(file, root / file.relative_to(made))
    return root


def is_kept(root: Path) -> bool:
    """Whether an installation is one that others are copied from."""
    return any(root == made.resolve() for made, _ in _begun.values())


def remove_begun() -> None:
    """Remove what this process has made, at the end of its tests: a test process ends without a word."""
    _begun.clear()
    for made in (_practices, _migrated):
        if made.cache_info().currsize:
            made().cleanup()
            made.cache_clear()


async def _begin(
    root: Path, clock: Clock, first: FirstOrganization, clients: tuple[str, ...], fill: Fill | None
) -> Begun:
    async with open_store(root) as store:
        owner, organization = await start_installation(store, clock, first)
        office = Office(store=store, principal=owner, clock=clock)
        begun = Begun(owner, organization, tuple([await new_client(office, name) for name in clients]))
        if fill:
            await fill(office, begun)
        return begun


@cache
def _practices() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="counterfoil-practices-", ignore_cleanup_errors=True)


@cache
def _migrated() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="counterfoil-tests-", ignore_cleanup_errors=True)
    root = Path(folder.name)
    ensure_directory_file(root)
    provision_books(root, new_organization_id(), now=NOON, fill=lambda _: None)
    return folder
