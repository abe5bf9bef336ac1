"""What the law of form says of one document: why it may not be issued, what is to be known, and what it must print.

Mandates (a PDF that is only a copy, or must be reported) and particulars that depend on amount, country and buyer. A
person of the practice answers for both on record: per mandate for the organization, or for one draft.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from invoicing.countries import country
from invoicing.countries.mandates import BuyerKind, Registration, Requirement
from invoicing.countries.particulars import seller_rules
from invoicing.countries.particulars.model import Mention
from invoicing.document.documents import Document, DocumentKind, Supply, TaxCategory
from invoicing.document.mandates import (
    Acknowledgement,
    Applying,
    BuyerSituation,
    SellerSituation,
    mandates_for,
    mandates_of,
    place_of,
    upcoming,
)
from invoicing.document.notices import Notice
from invoicing.master_data.particulars import legal_form_of
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.money.amounts import to_major
from invoicing.organizations import Environment
from invoicing.remedies import AnswerForForm, Remark
from invoicing.tax.facts import buyer_facts
from invoicing.tax.special_supplies import kinds_told

BUYER_VAT_NUMBER = "buyer-vat-number"
"""The code by which an intra-EU supply or reverse charge without the buyer's VAT number is answered for."""
# What `warnings_for` says of the same in a sandbox, where nothing is refused.
_BUYER_NUMBER_NOTICE = "buyer_tax_number_missing"
# Spanish tax numbers of natural persons and of entities that pay no corporate tax begin like this after ES.
_NO_COMPANY_LETTERS = frozenset("0123456789XYZKLMEHW")


@dataclass(frozen=True, slots=True)
class LawOfForm:
    """What was found. `words` are printed where the PDF is only a copy and somebody has said how it is handed in;
    `answered_for` goes on record when it is issued. `said` are codes of warnings that a blocker says already, and
    `mandate_blockers` those of the blockers that are about the form alone: they hold for a credit note too.
    """

    blockers: tuple[Remark, ...] = ()
    mandate_blockers: tuple[Remark, ...] = ()
    warnings: tuple[Notice, ...] = ()
    words: str = ""
    answered_for: tuple[str, ...] = ()
    said: frozenset[str] = frozenset()


def seller_situation(profile: Profile) -> SellerSituation:
    """The seller as mandates see it. Without a stated registration, whoever is no small business is registered."""
    place = (profile.region, profile.postal_code)
    return SellerSituation(
        country=profile.country,
        registration=_registration(profile),
        turnover=int(profile.annual_turnover) if profile.annual_turnover else None,
        regions=tuple(one for one in place if one.strip()),
        legal_form=_legal_form(profile),
    )


def buyer_situation(customer: Customer) -> BuyerSituation:
    """The buyer as mandates see it."""
    kind: BuyerKind = "public_body" if customer.public_body else "consumer" if customer.consumer else "business"
    return BuyerSituation(
        customer.country, kind, demanded=customer.demands_e_invoice, registered=bool(customer.tax_number)
    )


def counts_by_month(profile: Profile, on: date) -> bool:
    """Whether a mandate of the seller's country leaves out who invoices little in the month of the day."""
    return any(
        rule.month_gross_above is not None and rule.valid_from <= on <= (rule.valid_until or on)
        for mandate in country(profile.country).mandates
        for rule in mandate.rules
    )


def mandate_lines(profile: Profile, *, on: date) -> tuple[str, ...]:
    """One line for each mandate that holds for a new organization or will within a year."""
    if not profile.country:
        return ()
    return tuple(f"Mandate {held.sentence}" for held in mandates_of(seller_situation(profile), on))


def law_of_form(
    document: Document,
    *,
    profile: Profile,
    customer: Customer,
    acknowledgements: Sequence[Acknowledgement] = (),
    draft: str = "",
    month_gross_minor: int | None = None,
) -> LawOfForm:
    """What the law says of the form of this document, given what has been acknowledged; `draft` is its draft's id.

    `month_gross_minor` is the total with tax of the month's invoices before this one, in the national currency, where
    it is known and `counts_by_month` says that it matters.
    """
    standing = {
        one.code: one
        for one in acknowledgements
        if not one.draft or (one.draft == draft and one.customer == customer.id)
    }
    seller, buyer = seller_situation(profile), buyer_situation(customer)
    amount = _national_total(document, profile)
    if month_gross_minor is not None and amount is not None:
        month = to_major(month_gross_minor, country(profile.country).currency) + amount
        seller = replace(seller, month_gross=month)
    in_force = mandates_for(seller, buyer, document.issue_date, amount=amount)
    coming = upcoming(seller, buyer, document.issue_date, amount=amount)
    live = profile.environment is Environment.LIVE
    if not live:
        return LawOfForm(warnings=_sandbox_warning(in_force, standing), words=_words(in_force, standing))
    blockers, warnings, said = list[Remark](), list[Notice](), set[str]()
    for one in in_force:
        if one.mandate.code in standing:
            continue
        text = _in_force_text(one)
        if amount is None and counts_by_month(profile, document.issue_date):
            text += (
                f" Without exchange_rate it is not known whether the month stays below what {one.mandate.name} spares."
            )
        code, remedy = one.mandate.code, AnswerForForm(one.mandate.code, draft=False)
        if one.is_strict and profile.mandates != "warn":
            blockers.append(Remark(text, remedy))
        else:
            warnings.append(Notice(notice_code(code), text, remedy))
    warnings += [
        Notice(notice_code(one.mandate.code), _coming_text(one)) for one in coming if one.mandate.code not in standing
    ]
    warnings += [Notice(notice_code(one.code), one.text) for one in _unmentioned(document, profile, in_force)]
    mandate_blockers = tuple(blockers)
    lacks_number = _lacks_buyer_number(document, profile, customer)
    if lacks_number and BUYER_VAT_NUMBER not in standing:
        blockers.append(Remark(_buyer_number_text(customer), AnswerForForm(BUYER_VAT_NUMBER, draft=True)))
    if lacks_number:
        said.add(_BUYER_NUMBER_NOTICE)
    for requirement in _unmet(document, profile, customer, amount):
        if requirement.code in standing:
            continue
        if requirement.required:
            blockers.append(Remark(requirement.text, AnswerForForm(requirement.code, draft=True)))
        else:
            warnings.append(Notice(requirement.code.replace("-", "_"), requirement.text))
    return LawOfForm(
        blockers=tuple(blockers),
        mandate_blockers=mandate_blockers,
        warnings=tuple(warnings),
        words=_words(in_force, standing, every=profile.mandates == "warn"),
        answered_for=_answered_for(document, profile, customer, in_force, standing),
        said=frozenset(said),
    )


def notice_code(code: str) -> str:
    """The code of the warning on a mandate."""
    return f"mandate_{code.replace('-', '_')}"


def _registration(profile: Profile) -> Registration:
    match profile.vat_registration:
        case "small_business" | "not_registered" as stated:
            return stated
        case "registered" | "group":
            return "registered"
    return "small_business" if profile.small_business else "registered"


def _legal_form(profile: Profile) -> str:
    """Whether the seller is a company, where its legal form or its tax number says it: in Spain the first letter."""
    if (form := legal_form_of(profile)) is not None:
        return "company" if form.kind == "company" else "person" if form.kind in ("sole_trader", "profession") else ""
    if profile.country != "ES" or not profile.tax_number:
        return ""
    return "person" if profile.tax_number.removeprefix("ES")[:1] in _NO_COMPANY_LETTERS else "company"


def _national_total(document: Document, profile: Profile) -> Decimal | None:
    """The total with tax in the national currency, or None where the document does not state it in that."""
    currency = country(profile.country).currency
    if document.currency == currency:
        return to_major(document.total_minor, currency)
    exchange = document.exchange
    if exchange is not None and exchange.currency == currency:
        return to_major(exchange.net_minor + exchange.tax_minor, currency)
    return None


def _sandbox_warning(in_force: Sequence[Applying], standing: dict[str, Acknowledgement]) -> tuple[Notice, ...]:
    """One short warning, on the strictest mandate: test documents are no invoices anyway."""
    open_ones = sorted((one for one in in_force if one.mandate.code not in standing), key=lambda one: not one.is_strict)
    if not open_ones:
        return ()
    first = open_ones[0].mandate
    effect = "would be no invoice in law" if open_ones[0].is_strict else "would have to be reported"
    return (Notice("mandate", f"Live, this PDF {effect} ({first.code}): {first.todo}"),)


def _words(in_force: Sequence[Applying], standing: dict[str, Acknowledgement], *, every: bool = False) -> str:
    """What the paper says where it is only a copy: once somebody has answered for it, or the policy lets it pass."""
    strict = [one.mandate for one in in_force if one.is_strict]
    words = [mandate.paper_words for mandate in strict if every or mandate.code in standing]
    return " / ".join(dict.fromkeys(words))


def _in_force_text(one: Applying) -> str:
    mandate, since = one.mandate, one.since.isoformat()
    if mandate.unlawful:
        effect = "an invoice from this program is unlawful"
    elif one.is_strict:
        effect = "a PDF is no invoice in law"
    else:
        effect = "a PDF is an invoice whose data must be reported"
    return f"{mandate.name} ({mandate.code}), since {since}: {effect}. {mandate.todo}"


def _coming_text(one: Applying) -> str:
    mandate, since = one.mandate, one.since.isoformat()
    effect = "a PDF will be only a copy" if one.is_strict else "it must be reported"
    return f"From {since} on {effect}: {mandate.name} ({mandate.code}). {mandate.todo}"


def _buyer_number_text(customer: Customer) -> str:
    return (
        f"Intra-EU supply and reverse charge need the VAT number of {customer.name}, a business (in the EU Articles"
        " 138(1)(b) and 226(4) Directive 2006/112/EC): complete the customer's tax_number, or take another tax_code."
    )


def _lacks_buyer_number(document: Document, profile: Profile, customer: Customer) -> bool:
    """Articles 138(1)(b) and 226(4): the number of a business of another member state, or of Northern Ireland for
    goods; at home any number of a business. A business outside the EU has none to state for a reverse charge.
    """
    categories = {tax.category for tax in document.taxes}
    buyer, place = buyer_facts(customer, on=document.supply_date), place_of(profile.country, customer.country)
    business = bool(buyer.tax_number) and not customer.consumer
    abroad = business and buyer.country != profile.country and buyer.eu_member
    if TaxCategory.INTRA_COMMUNITY in categories:
        return not (abroad or (business and buyer.tax_number.startswith("XI")))
    if TaxCategory.REVERSE_CHARGE not in categories:
        return False
    if place == "home":
        return customer.consumer or not customer.tax_number
    return place == "eu" and country(profile.country).eu_member and not abroad


def _unmet(document: Document, profile: Profile, customer: Customer, total: Decimal | None) -> Iterator[Requirement]:
    kind, place, day = buyer_situation(customer).kind, place_of(profile.country, customer.country), document.issue_date
    categories = {tax.category.value for tax in document.taxes if tax.taxable_minor}
    for one in country(profile.country).requirements:
        if (
            one.valid_from <= day
            and (one.valid_until is None or day <= one.valid_until)
            and kind in one.buyers
            and place in one.places
            and (not one.categories or categories & set(one.categories))
            and (one.total_above is None or (total is not None and total > one.total_above))
            and (not one.supplies or _supplies(document, one.supplies, profile))
            and not _meets(one, document, customer)
        ):
            yield one


def _supplies(document: Document, kinds: Sequence[str], profile: Profile) -> bool:
    """Whether it is an invoice, and a line that is not goods seems to be a supply of one of these kinds."""
    languages = country(profile.country).languages
    return document.kind is DocumentKind.INVOICE and any(
        kind.code in kinds
        for line in document.lines
        if line.supply is not Supply.GOODS or line.supply_assumed
        for kind in kinds_told(line.description, languages)
    )


def _unmentioned(document: Document, profile: Profile, in_force: Sequence[Applying]) -> Iterator[Mention]:
    """What the document does not show and must, since a mandate holds for it."""
    codes = {one.mandate.code for one in in_force}
    for mention in seller_rules(profile.country).mentions:
        if mention.mandate in codes and not _is_mentioned(mention, document):
            yield mention


def _is_mentioned(mention: Mention, document: Document) -> bool:
    match mention.needs:
        case "buyer_registration_number":
            return bool(document.buyer.registration_number)
        case "supply":
            return not any(line.supply_assumed for line in document.lines)


def _meets(requirement: Requirement, document: Document, customer: Customer) -> bool:
    note = f"{document.note}\n{document.footer if requirement.supplies else ''}".casefold()
    if any(words.casefold() in note for words in requirement.words):
        return True
    match requirement.needs:
        case "buyer_tax_number":
            return bool(customer.tax_number)
        case "buyer_registration_number":
            return bool(customer.registration_number)
        case "words":
            return False


def _answered_for(
    document: Document,
    profile: Profile,
    customer: Customer,
    in_force: Sequence[Applying],
    standing: dict[str, Acknowledgement],
) -> tuple[str, ...]:
    """What goes on record: which mandates and particulars somebody has answered for, with what and who."""
    codes = [one.mandate.code for one in in_force]
    codes += [one.code for one in country(profile.country).requirements]
    codes += [BUYER_VAT_NUMBER] if _lacks_buyer_number(document, profile, customer) else []
    return tuple(
        f"{code}: {standing[code].handed_in} ({standing[code].recorded_by})" for code in codes if code in standing
    )
