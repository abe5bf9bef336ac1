"""What the choice of a tax looks at, the rules it can come to, and the code that the rule is carried out with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.countries.model import SMALL_BUSINESS_CODE
from invoicing.countries.names import country_named
from invoicing.document.documents import Supply, TaxCategory
from invoicing.document.notices import Notice
from invoicing.master_data.records import TaxCode
from invoicing.tax.places.territories import Territory
from invoicing.tax.points import RateTiming


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

    LOCAL_RATES = "local_rates"
    """Within one country, at the rates of a part that has some of its own, where the seller or a business that buys
    is there: Articles 104, 105 and 120 and national law; within France CGI article 296, within Portugal article 6
    CIVA; or no tax, where that part has none.
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

    ADVANCED = "advanced"
    """An expense in the buyer's name and for its account: outside the taxable amount, Article 79(c)."""

    SPLIT_PAYMENT = "split_payment"
    """The buyer pays the tax to the tax office itself: a public body in Italy (B)."""

    SURCHARGE = "surcharge"
    """Goods to a retailer that bears a second tax in place of a return of its own: Spain's recargo de equivalencia."""

    OVERRIDDEN = "overridden"
    """The line states a tax code that is not the one proposed."""


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """`country` is ISO 3166-1; `registered` is false for a seller without tax on its sales. Such a one is a small
    enterprise with the rights of a taxable person abroad, or it has no `vat_number` at all; with `cross_border` it has
    a number of the EU's scheme for small enterprises. `territory` is the part of the country that the seller is in,
    where that has rules of its own, and `place` its name.
    """

    name: str
    country: str
    eu_member: bool
    tax_system: str
    region: str = ""
    registered: bool = True
    vat_number: bool = True
    cross_border: bool = False
    tax_number: str = ""
    territory: Territory | None = None
    place: str = ""

    @property
    def where(self) -> str:
        """The place as a sentence names it."""
        return self.place or country_named(self.country)


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """`tax_number` is well-formed for the buyer's country or empty; whether it is registered nobody has asked.

    `public_body`: it is a business for the rules of place where it has a VAT number (Article 43), else like a
    consumer; `surcharge`: it bears the surcharge of equivalence. `territory` is the part of `country` that it is in,
    where that has rules of its own, `place` its name, `place_guessed` whether a postal code says so that other places
    have too, and `addressed` whether there is one.
    """

    name: str
    country: str
    eu_member: bool
    consumer: bool
    tax_number: str = ""
    region: str = ""
    public_body: bool = False
    surcharge: bool = False
    territory: Territory | None = None
    place: str = ""
    place_guessed: bool = False
    addressed: bool = False

    @property
    def where(self) -> str:
        """The place as a sentence names it."""
        return self.place or country_named(self.country)

    @property
    def business(self) -> bool:
        """Whether it buys as a business, as far as its kind alone tells."""
        return not self.consumer and (not self.public_body or bool(self.tax_number))


@dataclass(frozen=True, slots=True)
class Choice:
    """The category that was chosen, by which rule, and a clause that says why.

    `category` is None where the supply is taxed as at home: the line's item or the organization's default code
    decides. `cautions` say what could make it different. `local` is the territory whose codes stand for the country's.
    """

    category: TaxCategory | None
    rule: Rule
    because: str
    cautions: tuple[Notice, ...] = ()
    local: Territory | None = None


@dataclass(frozen=True, slots=True)
class ChosenTax:
    """The tax of one line (`position` from 1): the code, its rate on the tax point and since when, and the choice.

    `taken_as_goods`: nothing says whether it is goods or services, and services would be taxed by another rule.
    `timing` is the day that decided the rate.
    """

    position: int
    code: str
    category: TaxCategory
    rate: Decimal
    since: date | None
    choice: Choice
    taken_as_goods: bool = False
    timing: RateTiming | None = None


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
    Rule.LOCAL_RATES: ("OUTSIDE",),
    Rule.OUT_OF_STATE: ("OUTSIDE", "NO-TAX"),
}


def unregistered_choice(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    """No tax is shown on anything. To a business in another member state services oblige the seller to register."""
    to_business = buyer.eu_member and not buyer.consumer and bool(buyer.tax_number)
    cautions: tuple[Notice, ...] = ()
    if seller.eu_member and to_business and supply is Supply.SERVICES and buyer.country != seller.country:
        cautions = said(
            "registration_needed",
            f"Who supplies services to a business in another member state needs a VAT number for it (Article 214(1)(e)"
            f" Directive 2006/112/EC), and {buyer.name} owes the tax. {seller.name} is stated as not registered.",
        )
    because = f"{seller.name} is not registered for VAT"
    if seller.tax_system == "us_sales_tax":
        because = f"{seller.name} is not registered to collect sales tax"
    return Choice(TaxCategory.OUTSIDE_SCOPE, Rule.NOT_REGISTERED, because, cautions)


def us_choice(seller: SellerFacts, buyer: BuyerFacts) -> Choice:
    """US sales tax in the seller's own state, and none elsewhere."""
    if buyer.country != seller.country:
        because = f"{buyer.name} is in {country_named(buyer.country)}, and US sales tax is due where the buyer receives"
        return Choice(TaxCategory.OUTSIDE_SCOPE, Rule.OUT_OF_STATE, because)
    if seller.region and buyer.region and seller.region != buyer.region:
        return Choice(
            TaxCategory.OUTSIDE_SCOPE,
            Rule.OUT_OF_STATE,
            f"{buyer.name} is in {buyer.region}, {seller.name} in {seller.region}",
            said(
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
        said(
            "state_unknown",
            "Sales tax depends on the state that the buyer receives in: complete the region of both addresses.",
        ),
    )


def at_home(seller: SellerFacts, choice: Choice) -> Choice:
    """What a supply within the seller's country comes to: exempt, where the seller is a small enterprise."""
    if seller.registered:
        return choice
    kept = tuple(caution for caution in choice.cautions if caution.code == BUSINESS_WITHOUT_NUMBER)
    return Choice(TaxCategory.EXEMPT, Rule.SMALL_BUSINESS, f"{seller.name} is exempt as a small business", kept)


BUSINESS_WITHOUT_NUMBER = "business_without_number"
"""The code of what is asked of a business abroad without a VAT number; it matters to small enterprises, too."""


def said(code: str, text: str) -> tuple[Notice, ...]:
    """One caution."""
    return (Notice(code, text),)
