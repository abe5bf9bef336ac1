"""Which of a seller's accounts a document names, and by which rule its reference is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from stdnum import luhn

from invoicing.countries import COUNTRY_CODES, Country, country
from invoicing.document.parties import PaymentDetails
from invoicing.master_data.records import BANK_DETAILS, BankAccount
from invoicing.payment.references import ReferenceRule, Scheme, parse_rule
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals, small_letters
from invoicing.text.typed import quoted

_SWISS = frozenset({"CH", "LI"})
_EVERYWHERE = frozenset({Scheme.NONE, Scheme.RF, Scheme.VIITE_AS_RF})
_QR_CURRENCIES = frozenset({"CHF", "EUR"})
_NOT_A_DIGIT = re.compile(r"\D+")


class Purpose(StrEnum):
    """Whom an account is for; one without a purpose is for all."""

    DOMESTIC = "domestic"
    """Buyers in the seller's country."""

    FOREIGN = "foreign"
    """Buyers abroad."""

    PAYEE = "payee"
    """Documents that are paid to somebody else than the seller, such as a factor."""


def pay_to(
    accounts: Iterable[BankAccount],
    usual: PaymentDetails,
    *,
    currency: str,
    seller: str,
    buyer: str,
    named: str = "",
    payee: bool = False,
) -> PaymentDetails:
    """Where a buyer in the country `buyer` pays a document of a seller in `seller`, and how its reference is made.

    `usual` are the details of the default account. That of the document's currency goes before that of the buyer's
    purpose, and both before the default one. An account that this buyer cannot pay to is never the answer: then there
    is none. `named` is the code of the one that was asked for; `payee` says that the document names a payee.

    Raises:
        InvalidInput: the account that was asked for is not there, or not for this buyer.
    """
    known = [_whole(one, usual) for one in _with_default(accounts, usual)]
    usable = [one for one in known if one.active and (one.iban or one.account_number)]
    if named:
        chosen: BankAccount | None = _named(usable, named, currency, buyer)
    elif not usable:
        return usual
    else:
        open_to = [one for one in usable if not _barred(one, currency, buyer)]
        chosen = _fitting(open_to, currency, abroad=_is_abroad(seller, buyer), payee=payee)
    if chosen is None:
        return PaymentDetails()
    details = {name: getattr(chosen, name) for name in BANK_DETAILS}
    rule = _rule_of(chosen, seller=seller, buyer=buyer)
    # On a Swiss slip, no rule would be the creditor reference that earlier documents have.
    stated = "" if rule.scheme is Scheme.NONE and chosen.iban[:2] not in _SWISS else rule.text
    return PaymentDetails(**details, account_type=chosen.account_type, reference_rule=stated)


def check_account(account: BankAccount, seller: str) -> BankAccount:
    """The account with its type, number and rule in their canonical forms.

    Raises:
        InvalidInput: a type or rule that its country does not have, or that does not fit the account, by its field.
    """
    place = _place_of(account, seller)
    account = replace(account, account_type=small_letters(account.account_type), purpose=small_letters(account.purpose))
    if account.purpose and account.purpose not in set(Purpose):
        raise InvalidInput(f"purpose must be empty or one of: {', '.join(Purpose)}.", field="purpose")
    if account.account_type:
        account = replace(account, account_number=_typed_number(account, place))
    if not account.reference_rule.strip():
        return replace(account, reference_rule="")
    rule = parse_rule(account.reference_rule, field="reference_rule")
    _check_rule(rule, account, place)
    return replace(account, reference_rule=rule.text)


def is_qr_iban(iban: str) -> bool:
    """Whether this is a QR-IBAN, whose institution number is between 30000 and 31999."""
    return iban[:2] in _SWISS and "30000" <= iban[4:9] <= "31999"


def country_of_account(iban: str, seller: str) -> Country | None:
    """The country whose banks keep the account: that of the IBAN, else the seller's."""
    code = (iban[:2] or seller).upper()
    code = "CH" if code in _SWISS else code
    return country(code) if code in COUNTRY_CODES else None


def at_home(place: Country, buyer: str) -> bool:
    """Whether a buyer in this country pays within the country of the account."""
    return buyer.upper() == place.code or (place.code == "CH" and buyer.upper() in _SWISS)


def _is_abroad(seller: str, buyer: str) -> bool:
    return seller.upper() != buyer.upper() and not {seller.upper(), buyer.upper()} <= _SWISS


def _with_default(accounts: Iterable[BankAccount], usual: PaymentDetails) -> list[BankAccount]:
    known = list(accounts)
    if any(one.is_default for one in known):
        return known
    return [BankAccount("", is_default=True), *known]


def _whole(one: BankAccount, usual: PaymentDetails) -> BankAccount:
    """The account with its details, which of the default one stand in the profile, and with a holder."""
    if one.is_default:
        return replace(one, **{name: getattr(usual, name) for name in BANK_DETAILS})
    return replace(one, account_holder=one.account_holder or usual.account_holder)


def _named(usable: Sequence[BankAccount], named: str, currency: str, buyer: str) -> BankAccount:
    found = next((one for one in usable if one.code == capitals(named)), None)
    if found is None:
        codes = ", ".join(one.code for one in usable if one.code) or "none"
        raise InvalidInput(f"bank_account: no such account. Known: {codes}.", field="bank_account")
    if _barred(found, currency, buyer):
        raise InvalidInput(
            f"bank_account: {found.code} is a QR-IBAN, to which only buyers in Switzerland and Liechtenstein pay, in"
            " CHF or EUR.",
            field="bank_account",
        )
    return found


def _barred(account: BankAccount, currency: str, buyer: str) -> bool:
    """A QR-IBAN takes payments with a QR reference alone, which no bank abroad can state."""
    return is_qr_iban(account.iban) and (buyer.upper() not in _SWISS or currency not in _QR_CURRENCIES)


def _fitting(accounts: Sequence[BankAccount], currency: str, *, abroad: bool, payee: bool) -> BankAccount | None:
    wanted = Purpose.FOREIGN if abroad else Purpose.DOMESTIC
    purposes = {"", wanted.value, *((Purpose.PAYEE.value,) if payee else ())}

    def fits(one: BankAccount) -> bool:
        in_currency = one.is_default or one.currency in ("", currency)
        said = one.is_default or bool(one.currency or one.purpose)
        return in_currency and said and one.purpose in purposes

    def rank(one: BankAccount) -> tuple[bool, bool, bool, bool]:
        return (one.purpose == Purpose.PAYEE, one.currency == currency, one.purpose == wanted, one.is_default)

    # Better an account for others than none: it is the only one there is.
    left = [one for one in accounts if fits(one)] or [one for one in accounts if one.is_default]
    return max(left, key=rank, default=None)


def _rule_of(account: BankAccount, *, seller: str, buyer: str) -> ReferenceRule:
    stated = parse_rule(account.reference_rule, field="reference_rule") if account.reference_rule else None
    if is_qr_iban(account.iban):
        return stated if stated is not None and stated.scheme is Scheme.QRR else ReferenceRule(Scheme.QRR)
    place = country_of_account(account.iban, seller)
    if place is None:
        return stated or ReferenceRule(Scheme.NONE)
    home = at_home(place, buyer)
    if stated is not None and (home or stated.scheme in _EVERYWHERE):
        return stated
    usual = place.payment.reference if home else place.payment.reference_abroad
    return parse_rule(usual, field="reference_rule")


def _place_of(account: BankAccount, seller: str) -> Country | None:
    return country_of_account(account.iban, seller)


def _typed_number(account: BankAccount, place: Country | None) -> str:
    """The account number of a type that its country knows."""
    kind = place.payment.account_type(account.account_type) if place is not None else None
    if kind is None:
        known = ", ".join(one.name for one in place.payment.accounts) if place is not None else ""
        raise InvalidInput(f"account_type must be empty or one of: {known or 'none here'}.", field="account_type")
    digits = _NOT_A_DIGIT.sub("", account.account_number)
    fits = kind.digits_min <= len(digits) <= kind.digits_max and (not kind.luhn or luhn.is_valid(digits))
    if not fits:
        raise InvalidInput(
            f"account_number: {quoted(account.account_number)} is no {kind.label} number: it has {kind.digits_min} to"
            f" {kind.digits_max} digits{', the last a check digit' if kind.luhn else ''}.",
            field="account_number",
        )
    return digits


def _check_rule(rule: ReferenceRule, account: BankAccount, place: Country | None) -> None:
    local = place.payment.references if place is not None else ()
    allowed = [Scheme.NONE, Scheme.RF, *local]
    problem = ""
    if rule.scheme not in allowed:
        problem = f"{rule.scheme} is not known there; known: {', '.join(allowed)}"
    elif is_qr_iban(account.iban) != (rule.scheme is Scheme.QRR):
        problem = "a QR-IBAN takes qrr, and no other account does"
    elif (needed := _ACCOUNTS_OF.get(rule.scheme)) and account.account_type not in needed:
        problem = f"{rule.scheme} needs account_type {' or '.join(needed)}"
    if problem:
        raise InvalidInput(f"reference_rule: {problem}.", field="reference_rule")


_GIRO, _FIK = ("bankgiro", "plusgiro"), ("fik",)
_ACCOUNTS_OF = {
    Scheme.OCR: _GIRO,
    Scheme.OCR_WITH_LENGTH: _GIRO,
    Scheme.FIK_71: _FIK,
    Scheme.FIK_73: _FIK,
    Scheme.FIK_75: _FIK,
}
