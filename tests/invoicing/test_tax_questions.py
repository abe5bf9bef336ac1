"""What a draft asks where a line's words tell a service on land, at an event or of a builder; and the article that a
reverse charge at home prints."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.countries import COUNTRY_CODES, country, parse_country
from invoicing.document.documents import Supply
from invoicing.master_data.records import Customer, Item
from invoicing.tax.choice import Rule
from invoicing.tax.special_supplies import kinds, kinds_told, place_of, reverse_charge_of
from tests.invoicing.test_countries import MINIMAL
from tests.support.samples import circumstances, composed, country_codes, customer, line, request

DAY = date(2026, 11, 28)
GERMAN = customer("DE", tax_number="DE136695976")
FRENCH = customer("FR", tax_number="FR40303265045")


def notices(
    seller: str, description: str, bought_by: Customer, *, supply: Supply | None = Supply.SERVICES, code: str = ""
) -> dict[str, str]:
    found = replace(circumstances(seller=seller, buyer=bought_by, codes=None), today=DAY)
    wanted = replace(line(code=code), description=description, supply=supply)
    return {notice.code: notice.text for notice in composed(request(wanted), found).chosen[0].choice.cautions}


# Services that are taxed at a place of their own (Articles 47, 48, 53, 55 and 56)


@pytest.mark.parametrize(
    ("seller", "description", "article"),
    [
        ("DE", "Dachdeckerarbeiten", "Article 47"),
        ("DE", "Übernachtung mit Frühstück", "Article 47"),
        ("DE", "Hotel room, two nights", "Article 47"),
        ("DE", "Repair of a house", "Article 47"),
        ("DE", "Eintrittskarte Fachkonferenz", "Articles 53 and 54"),
        ("DE", "Catering für das Sommerfest", "Article 55"),
        ("DE", "Taxi zum Flughafen", "Article 48"),
        ("DE", "Mietwagen, drei Tage", "Article 56"),
        ("AT", "Malerarbeiten im Büro", "Article 47"),
        ("BE", "Renovatie van de keuken", "Article 47"),
        ("BG", "Строителни работи", "Article 47"),
        ("CH", "Rénovation de la façade", "Art. 8 Abs. 2 Bst. f MWSTG"),
        ("CY", "Κατασκευή κτιρίου", "Article 47"),
        ("CZ", "Stavební práce", "Article 47"),
        ("DK", "Byggearbejde", "Article 47"),
        ("EE", "Ehitustööd", "Article 47"),
        ("ES", "Alojamiento en hotel", "Article 47"),
        ("FI", "Rakennustyö", "Article 47"),
        ("FR", "Travaux de maçonnerie", "Article 47"),
        ("GB", "Roof repair", "Schedule 4A"),
        ("GR", "Διαμονή σε ξενοδοχείο", "Article 47"),
        ("HR", "Građevinski radovi", "Article 47"),
        ("HU", "Szállodai szállás", "Article 47"),
        ("IE", "Plumbing in Dublin", "Article 47"),
        ("IT", "Pernottamento in albergo", "Article 47"),
        ("LT", "Statybos darbai", "Article 47"),
        ("LU", "Hébergement", "Article 47"),
        ("LV", "Būvdarbi", "Article 47"),
        ("MT", "Accommodation", "Article 47"),
        ("NL", "Schilderwerk", "Article 47"),
        ("NO", "Taktekking", "merverdiavgiftsloven"),
        ("PL", "Roboty budowlane", "Article 47"),
        ("PT", "Alojamento local", "Article 47"),
        ("RO", "Servicii de cazare", "Article 47"),
        ("SE", "Byggtjänst", "Article 47"),
        ("SI", "Gradbena dela", "Article 47"),
        ("SK", "Stavebné práce", "Article 47"),
    ],
)
def test_a_service_at_a_place_to_a_business_abroad_asks_where_the_place_is(
    seller: str, description: str, article: str
) -> None:
    bought_by = FRENCH if seller != "FR" else GERMAN
    text = notices(seller, description, bought_by)["place_of_service"]
    assert article in text
    assert f"not by where {bought_by.name} is: ask where." in text
    assert len(text) <= 400


@pytest.mark.parametrize(
    ("seller", "description"),
    [
        ("DE", "Beratung"),
        ("GB", "Team building workshop"),
        ("GB", "Link building for a website"),
        ("DE", "Support ticket 4711"),
        ("FR", "Prestation de conseil"),
        ("IT", "Assistenza telefonica"),
        ("NL", "Vertaling"),
    ],
)
def test_an_ordinary_service_abroad_asks_nothing_of_the_kind(seller: str, description: str) -> None:
    bought_by = FRENCH if seller != "FR" else GERMAN
    assert "place_of_service" not in notices(seller, description, bought_by)


def test_goods_that_are_called_so_and_a_code_that_was_stated_are_not_asked_about() -> None:
    assert "place_of_service" not in notices("DE", "Hotel furniture", FRENCH, supply=Supply.GOODS)
    assert "place_of_service" not in notices("DE", "Hotel room", FRENCH, code="STANDARD")
    assert "place_of_service" in notices("DE", "Hotel room", FRENCH, supply=None)


def test_a_service_on_land_to_a_business_outside_the_union_and_in_a_territory_is_asked_about_too() -> None:
    island = replace(customer("ES"), postal_code="35001")
    assert "place_of_service" in notices("DE", "Hausreparatur", customer("US"))
    assert "place_of_service" in notices("ES", "Ejecución de obra", island)


def test_an_item_that_is_a_service_is_asked_about_by_its_name() -> None:
    room = Item(id="itm_1", name="Hotel room", supply=Supply.SERVICES)
    given = circumstances(seller="DE", buyer=FRENCH, codes=None, items=(room,))
    wanted = replace(line(item="itm_1"), supply=None, description="")
    (chosen,) = composed(request(wanted), given).chosen
    assert chosen.choice.cautions[0].code == "place_of_service"
    assert chosen.choice.rule is Rule.INTRA_EU_SERVICES_BUSINESS


def test_between_two_parts_of_a_country_with_rates_of_their_own_the_place_is_asked_about_too() -> None:
    island = replace(customer("FR"), postal_code="97400")
    assert "place_of_service" in notices("FR", "Travaux de maçonnerie", island)
    assert "place_of_service" not in notices("FR", "Travaux de maçonnerie", customer("FR"))


# A reverse charge at home


@pytest.mark.parametrize(
    ("seller", "description", "law"),
    [
        ("GB", "Construction of a wall", "section 55A VAT Act 1994"),
        ("DE", "Rohbauarbeiten", "§ 13b"),
        ("DE", "Gebäudereinigung", "§ 13b"),
        ("AT", "Bauleistung Trockenbau", "§ 19 Abs. 1a"),
        ("BE", "Verbouwing van het kantoor", "artikel 20 KB nr. 1"),
        ("CY", "Οικοδομικές εργασίες", "11Α"),
        ("CZ", "Stavební a montážní práce", "§ 92a"),
        ("ES", "Ejecución de obra", "84.Uno.2"),
        ("FI", "Rakennustyö", "8 a–8 d §"),
        ("FR", "Travaux de construction", "article 283 du CGI"),
        ("HR", "Građevinske usluge", "75. stavak 3."),
        ("HU", "Építőipari munka", "142. §"),
        ("IE", "Building work", "section 16"),
        ("IT", "Pulizia degli uffici", "art. 17, comma 6"),
        ("LT", "Statybos darbai", "96 straipsnis"),
        ("LV", "Būvdarbi", "141.–143. pants"),
        ("NL", "Schoonmaak kantoor", "24b"),
        ("PT", "Serviços de construção civil", "artigo 2.º, n.º 1"),
        ("SE", "Byggtjänst", "16 kap."),
        ("SI", "Gradbena dela", "76.a člen"),
        ("SK", "Stavebné práce", "§ 69 ods. 12"),
        ("GB", "Electrical rewiring", "section 55A VAT Act 1994"),
        ("GB", "Bathroom fitting", "section 55A VAT Act 1994"),
        ("DE", "Dachreparatur", "§ 13b"),
        ("DE", "Estrich verlegen", "§ 13b"),
        ("AT", "Fliesen verlegen", "§ 19 Abs. 1a"),
        ("BE", "Dakreparatie", "artikel 20 KB nr. 1"),
        ("CY", "Επισκευή στέγης", "11Α"),
        ("CZ", "Oprava střechy", "§ 92a"),
        ("ES", "Pintura de fachada", "84.Uno.2"),
        ("FI", "Kylpyhuoneremontti", "8 a–8 d §"),
        ("FR", "Ravalement de façade", "article 283 du CGI"),
        ("HR", "Popravak krova", "75. stavak 3."),
        ("HU", "Festés", "142. §"),
        ("IT", "Tinteggiatura pareti", "art. 17, comma 6"),
        ("LT", "Stogo remontas", "96 straipsnis"),
        ("LV", "Jumta remonts", "141.–143. pants"),
        ("NL", "Badkamer verbouwen", "24b"),
        ("PT", "Pintura de fachada", "artigo 2.º, n.º 1"),
        ("SE", "Takrenovering", "16 kap."),
        ("SE", "Målning", "16 kap."),
        ("SI", "Polaganje ploščic", "76.a člen"),
        ("SK", "Oprava strechy", "§ 69 ods. 12"),
    ],
)
def test_a_service_that_the_buyer_may_owe_the_tax_of_names_the_law_once(
    seller: str, description: str, law: str
) -> None:
    text = notices(seller, description, customer(seller))["domestic_reverse_charge"]
    assert law in text
    code = "REVERSE-CHARGE" if seller == "GB" else "DOMESTIC-REVERSE-CHARGE"
    assert f"set tax_code {code} on it" in text
    assert "domestic_reverse_charge" not in notices(seller, description, customer(seller, consumer=True))
    assert "domestic_reverse_charge" not in notices(seller, description, customer(seller), code=code)


@pytest.mark.parametrize(
    ("seller", "description"),
    [
        ("BG", "Скрап от мед"),
        ("DK", "Metalskrot"),
        ("EE", "Vanametall"),
        ("GR", "Σκραπ χαλκού"),
        ("IT", "Rottami di ferro"),
        ("LT", "Mediena"),
        ("LU", "Quotas d'émission"),
        ("NL", "Laptop"),
        ("NO", "Klimakvoter"),
        ("PL", "Uprawnienia do emisji CO2"),
        ("RO", "Deșeuri feroase"),
        ("RO", "Floarea soarelui"),
        ("DE", "Kupferdraht"),
        ("GB", "Mobile phones"),
    ],
)
def test_goods_that_the_buyer_may_owe_the_tax_of_are_told_too(seller: str, description: str) -> None:
    assert "domestic_reverse_charge" in notices(seller, description, customer(seller), supply=Supply.GOODS)


@pytest.mark.parametrize(
    ("seller", "description", "supply"),
    [
        ("DE", "Beratung", Supply.SERVICES),
        ("GB", "Bread", Supply.GOODS),
        ("DE", "Rohbauplan als Buch", Supply.GOODS),
        ("DK", "Byggearbejde", Supply.SERVICES),
        ("PL", "Roboty budowlane", Supply.SERVICES),
        ("CH", "Bauarbeiten", Supply.SERVICES),
        ("MT", "Construction", Supply.SERVICES),
        ("US", "Construction", Supply.SERVICES),
    ],
)
def test_nothing_is_said_where_the_country_does_not_reverse_it_or_the_words_do_not_tell(
    seller: str, description: str, supply: Supply
) -> None:
    assert "domestic_reverse_charge" not in notices(seller, description, customer(seller), supply=supply)


def test_a_rule_that_has_ended_asks_no_more() -> None:
    emissions = next(kind for kind in kinds() if kind.code == "emissions")
    assert reverse_charge_of("PL", emissions, date(2026, 12, 31))
    assert reverse_charge_of("PL", emissions, date(2027, 1, 1)) is None


def test_lines_with_the_same_question_ask_it_once_and_share_their_explanation() -> None:
    given = circumstances(seller="DE", codes=None)
    wanted = [replace(line(), description=text, supply=Supply.SERVICES) for text in ("Rohbau", "Rohbau Haus 2", "Rat")]
    made = composed(request(*wanted), given)
    assert made.explanation[0].startswith("Lines 1-3: STANDARD")


# The article that is printed


def stated(seller: str, code: str, *, on: date = DAY, bought_by: Customer | None = None) -> tuple[str, str]:
    given = replace(circumstances(seller=seller, buyer=bought_by or customer(seller), codes=None), today=on)
    (tax,) = composed(request(line(code=code)), given).document.taxes
    return tax.category.value, tax.reason_local


HOME = sorted(set(COUNTRY_CODES) - {"GB", "CH", "MT", "US"})


@pytest.mark.parametrize("seller", HOME)
def test_a_reverse_charge_at_home_prints_the_domestic_article_whichever_code_was_stated(seller: str) -> None:
    template = next(code for code in country(seller).tax_codes if code.code == "DOMESTIC-REVERSE-CHARGE")
    wordings = {template.reason_local, *(text.reason_local for text in template.texts)}
    for code in ("DOMESTIC-REVERSE-CHARGE", *(["REVERSE-CHARGE"] if seller != "NO" else [])):
        category, text = stated(seller, code)
        assert category == "AE"
        assert text in wordings
        assert not re.search(r"\b(44|196)\b", text)


def test_across_a_border_the_articles_of_the_directive_stay() -> None:
    given = circumstances(seller="IT", buyer=GERMAN, codes=None)
    (tax,) = composed(request(line(supply=Supply.SERVICES)), given).document.taxes
    assert "44" in tax.reason_local


def test_an_organization_that_was_made_before_the_code_existed_prints_it_all_the_same() -> None:
    given = circumstances(seller="NL", codes=None)
    codes = {code.code: code for code in country_codes("NL") if code.code != "DOMESTIC-REVERSE-CHARGE"}
    given = replace(given, setup=replace(given.setup, tax_codes=codes))
    (tax,) = composed(request(line(code="REVERSE-CHARGE")), given).document.taxes
    assert "24b" in tax.reason_local


def test_an_item_of_the_reverse_charge_prints_the_domestic_article_at_home_as_well() -> None:
    work = Item(id="itm_1", name="Work", unit_price=Decimal(10), tax_code="REVERSE-CHARGE", supply=Supply.SERVICES)
    for bought_by, code in ((customer("DE"), "DOMESTIC-REVERSE-CHARGE"), (FRENCH, "REVERSE-CHARGE")):
        given = circumstances(seller="DE", buyer=bought_by, codes=None, items=(work,))
        wanted = request(replace(line(item="itm_1"), supply=None))
        assert composed(wanted, given).document.lines[0].tax_code == code


def test_a_reverse_charge_in_the_accountants_own_words_stays_as_it_is_worded() -> None:
    given = circumstances(seller="DE", codes=None)
    codes = {code.code: replace(code, reason_local="§ 13b UStG, wie vereinbart") for code in country_codes("DE")}
    given = replace(given, setup=replace(given.setup, tax_codes=codes))
    (tax,) = composed(request(line(code="REVERSE-CHARGE")), given).document.taxes
    assert tax.reason_local == "§ 13b UStG, wie vereinbart"


def test_great_britain_has_one_reverse_charge_which_is_the_domestic_one() -> None:
    assert "Section 55A" in stated("GB", "REVERSE-CHARGE")[1]


@pytest.mark.parametrize(
    ("seller", "code", "on", "text"),
    [
        ("FR", "DOMESTIC-REVERSE-CHARGE", date(2026, 8, 31), "Autoliquidation, article 283 du CGI"),
        ("FR", "DOMESTIC-REVERSE-CHARGE", date(2026, 9, 1), "CIBS, livre II (ancien article 283 du CGI)"),
        ("FR", "EXEMPT", date(2026, 9, 1), "CIBS"),
        ("FR", "EXEMPT", date(2026, 8, 31), "Exonération de TVA, articles 261 à 261 E du CGI"),
        ("IT", "REVERSE-CHARGE", date(2026, 12, 31), "art. 17, c. 6, "),
        ("IT", "REVERSE-CHARGE", date(2027, 1, 1), "D.Lgs. 10/2026"),
        ("IT", "EXEMPT", date(2026, 12, 31), "Operazione esente, art. 10 D.P.R. 633/1972"),
        ("IT", "EXEMPT", date(2027, 1, 1), "D.Lgs. 10/2026"),
    ],
)
def test_a_citation_is_that_of_the_day_of_supply(seller: str, code: str, on: date, text: str) -> None:
    found = stated(seller, code, on=on)[1]
    assert text.replace("art. 17", "artt. 17") in found or text in found


def test_a_reason_of_the_accountants_own_is_not_moved_with_the_law() -> None:
    given = replace(circumstances(seller="FR", codes=None), today=DAY)
    own = {code.code: replace(code, reason_local="À ma façon") for code in country_codes("FR")}
    given = replace(given, setup=replace(given.setup, tax_codes=own))
    (tax,) = composed(request(line(code="EXEMPT")), given).document.taxes
    assert tax.reason_local == "À ma façon"


TEXTS = """texts = [
    { valid_from = 2020-01-01, reason = "Export of goods", reason_local = "Easpórtáil earraí" },
    { valid_from = 2027-01-01, reason = "Export", reason_local = "Easpórtáil" },
]
"""


def test_dated_texts_of_a_country_file_are_in_order_and_hold_the_reason() -> None:
    text = MINIMAL.replace('reason_code = "VATEX-EU-G"\n', f'reason_code = "VATEX-EU-G"\n{TEXTS}')
    assert len(parse_country(text, name="xx.toml").tax_codes[1].texts) == 2
    for good, bad in (
        ("2027-01-01", "2019-01-01"),
        ('reason = "Export of goods", reason_local', 'reason = "Else", reason_local'),
    ):
        with pytest.raises(ValueError, match="texts"):
            parse_country(text.replace(good, bad), name="xx.toml")


# The words


def test_every_place_is_named_and_every_language_of_a_country_has_words_for_building_and_rooms() -> None:
    languages = {language for code in COUNTRY_CODES for language in country(code).languages} - {"en", "mt"}
    for kind in kinds():
        assert not kind.place or place_of(kind)
        # Planning is told beside the words of building work.
        if kind.place and kind.code != "planning":
            assert languages <= set(kind.words), kind.code


def test_words_are_read_without_case_and_accents_at_the_beginning_of_a_word() -> None:
    assert [kind.code for kind in kinds_told("ÜBERNACHTUNG", ("de",))] == ["property"]
    assert kinds_told("Rebuilding trust", ("en",)) == ()
    assert [kind.code for kind in kinds_told("Stahlschrott", ("de",))] == ["scrap"]
    assert kinds_told("Übernachtung", ("fr",)) == ()
