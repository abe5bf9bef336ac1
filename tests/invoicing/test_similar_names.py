"""Names that may have been meant: alike in every word, in any order and case, and never at any price."""

from __future__ import annotations

import pytest

from invoicing.similar_names import NAMES_COMPARED_MAX, similar_names

NAMES = ("Hotel Bristol Ltd", "Hotel Bristol", "Grand Hotel", "Croissants", "finch-studio-2-sandbox", "Bäckerei Huber")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Hotl Bristol", ["Hotel Bristol", "Hotel Bristol Ltd"]),
        ("bristol HOTEL", ["Hotel Bristol", "Hotel Bristol Ltd"]),
        ("Bristol", ["Hotel Bristol", "Hotel Bristol Ltd"]),
        ("croisant", ["Croissants"]),
        ("Finch Studio", ["finch-studio-2-sandbox"]),
        ("Backerei Hueber", ["Bäckerei Huber"]),
        ("Hotel Paris", []),
        ("Grand Bristol", []),
        ("", []),
        ("...", []),
        ("Bristol" * 20, []),
    ],
)
def test_a_name_is_similar_where_every_word_that_is_wanted_has_a_counterpart(wanted: str, found: list[str]) -> None:
    assert similar_names(wanted, NAMES) == found


def test_only_so_many_names_are_compared_and_told() -> None:
    names = [f"Hotel {number}" for number in range(NAMES_COMPARED_MAX)]
    assert similar_names("Hotel", names) == ["Hotel 0", "Hotel 1", "Hotel 10", "Hotel 100", "Hotel 101"]
    assert similar_names("Croissants", [*names, "Croissants"]) == []
