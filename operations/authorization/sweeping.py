"""What has expired is forgotten: requests, codes, tokens, connections never taken up, programs nobody wanted."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from operations.access import Office
from operations.authorization.programs import forget_programs
from storage.directory import authorization_requests, connection_tokens

CODES_REMEMBERED = timedelta(days=1)
"""For so long a code that comes again ends its connection."""


async def forget_expired(office: Office) -> None:
    """Forget what has expired."""
    now = office.latest()

    def work(db: Session) -> None:
        since = now - CODES_REMEMBERED
        never = authorization_requests.forget_requests_and_codes(db, now=now, codes_since=since)
        connection_tokens.forget_connections(db, never)
        connection_tokens.forget_tokens(db, now=now)
        forget_programs(db, now)

    await office.store.directory.write(work)
