"""Rates of territories that have some of their own, as tax codes that stand for those of the country: `rates.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from invoicing.countries.model import DatedRate
from invoicing.countries.registration import Words, text_on
from invoicing.document.documents import Supply, TaxCategory
from invoicing.master_data.records import TaxCode
from invoicing.money.amounts import parse_decimal
from invoicing.tax.places.territories import Territory


@dataclass(frozen=True, slots=True)
class LocalCode:
    """A tax code of a territory, with the country's codes in whose place it stands there (`stands_for`)."""

    code: TaxCode
    stands_for: tuple[str, ...]
    texts: tuple[Words, ...] = ()

    def on(self, day: date) -> TaxCode:
        """The code with the text of a day."""
        text = text_on(self.texts, day)
        return replace(self.code, reason=text.reason, reason_local=text.reason_local) if text else self.code


@dataclass(frozen=True, slots=True)
class Scale:
    """The codes of a territory. `sent_in` are supplies to a business there from elsewhere in the country that take
    these rates, `sent_out` supplies from there to a business elsewhere in the country that take that place's.
    `untaxed`: there is no tax at all. `exports_there`: goods from the rest of the country have these codes too.
    """

    code: str
    codes: tuple[LocalCode, ...]
    sources: tuple[str, ...]
    label: str = ""
    sent_in: tuple[Supply, ...] = ()
    sent_out: tuple[Supply, ...] = ()
    untaxed: bool = False
    exports_there: bool = False

    def instead_of(self, code: str) -> str:
        """The name of the code that stands for one of the country's, or nothing where none is known."""
        return next((local.code.code for local in self.codes if code in local.stands_for), "")


def scale_of(territory: Territory | None) -> Scale | None:
    """The rates of a territory; None where it has none of its own, or none that are known."""
    return _scales()[territory.rates] if territory is not None and territory.rates else None


def scale_codes(scale: Scale | None, day: date, *, label: str) -> dict[str, TaxCode]:
    """The codes by name, with the texts of a day; `label` is what the country's tax is called."""
    if scale is None:
        return {}
    codes = [local.on(day) for local in scale.codes]
    return {code.code: replace(code, label=code.label or label) for code in codes}


@cache
def _scales() -> Mapping[str, Scale]:
    table = tomllib.loads(files(__package__).joinpath("rates.toml").read_text(encoding="utf-8"))
    texts = {name: tuple(Words(**one) for one in entries) for name, entries in table["texts"].items()}
    return {entry["code"]: _scale(entry, texts) for entry in table["scales"]}


def _scale(entry: dict[str, Any], texts: Mapping[str, tuple[Words, ...]]) -> Scale:
    label = entry.get("label", "")
    return Scale(
        **entry
        | {
            "codes": tuple(_local(code, label, texts) for code in entry["codes"]),
            "sources": tuple(entry["sources"]),
            "sent_in": tuple(Supply(kind) for kind in entry.get("sent_in", ())),
            "sent_out": tuple(Supply(kind) for kind in entry.get("sent_out", ())),
        }
    )


def _local(entry: dict[str, Any], label: str, texts: Mapping[str, tuple[Words, ...]]) -> LocalCode:
    wording = texts[entry["texts"]] if "texts" in entry else ()
    code = TaxCode(
        code=entry["code"],
        name=entry["name"],
        category=TaxCategory(entry["category"]),
        label=label,
        rates=tuple(
            DatedRate(parse_decimal(rate["percent"], field="percent"), rate["valid_from"], rate.get("valid_until"))
            for rate in entry["rates"]
        ),
        reason=wording[-1].reason if wording else "",
        reason_local=wording[-1].reason_local if wording else "",
        reason_code=entry.get("reason_code", ""),
    )
    return LocalCode(code, tuple(entry["for"]), wording)
