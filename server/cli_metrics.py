"""The command `metrics-token`, which makes the credential for a server's numbers."""

from __future__ import annotations

import anyio
import typer

from server.cli_folder import existing
from server.cli_options import Data, Json
from server.console import say, say_json
from server.settings import Settings, read_settings


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("metrics-token")(metrics_token)


def metrics_token(data: Data = None, as_json: Json = False) -> None:
    """Make the token for the numbers at /metrics (serve --metrics); it is shown once, and the one before ends."""
    settings = read_settings(data)
    token, path = anyio.run(_make, settings)
    if as_json:
        say_json({"token": token, "hash_file": path})
        return
    say(f"Token for /metrics, shown once: {token}")
    say(f"Its hash is in {path}. A server that runs goes on with the one before until it starts anew.")


async def _make(settings: Settings) -> tuple[str, str]:
    from server.http.metrics import token_path
    from server.observing.operator_token import make_token
    from storage.folder.store import open_store

    root = existing(settings)
    async with open_store(
        root, settings.limits, keys=settings.keys, address=settings.address, bucket=settings.bucket
    ) as store:
        path = token_path(store)
        return make_token(path), str(path)
