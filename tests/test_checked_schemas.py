"""A schema that the suite has checked once is taken as checked; one that is none is refused each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, SchemaError  # type: ignore[import-untyped]  # It ships no type information.


def test_what_is_no_schema_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(SchemaError):
            Draft202012Validator.check_schema({"type": "nothing that there is"})


def test_a_schema_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, look = 0, Draft202012Validator.iter_errors

    def counted(self: Any, *given: Any, **named: Any) -> Iterator[Any]:
        nonlocal looked
        looked += 1
        yield from look(self, *given, **named)

    monkeypatch.setattr(Draft202012Validator, "iter_errors", counted)
    for wanted in (1, 1, 2):
        schema = {"type": "object", "title": f"Seen {wanted}"}
        Draft202012Validator.check_schema(schema)
        assert looked == wanted
