"""Where a server is, as it is given on the command line, and what may be said of it: never its password."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from invoicing.refusals import InvalidInput

PORT = 5432
DRIVER = "postgresql+asyncpg"
_SCHEMES = ("postgresql", "postgres", DRIVER)
_FIELD = "database_url"


@dataclass(frozen=True, slots=True)
class Address:
    """A server's database, and the login that serves from it; `owner` is the login that makes and migrates schemas."""

    url: URL = field(repr=False)
    owner: URL = field(repr=False)

    @property
    def database(self) -> str:
        return self.url.database or ""

    @property
    def login(self) -> str:
        return self.url.username or ""

    def __str__(self) -> str:
        """Which database it is, whoever logs in there."""
        host = self.url.host or self.url.query.get("host") or "localhost"
        return f"postgresql://{host}:{self.url.port or PORT}/{self.database}"


def address_of(url: str, owner_url: str = "") -> Address:
    """The address that a URL names, and the login that makes and migrates its schemas, unless it is the same.

    Raises:
        InvalidInput: it is no URL of a PostgreSQL database with a login.
    """
    runs, owns = _parsed(url), _parsed(owner_url or url)
    # By another way, such as past a pool of connections, but to the same database.
    if runs.database != owns.database:
        raise InvalidInput("Both logins must be those of one database.", field=_FIELD)
    return Address(runs, owns)


def _parsed(text: str) -> URL:
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise InvalidInput(_EXPECTED, field=_FIELD) from None
    if url.drivername not in _SCHEMES or not url.username or not url.database:
        raise InvalidInput(_EXPECTED, field=_FIELD)
    if url.query.get("pooling", "transaction") != "transaction":
        raise InvalidInput("The URL's pooling is transaction, or is left away.", field=_FIELD)
    return url.set(drivername=DRIVER)


_EXPECTED = "A database is named as postgresql://login@host:5432/database; the password is best left to PGPASSFILE."
