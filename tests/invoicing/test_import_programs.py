"""What usual programs export, as a new user has it: recognised by the headings, and each column where it belongs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoicing.importing.columns import Columns, How, is_known, match_columns
from invoicing.importing.composing import fill_repeated
from invoicing.importing.price_columns import Pricing
from invoicing.importing.programs import profile_of
from invoicing.importing.recognizing import read_table
from invoicing.importing.tables import Table
from invoicing.importing.values import ReadRow, read_rows
from invoicing.importing.vocabulary import Kind
from invoicing.refusals import InvalidInput

CUSTOMERS = {
    "lexware_office": (
        "Kundennummer;Lieferantennummer;Firmenname;Anrede;Vorname;Nachname;Straße 1;Hausnummer 1;Zusatz 1;PLZ 1;Ort 1;"
        "Land 1;E-Mail 1;Telefon 1;USt-IdNr.;Notiz\n"
        "10001;;Bäckerei Müller GmbH;;;;Hauptstr.;5;;01067;Dresden;DE;info@mueller.example;0351 1;DE136695976;"
        "Stammkunde\n",
        {"name": "Bäckerei Müller GmbH", "line1": "Hauptstr.", "house_number": "5", "postal_code": "01067"}
        | {"city": "Dresden", "country": "DE", "email": "info@mueller.example", "tax_number": "DE136695976"}
        | {"identifier": "10001"},
        "Lieferantennummer",
    ),
    "sevdesk": (
        "Kunden-Nr.;Anrede;Titel;Nachname;Vorname;Organisation;Namenszusatz;Position;Kategorie;IBAN;BIC;"
        "Umsatzsteuer-ID;Strasse;PLZ;Ort;Land;Adress-Kategorie;Telefon;Telefon-Kategorie;Mobil;Fax;E-Mail;Webseite\n"
        "1000;;;;;Dachdecker Roth GmbH;;;Kunde;;;DE136695976;Ringstr. 2;80331;München;Deutschland;;089 1;;;;"
        "a@b.example;\n",
        {"name": "Dachdecker Roth GmbH", "line1": "Ringstr. 2", "city": "München", "country": "Deutschland"}
        | {"identifier": "1000"},
        "Kategorie",
    ),
    "xero": (
        "*ContactName,AccountNumber,EmailAddress,FirstName,LastName,POAttentionTo,POAddressLine1,POAddressLine2,POCity,"
        "PORegion,POPostalCode,POCountry,SAAddressLine1,SACity,PhoneNumber,TaxNumber,BankAccountNumber\n"
        "Hotel Bristol Ltd,HB1,ap@bristol.example,Ann,Lee,,1 High St,,Leeds,,LS1 1AA,United Kingdom,2 Low St,"
        "York,0113 1,"
        "GB980780684,123\n",
        {"name": "Hotel Bristol Ltd", "line1": "1 High St", "city": "Leeds", "country": "United Kingdom"}
        | {"email": "ap@bristol.example", "tax_number": "GB980780684"},
        "SAAddressLine1",
    ),
    "quickbooks": (
        "Bristol Trading LLC,,,,,\nCustomer Contact List,,,,,\n\nCustomer full name,Phone numbers,Email,Full name,"
        'Bill address,Ship address\nHotel Bristol,Phone:(555) 010-1234 Mobile:(555) 9,ap@bristol.example,Ann Lee,"1'
        ' Main St\nBoston, MA 02138",\n\n\n" Wednesday, September 30, 2026 01:46 PM GMT-05:00",,,,,\n',
        {"name": "Hotel Bristol", "address_text": "1 Main St\nBoston, MA 02138", "email": "ap@bristol.example"}
        | {"phone": "(555) 010-1234"},
        "Full name",
    ),
    "zoho": (
        "Contact ID,Display Name,Company Name,Contact Type,Payment Terms,Payment Terms Label,Billing Address,"
        "Billing City,"
        "Billing State,Billing Country,Billing Code,Currency Code,EmailID\n"
        "11,Umbrella Retail,Umbrella Retail LLP,customer,30,Net 30,1 Fore St,Exeter,,U.K,EX1 1AA,GBP,"
        "a@umbrella.example\n",
        {"name": "Umbrella Retail", "payment_terms": "Net 30", "postal_code": "EX1 1AA", "currency": "GBP"},
        "Company Name",
    ),
    "odoo": (
        "External ID,Name,Company Type,Street,Street2,City,State,Zip,Country,Tax ID,Email,Phone\n"
        "base.p1,Azure Interior,Company,4557 De Silva St,,Fremont,California,94538,United States,,"
        "a@azure.example,555\n",
        {"name": "Azure Interior", "line1": "4557 De Silva St", "region": "California", "country": "United States"},
        "External ID",
    ),
    "akaunting": (
        "name,email,tax_number,phone,address,country,state,zip_code,city,website,currency_code,category_name,reference,"
        "enabled,can_login\nAcme,a@acme.example,,555,1 Main St,United States,MA,02138,Boston,,USD,,,1,0\n",
        {"name": "Acme", "line1": "1 Main St", "postal_code": "02138", "region": "MA", "currency": "USD"},
        "enabled",
    ),
    "invoice_ninja": (
        "Client Name,Client Number,Client Street,Client Apt/Suite,Client City,Client State/Province,Client Postal Code,"
        "Client Country,Client VAT Number,Contact First Name,Contact Last Name,Contact Email,Client Balance\n"
        "Acme BV,0001,Damrak 1,,Amsterdam,,1012 LG,Netherlands,NL123456782B12,Ann,Lee,ann@acme.example,0\n",
        {"name": "Acme BV", "line1": "Damrak 1", "country": "Netherlands", "email": "ann@acme.example"},
        "Client Balance",
    ),
    "freshbooks": (
        "Organization,First Name,Last Name,Email,Phone,Address Line 1,Address Line 2,City,Province/State,Country,"
        "Postal Code,Notes\n,Ann,Lee,ann@lee.example,555,1 Bay St,,Toronto,Ontario,Canada,M5J 2R8,\n",
        {"name": "Ann Lee", "line1": "1 Bay St", "region": "Ontario", "country": "Canada"},
        "",
    ),
    "wave": (
        "customer_name,email,contact_first_name,contact_last_name,customer_currency,account_number,phone,fax,country,"
        "province/state,address_line_1,address_line_2,city,postal_code/zip_code\n"
        "Acme,a@acme.example,Ann,Lee,USD,,555,,United States,Massachusetts,1 Main St,,Boston,02138\n",
        {"name": "Acme", "currency": "USD", "postal_code": "02138", "line1": "1 Main St"},
        "account_number",
    ),
    "woocommerce": (
        "order_id,billing_first_name,billing_last_name,billing_company,billing_address_1,billing_postcode,billing_city,"
        "billing_state,billing_country,billing_email,order_total\n"
        "7,Ann,Lee,,Rue Haute 1,1000,Bruxelles,,BE,ann@lee.example,12.00\n",
        {"name": "Ann Lee", "line1": "Rue Haute 1", "postal_code": "1000", "country": "BE"},
        "order_total",
    ),
    "shopify": (
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address "
        "Address1,"
        "Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,"
        "Phone,Note\n"
        "'6411,Ann,Lee,ann@lee.example,no,,1 Main St,Boston,MA,US,'02138,'+1555,\n",
        {"name": "Ann Lee", "line1": "1 Main St", "postal_code": "02138", "country": "US", "phone": "+1555"},
        "Customer ID",
    ),
    "prestashop": (
        "Alias *;Active (0/1);Customer e-mail *;Customer ID;Manufacturer;Supplier;Company;Lastname *;Firstname*;"
        "Address 1 *;Address 2;Zip/postal code *;City *;Country *;State;Other;Phone;Mobile Phone;VAT number\n"
        "home;1;a@b.example;3;;;;Lee;Ann;1 rue Haute;;75001;Paris;France;;;01;;\n",
        {"name": "Ann Lee", "line1": "1 rue Haute", "postal_code": "75001", "country": "France"},
        "Alias *",
    ),
}
ITEMS = {
    "sevdesk": (
        "Artikelnummer;Bezeichnung;Beschreibung;Einheit;Verkaufspreis netto;Verkaufspreis brutto;Steuersatz\n"
        "A1;Beratung;je Stunde;Std;80,00;95,20;19 %\n",
        {"sku": "A1", "name": "Beratung", "unit_price": Decimal(80), "tax_rate": Decimal(19)},
    ),
    "xero": (
        "*ItemCode,ItemName,Quantity,PurchasesDescription,PurchasesUnitPrice,PurchasesAccount,PurchasesTaxRate,"
        "SalesDescription,SalesUnitPrice,SalesAccount,SalesTaxRate\n"
        "MUG,Blue mug,40,,8.00,5000,,A blue mug,20.00,4000,20%\n",
        {"sku": "MUG", "name": "Blue mug", "description": "A blue mug", "unit_price": Decimal(20)},
    ),
    "quickbooks": (
        "Product/Service Name,Sales Description,Type,SKU,Sales Price,Purchase Cost\nFilter,Box of 12,Service,F1,"
        "34.50,18.75\n",
        {"name": "Filter", "sku": "F1", "unit_price": Decimal("34.5"), "supply": "services"},
    ),
    "zoho": (
        "Item ID,Item Name,SKU,Usage unit,Rate,Purchase Rate,Tax Percentage,Product Type\n"
        "21,Bracket,SB-01,pcs,GBP 250.00,GBP 180.00,20,goods\n",
        {"name": "Bracket", "unit_price": Decimal(250), "currency": "GBP", "unit": "pcs", "supply": "goods"},
    ),
    "odoo": (
        "External ID,Name,Internal Reference,Sales Price,Cost,Unit of Measure,Product Category\nx,Desk,D1,"
        "9.779999999999999,5,Units,All\n",
        {"name": "Desk", "sku": "D1", "unit_price": Decimal("9.78"), "unit": "Units"},
    ),
    "akaunting": (
        "name,type,description,sale_price,purchase_price,category_name,enabled\nDesk,product,Oak,100,60,General,1\n",
        {"name": "Desk", "supply": "goods", "unit_price": Decimal(100)},
    ),
    "invoice_ninja": (
        "Product,Notes,Cost,Price,Quantity,Tax Name 1,Tax Rate 1\nDesk,Oak,60,100,1,VAT,20\n",
        {"name": "Desk", "description": "Oak", "unit_price": Decimal(100), "tax_rate": Decimal(20)},
    ),
    "freshbooks": (
        "Name,Type,Rate,Income Account,Status\nDesign,Service,80.00,Sales,Active\n",
        {"name": "Design", "unit_price": Decimal(80)},
    ),
    "prestashop": (
        "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Tax rules ID;Wholesale price;"
        "On sale (0/1);"
        "Reference #;Unity;Unit price;Summary;Description\n1;1;Mug;Home;11.9;1;5.49;0;demo_1;l;23.8;A mug;<p>A "
        "mug</p>\n",
        {"name": "Mug", "sku": "demo_1", "unit_price": Decimal("11.9"), "description": "A mug"},
    ),
}


def read(kind: Kind, text: str, **mapped: str) -> tuple[Columns, list[ReadRow]]:
    """As the operation reads a file."""
    table: Table = read_table(text.encode(), known=lambda heading: is_known(kind, heading))
    program = profile_of(kind, table.header)
    if program is not None and program.repeated is not None:
        rows, _ = fill_repeated(table.rows, table.header, program.repeated)
        table = Table(table.header, tuple(rows), table.form)
    chosen = {heading.replace("_", " "): field for heading, field in mapped.items()}
    pricing = Pricing(prices_include_tax=False)
    columns = match_columns(kind, table, ignore_unknown=False, mapped=chosen, pricing=pricing, profile=program)
    return columns, read_rows(table, columns, None)


@pytest.mark.parametrize("program", CUSTOMERS)
def test_customers_of_a_program_are_read_as_they_are(program: str) -> None:
    text, expected, passed_over = CUSTOMERS[program]
    columns, (row,) = read(Kind.CUSTOMERS, text)
    assert columns.profile is not None
    assert columns.profile.program == program
    assert row.problems == ()
    assert {field: row.values.get(field) for field in expected} == expected
    assert not passed_over or passed_over in columns.ignored
    assert all(column.how is How.PROGRAM for column in columns.known)


@pytest.mark.parametrize("program", ITEMS)
def test_items_of_a_program_are_read_as_they_are(program: str) -> None:
    text, expected = ITEMS[program]
    columns, (row,) = read(Kind.ITEMS, text)
    assert columns.profile is not None
    assert columns.profile.program == program
    assert row.problems == ()
    assert {field: row.values.get(field) for field in expected} == expected


WOOCOMMERCE = (
    "ID,Type,SKU,Name,Published,Short description,Tax status,Tax class,In stock?,Sale price,Regular price,Categories\n"
    "10,simple,S1,Sticker,1,The best,taxable,,1,8,10,Home\n"
)
SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price,"
    "Image Src\ntee,T-shirt,<p>A</p>,Acme,Size,S,T-S,19.90,25.00,https://a.example/1.png\n"
    "tee,,,,,M,T-M,21.90,25.00,\ntee,,,,,,,,,https://a.example/2.png\nmug,Mug,,Acme,Title,Default Title,M,5.00,,\n"
)


def test_the_price_of_a_shop_is_asked_for_and_the_rest_is_known() -> None:
    with pytest.raises(InvalidInput, match="Several columns could be the price"):
        read(Kind.ITEMS, WOOCOMMERCE)
    columns, (row,) = read(Kind.ITEMS, WOOCOMMERCE, Regular_price="unit_price")
    assert row.values == {"sku": "S1", "name": "Sticker", "description": "The best", "unit_price": Decimal(10)}
    assert {"ID", "Type", "Sale price", "Categories"} <= set(columns.ignored)


def test_variants_of_a_product_are_items_of_their_own() -> None:
    with pytest.raises(InvalidInput, match="price"):
        read(Kind.ITEMS, SHOPIFY)
    _, rows = read(Kind.ITEMS, SHOPIFY, Variant_Price="unit_price")
    assert [(row.number, row.values) for row in rows] == [
        (2, {"name": "T-shirt (S)", "sku": "T-S", "unit_price": Decimal("19.9")}),
        (3, {"name": "T-shirt (M)", "sku": "T-M", "unit_price": Decimal("21.9")}),
        (5, {"name": "Mug", "sku": "M", "unit_price": Decimal(5)}),
    ]


def test_a_program_can_be_named_or_ruled_out() -> None:
    header = CUSTOMERS["xero"][0].splitlines()[0].split(",")
    assert profile_of(Kind.CUSTOMERS, header, "none") is None
    named = profile_of(Kind.CUSTOMERS, header, "Xero")
    assert named is not None
    with pytest.raises(InvalidInput, match="has not the headings"):
        profile_of(Kind.CUSTOMERS, header, "wave")
    with pytest.raises(InvalidInput, match=r"none or one of: akaunting, .*zoho"):
        profile_of(Kind.CUSTOMERS, header, "sage")


def test_what_somebody_chooses_outranks_the_program() -> None:
    columns, (row,) = read(Kind.CUSTOMERS, CUSTOMERS["zoho"][0], Company_Name="name")
    assert row.values["name"] == "Umbrella Retail LLP"
    assert "Display Name" in columns.ignored


def test_a_list_of_ones_own_is_no_programs() -> None:
    assert profile_of(Kind.CUSTOMERS, ["Name", "City", "Country", "Email"]) is None


@pytest.mark.parametrize("mark", ["\ufeff", "sep=,\n", "Contacts\n\n"])
def test_what_stands_before_the_header_of_an_export_does_no_harm(mark: str) -> None:
    columns, (row,) = read(Kind.CUSTOMERS, mark + CUSTOMERS["xero"][0])
    assert columns.profile is not None
    assert row.values["name"] == "Hotel Bristol Ltd"


def test_a_heading_twice_in_an_export_counts_once_and_one_without_a_name_is_named() -> None:
    header, rows = CUSTOMERS["xero"][0].split("\n", 1)
    columns, (row,) = read(Kind.CUSTOMERS, f"{header},,POCity\n{rows.strip()},x,Bath\n")
    assert row.values["city"] == "Leeds"
    assert columns.ignored[-2:] == ("(column 18, without a name)", "POCity")


def test_a_price_that_an_export_has_twice_is_asked_for() -> None:
    text = ITEMS["prestashop"][0].replace("Tax rules ID", "Price tax included").replace("11.9;1;", "11.9;14.28;")
    with pytest.raises(InvalidInput, match="Several columns could be the price"):
        read(Kind.ITEMS, text)
