"""Which account a document names, by its currency, its buyer's country and what the account is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invoicing.document.parties import PaymentDetails
from invoicing.master_data.records import BankAccount
from invoicing.payment.accounts import check_account, is_qr_iban, pay_to
from invoicing.refusals import InvalidInput

QR, SWISS = "CH4431999123000889012", "CH5800791123000889012"
GERMAN, FINNISH, CZECH = "DE89370400440532013000", "FI2112345600000785", "CZ6508000000192000145399"
NORWEGIAN, BELGIAN, BRITISH = "NO9386011117947", "BE68539007547034", "GB33BUKB20201555555555"
SWISS_USUAL = PaymentDetails("Seller AG", iban=QR)


def chosen(
    *accounts: BankAccount,
    usual: PaymentDetails = SWISS_USUAL,
    currency: str = "CHF",
    seller: str = "CH",
    buyer: str = "CH",
    named: str = "",
    payee: bool = False,
) -> PaymentDetails:
    return pay_to(accounts, usual, currency=currency, seller=seller, buyer=buyer, named=named, payee=payee)


MAIN = BankAccount("MAIN", is_default=True)
ABROAD = BankAccount("ABROAD", iban=SWISS, purpose="foreign")


@pytest.mark.parametrize(
    ("currency", "buyer", "iban"),
    [
        ("CHF", "CH", QR),
        ("EUR", "CH", QR),
        ("CHF", "LI", QR),
        ("CHF", "DE", SWISS),
        ("EUR", "US", SWISS),
        # SIX: a QR-IBAN takes francs and euros.
        ("USD", "CH", ""),
    ],
)
def test_a_buyer_abroad_never_gets_a_qr_iban(currency: str, buyer: str, iban: str) -> None:
    assert chosen(MAIN, ABROAD, currency=currency, buyer=buyer).iban == iban
    assert chosen(MAIN, currency=currency, buyer=buyer).iban == (iban if iban == QR else "")


def test_a_qr_iban_has_a_qr_reference_and_no_other_account_has() -> None:
    assert chosen(MAIN).reference_rule == "qrr"
    prefixed = replace(MAIN, reference_rule="qrr 123456")
    assert chosen(prefixed).reference_rule == "qrr 123456"
    assert chosen(MAIN, ABROAD, buyer="DE").reference_rule == "rf"


def test_the_account_of_the_currency_goes_before_that_of_the_purpose_and_both_before_the_default() -> None:
    usual = PaymentDetails("Seller", iban=GERMAN)
    pounds = BankAccount("POUNDS", iban=BRITISH, currency="GBP")
    foreign = BankAccount("FOREIGN", iban=SWISS, purpose="foreign")
    both = BankAccount("BOTH", iban=BELGIAN, currency="GBP", purpose="foreign")
    known = (MAIN, pounds, foreign)

    def of(currency: str, buyer: str, *more: BankAccount) -> str:
        return chosen(*known, *more, usual=usual, seller="DE", currency=currency, buyer=buyer).iban

    assert of("EUR", "DE") == GERMAN
    assert of("EUR", "FR") == SWISS
    assert of("GBP", "DE") == of("GBP", "FR") == BRITISH
    assert of("GBP", "FR", both) == BELGIAN
    assert of("GBP", "DE", both) == BRITISH
    assert of("USD", "DE") == GERMAN


def test_an_account_without_currency_and_purpose_is_printed_where_it_is_asked_for_by_name() -> None:
    spare = BankAccount("SPARE", iban=SWISS)
    assert chosen(MAIN, spare).iban == QR
    assert chosen(MAIN, spare, named="spare").iban == SWISS
    with pytest.raises(InvalidInput, match="Known: MAIN, SPARE"):
        chosen(MAIN, spare, named="OTHER")
    with pytest.raises(InvalidInput, match="only buyers in Switzerland"):
        chosen(MAIN, spare, named="MAIN", buyer="DE")


def test_the_account_of_a_factor_takes_what_is_paid_to_a_payee_alone() -> None:
    factor = BankAccount("FACTOR", iban=GERMAN, purpose="payee", account_holder="Factor GmbH")
    assert chosen(MAIN, factor).iban == QR
    assert chosen(MAIN, factor, payee=True).account_holder == "Factor GmbH"
    assert chosen(MAIN, payee=True).iban == QR


def test_one_that_is_for_others_is_better_than_none() -> None:
    home = replace(MAIN, purpose="domestic")
    usual = PaymentDetails("Seller", iban=GERMAN)
    assert chosen(home, usual=usual, seller="DE", buyer="FR").iban == GERMAN


def test_what_is_out_of_use_or_empty_is_never_named() -> None:
    assert chosen(MAIN, replace(ABROAD, active=False), buyer="DE") == PaymentDetails()
    assert chosen(usual=PaymentDetails("Seller")) == PaymentDetails("Seller")


@pytest.mark.parametrize(
    ("iban", "seller", "buyer", "stated", "rule"),
    [
        (FINNISH, "FI", "FI", "", "viite"),
        (FINNISH, "FI", "SE", "", "viite-rf"),
        (FINNISH, "FI", "FI", "rf", "rf"),
        (FINNISH, "FI", "FI", "none", ""),
        (BELGIAN, "BE", "BE", "", "ogm"),
        (BELGIAN, "BE", "NL", "", ""),
        (BELGIAN, "BE", "NL", "rf", "rf"),
        (CZECH, "CZ", "CZ", "", "vs"),
        (CZECH, "CZ", "DE", "vs", ""),
        (NORWEGIAN, "NO", "NO", "", ""),
        (NORWEGIAN, "NO", "NO", "kid-mod10 12", "kid-mod10 12"),
        (NORWEGIAN, "NO", "SE", "kid-mod10 12", ""),
        (GERMAN, "DE", "DE", "", ""),
        (GERMAN, "DE", "FR", "rf", "rf"),
        # The banks of the account know the reference, whoever the seller is.
        (FINNISH, "DE", "FI", "", "viite"),
        (SWISS, "CH", "CH", "", "rf"),
        (SWISS, "CH", "CH", "none", "none"),
        ("BR1800360305000010009795493C1", "DE", "DE", "", ""),
    ],
)
def test_a_reference_is_made_as_the_banks_of_account_and_buyer_know_it(
    iban: str, seller: str, buyer: str, stated: str, rule: str
) -> None:
    account = replace(MAIN, reference_rule=stated)
    usual = PaymentDetails("Seller", iban=iban)
    assert chosen(account, usual=usual, seller=seller, buyer=buyer, currency="EUR").reference_rule == rule


@pytest.mark.parametrize(
    ("account", "seller", "field"),
    [
        (BankAccount("X", iban=GERMAN, purpose="holiday"), "DE", "purpose"),
        (BankAccount("X", account_number="50501055", account_type="bankgiro"), "DE", "account_type"),
        (BankAccount("X", account_number="50501056", account_type="bankgiro"), "SE", "account_number"),
        (BankAccount("X", account_number="123456789", account_type="plusgiro"), "SE", "account_number"),
        (BankAccount("X", account_number="1234567", account_type="fik"), "DK", "account_number"),
        (BankAccount("X", iban=GERMAN, reference_rule="viite"), "DE", "reference_rule"),
        (BankAccount("X", iban=GERMAN, reference_rule="paper"), "DE", "reference_rule"),
        (BankAccount("X", account_number="1", reference_rule="ocr"), "SE", "reference_rule"),
        (BankAccount("X", iban="DK5000400440116243", reference_rule="fik-71"), "DK", "reference_rule"),
        (BankAccount("X", iban=NORWEGIAN, reference_rule="kid-mod10"), "NO", "reference_rule"),
        (BankAccount("X", iban=QR, reference_rule="rf"), "CH", "reference_rule"),
        (BankAccount("X", iban=SWISS, reference_rule="qrr"), "CH", "reference_rule"),
    ],
)
def test_an_account_that_its_country_does_not_know_is_refused_by_the_field(
    account: BankAccount, seller: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_account(account, seller)
    assert refused.value.field == field


def test_an_account_is_kept_in_its_canonical_form() -> None:
    typed = BankAccount(
        "GIRO", account_number="5050-1055", account_type="Bankgiro", reference_rule=" OCR  12 ", purpose="Domestic"
    )
    kept = check_account(typed, "SE")
    assert (kept.account_number, kept.account_type, kept.reference_rule, kept.purpose) == (
        "50501055",
        "bankgiro",
        "ocr 12",
        "domestic",
    )


@pytest.mark.parametrize(
    ("iban", "expected"),
    [(QR, True), ("LI7430000000000000000", True), (SWISS, False), ("DE8931999123000889012", False)],
)
def test_a_qr_iban_is_known_by_its_institution(iban: str, expected: bool) -> None:
    assert is_qr_iban(iban) is expected
