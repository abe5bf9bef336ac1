BEGIN TRANSACTION;
CREATE TABLE accounts (
	number VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "accounts" VALUES('1000','Bank current account','asset');
INSERT INTO "accounts" VALUES('1050','Cash on hand','asset');
INSERT INTO "accounts" VALUES('1090','Payment service clearing','asset');
INSERT INTO "accounts" VALUES('1100','Trade receivables','asset');
INSERT INTO "accounts" VALUES('1110','Loss allowance on trade receivables','asset');
INSERT INTO "accounts" VALUES('1200','Inventories','asset');
INSERT INTO "accounts" VALUES('1300','Prepayments and accrued income','asset');
INSERT INTO "accounts" VALUES('1400','Input tax recoverable','asset');
INSERT INTO "accounts" VALUES('1600','Property, plant and equipment','asset');
INSERT INTO "accounts" VALUES('1610','Accumulated depreciation','asset');
INSERT INTO "accounts" VALUES('2000','Trade payables','liability');
INSERT INTO "accounts" VALUES('2050','Accrued expenses','liability');
INSERT INTO "accounts" VALUES('2100','Tax payable on sales','liability');
INSERT INTO "accounts" VALUES('2150','Tax settlement account','liability');
INSERT INTO "accounts" VALUES('2200','Payroll liabilities','liability');
INSERT INTO "accounts" VALUES('2250','Current income tax payable','liability');
INSERT INTO "accounts" VALUES('2300','Contract liabilities (customer prepayments)','liability');
INSERT INTO "accounts" VALUES('2400','Provisions','liability');
INSERT INTO "accounts" VALUES('2500','Borrowings','liability');
INSERT INTO "accounts" VALUES('3000','Share capital','equity');
INSERT INTO "accounts" VALUES('3100','Retained earnings','equity');
INSERT INTO "accounts" VALUES('3200','Owner''s contributions and drawings','equity');
INSERT INTO "accounts" VALUES('4000','Revenue from sale of goods','income');
INSERT INTO "accounts" VALUES('4100','Revenue from services','income');
INSERT INTO "accounts" VALUES('4200','Revenue without tax: abroad and exempt','income');
INSERT INTO "accounts" VALUES('4300','Discounts granted','income');
INSERT INTO "accounts" VALUES('4800','Other income','income');
INSERT INTO "accounts" VALUES('4900','Rounding differences','income');
INSERT INTO "accounts" VALUES('5000','Cost of sales','expense');
INSERT INTO "accounts" VALUES('6000','Employee benefits expense','expense');
INSERT INTO "accounts" VALUES('6100','Rent and premises','expense');
INSERT INTO "accounts" VALUES('6200','Office and communication','expense');
INSERT INTO "accounts" VALUES('6300','Professional fees','expense');
INSERT INTO "accounts" VALUES('6400','Marketing and travel','expense');
INSERT INTO "accounts" VALUES('6500','Depreciation and amortisation','expense');
INSERT INTO "accounts" VALUES('6600','Impairment losses on receivables','expense');
INSERT INTO "accounts" VALUES('6800','Bank charges','expense');
INSERT INTO "accounts" VALUES('7000','Finance costs','expense');
INSERT INTO "accounts" VALUES('7100','Foreign exchange differences','expense');
INSERT INTO "accounts" VALUES('8000','Income tax expense','expense');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE audit_entries (
	position INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	principal VARCHAR NOT NULL, 
	act VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	previous_hash VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (hash)
);
INSERT INTO "audit_entries" VALUES(1,'2026-08-19 07:57:56.803332','owner@example.com','create_organization','Harbour Bakery','{"layers":{"entity":"fresh","organization":"fresh","schema":"created"},"settings":{"accounts":"a207e6263fcf436b1ad197f1bfa6badf","mandate_acknowledgements":"4f53cda18c2baa0c0354bb5f9a3ecbe5","number_series":"6de786030d03eda4e4e33614d01c0afc","payment_terms":"a8d9288f2cce1035b8bdc11ecbef8cb9","posting_profiles":"5744a80bd94d731688acbd83c57f759f","profile":"811dfc77cef0bb2931b79315337f3b89","provenance":"71ec2bf023db4778040d63f4e21b9d64","tax_authorities":"9740eaed2ce1403c07519df813e09990","tax_codes":"30732215168dadcc89d93dcba64cbac9","tax_jurisdiction_rates":"4f53cda18c2baa0c0354bb5f9a3ecbe5","tax_jurisdictions":"4f53cda18c2baa0c0354bb5f9a3ecbe5","tax_rates":"8a7484be578bacfdba265a17bb72c44e","transaction_types":"a6d3de09705c7ec0a9c12e33ff246c84","withholding_codes":"4f53cda18c2baa0c0354bb5f9a3ecbe5","withholding_rates":"4f53cda18c2baa0c0354bb5f9a3ecbe5"}}','49fa352f43992341b48d3ebe02973aefff41b4ef17fe036fcb7c6b01198d5e56','0b1a8cfbdb889648646cd1b78997a4034b74a934bda9ceb50a895da0d167cbab');
INSERT INTO "audit_entries" VALUES(2,'2026-08-19 07:57:56.803332','owner@example.com','save_customer','cus_01a223a93b427045ab7925cc913a7afd','{"fields":["city","country","line1","name","postal_code","tax_number"],"states":{"cus_01a223a93b427045ab7925cc913a7afd":"c4faececea687887d8460ae59f2948d6"}}','0b1a8cfbdb889648646cd1b78997a4034b74a934bda9ceb50a895da0d167cbab','44ee09b217e5e611bb4058df84243f214853ca4298722fe2bcf7216e949283c2');
INSERT INTO "audit_entries" VALUES(3,'2026-08-19 07:57:56.803332','owner@example.com','issue_invoice','inv_01a223a93b8f72dc8b19700f6f57129d','{"client_reference":"","draft":"","hash":"25d88f044c449dac953222b60d546dd3cf8094be40280ff6c61dade35c8cf0ff","journal":[["1100",16604,0],["4000",0,13499],["2100",0,3105]],"number":"TEST-INV-2026-00001","total_minor":16604,"warnings":[["seller_tax_number_missing","Tax is charged, but the organization has no tax number yet: set it with update_organization."],["not_ready_for_live","The document is in USD: Ireland wants its tax in EUR too. State exchange_rate (what 1 USD costs in EUR) and exchange_source."]]}','44ee09b217e5e611bb4058df84243f214853ca4298722fe2bcf7216e949283c2','3c7ae91a946770f88cbb573a61cc436e9a4825f42ed05aff1d1ffbb390831238');
INSERT INTO "audit_entries" VALUES(4,'2026-08-19 07:57:56.803332','owner@example.com','record_payment','pay_01a223a93b9777868cbdaf2249ec9de9','{"accepted":false,"amount_minor":1000,"client_reference":"","credit_account":"1100","currency":"USD","debit_account":"1000","document_id":"inv_01a223a93b8f72dc8b19700f6f57129d","method":"","paid_on":"2026-08-19","position":1,"reference":"","reverses_id":null}','3c7ae91a946770f88cbb573a61cc436e9a4825f42ed05aff1d1ffbb390831238','659b33f7fdc31649341e26325d363d835631b3b7182399f25bbcd4caf0271002');
INSERT INTO "audit_entries" VALUES(5,'2026-08-19 07:57:56.803332','owner@example.com','issue_invoice','inv_01a223a93b9a71279787dcbd181017c3','{"client_reference":"","draft":"","hash":"96d371f84d856a9d9159430e6afc569d5c04c7259536cf3a96ec746b10b3676e","journal":[["1100",16604,0],["4000",0,13499],["2100",0,3105]],"number":"TEST-INV-2026-00002","total_minor":16604,"warnings":[["seller_tax_number_missing","Tax is charged, but the organization has no tax number yet: set it with update_organization."]]}','659b33f7fdc31649341e26325d363d835631b3b7182399f25bbcd4caf0271002','584973339e1fa70ec3cdbde2c402bf1507631886f748e5283acb61a01caa77fa');
INSERT INTO "audit_entries" VALUES(6,'2026-08-19 07:57:56.803332','owner@example.com','issue_credit_note','crn_01a223a93ba077f885535dc82c579fbf','{"client_reference":"","credits":"inv_01a223a93b9a71279787dcbd181017c3","hash":"422aeb0dfb1417fc347c60a15a231b6fce80f16b53734790da275fa2a1278418","journal":[["1100",0,11991],["4000",9749,0],["2100",2242,0]],"number":"TEST-CN-2026-00001","total_minor":11991}','584973339e1fa70ec3cdbde2c402bf1507631886f748e5283acb61a01caa77fa','0b5116a5b23c8d08bbcae8738d67e28517b5d4ea6a5335546a067dad55daa11c');
CREATE TABLE customers (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	name_key VARCHAR NOT NULL, 
	search_key VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	consumer BOOLEAN NOT NULL, 
	tax_number VARCHAR NOT NULL, 
	registration_number VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	line1 VARCHAR NOT NULL, 
	line2 VARCHAR NOT NULL, 
	postal_code VARCHAR NOT NULL, 
	city VARCHAR NOT NULL, 
	region VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	payment_terms VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	archived BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, public_body BOOLEAN DEFAULT 0 NOT NULL, demands_e_invoice BOOLEAN DEFAULT 0 NOT NULL, tax_office_number VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "customers" VALUES('cus_01a223a93b427045ab7925cc913a7afd','Hotel Bristol','hotel bristol','hotel bristol dublin','IE',0,'','','','','1 Quay','','D02 AF30','Dublin','','','','',0,'2026-08-19 07:57:56.803332','2026-08-19 07:57:56.803332',0,0,'');
CREATE TABLE document_lines (
	document_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	item_id VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	quantity VARCHAR NOT NULL, 
	unit_price VARCHAR NOT NULL, 
	tax_code VARCHAR NOT NULL, 
	tax_category VARCHAR NOT NULL, 
	tax_rate VARCHAR NOT NULL, 
	net_minor BIGINT NOT NULL, 
	PRIMARY KEY (document_id, position), 
	FOREIGN KEY(document_id) REFERENCES documents (id)
);
INSERT INTO "document_lines" VALUES('inv_01a223a93b8f72dc8b19700f6f57129d',1,'','Bread','3','12.5','STANDARD','S','23',3750);
INSERT INTO "document_lines" VALUES('inv_01a223a93b8f72dc8b19700f6f57129d',2,'','Advice','1','99.99','STANDARD','S','23',9749);
INSERT INTO "document_lines" VALUES('inv_01a223a93b9a71279787dcbd181017c3',1,'','Bread','3','12.5','STANDARD','S','23',3750);
INSERT INTO "document_lines" VALUES('inv_01a223a93b9a71279787dcbd181017c3',2,'','Advice','1','99.99','STANDARD','S','23',9749);
INSERT INTO "document_lines" VALUES('crn_01a223a93ba077f885535dc82c579fbf',1,'','Advice','1','99.99','STANDARD','S','23',9749);
CREATE TABLE document_taxes (
	document_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	category VARCHAR NOT NULL, 
	rate VARCHAR NOT NULL, 
	taxable_minor BIGINT NOT NULL, 
	tax_minor BIGINT NOT NULL, 
	PRIMARY KEY (document_id, position), 
	FOREIGN KEY(document_id) REFERENCES documents (id)
);
INSERT INTO "document_taxes" VALUES('inv_01a223a93b8f72dc8b19700f6f57129d',1,'S','23',13499,3105);
INSERT INTO "document_taxes" VALUES('inv_01a223a93b9a71279787dcbd181017c3',1,'S','23',13499,3105);
INSERT INTO "document_taxes" VALUES('crn_01a223a93ba077f885535dc82c579fbf',1,'S','23',9749,2242);
CREATE TABLE documents (
	position INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	series VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	sequence INTEGER NOT NULL, 
	issue_date DATE NOT NULL, 
	due_date DATE NOT NULL, 
	customer_id VARCHAR NOT NULL, 
	customer_name VARCHAR NOT NULL, 
	search_key VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	net_minor BIGINT NOT NULL, 
	tax_minor BIGINT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	content VARCHAR NOT NULL, 
	algorithm VARCHAR NOT NULL, 
	previous_hash VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	issued_at DATETIME NOT NULL, 
	issued_by VARCHAR NOT NULL, credits_id VARCHAR NULL REFERENCES documents (id), withheld_minor BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (position), 
	FOREIGN KEY(series) REFERENCES number_series (code), 
	UNIQUE (hash), 
	UNIQUE (id), 
	UNIQUE (number), 
	UNIQUE (series, period, sequence)
);
INSERT INTO "documents" VALUES(1,'inv_01a223a93b8f72dc8b19700f6f57129d','invoice','TEST-INV-2026-00001','INVOICES','2026',1,'2026-08-19','2026-09-18','cus_01a223a93b427045ab7925cc913a7afd','Hotel Bristol','test-inv-2026-00001 hotel bristol','USD',13499,3105,16604,'{"buyer":{"address":{"city":"Dublin","country":"IE","line1":"1 Quay","line2":"","postal_code":"D02 AF30","region":""},"email":"","name":"Hotel Bristol","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a93b427045ab7925cc913a7afd","due_date":"2026-09-18","environment":"sandbox","footer":"","id":"inv_01a223a93b8f72dc8b19700f6f57129d","issue_date":"2026-08-19","kind":"invoice","lines":[{"amount_minor":3750,"description":"Bread","discount_percent":"0","item":"","net_minor":3750,"position":1,"quantity":"3","revenue_account":"","supply":"goods","supply_assumed":true,"tax_category":"S","tax_code":"STANDARD","tax_rate":"23","unit":"","unit_price":"12.5"},{"amount_minor":9749,"description":"Advice","discount_percent":"2.5","item":"","net_minor":9749,"position":2,"quantity":"1","revenue_account":"","supply":"goods","supply_assumed":true,"tax_category":"S","tax_code":"STANDARD","tax_rate":"23","unit":"","unit_price":"99.99"}],"locale":"en_IE","net_minor":13499,"note":"","number":"TEST-INV-2026-00001","organization":"01a223a9-3a67-7261-b671-8b2d62a46651","payment":{"account_holder":"Harbour Bakery","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"IE","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Harbour Bakery","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-10-01","supply_end":"2026-12-31","tax_minor":3105,"tax_number_label":"VAT no.","taxes":[{"category":"S","label":"VAT","rate":"23","reason":"","tax_minor":3105,"taxable_minor":13499}],"total_minor":16604}','counterfoil-1/sha256','49fa352f43992341b48d3ebe02973aefff41b4ef17fe036fcb7c6b01198d5e56','25d88f044c449dac953222b60d546dd3cf8094be40280ff6c61dade35c8cf0ff','2026-08-19 07:57:56.803332','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(2,'inv_01a223a93b9a71279787dcbd181017c3','invoice','TEST-INV-2026-00002','INVOICES','2026',2,'2026-08-19','2026-09-18','cus_01a223a93b427045ab7925cc913a7afd','Hotel Bristol','test-inv-2026-00002 hotel bristol','EUR',13499,3105,16604,'{"buyer":{"address":{"city":"Dublin","country":"IE","line1":"1 Quay","line2":"","postal_code":"D02 AF30","region":""},"email":"","name":"Hotel Bristol","phone":"","registration_number":"","tax_number":"","website":""},"currency":"EUR","customer":"cus_01a223a93b427045ab7925cc913a7afd","due_date":"2026-09-18","environment":"sandbox","footer":"","id":"inv_01a223a93b9a71279787dcbd181017c3","issue_date":"2026-08-19","kind":"invoice","lines":[{"amount_minor":3750,"description":"Bread","discount_percent":"0","item":"","net_minor":3750,"position":1,"quantity":"3","revenue_account":"","supply":"goods","supply_assumed":true,"tax_category":"S","tax_code":"STANDARD","tax_rate":"23","unit":"","unit_price":"12.5"},{"amount_minor":9749,"description":"Advice","discount_percent":"2.5","item":"","net_minor":9749,"position":2,"quantity":"1","revenue_account":"","supply":"goods","supply_assumed":true,"tax_category":"S","tax_code":"STANDARD","tax_rate":"23","unit":"","unit_price":"99.99"}],"locale":"en_IE","net_minor":13499,"note":"","number":"TEST-INV-2026-00002","organization":"01a223a9-3a67-7261-b671-8b2d62a46651","payment":{"account_holder":"Harbour Bakery","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"IE","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Harbour Bakery","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-08-19","supply_end":null,"tax_minor":3105,"tax_number_label":"VAT no.","taxes":[{"category":"S","label":"VAT","rate":"23","reason":"","tax_minor":3105,"taxable_minor":13499}],"total_minor":16604}','counterfoil-1/sha256','25d88f044c449dac953222b60d546dd3cf8094be40280ff6c61dade35c8cf0ff','96d371f84d856a9d9159430e6afc569d5c04c7259536cf3a96ec746b10b3676e','2026-08-19 07:57:56.803332','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(3,'crn_01a223a93ba077f885535dc82c579fbf','credit_note','TEST-CN-2026-00001','CREDIT-NOTES','2026',1,'2026-08-19','2026-08-19','cus_01a223a93b427045ab7925cc913a7afd','Hotel Bristol','test-cn-2026-00001 hotel bristol','EUR',9749,2242,11991,'{"buyer":{"address":{"city":"Dublin","country":"IE","line1":"1 Quay","line2":"","postal_code":"D02 AF30","region":""},"email":"","name":"Hotel Bristol","phone":"","registration_number":"","tax_number":"","website":""},"credits":{"id":"inv_01a223a93b9a71279787dcbd181017c3","issue_date":"2026-08-19","number":"TEST-INV-2026-00002"},"currency":"EUR","customer":"cus_01a223a93b427045ab7925cc913a7afd","due_date":"2026-08-19","environment":"sandbox","footer":"","id":"crn_01a223a93ba077f885535dc82c579fbf","issue_date":"2026-08-19","kind":"credit_note","lines":[{"amount_minor":9749,"description":"Advice","discount_percent":"2.5","invoice_position":2,"item":"","net_minor":9749,"position":1,"quantity":"1","revenue_account":"","supply":"goods","supply_assumed":true,"tax_category":"S","tax_code":"STANDARD","tax_rate":"23","unit":"","unit_price":"99.99"}],"locale":"en_IE","net_minor":9749,"note":"","number":"TEST-CN-2026-00001","organization":"01a223a9-3a67-7261-b671-8b2d62a46651","payment":{"account_holder":"Harbour Bakery","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"","prices_include_tax":false,"purchase_order":"","reason":"Returned","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"IE","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Harbour Bakery","phone":"","registration_number":"","tax_number":"","website":""},"series":"CREDIT-NOTES","supply_date":"2026-08-19","supply_end":null,"tax_minor":2242,"tax_number_label":"VAT no.","taxes":[{"category":"S","label":"VAT","rate":"23","reason":"","tax_minor":2242,"taxable_minor":9749}],"total_minor":11991}','counterfoil-1/sha256','96d371f84d856a9d9159430e6afc569d5c04c7259536cf3a96ec746b10b3676e','422aeb0dfb1417fc347c60a15a231b6fce80f16b53734790da275fa2a1278418','2026-08-19 07:57:56.803332','owner@example.com','inv_01a223a93b9a71279787dcbd181017c3',0);
CREATE TABLE drafts (
	id VARCHAR NOT NULL, 
	customer_id VARCHAR NOT NULL, 
	content VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	updated_by VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(customer_id) REFERENCES customers (id)
);
CREATE TABLE export_days (
	day DATE NOT NULL, 
	made INTEGER NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	PRIMARY KEY (day)
);
CREATE TABLE export_requests (
	request VARCHAR NOT NULL, 
	file_id VARCHAR NOT NULL, 
	documents INTEGER NOT NULL, 
	notes VARCHAR NOT NULL, 
	asked_at DATETIME NOT NULL, 
	PRIMARY KEY (request), 
	FOREIGN KEY(file_id) REFERENCES exports (file_id)
);
CREATE TABLE exports (
	file_id VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	made_at DATETIME NOT NULL, 
	asked_at DATETIME NOT NULL, 
	removed_at DATETIME, 
	PRIMARY KEY (file_id), 
	FOREIGN KEY(file_id) REFERENCES files (id)
);
CREATE TABLE files (
	id VARCHAR NOT NULL, 
	document_id VARCHAR, 
	format VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document_id) REFERENCES documents (id), 
	UNIQUE (document_id, format)
);
CREATE TABLE idempotency_keys (
	tool VARCHAR NOT NULL, 
	reference VARCHAR NOT NULL, 
	request_hash VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (tool, reference)
);
CREATE TABLE identity (
	id INTEGER NOT NULL, 
	organization_id VARCHAR NOT NULL, 
	stamped_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT one_row CHECK (id = 1)
);
INSERT INTO "identity" VALUES(1,'01a223a9-3a67-7261-b671-8b2d62a46651','2026-08-19 07:57:56.803332');
CREATE TABLE items (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	name_key VARCHAR NOT NULL, 
	search_key VARCHAR NOT NULL, 
	sku VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	unit_price VARCHAR, 
	currency VARCHAR NOT NULL, 
	tax_code VARCHAR NOT NULL, 
	supply VARCHAR NOT NULL, 
	revenue_account VARCHAR NOT NULL, 
	archived BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE journal_entries (
	id VARCHAR NOT NULL, 
	document_id VARCHAR NOT NULL, 
	entry_date DATE NOT NULL, 
	description VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document_id) REFERENCES documents (id), 
	UNIQUE (document_id)
);
INSERT INTO "journal_entries" VALUES('jrn_01a223a93b907753a31c49a5f99ca434','inv_01a223a93b8f72dc8b19700f6f57129d','2026-08-19','TEST-INV-2026-00001 Hotel Bristol');
INSERT INTO "journal_entries" VALUES('jrn_01a223a93b9a71279787dcbe02955931','inv_01a223a93b9a71279787dcbd181017c3','2026-08-19','TEST-INV-2026-00002 Hotel Bristol');
INSERT INTO "journal_entries" VALUES('jrn_01a223a93ba077f885535dc9eb03b986','crn_01a223a93ba077f885535dc82c579fbf','2026-08-19','TEST-CN-2026-00001 Hotel Bristol');
CREATE TABLE journal_lines (
	entry_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	account VARCHAR NOT NULL, 
	debit_minor BIGINT NOT NULL, 
	credit_minor BIGINT NOT NULL, 
	currency VARCHAR NOT NULL, 
	PRIMARY KEY (entry_id, position), 
	FOREIGN KEY(account) REFERENCES accounts (number), 
	FOREIGN KEY(entry_id) REFERENCES journal_entries (id), 
	CONSTRAINT one_side CHECK (debit_minor >= 0 AND credit_minor >= 0 AND (debit_minor = 0 OR credit_minor = 0))
);
INSERT INTO "journal_lines" VALUES('jrn_01a223a93b907753a31c49a5f99ca434',1,'1100',16604,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93b907753a31c49a5f99ca434',2,'4000',0,13499,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93b907753a31c49a5f99ca434',3,'2100',0,3105,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93b9a71279787dcbe02955931',1,'1100',16604,0,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93b9a71279787dcbe02955931',2,'4000',0,13499,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93b9a71279787dcbe02955931',3,'2100',0,3105,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93ba077f885535dc9eb03b986',1,'1100',0,11991,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93ba077f885535dc9eb03b986',2,'4000',9749,0,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93ba077f885535dc9eb03b986',3,'2100',2242,0,'EUR');
CREATE TABLE mandate_acknowledgements (
	position INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	draft VARCHAR NOT NULL, 
	customer VARCHAR NOT NULL, 
	handed_in VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	recorded_by VARCHAR NOT NULL, 
	PRIMARY KEY (position)
);
CREATE TABLE number_series (
	code VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	pattern VARCHAR NOT NULL, 
	is_default BOOLEAN NOT NULL, first_sequence INTEGER DEFAULT '1' NOT NULL, first_period VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (code)
);
INSERT INTO "number_series" VALUES('INVOICES','invoice','INV-{YYYY}-{SEQ:5}',1,1,'');
INSERT INTO "number_series" VALUES('CREDIT-NOTES','credit_note','CN-{YYYY}-{SEQ:5}',1,1,'');
CREATE TABLE payment_terms (
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	days INTEGER NOT NULL, 
	is_default BOOLEAN NOT NULL, 
	PRIMARY KEY (code)
);
INSERT INTO "payment_terms" VALUES('IMMEDIATE','Due on receipt',0,0);
INSERT INTO "payment_terms" VALUES('NET7','7 days net',7,0);
INSERT INTO "payment_terms" VALUES('NET14','14 days net',14,0);
INSERT INTO "payment_terms" VALUES('NET30','30 days net',30,1);
INSERT INTO "payment_terms" VALUES('NET60','60 days net',60,0);
CREATE TABLE payments (
	position INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	document_id VARCHAR NOT NULL, 
	reverses_id VARCHAR, 
	amount_minor BIGINT NOT NULL, 
	currency VARCHAR NOT NULL, 
	paid_on DATE NOT NULL, 
	method VARCHAR NOT NULL, 
	reference VARCHAR NOT NULL, 
	debit_account VARCHAR NOT NULL, 
	credit_account VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	recorded_by VARCHAR NOT NULL, 
	PRIMARY KEY (position), 
	CONSTRAINT positive CHECK (amount_minor > 0), 
	UNIQUE (id), 
	FOREIGN KEY(document_id) REFERENCES documents (id), 
	UNIQUE (reverses_id), 
	FOREIGN KEY(reverses_id) REFERENCES payments (id), 
	FOREIGN KEY(debit_account) REFERENCES accounts (number), 
	FOREIGN KEY(credit_account) REFERENCES accounts (number)
);
INSERT INTO "payments" VALUES(1,'pay_01a223a93b9777868cbdaf2249ec9de9','inv_01a223a93b8f72dc8b19700f6f57129d',NULL,1000,'USD','2026-08-19','','','1000','1100','2026-08-19 07:57:56.803332','owner@example.com');
CREATE TABLE posting_profiles (
	name VARCHAR NOT NULL, 
	receivable VARCHAR NOT NULL, 
	revenue VARCHAR NOT NULL, 
	tax_payable VARCHAR NOT NULL, 
	discount VARCHAR NOT NULL, 
	rounding VARCHAR NOT NULL, 
	bank VARCHAR NOT NULL, 
	PRIMARY KEY (name), 
	FOREIGN KEY(bank) REFERENCES accounts (number), 
	FOREIGN KEY(discount) REFERENCES accounts (number), 
	FOREIGN KEY(receivable) REFERENCES accounts (number), 
	FOREIGN KEY(revenue) REFERENCES accounts (number), 
	FOREIGN KEY(rounding) REFERENCES accounts (number), 
	FOREIGN KEY(tax_payable) REFERENCES accounts (number)
);
INSERT INTO "posting_profiles" VALUES('Standard','1100','4000','2100','4300','4900','1000');
CREATE TABLE profile (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	legal_name VARCHAR NOT NULL, 
	environment VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	locale VARCHAR NOT NULL, 
	time_zone VARCHAR NOT NULL, 
	accounting_standard VARCHAR NOT NULL, 
	tax_system VARCHAR NOT NULL, 
	chart_of_accounts VARCHAR NOT NULL, 
	line1 VARCHAR NOT NULL, 
	line2 VARCHAR NOT NULL, 
	postal_code VARCHAR NOT NULL, 
	city VARCHAR NOT NULL, 
	region VARCHAR NOT NULL, 
	tax_number VARCHAR NOT NULL, 
	registration_number VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	website VARCHAR NOT NULL, 
	account_holder VARCHAR NOT NULL, 
	bank_name VARCHAR NOT NULL, 
	iban VARCHAR NOT NULL, 
	bic VARCHAR NOT NULL, 
	account_number VARCHAR NOT NULL, 
	routing_number VARCHAR NOT NULL, 
	footer VARCHAR NOT NULL, 
	prices_include_tax BOOLEAN NOT NULL, 
	future_days INTEGER NOT NULL, rounding VARCHAR DEFAULT 'sum_of_lines' NOT NULL, small_business BOOLEAN DEFAULT '0' NOT NULL, payment_qr BOOLEAN DEFAULT '1' NOT NULL, second_language VARCHAR DEFAULT '' NOT NULL, brand_color VARCHAR DEFAULT '' NOT NULL, logo VARCHAR DEFAULT '' NOT NULL, logo_sha256 VARCHAR DEFAULT '' NOT NULL, vat_registration VARCHAR DEFAULT '' NOT NULL, mandates VARCHAR DEFAULT 'refuse' NOT NULL, annual_turnover VARCHAR DEFAULT '' NOT NULL, tax_office_number VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT one_row CHECK (id = 1)
);
INSERT INTO "profile" VALUES(1,'Harbour Bakery','','sandbox','IE','EUR','en_IE','Europe/Dublin','ifrs','eu_vat','standard','','','','','','','','','','','','','','','','','',0,0,'sum_of_lines',0,1,'','','','','','refuse','','');
CREATE TABLE provenance (
	layer VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	recorded_by VARCHAR NOT NULL, 
	PRIMARY KEY (layer)
);
INSERT INTO "provenance" VALUES('organization','country file IE','2026-08-19 07:57:56.803332','owner@example.com');
INSERT INTO "provenance" VALUES('entity','country file IE','2026-08-19 07:57:56.803332','owner@example.com');
CREATE TABLE series_periods (
	series VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	next_sequence INTEGER NOT NULL, 
	PRIMARY KEY (series, period), 
	FOREIGN KEY(series) REFERENCES number_series (code)
);
INSERT INTO "series_periods" VALUES('INVOICES','2026',3);
INSERT INTO "series_periods" VALUES('CREDIT-NOTES','2026',2);
CREATE TABLE tax_authorities (
	name VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "tax_authorities" VALUES('Revenue Commissioners','IE');
CREATE TABLE tax_codes (
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	category VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	is_default BOOLEAN NOT NULL, reason_local VARCHAR DEFAULT '' NOT NULL, reason_code VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (code)
);
INSERT INTO "tax_codes" VALUES('STANDARD','Standard rate','S','VAT','',1,'','');
INSERT INTO "tax_codes" VALUES('REDUCED','Reduced rate','S','VAT','',0,'','');
INSERT INTO "tax_codes" VALUES('REDUCED2','Second reduced rate','S','VAT','',0,'','');
INSERT INTO "tax_codes" VALUES('SUPER-REDUCED','Super-reduced rate','S','VAT','',0,'','');
INSERT INTO "tax_codes" VALUES('HOSPITALITY','Hospitality: catering, hot food and hairdressing','S','VAT','',0,'','');
INSERT INTO "tax_codes" VALUES('ACCOMMODATION','Guest accommodation and admissions','S','VAT','',0,'','');
INSERT INTO "tax_codes" VALUES('ENERGY','Gas and electricity','S','VAT','',0,'','');
INSERT INTO "tax_codes" VALUES('ZERO','Zero rate','Z','VAT','',0,'','');
INSERT INTO "tax_codes" VALUES('EXEMPT','Exempt','E','VAT','Exempt from VAT, Article 132 or 135 Directive 2006/112/EC',0,'Exempt from VAT, Article 132 or 135 Directive 2006/112/EC','');
INSERT INTO "tax_codes" VALUES('REVERSE-CHARGE','Reverse charge','AE','VAT','Reverse charge: the customer owes the VAT, Articles 44 and 196 Directive 2006/112/EC',0,'Reverse charge: the customer owes the VAT, Articles 44 and 196 Directive 2006/112/EC','VATEX-EU-AE');
INSERT INTO "tax_codes" VALUES('DOMESTIC-REVERSE-CHARGE','Domestic reverse charge','AE','VAT','Reverse charge: the customer owes the VAT, Section 16 VAT Consolidation Act 2010',0,'Reverse charge: VAT to be accounted for by the customer, section 16 VAT Consolidation Act 2010','VATEX-EU-AE');
INSERT INTO "tax_codes" VALUES('INTRA-EU','Intra-Community supply of goods','K','VAT','Intra-Community supply, Article 138 Directive 2006/112/EC',0,'Intra-Community supply, Article 138 Directive 2006/112/EC','VATEX-EU-IC');
INSERT INTO "tax_codes" VALUES('EXPORT','Export of goods','G','VAT','Export of goods, Article 146 Directive 2006/112/EC',0,'Export of goods, Article 146 Directive 2006/112/EC','VATEX-EU-G');
INSERT INTO "tax_codes" VALUES('OUTSIDE','Outside the scope of VAT','O','VAT','Not subject to VAT: the place of supply is abroad, Articles 31 to 59a Directive 2006/112/EC',0,'Not subject to VAT: the place of supply is abroad, Articles 31 to 59a Directive 2006/112/EC','VATEX-EU-O');
INSERT INTO "tax_codes" VALUES('SMALL-BUSINESS','Small business','O','VAT','No VAT: the seller is below the thresholds and not registered, section 6 VAT Consolidation Act 2010',0,'No VAT: the seller is below the thresholds and not registered, section 6 VAT Consolidation Act 2010','VATEX-EU-O');
CREATE TABLE tax_jurisdiction_rates (
	code VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	percent VARCHAR NOT NULL, 
	PRIMARY KEY (code, position, valid_from), 
	FOREIGN KEY(code, position) REFERENCES tax_jurisdictions (code, position)
);
CREATE TABLE tax_jurisdictions (
	code VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	PRIMARY KEY (code, position), 
	FOREIGN KEY(code) REFERENCES tax_codes (code)
);
CREATE TABLE tax_rates (
	code VARCHAR NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	percent VARCHAR NOT NULL, 
	PRIMARY KEY (code, valid_from), 
	FOREIGN KEY(code) REFERENCES tax_codes (code)
);
INSERT INTO "tax_rates" VALUES('STANDARD','2012-01-01','2020-08-31','23');
INSERT INTO "tax_rates" VALUES('STANDARD','2020-09-01','2021-02-28','21');
INSERT INTO "tax_rates" VALUES('STANDARD','2021-03-01',NULL,'23');
INSERT INTO "tax_rates" VALUES('REDUCED','2003-01-01',NULL,'13.5');
INSERT INTO "tax_rates" VALUES('REDUCED2','2011-07-01',NULL,'9');
INSERT INTO "tax_rates" VALUES('SUPER-REDUCED','2005-01-01',NULL,'4.8');
INSERT INTO "tax_rates" VALUES('HOSPITALITY','2011-07-01','2018-12-31','9');
INSERT INTO "tax_rates" VALUES('HOSPITALITY','2019-01-01','2020-10-31','13.5');
INSERT INTO "tax_rates" VALUES('HOSPITALITY','2020-11-01','2023-08-31','9');
INSERT INTO "tax_rates" VALUES('HOSPITALITY','2023-09-01','2026-06-30','13.5');
INSERT INTO "tax_rates" VALUES('HOSPITALITY','2026-07-01',NULL,'9');
INSERT INTO "tax_rates" VALUES('ACCOMMODATION','2011-07-01','2018-12-31','9');
INSERT INTO "tax_rates" VALUES('ACCOMMODATION','2019-01-01','2020-10-31','13.5');
INSERT INTO "tax_rates" VALUES('ACCOMMODATION','2020-11-01','2023-08-31','9');
INSERT INTO "tax_rates" VALUES('ACCOMMODATION','2023-09-01',NULL,'13.5');
INSERT INTO "tax_rates" VALUES('ENERGY','2003-01-01','2022-04-30','13.5');
INSERT INTO "tax_rates" VALUES('ENERGY','2022-05-01','2030-12-31','9');
INSERT INTO "tax_rates" VALUES('ENERGY','2031-01-01',NULL,'13.5');
INSERT INTO "tax_rates" VALUES('ZERO','1972-11-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('EXEMPT','2007-01-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('REVERSE-CHARGE','2010-01-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('DOMESTIC-REVERSE-CHARGE','2008-09-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('INTRA-EU','2007-01-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('EXPORT','2007-01-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('OUTSIDE','2007-01-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('SMALL-BUSINESS','2010-11-01',NULL,'0');
CREATE TABLE transaction_types (
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	series VARCHAR NOT NULL, 
	posting_profile VARCHAR NOT NULL, 
	PRIMARY KEY (name, kind), 
	FOREIGN KEY(posting_profile) REFERENCES posting_profiles (name), 
	FOREIGN KEY(series) REFERENCES number_series (code)
);
INSERT INTO "transaction_types" VALUES('Sales invoice','invoice','INVOICES','Standard');
INSERT INTO "transaction_types" VALUES('Credit note','credit_note','CREDIT-NOTES','Standard');
CREATE TABLE withholding_codes (
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	article VARCHAR NOT NULL, 
	PRIMARY KEY (code)
);
CREATE TABLE withholding_rates (
	code VARCHAR NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	percent VARCHAR NOT NULL, 
	PRIMARY KEY (code, valid_from), 
	FOREIGN KEY(code) REFERENCES withholding_codes (code)
);
CREATE INDEX ix_customers_name_key ON customers (name_key);
CREATE INDEX ix_items_name_key ON items (name_key);
CREATE TRIGGER identity_no_update BEFORE UPDATE ON identity BEGIN SELECT RAISE(ABORT, 'identity: rows never change'); END;
CREATE TRIGGER identity_no_delete BEFORE DELETE ON identity BEGIN SELECT RAISE(ABORT, 'identity: rows never change'); END;
CREATE TRIGGER identity_no_replace BEFORE INSERT ON identity WHEN EXISTS (SELECT 1 FROM identity WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'identity: rows never change'); END;
CREATE INDEX ix_documents_customer ON documents (customer_id, position);
CREATE INDEX ix_documents_issue_date ON documents (issue_date, position);
CREATE INDEX ix_audit_entries_subject ON audit_entries (subject);
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents BEGIN SELECT RAISE(ABORT, 'documents: rows never change'); END;
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents BEGIN SELECT RAISE(ABORT, 'documents: rows never change'); END;
CREATE TRIGGER documents_no_replace BEFORE INSERT ON documents WHEN EXISTS (SELECT 1 FROM documents WHERE (position = NEW.position) OR (id = NEW.id) OR (number = NEW.number) OR (series = NEW.series AND period = NEW.period AND sequence = NEW.sequence) OR (hash = NEW.hash)) BEGIN SELECT RAISE(ABORT, 'documents: rows never change'); END;
CREATE TRIGGER document_lines_no_update BEFORE UPDATE ON document_lines BEGIN SELECT RAISE(ABORT, 'document_lines: rows never change'); END;
CREATE TRIGGER document_lines_no_delete BEFORE DELETE ON document_lines BEGIN SELECT RAISE(ABORT, 'document_lines: rows never change'); END;
CREATE TRIGGER document_lines_no_replace BEFORE INSERT ON document_lines WHEN EXISTS (SELECT 1 FROM document_lines WHERE (document_id = NEW.document_id AND position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'document_lines: rows never change'); END;
CREATE TRIGGER document_taxes_no_update BEFORE UPDATE ON document_taxes BEGIN SELECT RAISE(ABORT, 'document_taxes: rows never change'); END;
CREATE TRIGGER document_taxes_no_delete BEFORE DELETE ON document_taxes BEGIN SELECT RAISE(ABORT, 'document_taxes: rows never change'); END;
CREATE TRIGGER document_taxes_no_replace BEFORE INSERT ON document_taxes WHEN EXISTS (SELECT 1 FROM document_taxes WHERE (document_id = NEW.document_id AND position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'document_taxes: rows never change'); END;
CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries BEGIN SELECT RAISE(ABORT, 'journal_entries: rows never change'); END;
CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries BEGIN SELECT RAISE(ABORT, 'journal_entries: rows never change'); END;
CREATE TRIGGER journal_entries_no_replace BEFORE INSERT ON journal_entries WHEN EXISTS (SELECT 1 FROM journal_entries WHERE (id = NEW.id) OR (document_id = NEW.document_id)) BEGIN SELECT RAISE(ABORT, 'journal_entries: rows never change'); END;
CREATE TRIGGER journal_lines_no_update BEFORE UPDATE ON journal_lines BEGIN SELECT RAISE(ABORT, 'journal_lines: rows never change'); END;
CREATE TRIGGER journal_lines_no_delete BEFORE DELETE ON journal_lines BEGIN SELECT RAISE(ABORT, 'journal_lines: rows never change'); END;
CREATE TRIGGER journal_lines_no_replace BEFORE INSERT ON journal_lines WHEN EXISTS (SELECT 1 FROM journal_lines WHERE (entry_id = NEW.entry_id AND position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'journal_lines: rows never change'); END;
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries: rows never change'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries: rows never change'); END;
CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN EXISTS (SELECT 1 FROM audit_entries WHERE (position = NEW.position) OR (hash = NEW.hash)) BEGIN SELECT RAISE(ABORT, 'audit_entries: rows never change'); END;
CREATE TRIGGER idempotency_keys_no_update BEFORE UPDATE ON idempotency_keys BEGIN SELECT RAISE(ABORT, 'idempotency_keys: rows never change'); END;
CREATE TRIGGER idempotency_keys_no_delete BEFORE DELETE ON idempotency_keys BEGIN SELECT RAISE(ABORT, 'idempotency_keys: rows never change'); END;
CREATE TRIGGER idempotency_keys_no_replace BEFORE INSERT ON idempotency_keys WHEN EXISTS (SELECT 1 FROM idempotency_keys WHERE (tool = NEW.tool AND reference = NEW.reference)) BEGIN SELECT RAISE(ABORT, 'idempotency_keys: rows never change'); END;
CREATE TRIGGER files_no_update BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'files: rows never change'); END;
CREATE TRIGGER files_no_delete BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'files: rows never change'); END;
CREATE TRIGGER files_no_replace BEFORE INSERT ON files WHEN EXISTS (SELECT 1 FROM files WHERE (id = NEW.id) OR (document_id = NEW.document_id AND format = NEW.format)) BEGIN SELECT RAISE(ABORT, 'files: rows never change'); END;
CREATE TRIGGER documents_in_order BEFORE INSERT ON documents WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM documents) BEGIN SELECT RAISE(ABORT, 'documents: positions follow each other without a gap'); END;
CREATE TRIGGER audit_entries_in_order BEFORE INSERT ON audit_entries WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM audit_entries) BEGIN SELECT RAISE(ABORT, 'audit_entries: positions follow each other without a gap'); END;
CREATE TRIGGER document_lines_while_issuing BEFORE INSERT ON document_lines WHEN EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id) BEGIN SELECT RAISE(ABORT, 'document_lines: an issued document takes no further lines'); END;
CREATE TRIGGER document_taxes_while_issuing BEFORE INSERT ON document_taxes WHEN EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id) BEGIN SELECT RAISE(ABORT, 'document_taxes: an issued document takes no further tax'); END;
CREATE TRIGGER journal_lines_while_issuing BEFORE INSERT ON journal_lines WHEN EXISTS (SELECT 1 FROM audit_entries WHERE subject = (SELECT document_id FROM journal_entries WHERE id = NEW.entry_id)) BEGIN SELECT RAISE(ABORT, 'journal_lines: an issued document takes no further journal lines'); END;
CREATE INDEX ix_documents_series_date ON documents (series, issue_date);
CREATE VIEW book_counts AS SELECT (SELECT count(*) FROM customers WHERE NOT archived) AS customers, (SELECT count(*) FROM items WHERE NOT archived) AS items, (SELECT count(*) FROM drafts) AS drafts, (SELECT coalesce(max(position), 0) FROM documents) AS documents;
CREATE INDEX ix_documents_credits_id ON documents (credits_id);
CREATE INDEX ix_payments_document_id ON payments (document_id);
CREATE TRIGGER payments_no_update BEFORE UPDATE ON payments BEGIN SELECT RAISE(ABORT, 'payments: rows never change'); END;
CREATE TRIGGER payments_no_delete BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments: rows never change'); END;
CREATE TRIGGER payments_no_replace BEFORE INSERT ON payments WHEN EXISTS (SELECT 1 FROM payments WHERE (position = NEW.position) OR (id = NEW.id) OR (reverses_id = NEW.reverses_id)) BEGIN SELECT RAISE(ABORT, 'payments: rows never change'); END;
CREATE TRIGGER payments_in_order BEFORE INSERT ON payments WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM payments) BEGIN SELECT RAISE(ABORT, 'payments: positions follow each other without a gap'); END;
CREATE VIEW trial_balance AS SELECT account, currency, sum(debit_minor) AS debit_minor, sum(credit_minor) AS credit_minor FROM ( SELECT account, currency, debit_minor, credit_minor FROM journal_lines UNION ALL SELECT debit_account, currency, amount_minor, 0 FROM payments UNION ALL SELECT credit_account, currency, 0, amount_minor FROM payments) GROUP BY account, currency;
CREATE TRIGGER mandate_acknowledgements_no_update BEFORE UPDATE ON mandate_acknowledgements BEGIN SELECT RAISE(ABORT, 'mandate_acknowledgements: rows never change'); END;
CREATE TRIGGER mandate_acknowledgements_no_delete BEFORE DELETE ON mandate_acknowledgements BEGIN SELECT RAISE(ABORT, 'mandate_acknowledgements: rows never change'); END;
CREATE TRIGGER mandate_acknowledgements_no_replace BEFORE INSERT ON mandate_acknowledgements WHEN EXISTS (SELECT 1 FROM mandate_acknowledgements WHERE (position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'mandate_acknowledgements: rows never change'); END;
CREATE INDEX ix_documents_customer_total ON documents (customer_id, total_minor, position);
CREATE INDEX ix_payments_day_amount ON payments (paid_on, amount_minor);
CREATE INDEX ix_documents_sums ON documents (currency, kind, due_date, net_minor, tax_minor, total_minor, withheld_minor, id);
CREATE INDEX ix_exports_content ON exports (sha256, format);
CREATE INDEX ix_exports_asked_at ON exports (asked_at);
CREATE INDEX ix_export_requests_file_id ON export_requests (file_id);
COMMIT;
PRAGMA application_id = 1128677963;
PRAGMA user_version = 6;
