"""Name and description of a line (BT-153, BT-154): both print, and a text is never said twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from invoicing.credit.crediting import credit
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.copying import filled_from
from invoicing.document.documents import Document, Supply
from invoicing.document.drafting import RequestedDocument, tax_setting
from invoicing.document.warnings import warnings_for
from invoicing.exports.cells import line_cells
from invoicing.master_data.records import Item
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal
from tests.support.printed import invoice, printed
from tests.support.samples import TODAY, circumstances, composed, customer, line, request

CROISSANT = Item(id="itm_1", name="Croissant", description="mit Butter")


def made(stated: str, item: Item | None = CROISSANT) -> Document:
    asked = replace(line("2.50"), description=stated, item=item.id if item else "")
    return composed(request(asked), circumstances(items=(item,) if item else ())).document


@pytest.mark.parametrize(
    ("stated", "item", "title", "details"),
    [
        ("", CROISSANT, "Croissant", "mit Butter"),
        ("mit Schokolade", CROISSANT, "Croissant", "mit Schokolade"),
        ("", replace(CROISSANT, description=""), "Croissant", ""),
        ("mit Butter", replace(CROISSANT, description=""), "Croissant", "mit Butter"),
        ("Mit Butter", None, "Mit Butter", ""),
        # A description that begins with the name says it already.
        ("Croissant mit Butter", CROISSANT, "Croissant mit Butter", ""),
        ("croissant", CROISSANT, "croissant", ""),
        ("Croissants vom Vortag", CROISSANT, "Croissant", "Croissants vom Vortag"),
    ],
)
def test_a_line_has_the_name_of_its_item_and_what_is_said_besides(
    stated: str, item: Item | None, title: str, details: str
) -> None:
    (found,) = made(stated, item).lines
    assert (found.title, found.details) == (title, details)


def test_a_line_with_one_text_has_the_canonical_text_that_it_always_had() -> None:
    assert '"name":' not in document_text(made("Mit Butter", None)).partition('"lines"')[2].partition("]")[0]
    both = made("")
    assert '"description":"mit Butter"' in document_text(both)
    assert '"name":"Croissant"' in document_text(both)
    assert document_from_text(document_text(both)) == both


def test_a_credit_note_and_the_rows_of_an_export_have_both() -> None:
    both = replace(made(""), id="inv_1", number="INV-1")
    (taken,) = credit(both, [], None, reason="Stale", issue_date=both.issue_date, series="CN").lines
    assert (taken.title, taken.details) == ("Croissant", "mit Butter")
    cells = line_cells(both.lines[0], 1, "GBP")
    assert (cells["item_name"], cells["description"]) == ("Croissant", "mit Butter")
    assert line_cells(made("Mit Butter", None).lines[0], 1, "GBP")["item_name"] == "Mit Butter"


@pytest.mark.parametrize("archived", [False, True])
def test_a_copy_has_both_also_where_the_item_is_archived_by_now(archived: bool) -> None:
    first = made("")
    given = circumstances(items=() if archived else (CROISSANT,))
    copy = filled_from(
        RequestedDocument(customer="", lines=()),
        first,
        customer=customer("GB"),
        setting=tax_setting(given, currency="GBP", tax_point=TODAY),
        overridden=False,
    )
    (again,) = composed(copy, given).document.lines
    assert (again.title, again.details) == ("Croissant", "mit Butter")


def test_characters_of_a_name_that_cannot_be_printed_are_warned_of() -> None:
    given = circumstances(items=(replace(CROISSANT, name="可頌"),))
    shown = composed(request(replace(line("2.50"), description="mit Butter", item="itm_1")), given)
    found = warnings_for(shown.document, profile=given.profile, customer=given.customer, today=TODAY)
    assert [notice.code for notice in found] == ["seller_tax_number_missing", "unprintable"]


def test_the_paper_shows_name_description_and_the_lines_own_dates() -> None:
    plain = invoice("DE", count=2)
    first, second = plain.lines
    parts = replace(
        plain,
        supply_date=date(2026, 2, 1),
        supply_end=date(2026, 3, 10),
        lines=(
            replace(first, name="Croissant", description="mit Butter\naus der Normandie", supply=Supply.GOODS),
            replace(second, supply_date=date(2026, 2, 1), supply_end=date(2026, 2, 28)),
        ),
    )
    text = printed(parts)
    assert "Croissant" in text
    assert text.index("Croissant") < text.index("mit Butter") < text.index("aus der Normandie")
    assert "Leistungszeitraum 01.02.2026 – 28.02.2026" in text
    one_day = replace(parts, lines=(first, replace(second, supply_date=date(2026, 2, 1))))
    assert "Leistungsdatum 01.02.2026" in printed(one_day)


def test_the_line_of_the_buyers_order_is_asked_for_frozen_printed_exported_credited_and_copied() -> None:
    """BT-132 of EN 16931, for a purchase order (BT-13) with several lines."""
    asked = request(replace(line("2.50"), order_line=" 30 "), line("1"), purchase_order="PO-7")
    ordered = replace(composed(asked).document, id="inv_1", number="INV-1")
    assert [one.order_line for one in ordered.lines] == ["30", ""]
    text = document_text(ordered)
    assert text.count('"order_line"') == 1
    assert document_from_text(text) == ordered
    assert [line_cells(one, 1, "GBP")["order_line"] for one in ordered.lines] == ["30", ""]
    assert "Order line 30" in printed(ordered)
    assert "Bestellposition / Order line 30" in printed(replace(ordered, locale="de_DE", second_language="en"))
    assert "Order line 30" in printed(replace(ordered, purchase_order=""))
    note = credit(ordered, [], None, reason="Stale", issue_date=ordered.issue_date, series="CN")
    assert note.lines[0].order_line == "30"
    setting = tax_setting(circumstances(), currency="GBP", tax_point=TODAY)
    empty = replace(asked, lines=())
    copy = filled_from(empty, ordered, customer=customer("GB"), setting=setting, overridden=False)
    assert [one.order_line for one in copy.lines] == ["30", ""]


@pytest.mark.parametrize(("stated", "code"), [("x" * 101, LimitExceeded), ("3\n0", InvalidInput)])
def test_the_line_of_an_order_is_a_text_of_one_line(stated: str, code: type[Refusal]) -> None:
    with pytest.raises(code) as refused:
        composed(request(replace(line("2.50"), order_line=stated)))
    assert refused.value.field == "lines[0].order_line"


def test_a_draft_warns_where_the_line_of_an_order_cannot_be_printed() -> None:
    given = circumstances()
    found = composed(request(replace(line("2.50"), order_line="三十")), given).document
    said = warnings_for(found, profile=given.profile, customer=given.customer, today=TODAY)
    assert "unprintable" in [warning.code for warning in said]
