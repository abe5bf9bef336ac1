"""Whether an organization may issue: what is missing, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from invoicing.countries import COUNTRY_CODES, Country, PartyField, VatRegistration, country
from invoicing.countries.identifiers import named_field
from invoicing.countries.names import country_named
from invoicing.countries.particulars import seller_rules
from invoicing.countries.particulars.model import Duty, ParticularField
from invoicing.document.documents import Document
from invoicing.master_data.particulars import lacking, legal_form_of, stated_particulars
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.master_data.registration import UNTAXED, settled
from invoicing.organizations import Environment
from invoicing.refusals import NotReady
from invoicing.remedies import Act, Remark, Remedy
from invoicing.tax.facts import seller_territory

_ADDRESS = ("line1", "line2", "postal_code", "city", "region")


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that keeps an organization from issuing: the fields to set, a text on all of them, and what sets
    them.
    """

    fields: tuple[str, ...]
    text: str
    remedy: Remedy | None = None


def check_country(profile: Profile) -> None:
    """Refuse what needs a country where there is none yet.

    Raises:
        NotReady: the organization has no country yet.
    """
    if not profile.country:
        raise NotReady(Remark("The organization has no country yet.", Act.SET_ORGANIZATION), field="country")


def blockers(profile: Profile, *, default_code: str = "") -> tuple[Blocker, ...]:
    """What stands between the organization and its first live document; empty when it is ready.

    A sandbox only needs a country. Live documents need what the law of the seller's country wants on them
    (the country file's `seller_required`, or the numbers of a seller that is not registered) and somewhere to pay to.
    `default_code` is the organization's default tax code, which can say that it is a small enterprise, or that a seller
    in a territory has set its tax up.
    """
    if not profile.country:
        message = "The country is not set, which decides tax, currency and required fields."
        return (Blocker(("country",), message, Act.SET_ORGANIZATION),)
    if profile.environment is Environment.SANDBOX:
        return ()
    return live_blockers(profile, default_code=default_code)


def live_blockers(profile: Profile, *, default_code: str = "") -> tuple[Blocker, ...]:
    """What a live organization with this profile would lack, as one blocker: it is mended with one call. What its
    territory stands for is another, and so are the particulars of its legal form.
    """
    place = (*territory_blockers(profile, default_code=default_code), *particulars_blockers(profile))
    rules = country(profile.country)
    profile = settled(profile, default_code=default_code)
    asks = not profile.vat_registration and "tax_number" in rules.seller_required
    groups = _needed(profile, rules)
    lacking = [group for group in groups if not any(getattr(profile, field) for field in group)]
    missing: list[str] = [field for group in lacking for field in group]
    named = _as_arguments(lacking, rules)
    if asks:
        missing.append("vat_registration")
        named.append("vat_registration")
    if not (profile.iban or profile.account_number):
        missing.append("iban")
        named.append("iban (or account_number)")
    if not missing:
        return place
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
    message = f"Live invoices in {rules.name} still need {listed}."
    if asks:
        message = f"{message} {_question(rules)}"
    return (Blocker(tuple(missing), message, Act.SET_ORGANIZATION), *place)


def territory_blockers(profile: Profile, *, default_code: str = "") -> tuple[Blocker, ...]:
    """What stands in the way of a seller in a territory whose tax is not known here; empty where nothing does.

    A default tax code that is none of the country's says that somebody has set the territory's tax up.
    """
    territory = seller_territory(profile)
    if territory is None or profile.tax_system == "none":
        return ()
    name = profile.legal_name or profile.name
    if territory.country != profile.country:
        like, stated = country_named(territory.country), country_named(profile.country)
        message = (
            f"{name} is in {territory.name}, which is taxed like {like} ({territory.law}), not like {stated}: make the"
            f" organization anew with country {territory.country}, or correct the postal code."
        )
        return (Blocker(("country",), message, Act.SET_ORGANIZATION),)
    if settled(profile, default_code=default_code).vat_registration in UNTAXED:
        return ()
    own = default_code and default_code not in {code.code for code in country(profile.country).tax_codes}
    if not territory.seller or own:
        return ()
    message = (
        f"{name} is in {territory.name}: {territory.seller} ({territory.law}), and its rates are not kept here. The"
        f" rates of {country_named(profile.country)} must not be charged: correct the organization's postal code, or"
        " save a tax code of that place as the default."
    )
    return (Blocker(("tax_codes",), message, Act.SAVE_TAX_CODE),)


def particulars_blockers(profile: Profile) -> tuple[Blocker, ...]:
    """What the law wants on invoices of the stated legal form and nobody has said; empty where no form is stated."""
    if not (wanted := lacking(profile, "invoice")):
        return ()
    fields, named = _named_particulars(wanted)
    return (Blocker(fields, f"{_of_form(profile)}invoices must state {named}.", Act.SAVE_PARTICULARS),)


def particulars_hints(profile: Profile) -> tuple[Remark, ...]:
    """What keeps nobody from issuing: that no legal form is stated, what only business letters must bear, or that
    nobody has said when the tax of services is due.
    """
    return (*_form_hints(profile), *_tax_due_hints(profile)) if profile.country else ()


def _form_hints(profile: Profile) -> tuple[Remark, ...]:
    rules = seller_rules(profile.country)
    if legal_form_of(profile) is None:
        if not any(duty.fields for duty in rules.duties if duty.on != "custom"):
            return ()
        forms = ", ".join(form.code for form in rules.forms[:_FORMS_NAMED])
        text = f"Its legal form ({forms}, ...) is not stated, which decides what its papers must say."
        return (Remark(text, Act.SAVE_PARTICULARS),)
    if not (wanted := lacking(profile, "letter")):
        return ()
    _, named = _named_particulars(wanted)
    return (Remark(f"{_of_form(profile)}business letters must state {named}.", Act.SAVE_PARTICULARS),)


def _tax_due_hints(profile: Profile) -> tuple[Remark, ...]:
    """France: the tax of services is due when they are paid, unless the seller opted for the day of the invoice."""
    optional = _ON_DEBITS in seller_rules(profile.country).fields
    decided = profile.tax_due == "payment" or _ON_DEBITS in stated_particulars(profile)
    if not optional or decided or profile.vat_registration in UNTAXED:
        return ()
    text = (
        "VAT on services is due when they are paid, unless the seller opted for débits (art. 269, 2, c CGI, now in the"
        f" CIBS): if it sells services, state {_ON_DEBITS} where it opted, else policy tax_due: payment."
    )
    return (Remark(text, Act.SAVE_PARTICULARS),)


_ON_DEBITS = "tax_on_debits"
_FORMS_NAMED = 4


def _named_particulars(
    wanted: Sequence[tuple[Duty, tuple[ParticularField, ...]]],
) -> tuple[tuple[str, ...], str]:
    """The codes of the particulars, and a text that says each with its name at home, and the laws."""
    fields = {field.code: f"{field.code} ({field.name})" for _, lacked in wanted for field in lacked}
    laws = "; ".join(dict.fromkeys(duty.law for duty, _ in wanted))
    return tuple(fields), f"{', '.join(fields.values())} ({laws})"


def _of_form(profile: Profile) -> str:
    form = legal_form_of(profile)
    return f"Legal form {form.code}, {country(profile.country).name}: " if form else ""


def _needed(profile: Profile, rules: Country) -> list[tuple[str, ...]]:
    """Groups of fields, of each of which one must be filled. Which number is needed follows from the registration."""
    state = rules.registration(profile.vat_registration)
    if state is None and profile.vat_registration and rules.tax_office_number_suffices:
        number: tuple[str, ...] = ("tax_number", "tax_office_number")
    else:
        number = ("tax_number",) if state is None and profile.vat_registration else ()
    groups = [(field,) if field != "tax_number" else number for field in rules.seller_required]
    groups += state.requires if state is not None else ()
    return list(dict.fromkeys(group for group in groups if group))


def _question(rules: Country) -> str:
    """Which registration it is that nobody has stated, with what each of them needs."""
    needed = named_field(rules, "tax_number")
    if rules.tax_office_number_suffices:
        needed = f"{needed} or {named_field(rules, 'tax_office_number')}"
    choices = [f"registered (with {needed})"]
    small = rules.registrations.get(VatRegistration.SMALL_BUSINESS)
    for state, said in rules.registrations.items():
        numbers = " and ".join(" or ".join(named_field(rules, one) for one in group) for group in said.requires)
        limit = f", up to {said.limit}" if said.limit else ""
        if said is not small and small is not None and said.meaning == small.meaning:
            choices.append(f"{state.value} (the same, without a VAT number)")
        else:
            choices.append(f"{state.value} ({said.meaning}{limit}{f'; with {numbers}' if numbers else ''})")
    return f"vat_registration is one of: {'; '.join(choices)}."


def _as_arguments(lacking: Sequence[tuple[str, ...]], rules: Country) -> list[str]:
    """The fields as the arguments that set them: those of an address are parts of one, numbers have local names."""
    parts = [field for group in lacking for field in group if field in _ADDRESS]
    address = [f"address ({', '.join(parts)})"] if parts else []
    others = [group for group in lacking if group[0] not in _ADDRESS]
    return [*address, *(" or ".join(named_field(rules, field) for field in group) for group in others)]


def customer_gaps(profile: Profile, customer: Customer) -> tuple[str, ...]:
    """The customer's fields that the seller's country requires on an invoice and that are empty."""
    rules = country(profile.country)
    required = rules.buyer_required(business=not customer.consumer, buyer_country=customer.country)
    return tuple(field for field in required if not any(getattr(customer, one) for one in _instead_of(rules, field)))


def _instead_of(rules: Country, field: PartyField) -> tuple[str, ...]:
    """The field, and those that do as well: a business that is not registered itself has another number."""
    state = rules.registration(VatRegistration.NOT_REGISTERED)
    if field != "tax_number" or state is None:
        return (field,)
    return (field, *(one for group in state.requires for one in group))


def named_gaps(customer: Customer, gaps: Sequence[str]) -> str:
    """The customer's fields with what their numbers are called in its country, for a sentence."""
    if customer.country not in COUNTRY_CODES:
        return ", ".join(gaps)
    return ", ".join(named_field(country(customer.country), field) for field in gaps)


def has_seller_number(profile: Profile) -> bool:
    """Whether the seller has a number under which it may charge tax."""
    suffices = bool(profile.country) and country(profile.country).tax_office_number_suffices
    return bool(profile.tax_number or (suffices and profile.tax_office_number))


def registration_gap(document: Document) -> str:
    """Why a seller that is not registered cannot show the tax of this document, or nothing.

    Whoever shows tax owes it (Article 203 Directive 2006/112/EC), and in Switzerland may not even mention it (Article
    27 MWSTG).
    """
    if document.seller.vat_registration != VatRegistration.NOT_REGISTERED or not document.tax_minor:
        return ""
    taxed = [line.tax_code for line in document.lines if line.tax_rate]
    taxed += [adjustment.tax_code for adjustment in document.adjustments if adjustment.tax_rate]
    codes = ", ".join(dict.fromkeys(taxed))
    return (
        f"{document.seller.name} is not registered for VAT (vat_registration) and cannot charge it: leave tax_code"
        f" {codes} away."
    )


def exchange_gap(document: Document, profile: Profile) -> str:
    """What a document in a foreign currency lacks that the seller's country wants on it, or nothing.

    Directive 2006/112/EC, Article 230: in whatever currency the amounts are, the tax is expressed in the national
    one. Where no tax is charged there is nothing to express, and books in a third currency cannot express it.
    """
    rules = country(profile.country)
    foreign = document.currency != rules.currency == profile.currency
    if not (rules.tax_in_national_currency and foreign and document.tax_minor and document.exchange is None):
        return ""
    return (
        f"The document is in {document.currency}: {rules.name} wants its tax in {rules.currency} too. State"
        f" exchange_rate (what 1 {document.currency} costs in {rules.currency}) and exchange_source."
    )
