"""Settings: read once, from the environment and the command line, by the composition root alone."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from invoicing.refusals import InvalidInput
from invoicing.text import in_command

DEFAULT_URL = "http://127.0.0.1:8750"
"""Where `counterfoil serve` listens unless told otherwise."""

# A host's name or address, and perhaps a port.
_PUBLIC_URL = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Settings:
    """`data` is the data folder; `public_url` where the server is reached over HTTP, empty where that is not said;
    `default_url` is where `counterfoil serve` listens unless told otherwise. `user` is the e-mail address of whoever
    acts on stdio and at the command line, empty for the owner.
    """

    data: Path
    public_url: str = ""
    default_url: str = DEFAULT_URL
    user: str = ""


def read_settings(data: Path | None = None, public_url: str = "", user: str = "") -> Settings:
    """The settings, the command line before `COUNTERFOIL_DATA`, `COUNTERFOIL_PUBLIC_URL` and `COUNTERFOIL_USER` before
    the defaults.

    Raises:
        InvalidInput: a public URL that is none.
    """
    folder = data or Path(os.environ.get("COUNTERFOIL_DATA") or default_folder())
    url = (public_url or os.environ.get("COUNTERFOIL_PUBLIC_URL", "")).rstrip("/")
    # It is published to whoever asks: a password in it would be, too.
    if url and not _PUBLIC_URL.fullmatch(url):
        raise InvalidInput(
            "The public URL must be of the form https://host, without a user, a password or a path.", field="public_url"
        )
    acting = (user or os.environ.get("COUNTERFOIL_USER", "")).strip()
    return Settings(data=folder.expanduser().absolute(), public_url=url, user=acting)


def default_folder() -> Path:
    """The platform's own data folder, which every command uses unless told otherwise."""
    return user_data_path("counterfoil", appauthor=False)


def data_option(settings: Settings) -> str:
    """What a command needs after its name to use this data folder, wherever it is started; empty for the default."""
    return "" if settings.data == default_folder() else f" --data {in_command(str(settings.data))}"
