"""One table says how long each text of a record may be, in which form it is kept, and whether it can be emptied."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from importlib.resources import files

import pytest

from invoicing.countries.identifiers import NUMBER_FIELDS
from invoicing.master_data.fields import CUSTOMER, ITEM, Fields, clearable
from invoicing.master_data.profile_fields import PROFILE
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.render.labels import LANGUAGES

TABLES = {"customer": (CUSTOMER, Customer), "item": (ITEM, Item), "profile": (PROFILE, Profile)}
# What no table has: what the books or the country decide, and what is no text of the user's own.
NOT_TYPED = {"id"}
DECIDED_BY_THE_COUNTRY = {"name", "country", *NUMBER_FIELDS}
OTHER_WAYS = {"first_name", "last_name", "house_number", "address_text", "tax_rate"}
KEPT_BY_DUTIES = {"particulars"}
NOT_OF_THE_USER = {"environment", "accounting_standard", "tax_system", "chart_of_accounts", "logo", "logo_sha256"}
MANY_LINES = {"note", "description", "footer"}


@pytest.mark.parametrize("record", TABLES)
def test_every_text_of_a_record_stands_in_its_table(record: str) -> None:
    table, kind = TABLES[record]
    texts = {field.name for field in fields(kind) if field.type in ("str", "Supply | None")} - NOT_TYPED
    if record == "profile":
        texts -= DECIDED_BY_THE_COUNTRY | NOT_OF_THE_USER | KEPT_BY_DUTIES
    assert texts <= set(table), texts - set(table)


@pytest.mark.parametrize("record", TABLES)
def test_a_table_has_no_field_that_the_record_lacks(record: str) -> None:
    table, kind = TABLES[record]
    assert set(table) <= {field.name for field in fields(kind)}


@pytest.mark.parametrize("kind", ["customers", "items"])
def test_every_column_of_an_import_is_a_field(kind: str) -> None:
    """Or says one in another way: by the names of a person, in parts of an address or in whole, by a rate."""
    table, record = TABLES[kind.removesuffix("s")]
    known = set(table) | {field.name for field in fields(record)} | {"address", *OTHER_WAYS}
    languages = [file for file in files("invoicing.importing.headings").iterdir() if file.name.endswith(".toml")]
    assert len(languages) == len(LANGUAGES)
    for file in languages:
        found = set(tomllib.loads(file.read_text("utf-8")).get(kind, {}))
        assert found <= known, (file.name, found - known)


@pytest.mark.parametrize(
    ("record", "name"),
    [(record, name) for record, (table, _) in TABLES.items() for name, field in table.items() if field.form is None],
)
def test_a_text_of_the_longest_length_is_kept_and_a_longer_one_refused(record: str, name: str) -> None:
    table: Fields = TABLES[record][0]
    longest = "x" * table[name].limit
    assert table[name].checked(name, longest) == longest
    with pytest.raises(LimitExceeded):
        table[name].checked(name, longest + "x")
    assert (table[name].lines > 1) == (name in MANY_LINES)


@pytest.mark.parametrize("record", TABLES)
def test_a_field_can_be_emptied_unless_it_is_needed(record: str) -> None:
    table = TABLES[record][0]
    for name, field in table.items():
        if name in clearable(table):
            assert field.checked(name, "  ") == ""
        else:
            with pytest.raises(InvalidInput) as refused:
                field.checked(name, "  ")
            assert refused.value.field == name
