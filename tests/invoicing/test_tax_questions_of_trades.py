"""What is asked about a supply by the words of a line: the ordinary trades and things of every language."""

from __future__ import annotations

import pytest

from invoicing.countries import country
from invoicing.document.documents import Supply
from invoicing.tax.special_supplies import kinds_told, place_of
from tests.invoicing.test_tax_questions import notices
from tests.support.samples import customer


@pytest.mark.parametrize(
    ("seller", "description", "place"),
    [
        ("DE", "Dachreparatur", "land"),
        ("DE", "Wohnungsrenovierung", "land"),
        ("DE", "Estrich verlegen", "land"),
        ("DE", "Fassadendämmung", "land"),
        ("DE", "Heckenschnitt", "land"),
        ("DE", "Autovermietung Sprinter", "vehicle"),
        ("DE", "Fenstertausch", "land"),
        ("DE", "Eventcatering", "restaurant"),
        ("AT", "Nächtigung", "land"),
        ("AT", "Fliesen verlegen", "land"),
        ("AT", "Skipass", "passengers"),
        ("AT", "Rauchfangkehrer", "land"),
        ("AT", "Installateurarbeiten", "land"),
        ("AT", "Hotelübernachtung und Nächtigungstaxe", "land"),
        ("GB", "Electrical rewiring", "land"),
        ("GB", "Bathroom fitting", "land"),
        ("GB", "Property survey", "land"),
        ("GB", "Loft conversion", "land"),
        ("GB", "Chimney repair", "land"),
        ("GB", "Hedge trimming", "land"),
        ("GB", "Coach hire to Brighton", "passengers"),
        ("GB", "Boat hire, one day", "vehicle"),
        ("GB", "Conference fee", "event"),
        ("NL", "Dakreparatie", "land"),
        ("NL", "Badkamer verbouwen", "land"),
        ("NL", "Autohuur", "vehicle"),
        ("NL", "Stucwerk woonkamer", "land"),
        ("NL", "Vakantiehuis, week 32", "land"),
        ("NL", "Rondvaart door de grachten", "passengers"),
        ("SE", "Takrenovering", "land"),
        ("SE", "Badrumsrenovering", "land"),
        ("SE", "Målning", "land"),
        ("SE", "Fönsterbyte", "land"),
        ("SE", "Hyra av bil", "vehicle"),
        ("SE", "Liftkort, tre dagar", "passengers"),
        ("FR", "Ravalement de façade", "land"),
        ("FR", "Location saisonnière", "land"),
        ("FR", "Pose de carrelage", "land"),
        ("FR", "Élagage et taille de haies", "land"),
        ("FR", "Location de camionnette", "vehicle"),
        ("ES", "Pintura de fachada", "land"),
        ("ES", "Reforma de cuarto de baño", "land"),
        ("ES", "Alquiler de furgoneta", "vehicle"),
        ("ES", "Mantenimiento de jardines", "land"),
        ("HU", "Festés", "land"),
        ("HU", "Tetőjavítás", "land"),
        ("HU", "Fürdőszoba felújítás", "land"),
        ("HU", "Síbérlet", "passengers"),
        ("HU", "Autókölcsönzés", "vehicle"),
        ("FI", "Autovuokraus", "vehicle"),
        ("FI", "Kylpyhuoneremontti", "land"),
        ("FI", "Kattokorjaus", "land"),
        ("FI", "Mökkivuokra, viikko", "land"),
        ("FI", "Pääsyliput", "event"),
        ("IT", "Rifacimento tetto", "land"),
        ("IT", "Tinteggiatura pareti", "land"),
        ("IT", "Affitto sala riunioni", "land"),
        ("IT", "Noleggio furgone", "vehicle"),
        ("PT", "Pintura de fachada", "land"),
        ("PT", "Remodelação de casa de banho", "land"),
        ("PT", "Aluguer de carrinha", "vehicle"),
        ("PL", "Naprawa dachu", "land"),
        ("PL", "Remont łazienki", "land"),
        ("PL", "Układanie płytek", "land"),
        ("PL", "Wynajem auta", "vehicle"),
        ("CZ", "Oprava střechy", "land"),
        ("CZ", "Rekonstrukce koupelny", "land"),
        ("CZ", "Malování bytu", "land"),
        ("CZ", "Skipas", "passengers"),
        ("CZ", "Půjčení auta", "vehicle"),
        ("SK", "Oprava strechy", "land"),
        ("SK", "Maľovanie bytu", "land"),
        ("SK", "Obklady a dlažby", "land"),
        ("SK", "Požičanie auta", "vehicle"),
        ("SK", "Nocľah", "land"),
        ("SI", "Prenova kopalnice", "land"),
        ("SI", "Polaganje ploščic", "land"),
        ("SI", "Najem vozila", "vehicle"),
        ("SI", "Smučarska karta", "passengers"),
        ("HR", "Popravak krova", "land"),
        ("HR", "Uređenje kupaonice", "land"),
        ("HR", "Polaganje pločica", "land"),
        ("HR", "Najam vozila", "vehicle"),
        ("HR", "Noćenje s doručkom", "land"),
        ("RO", "Reparații acoperiș", "land"),
        ("RO", "Montaj gresie și faianță", "land"),
        ("RO", "Zugrăveli interioare", "land"),
        ("RO", "Închirieri auto", "vehicle"),
        ("BG", "Ремонт на покрив", "land"),
        ("BG", "Боядисване на стени", "land"),
        ("BG", "Автомобил под наем", "vehicle"),
        ("BG", "Ремонт на баня", "land"),
        ("GR", "Επισκευή στέγης", "land"),
        ("GR", "Ανακαίνιση μπάνιου", "land"),
        ("GR", "Βάψιμο διαμερίσματος", "land"),
        ("GR", "Ενοικίαση αυτοκινήτου", "vehicle"),
        ("GR", "Τοποθέτηση πλακιδίων", "land"),
        ("CY", "Μόνωση ταράτσας", "land"),
        ("CY", "Ενοικιάσεις αυτοκινήτων", "vehicle"),
        ("DK", "Tagrenovering", "land"),
        ("DK", "Badeværelse, fliser", "land"),
        ("DK", "Havearbejde", "land"),
        ("DK", "Billeje", "vehicle"),
        ("NO", "Takreparasjon", "land"),
        ("NO", "Oppussing av bad", "land"),
        ("NO", "Heiskort", "passengers"),
        ("NO", "Billeie", "vehicle"),
        ("EE", "Katuse remont", "land"),
        ("EE", "Vannitoa renoveerimine", "land"),
        ("EE", "Põranda paigaldus", "land"),
        ("EE", "Autorent", "vehicle"),
        ("LV", "Jumta remonts", "land"),
        ("LV", "Vannas istabas remonts", "land"),
        ("LV", "Flīzēšana", "land"),
        ("LV", "Auto noma", "vehicle"),
        ("LT", "Stogo remontas", "land"),
        ("LT", "Vonios remontas", "land"),
        ("LT", "Sienų dažymas", "land"),
        ("LT", "Automobilio nuoma", "vehicle"),
        ("BE", "Badkamerrenovatie", "land"),
        ("BE", "Plaatsen van keuken", "land"),
        ("CH", "Küchenmontage", "land"),
        ("CH", "Seilbahn", "passengers"),
        ("LU", "Toiture et zinguerie", "land"),
        ("LU", "Ramonage", "land"),
        ("MT", "Tiling of a terrace", "land"),
        ("MT", "Yacht charter", "vehicle"),
        ("IE", "Screed laying", "land"),
        ("IE", "Holiday let, one week", "land"),
    ],
)
def test_an_ordinary_trade_or_thing_to_a_business_outside_the_union_asks_for_its_place(
    seller: str, description: str, place: str
) -> None:
    bought_by = customer("US")
    told = [kind for kind in kinds_told(description, country(seller).languages) if kind.place]
    assert told[0].place == place
    found = place_of(told[0])
    assert found is not None
    text = notices(seller, description, bought_by)["place_of_service"]
    assert f"is taxed {found.where} ({found.article_for(seller)})" in text
    assert "place_of_service" not in notices(seller, description, bought_by, supply=Supply.GOODS)


@pytest.mark.parametrize(
    ("seller", "description"),
    [
        ("GB", "Hotel management software licence"),
        ("DE", "Hotel management software licence"),
        ("DE", "Reinigungsmittel"),
        ("AT", "Reinigungsmittel"),
        ("GB", "Website redesign"),
        ("DE", "Umbau der Website"),
        ("GB", "Consulting"),
        ("GB", "Translation"),
        ("GB", "Oil painting, framed"),
        ("GB", "Roof rack"),
        ("GB", "Malware removal"),
        ("GB", "Software architecture review"),
        ("GB", "Elevator pitch coaching"),
        ("GB", "Hedge fund reporting"),
        ("GB", "Data cleaning"),
        ("GB", "Staff training"),
        ("GB", "Graphic design"),
        ("DE", "Marketing DACH-Region"),
        ("DE", "Softwarearchitektur"),
        ("DE", "Eindämmung von Risiken"),
        ("DE", "Datenpflege"),
        ("DE", "Gartner report summary"),
        ("NO", "Takk for hjelpen: rådgivning"),
        ("NO", "Måling av temperatur"),
        ("NO", "Messenger-integrasjon"),
        ("DK", "Google Tag Manager"),
        ("DK", "We have reviewed the code"),
        ("DK", "NAT gateway configuration"),
        ("SE", "Logistik"),
        ("SE", "Anmälan till register"),
        ("SE", "Taktisk rådgivning"),
        ("FI", "Huonekalut"),
        ("FI", "Verkkosivujen rakentaminen"),
        ("EE", "Uuring"),
        ("EE", "Messaging service"),
        ("LV", "Rēķina numurs 12"),
        ("LT", "Vertimas"),
        ("PL", "Wstępna analiza"),
        ("PL", "Windykacja należności"),
        ("PL", "Wyciąg bankowy"),
        ("CZ", "Stavba webu"),
        ("CZ", "Stříhání videa"),
        ("SK", "Preklad"),
        ("SI", "Prenova spletne strani"),
        ("SI", "Oglaševalska kampanja"),
        ("SI", "Drugi obrok"),
        ("HR", "Zakup medija"),
        ("HR", "Oglasna kampanja"),
        ("HR", "Obnova licence"),
        ("HU", "Weboldal építés"),
        ("HU", "Tetoválás"),
        ("HU", "YouTube csatorna kezelése"),
        ("HU", "Kemény munka"),
        ("RO", "Închiriere server"),
        ("RO", "Traducere"),
        ("BG", "Електронен подпис"),
        ("BG", "Ремонт на компютър"),
        ("GR", "Κατασκευή ιστοσελίδας"),
        ("GR", "Έκθεση ελέγχου"),
        ("FR", "Restauration de données"),
        ("FR", "Refonte du site"),
        ("FR", "Syndication de contenu"),
        ("FR", "Forfait mensuel"),
        ("IT", "Ingresso dati"),
        ("IT", "Ristrutturazione del sito"),
        ("ES", "Entrada de datos"),
        ("ES", "Construcción de marca"),
        ("PT", "Renovação de licença"),
        ("PT", "Quarto trimestre"),
        ("NL", "Vertaling"),
        ("NL", "Verbouwing van de website"),
        ("NL", "Advies aan bedrijf in Den Haag"),
        ("BE", "Vastgoedsoftware"),
    ],
)
def test_words_that_only_resemble_a_place_ask_nothing(seller: str, description: str) -> None:
    for supply in (Supply.SERVICES, Supply.GOODS, None):
        told = notices(seller, description, customer("US"), supply=supply)
        assert "place_of_service" not in told
        assert "domestic_reverse_charge" not in notices(seller, description, customer(seller), supply=supply)


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("Hotel room and hotel software", True),
        ("Hotel apartment", True),
        ("Hotel app for guests", False),
        ("Cleaning of the office with cleaning products", True),
        ("Painting of a fence", True),
        ("Painting class", False),
    ],
)
def test_a_word_beside_one_that_means_something_else_is_still_told(description: str, told: bool) -> None:
    assert ("place_of_service" in notices("GB", description, customer("US"))) is told


@pytest.mark.parametrize(
    "description",
    [
        "Planung Neubau, Leistungsphasen 1-4 nach HOAI",
        "Umbau Wohnhaus, LPH 5: Ausführungsplanung",
        "Entwurfsplanung Dachsanierung",
        "Neubau Kita: Bauleitung",
        "Bauüberwachung Rohbauarbeiten",
        "Objektüberwachung und Dokumentation Umbau",
    ],
)
@pytest.mark.parametrize("seller", ["DE", "AT"])
def test_planning_and_supervision_are_no_building_work_but_a_service_on_land(seller: str, description: str) -> None:
    assert "domestic_reverse_charge" not in notices(seller, description, customer(seller), supply=Supply.SERVICES)
    assert "place_of_service" in notices(seller, description, customer("US"), supply=Supply.SERVICES)


@pytest.mark.parametrize(
    "description",
    [
        "Planung und Ausführung der Dachsanierung",
        "Dachsanierung inkl. Planung",
        "Rohbauarbeiten einschließlich Bauleitung",
        "Trockenbau laut Ausführungsplanung",
    ],
)
def test_building_work_that_was_planned_too_is_building_work(description: str) -> None:
    assert "domestic_reverse_charge" in notices("DE", description, customer("DE"), supply=Supply.SERVICES)
