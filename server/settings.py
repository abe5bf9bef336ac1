"""Settings: read once, from the environment and the command line, by the composition root alone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from platformdirs import user_config_path, user_data_path

from invoicing.refusals import InvalidInput
from invoicing.text.typed import in_command
from server.http.limits import Allowance
from server.observing.choice import JSON, PLAIN, Observing
from server.work_limits import limits_of, whole_number
from storage.work.limits import Limits

if TYPE_CHECKING:
    from storage.files.buckets import Bucket
    from storage.postgres.addresses import Address

DEFAULT_URL = "http://localhost:8750"
"""Where `counterfoil serve` is reached unless told otherwise: passkeys need a name."""


def links_url_of(public_url: str) -> str:
    """Where secret links lead unless that is said: to the same server, where it has two names by the other one, so that
    clients find no sign-in there.
    """
    parts = urlsplit(public_url)
    if parts.hostname != "localhost":
        return public_url
    return f"{parts.scheme}://127.0.0.1" + (f":{parts.port}" if parts.port else "")


@dataclass(frozen=True, slots=True)
class Settings:
    """`data` is the data folder; `public_url` where the server is reached over HTTP, empty where that is not said;
    `default_url` is where `counterfoil serve` listens unless told otherwise. `user` is the e-mail address of whoever
    acts on stdio and at the command line, empty for the owner. `files` is the folder from which a client on stdio may
    import files, None where none was named. `keys` is where the keys of installations lie, apart from their data, and
    `links_url` where secret links lead, empty where that is not said. `database_url` is the server's database with the
    directory and all books, empty where they are files in the data folder; `database_owner_url` names the login that
    makes and migrates schemas there, where it is another. `files_url` is the bucket of all files, empty where they are
    in the data folder.
    """

    data: Path
    public_url: str = ""
    default_url: str = DEFAULT_URL
    user: str = ""
    files: Path | None = None
    keys: Path = field(default_factory=lambda: keys_folder())
    links_url: str = ""
    allowance: Allowance = field(default_factory=Allowance)
    limits: Limits = field(default_factory=Limits)
    observing: Observing = field(default_factory=Observing)
    database_url: str = field(default="", repr=False)
    database_owner_url: str = field(default="", repr=False)
    files_url: str = field(default="", repr=False)

    @property
    def address(self) -> Address | None:
        """Where the databases are, unless they are in the data folder.

        Raises:
            InvalidInput: it is no URL of a PostgreSQL database.
        """
        if not self.database_url:
            return None
        # Whoever has no server need not wait for it.
        from storage.postgres.addresses import address_of

        return address_of(self.database_url, self.database_owner_url)

    @property
    def bucket(self) -> Bucket | None:
        """Where the files are, unless they are in the data folder.

        Raises:
            InvalidInput: it is no URL of a bucket, or says more than that.
        """
        if not self.files_url:
            return None
        from storage.files.buckets import bucket_of

        return bucket_of(self.files_url)

    def links_lead_to(self, url: str) -> str:
        """The URL that secret links begin with, where the server is reached at `url`."""
        return self.links_url or links_url_of(url)


@dataclass(frozen=True, slots=True)
class Limit:
    """A variable of the environment that sets a value of `Allowance`, and between what it may be."""

    variable: str
    least: int
    most: int


_HOUR, _DAY = 3_600, 86_400
LIMITS = {
    "per_second": Limit("COUNTERFOIL_CALLS_PER_SECOND", 1, 100_000),
    "burst": Limit("COUNTERFOIL_CALLS_BURST", 1, 1_000_000),
    "at_once": Limit("COUNTERFOIL_CALLS_AT_ONCE", 2, 10_000),
    "asking": Limit("COUNTERFOIL_QUESTIONS_AT_ONCE", 1, 10_000),
    "body_bytes": Limit("COUNTERFOIL_BODY_BYTES", 16_384, 67_108_864),
    "head_seconds": Limit("COUNTERFOIL_HEAD_SECONDS", 1, _HOUR),
    "body_seconds": Limit("COUNTERFOIL_BODY_SECONDS", 1, _HOUR),
    "request_seconds": Limit("COUNTERFOIL_REQUEST_SECONDS", 1, _DAY),
    "answer_seconds": Limit("COUNTERFOIL_ANSWER_SECONDS", 1, _DAY),
    "idle_seconds": Limit("COUNTERFOIL_IDLE_SECONDS", 1, _HOUR),
    "send_seconds": Limit("COUNTERFOIL_SEND_SECONDS", 1, _HOUR),
    "send_bytes_per_second": Limit("COUNTERFOIL_SEND_BYTES_PER_SECOND", 1, 1_000_000_000),
    "downloads": Limit("COUNTERFOIL_DOWNLOADS", 1, 10_000),
    "downloads_each": Limit("COUNTERFOIL_DOWNLOADS_EACH", 1, 10_000),
    "uploads": Limit("COUNTERFOIL_UPLOADS", 1, 10_000),
    "uploads_each": Limit("COUNTERFOIL_UPLOADS_EACH", 1, 10_000),
    "upload_seconds": Limit("COUNTERFOIL_UPLOAD_SECONDS", 1, _DAY),
    "connections": Limit("COUNTERFOIL_CONNECTIONS", 16, 100_000),
    "connections_each": Limit("COUNTERFOIL_CONNECTIONS_EACH", 1, 100_000),
    "strangers": Limit("COUNTERFOIL_STRANGERS", 1, 100_000),
    "strangers_each": Limit("COUNTERFOIL_STRANGERS_EACH", 1, 100_000),
    "programs_per_second": Limit("COUNTERFOIL_PROGRAMS_PER_SECOND", 1, 100_000),
    "programs_burst": Limit("COUNTERFOIL_PROGRAMS_BURST", 1, 1_000_000),
    "stop_seconds": Limit("COUNTERFOIL_STOP_SECONDS", 1, _HOUR),
    "log_lines": Limit("COUNTERFOIL_LOG_LINES", 1, 100_000),
}
"""Every value of `Allowance` with the variable that sets it; docs/operations.md explains them."""
_NOT_MORE = (
    ("asking", "at_once"),
    ("downloads_each", "downloads"),
    ("uploads_each", "uploads"),
    ("strangers_each", "strangers"),
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_NAMED = {"public_url": "public URL", "links_url": "URL of secret links"}
_PORTS = {"https": 443, "http": 80}


_DATABASE_URL: ContextVar[str] = ContextVar("database_url", default="")
_FILES_URL: ContextVar[str] = ContextVar("files_url", default="")


def name_database(url: str) -> str:
    """Let the settings that are read from now on be those of a command that was given this URL; it is answered."""
    _DATABASE_URL.set(url)
    return url


def name_files(url: str) -> str:
    """As `name_database`, of the bucket of the files."""
    _FILES_URL.set(url)
    return url


def read_settings(
    data: Path | None = None,
    public_url: str = "",
    user: str = "",
    files: Path | None = None,
    links_url: str = "",
    log_format: str = "",
    metrics: bool = False,
) -> Settings:
    """The settings, the command line before `COUNTERFOIL_DATA`, `COUNTERFOIL_PUBLIC_URL`, `COUNTERFOIL_USER`,
    `COUNTERFOIL_FILES`, `COUNTERFOIL_LINKS_URL`, `COUNTERFOIL_LOG_FORMAT` and `COUNTERFOIL_METRICS` before the
    defaults; and `COUNTERFOIL_KEYS` and `COUNTERFOIL_METRICS_TOKEN_FILE`.

    Raises:
        InvalidInput: a public URL that is none, a form of the log that there is not, or a limit out of bounds.
    """
    folder = data or Path(os.environ.get("COUNTERFOIL_DATA") or default_folder())
    url = _checked_url((public_url or os.environ.get("COUNTERFOIL_PUBLIC_URL", "")).strip())
    links = _checked_url((links_url or os.environ.get("COUNTERFOIL_LINKS_URL", "")).strip(), field="links_url")
    acting = (user or os.environ.get("COUNTERFOIL_USER", "")).strip()
    return Settings(
        data=folder.expanduser().absolute(),
        public_url=url,
        user=acting,
        files=_folder(files or os.environ.get("COUNTERFOIL_FILES", "").strip()),
        keys=keys_folder(),
        links_url=links,
        allowance=allowance_of(os.environ),
        limits=limits_of(os.environ),
        database_url=(_DATABASE_URL.get() or os.environ.get("COUNTERFOIL_DATABASE_URL", "")).strip(),
        files_url=(_FILES_URL.get() or os.environ.get("COUNTERFOIL_FILES_URL", "")).strip(),
        database_owner_url=os.environ.get("COUNTERFOIL_DATABASE_OWNER_URL", "").strip(),
        observing=Observing(
            _log_format(log_format or os.environ.get("COUNTERFOIL_LOG_FORMAT", "")),
            metrics or _switch("COUNTERFOIL_METRICS"),
            _folder(os.environ.get("COUNTERFOIL_METRICS_TOKEN_FILE", "").strip()),
        ),
    )


def check_files_folder(settings: Settings) -> None:
    """Refuse a folder of files to import that is not there: whoever named it would find out much later.

    Raises:
        InvalidInput: it is no folder.
    """
    if settings.files is not None and not settings.files.is_dir():
        raise InvalidInput("The folder of files to import is not there, or is no folder.", field="files")


def _log_format(given: str) -> str:
    chosen = given.strip().lower() or PLAIN
    if chosen not in (PLAIN, JSON):
        raise InvalidInput(f"The form of the log is {PLAIN} or {JSON}.", field="log_format")
    return chosen


def _switch(variable: str) -> bool:
    text = os.environ.get(variable, "").strip()
    if text not in ("", "0", "1"):
        raise InvalidInput(f"{variable} is 1 (on) or 0 (off).", field=variable)
    return text == "1"


def _folder(given: Path | str) -> Path | None:
    return Path(given).expanduser().absolute() if str(given) else None


def default_folder() -> Path:
    """The platform's own data folder, which every command uses unless told otherwise."""
    return user_data_path("counterfoil", appauthor=False)


def default_keys_folder() -> Path:
    """The platform's own folder for the keys of installations."""
    return user_config_path("counterfoil", appauthor=False) / "keys"


def keys_folder() -> Path:
    """Where the keys of installations lie: what `COUNTERFOIL_KEYS` names, else the platform's own folder."""
    return _folder(os.environ.get("COUNTERFOIL_KEYS", "").strip()) or default_keys_folder()


def data_option(settings: Settings) -> str:
    """What a command needs after its name to use this data folder, wherever it is started; empty for the default."""
    folder = "" if settings.data == default_folder() else f" --data {in_command(str(settings.data))}"
    if _FILES_URL.get():
        folder += f" --files-url {in_command(_FILES_URL.get())}"
    if not _DATABASE_URL.get():
        return folder
    # A password is in no command that is printed.
    return f"{folder} --database-url {in_command(re.sub(r':[^/@]*@', '@', _DATABASE_URL.get()))}"


def allowance_of(environment: Mapping[str, str]) -> Allowance:
    """The limits of the HTTP door, as the environment sets them.

    Raises:
        InvalidInput: a value that is no whole number, or out of bounds, or does not go with another.
    """
    given = {
        name: _number(environment[one.variable], one) for name, one in LIMITS.items() if one.variable in environment
    }
    allowance = Allowance(**given)
    for less, more in _NOT_MORE:
        if getattr(allowance, less) > getattr(allowance, more):
            raise InvalidInput(
                f"{LIMITS[less].variable} ({getattr(allowance, less)}) must not be more than {LIMITS[more].variable}"
                f" ({getattr(allowance, more)}): set both.",
                field=LIMITS[less].variable,
            )
    if allowance.asking == allowance.at_once:
        raise InvalidInput(
            f"{LIMITS['asking'].variable} must be less than {LIMITS['at_once'].variable}: otherwise there is no"
            " room for the answers.",
            field=LIMITS["asking"].variable,
        )
    return allowance


def _number(text: str, limit: Limit) -> int:
    number = whole_number(text, least=limit.least, most=limit.most)
    if number is None:
        raise InvalidInput(
            f"{limit.variable} must be a whole number from {limit.least} to {limit.most}: leave it out to have"
            f" {_default(limit)}.",
            field=limit.variable,
        )
    return number


def _default(limit: Limit) -> str:
    name = next(name for name, one in LIMITS.items() if one is limit)
    default = next(one.default for one in fields(Allowance) if one.name == name)
    return str(default) if default else "as many as there are open files for"


def _checked_url(url: str, *, field: str = "public_url") -> str:
    """A URL of the server as clients name it: in small letters, without a slash at its end or the port that is usual.

    Raises:
        InvalidInput: anything but a scheme, a host and a port. What stands in it beside them is not repeated: it may be
            a password.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.netloc.lower(), parts.port
    except ValueError:
        raise _no_url(field) from None
    if "@" in parts.netloc:
        raise InvalidInput(
            f"The {_NAMED[field]} must not hold a user name or password: it is shown to everybody who connects.",
            field=field,
        )
    if port is not None:
        host = host.rpartition(":")[0]
    named = parts.scheme in _PORTS and _HOST.fullmatch(host) is not None and ".." not in host
    if not named or parts.path.strip("/") or "?" in url or "#" in url or port == 0:
        raise _no_url(field)
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _PORTS[parts.scheme]) else "")


def _no_url(field: str) -> InvalidInput:
    return InvalidInput(
        f"The {_NAMED[field]} must be of the form https://host or https://host:port, without a path, question mark or"
        " #; a name with other letters than a to z in its xn-- form.",
        field=field,
    )
