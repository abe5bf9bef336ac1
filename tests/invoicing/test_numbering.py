"""Document numbers: which patterns are sound, and the numbers they give."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.document.numbering import check_pattern, may_collide, number, period
from invoicing.organizations import Environment
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
        "../{SEQ}",
        "..{SEQ}",
        "/{SEQ}",
        "{SEQ}/",
        "-{SEQ}",
        "{SEQ}-",
        "{SEQ}.",
        "_{SEQ}_",
        "A//{SEQ}",
        "A..{SEQ}",
        "A/../{SEQ}",
        "A/./{SEQ}",
        "A-/{SEQ}",
        "{YYYY}--{SEQ}",
        " INV-{SEQ}",
        "INV-{SEQ} ",
        "INV\x00{SEQ}",
        "INV\x1b{SEQ}",
        "INV\t{SEQ}",
        "\u202eINV{SEQ}",
        "INV\u200b{SEQ}",
        "INV\\{SEQ}",
        "\u0399NV-{SEQ}",
        "\u0421N-{SEQ}",
        "\u017fEQ{SEQ}",
        "\uff29NV{SEQ}",
        "INV\u2010{SEQ}",
        "\u0661{SEQ}",
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


@pytest.mark.parametrize(
    ("one", "other", "collide"),
    [
        ("INV-{YYYY}-{SEQ:5}", "INV-{YYYY}-{SEQ:5}", True),
        ("INV-{YYYY}-{SEQ:5}", "inv-{YYYY}-{SEQ:3}", True),
        ("INV-{YYYY}-{SEQ:5}", "INV-2026-{SEQ}", True),
        ("INV-{YYYY}-{SEQ:5}", "INV-{SEQ}", False),
        ("INV-{YYYY}-{SEQ:5}", "WEB-{YYYY}-{SEQ:5}", False),
        ("INV{SEQ}", "INV{YYYY}{SEQ:5}", True),
        ("INV-{YY}{SEQ:3}", "INV-{YYYY}{SEQ}", True),
        ("A{SEQ}", "A1{SEQ}", True),
        ("S1-{SEQ}", "S2-{SEQ}", False),
        ("0{SEQ:9}", "1{SEQ:9}", False),
        ("{SEQ}A", "{SEQ}", False),
        ("{SEQ:3}/{MM}{YY}", "12{SEQ}/{YYYY}", True),
    ],
)
def test_two_patterns_collide_where_one_number_can_come_of_both(one: str, other: str, collide: bool) -> None:
    assert may_collide(one, other) is collide
    assert may_collide(other, one) is collide


_PATTERNS = (
    st.lists(st.sampled_from(["A", "-", "1", "2", "{YY}", "{MM}"]), max_size=4)
    .map("".join)
    .flatmap(lambda text: st.sampled_from([f"{text}{{SEQ}}", f"{{SEQ:2}}{text}", f"{text}{{SEQ:3}}{text}"]))
)


@given(
    _PATTERNS,
    _PATTERNS,
    st.lists(st.integers(1, 2_000), min_size=1, max_size=20),
    st.lists(st.integers(1, 2_000), min_size=1, max_size=20),
)
def test_patterns_that_do_not_collide_never_give_the_same_number(
    one: str, other: str, sequences: list[int], others: list[int]
) -> None:
    def made(pattern: str, counts: list[int]) -> set[str]:
        day = date(2026, 3, 16)
        return {number(pattern, sequence=at, issue_date=day, environment=Environment.LIVE) for at in counts}

    if made(one, sequences) & made(other, others):
        assert may_collide(one, other)
