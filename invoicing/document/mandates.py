"""Which mandates hold for a document: what its form must be by law, for this seller, this buyer and this day.

The facts are arguments, and so is the data of the countries. A PDF from this program is an invoice, an invoice that
must be reported besides, or none; of several mandates the strictest counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, get_args

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.mandates import BuyerKind, Mandate, MandateRule, Place, Registration

COMING_DAYS = 90
"""How long before its first day a mandate is spoken of in a draft."""
YEAR_DAYS = 366
"""How long before its first day a mandate is listed among what is to come."""


class Form(StrEnum):
    """What a PDF from this program is in law, from the least to the most that is to be done."""

    INVOICE = "invoice"
    REPORTED = "reported"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SellerSituation:
    """What a mandate asks of the seller. `turnover` is that of a year and `month_gross` the total with tax of the
    month's invoices, in whole units of the national currency; None where it is not known. `legal_form` is `company`
    or `person`, or empty where it is not known; `region` a name or a code, or a postal code.
    """

    country: str
    registration: Registration = "registered"
    turnover: int | None = None
    regions: tuple[str, ...] = ()
    legal_form: str = ""
    month_gross: Decimal | int | None = None


@dataclass(frozen=True, slots=True)
class BuyerSituation:
    """What a mandate asks of the buyer. `demanded`: it asks for e-invoices, as the law of some countries lets it;
    `registered`: it has a VAT number.
    """

    country: str
    kind: BuyerKind
    demanded: bool = False
    registered: bool = True


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """How the documents of a mandate are handed in, as a person of the practice has said, when, and who.

    With a `draft` it is about that document alone, while it is for the same `customer`; `code` may then be that of a
    requirement too, and `handed_in` says why the document is right without it.
    """

    code: str
    handed_in: str
    recorded_at: datetime
    recorded_by: str
    draft: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Applying:
    """A mandate that holds, or will, for a seller and a buyer, with its first day for them."""

    mandate: Mandate
    since: date

    @property
    def form(self) -> Form:
        return Form(self.mandate.form)

    @property
    def is_strict(self) -> bool:
        """Whether the PDF is only a copy, or the program may not be used at all."""
        return self.mandate.unlawful or self.form is Form.NONE


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate that concerns a seller: the first day on which it holds for all the buyers that it is about, whether
    it holds now, and who these buyers are.
    """

    mandate: Mandate
    since: date
    in_force: bool
    buyers: str

    @property
    def is_strict(self) -> bool:
        """Whether a PDF is only a copy, or the program may not be used at all."""
        return self.mandate.unlawful or self.mandate.form == "none"

    @property
    def effect(self) -> str:
        """What a PDF from this program is, in a few words."""
        if self.mandate.unlawful:
            return "this program may not be used"
        return "a PDF is only a copy" if self.mandate.form == "none" else "a PDF is an invoice that must be reported"

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        when = f"since {self.since.isoformat()}" if self.in_force else f"from {self.since.isoformat()} on"
        mandate = self.mandate
        return f"{mandate.code}, {mandate.name}, {when}, for {self.buyers}: {self.effect}. {mandate.todo}"


def mandates_for(
    seller: SellerSituation, buyer: BuyerSituation, on: date, *, amount: Decimal | None = None
) -> tuple[Applying, ...]:
    """The mandates that hold on the day of issue; `amount` is the document's total with tax in the national currency,
    None for an ordinary document.
    """
    found = []
    for mandate in country(seller.country).mandates:
        days = [
            rule.valid_from
            for rule in _rules_for(mandate, seller, buyer, amount)
            if rule.valid_from <= on and (rule.valid_until is None or on <= rule.valid_until)
        ]
        if days:
            found.append(Applying(mandate, min(days)))
    return tuple(found)


def upcoming(
    seller: SellerSituation, buyer: BuyerSituation, on: date, *, days: int = COMING_DAYS, amount: Decimal | None = None
) -> tuple[Applying, ...]:
    """The mandates that do not hold yet on the day, but begin within so many days."""
    holding = {one.mandate.code for one in mandates_for(seller, buyer, on, amount=amount)}
    found = []
    for mandate in country(seller.country).mandates:
        firsts = [rule.valid_from for rule in _rules_for(mandate, seller, buyer, amount) if rule.valid_from > on]
        if firsts and mandate.code not in holding and min(firsts) <= on + timedelta(days=days):
            found.append(Applying(mandate, min(firsts)))
    return tuple(found)


def form_in_law(applying: tuple[Applying, ...]) -> Form:
    """What the PDF is where these mandates hold: the strictest of them counts."""
    return max((one.form for one in applying), key=list(Form).index, default=Form.INVOICE)


def mandates_of(seller: SellerSituation, on: date, *, days: int = YEAR_DAYS) -> tuple[Held, ...]:
    """The mandates that concern the seller, whoever buys: in force on the day, or beginning within so many days."""
    found = []
    for mandate in country(seller.country).mandates:
        rules = list(_rules_of_seller(mandate, seller))
        in_force = [
            rule for rule in rules if rule.valid_from <= on and (rule.valid_until is None or on <= rule.valid_until)
        ]
        coming = [rule for rule in rules if on < rule.valid_from <= on + timedelta(days=days)]
        if meant := in_force or coming:
            since = _first_day_for_all(meant)
            found.append(Held(mandate, since, bool(in_force), _buyers_text(meant)))
    return tuple(found)


def _first_day_for_all(rules: list[MandateRule]) -> date:
    """The day from which all of the buyers are concerned that the rules are about: some may have been before."""
    kinds = {kind for rule in rules for kind in rule.buyers}
    return max(min(rule.valid_from for rule in rules if kind in rule.buyers) for kind in kinds)


def place_of(seller_country: str, buyer_country: str) -> Place:
    """Where the buyer is, seen from the seller."""
    home, there = seller_country.strip().upper(), buyer_country.strip().upper()
    if home == there:
        return "home"
    return "eu" if there in COUNTRY_CODES and country(there).eu_member else "third"


def form_on(
    day: date,
    *,
    seller_country: str,
    buyer_country: str,
    buyer: BuyerKind,
    seller_registration: Registration = "registered",
    seller_turnover: int | None = None,
    seller_region: str = "",
    demanded: bool = False,
    buyer_registered: bool = True,
    month_gross: int | None = None,
) -> tuple[Literal["invoice", "reported", "none"], tuple[str, ...]]:
    """The form in law of an ordinary PDF from this program on a day, and the codes of the mandates that hold."""
    found = mandates_for(
        SellerSituation(
            seller_country,
            registration=seller_registration,
            turnover=seller_turnover,
            regions=(seller_region,) if seller_region.strip() else (),
            month_gross=month_gross,
        ),
        BuyerSituation(buyer_country, buyer, demanded=demanded, registered=buyer_registered),
        day,
    )
    return form_in_law(found).value, tuple(one.mandate.code for one in found)


def assumed_turnover(seller: SellerSituation, on: date, *, days: int = YEAR_DAYS) -> int | None:
    """Up to which turnover the seller is taken to be, where it states none and a bound decides now or soon."""
    if seller.turnover is not None:
        return None
    bounds = [
        rule.turnover_above
        for mandate in country(seller.country).mandates
        for rule in mandate.rules
        if rule.turnover_above is not None
        and seller.registration in rule.sellers
        and rule.valid_from <= on + timedelta(days=days)
        and not _all_hold(mandate, rule, on)
    ]
    return min(bounds, default=None)


def _all_hold(mandate: Mandate, bounded: MandateRule, on: date) -> bool:
    """Whether on the day the mandate holds whatever the turnover, so that a bound decides nothing any more."""
    return any(
        rule.turnover_above is None and rule.valid_from <= on and set(bounded.sellers) <= set(rule.sellers)
        for rule in mandate.rules
    )


def _rules_for(
    mandate: Mandate, seller: SellerSituation, buyer: BuyerSituation, amount: Decimal | None
) -> Iterator[MandateRule]:
    """The rules that are about such a seller, buyer and amount, on whatever day."""
    place = place_of(seller.country, buyer.country)
    for rule in _rules_of_seller(mandate, seller):
        about_the_buyer = (
            buyer.kind in rule.buyers
            and place in rule.places
            and (buyer.demanded or not rule.demanded)
            and (buyer.registered or not rule.buyer_registered)
        )
        if about_the_buyer and (rule.amount_above is None or amount is None or amount > rule.amount_above):
            yield rule


def _rules_of_seller(mandate: Mandate, seller: SellerSituation) -> Iterator[MandateRule]:
    """The rules that are about such a seller, whoever buys."""
    for rule in mandate.rules:
        month, regions = rule.month_gross_above, seller.regions
        if (
            seller.registration in rule.sellers
            and (rule.turnover_above is None or (seller.turnover or 0) > rule.turnover_above)
            and not _is_spared(seller.turnover, rule.spares_turnover_to)
            and (month is None or seller.month_gross is None or seller.month_gross > month)
            and (not rule.legal_form or seller.legal_form in ("", rule.legal_form))
            and (not rule.regions or _is_in(regions, rule.regions))
            and not _is_in(regions, rule.except_regions)
        ):
            yield rule


def _is_spared(turnover: int | None, up_to: int | None) -> bool:
    return turnover is not None and up_to is not None and turnover <= up_to


def _buyers_text(rules: list[MandateRule]) -> str:
    """The buyers that the rules are about, such as `businesses and consumers at home`."""
    kinds = [word for kind, word in _KINDS.items() if any(kind in rule.buyers for rule in rules)]
    places = {place for rule in rules for place in rule.places}
    where = _PLACES[tuple(place for place in get_args(Place) if place in places)]
    who = "buyers" if len(kinds) == len(_KINDS) else " and ".join(kinds)
    return f"{who} {where}" + (", on demand" if all(rule.demanded for rule in rules) else "")


_KINDS: dict[BuyerKind, str] = {"business": "businesses", "consumer": "consumers", "public_body": "public bodies"}
_PLACES: dict[tuple[str, ...], str] = {
    ("home",): "at home",
    ("eu",): "in the EU",
    ("third",): "outside the EU",
    ("eu", "third"): "abroad",
    ("home", "eu"): "at home and in the EU",
    ("home", "third"): "at home and outside the EU",
    ("home", "eu", "third"): "everywhere",
}


def _is_in(regions: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether one of the regions is wanted: by name or code, or as a postal code by its first digits."""
    names = {_folded(one) for one in wanted}
    digits = tuple(one for one in wanted if one.isdigit())
    return any(
        _folded(region) in names or (region.strip().isdigit() and region.strip().startswith(digits))
        for region in regions
    )


def _folded(text: str) -> str:
    """Without accents, case and the blanks around it."""
    decomposed = unicodedata.normalize("NFKD", text.strip())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
