"""Codes and handles are words of ASCII: nothing that merely looks like one, or becomes one, is one."""

from __future__ import annotations

import pytest

from invoicing.master_data.handles import check_handle, environment_of
from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals, is_plain, small_letters
from invoicing.text.typed import QUOTED_MAX, quoted


def test_the_letters_a_to_z_have_a_case_and_ordinary_blanks_do_not_count() -> None:
    assert (small_letters(" Harbour-Bakery "), capitals(" eur ")) == ("harbour-bakery", "EUR")


@pytest.mark.parametrize(
    "letter", ["\u212a", "\u017f", "\u0131", "\u0130", "\uff21", "\u00df", "\ufb01", "\u00a0", "\n", "\t"]
)
def test_what_is_no_letter_of_ascii_stays_what_it_is(letter: str) -> None:
    assert small_letters(f"a{letter}b") == f"a{letter}b"
    assert capitals(f"A{letter}B") == f"A{letter}B"
    assert small_letters(f"a{letter}").endswith(letter)


@pytest.mark.parametrize(
    "handle",
    [
        "\u212aiosk",
        "pub\u017f",
        "p\u0131zza",
        "\uff41cme",
        "acme\n",
        "\tacme",
        "acme\u200b",
        "ac me",
        "acme\u2010co",
        "\u0430cme",
        "-acme",
        "k",
        "K",
    ],
    ids=ascii,
)
def test_a_handle_is_small_letters_digits_and_hyphens_of_ascii(handle: str) -> None:
    for environment in Environment:
        with pytest.raises(InvalidInput) as refused:
            check_handle(handle, environment=environment)
        assert handle not in refused.value.message or len(handle) == 1


def test_a_handle_says_of_which_environment_it_is() -> None:
    for environment in Environment:
        assert environment_of(check_handle("Acme", environment=environment)) is environment


def test_a_number_may_be_separated_by_blanks_of_any_kind_and_has_plain_letters_and_digits() -> None:
    assert is_plain("GB33\u00a0BUKB\u2009\u2010 2020/155")
    assert not is_plain("GB33BU\u212aB")
    assert not is_plain("\u0661\u0662")


def test_what_a_refusal_repeats_is_cut_in_quotation_marks_and_on_one_line() -> None:
    assert quoted('x\n"Acme" (acme-sandbox)') == "\"x / 'Acme' (acme-sandbox)\""
    assert quoted("a" * 10_000) == f'"{"a" * QUOTED_MAX}..."'
    assert quoted("a\u202eb\x00") == '"a\\u202eb\\u0000"'
