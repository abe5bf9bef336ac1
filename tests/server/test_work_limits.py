"""Settings of the environment: read once, within their bounds, and named in the refusal."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from invoicing.refusals import InvalidInput
from server.settings import read_settings
from storage.work.limits import Limits

ROOT = Path(__file__).parents[2]
NUMBERS = {
    "COUNTERFOIL_WORKERS": "processes",
    "COUNTERFOIL_WORKERS_EACH": "renderings_each",
    "COUNTERFOIL_WORKER_MIB": "memory_mib",
    "COUNTERFOIL_EXPORTS_AT_ONCE": "exports",
    "COUNTERFOIL_EXPORTS_AT_ONCE_EACH": "exports_each",
    "COUNTERFOIL_READS_AT_ONCE": "reads",
    "COUNTERFOIL_READS_AT_ONCE_EACH": "reads_each",
    "COUNTERFOIL_WAITING_EACH": "waiting",
    "COUNTERFOIL_EXPORTS_A_DAY": "exports_a_day",
    "COUNTERFOIL_EXPORT_MIB_A_DAY": "export_mib_a_day",
    "COUNTERFOIL_EXPORTS_KEPT_DAYS": "exports_kept_days",
    "COUNTERFOIL_BOOKS_AWAKE": "books_awake",
    "COUNTERFOIL_ACTIVITY_ROWS": "activity_rows",
    "COUNTERFOIL_ACTIVITY_DAYS": "activity_days",
}


def test_nobody_has_more_than_a_third_of_the_processes_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = read_settings().limits
    assert usual.processes == usual.renderings == min((os.cpu_count() or 1) + 1, 8)
    assert usual.renderings_each == max(1, usual.processes // 3)
    monkeypatch.setenv("COUNTERFOIL_WORKERS", "12")
    assert read_settings().limits.renderings_each == 4


@pytest.mark.parametrize("name", NUMBERS)
def test_each_limit_is_a_setting_that_is_documented(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "600" if name.endswith("_MIB") else "7")
    assert getattr(read_settings().limits, NUMBERS[name]) == (600 if name.endswith("_MIB") else 7)
    assert f"`{name}`" in (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(NUMBERS.values()) | {"renderings"} == {one.name for one in fields(Limits)}


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "9" * 30, "٣"])
def test_what_is_no_number_within_bounds_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERFOIL_WORKERS", value)
    with pytest.raises(InvalidInput, match=re.escape("COUNTERFOIL_WORKERS must be a whole number from 1 to 64.")):
        read_settings()
