"""Settings: read once, from the environment and the command line, by the composition root alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from invoicing.refusals import InvalidInput


@dataclass(frozen=True, slots=True)
class Settings:
    """`data` is the data folder; `public_url` where the server is reached over HTTP, empty where it is not."""

    data: Path
    public_url: str = ""


def read_settings(data: Path | None = None) -> Settings:
    """The settings, the command line before `COUNTERFOIL_DATA` and `COUNTERFOIL_PUBLIC_URL` before the defaults.

    Raises:
        InvalidInput: a public URL that is none.
    """
    folder = data or Path(os.environ.get("COUNTERFOIL_DATA") or user_data_path("counterfoil", appauthor=False))
    url = os.environ.get("COUNTERFOIL_PUBLIC_URL", "").rstrip("/")
    if url and not url.startswith(("https://", "http://")):
        raise InvalidInput("COUNTERFOIL_PUBLIC_URL must begin with https:// or http://.", field="public_url")
    return Settings(data=folder.expanduser().absolute(), public_url=url)
