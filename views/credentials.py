"""A credential as its people are shown it: what it opens, what it may do, until when, and where it was used last."""

from __future__ import annotations

from datetime import datetime

from invoicing.organizations import READ_ONLY, CredentialKind, OrganizationRef, Scopes
from operations.access import Office
from storage.directory.credentials import KnownCredential, WaitingKey
from views.base import View

_NOUNS = {
    CredentialKind.TOKEN: "token",
    CredentialKind.CONNECTION: "connection",
    CredentialKind.KEY: "API key",
    CredentialKind.LINK: "secret link",
}


class KeyShown(View):
    """A new API key or secret link, once with its `secret`, which for a link is the whole URL. `url` is where a key is
    sent to, `noun` what it is called within a sentence; `ends_at` is empty where it does not end by itself.
    """

    noun: str
    secret: str
    prefix: str
    name: str
    handle: str
    environment: str
    reads_only: bool
    ends_at: str
    url: str


class Opening(View):
    """What opens an organization; `noun` is what it is called within a sentence, `whose` the person of a client
    program, and `asleep` says that it waits to be woken after a restore. `used_at` is empty where it was never used,
    `ends_at` where it does not end by itself; `waits` says that nobody has seen its secret yet.
    """

    noun: str
    name: str
    prefix: str
    whose: str
    made: str
    asleep: bool
    program: bool
    reads_only: bool
    used_at: str
    ends_at: str
    waits: bool


def key_shown(office: Office, secret: str, about: WaitingKey) -> KeyShown:
    """The key or link of a one-time page."""
    return KeyShown(
        noun=_NOUNS[about.kind],
        secret=_whole(office, about.kind, secret),
        prefix=about.prefix,
        name=about.name,
        handle=about.handle,
        environment=about.environment,
        reads_only=about.scopes == READ_ONLY,
        ends_at=_minute(about.expires_at),
        url=f"{office.public_url}/mcp/{about.handle}",
    )


def made_shown(
    office: Office,
    organization: OrganizationRef,
    *,
    kind: CredentialKind,
    secret: str,
    prefix: str,
    scopes: Scopes,
    expires_at: datetime | None,
) -> KeyShown:
    """A key or a link that was just made for the organization."""
    return KeyShown(
        noun=_NOUNS[kind],
        secret=_whole(office, kind, secret),
        prefix=prefix,
        name=organization.name,
        handle=organization.handle,
        environment=organization.environment,
        reads_only=scopes == READ_ONLY,
        ends_at=_minute(expires_at),
        url=office.connection_url(organization),
    )


def opening_shown(one: KnownCredential) -> Opening:
    return Opening(
        noun=_NOUNS[one.kind],
        name=one.name,
        prefix=one.prefix,
        whose=one.user,
        made=f"{one.created_at:%Y-%m-%d}",
        asleep=one.asleep_since is not None,
        program=one.kind is CredentialKind.CONNECTION,
        reads_only=one.scopes == READ_ONLY,
        used_at=_minute(one.last_used_at),
        ends_at=_minute(one.expires_at),
        waits=not one.shown,
    )


def _whole(office: Office, kind: CredentialKind, secret: str) -> str:
    """What is copied: of a link the whole URL."""
    return f"{office.links_url}/mcp/k/{secret}" if kind is CredentialKind.LINK else secret


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
