"""A page names the fields of what it refuses as its form calls them."""

from __future__ import annotations

import pytest

from server.pages.refused_words import in_words


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ("lines[0].unit_price must be a number, such as 12.50.", "Line 1, Price must be a number, such as 12.50."),
        ("customer: no customer here has this id.", "Customer: no customer here has this id."),
        ("issued_from lies after issued_to.", "From lies after “to”."),
        ("vat_id must be complete.", "VAT number must be complete."),
        (
            "amount: 5.00 GBP is owed. If that was really paid, repeat with accept_overpayment.",
            "Amount: 5.00 GBP is owed. If that was really paid, tick that more was paid than is owed, and send it"
            " again.",
        ),
        # What is no field, and what somebody chose, stays as it is.
        ("customer Hotel is archived.", "customer Hotel is archived."),
        ("days_early must be a number.", "days_early must be a number."),
        ("name_of_nobody: is there already.", "name_of_nobody: is there already."),
    ],
)
def test_fields_are_called_as_a_form_calls_them(refused: str, said: str) -> None:
    assert in_words(refused) == said
