"""The command `user`: the people of an installation: who belongs to what, under which e-mail address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from invoicing.text.codes import small_letters
from server.cli_options import Data, Json, Organization, PublicUrl, command_group
from server.console import say, say_json
from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from invoicing.organizations import OrganizationRef
    from operations.access import Office
    from operations.membership import Joined
    from storage.directory.credentials import KnownCredential

Email = Annotated[str, typer.Option(help="The person's e-mail address.")]

user_app = command_group("The people of the installation: where they belong, and how the audit trail names them.")


@user_app.command("list")
def list_users(data: Data = None, as_json: Json = False) -> None:
    """List the users with their roles."""
    anyio.run(_list, _as_owner(data), as_json)


@user_app.command("rename")
def rename_user(
    email: Annotated[str, typer.Argument(help="The user's e-mail address, as listed.")],
    new: Annotated[str, typer.Argument(help="The address that later entries of the audit trail show.")],
    data: Data = None,
) -> None:
    """Give a user another e-mail address; what is on record already stays as it is."""
    anyio.run(_rename, _as_owner(data), email, new)


@user_app.command("invite")
def invite_user(
    email: Email,
    organization: Organization,
    role: Annotated[str, typer.Option(help="owner, accountant, viewer, or, of a client, client.")],
    clients: Annotated[str, typer.Option(help="Of a practice: only these clients (handles with commas).")] = "",
    public_url: PublicUrl = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Let a person belong to an organization, and print a link to be passed on, by which a new person signs in."""
    settings = read_settings(data, public_url)

    async def act(office: Office, target: OrganizationRef) -> None:
        from operations.identity.links import make_invitation
        from operations.membership import invite_user as invite
        from operations.membership import role_named
        from server.app import browser_url

        limited = _handles(clients) if clients else None
        joined = await invite(office, target, email, role=role_named(role), clients=limited)
        link = await make_invitation(office, target, joined.email)
        url = browser_url(settings, office) + link.path
        if as_json:
            say_json({**asdict(joined), "url": url})
            return
        _tell(joined, as_json=False)
        say(f"To be passed on; until {link.expires_at:%Y-%m-%d %H:%M} UTC a new person signs in with it, once: {url}")
        say(f"A token for connecting without a browser: counterfoil token create --user {joined.email}")

    _run(settings, organization, act)


@user_app.command("sign-in-link")
def sign_in_link(
    user: Annotated[str, typer.Option(help="The user's e-mail address, as listed.")],
    public_url: PublicUrl = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print a link by which a person signs in with a browser, once, within 15 minutes."""
    anyio.run(_sign_in_link, _as_owner(data, public_url), user, as_json)


@user_app.command("limit")
def limit_user(
    email: Email,
    organization: Organization,
    clients: Annotated[str, typer.Option(help="The clients (handles with commas) that are left.")] = "",
    every: Annotated[bool, typer.Option("--all-clients", help="All its clients, those to come too.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Limit a member of a practice to some of its clients, or lift that."""
    if bool(clients) is every:
        raise typer.BadParameter("give --clients or --all-clients")

    async def act(office: Office, target: OrganizationRef) -> None:
        from operations.membership import limit_user as limit

        _tell(await limit(office, target, email, clients=None if every else _handles(clients)), as_json)

    _run(read_settings(data), organization, act)


@user_app.command("remove")
def remove_user(
    email: Email,
    organization: Organization,
    revoke_keys: Annotated[
        bool, typer.Option("--revoke-keys", help="Also end the API keys and links that the person made there.")
    ] = False,
    data: Data = None,
) -> None:
    """Let a person belong to an organization no longer. The last owner stays."""

    async def act(office: Office, target: OrganizationRef) -> None:
        from operations.membership import remove_user as remove

        removed = await remove(office, target, email, revoke_keys=revoke_keys)
        say(f"{removed.email} belongs to {target.handle} no longer.")
        for one in removed.revoked:
            say(f"Revoked: {_key_line(one)}.")
        for one in removed.left:
            say(f"Still open: {_key_line(one)}; to end it: counterfoil {one.kind} revoke {one.prefix}")

    _run(read_settings(data), organization, act)


def _key_line(one: KnownCredential) -> str:
    return f"the {one.kind} {one.prefix} ({one.name}) of {one.organization}"


def _handles(text: str) -> list[str]:
    return [handle.strip() for handle in text.split(",") if handle.strip()]


def _tell(joined: Joined, as_json: bool) -> None:
    if as_json:
        say_json(asdict(joined))
        return
    say(f"{joined.email} is {joined.role} of {joined.organization}{_limit(joined.clients)} from now on.")


def _limit(clients: tuple[str, ...] | None) -> str:
    if clients is None:
        return ""
    return f", limited to {', '.join(clients)}" if clients else ", limited to none of its clients"


def _run(settings: Settings, handle: str, act: Callable[[Office, OrganizationRef], Awaitable[None]]) -> None:
    async def run() -> None:
        from server.app import find_organization, local_office

        async with local_office(settings) as office:
            await act(office, await find_organization(office, handle))

    anyio.run(run)


def _as_owner(data: Path | None, public_url: str = "") -> Settings:
    """The settings without `COUNTERFOIL_USER`: it may be the very address that is to be looked up or mended."""
    return replace(read_settings(data, public_url), user="")


async def _list(settings: Settings, as_json: bool) -> None:
    from operations.people import list_people
    from server.app import local_office

    async with local_office(settings) as office:
        found = await list_people(office)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    width = max(len(one.email) for one in found)
    for one in found:
        say(f"{one.email:{width}}  {one.role} of {one.organization}{_limit(one.clients)}")


async def _sign_in_link(settings: Settings, user: str, as_json: bool) -> None:
    from operations.identity.links import make_sign_in_link
    from server.app import browser_url, local_office

    async with local_office(settings) as office:
        link = await make_sign_in_link(office, user)
        url = browser_url(settings, office) + link.path
    if as_json:
        say_json({"url": url})
        return
    whom = small_letters(user.strip())
    until = f"{link.expires_at:%H:%M} UTC"
    say(f"Until {until} whoever opens this link and presses the button is signed in, once, as {whom}: {url}")


async def _rename(settings: Settings, email: str, new: str) -> None:
    from operations import people
    from server.app import local_office

    async with local_office(settings) as office:
        kept = await people.rename_user(office, email, new)
    say(f"{small_letters(email.strip())} is {kept} from now on. What is on record already stays as it is.")
