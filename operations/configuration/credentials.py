"""Who gets in besides people: API keys, secret links and connections of people's AI clients, as a part of the
configuration. They are kept in the directory; that one was made is in the organization's audit trail.
"""

from __future__ import annotations

from dataclasses import replace

from invoicing.organizations import EVERYTHING, READ_ONLY, CredentialKind
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters
from operations.access import Office, require
from operations.configuration.entries import Change, Entry, PartOfDirectory, flag, no_such_entry, shown
from operations.credentials import create_key, prepare_key
from operations.known_credentials import list_credentials, revoke_credential
from operations.rights import Right
from storage.books.pool import Books
from storage.directory.credentials import KnownCredential

_MADE = {kind.value: kind for kind in (CredentialKind.KEY, CredentialKind.LINK)}
_SHOWN = (CredentialKind.KEY, CredentialKind.LINK, CredentialKind.CONNECTION)


async def _entries(office: Office, books: Books) -> list[Entry]:
    """Those of this organization, newest first, without their secrets."""
    require(Right.CREATE_CREDENTIAL, books.organization, office.principal)
    known = await _known(office, books)
    return [_entry(one) for one in sorted(known, key=lambda one: one.created_at, reverse=True)]


async def _known(office: Office, books: Books) -> list[KnownCredential]:
    of = books.organization
    return [one for kind in _SHOWN for one in await list_credentials(office, kind=kind, organization=of)]


async def _save(office: Office, books: Books, change: Change) -> Entry:
    if change.withdraw:
        return await _revoke(office, books, change.code)
    if change.code:
        raise InvalidInput("code: a credential is not changed: leave code out to make another.", field="code")
    return await _make(office, books, change)


async def _make(office: Office, books: Books, change: Change) -> Entry:
    kind = _MADE.get(change.values.get("kind", "key"))
    if kind is None:
        raise InvalidInput("values: kind must be key or link.", field="values")
    read_only = flag("read_only", change.values.get("read_only", "false"))
    name, scopes = change.values.get("name", ""), READ_ONLY if read_only else EVERYTHING
    days = _days(change.values.get("expires_in_days", "0"))
    if office.with_credential:
        pending = await prepare_key(office, books.organization, name, kind=kind, scopes=scopes, expires_in_days=days)
        prefix, where = pending.prefix, {"page": f"{office.public_url}/keys/{pending.page}"}
    else:
        made = await create_key(office, books.organization, name, kind=kind, scopes=scopes, expires_in_days=days)
        prefix, where = made.prefix, {"secret": made.secret}
    entry = next(one for one in await _entries(office, books) if one.code == prefix)
    return Entry(entry.code, {**entry.values, **where})


async def _revoke(office: Office, books: Books, code: str) -> Entry:
    wanted = small_letters(code)
    for one in await _known(office, books):
        if wanted in (small_letters(one.prefix), small_letters(one.id)):
            await revoke_credential(office, kind=one.kind, key=one.id)
            return replace(_entry(one), active=False)
    raise no_such_entry("credential")


def _entry(one: KnownCredential) -> Entry:
    values = {
        "kind": one.kind.value,
        "name": one.name,
        "user": one.user,
        "read_only": shown(one.scopes == READ_ONLY),
        "created_at": one.created_at.isoformat(timespec="minutes"),
        "expires_at": one.expires_at.isoformat(timespec="minutes") if one.expires_at else "",
        "last_used_at": one.last_used_at.isoformat(timespec="minutes") if one.last_used_at else "",
        "asleep_since": one.asleep_since.isoformat(timespec="minutes") if one.asleep_since else "",
    }
    return Entry(one.prefix, values, active=one.revoked_at is None)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise InvalidInput("values: expires_in_days must be a whole number.", field="values")
    return int(text)


CREDENTIALS = PartOfDirectory(
    title="credentials",
    fields={
        "kind": "key: an API key (default), or link: a secret link",
        "name": "what it is for",
        "read_only": "true: it changes nothing",
        "expires_in_days": "0: it does not expire",
    },
    read=_entries,
    save=_save,
    right=Right.CREATE_CREDENTIAL,
    withdrawing="it opens nothing any more",
)
