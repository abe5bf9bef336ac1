"""Document numbers: which patterns are sound, and the numbers they give."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents import Environment
from invoicing.numbering import check_pattern, number, period
from invoicing.refusals import InvalidInput

PATTERNS = ("{SEQ}", "INV-{YYYY}-{SEQ:5}", "{YY}{MM}-{SEQ:4}", "{SEQ}/{MM}.{YYYY}", "A_{SEQ:9}", "{YYYY}{SEQ}{MM}")
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize("pattern", [*PATTERNS, "{SEQ}" + "x" * 35, "LATEST-{SEQ}"])
def test_a_sound_pattern_is_answered_as_it_is(pattern: str) -> None:
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "INV-",
        "{SEQ}{SEQ}",
        "{SEQ}-{SEQ:5}",
        "{SEQ:0}",
        "{SEQ:10}",
        "{SEQ:}",
        "{seq}",
        "{DD}-{SEQ}",
        "{{SEQ}}",
        "{SE{SEQ}Q}",
        "INV {SEQ}",
        "INV-{SEQ}\n",
        "№{SEQ}",
        "=A1+{SEQ}",
        "Ä{SEQ}",
        "{SEQ}" + "x" * 36,
        "{MM}-{SEQ}",
        "TEST-{SEQ}",
        "test-{YYYY}-{SEQ}",
    ],
)
def test_an_unsound_pattern_is_refused_and_the_refusal_names_the_field(pattern: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_pattern(pattern, field="series_pattern")
    assert refused.value.field == "series_pattern"


@pytest.mark.parametrize(
    ("pattern", "sequence", "environment", "expected"),
    [
        ("INV-{YYYY}-{SEQ:5}", 42, Environment.LIVE, "INV-2026-00042"),
        ("INV-{YYYY}-{SEQ:5}", 42, Environment.SANDBOX, "TEST-INV-2026-00042"),
        ("INV-{YYYY}-{SEQ:5}", 123456, Environment.LIVE, "INV-2026-123456"),
        ("{YY}{MM}-{SEQ:4}", 7, Environment.LIVE, "2603-0007"),
        ("{SEQ}", 1, Environment.LIVE, "1"),
        ("{SEQ}/{MM}.{YYYY}", 9, Environment.LIVE, "9/03.2026"),
    ],
)
def test_a_number_is_the_pattern_filled_in(
    pattern: str, sequence: int, environment: Environment, expected: str
) -> None:
    filled = number(pattern, sequence=sequence, issue_date=date(2026, 3, 9), environment=environment)
    assert filled == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("INV-{SEQ}", ""),
        ("{YYYY}-{SEQ}", "2026"),
        ("{YY}-{SEQ}", "2026"),
        ("{YY}{MM}-{SEQ}", "2026-03"),
        ("{SEQ}/{MM}.{YYYY}", "2026-03"),
    ],
)
def test_the_sequence_starts_anew_with_the_smallest_period_of_the_pattern(pattern: str, expected: str) -> None:
    assert period(pattern, date(2026, 3, 31)) == expected


@given(st.sampled_from(PATTERNS), days, days, st.integers(1, 10**7), st.integers(1, 10**7))
def test_two_documents_of_a_series_never_get_the_same_number(
    pattern: str, day: date, other_day: date, sequence: int, other_sequence: int
) -> None:
    drawn = (period(pattern, day), sequence)
    other_drawn = (period(pattern, other_day), other_sequence)
    first = number(pattern, sequence=sequence, issue_date=day, environment=Environment.LIVE)
    second = number(pattern, sequence=other_sequence, issue_date=other_day, environment=Environment.LIVE)
    assert (first == second) == (drawn == other_drawn)
