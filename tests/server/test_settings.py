"""Settings of the environment: each limit has a variable, and nonsense is refused before anything is served."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from invoicing.refusals import InvalidInput
from server.http.limits import Allowance
from server.settings import LIMITS, allowance_of, check_files_folder, read_settings

DOCS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_limit_has_a_variable_and_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `(COUNTERFOIL_\w+)` \| ([^|]+?) \|", DOCS.read_text("utf-8"), re.MULTILINE)
    defaults = {one.name: one.default for one in fields(Allowance)}
    assert set(LIMITS) == set(defaults)
    documented = {
        LIMITS[name].variable: str(default or "all there are files for") for name, default in defaults.items()
    }
    assert {name: default.replace(",", "") for name, default in rows if name in documented} == documented


def test_every_limit_is_read() -> None:
    given = {one.variable: str(one.least + 1 + position) for position, one in enumerate(LIMITS.values())}
    given |= {"COUNTERFOIL_CALLS_AT_ONCE": "9000", "COUNTERFOIL_DOWNLOADS": "9000", "COUNTERFOIL_STRANGERS": "9000"}
    given |= {"COUNTERFOIL_UPLOADS": "9000"}
    allowance = allowance_of(given)
    for name, one in LIMITS.items():
        assert getattr(allowance, name) == int(given[one.variable])
    assert allowance_of({}) == Allowance()


@pytest.mark.parametrize("text", ["", " ", "many", "-1", "1.5", "1e3", "0x10", "1_0", "\u0661", "9" * 13, "50;"])
@pytest.mark.parametrize("variable", ["COUNTERFOIL_CALLS_PER_SECOND", "COUNTERFOIL_SEND_SECONDS"])
def test_a_value_that_is_no_whole_number_in_bounds_is_refused(variable: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        allowance_of({variable: text})
    assert refused.value.field == variable
    assert f"{variable} must be a whole number from 1 to " in refused.value.message


def test_every_limit_has_bounds_that_hold_its_default() -> None:
    for name, one in LIMITS.items():
        default = getattr(Allowance(), name)
        assert one.least <= default <= one.most or (name, default) == ("connections", 0)
        for beyond in (one.least - 1, one.most + 1):
            with pytest.raises(InvalidInput):
                allowance_of({one.variable: str(beyond)})


@pytest.mark.parametrize(
    "given",
    [
        {"COUNTERFOIL_CALLS_AT_ONCE": "4"},
        {"COUNTERFOIL_CALLS_AT_ONCE": "8"},
        {"COUNTERFOIL_DOWNLOADS": "2"},
        {"COUNTERFOIL_STRANGERS_EACH": "300"},
        {"COUNTERFOIL_UPLOADS": "2"},
    ],
)
def test_limits_that_contradict_each_other_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        allowance_of(given)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hush@books.example",
        "https://user@books.example",
        "https://@books.example",
        "https://books.example/x",
        "https://books.example?x",
        "https://books.example?",
        "https://books.example#x",
        "https://books.example#",
        "https://books.example:99999",
        "https://books.example:0",
        "https://books.example:hush",
        "https://:8750",
        "https://",
        "books.example",
        "ftp://books.example",
        "https://books example",
        "https://books.example\\evil.example",
        "https://b\u00fccher.example",
        "https://[::1",
        "https://books..example",
    ],
)
def test_a_public_url_is_a_scheme_and_a_host_and_a_password_in_it_is_not_repeated(url: str, tmp_path: Path) -> None:
    # F27: a password in the URL was published to everybody who connected.
    with pytest.raises(InvalidInput) as refused:
        read_settings(tmp_path, url)
    assert refused.value.field == "public_url"
    assert "hush" not in refused.value.message


@pytest.mark.parametrize(
    ("url", "known_as"),
    [
        ("https://books.example", "https://books.example"),
        ("https://books.example/", "https://books.example"),
        ("HTTPS://Books.Example:443", "https://books.example"),
        ("http://books.example:80/", "http://books.example"),
        ("https://books.example:8443", "https://books.example:8443"),
        ("http://127.0.0.1:8750", "http://127.0.0.1:8750"),
        ("http://[::1]:8750", "http://[::1]:8750"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("", ""),
    ],
)
def test_a_public_url_is_kept_as_clients_write_it(url: str, known_as: str, tmp_path: Path) -> None:
    assert read_settings(tmp_path, url).public_url == known_as


def test_a_password_in_the_environment_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERFOIL_PUBLIC_URL", "https://user:hush@books.example")
    with pytest.raises(InvalidInput):
        read_settings(tmp_path)


def test_a_folder_of_files_is_named_by_an_option_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings(tmp_path).files is None
    monkeypatch.setenv("COUNTERFOIL_FILES", " ")
    assert read_settings(tmp_path).files is None
    monkeypatch.setenv("COUNTERFOIL_FILES", str(tmp_path))
    assert read_settings(tmp_path).files == tmp_path
    monkeypatch.chdir(tmp_path)
    assert read_settings(tmp_path, files=Path("other")).files == tmp_path / "other"


def test_a_folder_of_files_that_is_none_is_refused_where_it_is_named(tmp_path: Path) -> None:
    check_files_folder(read_settings(tmp_path))
    check_files_folder(read_settings(tmp_path, files=tmp_path))
    (tmp_path / "file").touch()
    for none in ("nothing", "file"):
        with pytest.raises(InvalidInput) as refused:
            check_files_folder(read_settings(tmp_path, files=tmp_path / none))
        assert refused.value.field == "files"
