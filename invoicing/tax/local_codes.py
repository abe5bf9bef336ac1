"""Tax codes as they are at a place and on a day: those of a territory, and the text that the law has then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from invoicing.countries import country
from invoicing.countries.model import TAXED_CATEGORIES, TaxCodeTemplate
from invoicing.countries.registration import text_on
from invoicing.document.documents import TaxCategory
from invoicing.document.notices import Notice
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import TaxCode
from invoicing.tax.choice import BuyerFacts, Choice, SellerFacts
from invoicing.tax.facts import seller_territory
from invoicing.tax.places.rates import scale_codes, scale_of
from invoicing.tax.places.territories import Territory

LOCAL_RATE_UNKNOWN = "local_rate_unknown"
"""What is said of a country's code that has no counterpart at the place whose rates apply."""
REVERSE_CHARGE = "REVERSE-CHARGE"
DOMESTIC_REVERSE_CHARGE = "DOMESTIC-REVERSE-CHARGE"
"""The code of a reverse charge between two parties of one country, whose article is another than across a border."""


def local_codes(seller: SellerFacts, buyer: BuyerFacts, day: date) -> dict[str, TaxCode]:
    """Codes that need not be the organization's own: those of the territories that seller and buyer are in, and the
    country's reverse charge at home, with which a line that states the other one is issued.
    """
    label = country(seller.country).tax_label
    theirs = buyer.territory if buyer.country == seller.country else None
    return {
        **_domestic_reverse_charge(seller.country, day),
        **scale_codes(scale_of(theirs), day, label=label),
        **scale_codes(scale_of(seller.territory), day, label=label),
    }


def codes_at(profile: Profile) -> set[str]:
    """The names of the codes of the territory that the organization is in."""
    scale = scale_of(seller_territory(profile)) if profile.country else None
    return {local.code.code for local in scale.codes} if scale else set()


def codes_shown(codes: Iterable[TaxCode], territory: Territory | None, day: date, *, label: str) -> list[TaxCode]:
    """The codes that an organization in a territory has to choose from: the place's own, with its default, instead of
    the country's that must not be charged there, and none that is not in use.
    """
    scale, known = scale_of(territory), [code for code in codes if code.active]
    if scale is None:
        return known
    default = next((scale.instead_of(code.code) for code in known if code.is_default), "")
    here = scale_codes(scale, day, label=label)
    own = [code for code in known if code.category not in TAXED_CATEGORIES or (code.is_default and not default)]
    local = [replace(code, is_default=code.code == default) for code in here.values()]
    return [*local, *(code for code in own if code.code not in here)]


def at_place(code: TaxCode, choice: Choice, codes: Mapping[str, TaxCode]) -> tuple[TaxCode, Choice]:
    """The code that stands for one of the country's where the choice is for a territory, and what to know of it.

    `codes` are all that a line can state; an organization's own of a name outranks the one that is known here.
    """
    scale = scale_of(choice.local)
    if scale is None or choice.local is None or any(local.code.code == code.code for local in scale.codes):
        return code, choice
    if standing_in := scale.instead_of(code.code):
        return codes[standing_in], choice
    rated = any(local.code.category in TAXED_CATEGORIES for local in scale.codes)
    if code.category is not TaxCategory.STANDARD or not (rated or scale.untaxed):
        return code, choice
    unknown = Notice(
        LOCAL_RATE_UNKNOWN,
        f"{code.code} has no counterpart among the rates of {choice.local.name}: state tax_code on the line"
        f" ({', '.join(local.code.code for local in scale.codes)}).",
    )
    return code, replace(choice, cautions=(unknown, *choice.cautions))


def as_at_home(code: TaxCode, country_code: str, codes: Mapping[str, TaxCode]) -> TaxCode:
    """The reverse charge at home in place of the one across a border, whose articles are others; any other code, and
    one whose reason is the accountant's own, as it is.
    """
    domestic = codes.get(DOMESTIC_REVERSE_CHARGE)
    if code.code != REVERSE_CHARGE or domestic is None:
        return code
    return domestic if (code.reason, code.reason_local) in _wordings(country_code, code.code) else code


def on_day(code: TaxCode, country_code: str, day: date) -> TaxCode:
    """The code with the text that the law has on a day, where nobody has given it another than the country's own."""
    template = _template(country_code, code.code)
    if template is None or not template.texts:
        return code
    text = text_on(template.texts, day)
    if text is None or (code.reason, code.reason_local) not in _wordings(country_code, code.code):
        return code
    return replace(code, reason=text.reason, reason_local=text.reason_local)


def _domestic_reverse_charge(country_code: str, day: date) -> dict[str, TaxCode]:
    template = _template(country_code, DOMESTIC_REVERSE_CHARGE)
    if template is None:
        return {}
    code = TaxCode(
        code=template.code,
        name=template.name,
        category=template.category,
        label=country(country_code).tax_label,
        rates=template.rates,
        reason=template.reason,
        reason_local=template.reason_local,
        reason_code=template.reason_code,
    )
    return {code.code: on_day(code, country_code, day)}


def _wordings(country_code: str, code: str) -> set[tuple[str, str]]:
    """The reasons that the country's own code has had and will have."""
    template = _template(country_code, code)
    if template is None:
        return set()
    return {(template.reason, template.reason_local), *((text.reason, text.reason_local) for text in template.texts)}


def _template(country_code: str, code: str) -> TaxCodeTemplate | None:
    return next((one for one in country(country_code).tax_codes if one.code == code), None)
