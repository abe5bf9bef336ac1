"""A log record is one line, whoever's words are in it: a text with a line break writes no line of its own."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError

from server.console import complain, say
from server.logs import OneLineFormatter
from tests.support.assistant import ERAS, Era, assistant
from tests.support.practice import practice

FORGED = "2026-03-18 12:00:00 ERROR counterfoil: all is lost"
BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
def test_a_text_in_a_record_begins_no_line(line_break: str) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    log = logging.Logger("counterfoil")
    log.addHandler(handler)
    log.warning("not a host: %s", f"x{line_break}{FORGED}")
    assert written.getvalue().splitlines() == [f"WARNING counterfoil: not a host: x / {FORGED}"]
    try:
        raise ValueError(f"x{line_break}{FORGED}")
    except ValueError:
        log.exception("incident inc_1 while calling find_items")
    _, first, *rest = written.getvalue().splitlines()
    assert first == "ERROR counterfoil: incident inc_1 while calling find_items"
    assert all(line.startswith("    ") for line in rest)
    assert FORGED in rest[-1]


@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
def test_a_command_prints_a_text_on_one_line(capsys: pytest.CaptureFixture[str], line_break: str) -> None:
    say(f"\nHarbour Bakery: x{line_break}Acme (acme-sandbox)")
    complain(f"x{line_break}{FORGED}")
    printed = capsys.readouterr()
    assert printed.out == "\nHarbour Bakery: x / Acme (acme-sandbox)\n"
    assert printed.err == f"counterfoil: x / {FORGED}\n"


@pytest.mark.parametrize("era", ERAS)
async def test_a_prompt_that_there_is_not_is_refused_and_leaves_nothing_in_the_log(
    tmp_path: Path, era: Era, caplog: pytest.LogCaptureFixture
) -> None:
    async with practice(tmp_path) as one, assistant(one.office, era) as chat:
        with pytest.raises(MCPError) as refused:
            await chat.client.get_prompt(f"nobody\n{FORGED}")
        assert FORGED not in refused.value.error.message
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
