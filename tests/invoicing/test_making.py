"""Lines that are made of their values: the same as those that their class makes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from invoicing.document.documents import PricedLine, Supply
from invoicing.document.making import maker


def test_a_line_is_the_one_that_its_class_makes() -> None:
    made = maker(PricedLine, ("unit_price", "quantity", "supply"))((Decimal("2.5"), Decimal(3), Supply.SERVICES))
    assert made == PricedLine(quantity=Decimal(3), unit_price=Decimal("2.5"), supply=Supply.SERVICES)
    assert repr(made) == repr(PricedLine(quantity=Decimal(3), unit_price=Decimal("2.5"), supply=Supply.SERVICES))
    with pytest.raises(FrozenInstanceError):
        made.unit = "h"  # type: ignore[misc]  # It is frozen.


def test_a_line_lacks_none_of_what_it_must_have() -> None:
    with pytest.raises(TypeError):
        maker(PricedLine, ("quantity",))
    make = maker(PricedLine, ("quantity", "unit_price"))
    with pytest.raises(ValueError, match="shorter"):
        make((Decimal(3),))
