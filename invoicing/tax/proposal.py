"""Which tax applies: proposed from seller, buyer and what is supplied, with the reason and its source.

Sources: Directive 2006/112/EC (as amended), Implementing Regulation (EU) 282/2011, for Great Britain VAT Notices
703 and 741A, for Switzerland MWSTG (SR 641.20), for Norway merverdiavgiftsloven. What no fact here can tell stays the
accountant's to say with a tax code: services on immovable property, events, restaurants and passenger transport
(Articles 47 to 57; `invoicing.tax.special_supplies` asks about them), supplies with installation, new means of
transport and chains of supplies. Territories (Article 6 and their like) are those of `invoicing.tax.places`.
"""

from __future__ import annotations

from dataclasses import replace

from invoicing.countries.names import country_named
from invoicing.document.documents import Supply, TaxCategory
from invoicing.document.notices import Notice
from invoicing.remedies import Act
from invoicing.tax.choice import (
    BUSINESS_WITHOUT_NUMBER,
    BuyerFacts,
    Choice,
    Rule,
    SellerFacts,
    at_home,
    said,
    unregistered_choice,
    us_choice,
)
from invoicing.tax.places.rates import scale_of
from invoicing.tax.places.territories import Standing, Territory

_XI = "XI"


def choose(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    """The proposal for one supply."""
    if seller.tax_system == "none":
        return Choice(None, Rule.NO_TAX_SYSTEM, f"{seller.name} charges no tax on sales")
    if not seller.registered and not seller.vat_number:
        return unregistered_choice(seller, buyer, supply)
    if seller.tax_system == "us_sales_tax":
        return us_choice(seller, buyer)
    choice = _by_place(seller, buyer, supply)
    if buyer.place_guessed:
        guessed = Notice(
            "place_guessed",
            f"The postal code of {buyer.name} belongs to {buyer.where} and to other towns: complete the city.",
        )
        return replace(choice, cautions=(guessed, *choice.cautions))
    return choice


def _by_place(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    if seller.country == buyer.country and not crosses_border(seller.territory, buyer.territory, supply):
        return _within_choice(seller, buyer, supply)
    if _in_union(seller, supply, to=buyer.country) and _in_union(buyer, supply, to=seller.country):
        return _intra_eu_choice(seller, buyer, supply)
    return _abroad_choice(seller, buyer, supply)


def crosses_border(here: Territory | None, there: Territory | None, supply: Supply) -> bool:
    """Whether a supply between two places of one country crosses a border of its tax."""
    if here == there:
        return False
    if here and there and here.goods_area and here.goods_area == there.goods_area:
        return False
    return any(_is_outside(place, supply) for place in (here, there))


def _is_outside(place: Territory | None, supply: Supply) -> bool:
    if place is None:
        return False
    if place.standing is Standing.GOODS_OUTSIDE:
        return supply is Supply.GOODS
    return place.standing is Standing.OUTSIDE


def _in_union(party: SellerFacts | BuyerFacts, supply: Supply, *, to: str) -> bool:
    """Whether the party is in the Union's VAT area for this supply, as seen from the country `to`."""
    place = party.territory
    if place is None or place.standing is Standing.PART:
        return party.eu_member
    if place.standing is Standing.NORTHERN_IRELAND:
        # Windsor Framework, Article 8 and Annex 3: goods there are under the Union's rules, services are not.
        return supply is Supply.GOODS
    # Article 6: from another state such a place is outside for services as well. A seller in Åland supplies them as
    # Finland does; one in an overseas department is no seller of the Union.
    at_home_for_services = not place.rates and isinstance(party, SellerFacts)
    if place.standing is Standing.GOODS_OUTSIDE and supply is Supply.SERVICES and at_home_for_services:
        return party.eu_member and to != party.country
    return False


def _within_choice(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    """A supply that crosses no border, at the rates of the place where it is taxed."""
    together = seller.where == buyer.where
    because = (
        f"{seller.name} and {buyer.name} are both in {seller.where}"
        if together
        else f"{seller.name} is in {seller.where}, {buyer.name} in {buyer.where}"
    )
    if supply is Supply.GOODS and seller.territory and seller.territory.goods_untaxed:
        untaxed = f"{because}, where no tax is due on goods ({seller.territory.law})"
        return at_home(seller, Choice(TaxCategory.OUTSIDE_SCOPE, Rule.LOCAL_RATES, untaxed))
    place = _rated_at(seller, buyer, supply)
    if place is None:
        return at_home(seller, Choice(None, Rule.DOMESTIC, because))
    scale = scale_of(place)
    rates = "no VAT is due in" if scale and scale.untaxed else "the rates are those of"
    return at_home(seller, Choice(None, Rule.LOCAL_RATES, f"{because}: {rates} {place.name}", local=place))


def _rated_at(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Territory | None:
    """The territory whose rates a supply within the country takes; None for the country's own."""
    here, there = scale_of(seller.territory), scale_of(buyer.territory)
    if here is there:
        return seller.territory if here else None
    if there and buyer.business and supply in there.sent_in:
        return buyer.territory
    if here and not (buyer.business and supply in here.sent_out):
        return seller.territory
    return None


def _intra_eu_choice(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    if not buyer.business or not _number_for(buyer, supply):
        return _intra_eu_consumer(seller, buyer, supply)
    because = f"{buyer.name} is a business with the VAT number {buyer.tax_number}, and {seller.name} is in"
    unchecked = said(
        "tax_number_unchecked",
        f"The format of {buyer.tax_number} is valid; check in VIES that it is registered, and keep the answer.",
    )
    if supply is Supply.SERVICES and seller.cross_border and not seller.registered:
        return Choice(
            TaxCategory.EXEMPT,
            Rule.SMALL_BUSINESS,
            f"{seller.name} is exempt as a small business, and has a number of the scheme across borders",
            said(
                "small_business_abroad",
                f"Exempt in {country_named(buyer.country)} only if the scheme was notified for it (Article 284(2)"
                " Directive 2006/112/EC); else it is reverse charge.",
            ),
        )
    if supply is Supply.SERVICES:
        return Choice(
            TaxCategory.REVERSE_CHARGE,
            Rule.INTRA_EU_SERVICES_BUSINESS,
            f"{because} {seller.where}",
            unchecked,
            local=_codes_of(seller),
        )
    if _in_northern_ireland(seller) and not seller.tax_number.startswith(_XI):
        own = "Goods that lie in Northern Ireland: the document needs the VAT number of {} with the prefix XI."
        unchecked = (*unchecked, Notice("xi_number_needed", own.format(seller.name)))
    # Article 139: the exemption of Article 138 is not for a small enterprise's supplies.
    goods = Choice(TaxCategory.INTRA_COMMUNITY, Rule.INTRA_EU_GOODS_BUSINESS, f"{because} {seller.where}", unchecked)
    return at_home(seller, goods)


def _number_for(buyer: BuyerFacts, supply: Supply) -> str:
    """The VAT number by which a buyer is a business for this supply: in Northern Ireland goods want one with XI."""
    if supply is Supply.GOODS and _in_northern_ireland(buyer) and not buyer.tax_number.startswith(_XI):
        return ""
    return buyer.tax_number


def _in_northern_ireland(party: SellerFacts | BuyerFacts) -> bool:
    return party.territory is not None and party.territory.standing is Standing.NORTHERN_IRELAND


def _intra_eu_consumer(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    northern_irish = _in_northern_ireland(buyer)
    number = "VAT number with the prefix XI" if northern_irish else "well-formed VAT number"
    who = "a consumer" if not buyer.business and not buyer.public_body else f"without a {number}, so like a consumer,"
    if northern_irish:
        caution = Notice(
            "distance_sales",
            f"{buyer.name} is in Northern Ireland, which is no export: above 10,000 EUR a year of distance sales in the"
            " EU and Northern Ireland together UK VAT of 20 % is due, through the One Stop Shop or a UK registration"
            " (Articles 33(a) and 59c Directive 2006/112/EC). Below it the seller's own tax stays.",
        )
    else:
        caution = Notice(
            "distance_sales",
            f"{buyer.name} is in another EU country: above 10,000 EUR a year of distance sales and electronic"
            f" services the tax of {country_named(buyer.country)} is due (Articles 33, 58 and 59c Directive"
            " 2006/112/EC, One Stop Shop).",
        )
    cautions: tuple[Notice, ...] = (caution,)
    if northern_irish and buyer.business:
        asked = f"Ask {buyer.name} for its VAT number with the prefix XI: with it the goods are an intra-EU supply."
        cautions = (Notice("xi_number_missing", asked), caution)
    elif not buyer.consumer and not buyer.public_body:
        asked = (
            f"{buyer.name} is a business in {buyer.where} without a VAT number: with one, it owes the tax of services,"
            " and goods are an intra-EU supply. Complete its tax_number, or state that it is a consumer."
        )
        cautions = (Notice(BUSINESS_WITHOUT_NUMBER, asked, Act.SAVE_CUSTOMER), caution)
    because = f"{buyer.name} is {who} in {buyer.where}, and {seller.name} in {seller.where}"
    return at_home(seller, Choice(None, Rule.INTRA_EU_CONSUMER, because, cautions, local=_codes_of(seller)))


def _codes_of(seller: SellerFacts) -> Territory | None:
    """The seller's territory, where it has codes of its own."""
    return seller.territory if scale_of(seller.territory) else None


def _abroad_choice(seller: SellerFacts, buyer: BuyerFacts, supply: Supply) -> Choice:
    laws = "; ".join(place.law for place in (buyer.territory, seller.territory) if place)
    because = f"{buyer.name} is in {buyer.where}, and {seller.name} in {seller.where}{f' ({laws})' if laws else ''}"
    here = scale_of(seller.territory)
    if here and here.untaxed:
        untaxed = f"no VAT is due in {seller.where}: {because}"
        return at_home(seller, Choice(None, Rule.LOCAL_RATES, untaxed, local=seller.territory))
    # Goods to an overseas department or San Marino are exempt by a provision of their own, for sellers of the country.
    local = _codes_of(seller)
    there = scale_of(buyer.territory)
    if local is None and seller.country == buyer.country and there and there.exports_there:
        local = buyer.territory
    if supply is Supply.GOODS:
        return _export_choice(seller, buyer, because, local)
    rule = Rule.SERVICES_BUSINESS_ABROAD if buyer.business else Rule.SERVICES_CONSUMER_ABROAD
    who = "a business" if buyer.business else "a consumer"
    if seller.country == "NO":
        condition = said(
            "services_used_abroad",
            "Zero-rated only where the service is for use outside Norway or delivered remotely (mval § 6-22).",
        )
        return Choice(TaxCategory.EXPORT, rule, f"the service goes to {who} abroad: {because}", condition)
    # Article 8(1) MWSTG: the place is the recipient's, be it a business or not.
    if buyer.business or seller.country == "CH":
        where = f"the service is supplied to {who} where it is: {because}"
        return Choice(TaxCategory.OUTSIDE_SCOPE, rule, where, local=local)
    choice = Choice(
        None,
        rule,
        f"a service to a consumer is supplied where the seller is: {because}",
        _advice_caution(seller, buyer),
        local=_codes_of(seller),
    )
    return at_home(seller, choice)


def _export_choice(seller: SellerFacts, buyer: BuyerFacts, because: str, local: Territory | None) -> Choice:
    proof = said("proof_of_export", f"Keep the proof that the goods left {seller.where} for {buyer.where}.")
    if not buyer.place:
        proof = said("proof_of_export", "Keep the proof that the goods left the country.")
    if buyer.tax_number.startswith(_XI) and seller.eu_member:
        proof = (
            Notice(
                "xi_number_elsewhere",
                f"{buyer.name} has a VAT number of Northern Ireland but an address outside it: goods that are sent to"
                " Northern Ireland are no export, but an intra-EU supply (INTRA-EU).",
            ),
            *proof,
        )
    choice = Choice(TaxCategory.EXPORT, Rule.EXPORT_GOODS, f"the goods leave: {because}", proof, local=local)
    return at_home(seller, choice)


def _advice_caution(seller: SellerFacts, buyer: BuyerFacts) -> tuple[Notice, ...]:
    # Ley 37/1992, article 69.dos: consumers in the Canary Islands, Ceuta and Melilla are excepted.
    if buyer.territory and buyer.territory.consumers_taxed_at_home and seller.country == buyer.country:
        return ()
    exceptions = (
        "Schedule 4A VAT Act 1994, paragraph 16" if seller.country == "GB" else "Article 59 Directive 2006/112/EC"
    )
    return said(
        "services_to_consumers",
        f"Some services to consumers abroad, such as advice and data processing, are not taxed ({exceptions}):"
        " then set tax_code on the lines.",
    )
