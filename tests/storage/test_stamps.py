"""In what a file is another one than is wanted: one comparison, for every place that words it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.sqlite.engines import FileKind, Stamp
from storage.sqlite.stamps import Difference

WANTED = Stamp(FileKind.BOOKS, 5, "0199f3a0-0000-7000-8000-000000000001")
ANOTHERS = "0199f3a0-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        (WANTED, None),
        (replace(WANTED, kind=FileKind.DIRECTORY, schema_version=9), Difference.KIND),
        (replace(WANTED, organization_id=ANOTHERS, schema_version=4), Difference.ORGANIZATION),
        (replace(WANTED, organization_id=""), Difference.ORGANIZATION),
        (replace(WANTED, schema_version=4), Difference.OLDER),
        (replace(WANTED, schema_version=6), Difference.NEWER),
    ],
)
def test_what_weighs_most_is_the_difference(found: Stamp, difference: Difference | None) -> None:
    assert found.difference(WANTED) is difference


def test_whose_books_they_are_matters_only_where_somebodys_are_wanted() -> None:
    anybodys = replace(WANTED, organization_id="")
    assert WANTED.difference(anybodys) is None
    assert replace(WANTED, schema_version=4).difference(anybodys) is Difference.OLDER
