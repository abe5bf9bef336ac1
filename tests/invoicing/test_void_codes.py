"""What a document of a sandbox, and one by which nothing is to be paid, shows in the place of a payment code.

An incident: a test's QR code lay legibly under the watermark, and led to the real account.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from invoicing.appearance.branding import Branding
from invoicing.appearance.payment_codes import asks_for_payment, payment_code
from invoicing.document.documents import Document, DocumentKind, Withholding
from invoicing.document.parties import PaymentDetails
from invoicing.document.payable import PaymentMeans
from invoicing.organizations import Environment
from invoicing.render.labels import LANGUAGES, labels_of
from invoicing.render.pdf import render_pdf
from tests.support.printed import invoice, pages_of, picture, printed, structure

ENGLISH_TOO = Branding(second_language="en")
# Where the code lies on the page of a three-line invoice, in points from the upper left corner.
SWISS_CODE = (205, 598, 320, 715)
_DARK = 40
# The words of the guidelines of SIX for a bill that must not be paid.
NOT_FOR_PAYMENT = {
    "de_CH": "NICHT ZUR ZAHLUNG VERWENDEN",
    "fr_CH": "NE PAS UTILISER POUR LE PAIEMENT",
    "it_CH": "NON UTILIZZARE PER IL PAGAMENTO",
    "en_CH": "DO NOT USE FOR PAYMENT",
}


def _in_sandbox(what: Document) -> Document:
    return replace(what, environment=Environment.SANDBOX)


def _dark_share(page: Image.Image) -> float:
    """The part of the pixels that are nearly black: about half of them in a code."""
    grey = page.convert("L")
    return sum(grey.histogram()[:_DARK]) / (grey.width * grey.height)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_test_has_a_box_in_the_place_of_the_epc_code_in_every_language(language: str) -> None:
    what = replace(_in_sandbox(invoice("DE")), locale=language)
    pdf = render_pdf(what)
    words = labels_of(language).no_code
    assert words in " ".join("\n".join(pages_of(pdf)).split())
    assert [said for role, said in structure(pdf) if role == "Figure"] == [words]


def test_a_test_in_two_languages_says_it_in_both() -> None:
    text = " ".join(printed(_in_sandbox(invoice("DE")), ENGLISH_TOO).split())
    assert "TEST: kein Zahlungscode / TEST: no payment code" in text


def test_only_a_live_invoice_bears_modules() -> None:
    # Each row of modules is drawn with one colour of black; a page without a code has next to no solid black.
    live, test = picture(render_pdf(invoice("DE"))), picture(render_pdf(_in_sandbox(invoice("DE"))))
    assert _dark_share(live) > 3 * _dark_share(test)
    live, test = (picture(render_pdf(what)).crop(SWISS_CODE) for what in (invoice("CH"), _in_sandbox(invoice("CH"))))
    assert _dark_share(live) > 0.35
    assert _dark_share(test) < 0.02


@pytest.mark.parametrize("seller", ["DE", "CH"])
@pytest.mark.parametrize("lines", [1, 3, 12, 30])
def test_the_box_takes_the_place_of_the_code_so_that_the_layout_is_that_of_the_real_document(
    seller: str, lines: int
) -> None:
    live = invoice(seller, count=lines)
    assert len(pages_of(render_pdf(live))) == len(pages_of(render_pdf(_in_sandbox(live))))


@pytest.mark.parametrize("locale", NOT_FOR_PAYMENT)
def test_the_slip_of_a_test_says_twice_that_it_is_not_for_paying(locale: str) -> None:
    what = replace(invoice("CH"), locale=locale)
    words = NOT_FOR_PAYMENT[locale]
    text = " ".join(printed(_in_sandbox(what)).split())
    assert text.count(words) == 2
    assert words not in " ".join(printed(what).split())


def test_who_wants_no_code_gets_no_box() -> None:
    assert labels_of("de").no_code not in printed(_in_sandbox(invoice("DE")), Branding(payment_qr=False))


def _withheld_whole(what: Document) -> Document:
    return replace(what, withholding=Withholding("W", "W", what.lines[0].quantity, what.net_minor, what.total_minor))


@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize(
    "what",
    [
        replace(invoice("DE"), kind=DocumentKind.CREDIT_NOTE),
        replace(invoice("CH"), kind=DocumentKind.CREDIT_NOTE, payment_terms="30 days net"),
        replace(invoice("DE"), total_minor=0),
        _withheld_whole(invoice("DE")),
    ],
)
def test_a_document_by_which_nothing_is_to_be_paid_asks_for_nothing(what: Document, environment: Environment) -> None:
    assert not asks_for_payment(what)
    text = printed(replace(what, environment=environment))
    labels = labels_of("de")
    for absent in (labels.due_date, labels.payment_details, labels.payment_terms, labels.scan_to_pay, labels.no_code):
        assert absent not in text, absent
    assert "IBAN" not in text
    assert "Empfangsschein" not in text


@pytest.mark.parametrize("means", [one for one in PaymentMeans if one is not PaymentMeans.TRANSFER])
@pytest.mark.parametrize("seller", ["DE", "CH", "FR"])
def test_what_is_not_transferred_has_no_account_and_no_code_but_says_how_it_is_paid(
    seller: str, means: PaymentMeans
) -> None:
    # An incident: an invoice to be paid in cash printed the account and a code.
    account = PaymentDetails("", "", "FR1420041010050500013M02606", "PSSTFRPPXXX")
    what = invoice(seller) if seller != "FR" else replace(invoice("FR"), payment=account)
    assert "IBAN" in printed(what) or "Empfangsschein" in printed(what)
    text = printed(replace(what, payment_means=means))
    labels = labels_of(what.locale[:2], seller)
    for absent in ("IBAN", labels.payment_details, labels.scan_to_pay, "Empfangsschein"):
        assert absent not in text, absent
    assert f"{labels.payment_method}\n{labels.payment_means[means]}\n" in text
    assert payment_code(replace(what, payment_means=means)) is None
    assert printed(replace(what, payment_means=PaymentMeans.TRANSFER)) == printed(what)


def test_a_means_of_payment_is_named_in_both_languages_and_not_where_nothing_is_paid() -> None:
    what = replace(invoice("DE"), payment_means=PaymentMeans.CASH, second_language="fr")
    assert "Zahlungsart / Mode de paiement\nBar / Espèces\n" in printed(what)
    assert "Zahlungsart" not in printed(replace(what, kind=DocumentKind.CREDIT_NOTE))


def test_a_short_bill_with_a_note_and_a_footer_is_one_page() -> None:
    # An incident: an invoice of one line took a second page for its slip alone.
    for lines in (1, 2, 3):
        what = replace(invoice("CH", count=lines), note="Vielen Dank.", footer="Sitz der Gesellschaft: Biel")
        assert len(pages_of(render_pdf(what))) == 1, lines
    wordy = replace(invoice("CH", count=1), note="Danke. " * 300)
    assert "Danke. Danke." in printed(wordy)


def test_a_bill_at_home_names_account_and_reference_on_its_slip_alone() -> None:
    # The reference of the slip is not the document's number, so a second one beside it would mislead.
    assert "Zahlungsdaten" not in printed(invoice("CH"))
    assert "Zahlungsdaten" in printed(invoice("CH", "DE"))
    assert "Zahlungsdaten" in printed(invoice("CH"), Branding(payment_qr=False))
