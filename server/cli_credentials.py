"""The commands `token`, `key` and `link`: credentials, shown once, listed without their secrets, revocable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from invoicing.organizations import EVERYTHING, READ_ONLY, CredentialKind, Scopes
from invoicing.text.typed import counted
from server.cli_options import Data, Json, LinksUrl, Organization, PublicUrl, command_group, days
from server.console import say, say_json
from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from operations.access import Office
    from storage.directory.credentials import KnownCredential

ReadOnly = Annotated[bool, typer.Option("--read-only", help="It may look, and change nothing.")]
Days = Annotated[int, typer.Option(help="Days until it expires; 0: it does not.", parser=days, metavar="NUMBER")]
Name = Annotated[str, typer.Option(help="What it is for, such as the program that uses it.")]
Key = Annotated[str, typer.Argument(help="Id or prefix, as listed.")]

token_app = command_group("Personal access tokens: they reach what their user reaches.")
connection_app = command_group("Connections of people's AI clients, which they allowed after signing in.")
key_app = command_group("API keys: one organization each.")
link_app = command_group("Secret links: connection URLs of one organization for clients that can send no header.")


@token_app.command("create")
def create_token(
    user: Annotated[str, typer.Option(help="The user's e-mail address; default: the owner.")] = "",
    name: Annotated[str, typer.Option(help="What it is for, such as the AI client that uses it.")] = "",
    data: Data = None,
    read_only: ReadOnly = False,
    expires_in_days: Days = 0,
    as_json: Json = False,
) -> None:
    """Create a personal access token and show it, once."""

    async def act(office: Office) -> None:
        from operations.credentials import create_token as create

        made = await create(
            office,
            user or office.principal.label,
            name=name,
            scopes=_scopes(read_only),
            expires_in_days=expires_in_days,
        )
        _show(as_json, "token", made.secret, made.prefix)

    _run(read_settings(data), act)


@key_app.command("create")
def create_key(
    organization: Organization,
    name: Name,
    data: Data = None,
    read_only: ReadOnly = False,
    expires_in_days: Days = 0,
    as_json: Json = False,
) -> None:
    """Create an API key of one organization and show it, once."""

    async def act(office: Office) -> None:
        from operations.credentials import create_key as create
        from server.app import find_organization

        target = await find_organization(office, organization)
        made = await create(
            office, target, name, kind=CredentialKind.KEY, scopes=_scopes(read_only), expires_in_days=expires_in_days
        )
        _show(as_json, "key", made.secret, made.prefix)

    _run(read_settings(data), act)


@link_app.command("create")
def create_link(
    organization: Organization,
    name: Name = "link",
    data: Data = None,
    read_only: ReadOnly = False,
    expires_in_days: Days = 0,
    public_url: PublicUrl = "",
    links_url: LinksUrl = "",
    as_json: Json = False,
) -> None:
    """Create a secret link of one organization and show it, once. Who has the link has the organization."""
    settings = read_settings(data, public_url, links_url=links_url)

    async def act(office: Office) -> None:
        from operations.credentials import create_key as create
        from server.app import browser_url, find_organization

        target = await find_organization(office, organization)
        made = await create(
            office, target, name, kind=CredentialKind.LINK, scopes=_scopes(read_only), expires_in_days=expires_in_days
        )
        begins = settings.links_lead_to(browser_url(settings, office))
        _show(as_json, "url", f"{begins}/mcp/k/{made.secret}", made.prefix)
        if not (settings.public_url or settings.links_url or as_json):
            say(f"It leads to a server at {begins}; for another one give --public-url or --links-url.")

    _run(settings, act)


def _add_list_and_revoke(app: typer.Typer, kind: CredentialKind) -> None:
    @app.command("list")
    def list_them(
        organization: Annotated[str, typer.Option(help="Only of this organization (its handle).")] = "",
        data: Data = None,
        as_json: Json = False,
    ) -> None:
        """List them, newest first, with their last use."""

        async def act(office: Office) -> None:
            from operations.credentials import PAGE_LIFETIME
            from operations.known_credentials import list_credentials
            from server.app import find_organization

            target = await find_organization(office, organization) if organization else None
            found = await list_credentials(office, kind=kind, organization=target)
            if as_json:
                say_json([_as_data(one) for one in found])
                return
            for one in found:
                page_expires_at = one.created_at + PAGE_LIFETIME
                say(_as_line(one, office.now(), page_expires_at))
            if not found:
                say(f"There is no {kind} yet.")

        _run(read_settings(data), act)

    @app.command("revoke")
    def revoke(key: Key, data: Data = None) -> None:
        """Revoke one, at once and for good."""

        async def act(office: Office) -> None:
            from operations.known_credentials import revoke_credential

            found = await revoke_credential(office, kind=kind, key=key)
            if found.revoked_at:
                say(f"The {kind} {found.prefix} ({found.name}) was revoked on {found.revoked_at:%Y-%m-%d} already.")
            else:
                say(f"Revoked the {kind} {found.prefix} ({found.name}).")

        _run(read_settings(data), act)

    @app.command("wake")
    def wake(
        key: Annotated[str, typer.Argument(help="Id or prefix, as listed.")] = "",
        every: Annotated[bool, typer.Option("--all", help="All that sleep.")] = False,
        data: Data = None,
    ) -> None:
        """Let one that sleeps since a restore open again what it opened."""
        if bool(key) is every:
            raise typer.BadParameter("give an id or prefix, or --all")

        async def act(office: Office) -> None:
            from operations.known_credentials import wake_all_credentials, wake_credential

            if every:
                say(f"Awake again: {counted(await wake_all_credentials(office, kind=kind), kind)}.")
                return
            found = await wake_credential(office, kind=kind, key=key)
            was = "Awake again" if found.asleep_since else "Was awake already"
            say(f"{was}: the {kind} {found.prefix} ({found.name}).")

        _run(read_settings(data), act)


for _app, _kind in zip((token_app, connection_app, key_app, link_app), CredentialKind, strict=True):
    _add_list_and_revoke(_app, _kind)


def _run(settings: Settings, act: Callable[[Office], Awaitable[None]]) -> None:
    async def run() -> None:
        from server.app import local_office

        async with local_office(settings) as office:
            await act(office)

    anyio.run(run)


def _scopes(read_only: bool) -> Scopes:
    return READ_ONLY if read_only else EVERYTHING


def _show(as_json: bool, what: str, secret: str, prefix: str) -> None:
    if as_json:
        say_json({what: secret, "prefix": prefix})
        return
    say(secret)
    say(f"Shown once and not kept. It is listed as {prefix}.")


def _as_data(one: KnownCredential) -> dict[str, Any]:
    return {
        "id": one.id,
        "prefix": one.prefix,
        "name": one.name,
        "organization": one.organization,
        "user": one.user,
        "read_only": one.scopes == READ_ONLY,
        "created_at": one.created_at.isoformat(),
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
        "asleep_since": one.asleep_since.isoformat() if one.asleep_since else None,
        "shown": one.shown,
    }


def _as_line(one: KnownCredential, now: datetime, page_expires_at: datetime) -> str:
    # A token without a name of its own is called after its user.
    whose = [one.organization, one.user if one.user != one.name else ""]
    marks = [*whose, "read-only" if one.scopes == READ_ONLY else "", f"created {one.created_at:%Y-%m-%d}"]
    if one.shown:
        marks.append(f"last used {one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never used")
    else:
        marks.append("not shown yet" if now < page_expires_at else "never shown, and its page has expired")
    if one.expires_at:
        marks.append(f"{'expires' if now < one.expires_at else 'expired'} {one.expires_at:%Y-%m-%d}")
    if one.revoked_at:
        marks.append(f"revoked {one.revoked_at:%Y-%m-%d}")
    elif one.asleep_since:
        marks.append(f"asleep since the restore of {one.asleep_since:%Y-%m-%d}")
    return f"{one.prefix}  {one.name}: {', '.join(mark for mark in marks if mark)}"
