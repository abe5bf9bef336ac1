"""What a draft asks about a line whose words tell a supply with a rule of its own, where nobody has decided yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from invoicing.countries import country
from invoicing.document.documents import Supply, TaxCategory
from invoicing.document.notices import Notice
from invoicing.master_data.records import TaxCode
from invoicing.tax.choice import BuyerFacts, Choice, Rule, SellerFacts
from invoicing.tax.local_codes import DOMESTIC_REVERSE_CHARGE, REVERSE_CHARGE
from invoicing.tax.places.rates import scale_of
from invoicing.tax.special_supplies import Kind, kinds_told, place_of, reverse_charge_of

_AT_HOME = (Rule.DOMESTIC, Rule.LOCAL_RATES)
_ABROAD = (
    Rule.INTRA_EU_GOODS_BUSINESS,
    Rule.INTRA_EU_SERVICES_BUSINESS,
    Rule.INTRA_EU_CONSUMER,
    Rule.EXPORT_GOODS,
    Rule.SERVICES_BUSINESS_ABROAD,
    Rule.SERVICES_CONSUMER_ABROAD,
)


def with_questions(
    choice: Choice,
    code: TaxCode,
    description: str,
    *,
    supply: Supply | None,
    seller: SellerFacts,
    buyer: BuyerFacts,
    on: date,
) -> Choice:
    """The choice with what its line's description makes one ask. `supply` is None where nothing says which it is."""
    if choice.rule not in _AT_HOME and choice.rule not in _ABROAD:
        return choice
    # Within a country the place counts too, where its parts have rates of their own.
    elsewhere = buyer.business and scale_of(seller.territory) is not scale_of(buyer.territory)
    by_place = choice.rule in _ABROAD or elsewhere
    at_home = code.category is TaxCategory.STANDARD and buyer.business and seller.country == buyer.country
    if not (by_place or at_home):
        return choice
    told = kinds_told(description, country(seller.country).languages)
    if by_place:
        asked = _place_question(told, code, supply, seller, buyer)
    else:
        asked = _reverse_charge_question(told, supply, seller, on)
    return replace(choice, cautions=(asked, *choice.cautions)) if asked else choice


def _place_question(
    told: tuple[Kind, ...], code: TaxCode, supply: Supply | None, seller: SellerFacts, buyer: BuyerFacts
) -> Notice | None:
    if supply is Supply.GOODS:
        return None
    for kind in told:
        place = place_of(kind)
        if place is not None:
            return Notice(
                "place_of_service",
                f"{kind.name[0].upper()}{kind.name[1:]}, as a line seems to say, is taxed {place.where}"
                f" ({place.article_for(seller.country)}), not by where {buyer.name} is: ask where. In {seller.where}"
                f" set its own tax_code on the line; elsewhere the law of that country decides, and {code.code} does"
                " not follow by itself.",
            )
    return None


def _reverse_charge_question(
    told: tuple[Kind, ...], supply: Supply | None, seller: SellerFacts, on: date
) -> Notice | None:
    for kind in told:
        found = reverse_charge_of(seller.country, kind, on)
        fits = supply is None or kind.goods or supply is Supply.SERVICES
        if found is not None and fits:
            what, rule = found
            known = {one.code for one in country(seller.country).tax_codes}
            code = DOMESTIC_REVERSE_CHARGE if DOMESTIC_REVERSE_CHARGE in known else REVERSE_CHARGE
            return Notice(
                "domestic_reverse_charge",
                f"A line seems to be {what}: the buyer owes the tax under {rule.law} if {rule.when}. Then set tax_code"
                f" {code} on it; else the tax stays as it is.",
            )
    return None
