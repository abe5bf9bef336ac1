"""What sellers must say of themselves by country and legal form: the data, and the texts that come of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib import import_module

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.mandates import BuyerKind
from invoicing.countries.particulars import PLACEHOLDER, parse_seller_rules, seller_rules
from invoicing.countries.particulars.model import LEGAL_FORM, LegalForm, ParticularField, SellerRules
from invoicing.document.law_of_form import law_of_form
from invoicing.document.particulars import legal_information, legal_terms, seller_particulars
from invoicing.document.readiness import particulars_hints
from invoicing.master_data.particulars import check_particular, lacking, particulars_text, stated_particulars
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput
from tests.support import particulars_table
from tests.support.samples import circumstances, customer, document, line, request

EXAMPLES = {
    "be.vat": "0403.170.701",
    "ch.uid": "CHE-100.155.212",
    "dk.cvr": "13585628",
    "ee.registrikood": "12345678",
    "fi.ytunnus": "2077474-0",
    "no.orgnr": "988 077 917",
    "pl.regon": "192598184",
    "se.orgnr": "556703-7485",
}

OF_A_SHAPE = [
    *("12345678", "123456789", "12345678901", "1234567890", "123456", "01-09-123456", "J40/1234/2020", "HRB 12345"),
    *("FN 123456a", "W751234567", "B123456", "MI-1234567", "A123456", "HE 123456", "C 12345"),
    *("oddíl C, vložka 12345", "oddiel Sro, vložka č. 12345/B"),
]


def seller(place: str, **fields: str) -> Profile:
    rules = country(place)
    return replace(
        Profile(
            name="Muster", environment=Environment.LIVE, country=place, locale=rules.locale, currency=rules.currency
        ),
        city="Anytown",
        **fields,  # type: ignore[arg-type]  # Fields that are texts.
    )


def with_particulars(profile: Profile, **stated: str) -> Profile:
    known = dict(stated_particulars(profile)) | {
        code: check_particular(profile, code, text) for code, text in stated.items()
    }
    return replace(profile, particulars=particulars_text(known))


def example(field: ParticularField) -> str:
    """A value that fits the field."""
    if field.kind == "flag":
        return "true"
    if field.kind == "amount":
        return "10000.50"
    if field.choices:
        return field.choices[0]
    if field.module:
        return EXAMPLES[field.module]
    if not field.shape:
        return f"<{field.code}>"
    return next(one for one in OF_A_SHAPE if re.fullmatch(field.shape, one))


def whole(rules: SellerRules, form: LegalForm) -> Profile:
    """A seller of this form that has stated all that it can."""
    profile = with_particulars(seller(rules.country, registration_number="<number>"), legal_form=form.code)
    fields = [field for field in rules.fields_of(form.code) if field.code != LEGAL_FORM]
    return with_particulars(profile, **{field.code: example(field) for field in fields})


FORMS = [(place, form.code) for place in COUNTRY_CODES for form in seller_rules(place).forms]


@pytest.mark.parametrize("place", COUNTRY_CODES)
def test_every_country_says_what_its_sellers_state_and_by_which_law(place: str) -> None:
    rules = seller_rules(place)
    assert rules.country == place
    written = [one for form in rules.forms for one in (form.code, *form.also)]
    assert {form.kind for form in rules.forms} >= {"company", "sole_trader", "association"}
    assert len({one for form in rules.forms for one in [form.code]}) == len(rules.forms)
    for duty in rules.duties:
        assert duty.law
        assert duty.source
        assert duty.checked >= date(2026, 11, 29)
    for field in rules.fields.values():
        assert not field.module or import_module(f"stdnum.{field.module}").is_valid(EXAMPLES[field.module])
        assert not (field.kind == "flag" and field.default)
    assert all(written)


@pytest.mark.parametrize(("place", "form"), FORMS)
def test_whoever_states_all_of_it_lacks_nothing_and_prints_each_of_it_in_each_language(place: str, form: str) -> None:
    rules = seller_rules(place)
    found = rules.form(form)
    assert found is not None
    profile = whole(rules, found)
    assert lacking(profile, "invoice", "letter") == ()
    terms = {name for term in rules.terms for text in term.texts.values() for name in PLACEHOLDER.findall(text)}
    terms |= {term.when for term in rules.terms}
    for locale in (*(country(place).languages), "ja_JP"):
        made = seller_particulars(replace(profile, locale=locale))
        assert made is not None
        for text in ("\n".join(one.text for one in made.lines), "\n".join(one.translation for one in made.lines)):
            assert "{" not in text
            assert "[" not in text
        printed = "\n".join(one.text for one in made.lines).casefold()
        for field in rules.fields_of(form):
            if field.code in terms or field.code == LEGAL_FORM:
                continue
            value = stated_particulars(profile)[field.code]
            wanted = field.names[made.language] if field.kind == "flag" else "10" if field.kind == "amount" else value
            assert wanted.casefold() in printed, field.code
        assert [one.code for one in made.values] == [one for one in rules.fields if one in stated_particulars(profile)]


@pytest.mark.parametrize(("place", "form"), FORMS)
def test_what_the_law_wants_is_lacking_until_it_is_stated(place: str, form: str) -> None:
    rules = seller_rules(place)
    profile = with_particulars(replace(seller(place), city=""), legal_form=form)
    wanted = {name for duty in rules.duties_of(form) if duty.on in ("invoice", "letter") for name in duty.fields}
    wanted -= {name for name in wanted if rules.fields[name].default}
    assert {field.code for _, fields in lacking(profile, "invoice", "letter") for field in fields} == wanted


def test_who_has_stated_nothing_lacks_nothing_and_prints_nothing() -> None:
    assert lacking(seller("DE"), "invoice", "letter", "custom") == ()
    assert seller_particulars(seller("DE")) is None


def test_a_legal_form_is_known_as_it_is_written_at_home() -> None:
    for place, typed, kept in (
        ("DE", "gmbh", "GmbH"),
        ("DE", "Gesellschaft mit beschränkter Haftung", "GmbH"),
        ("FR", "sasu", "SASU"),
        ("IT", "srl", "S.r.l."),
        ("PL", "sp z o.o.", "sp. z o.o."),
        ("CZ", "s. r. o.", "s.r.o."),
        ("BE", "SRL", "SRL"),
        ("NL", "b.v.", "BV"),
    ):
        assert check_particular(seller(place), LEGAL_FORM, typed) == kept
    with pytest.raises(InvalidInput, match="no legal form in Germany"):
        check_particular(seller("DE"), LEGAL_FORM, "SARL")


@pytest.mark.parametrize(
    ("place", "code", "text", "kept"),
    [
        ("FR", "share_capital", "10 000", None),
        ("FR", "share_capital", "10000", "10000 EUR"),
        ("FR", "share_capital", "CHF 10000.50", "10000.5 CHF"),
        ("FR", "share_capital", "EUR 1 USD", None),
        ("FR", "share_capital", "0", None),
        ("FR", "share_capital", "some", None),
        ("DE", "register_number", "hrb 12345 b", "HRB 12345 B"),
        ("AT", "register_number", "FN 123456a", "FN 123456a"),
        ("DE", "register_number", "12345", None),
        ("SE", "register_number", "556703-7486", None),
        ("SE", "register_number", "556703-7485", "556703-7485"),
        ("SE", "f_tax", "Yes", "true"),
        ("SE", "f_tax", "no", ""),
        ("SE", "f_tax", "perhaps", None),
        ("GB", "registered_in", "england and wales", "England and Wales"),
        ("GB", "registered_in", "Ireland", None),
        ("GB", "nothing_of_the_kind", "x", None),
        ("DE", "managing_directors", "", ""),
    ],
)
def test_what_has_a_form_is_checked(place: str, code: str, text: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(InvalidInput):
            check_particular(seller(place), code, text)
    else:
        assert check_particular(seller(place), code, text) == kept


def test_a_french_company_prints_form_capital_and_register_as_people_write_them() -> None:
    profile = with_particulars(
        seller("FR", registration_number="812 345 676"),
        legal_form="SARL",
        share_capital="10000",
        seat="Paris",
        register_office="Paris",
    )
    made = seller_particulars(profile)
    assert made is not None
    assert [one.text.replace("\u202f", " ").replace("\xa0", " ") for one in made.lines] == [
        "Muster, SARL au capital de 10 000 €",
        "Siège social : Paris",
        "812 345 676 RCS Paris",
    ]
    assert made.lines[0].translation == "Muster, SARL with a capital of €10,000"
    party = replace(profile.seller(), particulars=made)
    assert legal_information(party).splitlines()[1] == "Siège social : Paris"
    assert legal_information(profile.seller()) == ""


def test_a_document_in_no_language_of_the_country_has_its_texts_in_the_law_s_language_and_in_english() -> None:
    profile = with_particulars(seller("BE", tax_number="BE0403170701"), legal_form="BV", register_court="Gent")
    languages = []
    for locale in ("nl_BE", "fr_BE", "de_BE", "sv_SE"):
        made = seller_particulars(replace(profile, locale=locale))
        assert made is not None
        languages.append((made.language, made.lines[1].text, made.lines[1].translation))
    assert languages == [
        ("nl", "Zetel: Anytown", "Registered office: Anytown"),
        ("fr", "Siège : Anytown", "Registered office: Anytown"),
        ("de", "Sitz: Anytown", "Registered office: Anytown"),
        ("nl", "Zetel: Anytown", "Registered office: Anytown"),
    ]


def test_french_invoices_to_businesses_alone_say_what_late_and_early_payment_come_to() -> None:
    profile, day = seller("FR"), date(2026, 8, 1)
    said = legal_terms(profile, (), buyer="business", on=day, early_payment=False)
    assert [(one.code, one.subject) for one in said] == [
        ("late_payment", "PMD"),
        ("recovery_sum", "PMT"),
        ("early_discount", "AAB"),
    ]
    assert "BCE" in said[0].text
    assert "ECB" in said[0].translation
    own = with_particulars(profile, late_payment_rate="12 % par an")
    first = legal_terms(own, (), buyer="business", on=day, early_payment=True)
    assert [one.code for one in first] == ["late_payment", "recovery_sum"]
    assert first[0].text.replace("\xa0", " ") == "Pénalités de retard : 12 % par an."
    assert legal_terms(profile, (), buyer="consumer", on=day, early_payment=False) == ()
    assert legal_terms(profile, (), buyer="public_body", on=day, early_payment=False) == ()
    for place in set(COUNTRY_CODES) - {"FR", "LV"}:
        assert legal_terms(seller(place), (), buyer="business", on=day, early_payment=False) == ()


@pytest.mark.parametrize("buyer", ["business", "consumer", "public_body"])
def test_a_latvian_invoice_says_that_it_is_valid_without_a_signature(buyer: BuyerKind) -> None:
    said = legal_terms(seller("LV"), (), buyer=buyer, on=date(2026, 8, 1), early_payment=False)
    assert [(one.place, one.text) for one in said] == [
        ("note", "Dokuments sagatavots elektroniski un derīgs bez paraksta.")
    ]
    # Sentences on an invoice are not those of its correction, which says it itself.
    assert country("LV").correction.words["lv"].mention == said[0].text


def test_the_option_for_debits_is_said_where_it_was_taken() -> None:
    profile = with_particulars(seller("FR"), tax_on_debits="true")
    said = legal_terms(profile, (), buyer="public_body", on=date(2026, 8, 1), early_payment=False)
    assert [(one.code, one.place) for one in said] == [("tax_on_debits", "note")]


def test_what_an_invoice_must_show_with_the_duty_to_issue_electronically_is_asked_from_its_day_on() -> None:
    buyer = customer("FR", tax_number="FR40303265045")
    given = circumstances(seller="FR", buyer=buyer)
    wanted = request(replace(line(), supply=None))
    large = replace(given.profile, environment=Environment.LIVE, annual_turnover="60000000")

    def asked(day: date, profile: Profile, to: Customer) -> set[str]:
        made = document(replace(wanted, issue_date=day), replace(given, customer=to, today=day))
        found = law_of_form(made, profile=profile, customer=to)
        return {one.code for one in found.warnings} & {"mandate_fr_einvoice_buyer", "mandate_fr_einvoice_supply"}

    begun = date(2026, 9, 1)
    assert asked(begun, large, buyer) == {"mandate_fr_einvoice_buyer", "mandate_fr_einvoice_supply"}
    assert asked(begun, large, replace(buyer, registration_number="303 265 045")) == {"mandate_fr_einvoice_supply"}
    assert asked(date(2026, 8, 31), large, buyer) == set()
    assert asked(begun, replace(large, annual_turnover="100000"), buyer) == set()
    assert asked(begun, large, replace(buyer, consumer=True)) == set()


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ('fields = ["seat"]', 'fields = ["sea"]', "no such particular: sea"),
        ('forms = ["X"]', 'forms = ["Y"]', "no such legal form: Y"),
        ("{seat}", "{set}", "nothing is called set"),
        ('en = "Seat"', 'fr = "Siège"', "is not in each of"),
        ('on = "invoice"', 'on = "paper"', "on must be one of"),
        ('kind = "company"', 'kind = "firm"', "kind must be one of"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(good: str, bad: str, why: str) -> None:
    parse_seller_rules(MINIMAL, languages=("en",), name="xx.toml")
    assert good in MINIMAL
    with pytest.raises(ValueError, match=why):
        parse_seller_rules(MINIMAL.replace(good, bad, 1), languages=("en",), name="xx.toml")


def test_the_page_of_countries_lists_what_the_data_says() -> None:
    page = particulars_table.PAGE.read_text("utf-8")
    assert particulars_table.with_table(page) == page, "make docs"


def test_a_country_without_duties_says_why() -> None:
    text = MINIMAL.partition("fields =")[0]
    with pytest.raises(ValueError, match="nor why there is none"):
        parse_seller_rules(text, languages=("en",), name="xx.toml")
    assert parse_seller_rules(f'none = "Nothing."\n{text}', languages=("en",), name="xx.toml").none == "Nothing."


MINIMAL = """
country = "XX"
legal_form = { en = "Legal form" }
forms = [{ code = "X", name = "Company", kind = "company" }]
fields = [{ code = "seat", names = { en = "Seat" } }]

[[duties]]
forms = ["X"]
fields = ["seat"]
on = "invoice"
law = "a law"
source = "a book"
checked = 2026-11-29
confidence = "high"

[[lines]]
texts = { en = "Seat: {seat}" }
"""


def test_particulars_have_the_documents_second_language_beside_them_where_the_country_has_it() -> None:
    profile = with_particulars(seller("BE", tax_number="BE0403170701"), legal_form="BV", register_court="Gent")
    for locale, second, beside in (
        ("nl_BE", "fr", "Siège : Anytown"),
        ("nl_BE", "de", "Sitz: Anytown"),
        ("nl_BE", "en", "Registered office: Anytown"),
        ("nl_BE", "sv", "Registered office: Anytown"),
        ("en_BE", "fr", "Registered office: Anytown"),
    ):
        made = seller_particulars(replace(profile, locale=locale), second)
        assert made is not None
        assert (made.lines[1].text, made.lines[1].translation) == ("Zetel: Anytown", beside)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Muster", "Muster, BV"),
        ("Muster BV", "Muster BV"),
        ("Muster B.V.", "Muster B.V."),
        ("Muster SRL", "Muster SRL"),
    ],
)
def test_a_legal_form_does_not_stand_beside_a_name_that_ends_with_it(name: str, said: str) -> None:
    profile = with_particulars(seller("BE", tax_number="BE0403170701"), legal_form="BV", register_court="Gent")
    made = seller_particulars(replace(profile, name=name, legal_name=name))
    assert made is not None
    assert made.lines[0].text == said


def test_a_freelancer_has_no_seat() -> None:
    profile = with_particulars(seller("DE"), legal_form="Freiberufler", owner="Lena Vogt")
    made = seller_particulars(profile)
    assert made is not None
    assert [one.text for one in made.lines] == ["Inhaber: Lena Vogt"]


def test_a_french_seller_is_told_when_tax_of_services_is_due_until_it_has_said_so() -> None:
    def told(profile: Profile) -> bool:
        return any("tax_on_debits" in hint.text for hint in particulars_hints(profile))

    assert told(seller("FR"))
    assert told(with_particulars(seller("FR"), legal_form="EI"))
    assert not told(with_particulars(seller("FR"), tax_on_debits="true"))
    assert not told(seller("FR", tax_due="payment"))
    assert not told(seller("FR", vat_registration="small_business"))
    assert not told(seller("DE"))
    assert particulars_hints(Profile(name="Muster", environment=Environment.LIVE, country="")) == ()
