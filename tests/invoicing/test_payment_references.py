"""References that payers state, against the examples of their standards and of banks."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649, luhn

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.parties import PaymentDetails
from invoicing.payment.check_digits import (
    modulus_11_of_kid,
    modulus_11_of_si12,
    modulus_97_of_ogm,
    weighted_731,
)
from invoicing.payment.printing import account_at_home, printed_reference, typed_account
from invoicing.payment.references import (
    Scheme,
    candidates,
    creditor_reference,
    keys_of_typed,
    parse_rule,
    qr_reference,
    reference_key,
)
from invoicing.refusals import InvalidInput

NUMBER = "INV-2026-00042"


def made(rule: str, number: str = NUMBER, attempt: int = 0) -> str:
    return next(islice(candidates(parse_rule(rule, field="reference_rule"), number), attempt, None), "")


def test_check_digits_are_those_of_the_published_examples() -> None:
    # The Estonian Banking Association, Finance Finland, a Slovenian standard's README, Febelfin.
    assert weighted_731("12131295") == "2"
    assert weighted_731("123456") == "1"
    assert weighted_731("123456712345678") == "4"
    assert modulus_11_of_si12("1234567890") == "9"
    assert modulus_97_of_ogm("0108068171") == "83"
    assert modulus_97_of_ogm("0000000097") == "97"
    # Norwegian account numbers have the same modulus 11 as a KID.
    assert modulus_11_of_kid("8601111794") == "7"
    assert modulus_11_of_kid("6") == "-"


def test_references_have_the_check_digits_of_their_standards() -> None:
    # The examples of SIX (QRR) and of ISO 11649.
    assert qr_reference("21000000000313947143000901") == "210000000003139471430009017"
    assert qr_reference("21570300007520033455900012") == "215703000075200334559000126"
    assert qr_reference("0") == "0" * 27
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert creditor_reference(NUMBER) == "RF36INV202600042"
    assert creditor_reference("A" * 22) == creditor_reference("---") == ""


def test_two_series_do_not_share_a_qr_reference() -> None:
    numbers = ["INV-2026-00001", "R-2026-00001", "2026-00001", "INV-2025-00001", "B2026-00001"]
    assert len({qr_reference(number) for number in numbers}) == len(numbers)
    assert all(len(qr_reference(number)) == 27 for number in [*numbers, "X" * 60, "Ω-Ж-1"])


@pytest.mark.parametrize(
    ("rule", "expected", "printed"),
    [
        ("none", "", ""),
        ("rf", "RF36INV202600042", "RF36 INV2 0260 0042"),
        ("qrr", "000000000001823312026000420", "00 00000 00001 82331 20260 00420"),
        ("qrr 123456", "123456000001823312026000429", "12 34560 00001 82331 20260 00429"),
        ("viite", "2026000422", "20260 00422"),
        ("viite-rf", "RF242026000422", "RF24 2026 0004 22"),
        ("ocr", "2026000428", "2026000428"),
        ("ocr 12", "002026000428", "002026000428"),
        ("ocr-length", "20260004211", "20260004211"),
        ("kid-mod10 12", "002026000428", "002026000428"),
        ("kid-mod11 12", "002026000427", "002026000427"),
        ("fik-71", "000002026000428", "+71<000002026000428+12345678<"),
        ("fik-73", "", "+73<+12345678<"),
        ("fik-75", "0000002026000428", "+75<0000002026000428+12345678<"),
        ("ogm", "020260004222", "+++020/2600/04222+++"),
        ("vs", "202600042", "202600042"),
        ("si00", "SI00202600042", "SI00 202600042"),
        ("si12", "SI122026000425", "SI12 2026000425"),
        ("hr00", "HR00202600042", "HR00 202600042"),
    ],
)
def test_each_scheme_makes_and_prints_its_reference_of_a_number(rule: str, expected: str, printed: str) -> None:
    assert made(rule) == expected
    payment = PaymentDetails(account_number="12345678", reference_rule=rule, reference=expected)
    assert printed_reference(payment) == printed


def test_finns_count_groups_from_the_right_and_estonians_have_four() -> None:
    payment = PaymentDetails(reference_rule="viite", reference="1234561")
    assert printed_reference(payment) == "12 34561"
    estonian = PaymentDetails(iban="EE382200221020145685", reference_rule="viite", reference="121312952")
    assert printed_reference(estonian) == "1 2131 2952"


@given(number=st.text("0123456789AZ-/ ", min_size=1, max_size=40).filter(lambda text: any(c.isalnum() for c in text)))
def test_what_is_made_passes_the_check_of_its_scheme_whatever_the_number(number: str) -> None:
    for rule in ("ocr", "ocr 9", "ocr-length", "kid-mod10 8", "fik-71", "fik-75"):
        assert luhn.is_valid(made(rule, number))
    assert [len(made(rule, number)) for rule in ("ocr 9", "kid-mod10 8", "kid-mod11 8", "fik-71", "fik-75", "ogm")] == [
        9,
        8,
        8,
        15,
        16,
        12,
    ]
    assert 2 <= len(made("ocr", number)) <= 25
    with_length = made("ocr-length", number)
    assert int(with_length[-2]) == len(with_length) % 10
    viite = made("viite", number)
    assert 4 <= len(viite) <= 20
    assert not viite.startswith("0")
    assert weighted_731(viite[:-1]) == viite[-1]
    assert iso11649.is_valid(made("viite-rf", number))
    assert int(made("ogm", number)[:10]) % 97 in (int(made("ogm", number)[10:]), 0)
    assert len(made("vs", number)) <= 10
    assert len(made("qrr", number)) == 27


@pytest.mark.parametrize(
    "rule", ["rf", "qrr", "viite", "ocr", "ocr 6", "kid-mod10 6", "fik-71", "ogm", "vs", "si12", "hr00"]
)
def test_a_number_has_as_many_references_as_it_takes_until_one_is_free(rule: str) -> None:
    tried = [made(rule, attempt=attempt) for attempt in range(15)]
    assert len(set(tried)) == len(tried)


def test_only_digits_count_where_a_reference_has_no_letters_and_letters_where_there_are_no_digits() -> None:
    assert made("vs", "A-2026/17") == made("vs", "B 2026-17") == "202617"
    assert made("vs", "AB") == "1011"
    assert made("vs", "2026-123456789012") == "3456789012"
    assert made("viite", "7") == "1070"


@pytest.mark.parametrize(
    "text", ["", "paper", "ocr x", "ocr 1", "ocr 26", "kid-mod10", "kid-mod10 3", "rf 12", "qrr 1234567890123", "vs 10"]
)
def test_a_rule_that_nobody_knows_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_rule(text, field="reference_rule")
    assert refused.value.field == "reference_rule"


@pytest.mark.parametrize("rule", ["rf", "qrr", "qrr 0123", "viite", "ocr 12", "kid-mod11 25", "fik-75", "hr00"])
def test_a_rule_is_the_same_when_it_is_read_again(rule: str) -> None:
    assert parse_rule(f" {rule.upper()} ", field="reference_rule").text == rule


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        ("viite", "20260 00422"),
        ("viite", "RF24 2026 0004 22"),
        ("viite-rf", "2026000422"),
        ("viite-rf", "rf24 2026 0004 22"),
        ("ogm", "+++020/2600/04222+++"),
        ("si12", "SI12 2026000425"),
        ("qrr", "00 00000 00001 82331 20260 00420"),
        ("rf", "RF36 INV2 0260 0042"),
    ],
)
def test_a_reference_is_known_as_banks_print_it(rule: str, typed: str) -> None:
    assert reference_key(rule, made(rule)) in keys_of_typed(typed)


def test_a_kid_may_end_in_a_hyphen() -> None:
    ending = next(one for one in (made("kid-mod11 6", str(number)) for number in range(200)) if one.endswith("-"))
    assert ending in keys_of_typed(ending)


@pytest.mark.parametrize(
    ("iban", "place", "expected"),
    [
        ("CZ6508000000192000145399", "CZ", ("", "19-2000145399/0800")),
        ("CZ9555000000000810883001", "CZ", ("", "810883001/5500")),
        ("NO9386011117947", "NO", ("", "8601.11.17947")),
        ("DK5000400440116243", "DK", ("0040", "0440116243")),
        ("HU42117730161111101800000000", "HU", ("", "11773016-11111018-00000000")),
        ("GB33BUKB20201555555555", "GB", ("20-20-15", "55555555")),
        ("DE89370400440532013000", "DE", ("", "")),
        ("DE89370400440532013000", "GB", ("", "")),
    ],
)
def test_an_account_is_written_as_at_home(iban: str, place: str, expected: tuple[str, str]) -> None:
    assert account_at_home(iban, country(place)) == expected


@pytest.mark.parametrize(
    ("kind", "number", "printed"),
    [
        ("bankgiro", "50501055", "5050-1055"),
        ("bankgiro", "5805-6201", "5805-6201"),
        ("bankgiro", "9912346", "991-2346"),
        ("plusgiro", "4789543", "47 89 54-3"),
        ("plusgiro", "28657", "28 65-7"),
    ],
)
def test_a_giro_is_written_in_its_groups(kind: str, number: str, printed: str) -> None:
    assert typed_account(PaymentDetails(account_number=number, account_type=kind), country("SE"))[1] == printed


def test_every_country_says_what_its_banks_know_and_where_that_is_from() -> None:
    for code in COUNTRY_CODES:
        rules = country(code).payment
        local = {parse_rule(text, field="x").scheme for text in (rules.reference, rules.reference_abroad)}
        assert local <= {*rules.references, Scheme.NONE, Scheme.RF}
        assert rules.source
        assert bool(rules.references) == bool(rules.labels) or code == "CH"
        assert set(rules.labels) <= set(country(code).languages)
