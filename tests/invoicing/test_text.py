"""Text that people type: what is kept, what is put in order, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.master_data.similar_names import similar_names
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal
from invoicing.text.typed import COMPARED_MAX, clean_line, clean_text, fold


@pytest.mark.parametrize(
    "name",
    [
        "Ελληνική Εταιρεία ΑΕ",
        "ООО «Ромашка»",
        "株式会社日本",
        "O'Brien & Söhne",
        "محمد",
        "می‌خواهم",
        "葛\U000e0100城",
        "😀",
    ],
)
def test_names_of_all_scripts_are_kept(name: str) -> None:
    assert clean_line(name, field="name", required=True) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Acme   Ltd  ", "Acme Ltd"),
        ("Acme\u00a0\u2003Ltd", "Acme Ltd"),
        ("Acme\u2028Ltd", "Acme Ltd"),
        ("Acme Ltd\r\n", "Acme Ltd"),
        ("\tAcme Ltd\n", "Acme Ltd"),
        ("Cafe\u0301", "Café"),
        ("   ", ""),
    ],
)
def test_a_line_is_trimmed_normalized_and_its_blanks_are_made_one(typed: str, kept: str) -> None:
    assert clean_line(typed, field="name") == kept


@pytest.mark.parametrize("typed", ["a\nb", "a\tb", "a\r\nb", "a\rb"])
def test_a_line_with_a_break_or_tab_inside_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(InvalidInput, match="remove the line breaks and tabs") as refused:
        clean_line(typed, field="city")
    assert refused.value.field == "city"


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ue000", "\uffff", "\u202e", "\u2066", "\U000e0041"],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_cannot_be_printed_or_would_mislead_is_refused_by_its_code(character: str) -> None:
    for clean in (clean_line, clean_text):
        with pytest.raises(InvalidInput) as refused:
            clean(f"a{character}b", field="note")
        assert f"U+{ord(character):04X}" in refused.value.message
        assert character not in refused.value.message


@pytest.mark.parametrize("typed", ["", "   ", "\n", "\u200b", "\u200d \u2060", "\u00ad"])
def test_a_required_line_needs_something_that_can_be_seen(typed: str) -> None:
    with pytest.raises(InvalidInput, match="name is required"):
        clean_line(typed, field="name", required=True)


def test_a_text_keeps_its_lines_and_tabs() -> None:
    assert clean_text(" one\r\ntwo\rthree\n\tfour \n", field="note") == "one\ntwo\nthree\n\tfour"


def test_a_text_longer_than_its_limit_is_refused() -> None:
    assert len(clean_line("x" * 200, field="name")) == 200
    with pytest.raises(LimitExceeded, match="201 characters; at most 200"):
        clean_line("x" * 201, field="name")
    with pytest.raises(LimitExceeded, match="at most 2000"):
        clean_text("x" * 2001, field="note")


def test_a_text_that_its_normal_form_makes_longer_is_measured_in_that_form() -> None:
    # U+FB2C, a Hebrew letter with two points, is three characters in NFC.
    with pytest.raises(LimitExceeded, match="600 characters"):
        clean_line("\ufb2c" * 200, field="name")


@given(st.text(max_size=250))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    for clean in (clean_line, clean_text):
        try:
            kept = clean(typed, field="name")
        except Refusal:
            continue
        assert clean(kept, field="name") == kept
        assert len(kept) <= 2_000


@pytest.mark.parametrize("compare", [fold, lambda text: similar_names(text, ["Hotel Bristol"])])
def test_a_letter_with_half_a_million_accents_is_compared_at_once(compare: Callable[[str], object]) -> None:
    # Putting so many accents in order took minutes, in which nobody else was served: it is cut before.
    typed = "a" + "\u0301\u0327" * 250_000
    assert compare(typed) == compare(typed[:COMPARED_MAX])


def test_what_follows_many_blanks_still_tells_names_apart() -> None:
    assert fold("Hotel" + " " * 5_000 + "Bristol") == "hotel bristol"
    assert fold("Hotel" + "\u200b" * 5_000 + "s") == "hotels"


@pytest.mark.parametrize("word", ["null", "undefined", "None", " NULL ", "none"])
def test_a_word_that_programs_write_for_nothing_is_nothing_but_in_a_name_or_an_address(word: str) -> None:
    for field in ("note", "purchase_order", "lines[0].description", "client_reference", "reference", "phone"):
        assert clean_line(word, field=field) == ""
    assert clean_text(word, field="note") == ""
    with pytest.raises(InvalidInput, match="reason is required"):
        clean_line(word, field="reason", required=True)
    for field in ("name", "legal_name", "account_holder", "line1", "city"):
        assert clean_line(word, field=field) == word.strip()
    assert clean_line(f"Mr {word}", field="note") == f"Mr {word.strip()}"
