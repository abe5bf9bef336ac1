"""What `counterfoil doctor` tells of the keys, which lie apart from the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session

from invoicing.refusals import KeysUnavailable
from invoicing.text.typed import counted
from storage.directory import identity, providers
from storage.directory.installation import installation_name
from storage.faults.errors import StorageFault
from storage.folder.findings import Finding
from storage.folder.keys import SEALING, Keys, mark_of
from storage.folder.looking import Look
from storage.folder.signing import SigningKeys


def key_findings(look: Look, folder: Path) -> list[Finding]:
    """Whether the keys in this folder can be used, and open what was sealed in the directory. None is made."""
    try:
        name, codes, provider = look.directory(_sealed)
    except StorageFault:
        # What is wrong with the directory is said elsewhere.
        return []
    if not name:
        return []
    return [*_signing_findings(folder, name), *_sealing_findings(Keys(folder, name), folder, codes, provider)]


def _signing_findings(folder: Path, name: str) -> list[Finding]:
    """A key for signing that is lost is made anew, and does not open anything; one that is no key keeps its place."""
    try:
        SigningKeys(folder, name).all()
    except KeysUnavailable as fault:
        return [Finding("error", "keys", f"{fault.detail} Nothing is signed meanwhile, and no backup is made.")]
    return []


def _sealing_findings(keys: Keys, folder: Path, codes: Sequence[str], provider: Sequence[str]) -> list[Finding]:
    if not keys.is_there() and (folder.is_dir() or not folder.exists()):
        closed = _closed(codes, provider)
        return [Finding("error", "keys", f"{keys.path} is missing: {closed}")] if closed else []
    try:
        mark = mark_of(keys.key(SEALING))
    except KeysUnavailable as fault:
        return [Finding("error", "keys", f"{fault.detail} The server does not start meanwhile.")]
    others = [[one for one in sealed if one.partition(".")[0] != mark] for sealed in (codes, provider)]
    closed = _closed(*others)
    return [Finding("error", "keys", f"{keys.path} is another key than before: {closed}")] if closed else []


def _sealed(db: Session) -> tuple[str, Sequence[str], Sequence[str]]:
    provider = providers.the_provider(db)
    secret = provider.sealed_secret if provider else ""
    return installation_name(db), identity.sealed_codes(db), [secret] if secret else []


def _closed(codes: Sequence[str], provider: Sequence[str]) -> str:
    """What does not open, and what to do; empty where all does."""
    told = [counted(len(codes), "one-time-code secret")] if codes else []
    told += ["the identity provider's client secret"] if provider else []
    if not told:
        return ""
    return (
        f"{' and '.join(told)} cannot be read. Bring the right file back; where it is lost, people sign in with"
        " passkeys or sign-in links, and what was sealed is set up anew."
    )
