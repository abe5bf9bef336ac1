"""A day of every client library here: list the tools, be refused once, issue an invoice, render it, open the file.

The library's own functions list and call; this module says what is called, and reads what the library would show a
model: text in whatever form, or the error it raises. It needs nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# A link or path ends where a text, or one within JSON, ends.
_LINK = re.compile(r"https?://[^\s\"'\\]+/files/[^\s\"'\\]+|/[^\s\"'\\]+\.pdf")
_NUMBER = re.compile(r"TEST-INV-\d{4}-\d+")
_SUM = re.compile(r"(?:SHA-256 |sha256\W+)([0-9a-f]{64})")


@dataclass
class Day:
    """What was achieved, in this order; a step that was not reached is empty."""

    era: str = ""
    listed: int = 0
    refused: str = ""
    issued: str = ""
    rendered: str = ""
    downloaded: int = 0


def given() -> dict[str, Any]:
    """What the runner passes on: how to reach the server, for which organization, and under which reference."""
    said: dict[str, Any] = json.loads(sys.argv[1])
    return said


def headers() -> dict[str, str]:
    """How a client with a token signs in over HTTP."""
    return {"Authorization": f"Bearer {given()['token']}"}


async def spend(day: Day, names: Iterable[str], call: Callable[[str, dict[str, Any]], Awaitable[object]]) -> None:
    """Go through the day; `call` answers what the library would show a model of a call's result.

    Raises:
        AssertionError: a step that did not come out right.
    """
    try:
        await _spend(day, list(names), call)
    finally:
        print(json.dumps(asdict(day)), flush=True)


async def _spend(day: Day, names: list[str], call: Callable[[str, dict[str, Any]], Awaitable[object]]) -> None:
    organization = given()["organization"]
    assert {"find_customers", "issue_invoice", "render_document"} <= set(names), names
    day.listed = len(names)
    if given().get("start_only"):
        return

    try:
        refusal = shown(await call("find_customers", {}))
    except Exception as error:
        refusal = shown(error)
    assert "organization_required" in refusal, refusal
    day.refused = "organization_required"

    order = {
        "organization": organization,
        "customer": "Hotel Bristol",
        "lines": [{"description": "Croissants", "quantity": "40", "unit_price": "12.50"}],
        "client_reference": given()["reference"],
    }
    issued = shown(await call("issue_invoice", order))
    number = _NUMBER.search(issued)
    assert number, issued
    day.issued = number[0]

    rendered = shown(await call("render_document", {"document": day.issued, "organization": organization}))
    link, checksum = _LINK.search(rendered), _SUM.search(rendered)
    assert link, rendered
    assert checksum, rendered
    day.rendered = link[0]
    pdf = _opened(day.rendered)
    assert pdf.startswith(b"%PDF"), pdf[:20]
    assert hashlib.sha256(pdf).hexdigest() == checksum[1]
    day.downloaded = len(pdf)


def shown(result: object) -> str:
    """A result of whatever kind as a text."""
    return result if isinstance(result, str) else f"{type(result).__name__} {result!r}"


def _opened(link: str) -> bytes:
    if link.startswith("/"):
        return Path(link).read_bytes()
    with urllib.request.urlopen(link) as answer:  # noqa: S310 - The link of our own server on loopback.
        return bytes(answer.read())
