BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE anchored_numbers (
	organization_id VARCHAR NOT NULL, 
	series VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	sequence INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	pattern VARCHAR NOT NULL, 
	PRIMARY KEY (organization_id, series, period), 
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
INSERT INTO "anchored_numbers" VALUES('01a223a9-312c-7093-9d09-1327b5056f33','INVOICES','2026',14,1,'invoice','INV-{YYYY}-{SEQ:5}');
INSERT INTO "anchored_numbers" VALUES('01a223a9-312c-7093-9d09-1327b5056f33','CREDIT-NOTES','2026',6,1,'credit_note','CN-{YYYY}-{SEQ:5}');
INSERT INTO "anchored_numbers" VALUES('01a223a9-3a67-7261-b671-8b2d62a46651','INVOICES','2026',2,1,'invoice','INV-{YYYY}-{SEQ:5}');
INSERT INTO "anchored_numbers" VALUES('01a223a9-3a67-7261-b671-8b2d62a46651','CREDIT-NOTES','2026',1,1,'credit_note','CN-{YYYY}-{SEQ:5}');
CREATE TABLE anchors (
	organization_id VARCHAR NOT NULL, 
	documents INTEGER, 
	documents_hash VARCHAR DEFAULT '' NOT NULL, 
	entries INTEGER, 
	entries_hash VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (organization_id), 
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
INSERT INTO "anchors" VALUES('01a223a9-312c-7093-9d09-1327b5056f33',20,'0cc3d3bfb3967532ebb20936c7d9143f87a8060f357ab1a56da138e180a7b9f5',36,'59dab7bdb91a7785794da5dafdfa840e00f945250b179b5c4434c42b68fc3ee6');
INSERT INTO "anchors" VALUES('01a223a9-3a67-7261-b671-8b2d62a46651',3,'422aeb0dfb1417fc347c60a15a231b6fce80f16b53734790da275fa2a1278418',6,'0b5116a5b23c8d08bbcae8738d67e28517b5d4ea6a5335546a067dad55daa11c');
CREATE TABLE credentials (
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	prefix VARCHAR NOT NULL, 
	digest VARCHAR, 
	page_digest VARCHAR, 
	page_expires_at DATETIME, 
	user_id VARCHAR NOT NULL, 
	organization_id VARCHAR, 
	read_only BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR NOT NULL, 
	expires_at DATETIME, 
	last_used_at DATETIME, 
	revoked_at DATETIME, asleep_since DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT kind_is_known CHECK (kind IN ('token', 'key', 'link')), 
	UNIQUE (prefix), 
	UNIQUE (digest), 
	UNIQUE (page_digest), 
	FOREIGN KEY(user_id) REFERENCES users (id), 
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
CREATE TABLE latest_moment (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE membership_clients (
	user_id VARCHAR NOT NULL, 
	organization_id VARCHAR NOT NULL, 
	PRIMARY KEY (user_id, organization_id), 
	FOREIGN KEY(user_id) REFERENCES users (id), 
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
CREATE TABLE memberships (
	user_id VARCHAR NOT NULL, 
	organization_id VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	all_clients BOOLEAN NOT NULL, 
	PRIMARY KEY (user_id, organization_id), 
	CONSTRAINT role_is_known CHECK (role IN ('owner', 'accountant', 'viewer', 'client')), 
	FOREIGN KEY(user_id) REFERENCES users (id), 
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
INSERT INTO "memberships" VALUES('usr_01a223a9312c70939d091326d1ac92ea','01a223a9-312c-7093-9d09-1327b5056f33','owner',1);
CREATE TABLE organizations (
	id VARCHAR NOT NULL, 
	handle VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	name_key VARCHAR NOT NULL, 
	search_key VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	partner_id VARCHAR, 
	environment VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	named_writes VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR NOT NULL, 
	archived_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT kind_is_known CHECK (kind IN ('partner', 'standard')), 
	CONSTRAINT environment_is_known CHECK (environment IN ('sandbox', 'live')), 
	CONSTRAINT named_writes_is_known CHECK (named_writes IN ('live', 'always', 'off')), 
	CONSTRAINT handle_is_lower_case CHECK (handle = lower(handle)), 
	UNIQUE (handle), 
	FOREIGN KEY(partner_id) REFERENCES organizations (id)
);
INSERT INTO "organizations" VALUES('01a223a9-312c-7093-9d09-1327b5056f33','ledger-co-sandbox','Ledger & Co','ledger & co','ledger & co ledger-co-sandbox','partner',NULL,'sandbox','US','USD','live','2026-01-02 09:00:00.000000','owner@example.com',NULL);
INSERT INTO "organizations" VALUES('01a223a9-3a67-7261-b671-8b2d62a46651','harbour-bakery-sandbox','Harbour Bakery','harbour bakery','harbour bakery harbour-bakery-sandbox','standard','01a223a9-312c-7093-9d09-1327b5056f33','sandbox','IE','EUR','live','2026-08-19 07:57:56.803332','owner@example.com',NULL);
CREATE TABLE sessions (
	id VARCHAR NOT NULL, 
	principal VARCHAR NOT NULL, 
	connection VARCHAR NOT NULL, 
	organization_id VARCHAR, 
	created_at DATETIME NOT NULL, 
	last_used_at DATETIME NOT NULL, revision VARCHAR DEFAULT '' NOT NULL, capabilities VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
CREATE TABLE users (
	id VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (email)
);
INSERT INTO "users" VALUES('usr_01a223a9312c70939d091326d1ac92ea','owner@example.com','','2026-01-02 09:00:00.000000');
CREATE INDEX ix_organizations_name_key ON organizations (name_key);
CREATE INDEX ix_organizations_partner_id ON organizations (partner_id);
CREATE INDEX ix_memberships_organization_id ON memberships (organization_id);
CREATE INDEX ix_sessions_last_used_at ON sessions (last_used_at);
CREATE INDEX ix_sessions_principal ON sessions (principal);
CREATE INDEX ix_credentials_organization_id ON credentials (organization_id);
CREATE INDEX ix_credentials_user_id ON credentials (user_id);
CREATE INDEX ix_organizations_listed ON organizations (CASE WHEN kind = 'partner' THEN 0 ELSE 1 END, name_key, handle) WHERE archived_at IS NULL;
CREATE INDEX ix_organizations_counted ON organizations (partner_id, id) WHERE archived_at IS NULL;
COMMIT;
PRAGMA application_id = 1128678482;
PRAGMA user_version = 5;
