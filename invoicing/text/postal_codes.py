"""Postal codes and regions as the countries write them in an address: facts for taking an address text apart.

Source: the forms of the Universal Postal Union and of CLDR's postal code data (its last edition), from general
knowledge, not looked up; checked on 2026-11-28 against the worked addresses of the tests.
"""

from __future__ import annotations

import re

# As a person writes them: a blank or hyphen inside may be missing. Letters may be small where they can be no word.
POSTAL_CODES: dict[str, str] = {
    "AT": r"[1-9]\d{3}",
    "BE": r"[1-9]\d{3}",
    "BG": r"[1-9]\d{3}",
    "CH": r"[1-9]\d{3}",
    "CY": r"\d{4}",
    "CZ": r"[1-7]\d{2} ?\d{2}",
    "DE": r"\d{5}",
    "DK": r"\d{4}",
    "EE": r"\d{5}",
    "ES": r"(?:0[1-9]|[1-4]\d|5[0-2])\d{3}",
    "FI": r"\d{5}",
    "FR": r"\d{2} ?\d{3}",
    "GB": r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})",
    "GR": r"[1-8]\d{2} ?\d{2}",
    "HR": r"[1-5]\d{4}",
    "HU": r"[1-9]\d{3}",
    "IE": r"(?:[A-Z]\d{2}|D6W) ?[\dA-Z]{4}",
    "IT": r"\d{5}",
    "LT": r"(?:LT-?)?\d{5}",
    "LU": r"\d{4}",
    "LV": r"LV-?\d{4}",
    "MT": r"[A-Z]{3} ?\d{2,4}",
    "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "NO": r"\d{4}",
    "PL": r"\d{2}-\d{3}",
    "PT": r"[1-9]\d{3}-\d{3}",
    "RO": r"\d{6}",
    "SE": r"[1-9]\d{2} ?\d{2}",
    "SI": r"[1-9]\d{3}",
    "SK": r"[089]\d{2} ?\d{2}",
    "US": r"\d{5}(?:-\d{4})?",
}

# Written before the code by senders abroad: the country's mark, and no part of the code. Latvia's is part of it.
COUNTRY_MARKS: dict[str, tuple[str, ...]] = {
    "AT": ("A", "AT"),
    "BE": ("B", "BE"),
    "BG": ("BG",),
    "CH": ("CH",),
    "CY": ("CY",),
    "CZ": ("CZ",),
    "DE": ("D", "DE"),
    "DK": ("DK",),
    "EE": ("EE",),
    "ES": ("E", "ES"),
    "FI": ("FI", "FIN"),
    "FR": ("F", "FR"),
    "GR": ("GR",),
    "HR": ("HR",),
    "HU": ("H", "HU"),
    "IT": ("I", "IT"),
    "LU": ("L", "LU"),
    "NL": ("NL",),
    "NO": ("N", "NO"),
    "PL": ("PL",),
    "PT": ("PT",),
    "RO": ("RO",),
    "SE": ("S", "SE"),
    "SI": ("SI",),
    "SK": ("SK",),
}

# Where the house number comes before the name of the street, so that a word stands before the code.
NUMBER_FIRST = frozenset({"FR", "LU", "MT", "US"})

_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands", "AA": "", "AE": "", "AP": "",
}  # fmt: skip
_PROVINCES = """
    AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC FE FG FI FM FR GE
    GO GR IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE PG PI PN PO PR PT PU PV PZ RA RC
    RE RG RI RM RN RO SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VT VV
""".split()

# Counties whose names are no towns: in a list of places they can only be the region.
_BRITISH_COUNTIES = """
    Avon|Cleveland|Cornwall|Cumbria|Devon|Dorset|East Sussex|Essex|Greater London|Greater Manchester|Humberside|
    Isle of Wight|Kent|Merseyside|Middlesex|Norfolk|Northumberland|Rutland|Somerset|South Yorkshire|Suffolk|Surrey|
    Sussex|Tyne and Wear|Tyne & Wear|West Midlands|West Sussex|West Yorkshire|North Yorkshire|East Yorkshire|
    East Riding of Yorkshire|Clwyd|Dyfed|Gwent|Gwynedd|Powys|South Glamorgan|Mid Glamorgan|West Glamorgan|
    Fife|Midlothian|East Lothian|West Lothian|Isle of Skye|Angus|Caithness|Sutherland|Argyll|Scottish Borders|
    (?:Co\\.?|County) [A-Z]\\w+|[A-Z]\\w+shire
"""

# How a region is written in each country where it has a form of its own; elsewhere it is a line after the town's.
REGIONS: dict[str, re.Pattern[str]] = {
    "US": re.compile("|".join(re.escape(name) for pair in _STATES.items() for name in pair if name), re.IGNORECASE),
    "IT": re.compile(rf"\(?({'|'.join(_PROVINCES)})\)?"),
    "GB": re.compile("".join(line.strip() for line in _BRITISH_COUNTIES.splitlines())),
    "IE": re.compile(r"(?:Co\.?|County) [A-ZÁÉÍÓÚ]\w+"),
    "LV": re.compile(r"[^\d,]+ (?:novads|nov\.|pagasts|pag\.)"),
}
