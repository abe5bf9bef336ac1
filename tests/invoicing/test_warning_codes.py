"""Each warning's code is told in docs/warnings.md: an accountant looks it up before acknowledging it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from invoicing.countries import COUNTRY_CODES, country
from invoicing.tax.choice import BUSINESS_WITHOUT_NUMBER
from operations.drafts import NOT_READY_FOR_LIVE

ROOT = Path(__file__).parents[2]
MAKERS = ("Notice", "said", "_said")


def codes_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_code_of_a_warning_is_told() -> None:
    made = {
        code
        for folder in ("invoicing", "operations")
        for path in (ROOT / folder).rglob("*.py")
        for code in codes_in(path)
    }
    particulars = {
        one.code.replace("-", "_") for code in COUNTRY_CODES for one in country(code).requirements if not one.required
    }
    text = (ROOT / "docs" / "warnings.md").read_text("utf-8")
    told = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", text))
    assert len(made) > 30
    assert (made | particulars | {BUSINESS_WITHOUT_NUMBER, NOT_READY_FOR_LIVE}) - told == set()
