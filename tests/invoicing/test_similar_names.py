"""Names that may have been meant: alike in every word, in any order and case, and never at any price."""

from __future__ import annotations

import pytest

from invoicing.master_data.similar_names import NAMES_COMPARED_MAX, fragments, similar_names
from tests.support.steps import steps_of

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


COMPANIES = (
    "Hotel Bristol",
    "Café Müller",
    "Grün GmbH",
    "Gruen Consulting",
    "Rossi S.r.l.",
    "Nordic Oy",
    "Ελαιώνας ΑΕ",
    "Водоканал",
    "Harbour Bakery",
    "Bud sp. z o.o.",
    "Smith & Sons",
    "Straße & Brücke OHG",
    "Łódzkie Meble",
    "Ångström AB",
    "Sørensen A/S",
    "Ltd",
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        # Legal forms, as they are written and as initials.
        ("Hotel Bristol Ltd", ["Hotel Bristol"]),
        ("Hotel Bristol GmbH & Co. KG", ["Hotel Bristol"]),
        ("Rossi SpA", ["Rossi S.r.l."]),
        ("ROSSI SRL", ["Rossi S.r.l."]),
        ("Nordic AB", ["Nordic Oy"]),
        ("Bud spółka z o.o.", ["Bud sp. z o.o."]),
        ("Sorensen ApS", ["Sørensen A/S"]),
        ("Ltd", ["Ltd"]),
        # One sound, written in three ways.
        ("Grün", ["Grün GmbH", "Gruen Consulting"]),
        ("Gruen", ["Grün GmbH", "Gruen Consulting"]),
        ("Grun", ["Grün GmbH", "Gruen Consulting"]),
        ("Cafe Muller", ["Café Müller"]),
        ("Cafe Mueller", ["Café Müller"]),
        ("Strasse und Bruecke", ["Straße & Brücke OHG"]),
        ("Lodzkie Meble", ["Łódzkie Meble"]),
        ("Angstrom", ["Ångström AB"]),
        ("Aangstroem", ["Ångström AB"]),
        # Another script.
        ("Elaionas", ["Ελαιώνας ΑΕ"]),
        ("ΕΛΑΙΩΝΑΣ", ["Ελαιώνας ΑΕ"]),
        ("Vodokanal", ["Водоканал"]),
        # Slips, order, words run together, words besides.
        ("Hotel Brsitol", ["Hotel Bristol"]),
        ("Bristol Hotel", ["Hotel Bristol"]),
        ("HarbourBakery", ["Harbour Bakery"]),
        ("Harb", ["Harbour Bakery"]),
        ("Hotel Bristol London", ["Hotel Bristol"]),
        ("Smith and Sons Ltd", ["Smith & Sons"]),
        ("Hotel Savoy", []),
        ("Bristol Savoy Carlton", []),
    ],
)
def test_what_is_said_besides_and_how_a_name_is_written_do_not_matter(wanted: str, found: list[str]) -> None:
    assert similar_names(wanted, COMPANIES) == found


def test_the_same_legal_form_comes_first_among_names_that_are_alike() -> None:
    assert similar_names("Hotel Bristl Ltd", ["Hotel Bristol", "Hotel Bristol GmbH", "Hotel Bristol Ltd"]) == [
        "Hotel Bristol Ltd",
        "Hotel Bristol",
        "Hotel Bristol GmbH",
    ]


def test_a_handful_is_told_of_as_many_names_as_are_given_and_in_linear_time() -> None:
    names = [f"Hotel {number} {'Savoy' * (number % 7)}" for number in range(NAMES_COMPARED_MAX)]
    assert len(similar_names("Hotel", names)) == 5
    assert similar_names("Croisant", [*names, "Croissants"]) == ["Croissants"]
    few = steps_of(lambda: similar_names("Hotel", names[:100]))
    assert steps_of(lambda: similar_names("Hotel", names[:1_000])) < 12 * few


def test_fragments_are_of_the_name_alone_and_few() -> None:
    assert fragments("Hotel Müller Ltd") == ["hot", "ote", "tel", "mul", "ull", "lle", "ler"]
    assert fragments("Ab") == fragments("") == []
    assert fragments("Xi") == ["xi"]
    assert len(fragments("many different words " * 9)) <= 12
