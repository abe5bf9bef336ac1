"""The lists of tests that a store runs or leaves out name tests that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.on_both import ON_BOTH
from tests.support.sqlite_alone import SQLITE_ALONE

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("listed", [SQLITE_ALONE, ON_BOTH], ids=["sqlite_alone", "on_both"])
def test_each_name_is_that_of_a_file_or_begins_that_of_a_test_in_it(listed: tuple[str, ...] | dict[str, str]) -> None:
    for one in listed:
        file, _, test = one.partition("::")
        named, of_parameters, _ = test.partition("[")
        assert f"def {named}{'(' if of_parameters else ''}" in (ROOT / file).read_text("utf-8"), one
