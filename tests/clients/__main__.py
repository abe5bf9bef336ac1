"""`make clients`: the newest client libraries list, issue, render, download and are refused once, on a real server.

Each library is a small script with an environment of its own (`clients.toml`, `python/`, `node/`); no model is called.
Exit code 1 if one of them fails. With `--busy` each starts ten times beside two busy loops, and nine must succeed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.clients.environments import Client, installed, version_of
from tests.clients.running import Run, busy_loops, run
from tests.clients.served import Served, serve

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".clients"
STARTS = 10
STARTS_MIN = 9


def main() -> int:
    """Try what is asked for, and say what came of it."""
    options = _options()
    clients = [one for one in _clients() if not options.only or any(part in one.name for part in options.only)]
    if not clients:
        print("No client has such a name; clients.toml lists them.", file=sys.stderr)
        return 2
    for client in clients:
        print(f"Installing {client.name}", file=sys.stderr, flush=True)
        installed(client, CACHE, newest=options.newest)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as served:
        asyncio.run(served.prepare())
        wanted = [
            (client, transport)
            for client in clients
            for transport in client.transports
            if not options.transport or transport == options.transport
        ]
        return _busy(wanted, served) if options.busy else _days(wanted, served)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__)
    parser.add_argument("--only", action="append", metavar="PART", help="only clients with this part in their name")
    parser.add_argument("--transport", choices=("http", "stdio", "oauth"))
    parser.add_argument("--newest", action="store_true", help="install the newest versions, not the pinned ones")
    parser.add_argument("--busy", action="store_true", help="start each ten times beside two busy loops")
    return parser.parse_args()


def _clients() -> list[Client]:
    listed = tomllib.loads((HERE / "clients.toml").read_text("utf-8"))["client"]
    return [Client(**one) for one in listed]


def _days(wanted: list[tuple[Client, str]], served: Served) -> int:
    columns = ("library", "version", "transport", "era", "listed", "refused", "issued", "rendered", "downloaded", "s")
    print(_LINE.format(*columns))
    failed: list[Run] = []
    for client, transport in wanted:
        made = run(client, CACHE, served.given(transport))
        day = made.day
        print(
            _LINE.format(
                client.name,
                version_of(client, CACHE),
                transport,
                day.get("era") or "-",
                day.get("listed") or "-",
                "yes" if day.get("refused") else "-",
                day.get("issued") or "-",
                "yes" if day.get("rendered") else "-",
                day.get("downloaded") or "-",
                f"{made.seconds:.1f}",
            ),
            flush=True,
        )
        if not made.succeeded:
            failed.append(made)
    for made in failed:
        print(f"\n{made.name} failed:\n{made.errors}")
    print(f"\n{len(wanted) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _busy(wanted: list[tuple[Client, str]], served: Served) -> int:
    code = 0
    for client, transport in wanted:
        with busy_loops(2):
            made = [run(client, CACHE, served.given(transport) | {"start_only": True}) for _ in range(STARTS)]
        succeeded = sum(one.succeeded for one in made)
        seconds = ", ".join(f"{one.seconds:.1f}" for one in made)
        print(f"{client.name} ({transport}): {succeeded} of {STARTS} starts beside two busy loops, in {seconds} s")
        print(json.dumps([one.errors for one in made if not one.succeeded][:1]) if succeeded < STARTS else "")
        code |= succeeded < STARTS_MIN
    return code


_LINE = "{:<42} {:<10} {:<9} {:<10} {:>6} {:<7} {:<20} {:<8} {:>10} {:>5}"

if __name__ == "__main__":
    sys.exit(main())
