"""Which tax applies: proposed from seller, buyer and what is supplied, with the reason and its source.

Sources: Directive 2006/112/EC (as amended), Implementing Regulation (EU) 282/2011, for Great Britain VAT Notices
703 and 741A, for Switzerland MWSTG (SR 641.20), for Norway merverdiavgiftsloven. What no fact here can tell stays the
accountant's to say with a tax code: services on immovable property, events, restaurants and passenger transport
(Articles 47 to 57), supplies with installation, new means of transport, chains of supplies, and the parts of EU
countries that lie outside the VAT area (Article 6, such as the Canary Islands, Büsingen or Livigno).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.catalog import TaxCode
from invoicing.countries.model import SMALL_BUSINESS_CODE
from invoicing.documents import Supply, TaxCategory
from invoicing.notices import Notice

_NORTHERN_IRELAND = "XI"


class Rule(StrEnum):
    """Why a tax was chosen; the articles are those of Directive 2006/112/EC."""

    DOMESTIC = "domestic"
    """Seller and buyer are in one country, or nothing tells the supply from one at home."""

    INTRA_EU_GOODS_BUSINESS = "intra_eu_goods_business"
    """Goods to a business with a VAT number of another member state: exempt, Article 138 (K)."""

    INTRA_EU_SERVICES_BUSINESS = "intra_eu_services_business"
    """Services to such a business: taxed where it is, Article 44; it owes the tax, Article 196 (AE)."""

    INTRA_EU_CONSUMER = "intra_eu_consumer"
    """To a consumer in another member state, or a business without a VAT number: the seller's own tax, Articles 32
    and 45. Goods at a distance and electronic services are taxed where the buyer is once they pass 10,000 EUR a
    year together (Articles 33, 58 and 59c).
    """

    EXPORT_GOODS = "export_goods"
    """Goods that leave the customs territory: exempt, Article 146 (G); VAT Notice 703; Article 23 MWSTG; mval § 6-21.
    """

    SERVICES_BUSINESS_ABROAD = "services_business_abroad"
    """Services to a business outside: supplied where it is, Article 44 (O); VAT Notice 741A; Article 8 MWSTG; where
    Norwegian services leave the country: zero-rated, mval § 6-22 (G).
    """

    SERVICES_CONSUMER_ABROAD = "services_consumer_abroad"
    """Services to a consumer outside: supplied where the seller is, Article 45, but for those of Article 59; in
    Switzerland and Norway as for a business.
    """

    SMALL_BUSINESS = "small_business"
    """The seller is exempt as a small enterprise, Articles 282 to 292 (E, outside the EU also O)."""

    NOT_REGISTERED = "not_registered"
    """The seller is not registered: no tax on anything, Article 287 or 9 (O or E)."""

    NO_TAX_SYSTEM = "no_tax_system"
    """The seller's books know no tax on sales."""

    SALES_TAX = "sales_tax"
    """US sales tax in the seller's own state: its codes decide, since each state taxes other things."""

    OUT_OF_STATE = "out_of_state"
    """A buyer in another state or country: no US sales tax unless the seller has nexus there (O)."""

    ITEM = "item"
    """The item is exempt or not taxable whoever buys it."""

    OVERRIDDEN = "overridden"
    """The line states a tax code that is not the one proposed."""


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """`country` is ISO 3166-1; `registered` is false for a seller without tax on its sales. Such a one is a small
    enterprise with the rights of a taxable person abroad, or it has no `vat_number` at all; with `cross_border` it has
    a number of the EU's scheme for small enterprises.
    """

    name: str
    country: str
    eu_member: bool
    tax_system: str
    region: str = ""
    registered: bool = True
    vat_number: bool = True
    cross_border: bool = False


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """`tax_number` is well-formed for the buyer's country or empty; whether it is registered nobody has asked."""

    name: str
    country: str
    eu_member: bool
    consumer: bool
    tax_number: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The category that was chosen, by which rule, and a clause that says why.

    `category` is None where the supply is taxed as at home: the line's item or the organization's default code
    decides. `cautions` say what could make it different.
    """

    category: TaxCategory | None
    rule: Rule
    because: str
    cautions: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenTax:
    """The tax of one line (`position` from 1): the code, its rate on the tax point and since when, and the choice.

    `taken_as_goods`: nothing says whether it is goods or services, and services would be taxed by another rule.
    """

    position: int
    code: str
    category: TaxCategory
    rate: Decimal
    since: date | None
    choice: Choice
    taken_as_goods: bool = False


def choose(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    """The proposal for one supply."""
    if seller.tax_system == "none":
        return Choice(None, Rule.NO_TAX_SYSTEM, f"{seller.name} charges no tax on sales")
    if not seller.registered and not seller.vat_number:
        return _unregistered_choice(seller, buyer, supply)
    if seller.tax_system == "us_sales_tax":
        return _us_choice(seller, buyer)
    if seller.country == buyer.country:
        because = f"{seller.name} and {buyer.name} are both in {seller.country}"
        return _at_home(seller, Choice(None, Rule.DOMESTIC, because))
    # Goods in Northern Ireland are under the Union's rules (Windsor Framework, Article 8 and Annex 3); its traders'
    # numbers for them begin with XI, while services are under those of the United Kingdom.
    northern_irish = supply is Supply.GOODS and buyer.tax_number.startswith(_NORTHERN_IRELAND)
    if seller.eu_member and (buyer.eu_member or northern_irish):
        return _intra_eu_choice(seller, buyer, supply)
    return _abroad_choice(seller, buyer, supply)


def proposed_code(choice: Choice, codes: Mapping[str, TaxCode]) -> TaxCode | None:
    """The organization's code for the choice: the conventional one of its category, else its only other one.

    None where the supply is taxed as at home, and where no code fits.
    """
    if choice.category is None:
        return None
    if choice.rule is Rule.NOT_REGISTERED:
        return next((codes[name] for name in _UNREGISTERED_CODES if name in codes), None)
    if choice.rule is Rule.SMALL_BUSINESS:
        # Outside the EU such a seller can be outside the tax (O) and not exempt from it. An exempt code states a
        # reason of its own, such as medical care, which a small enterprise's is not.
        return codes.get(SMALL_BUSINESS_CODE)
    wanted = {code.code: code for code in codes.values() if code.category is choice.category}
    for name in _CONVENTIONAL_CODES[choice.rule]:
        if name in wanted:
            return wanted[name]
    return next(iter(wanted.values())) if len(wanted) == 1 else None


_UNREGISTERED_CODES = ("NOT-REGISTERED", SMALL_BUSINESS_CODE, "NO-TAX")

_CONVENTIONAL_CODES: dict[Rule, tuple[str, ...]] = {
    Rule.INTRA_EU_GOODS_BUSINESS: ("INTRA-EU",),
    Rule.INTRA_EU_SERVICES_BUSINESS: ("REVERSE-CHARGE",),
    Rule.EXPORT_GOODS: ("EXPORT",),
    Rule.SERVICES_BUSINESS_ABROAD: ("OUTSIDE", "EXPORT-SERVICES", "EXPORT"),
    Rule.SERVICES_CONSUMER_ABROAD: ("OUTSIDE", "EXPORT-SERVICES", "EXPORT"),
    Rule.OUT_OF_STATE: ("OUTSIDE", "NO-TAX"),
}


def _unregistered_choice(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    """No tax is shown on anything. To a business in another member state services oblige the seller to register."""
    to_business = buyer.eu_member and not buyer.consumer and bool(buyer.tax_number)
    cautions: tuple[Notice, ...] = ()
    if seller.eu_member and to_business and supply is Supply.SERVICES and buyer.country != seller.country:
        cautions = _said(
            "registration_needed",
            f"Who supplies services to a business in another member state needs a VAT number for it (Article 214(1)(e)"
            f" Directive 2006/112/EC), and {buyer.name} owes the tax. {seller.name} is stated as not registered.",
        )
    because = f"{seller.name} is not registered for VAT"
    if seller.tax_system == "us_sales_tax":
        because = f"{seller.name} is not registered to collect sales tax"
    return Choice(TaxCategory.OUTSIDE_SCOPE, Rule.NOT_REGISTERED, because, cautions)


def _us_choice(seller: SellerFacts, buyer: BuyerFacts) -> Choice:
    if buyer.country != seller.country:
        because = f"{buyer.name} is in {buyer.country}, and US sales tax is due where the buyer receives"
        return Choice(TaxCategory.OUTSIDE_SCOPE, Rule.OUT_OF_STATE, because)
    if seller.region and buyer.region and seller.region != buyer.region:
        return Choice(
            TaxCategory.OUTSIDE_SCOPE,
            Rule.OUT_OF_STATE,
            f"{buyer.name} is in {buyer.region}, {seller.name} in {seller.region}",
            _said(
                "nexus",
                f"Where {seller.name} has nexus in {buyer.region}, its sales tax is due: set tax_code on the lines.",
            ),
        )
    if seller.region and buyer.region:
        return Choice(None, Rule.SALES_TAX, f"{seller.name} and {buyer.name} are both in {seller.region}")
    return Choice(
        None,
        Rule.SALES_TAX,
        f"the state of {seller.name} or {buyer.name} is not known",
        _said(
            "state_unknown",
            "Sales tax depends on the state that the buyer receives in: complete the region of both addresses.",
        ),
    )


def _at_home(seller: SellerFacts, choice: Choice) -> Choice:
    """What a supply within the seller's country comes to: exempt, where the seller is a small enterprise."""
    if seller.registered:
        return choice
    return Choice(TaxCategory.EXEMPT, Rule.SMALL_BUSINESS, f"{seller.name} is exempt as a small business")


def _intra_eu_choice(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    if buyer.consumer or not buyer.tax_number:
        who = "a consumer" if buyer.consumer else "without a well-formed VAT number, and so treated as a consumer,"
        choice = Choice(
            None,
            Rule.INTRA_EU_CONSUMER,
            f"{buyer.name} is {who} in {buyer.country}, and {seller.name} in {seller.country}",
            _said(
                "distance_sales",
                f"{buyer.name} is in another EU country: above 10,000 EUR a year of distance sales and electronic"
                f" services the tax of {buyer.country} is due (Articles 33, 58 and 59c Directive 2006/112/EC, One Stop"
                " Shop).",
            ),
        )
        return _at_home(seller, choice)
    because = f"{buyer.name} is a business with the VAT number {buyer.tax_number}, and {seller.name} is in"
    unchecked = _said(
        "tax_number_unchecked",
        f"The format of {buyer.tax_number} is valid; check in VIES that it is registered, and keep the answer.",
    )
    if supply is Supply.SERVICES and seller.cross_border and not seller.registered:
        return Choice(
            TaxCategory.EXEMPT,
            Rule.SMALL_BUSINESS,
            f"{seller.name} is exempt as a small business, and has a number of the scheme across borders",
            _said(
                "small_business_abroad",
                f"Exempt in {buyer.country} only if the scheme was notified for it (Article 284(2) Directive"
                " 2006/112/EC); else it is reverse charge.",
            ),
        )
    if supply is Supply.SERVICES:
        return Choice(
            TaxCategory.REVERSE_CHARGE, Rule.INTRA_EU_SERVICES_BUSINESS, f"{because} {seller.country}", unchecked
        )
    # Article 139: the exemption of Article 138 is not for a small enterprise's supplies.
    goods = Choice(TaxCategory.INTRA_COMMUNITY, Rule.INTRA_EU_GOODS_BUSINESS, f"{because} {seller.country}", unchecked)
    return _at_home(seller, goods)


def _abroad_choice(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    because = f"{buyer.name} is in {buyer.country}, and {seller.name} in {seller.country}"
    if supply is Supply.GOODS:
        proof = _said("proof_of_export", "Keep the proof that the goods left the country.")
        return _at_home(seller, Choice(TaxCategory.EXPORT, Rule.EXPORT_GOODS, f"the goods leave: {because}", proof))
    rule = Rule.SERVICES_CONSUMER_ABROAD if buyer.consumer else Rule.SERVICES_BUSINESS_ABROAD
    who = "a consumer" if buyer.consumer else "a business"
    if seller.country == "NO":
        condition = _said(
            "services_used_abroad",
            "Zero-rated only where the service is for use outside Norway or delivered remotely (mval § 6-22).",
        )
        return Choice(TaxCategory.EXPORT, rule, f"the service goes to {who} abroad: {because}", condition)
    # Article 8(1) MWSTG: the place is the recipient's, be it a business or not.
    if not buyer.consumer or seller.country == "CH":
        return Choice(TaxCategory.OUTSIDE_SCOPE, rule, f"the service is supplied to {who} where it is: {because}")
    exceptions = (
        "Schedule 4A VAT Act 1994, paragraph 16" if seller.country == "GB" else "Article 59 Directive 2006/112/EC"
    )
    choice = Choice(
        None,
        rule,
        f"a service to a consumer is supplied where the seller is: {because}",
        _said(
            "services_to_consumers",
            f"Some services to consumers abroad, such as advice and data processing, are not taxed ({exceptions}):"
            " then set tax_code on the lines.",
        ),
    )
    return _at_home(seller, choice)


def _said(code: str, text: str) -> tuple[Notice, ...]:
    return (Notice(code, text),)
