"""The fields of an organization's profile as a page asks for them: in groups, with the names that its country has for
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.identifiers import LENGTH_MAX, NUMBER_FIELDS, label_at_home
from invoicing.countries.model import Country
from invoicing.countries.names import country_named
from invoicing.countries.particulars import seller_rules
from invoicing.countries.particulars.model import LEGAL_FORM, ParticularField, SellerRules
from invoicing.countries.registration import VatRegistration
from invoicing.master_data.particulars import LENGTH_MAX as PARTICULAR_LENGTH_MAX
from invoicing.master_data.particulars import legal_form_of, stated_particulars
from invoicing.master_data.profile_fields import PROFILE
from invoicing.master_data.profiles import Profile
from server.pages.languages import gettext
from server.pages.settings.profile_words import field_word, group_word, hint_of
from views.base import View

GROUPS: Mapping[str, tuple[str, ...]] = {
    "business": ("name", "legal_name", "trading_name", "country"),
    "address": ("line1", "line2", "postal_code", "city", "region"),
    "registration": ("vat_registration", *NUMBER_FIELDS, "annual_turnover"),
    "bank": ("account_holder", "bank_name", "iban", "bic", "account_number", "routing_number"),
    "contact": ("email", "phone", "website", "contact"),
    "e-invoices": ("e_invoice_address", "identifier"),
    "writing": ("currency", "locale", "time_zone"),
}
"""The fields of the profile in their groups and order; what its papers must say besides is the last group."""
PARTICULARS = "particulars"
FIELDS = tuple(name for group in GROUPS.values() for name in group)
_NUMBERS = frozenset(NUMBER_FIELDS)


class Asked(View):
    """A field as a form asks for it; with `options` it is a choice, pairs of value and words. `may` says whether the
    visitor may change it.
    """

    name: str
    label: str
    value: str
    hint: str = ""
    max: int = 200
    options: tuple[tuple[str, str], ...] = ()
    kind: str = "text"
    required: bool = False
    may: bool = True

    @property
    def said(self) -> str:
        """The value in words."""
        return dict(self.options).get(self.value, self.value)


class Group(View):
    """Fields that belong together; `may` says whether the visitor may change one of them."""

    name: str
    title: str
    fields: tuple[Asked, ...]

    @property
    def may(self) -> bool:
        return any(one.may for one in self.fields)


def profile_group(
    name: str, profile: Profile, given: Mapping[str, str], allowed: Iterable[str], only: Iterable[str] | None = None
) -> Group:
    """A group of the profile's fields, or those of them that `only` names. `given` is what was typed before it was
    refused, `allowed` which the visitor may change.
    """
    names = GROUPS[name] if only is None else tuple(only)
    may = set(allowed)
    rules = country(profile.country) if profile.country else None
    fields = tuple(_asked(one, profile, rules, given, may) for one in names if _is_asked(one, profile))
    return Group(name=name, title=group_word(name), fields=fields)


def particulars_group(profile: Profile, given: Mapping[str, str], *, may: bool, only: Sequence[str] = ()) -> Group:
    """What the law wants said of sellers of its legal form, or those fields that `only` names; nothing where the
    country asks for none.
    """
    rules = seller_rules(profile.country) if profile.country else None
    form = legal_form_of(profile) if rules else None
    known = rules.fields_of(form.code if form else "") if rules else ()
    stated = stated_particulars(profile) if rules else {}
    fields = tuple(
        _particular(rules, one, given.get(one.code, stated.get(one.code, "")), may=may)
        for one in known
        if rules and (not only or one.code in only)
    )
    return Group(name=PARTICULARS, title=group_word(PARTICULARS), fields=fields)


def _is_asked(name: str, profile: Profile) -> bool:
    """The country is set once; before, nothing else but the name can be."""
    return not profile.country if name == "country" else bool(profile.country) or name == "name"


def _asked(name: str, profile: Profile, rules: Country | None, given: Mapping[str, str], may: set[str]) -> Asked:
    at_home = label_at_home(rules, name) if rules else ""
    word = field_word(name)
    kept = PROFILE.get(name)
    return Asked(
        name=name,
        label=f"{word} ({at_home})" if at_home and at_home != word else word,
        value=given.get(name, str(getattr(profile, name))),
        hint=_form_of(name, rules) if name in _NUMBERS and rules else hint_of(name),
        max=LENGTH_MAX if name in _NUMBERS else kept.limit if kept else 200,
        options=_options(name, rules),
        kind={"email": "email", "phone": "tel"}.get(name, "text"),
        required=name == "name" or (kept is not None and bool(kept.needed)),
        may=name in may,
    )


def _form_of(name: str, rules: Country) -> str:
    """How a number is written there."""
    forms = [one.form for one in rules.identifiers if one.field == name]
    return rules.tax_number_format if name == "tax_number" else "; ".join(dict.fromkeys(forms))


def _options(name: str, rules: Country | None) -> tuple[tuple[str, str], ...]:
    if name == "country":
        named = sorted((country_named(code), code) for code in COUNTRY_CODES)
        return (("", gettext("Choose the country")), *((code, said) for said, code in named))
    if name == "vat_registration" and rules:
        words = {
            "": gettext("Not said yet"),
            VatRegistration.REGISTERED.value: gettext("Registered"),
            VatRegistration.SMALL_BUSINESS.value: gettext("Small enterprise, charges no tax"),
            VatRegistration.NOT_REGISTERED.value: gettext("Not registered, charges no tax"),
            VatRegistration.GROUP.value: gettext("Member of a VAT group"),
        }
        return tuple(words.items())
    return ()


def _particular(rules: SellerRules, one: ParticularField, value: str, *, may: bool) -> Asked:
    options: tuple[tuple[str, str], ...] = ()
    if one.code == LEGAL_FORM:
        named = (
            (form.code, form.code if form.code == form.name else f"{form.code}: {form.name}") for form in rules.forms
        )
        options = (("", gettext("Not said yet")), *named)
    elif one.kind == "flag":
        options = (("", gettext("No")), ("true", gettext("Yes")))
    elif one.kind == "choice":
        options = (("", gettext("Not said yet")), *((choice, choice) for choice in one.choices))
    return Asked(
        name=one.code,
        label=one.name,
        value=value,
        hint=gettext("An amount with its currency.") if one.kind == "amount" else one.form,
        max=PARTICULAR_LENGTH_MAX,
        options=options,
        may=may,
    )
