"""Where a sign-in leads on: to a page of this site, and nowhere else."""

from __future__ import annotations

import pytest

from server.pages.identity.addresses import local_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", "/"),
        ("/account?x=1#y", "/account?x=1#y"),
        ("", "/"),
        ("account", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/ /evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/ä", "/"),
        ("/" + "x" * 2_000, "/"),
    ],
)
def test_what_comes_next_is_a_path_of_this_site(text: str, path: str) -> None:
    assert local_path(text) == path
