"""Headings in the languages of documents, rows above the header, and what cells say in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoicing.importing.addresses import address_fields, mended_postal_code, with_house_number
from invoicing.importing.columns import Columns, match_columns
from invoicing.importing.country_names import country_meant
from invoicing.importing.recognizing import read_table
from invoicing.importing.tables import Table
from invoicing.importing.terms import Terms, terms_meant
from invoicing.importing.values import ReadRow, read_rows
from invoicing.importing.vocabulary import Kind, field_of, supply_of
from invoicing.refusals import InvalidInput
from invoicing.remedies import MapColumn
from invoicing.render.labels import LANGUAGES, labels_of
from tests.support.tables import items, table

CUSTOMERS = {
    "bg": "Клиент;ДДС номер;Адрес;Пощенски код;Град;Държава",
    "cs": "Název firmy;DIČ;Ulice;PSČ;Město;Země",
    "da": "Kundenavn;CVR-nr;Adresse;Postnr.;By;Land",
    "de": "Firmenname;USt-IdNr.;Straße;PLZ;Ort;Land",
    "el": "Επωνυμία;ΑΦΜ;Διεύθυνση;Τ.Κ.;Πόλη;Χώρα",
    "en": "Company name;VAT number;Address;Postcode;Town;Country",
    "es": "Razón social;NIF;Dirección;C.P.;Población;País",
    "et": "Kliendi nimi;KMKR number;Aadress;Postiindeks;Linn;Riik",
    "fi": "Asiakkaan nimi;ALV-numero;Osoite;Postinumero;Postitoimipaikka;Maa",
    "fr": "Raison sociale;N° TVA;Adresse;Code postal;Ville;Pays",
    "hr": "Naziv kupca;OIB;Adresa;Poštanski broj;Grad;Država",
    "hu": "Partner neve;Adószám;Cím;Irányítószám;Város;Ország",
    "it": "Ragione sociale;Partita IVA;Indirizzo;CAP;Città;Nazione",
    "lt": "Įmonės pavadinimas;PVM kodas;Adresas;Pašto kodas;Miestas;Šalis",
    "lv": "Klienta nosaukums;PVN numurs;Adrese;Pasta indekss;Pilsēta;Valsts",
    "mt": "Isem il-klijent;Numru tal-VAT;Indirizz;Kodiċi postali;Lokalità;Pajjiż",
    "nb": "Kundenavn;MVA-nummer;Postadresse;Postnr;Poststed;Land",
    "nl": "Bedrijfsnaam;Btw-nummer;Adres;Postcode;Plaats;Land",
    "pl": "Nazwa firmy;NIP;Ulica;Kod pocztowy;Miejscowość;Kraj",
    "pt": "Nome;Contribuinte;Morada;Código Postal;Localidade;País",
    "ro": "Denumire client;CUI;Adresa;Cod poștal;Localitate;Țara",
    "sk": "Názov firmy;IČ DPH;Ulica;PSČ;Mesto;Krajina",
    "sl": "Naziv stranke;ID za DDV;Naslov;Poštna številka;Kraj;Država",
    "sv": "Kundnamn;Momsregistreringsnummer;Adress;Postnummer;Postort;Land",
}
FIELDS = ("name", "tax_number", "line1", "postal_code", "city", "country")
ITEMS = {
    "bg": "Артикул;Мярка;Ставка на ДДС",
    "cs": "Název položky;Měrná jednotka;Sazba DPH",
    "da": "Varenavn;Enhed;Momssats",
    "de": "Artikelbezeichnung;Einheit;Steuersatz",
    "el": "Είδος;Μονάδα μέτρησης;Συντελεστής ΦΠΑ",
    "en": "Item name;Unit;VAT rate",
    "es": "Artículo;Unidad;Tipo de IVA",
    "et": "Toode;Ühik;Käibemaksumäär",
    "fi": "Tuotteen nimi;Yksikkö;ALV-kanta",
    "fr": "Désignation;Unité;Taux de TVA",
    "hr": "Naziv artikla;Jedinica mjere;Stopa PDV-a",
    "hu": "Megnevezés;Mértékegység;Áfakulcs",
    "it": "Articolo;Unità di misura;Aliquota IVA",
    "lt": "Prekės pavadinimas;Mato vienetas;PVM tarifas",
    "lv": "Preces nosaukums;Mērvienība;PVN likme",
    "mt": "Prodott;Unità tal-kejl;Rata tal-VAT",
    "nb": "Varenavn;Enhet;MVA-sats",
    "nl": "Artikelnaam;Eenheid;Btw-tarief",
    "pl": "Nazwa towaru;J.m.;Stawka VAT",
    "pt": "Artigo;Unidade de medida;Taxa de IVA",
    "ro": "Denumire produs;U.M.;Cota TVA",
    "sk": "Názov položky;Merná jednotka;Sadzba DPH",
    "sl": "Naziv artikla;Enota mere;Stopnja DDV",
    "sv": "Benämning;Enhet;Momssats",
}

OPEN_ITEMS = {
    "bg": "Номер на фактура;Дата на издаване;Падеж;Клиент;Обща сума;Остатък",
    "cs": "Číslo faktury;Datum vystavení;Datum splatnosti;Odběratel;Celkem;Zbývá uhradit",
    "da": "Fakturanr.;Fakturadato;Forfaldsdato;Kundenavn;I alt;Restbeløb",
    "de": "Rechnungsnr.;Rechnungsdatum;Fälligkeit;Kunde;Bruttobetrag;Offener Betrag",
    "el": "Αριθμός τιμολογίου;Ημερομηνία;Λήξη;Πελάτης;Σύνολο;Υπόλοιπο",
    "en": "Invoice no.;Invoice date;Due date;Customer;Total;Amount due",
    "es": "Nº factura;Fecha de emisión;Vencimiento;Cliente;Importe total;Pendiente",
    "et": "Arve nr;Kuupäev;Maksetähtaeg;Klient;Kokku;Tasumata",
    "fi": "Laskun numero;Laskun päivä;Eräpäivä;Asiakas;Yhteensä;Avoinna",
    "fr": "N° facture;Date d'émission;Échéance;Client;Total TTC;Reste à payer",
    "hr": "Broj računa;Datum računa;Dospijeće;Kupac;Ukupno;Otvoreno",
    "hu": "Számlaszám;Kelt;Fizetési határidő;Vevő neve;Bruttó összeg;Hátralék",
    "it": "Numero fattura;Data fattura;Scadenza;Cliente;Totale;Residuo",
    "lt": "Sąskaitos nr.;Data;Apmokėti iki;Klientas;Iš viso;Skola",
    "lv": "Rēķina numurs;Rēķina datums;Apmaksas termiņš;Klients;Kopā;Parāds",
    "mt": "Numru tal-fattura;Data tal-fattura;Data dovuta;Klijent;Ammont totali;Ammont dovut",
    "nb": "Fakturanr;Fakturadato;Forfallsdato;Kunde;Totalt;Restbeløp",
    "nl": "Factuurnummer;Factuurdatum;Vervaldatum;Klant;Totaalbedrag;Openstaand",
    "pl": "Numer faktury;Data wystawienia;Termin płatności;Kontrahent;Wartość brutto;Pozostało do zapłaty",
    "pt": "N.º da fatura;Data de emissão;Vencimento;Cliente;Total;Em dívida",
    "ro": "Nr. factură;Data emiterii;Scadența;Client;Total cu TVA;Rest de plată",
    "sk": "Číslo faktúry;Dátum vystavenia;Splatnosť;Odberateľ;Celkom;Zostáva uhradiť",
    "sl": "Številka računa;Datum računa;Zapadlost;Stranka;Skupaj;Odprto",
    "sv": "Fakturanr;Fakturadatum;Förfallodatum;Kund;Totalt;Restbelopp",
}
FORMER = ("number", "issue_date", "due_date", "customer", "total", "open")


def matched(text: str, kind: Kind = Kind.CUSTOMERS) -> tuple[Table, Columns]:
    read = table(text)
    return read, match_columns(kind, read, ignore_unknown=False)


def customers(text: str) -> list[ReadRow]:
    read, columns = matched(text)
    return read_rows(read, columns, None)


def test_each_language_of_documents_has_its_headings() -> None:
    assert set(CUSTOMERS) == set(ITEMS) == set(OPEN_ITEMS) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_understood_in_every_language_of_documents(language: str) -> None:
    _, columns = matched(f"{CUSTOMERS[language]}\nA;B;C;D;E;F\n")
    assert {column.index: column.field for column in columns.known} == dict(enumerate(FIELDS))
    _, columns = matched(f"{ITEMS[language]}\nA;B;20%\n", Kind.ITEMS)
    assert {column.index: column.field for column in columns.known} == {0: "name", 1: "unit", 2: "tax_rate"}
    _, columns = matched(f"{OPEN_ITEMS[language]}\nA;B;C;D;E;F\n", Kind.OPEN_ITEMS)
    assert {column.index: column.field for column in columns.known} == dict(enumerate(FORMER))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_document_calls_a_customer_number_is_one_in_a_file(language: str) -> None:
    assert field_of(Kind.CUSTOMERS, labels_of(language).customer_number) == "identifier"


@pytest.mark.parametrize(
    ("header", "field"),
    [(CUSTOMERS["pl"], "country"), (CUSTOMERS["sl"], "city"), (CUSTOMERS["sk"] + ";Kraj", "region")],
)
def test_a_word_that_means_two_things_is_read_in_the_language_of_the_others(header: str, field: str) -> None:
    cells = ";".join("ABCDEFGH"[: header.count(";") + 1])
    _, columns = matched(f"{header}\n{cells}\n")
    assert next(column.field for column in columns.known if column.heading == "Kraj") == field


def test_a_word_that_means_two_things_by_itself_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match="Kraj can be") as found:
        matched("Name;Kraj\nA;B\n")
    assert isinstance(found.value.remedy, MapColumn)


def test_two_columns_of_one_meaning_are_a_choice_unless_one_of_them_is_empty() -> None:
    with pytest.raises(InvalidInput, match="are both name"):
        matched("Company Name;Customer Name\nA Ltd;Ann\n")
    read = table("Company Name;Customer Name\nA Ltd;Ann\n")
    columns = match_columns(Kind.CUSTOMERS, read, ignore_unknown=False, mapped={"Company Name": "name"})
    assert [row.values for row in read_rows(read, columns, None)] == [{"name": "A Ltd"}]
    assert columns.ignored == ("Customer Name",)
    for text in ("Company Name;Customer Name\n;Ann\n", "Customer Name;Company Name\nAnn;\n"):
        read, columns = matched(text)
        assert [row.values for row in read_rows(read, columns, None)] == [{"name": "Ann"}]
        assert columns.ignored == ("Company Name",)


# Rows above the header


@pytest.mark.parametrize(
    "titles",
    ["Kundenliste\n", "Harbour Bakery Ltd\nCustomer Contact List\n\n", "Stand;29.11.2026\n;;\nVon;Anna\n", "Name\n"],
)
def test_title_rows_are_passed_over_and_said(titles: str) -> None:
    read = table(f"{titles}Name;PLZ;Ort\nA;10115;Berlin\n")
    assert read.header == ("Name", "PLZ", "Ort")
    assert [row.cells[0] for row in read.rows] == ["A"]
    assert f"The header is row {titles.count(chr(10)) + 1}." in read.notes[-1].text
    assert titles.split(";")[0].splitlines()[0] in read.notes[-1].text


@pytest.mark.parametrize("text", ["Name\nName\nCity\n", "Name;Colour\nCity;Country\n", "City\nA\n"])
def test_a_first_row_that_names_a_column_stays_the_header(text: str) -> None:
    read = table(text)
    assert read.header == tuple(text.splitlines()[0].split(";"))
    assert not read.notes


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("List\nName;City\nA;B\nC;\n\nMonday\n", ["A", "C"]),
        ("List\nName;City\nA;B\nC;\n\nMonday\nPage 1\n", ["A", "C"]),
        ("List\nName;City\nA;B\nC;\n", ["A", "C"]),
        ("Name;City\nA;B\n\nC;\n", ["A", "C"]),
        ("List\nName;City\nA;B\n\nC;D\n", ["A", "C"]),
    ],
)
def test_what_a_report_says_below_its_table_is_passed_over_too(text: str, left: list[str]) -> None:
    read = table(text)
    assert [row.cells[0] for row in read.rows] == left
    assert any("below the table, passed over: Monday" in note.text for note in read.notes) is ("Monday" in text)


def test_no_header_is_looked_for_beyond_thirty_rows() -> None:
    titles = "".join(f"Note {number}\n" for number in range(30))
    assert table(f"{titles}Name;City\nA;B\n").header == ("Note 0",)


# Parts of addresses and names


def test_first_and_last_name_are_the_name_where_there_is_no_company() -> None:
    rows = customers("Firma;Vorname;Nachname\nGrün GmbH;Anna;Weiß\n;Ben;Blau\n;;Rot\n")
    assert [(row.values["name"], row.of_person) for row in rows] == [
        ("Grün GmbH", False),
        ("Ben Blau", True),
        ("Rot", True),
    ]


@pytest.mark.parametrize(
    ("country", "line1", "number", "kept"),
    [
        ("DE", "Hauptstraße", "5a", "Hauptstraße 5a"),
        ("DE", "Hauptstraße 5a", "5A", "Hauptstraße 5a"),
        ("NL", "Dorpsstraat", "12", "Dorpsstraat 12"),
        ("FR", "rue de la Paix", "5", "5 rue de la Paix"),
        ("GB", "High Street", "10", "10 High Street"),
        ("US", "Main St", "10", "10 Main St"),
        ("CZ", "", "12", "12"),
        ("DE", "Hauptstraße", "", "Hauptstraße"),
    ],
)
def test_a_house_number_goes_where_the_country_writes_it(country: str, line1: str, number: str, kept: str) -> None:
    assert with_house_number(line1, number, country) == kept


@pytest.mark.parametrize(
    ("country", "code", "kept"),
    [
        ("DE", "1067", "01067"),
        ("DE", "1067.0", "01067"),
        ("DE", "10115", "10115"),
        ("DE", "106", "106"),
        ("FR", "1000", "01000"),
        ("IT", "184", "00184"),
        ("IT", "10", "00010"),
        ("ES", "8001", "08001"),
        ("US", "2138", "02138"),
        ("US", "501", "00501"),
        ("US", "2138-1234", "02138-1234"),
        ("FI", "100", "00100"),
        ("NO", "150", "0150"),
        ("DK", "900", "0900"),
        ("SK", "1001", "01001"),
        ("LT", "1100", "01100"),
        ("RO", "10011", "010011"),
        ("PL", "950", "00-950"),
        ("PL", "00950", "00-950"),
        ("PT", "1000001", "1000-001"),
        ("AT", "101", "101"),
        ("CH", "800", "800"),
        ("HU", "101", "101"),
        ("GB", "1067", "1067"),
        ("BR", "1067", "1067"),
        ("DE", "A-1010", "A-1010"),
        ("ES", "99999", "99999"),
    ],
)
def test_lost_zeros_come_back_only_where_the_form_is_certain(country: str, code: str, kept: str) -> None:
    assert mended_postal_code(code, country) == kept


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "1 Main St\nBoston, MA 02138",
            {"line1": "1 Main St", "postal_code": "02138", "city": "Boston", "region": "MA"},
        ),
        ("Somewhere\nbehind the hill\nand left", {"line1": "Somewhere", "line2": "behind the hill, and left"}),
    ],
)
def test_an_address_in_one_cell_is_taken_apart_where_that_is_plain(text: str, fields: dict[str, str]) -> None:
    assert address_fields(text, "US") == fields


def test_a_street_of_several_lines_is_two_lines_or_a_whole_address() -> None:
    (row,) = customers('Name;Address;City\nA;"Unit 5\nHigh St\nOld Mill";Leeds\n')
    assert row.values == {"name": "A", "line1": "Unit 5", "line2": "High St, Old Mill", "city": "Leeds"}
    (row,) = customers('Name;Address\nA;"1 Main St\nBoston, MA 02138"\n')
    assert row.values == {"name": "A", "address_text": "1 Main St\nBoston, MA 02138"}


def test_an_apostrophe_that_keeps_digits_a_text_is_dropped() -> None:
    assert customers("Name;Zip;Phone\nA;'02138;'+1 555\n")[0].values == {
        "name": "A",
        "postal_code": "02138",
        "phone": "+1 555",
    }


# Countries, terms, kinds of supply


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("Niemcy", "DE"),
        ("Γερμανία", "DE"),
        ("DEU", "DE"),
        ("Germany (DE)", "DE"),
        ("DE - Germany", "DE"),
        ("United States", "US"),
        ("Stati Uniti", "US"),
        ("USA", "US"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("Czech Republic", "CZ"),
        ("Österreich", "AT"),
        ("Côte d'Ivoire", "CI"),
        ("fr", "fr"),
        ("Kongo", "Kongo"),
        ("Germany (FR)", "Germany (FR)"),
        ("Atlantis", "Atlantis"),
    ],
)
def test_countries_are_known_by_their_names_and_other_codes(text: str, code: str) -> None:
    assert country_meant(text) == code


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Net 30", Terms(30)),
        ("NET30", Terms(30)),
        ("30 jours net", Terms(30)),
        ("14 Tage netto", Terms(14)),
        ("zahlbar innerhalb von 14 Tagen", Terms(14)),
        ("30 dni", Terms(30)),
        ("30 giorni data fattura", Terms(30)),
        ("30", Terms(30)),
        ("Due on receipt", Terms(0)),
        ("Sofort fällig", Terms(0)),
        ("à réception", Terms(0)),
        ("30 jours fin de mois", Terms(30, end_of_month=True)),
        ("2/10 net 30", None),
        ("14 Tage 2 % Skonto", None),
        ("Net 30-60", None),
        ("on 30 April", None),
        ("", None),
        ("9" * 500, None),
    ],
)
def test_terms_are_understood_only_where_they_are_plain(text: str, terms: Terms | None) -> None:
    assert terms_meant(text) == terms


def test_goods_and_services_have_many_names() -> None:
    assert [supply_of(text) for text in ("Service", "Dienstleistung", "Inventory", "towar", "maybe")] == [
        *("services", "services", "goods", "goods"),
        "maybe",
    ]


# Prices and rates


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("12,50 €", {"unit_price": Decimal("12.50"), "currency": "EUR"}),
        ("€ 12.50", {"unit_price": Decimal("12.50"), "currency": "EUR"}),
        ("CHF 1'200.-", {"unit_price": Decimal(1200), "currency": "CHF"}),
        ("1.234,50 zł", {"unit_price": Decimal("1234.50"), "currency": "PLN"}),
        ("9.779999999999999", {"unit_price": Decimal("9.78")}),
        ("12,-", {"unit_price": Decimal(12)}),
    ],
)
def test_a_price_may_say_its_currency_and_be_a_computed_one(cell: str, values: dict[str, object]) -> None:
    (row,) = items(f"Name;Price\nA;{cell}\n")
    assert (row.values, row.problems) == ({"name": "A"} | values, ())


@pytest.mark.parametrize("cell", ["12 kg", "12,", "1 or 2", "20%", "12 €/h", "12 EUR USD"])
def test_a_price_with_anything_else_beside_it_is_none(cell: str) -> None:
    (row,) = items(f"Name;Price\nA;{cell}\n")
    assert [problem.field for problem in row.problems] == ["unit_price"]


def test_a_sign_of_several_currencies_is_that_of_the_organization_or_refused() -> None:
    read = table("Name;Price\nA;$12\n")
    columns = match_columns(Kind.ITEMS, read, ignore_unknown=False)
    assert read_rows(read, columns, None, "USD")[0].values["currency"] == "USD"
    assert "USD, CAD" in read_rows(read, columns, None, "EUR")[0].problems[0].text


def test_two_currencies_of_one_price_contradict_each_other() -> None:
    (row,) = items("Name;Price;Currency\nA;12 €;GBP\n")
    assert row.problems[0].field == "currency"


def test_mixed_decimal_signs_beside_currencies_are_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match=r"Price has numbers with a decimal comma .* \(12,50 and 12.50\)"):
        items("Name;Price\nA;12,50 €\nB;€12.50\n")


@pytest.mark.parametrize(("cell", "rate"), [("20%", "20"), ("20", "20"), ("5,5 %", "5.5"), ("0.2", "0.2")])
def test_rates_of_tax_are_numbers_of_percent(cell: str, rate: str) -> None:
    (row,) = items(f"Name;VAT rate\nA;{cell}\n")
    assert row.values["tax_rate"] == Decimal(rate)


def test_names_of_columns_are_the_same_in_a_choice() -> None:
    assert field_of(Kind.CUSTOMERS, "kraj") == ""
    assert read_table(b"Nome\nA\n", known=lambda heading: bool(field_of(Kind.CUSTOMERS, heading))).header == ("Nome",)
