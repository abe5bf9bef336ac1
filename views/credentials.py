"""A credential as its people are shown it: what it opens, what it may do, until when, and where it was used last."""

from __future__ import annotations

from datetime import datetime

from invoicing.organizations import READ_ONLY, CredentialKind, Environment, OrganizationRef, Scopes
from operations.access import Office
from storage.directory.credentials import KnownCredential, WaitingKey
from views.base import View

ENVIRONMENTS = {
    Environment.LIVE: "live: what is issued is real",
    Environment.SANDBOX: "sandbox: to try things out; documents are marked as tests",
}
_KINDS = {
    CredentialKind.TOKEN: "Personal token",
    CredentialKind.CONNECTION: "AI client",
    CredentialKind.KEY: "API key",
    CredentialKind.LINK: "Secret link",
}
_NOUNS = {
    CredentialKind.TOKEN: "token",
    CredentialKind.CONNECTION: "connection",
    CredentialKind.KEY: "API key",
    CredentialKind.LINK: "secret link",
}


class KeyShown(View):
    """A new API key or secret link, once with its `secret`, which for a link is the whole URL. `url` is where a key is
    sent to; `what` and `noun` are what it is called, alone and within a sentence.
    """

    what: str
    noun: str
    secret: str
    prefix: str
    name: str
    handle: str
    environment: str
    rights: str
    expiry: str
    url: str


class Opening(View):
    """What opens an organization; `noun` is what it is called within a sentence, `whose` the person of a client
    program, and `asleep` says that it waits to be woken after a restore. `used_at` is empty where it was never used,
    `ends_at` where it does not end by itself; `waits` says that nobody has seen its secret yet.
    """

    what: str
    noun: str
    name: str
    prefix: str
    whose: str
    rights: str
    made: str
    used: str
    expiry: str
    asleep: bool
    program: bool
    reads_only: bool
    used_at: str
    ends_at: str
    waits: bool


def key_shown(office: Office, secret: str, about: WaitingKey) -> KeyShown:
    """The key or link of a one-time page."""
    return KeyShown(
        what=_KINDS[about.kind],
        noun=_NOUNS[about.kind],
        secret=_whole(office, about.kind, secret),
        prefix=about.prefix,
        name=about.name,
        handle=about.handle,
        environment=ENVIRONMENTS[about.environment],
        rights=_rights(about.scopes),
        expiry=_expiry(about.expires_at),
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
        what=_KINDS[kind],
        noun=_NOUNS[kind],
        secret=_whole(office, kind, secret),
        prefix=prefix,
        name=organization.name,
        handle=organization.handle,
        environment=ENVIRONMENTS[organization.environment],
        rights=_rights(scopes),
        expiry=_expiry(expires_at),
        url=office.connection_url(organization),
    )


def opening_shown(one: KnownCredential) -> Opening:
    return Opening(
        what=_KINDS[one.kind],
        noun=_NOUNS[one.kind],
        name=one.name,
        prefix=one.prefix,
        whose=one.user,
        rights="reads only" if one.scopes == READ_ONLY else "reads and changes",
        made=f"{one.created_at:%Y-%m-%d}",
        used=_used(one),
        expiry=_expiry(one.expires_at),
        asleep=one.asleep_since is not None,
        program=one.kind is CredentialKind.CONNECTION,
        reads_only=one.scopes == READ_ONLY,
        used_at=f"{one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "",
        ends_at=f"{one.expires_at:%Y-%m-%d %H:%M} UTC" if one.expires_at else "",
        waits=not one.shown,
    )


def _whole(office: Office, kind: CredentialKind, secret: str) -> str:
    """What is copied: of a link the whole URL."""
    return f"{office.links_url}/mcp/k/{secret}" if kind is CredentialKind.LINK else secret


def _used(one: KnownCredential) -> str:
    if not one.shown:
        return "not shown yet"
    return f"{one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never"


def _rights(scopes: Scopes) -> str:
    if scopes == READ_ONLY:
        return "read-only: it looks things up and changes nothing"
    return "may change things: draft, issue, record payments"


def _expiry(expires_at: datetime | None) -> str:
    return f"ends on {expires_at:%Y-%m-%d at %H:%M} UTC" if expires_at else "does not expire"
