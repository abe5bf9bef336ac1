"""What does not fit in any tool: values that no field takes, and the check that they are refused and change nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.support.assistant import Assistant, text_of
from tests.tools.bakery import Arguments, Bakery, Made

Case = tuple[str, str, str, Arguments]
"""Code, field, tool and arguments; `{customer}` and the like stand for identifiers of the bakery."""

DOCUMENT_TOOLS = ("draft_invoice", "issue_invoice")
AT_ONCE = 25
"""Cases that are tried with the same open books, because opening them takes longer than being refused."""

GHOST = "0190163d8694739ea9cff3b48f3f1c4b"
UNPRINTABLE = {
    "control character": "Ro\x07lls",
    "escape sequence": "\x1b[31mRolls",
    "null": "Rolls\x00",
    "bidirectional override": "Ro\u202ells",
    "bidirectional isolate": "Ro\u2066lls",
    "tag character": "Rolls\U000e0041",
    "noncharacter": "Rolls\uffff",
}
NO_NUMBERS: dict[str, Any] = {
    "NaN as text": "NaN",
    "infinity as text": "Infinity",
    "exponent as text": "1e3",
    "exponent in capitals": "1E3",
    "hexadecimal": "0x10",
    "thousands separator": "1,000",
    "decimal comma": "12,5",
    "underscore": "1_000",
    "other digits": "\u0661\u0662",
    "plus sign": "+1",
    "point without digits": "1.",
    "a currency": "12.50 EUR",
    "13 digits": "1234567890123",
    "13 digits as number": 1234567890123,
    "7 decimals": "0.1234567",
    "7 decimals as number": 0.1234567,
    "float with 17 digits": 0.30000000000000004,
    "huge float": 1e300,
    "tiny float": 1e-300,
    "true": True,
    "a list": [1],
    "an object": {"value": 1},
}


async def assert_refused_and_unchanged(bakery: Bakery, cases: Sequence[Case]) -> None:
    before = bakery.contents()
    wrong = []
    async with bakery.chat() as chat:
        for code, field, tool, arguments in cases:
            sent = json.loads(_filled_in(json.dumps(arguments), bakery.made))
            error = await error_of(chat, tool, sent)
            if (error.get("code"), error.get("field", "")) != (code, field):
                wrong.append(f"{tool} {str(sent)[:200]}: wanted {code} of {field}, not {error}")
    assert not wrong, "\n".join(wrong)
    assert bakery.contents() == before


async def error_of(chat: Assistant, tool: str, arguments: Arguments) -> dict[str, Any]:
    """The error of a call, or an empty one where the call succeeded."""
    result = await chat.call(tool, **arguments)
    if not result.is_error:
        return {"code": "succeeded", "text": text_of(result)}
    assert result.meta is not None
    error: dict[str, Any] = result.meta["counterfoil/error"]
    return error


def _filled_in(text: str, made: Made) -> str:
    for name in ("customer", "item", "draft", "number", "cursor", "invoice", "paid", "payment", "credit_note"):
        text = text.replace(f"{{{name}}}", getattr(made, name))
    return text
