"""The composition root: settings, store, principal and server are put together here, and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from invoicing.organizations import OrganizationRef
from invoicing.refusals import NotFound, Refusal
from operations import activity, people, practices
from operations.access import Office, Visits
from operations.activity import Activity, Door
from server.command_names import running_command
from server.settings import Settings
from storage.directory import access_queries, installation
from storage.folder.store import Store, exists, open_store

if TYPE_CHECKING:
    from server.mcp import CounterfoilServer


def system_clock() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def local_office(settings: Settings, *, begin: bool = False) -> AsyncIterator[Office]:
    """The office of the user that the settings name, or of the owner. An empty folder is refused, or, with `begin`,
    given an unnamed practice.

    Raises:
        NotFound: there is no data folder, no practice in it, or no such user.
        InvalidInput: the user's e-mail address is none.
    """
    if not begin and not exists(settings.data, settings.address):
        # Opening it would make it: a mistyped folder must not leave one behind.
        raise NotFound(f"There is no Counterfoil data folder at {settings.data} yet: run counterfoil init.")
    # One user, whom no other call keeps waiting: a thread does what a server leaves to processes.
    async with open_store(
        settings.data,
        replace(settings.limits, processes=0),
        keys=settings.keys,
        address=settings.address,
        bucket=settings.bucket,
    ) as store:
        principal = await practices.local_owner(store)
        if principal is None and begin:
            principal = await practices.start_unnamed(store, system_clock, settings.user)
        if principal is None:
            raise NotFound("There is no practice in this data folder yet: run counterfoil init.")
        url = await known_url(settings, store)
        office = Office(
            store=store,
            principal=principal,
            clock=system_clock,
            public_url=url,
            links_url=settings.links_lead_to(url) if url else "",
            files_folder=settings.files,
            visits=Visits(),
        )
        acting = await people.acting(office, settings.user) if settings.user else office
        with nullcontext() if begin else _noting(acting):
            yield acting


@contextmanager
def _noting(office: Office) -> Iterator[None]:
    """Put a command on the activity log, by its name, with what it came to; what is served says itself what is done."""
    result = activity.OK
    try:
        yield
    except Refusal as refusal:
        result = refusal.code
        raise
    except BaseException:
        result = activity.FAILED
        raise
    finally:
        done = Activity(door=Door.LOCAL, act=running_command(), result=result, principal=office.principal)
        activity.note_visits(office, done)


async def known_url(settings: Settings, store: Store) -> str:
    """The public URL, else the one that was served or named last; empty where there is none."""
    return settings.public_url or await store.directory.read(installation.served_url)


def browser_url(settings: Settings, office: Office) -> str:
    """Where a browser finds the installation of a local office: at the URL that is known, else at the usual place."""
    return office.public_url or settings.default_url


async def find_organization(office: Office, handle: str) -> OrganizationRef:
    """The organization of this handle, within the principal's reach.

    Raises:
        NotFound: the principal can reach no organization of this handle.
    """
    reach = office.principal.reach
    found = await office.store.directory.read(lambda db: access_queries.reachable_by_handle(db, reach, handle))
    if found is None:
        raise no_such_organization()
    office.arrive(found)
    return found


def no_such_organization() -> NotFound:
    """The refusal of a handle that no organization has, or that is out of reach."""
    return NotFound(
        "There is no organization with this handle: counterfoil organization list shows them.", field="organization"
    )


async def local_server(office: Office, organization: str) -> CounterfoilServer:
    """The server of a local connection: the practice's, or the dedicated one of an organization."""
    # Most commands open the office without serving anything: they are spared the protocol's modules.
    from server.mcp import dedicated_server, practice_server

    if not organization:
        return practice_server(office)
    return dedicated_server(office, await find_organization(office, organization))
