"""The head of a guide says the same to us and to whoever reads it as YAML, or is refused."""

from __future__ import annotations

import pytest
import yaml  # type: ignore[import-untyped]  # It ships no type information.
from hypothesis import given
from hypothesis import strategies as st

from invoicing.assistance.frontmatter import taken_apart, with_head
from invoicing.refusals import InvalidInput
from invoicing.text.typed import clean_line

WRITTEN = st.text(alphabet=st.sampled_from("ab Z0-:#'\"\\[]{}&*!|>%@,?é~=\t."), max_size=12)
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=60)


def as_yaml(text: str) -> object:
    return yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))


@given(text=TEXTS)
def test_whatever_is_said_is_read_alike(text: str) -> None:
    said = clean_line(text, field="description", limit=1_000)
    written = with_head({"name": "packing", "description": said}, "# Pack\n")
    head, body = taken_apart(written)
    assert head == {"name": "packing", "description": said} == as_yaml(written)
    assert body == "# Pack\n"


@given(value=WRITTEN)
def test_what_somebody_writes_is_read_alike_or_refused(value: str) -> None:
    written = f"---\nname: {value}\n---\n"
    try:
        head, _ = taken_apart(written)
    except InvalidInput:
        return
    read = as_yaml(written)
    # A name without a text has others below it: none here.
    assert head == (read if head["name"] else {"name": {}})


def test_what_is_below_a_name_and_what_is_quoted_is_read_alike() -> None:
    written = "---\nname: packing\nmetadata:\n  author: 'It''s me'\n  version: \"1.0\"\nlicense: MIT\n---\nText\n"
    head, body = taken_apart(written)
    assert head == as_yaml(written)
    assert head["metadata"] == {"author": "It's me", "version": "1.0"}
    assert body == "Text\n"


@pytest.mark.parametrize("text", ["", "# Pack\n", "--\nname: x\n", " ---\nname: x\n---\n"])
def test_a_text_without_a_head_is_left_as_it_is(text: str) -> None:
    assert taken_apart(text) == ({}, text)
