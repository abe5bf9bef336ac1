"""What published samples and guides show on a document of a country, and five documents of ours to hold beside them.

A country has a file `tests/invoicing/country_samples/<code>.toml`: its sources, what they show and on which of the
five it is wanted, what is another here and why, and a seller with its customers. The documents are made as an
assistant makes them, through the tools alone, by a live organization.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter

from tests.support.assistant import Assistant, assistant
from tests.support.clock import SettableClock
from tests.support.practice import practice

FOLDER = Path(__file__).parents[1] / "invoicing" / "country_samples"
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)

Kind = Literal["home", "abroad", "consumer", "correction", "not_registered"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TITLES: dict[Kind, str] = {
    "home": "business at home",
    "abroad": "business abroad",
    "consumer": "consumer",
    "correction": "correction",
    "not_registered": "seller not registered",
}


class _Read(BaseModel):
    """Strictly as the file says it: a key that nobody reads is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Read):
    """A guide, sample, template or law that was opened, and the day."""

    id: str
    what: str
    where: str
    checked: date


class Shown(_Read):
    """What sources show, and the words that each of the five has for it; `everywhere` stands for all."""

    what: str
    sources: tuple[str, ...]
    law: str = ""
    everywhere: str = ""
    home: str = ""
    abroad: str = ""
    consumer: str = ""
    correction: str = ""
    not_registered: str = ""

    def on(self, kind: Kind) -> str:
        """The words on that document, or nothing where they are not wanted there."""
        return str(getattr(self, kind)) or self.everywhere


class Differs(_Read):
    """What sources show and our documents have otherwise, and why."""

    what: str
    why: str
    sources: tuple[str, ...] = ()


class LookedAt(_Read):
    """What was seen on each picture, on that day."""

    day: date
    home: str
    abroad: str
    consumer: str
    correction: str
    not_registered: str


class Configured(_Read):
    """An entry of a part of the configuration, as save_configuration takes it."""

    part: str
    code: str
    values: dict[str, str]


class Seller(_Read):
    """An organization: the fields of update_organization, those of the part particulars, and further entries, such as
    a bank account or a tax code of its own.
    """

    profile: dict[str, Any]
    particulars: dict[str, str] = {}
    configured: tuple[Configured, ...] = ()


class Customers(_Read):
    """Each as save_customer takes it; `details` as a table."""

    home: dict[str, Any]
    abroad: dict[str, Any]
    consumer: dict[str, Any]


class CountrySample(_Read):
    """All that a country's file says."""

    country: str
    reason: str
    """Why the correction is made, in words of its country."""
    sources: tuple[Source, ...]
    shown: tuple[Shown, ...]
    differs: tuple[Differs, ...] = ()
    looked_at: LookedAt
    seller: Seller
    small_seller: Seller
    customers: Customers
    lines: tuple[dict[str, Any], ...]
    lines_abroad: tuple[dict[str, Any], ...] = ()
    lines_consumer: tuple[dict[str, Any], ...] = ()
    wanted: dict[str, Any] = {}
    """Further arguments of draft_invoice for the invoice at home; `details` as a table."""


def sampled_countries() -> list[str]:
    return sorted(path.stem.upper() for path in FOLDER.glob("*.toml"))


def country_sample(country: str) -> CountrySample:
    """What the file says.

    Raises:
        pydantic.ValidationError: a key is missing, unknown or of another kind.
    """
    text = (FOLDER / f"{country.lower()}.toml").read_text("utf-8")
    return TypeAdapter(CountrySample).validate_python(tomllib.loads(text))


@dataclass(slots=True)
class _Maker:
    """The conversation that makes the documents of one country."""

    chat: Assistant
    sample: CountrySample
    customers: dict[str, str] = field(default_factory=dict)

    async def organization(self, seller: Seller) -> str:
        """A live client with all that the file says of the seller; its handle."""
        name = seller.profile["name"]
        made = await self.chat.ok(
            "create_client_organization", name=name, country=self.sample.country, environment="live"
        )
        handle = str(made["created"]["handle"])
        rest = {key: value for key, value in seller.profile.items() if key != "name"}
        await self.chat.ok("update_organization", organization=handle, **rest)
        if seller.particulars:
            await self._configure(handle, "particulars", seller.particulars)
        await self._configure(handle, "policy", {"mandates": "warn"})
        for entry in seller.configured:
            await self._configure(handle, entry.part, entry.values, code=entry.code)
        for name, fields in self.sample.customers:
            given = dict(fields)
            details = _pairs(given.pop("details", {}))
            saved = await self.chat.ok("save_customer", organization=handle, details=details, **given)
            self.customers[f"{handle}/{name}"] = saved["customer"]["id"]
        return handle

    async def _configure(self, handle: str, part: str, values: dict[str, str], *, code: str = "") -> None:
        await self.chat.ok("save_configuration", organization=handle, part=part, code=code, values=_pairs(values))

    async def invoice(self, handle: str, customer: str, **more: Any) -> str:
        """The number of an invoice whose warnings were seen."""
        details = _pairs(more.pop("details", {}))
        own = {"abroad": self.sample.lines_abroad, "consumer": self.sample.lines_consumer}
        lines = own.get(customer) or self.sample.lines
        shown = await self.chat.ok(
            "draft_invoice",
            organization=handle,
            customer=self.customers[f"{handle}/{customer}"],
            lines=[dict(line) for line in lines],
            details=details,
            **more,
        )
        seen = [warning["code"] for warning in shown["warnings"]]
        issued = await self.chat.ok("issue_invoice", organization=handle, draft=shown["draft"], acknowledge=seen)
        assert issued["invoice"], (self.sample.country, customer, shown)
        return str(issued["invoice"]["number"])

    async def correction(self, handle: str, invoice: str) -> str:
        """The number of a credit note for one unit of the first line."""
        back = [{"position": 1, "quantity": "1"}]
        made = await self.chat.ok(
            "issue_credit_note", organization=handle, invoice=invoice, reason=self.sample.reason, lines=back
        )
        return str(made["credit_note"]["number"])

    async def printed(self, handle: str, number: str) -> bytes:
        made = await self.chat.ok("render_document", organization=handle, document=number)
        return Path(made["link"]).read_bytes()


async def five_documents(root: Path, country: str) -> AsyncIterator[tuple[Kind, bytes]]:
    """The five documents of a country, as PDFs, in a data folder of their own at `root`."""
    sample = country_sample(country)
    async with practice(root, SettableClock(NOON)) as office, assistant(office.office) as chat:
        maker = _Maker(chat, sample)
        registered = await maker.organization(sample.seller)
        home = await maker.invoice(registered, "home", **sample.wanted)
        yield "home", await maker.printed(registered, home)
        for kind in ("abroad", "consumer"):
            yield kind, await maker.printed(registered, await maker.invoice(registered, kind))
        yield "correction", await maker.printed(registered, await maker.correction(registered, home))
        small = await maker.organization(sample.small_seller)
        yield "not_registered", await maker.printed(small, await maker.invoice(small, "home"))


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"field": name, "value": value} for name, value in values.items()]
