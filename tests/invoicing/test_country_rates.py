"""The rates since 2018: every change, on the last day before it and on its own day, and each with its source.

The table repeats the files on purpose: a date or a percentage that slips in one of them is a failure, and so is a
change that stands in one of them only. Whoever changes a rate looks it up and names the source here.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from invoicing.countries import COUNTRY_CODES, TAXED_CATEGORIES, country
from invoicing.countries.model import SCALE
from invoicing.document.documents import TaxCategory
from tests.support.rates import default_code, rate_on

EVERY_COUNTRY = pytest.mark.parametrize("code", COUNTRY_CODES)
HISTORY_FROM = date(2018, 1, 1)
CHECKED_ON = date(2026, 11, 22)

# Country, tax code, the first day of the change, the percentage before and on it ("" is not in force), and where
# it was looked up ("general knowledge": not looked up; "as the file says": see the sources of the file).
CHANGES = [
    ("AT", "SUPER-REDUCED", "2026-07-01", "", "4.9", "BGBl. I Nr. 37/2026"),
    ("AT", "HOSPITALITY", "2020-07-01", "10", "5", "eurofound.europa.eu, AT-2020-27/952"),
    ("AT", "HOSPITALITY", "2022-01-01", "5", "10", "eurofound.europa.eu, AT-2020-27/952"),
    ("AT", "ACCOMMODATION", "2018-11-01", "13", "10", "tpa-group.com, 6 November 2018"),
    ("AT", "ACCOMMODATION", "2020-07-01", "10", "5", "eurofound.europa.eu, AT-2020-27/952"),
    ("AT", "ACCOMMODATION", "2022-01-01", "5", "10", "eurofound.europa.eu, AT-2020-27/952"),
    ("AT", "ZERO", "2024-01-01", "", "0", "bwb.gv.at, § 28 Abs. 62 UStG 1994"),
    ("BE", "HOSPITALITY", "2020-06-08", "12", "6", "vatupdate.com, circular 2020/C/86"),
    ("BE", "HOSPITALITY", "2021-01-01", "6", "12", "vatupdate.com, circular 2020/C/86"),
    ("BE", "HOSPITALITY", "2021-05-08", "12", "6", "bdo.global, June 2021"),
    ("BE", "HOSPITALITY", "2021-10-01", "6", "12", "bdo.global, June 2021"),
    ("BE", "ACCOMMODATION", "2026-03-01", "6", "12", "kpmg.com/be, 13 February 2026"),
    ("BG", "HOSPITALITY", "2020-07-01", "20", "9", "vatglobal.com"),
    ("BG", "HOSPITALITY", "2025-01-01", "9", "20", "novinite.com, 1 January 2025"),
    ("BG", "ZERO", "2022-07-01", "", "0", "bill of June 2022, vatupdate.com"),
    ("BG", "ZERO", "2025-01-01", "0", "", "kik-info.com, Article 66b"),
    ("CH", "STANDARD", "2024-01-01", "7.7", "8.1", "vatupdate.com, 3 January 2024"),
    ("CH", "REDUCED", "2024-01-01", "3.7", "3.8", "vatupdate.com, 3 January 2024"),
    ("CH", "REDUCED2", "2024-01-01", "2.5", "2.6", "vatupdate.com, 3 January 2024"),
    ("CY", "SUPER-REDUCED", "2023-07-21", "", "3", "meridianglobalservices.com"),
    ("CY", "HOSPITALITY", "2020-07-01", "9", "5", "acccyp.com, Decree 268/2020"),
    ("CY", "HOSPITALITY", "2021-01-11", "5", "9", "acccyp.com, Decree 268/2020"),
    ("CY", "ZERO", "2023-05-05", "", "0", "pagero.com, 6 May 2024"),
    ("CY", "ZERO", "2027-01-01", "0", "", "regfollower.com, Decree 337/2025"),
    ("CZ", "REDUCED", "2024-01-01", "15", "12", "sovos.com, Bill 488"),
    ("CZ", "REDUCED2", "2024-01-01", "10", "", "sovos.com, Bill 488"),
    ("CZ", "ZERO", "2024-01-01", "", "0", "sovos.com, Bill 488"),
    ("DE", "STANDARD", "2020-07-01", "19", "16", "vatnode/eu-vat-rates-data (TEDB)"),
    ("DE", "STANDARD", "2021-01-01", "16", "19", "vatnode/eu-vat-rates-data (TEDB)"),
    ("DE", "REDUCED", "2020-07-01", "7", "5", "ibericode/vat-rates"),
    ("DE", "REDUCED", "2021-01-01", "5", "7", "ibericode/vat-rates"),
    ("DE", "HOSPITALITY", "2020-07-01", "19", "5", "marosavat.com"),
    ("DE", "HOSPITALITY", "2021-01-01", "5", "7", "marosavat.com"),
    ("DE", "HOSPITALITY", "2024-01-01", "7", "19", "marosavat.com"),
    ("DE", "HOSPITALITY", "2026-01-01", "19", "7", "resourcehub.bakermckenzie.com"),
    ("DE", "ZERO", "2023-01-01", "", "0", "resourcehub.bakermckenzie.com"),
    ("EE", "STANDARD", "2024-01-01", "20", "22", "vatnode/eu-vat-rates-data (TEDB)"),
    ("EE", "STANDARD", "2025-07-01", "22", "24", "vatnode/eu-vat-rates-data (TEDB)"),
    ("EE", "REDUCED", "2025-01-01", "", "13", "taxopolis.eu"),
    ("EE", "SUPER-REDUCED", "2022-08-01", "", "5", "numeri.ee; marosavat.com"),
    ("EE", "SUPER-REDUCED", "2025-01-01", "5", "", "taxopolis.eu"),
    ("ES", "TEMPORARY", "2022-07-01", "", "5", "vatupdate.com, 30 June 2022"),
    ("ES", "TEMPORARY", "2024-10-01", "5", "7.5", "Agencia Tributaria, IVA 2024"),
    ("ES", "TEMPORARY", "2025-01-01", "7.5", "", "Agencia Tributaria, IVA 2024"),
    ("ES", "TEMPORARY2", "2024-10-01", "", "2", "Agencia Tributaria, IVA 2024"),
    ("ES", "TEMPORARY2", "2025-01-01", "2", "", "Agencia Tributaria, IVA 2024"),
    ("ES", "ZERO", "2020-04-23", "", "0", "Agencia Tributaria, IVA 2022"),
    ("FI", "STANDARD", "2024-09-01", "24", "25.5", "vatnode/eu-vat-rates-data (TEDB)"),
    ("FI", "REDUCED", "2026-01-01", "14", "13.5", "easytax.co"),
    ("FI", "ZERO", "2023-01-01", "", "0", "bloombergtax.com, HE 154/2022"),
    ("FI", "ZERO", "2023-05-01", "0", "", "bloombergtax.com, HE 154/2022"),
    ("GB", "HOSPITALITY", "2020-07-15", "20", "5", "bevanvat.com; blog.davidhoward.co.uk"),
    ("GB", "HOSPITALITY", "2021-10-01", "5", "12.5", "bevanvat.com; blog.davidhoward.co.uk"),
    ("GB", "HOSPITALITY", "2022-04-01", "12.5", "20", "bevanvat.com; blog.davidhoward.co.uk"),
    ("HR", "ZERO", "2022-10-01", "", "0", "eng.mazars.hr, January 2023"),
    ("HU", "ZERO", "2024-01-01", "", "0", "as the file says"),
    ("IE", "STANDARD", "2020-09-01", "23", "21", "vatnode/eu-vat-rates-data (TEDB)"),
    ("IE", "STANDARD", "2021-03-01", "21", "23", "vatnode/eu-vat-rates-data (TEDB)"),
    ("IE", "HOSPITALITY", "2019-01-01", "9", "13.5", "uhyfdw.ie"),
    ("IE", "HOSPITALITY", "2020-11-01", "13.5", "9", "odonovanlavin.ie, 12 September 2023"),
    ("IE", "HOSPITALITY", "2023-09-01", "9", "13.5", "nkc.ie"),
    ("IE", "HOSPITALITY", "2026-07-01", "13.5", "9", "amatino.ie"),
    ("IE", "ACCOMMODATION", "2019-01-01", "9", "13.5", "uhyfdw.ie"),
    ("IE", "ACCOMMODATION", "2020-11-01", "13.5", "9", "odonovanlavin.ie, 12 September 2023"),
    ("IE", "ACCOMMODATION", "2023-09-01", "9", "13.5", "nkc.ie"),
    ("IE", "ENERGY", "2022-05-01", "13.5", "9", "as the file says"),
    ("IE", "ENERGY", "2031-01-01", "9", "13.5", "as the file says"),
    ("LT", "REDUCED", "2026-01-01", "9", "12", "vatapi.com, 1 January 2026"),
    ("LU", "STANDARD", "2023-01-01", "17", "16", "vatnode/eu-vat-rates-data (TEDB)"),
    ("LU", "STANDARD", "2024-01-01", "16", "17", "vatnode/eu-vat-rates-data (TEDB)"),
    ("LU", "REDUCED", "2023-01-01", "14", "13", "ibericode/vat-rates"),
    ("LU", "REDUCED", "2024-01-01", "13", "14", "ibericode/vat-rates"),
    ("LU", "REDUCED2", "2023-01-01", "8", "7", "ibericode/vat-rates"),
    ("LU", "REDUCED2", "2024-01-01", "7", "8", "ibericode/vat-rates"),
    ("LV", "BASIC-FOOD", "2026-07-01", "21", "12", "balticnews.com; vatupdate.com, 9 October 2025"),
    ("LV", "BASIC-FOOD", "2027-07-01", "12", "21", "balticnews.com; vatupdate.com, 9 October 2025"),
    ("MT", "REDUCED", "2024-01-01", "", "12", "as the file says"),
    ("NL", "REDUCED", "2019-01-01", "6", "9", "ibericode/vat-rates"),
    ("NL", "ACCOMMODATION", "2019-01-01", "6", "9", "ibericode/vat-rates"),
    ("NL", "ACCOMMODATION", "2026-01-01", "9", "21", "vatupdate.com, 31 October 2025"),
    ("NO", "REDUCED2", "2020-04-01", "12", "6", "vatupdate.com, 12 May 2021"),
    ("NO", "REDUCED2", "2021-10-01", "6", "12", "vatupdate.com, 23 June 2021"),
    ("RO", "STANDARD", "2025-08-01", "19", "21", "vatnode/eu-vat-rates-data (TEDB)"),
    ("RO", "REDUCED", "2025-08-01", "9", "11", "vatapi.com, 1 August 2025"),
    ("RO", "REDUCED2", "2025-08-01", "5", "", "as the file says"),
    ("SE", "FOOD", "2026-04-01", "12", "6", "vatupdate.com, Prop. 2025/26:55"),
    ("SE", "FOOD", "2028-01-01", "6", "12", "vatupdate.com, Prop. 2025/26:55"),
    ("SI", "REDUCED2", "2020-01-01", "", "5", "as the file says"),
    ("SK", "STANDARD", "2025-01-01", "20", "23", "vatnode/eu-vat-rates-data (TEDB)"),
    ("SK", "REDUCED", "2025-01-01", "10", "19", "ibericode/vat-rates"),
    ("SK", "REDUCED2", "2023-01-01", "", "5", "as the file says"),
]

# What held on the first day of 2018, by tax code. Together with the changes that is the whole history.
AT_THE_START = {
    "AT": "STANDARD 20, REDUCED 13, REDUCED2 10, HOSPITALITY 10, ACCOMMODATION 13",
    "BE": "STANDARD 21, REDUCED 12, REDUCED2 6, HOSPITALITY 12, ACCOMMODATION 6",
    "BG": "STANDARD 20, REDUCED 9, HOSPITALITY 20",
    "CH": "STANDARD 7.7, REDUCED 3.7, REDUCED2 2.5",
    "CY": "STANDARD 19, REDUCED 9, REDUCED2 5, HOSPITALITY 9",
    "CZ": "STANDARD 21, REDUCED 15, REDUCED2 10",
    "DE": "STANDARD 19, REDUCED 7, HOSPITALITY 19",
    "DK": "STANDARD 25",
    "EE": "STANDARD 20, REDUCED2 9",
    "ES": "STANDARD 21, REDUCED 10, SUPER-REDUCED 4",
    "FI": "STANDARD 24, REDUCED 14, REDUCED2 10",
    "FR": "STANDARD 20, REDUCED 10, REDUCED2 5.5, SUPER-REDUCED 2.1",
    "GB": "STANDARD 20, REDUCED 5, HOSPITALITY 20",
    "GR": "STANDARD 24, REDUCED 13, REDUCED2 6",
    "HR": "STANDARD 25, REDUCED 13, REDUCED2 5",
    "HU": "STANDARD 27, REDUCED 18, REDUCED2 5",
    "IE": "STANDARD 23, REDUCED 13.5, REDUCED2 9, SUPER-REDUCED 4.8, HOSPITALITY 9, ACCOMMODATION 9, ENERGY 13.5",
    "IT": "STANDARD 22, REDUCED 10, REDUCED2 5, SUPER-REDUCED 4",
    "LT": "STANDARD 21, REDUCED 9, REDUCED2 5",
    "LU": "STANDARD 17, REDUCED 14, REDUCED2 8, SUPER-REDUCED 3",
    "LV": "STANDARD 21, REDUCED 12, REDUCED2 5, BASIC-FOOD 21",
    "MT": "STANDARD 18, REDUCED2 7, REDUCED3 5",
    "NL": "STANDARD 21, REDUCED 6, ACCOMMODATION 6",
    "NO": "STANDARD 25, REDUCED 15, REDUCED2 12, RAW-FISH 11.11",
    "PL": "STANDARD 23, REDUCED 8, REDUCED2 5",
    "PT": "STANDARD 23, REDUCED 13, REDUCED2 6",
    "RO": "STANDARD 19, REDUCED 9, REDUCED2 5",
    "SE": "STANDARD 25, REDUCED 12, REDUCED2 6, FOOD 12",
    "SI": "STANDARD 22, REDUCED 9.5",
    "SK": "STANDARD 20, REDUCED 10",
    "US": "",
}


def rates_in_force(code: str) -> list[Decimal]:
    """The country's own scale on the day of the check, in the order of the file; codes of one trade are left out."""
    scale = (template for template in country(code).tax_codes if template.code in SCALE)
    return [percent for template in scale if (percent := rate_on(template.rates, CHECKED_ON)) is not None]


def percent_on(code: str, tax_code: str, day: date) -> Decimal | None:
    (template,) = (template for template in country(code).tax_codes if template.code == tax_code)
    return rate_on(template.rates, day)


def expected(percent: str) -> Decimal | None:
    return Decimal(percent) if percent else None


@pytest.mark.parametrize(("code", "tax_code", "first_day", "before", "after", "source"), CHANGES)
def test_a_rate_changes_on_its_day_and_not_on_the_day_before(
    code: str, tax_code: str, first_day: str, before: str, after: str, source: str
) -> None:
    day = date.fromisoformat(first_day)
    assert percent_on(code, tax_code, day - timedelta(days=1)) == expected(before), source
    assert percent_on(code, tax_code, day) == expected(after), source


@EVERY_COUNTRY
def test_the_rates_of_the_first_day_of_2018_are_the_ones_of_the_table(code: str) -> None:
    in_force = [
        f"{template.code} {percent}"
        for template in country(code).tax_codes
        if template.category == TaxCategory.STANDARD and (percent := rate_on(template.rates, HISTORY_FROM)) is not None
    ]
    assert ", ".join(in_force) == AT_THE_START[code]


@EVERY_COUNTRY
def test_every_change_in_a_file_stands_in_the_table(code: str) -> None:
    in_file = {
        (template.code, day.isoformat())
        for template in country(code).tax_codes
        if template.category in TAXED_CATEGORIES
        for rate in template.rates
        for day in (rate.valid_from, rate.valid_until and rate.valid_until + timedelta(days=1))
        if day is not None and day > HISTORY_FROM
    }
    assert in_file == {(tax_code, day) for place, tax_code, day, *_ in CHANGES if place == code}


@EVERY_COUNTRY
def test_no_two_rates_of_a_code_are_in_force_at_once_and_the_history_goes_back_to_2018(code: str) -> None:
    place = country(code)
    histories = [template.rates for template in place.tax_codes] + [one.rates for one in place.withholdings]
    for rates in histories:
        for earlier, later in pairwise(rates):
            assert earlier.valid_until is not None
            assert earlier.valid_until < later.valid_from
    assert rate_on(default_code(place).rates, HISTORY_FROM) is not None


@EVERY_COUNTRY
def test_the_rates_in_force_fall_from_standard_to_super_reduced(code: str) -> None:
    percents = rates_in_force(code)
    assert percents == sorted(set(percents), reverse=True)


@pytest.mark.parametrize(
    ("code", "percents"),
    [
        ("AT", "20 13 10 4.9"),
        ("BG", "20 9"),
        ("CH", "8.1 3.8 2.6"),
        ("CY", "19 9 5 3"),
        ("CZ", "21 12"),
        ("DE", "19 7"),
        ("DK", "25"),
        ("EE", "24 13 9"),
        ("ES", "21 10 4"),
        ("FI", "25.5 13.5 10"),
        ("FR", "20 10 5.5 2.1"),
        ("GB", "20 5"),
        ("GR", "24 13 6"),
        ("HU", "27 18 5"),
        ("IE", "23 13.5 9 4.8"),
        ("IT", "22 10 5 4"),
        ("LT", "21 12 5"),
        ("LU", "17 14 8 3"),
        ("MT", "18 12 7 5"),
        ("NL", "21 9"),
        ("NO", "25 15 12"),
        ("PL", "23 8 5"),
        ("RO", "21 11"),
        ("SE", "25 12 6"),
        ("SK", "23 19 5"),
        ("US", ""),
    ],
)
def test_the_well_known_rates_of_november_2026(code: str, percents: str) -> None:
    assert rates_in_force(code) == [Decimal(percent) for percent in percents.split()]


def test_before_its_first_day_a_code_has_no_rate() -> None:
    lower = next(template for template in country("AT").tax_codes if template.code == "SUPER-REDUCED")
    assert rate_on(lower.rates, date(2026, 6, 30)) is None
    assert rate_on(lower.rates, date(2026, 7, 1)) == Decimal("4.9")


@pytest.mark.parametrize(
    ("code", "label", "percents"),
    [
        ("ES", "Retención IRPF", "15 7 19"),
        ("GR", "Παρακράτηση φόρου", "20"),
        ("IT", "Ritenuta d'acconto", "20"),
        ("PT", "Retenção na fonte de IRS", "23"),
    ],
)
def test_where_invoices_show_a_withholding_the_file_has_it(code: str, label: str, percents: str) -> None:
    withholdings = country(code).withholdings
    assert {withholding.label for withholding in withholdings} == {label}
    assert [rate_on(withholding.rates, CHECKED_ON) for withholding in withholdings] == [
        Decimal(percent) for percent in percents.split()
    ]


def test_the_portuguese_withholding_fell_with_the_year_2025() -> None:
    (withholding,) = country("PT").withholdings
    assert rate_on(withholding.rates, date(2024, 12, 31)) == 25
    assert rate_on(withholding.rates, date(2025, 1, 1)) == 23
