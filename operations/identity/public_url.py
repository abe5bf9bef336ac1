"""Where an installation is served, and what another address would make worthless: passkeys belong to a host,
connections of AI clients to the whole URL.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from operations.identity.passkeys import Site
from storage.directory import credentials, identity, installation
from storage.folder.store import Store


@dataclass(frozen=True, slots=True)
class Lost:
    """What counted at the URL `before`, and would not any more: so many passkeys, and connections of AI clients."""

    before: str
    passkeys: int
    connections: int


async def serve_at(store: Store, url: str, *, accept: bool) -> Lost | None:
    """Keep the URL at which the installation is served from now on. Where that makes anything worthless that counted
    where it was served before, it is not kept, and this is answered, unless it is accepted.
    """

    def work(db: Session) -> Lost | None:
        before = installation.served_url(db)
        lost = _lost(db, before, url) if before not in ("", url) else None
        if lost is None or accept:
            installation.set_served_url(db, url)
            return None
        return lost

    if await store.directory.read(installation.served_url) == url:
        return None
    return await store.directory.write(work)


def _lost(db: Session, before: str, url: str) -> Lost | None:
    host = Site.of(before).host
    passkeys = 0 if host == Site.of(url).host else identity.count_passkeys_at(db, host)
    connections = credentials.count_connections_at(db, before)
    return Lost(before, passkeys, connections) if passkeys or connections else None
