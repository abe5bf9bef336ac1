"""A configuration in which no column that is copied has its default in every row."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.assistance.agents import Agent, AgentArgument
from invoicing.assistance.skills import Skill, skill_file
from operations.customers import save_customer
from operations.items import save_item
from storage.books.agents import add_agents
from storage.books.pool import BOOKS_FILE, Books
from storage.books.skills import add_skills, save_skill_settings
from tests.support.folders import folder_of
from tests.support.raw import raw

CANARY = "OWNED-BY-THE-SOURCE"

_SETTINGS = """
INSERT INTO accounts (number, name, type, active) VALUES
    ('4777', 'Filing fees', 'income', TRUE), ('4778', 'Old', 'income', FALSE);
INSERT INTO tax_authorities (name, country) VALUES ('County of Marin', 'US');
INSERT INTO jurisdictions (code, name, level, kind, authority, active) VALUES
    ('MARIN', 'Marin', 'county', 'tax', 'County of Marin', TRUE),
    ('FUTA', 'Federal', 'country', 'payroll', '', FALSE);
INSERT INTO jurisdiction_rates (jurisdiction, valid_from, valid_until, percent) VALUES
    ('MARIN', '2025-01-01', '2025-12-31', '0.25'), ('MARIN', '2026-01-01', NULL, '0.5');
INSERT INTO tax_codes
    (code, name, category, label, reason, reason_local, reason_code, is_default, active, revenue_account) VALUES
    ('STACK', 'Marin', 'S', 'Sales tax', '', '', '', FALSE, TRUE, '4777'),
    ('OLD', 'Ended', 'E', 'Sales tax', 'Was exempt', 'Exempt then', 'VATEX-EU-132', FALSE, FALSE, '');
INSERT INTO tax_rates (code, valid_from, valid_until, percent) VALUES ('OLD', '2000-01-01', '2020-12-31', '0');
INSERT INTO tax_jurisdictions (code, position, name, level) VALUES ('STACK', 1, 'Marin', 'county');
INSERT INTO tax_jurisdiction_rates (code, position, valid_from, valid_until, percent) VALUES
    ('STACK', 1, '2025-01-01', '2025-12-31', '0.25'), ('STACK', 1, '2026-01-01', NULL, '0.5');
INSERT INTO withholding_codes (code, name, label, article) VALUES ('KEPT', 'Backup', 'Withheld', '26 USC 3406');
INSERT INTO withholding_rates (code, valid_from, valid_until, percent) VALUES
    ('KEPT', '2018-01-01', '2025-12-31', '24'), ('KEPT', '2026-01-01', NULL, '25');
INSERT INTO payment_terms
    (code, name, days, is_default, end_of_month, day_of_month, active, discount_percent, discount_days, instalments)
    VALUES ('EARLY', 'Early', 30, FALSE, TRUE, 10, TRUE, '2', 8, ''),
    ('PARTS', 'Parts', 30, FALSE, FALSE, 0, FALSE, '0', 0, '50:0, 50:30');
INSERT INTO posting_profiles SELECT 'Shop', receivable, '4777', tax_payable, discount, rounding, bank, write_off,
    bank_charges, exchange_gain, exchange_loss, withheld_tax, customer_credit, customer_credit, customer_credit
    FROM posting_profiles;
UPDATE transaction_types SET posting_profile = 'Shop' WHERE kind = 'invoice';
INSERT INTO workflows (code, name, kind, active) VALUES
    ('LARGE', 'Large', 'credit_note', TRUE), ('OFF', 'Off', 'invoice', FALSE);
INSERT INTO workflow_steps (workflow, position, approver, apart) VALUES
    ('LARGE', 1, 'owner', TRUE), ('OFF', 1, 'client', FALSE);
INSERT INTO workflow_conditions (workflow, step, position, subject, comparison, value, currency) VALUES
    ('LARGE', 0, 1, 'total', '>', '5000', 'USD'), ('LARGE', 1, 1, 'first_document', '', '', '');
UPDATE profile SET prices_include_tax = TRUE, future_days = 9, rounding = 'per_line', payment_qr = FALSE,
    brand_color = '#0a7f3f', write_off_limit = '7', footer = 'OWNED-BY-THE-SOURCE', bank_name = 'OWNED-BY-THE-SOURCE',
    tax_due = 'payment', second_language = 'es', line1 = 'OWNED-BY-THE-SOURCE', mandates = 'warn';
INSERT INTO dimensions (code, name, required, active) VALUES ('cost_centre', 'OWNED-BY-THE-SOURCE', FALSE, TRUE);
INSERT INTO dimension_values (dimension, code, name, active) VALUES ('cost_centre', 'A', 'OWNED-BY-THE-SOURCE', TRUE);
INSERT INTO bank_accounts (code, account_holder, bank_name, iban, bic, account_number, routing_number, currency,
    is_default, active) VALUES ('USD', 'OWNED-BY-THE-SOURCE', '', '', '', '1', '', 'USD', FALSE, TRUE);
INSERT INTO number_series (code, kind, pattern, is_default, first_sequence, first_period)
    VALUES ('SHOP', 'invoice', 'OWNED-BY-THE-SOURCE-{SEQ}', FALSE, 1, '');
INSERT INTO mandate_acknowledgements (position, code, draft, customer, handed_in, recorded_at, recorded_by)
    VALUES (1, 'x', '', '', 'OWNED-BY-THE-SOURCE', '2026-03-01 00:00:00', 'a@example.com');
"""


async def enrich(books: Books) -> None:
    """Give a US organization a configuration with something in every place that is copied, and things of its own."""
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        connection.executescript(_SETTINGS)
    await save_customer(books, {"name": CANARY, "country": "US"}, customer_id="")
    await save_item(books, {"name": CANARY}, item_id="")


async def instruct(books: Books) -> None:
    """Give an organization agents and skills, with what only it is to know."""
    argument = AgentArgument("month", description="Which month")
    agent = Agent(
        "chase",
        "Chase",
        "Chases",
        "Write to them",
        tools=("find_invoices",),
        arguments=(argument,),
        settings=(("tone", "kind"),),
        workflows=("LARGE",),
    )
    skill = Skill("close", "Close", "Closes the month", (skill_file("SKILL.md", b"# Close"),))

    def add(db: Session) -> None:
        add_agents(db, [agent, Agent("off", "Off", "Off", "Nothing", enabled=False)])
        add_skills(db, [skill])
        save_skill_settings(db, "close", [("secret", CANARY)])

    await books.write(add)
