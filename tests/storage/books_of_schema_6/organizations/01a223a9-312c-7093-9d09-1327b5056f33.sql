BEGIN TRANSACTION;
CREATE TABLE accounts (
	number VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "accounts" VALUES('1000','Checking account','asset');
INSERT INTO "accounts" VALUES('1050','Petty cash','asset');
INSERT INTO "accounts" VALUES('1090','Undeposited funds','asset');
INSERT INTO "accounts" VALUES('1200','Accounts receivable','asset');
INSERT INTO "accounts" VALUES('1210','Allowance for credit losses','asset');
INSERT INTO "accounts" VALUES('1300','Inventory','asset');
INSERT INTO "accounts" VALUES('1400','Prepaid expenses','asset');
INSERT INTO "accounts" VALUES('1500','Furniture and equipment','asset');
INSERT INTO "accounts" VALUES('1510','Accumulated depreciation','asset');
INSERT INTO "accounts" VALUES('1700','Intangible assets','asset');
INSERT INTO "accounts" VALUES('2000','Accounts payable','liability');
INSERT INTO "accounts" VALUES('2100','Accrued liabilities','liability');
INSERT INTO "accounts" VALUES('2200','Sales tax payable','liability');
INSERT INTO "accounts" VALUES('2300','Payroll liabilities','liability');
INSERT INTO "accounts" VALUES('2350','Income taxes payable','liability');
INSERT INTO "accounts" VALUES('2400','Deferred revenue','liability');
INSERT INTO "accounts" VALUES('2500','Line of credit','liability');
INSERT INTO "accounts" VALUES('2700','Long-term debt','liability');
INSERT INTO "accounts" VALUES('3000','Common stock','equity');
INSERT INTO "accounts" VALUES('3100','Additional paid-in capital','equity');
INSERT INTO "accounts" VALUES('3200','Owner''s draws and distributions','equity');
INSERT INTO "accounts" VALUES('3900','Retained earnings','equity');
INSERT INTO "accounts" VALUES('4000','Product sales','income');
INSERT INTO "accounts" VALUES('4100','Service revenue','income');
INSERT INTO "accounts" VALUES('4200','Sales returns and allowances','income');
INSERT INTO "accounts" VALUES('4300','Sales discounts','income');
INSERT INTO "accounts" VALUES('4800','Other income','income');
INSERT INTO "accounts" VALUES('4900','Rounding differences','income');
INSERT INTO "accounts" VALUES('5000','Cost of goods sold','expense');
INSERT INTO "accounts" VALUES('6000','Salaries and wages','expense');
INSERT INTO "accounts" VALUES('6100','Payroll taxes and benefits','expense');
INSERT INTO "accounts" VALUES('6200','Rent','expense');
INSERT INTO "accounts" VALUES('6300','Office supplies and software','expense');
INSERT INTO "accounts" VALUES('6400','Professional fees','expense');
INSERT INTO "accounts" VALUES('6500','Advertising and travel','expense');
INSERT INTO "accounts" VALUES('6600','Depreciation and amortization','expense');
INSERT INTO "accounts" VALUES('6700','Credit loss expense','expense');
INSERT INTO "accounts" VALUES('6800','Bank and merchant fees','expense');
INSERT INTO "accounts" VALUES('7000','Interest expense','expense');
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
INSERT INTO "audit_entries" VALUES(1,'2026-01-02 09:00:00.000000','owner@example.com','create_organization','Ledger & Co','{"layers":{"entity":"fresh","organization":"fresh","schema":"created"},"settings":{"accounts":"36062f6253d02df1f106910e4d5a26c6","mandate_acknowledgements":"4f53cda18c2baa0c0354bb5f9a3ecbe5","number_series":"6de786030d03eda4e4e33614d01c0afc","payment_terms":"a8d9288f2cce1035b8bdc11ecbef8cb9","posting_profiles":"889d8dd75a158e85826347e25e7e612f","profile":"7bb07e5aa1911e7fb3cc4a868ebed7d4","provenance":"bd2be6acf23c60a7554a88fdb123521d","tax_authorities":"f9e97630364976bf1bdc7991be41a13b","tax_codes":"79b7991239dd1574b079dcab49a032a0","tax_jurisdiction_rates":"4f53cda18c2baa0c0354bb5f9a3ecbe5","tax_jurisdictions":"4f53cda18c2baa0c0354bb5f9a3ecbe5","tax_rates":"d7da1ae701d9414919415db6e57034c1","transaction_types":"a6d3de09705c7ec0a9c12e33ff246c84","withholding_codes":"4f53cda18c2baa0c0354bb5f9a3ecbe5","withholding_rates":"4f53cda18c2baa0c0354bb5f9a3ecbe5"}}','277096aee7391018e16e2272f6f6a304f74913d32fa55b36ab9e789c34ec582f','8f29ee506994827c23310c9722b4e561811c6b0be1f1ff0790ea97b6fd3f8a06');
INSERT INTO "audit_entries" VALUES(2,'2026-01-02 09:00:00.000000','owner@example.com','save_tax_code','LA','{"created":true,"default":false,"name":"LA","parts":["state:California:7.25","district:County:2.5"],"percent":"9.75","settings":{"accounts":"36062f6253d02df1f106910e4d5a26c6","mandate_acknowledgements":"4f53cda18c2baa0c0354bb5f9a3ecbe5","number_series":"6de786030d03eda4e4e33614d01c0afc","payment_terms":"a8d9288f2cce1035b8bdc11ecbef8cb9","posting_profiles":"889d8dd75a158e85826347e25e7e612f","profile":"7bb07e5aa1911e7fb3cc4a868ebed7d4","provenance":"bd2be6acf23c60a7554a88fdb123521d","tax_authorities":"f9e97630364976bf1bdc7991be41a13b","tax_codes":"b5bbc54acd7ca4590f34cf07c1333049","tax_jurisdiction_rates":"2c9d2c28ebaa2d2893c1669871821d99","tax_jurisdictions":"df7c2e5833558cfbe63b7d8d2b1b2b4f","tax_rates":"d7da1ae701d9414919415db6e57034c1","transaction_types":"a6d3de09705c7ec0a9c12e33ff246c84","withholding_codes":"4f53cda18c2baa0c0354bb5f9a3ecbe5","withholding_rates":"4f53cda18c2baa0c0354bb5f9a3ecbe5"},"valid_from":"2025-04-01"}','8f29ee506994827c23310c9722b4e561811c6b0be1f1ff0790ea97b6fd3f8a06','febf1c5f84ddc3a8fe7722f8bb2f5f08d7055acea35449734195f29dd2db1ff1');
INSERT INTO "audit_entries" VALUES(3,'2026-01-02 09:00:00.000000','owner@example.com','save_tax_code','NYC','{"created":true,"default":false,"name":"NYC","parts":["state:New York:4","city:City:4.875"],"percent":"8.875","settings":{"accounts":"36062f6253d02df1f106910e4d5a26c6","mandate_acknowledgements":"4f53cda18c2baa0c0354bb5f9a3ecbe5","number_series":"6de786030d03eda4e4e33614d01c0afc","payment_terms":"a8d9288f2cce1035b8bdc11ecbef8cb9","posting_profiles":"889d8dd75a158e85826347e25e7e612f","profile":"7bb07e5aa1911e7fb3cc4a868ebed7d4","provenance":"bd2be6acf23c60a7554a88fdb123521d","tax_authorities":"f9e97630364976bf1bdc7991be41a13b","tax_codes":"c0d2575976807bb436cfb922972b99a7","tax_jurisdiction_rates":"1af45e6016f52c779cfc05e865df5422","tax_jurisdictions":"8b88d1bac1c6a240b98d9fe6a827e739","tax_rates":"d7da1ae701d9414919415db6e57034c1","transaction_types":"a6d3de09705c7ec0a9c12e33ff246c84","withholding_codes":"4f53cda18c2baa0c0354bb5f9a3ecbe5","withholding_rates":"4f53cda18c2baa0c0354bb5f9a3ecbe5"},"valid_from":"2025-04-01"}','febf1c5f84ddc3a8fe7722f8bb2f5f08d7055acea35449734195f29dd2db1ff1','62f7247c2d476cba98038a56c902a6e193cb22f199cade7046906538c81ef6b9');
INSERT INTO "audit_entries" VALUES(4,'2026-01-02 09:00:00.000000','owner@example.com','save_customer','cus_01a223a934d57323ba5d2a1dbdde687b','{"fields":["city","consumer","country","line1","name","postal_code","tax_number"],"states":{"cus_01a223a934d57323ba5d2a1dbdde687b":"c3c3a42150321e017f800be5a3a1cbce"}}','62f7247c2d476cba98038a56c902a6e193cb22f199cade7046906538c81ef6b9','e2f3781b4b2ccae2e435df3673ff21f587b6d9f621ac28bb7730a74f1406d026');
INSERT INTO "audit_entries" VALUES(5,'2026-01-02 09:00:00.000000','owner@example.com','save_customer','cus_01a223a934fe762b80cfdb65dc7fd19b','{"fields":["city","consumer","country","line1","name","postal_code","tax_number"],"states":{"cus_01a223a934fe762b80cfdb65dc7fd19b":"74fbf41233e011c1fa141d17892450c9"}}','e2f3781b4b2ccae2e435df3673ff21f587b6d9f621ac28bb7730a74f1406d026','cbc4e2d636b0f62f6ebbb322e87acc87b7e8dd64d7e5b881966a04082eb2266a');
INSERT INTO "audit_entries" VALUES(6,'2026-01-02 09:00:00.000000','owner@example.com','save_customer','cus_01a223a93526751098f92153a83f634b','{"fields":["city","consumer","country","line1","name","postal_code","tax_number"],"states":{"cus_01a223a93526751098f92153a83f634b":"299abc664d7e2d462b78c6ee56722891"}}','cbc4e2d636b0f62f6ebbb322e87acc87b7e8dd64d7e5b881966a04082eb2266a','4bbe0f1dddc6fac82f4158e981dc9321236b71d75f1c759dcf58b8b7d4b062de');
INSERT INTO "audit_entries" VALUES(7,'2026-01-02 09:00:00.000000','owner@example.com','save_customer','cus_01a223a9353a768f9fd3a67564a68907','{"fields":["city","consumer","country","line1","name","postal_code","tax_number"],"states":{"cus_01a223a9353a768f9fd3a67564a68907":"45178a77c7e9da6c86eb7694e658cb1c"}}','4bbe0f1dddc6fac82f4158e981dc9321236b71d75f1c759dcf58b8b7d4b062de','dae8ad191b2fd35d5e261827f4709181a3855850452694cc15e202067db28b64');
INSERT INTO "audit_entries" VALUES(8,'2026-01-02 09:00:00.000000','owner@example.com','save_customer','cus_01a223a9353e77c09636cb653e1cc4b4','{"fields":["city","consumer","country","line1","name","postal_code","tax_number"],"states":{"cus_01a223a9353e77c09636cb653e1cc4b4":"fa44eddeb0494b440c7ce67606c265cb"}}','dae8ad191b2fd35d5e261827f4709181a3855850452694cc15e202067db28b64','db5a83321ebb1f9e700386123227c09aa115d5639ded37da38ef3a311b483996');
INSERT INTO "audit_entries" VALUES(9,'2026-01-02 09:00:00.000000','owner@example.com','save_customer','cus_01a223a93542763789442bf37883e190','{"fields":["city","consumer","country","line1","name","postal_code","tax_number"],"states":{"cus_01a223a93542763789442bf37883e190":"d2df2249aeac76aa169e3274f57ca571"}}','db5a83321ebb1f9e700386123227c09aa115d5639ded37da38ef3a311b483996','13deba67f557d2b0f32ae55da880d3dfef9da270eaa0da0908a732bf12232cb6');
INSERT INTO "audit_entries" VALUES(10,'2026-01-08 12:52:31.752067','owner@example.com','issue_invoice','inv_01a223a9358977aaa264eb520d7c5d6d','{"client_reference":"","draft":"","hash":"c3d9e4a3272cc5c31b3991663b36e0c2661fc4cbbb7b3fa3e959205192c652c1","journal":[["1200",56484,0],["4000",0,56484]],"number":"TEST-INV-2026-00001","total_minor":56484}','13deba67f557d2b0f32ae55da880d3dfef9da270eaa0da0908a732bf12232cb6','282cf3ae27594050bf669b42c84258aa39314a217bb98cefd45fe4e4091d7c9a');
INSERT INTO "audit_entries" VALUES(11,'2026-01-20 20:40:11.450089','owner@example.com','issue_invoice','inv_01a223a9359872af98181fda08c344ba','{"client_reference":"","draft":"","hash":"cee4ee9b98ef3f39900a3ae189b381959109b0f2c5c50676c3a2adb925d073d9","journal":[["1200",798851,0],["4000",0,798851]],"number":"TEST-INV-2026-00002","overrides":["Line 1: EXEMPT, category E, 0 %, because it was stated on the line; proposed was NO-TAX, because the state of Ledger & Co or home False is not known; EXEMPT is 0 % since 2000-01-01."],"total_minor":798851,"warnings":[["state_unknown","Sales tax depends on the state that the buyer receives in: complete the region of both addresses."],["outside_scope_mixed","Lines outside the scope of tax stand beside taxed or exempt ones: electronic invoices (EN 16931) want them on a document of their own."]]}','282cf3ae27594050bf669b42c84258aa39314a217bb98cefd45fe4e4091d7c9a','c77a95b298895bbfe9fd14dad16578556314f67e4d0a85f66f89b64b07916d82');
INSERT INTO "audit_entries" VALUES(12,'2026-01-24 12:10:03.477292','owner@example.com','issue_credit_note','crn_01a223a935b1756ab98bcbd9e6a090c5','{"client_reference":"","credits":"inv_01a223a9359872af98181fda08c344ba","hash":"ea5aff97b73d97dfd94e2dc8fb3a03e161f874c2e18ba44ee6d06bb89fbdb1c3","journal":[["1200",0,798851],["4000",798851,0]],"number":"TEST-CN-2026-00001","total_minor":798851}','c77a95b298895bbfe9fd14dad16578556314f67e4d0a85f66f89b64b07916d82','940755f4e7c7167ed3dd2368d2c47b00f158ef702d440ca3b9186490567ba537');
INSERT INTO "audit_entries" VALUES(13,'2026-01-27 22:30:17.357132','owner@example.com','issue_credit_note','crn_01a223a935c77118832b0e7bf49cc9cc','{"client_reference":"","credits":"inv_01a223a9358977aaa264eb520d7c5d6d","hash":"b52653f71939734a1c1a5770ac4a2210185e9cb648cc3e4b8c48f7e1a041223e","journal":[["1200",0,56484],["4000",56484,0]],"number":"TEST-CN-2026-00002","total_minor":56484}','940755f4e7c7167ed3dd2368d2c47b00f158ef702d440ca3b9186490567ba537','fe3ac65b19f92a166859b0c2c05b9fc7ef3408fb0c486fd43e53d50b6d9315a8');
INSERT INTO "audit_entries" VALUES(14,'2026-02-10 08:03:25.142404','owner@example.com','issue_invoice','inv_01a223a935d87414940fdf2cbb816b2f','{"client_reference":"","draft":"","hash":"ffe3f1b7ddb4382bff3f56488a6299bd1b70f0969d1a46676d338116a89ca060","journal":[["1200",763076,0],["4000",0,763076]],"number":"TEST-INV-2026-00003","total_minor":763076}','fe3ac65b19f92a166859b0c2c05b9fc7ef3408fb0c486fd43e53d50b6d9315a8','ea520a6e7ad45df7926d7a1a126881f41c8b63403cd56551f4be016c0464e7d3');
INSERT INTO "audit_entries" VALUES(15,'2026-02-26 05:22:18.005061','owner@example.com','issue_credit_note','crn_01a223a935df731e8d26f76d252892b9','{"client_reference":"","credits":"inv_01a223a935d87414940fdf2cbb816b2f","hash":"385cf69a12cfe9d287f492d2e35115d817f6fb25ffc345331b88d9ae26a3aa23","journal":[["1200",0,382624],["4000",382624,0]],"number":"TEST-CN-2026-00003","total_minor":382624}','ea520a6e7ad45df7926d7a1a126881f41c8b63403cd56551f4be016c0464e7d3','df7ab9e2819b1c109f34a7565d2831523ffe6bcf584caa7a6ba47e9acab9b18f');
INSERT INTO "audit_entries" VALUES(16,'2026-02-26 22:03:08.834365','owner@example.com','issue_invoice','inv_01a223a935eb75d693748feec9a564b8','{"client_reference":"","draft":"","hash":"4faeda52844c25e201f4f509aac6de2481eba1832a73b74f634a07c1af648f2b","journal":[["1200",18914561,0],["4000",0,18914561]],"number":"TEST-INV-2026-00004","total_minor":18914561}','df7ab9e2819b1c109f34a7565d2831523ffe6bcf584caa7a6ba47e9acab9b18f','6de88ccafced2afb3a569e691e24c1353024aa70c1d08b46680c31b5d9b97acf');
INSERT INTO "audit_entries" VALUES(17,'2026-03-06 02:56:18.325282','owner@example.com','record_payment','pay_01a223a9360f768d93a455b5682bb370','{"accepted":false,"amount_minor":281860,"client_reference":"","credit_account":"1200","currency":"USD","debit_account":"1000","document_id":"inv_01a223a935d87414940fdf2cbb816b2f","method":"","paid_on":"2026-03-05","position":1,"reference":"","reverses_id":null}','6de88ccafced2afb3a569e691e24c1353024aa70c1d08b46680c31b5d9b97acf','cae11386ab2b7ec7f03e00daff8893c333e8d177228b8ed417ebda364a493210');
INSERT INTO "audit_entries" VALUES(18,'2026-03-13 17:56:45.118473','owner@example.com','issue_credit_note','crn_01a223a93644724dae8b4a6986d075ba','{"client_reference":"","credits":"inv_01a223a935eb75d693748feec9a564b8","hash":"1820725ce4580dfbb6debed89955211b4ca90f0822d5d7c318e9f1bfe067ed9f","journal":[["1200",0,6856318],["4000",6856318,0]],"number":"TEST-CN-2026-00004","total_minor":6856318}','cae11386ab2b7ec7f03e00daff8893c333e8d177228b8ed417ebda364a493210','ae5bc4aa8c63fc00cd8b53da214194b3cc7c28a9fd098abb13908d9fd076e6ff');
INSERT INTO "audit_entries" VALUES(19,'2026-03-23 09:58:32.657449','owner@example.com','issue_invoice','inv_01a223a93670718693ba0cadd7d546d4','{"client_reference":"","draft":"","hash":"1c12cf55ce0b03b3c6579c651a46203ef7645dd92ddf8df8245baa7caad92174","journal":[["1200",663862,0],["4000",0,667735],["4300",3873,0]],"number":"TEST-INV-2026-00005","total_minor":663862}','ae5bc4aa8c63fc00cd8b53da214194b3cc7c28a9fd098abb13908d9fd076e6ff','280b6abb9ed24cb22fdd401de268d740bf7e990f4b9f6e2c85637c33035c18df');
INSERT INTO "audit_entries" VALUES(20,'2026-04-02 15:46:54.076724','owner@example.com','issue_invoice','inv_01a223a9367873888ff594c3a4a7e99a','{"client_reference":"","draft":"","hash":"31f4a134788d768818e4a416ff9ce74c4f06be3944c05c79fca1ef17e137f542","journal":[["1200",852205,0],["4000",0,852205]],"number":"TEST-INV-2026-00006","total_minor":852205,"warnings":[["state_unknown","Sales tax depends on the state that the buyer receives in: complete the region of both addresses."],["no_sales_tax","No sales tax is charged: NO-TAX is the default code of Ledger & Co. Where tax is due, set tax_code on the lines (LA, NYC), or make such a code the default with counterfoil tax-code save --default."]]}','280b6abb9ed24cb22fdd401de268d740bf7e990f4b9f6e2c85637c33035c18df','04202d5cea06895eafd09e018dd38e083e48dfed22c9552d808262ec555b672c');
INSERT INTO "audit_entries" VALUES(21,'2026-04-13 01:10:31.548834','owner@example.com','issue_invoice','inv_01a223a93688727fb51711f7788d809e','{"client_reference":"","draft":"","hash":"0a8dfe94acfe94ee7eda7f941607ab8bef2c9989dafbb1eb43e94b98085df076","journal":[["1200",129035,0],["4000",0,117820],["2200",0,11215]],"number":"TEST-INV-2026-00007","overrides":["Line 1: LA, category S, 9.75 %, because it was stated on the line; proposed was NO-TAX, because the state of Ledger & Co or home False is not known; LA is 9.75 % since 2025-04-01.","Line 2: NYC, category S, 8.875 %, because it was stated on the line; proposed was NO-TAX, because the state of Ledger & Co or home False is not known; NYC is 8.875 % since 2025-04-01."],"total_minor":129035,"warnings":[["seller_tax_number_missing","Tax is charged, but the organization has no tax number yet: set it with update_organization."]]}','04202d5cea06895eafd09e018dd38e083e48dfed22c9552d808262ec555b672c','49c29430d5be3a3e35ac788fad8e0666dfdb9f73847cbd29b945603115eaf53d');
INSERT INTO "audit_entries" VALUES(22,'2026-04-15 10:37:59.785233','owner@example.com','record_payment','pay_01a223a9369f751f95e8d571b4b819c1','{"accepted":false,"amount_minor":98592,"client_reference":"","credit_account":"1200","currency":"USD","debit_account":"1000","document_id":"inv_01a223a935d87414940fdf2cbb816b2f","method":"","paid_on":"2026-04-15","position":2,"reference":"","reverses_id":null}','49c29430d5be3a3e35ac788fad8e0666dfdb9f73847cbd29b945603115eaf53d','2c1fcb3d85ff63a40f7a1bf16ef8bff36d8e974bd4f8c642655a44dafceebdd3');
INSERT INTO "audit_entries" VALUES(23,'2026-04-15 22:36:00.606951','owner@example.com','issue_invoice','inv_01a223a936b876d688ed01a028e98891','{"client_reference":"","draft":"","hash":"c89ea7909f62ce523711b50ceb3c91e358abe552b4498c8053c041dd3fdabeb8","journal":[["1200",82928,0],["4000",0,102601],["4300",19673,0]],"number":"TEST-INV-2026-00008","total_minor":82928}','2c1fcb3d85ff63a40f7a1bf16ef8bff36d8e974bd4f8c642655a44dafceebdd3','03f4e892248b9788726822e21267aeb720f3fb29f9283f2708a30111342d6bf2');
INSERT INTO "audit_entries" VALUES(24,'2026-05-03 00:05:30.805346','owner@example.com','issue_credit_note','crn_01a223a936d373e29f8d4e44940da6ba','{"client_reference":"","credits":"inv_01a223a935eb75d693748feec9a564b8","hash":"1e7b328779034d686d2d3162b6f8fcd144fcf2e215722c09e5f7b3a9be3fd094","journal":[["1200",0,12058243],["4000",12058243,0]],"number":"TEST-CN-2026-00005","total_minor":12058243}','03f4e892248b9788726822e21267aeb720f3fb29f9283f2708a30111342d6bf2','7ced982e7e68a1b4e7dea9c9cfd061930cce22b7a459dce6f304921df2746d6e');
INSERT INTO "audit_entries" VALUES(25,'2026-05-03 23:09:49.605571','owner@example.com','issue_invoice','inv_01a223a938a9752dba1fb74887083816','{"client_reference":"","draft":"","hash":"53af49f2ae4090f0debcfb3ab915abfaaf8b7715eedc7c830815fba5bee0a62c","journal":[["1200",592704,0],["4000",0,592704]],"number":"TEST-INV-2026-00009","total_minor":592704}','7ced982e7e68a1b4e7dea9c9cfd061930cce22b7a459dce6f304921df2746d6e','ea2bd3008ece09e96940778512fd5bc565ccd40ebc1ac739974fc5d77bf4ca98');
INSERT INTO "audit_entries" VALUES(26,'2026-05-15 19:51:22.039136','owner@example.com','issue_invoice','inv_01a223a938b8719ebd04fdd090658cf4','{"client_reference":"","draft":"","hash":"3a20dae8874e24aadc16f1d38247c1d745ce94d204cbff336abf066bc0b56c64","journal":[["1200",812582,0],["4000",0,812582]],"number":"TEST-INV-2026-00010","total_minor":812582,"warnings":[["state_unknown","Sales tax depends on the state that the buyer receives in: complete the region of both addresses."],["no_sales_tax","No sales tax is charged: NO-TAX is the default code of Ledger & Co. Where tax is due, set tax_code on the lines (LA, NYC), or make such a code the default with counterfoil tax-code save --default."]]}','ea2bd3008ece09e96940778512fd5bc565ccd40ebc1ac739974fc5d77bf4ca98','0c9cd7ba1470c8a148598c63adf84d9e8ebcc01072175036b165d0a73436d70c');
INSERT INTO "audit_entries" VALUES(27,'2026-05-27 13:17:56.892483','owner@example.com','issue_credit_note','crn_01a223a938d272b8b02db46058a15243','{"client_reference":"","credits":"inv_01a223a93688727fb51711f7788d809e","hash":"a3554eb7e0ff7e3d4294e0bb144d95b713230f5acb317ee6bf91b57bac1afb81","journal":[["1200",0,95152],["4000",86699,0],["2200",8453,0]],"number":"TEST-CN-2026-00006","total_minor":95152}','0c9cd7ba1470c8a148598c63adf84d9e8ebcc01072175036b165d0a73436d70c','9297e1bb60a217d59bda6687b1c85b8da808345d6570a6a586340ef1ef975e70');
INSERT INTO "audit_entries" VALUES(28,'2026-05-31 17:55:31.875995','owner@example.com','issue_invoice','inv_01a223a938f374458fd534cf59eba7ac','{"client_reference":"","draft":"","hash":"15b87d1f0e8c3a6e2c691b0aa32424d92988fc8f101dfcbba74cafe5ad39aaf7","journal":[["1200",1373585,0],["4000",0,1373585]],"number":"TEST-INV-2026-00011","total_minor":1373585}','9297e1bb60a217d59bda6687b1c85b8da808345d6570a6a586340ef1ef975e70','19c320aad06b4f1dd3ac4a4267085e862eb6b86a6d747f6046e653e78af732c3');
INSERT INTO "audit_entries" VALUES(29,'2026-06-23 16:31:56.258838','owner@example.com','reverse_payment','pay_01a223a9390074ffac439c35e71a4a7e','{"accepted":false,"amount_minor":281860,"client_reference":"","credit_account":"1000","currency":"USD","debit_account":"1200","document_id":"inv_01a223a935d87414940fdf2cbb816b2f","method":"","paid_on":"2026-06-23","position":3,"reference":"","reverses_id":"pay_01a223a9360f768d93a455b5682bb370"}','19c320aad06b4f1dd3ac4a4267085e862eb6b86a6d747f6046e653e78af732c3','6d5a9d89a6f521c95e0e980295a6c18e1c2648756a8e2f2b1602e238259d9b44');
INSERT INTO "audit_entries" VALUES(30,'2026-06-26 15:17:51.925063','owner@example.com','record_payment','pay_01a223a939027241a76935998330f537','{"accepted":false,"amount_minor":663862,"client_reference":"","credit_account":"1200","currency":"KWD","debit_account":"1000","document_id":"inv_01a223a93670718693ba0cadd7d546d4","method":"","paid_on":"2026-06-26","position":4,"reference":"","reverses_id":null}','6d5a9d89a6f521c95e0e980295a6c18e1c2648756a8e2f2b1602e238259d9b44','9a43f2bf0d439f8821aaec5529c930eedb92cf9d39cf80d9a48b6fdd19a3c423');
INSERT INTO "audit_entries" VALUES(31,'2026-06-28 14:28:20.077741','owner@example.com','record_payment','pay_01a223a93908701b80dea90070304112','{"accepted":false,"amount_minor":615580,"client_reference":"","credit_account":"1200","currency":"USD","debit_account":"1000","document_id":"inv_01a223a9367873888ff594c3a4a7e99a","method":"","paid_on":"2026-06-28","position":5,"reference":"","reverses_id":null}','9a43f2bf0d439f8821aaec5529c930eedb92cf9d39cf80d9a48b6fdd19a3c423','c2906350e41b3840c2e71bf0188d42d8612087639e1ec9ec7c5589178ca43f91');
INSERT INTO "audit_entries" VALUES(32,'2026-07-08 22:18:10.124612','owner@example.com','record_payment','pay_01a223a9390e71b6bd43179e249dc25d','{"accepted":false,"amount_minor":7457,"client_reference":"","credit_account":"1200","currency":"JPY","debit_account":"1000","document_id":"inv_01a223a93688727fb51711f7788d809e","method":"","paid_on":"2026-07-08","position":6,"reference":"","reverses_id":null}','c2906350e41b3840c2e71bf0188d42d8612087639e1ec9ec7c5589178ca43f91','44bd26a3e1247990dd8c92246b477a9fd23a0bbd3e3f2c930820888017ddc555');
INSERT INTO "audit_entries" VALUES(33,'2026-07-08 22:32:54.489363','owner@example.com','issue_invoice','inv_01a223a9392c742aa0f022fcc0fd91ee','{"client_reference":"","draft":"","hash":"57c04bfed1a5f7b8f8e755f2fad96363fac34af07ed05022f312f3f0ee330279","journal":[["1200",1925027,0],["4000",0,1925027]],"number":"TEST-INV-2026-00012","total_minor":1925027}','44bd26a3e1247990dd8c92246b477a9fd23a0bbd3e3f2c930820888017ddc555','316e1403a8dd9d9e50d4305a5153a619722bc46eaa2f711fba6149cf1f3e667b');
INSERT INTO "audit_entries" VALUES(34,'2026-07-13 18:21:56.669509','owner@example.com','issue_invoice','inv_01a223a9394070eeba5009fb7045c215','{"client_reference":"","draft":"","hash":"d3f35ac3acf1e98dd535974eb3e4da79fc235f8996406360c01693c09e7af942","journal":[["1200",905049,0],["4000",0,905326],["4300",277,0]],"number":"TEST-INV-2026-00013","total_minor":905049}','316e1403a8dd9d9e50d4305a5153a619722bc46eaa2f711fba6149cf1f3e667b','d4509d7d922fa7f71a2fd27695cd782d906c407aa211ddc624f186cf0762f3eb');
INSERT INTO "audit_entries" VALUES(35,'2026-07-21 08:28:31.798901','owner@example.com','record_payment','pay_01a223a9394871e7a4779d7a9f371cef','{"accepted":false,"amount_minor":592704,"client_reference":"","credit_account":"1200","currency":"USD","debit_account":"1000","document_id":"inv_01a223a938a9752dba1fb74887083816","method":"","paid_on":"2026-07-21","position":7,"reference":"","reverses_id":null}','d4509d7d922fa7f71a2fd27695cd782d906c407aa211ddc624f186cf0762f3eb','c79bfc9fdd755ebdbecff0b95cdfa0a1ffdaa5b19cd39f9854e83a0baf622f00');
INSERT INTO "audit_entries" VALUES(36,'2026-08-19 07:57:56.803332','owner@example.com','issue_invoice','inv_01a223a939527397bd16106dfdfe771b','{"client_reference":"","draft":"","hash":"0cc3d3bfb3967532ebb20936c7d9143f87a8060f357ab1a56da138e180a7b9f5","journal":[["1200",1477152,0],["4000",0,1477152]],"number":"TEST-INV-2026-00014","total_minor":1477152}','c79bfc9fdd755ebdbecff0b95cdfa0a1ffdaa5b19cd39f9854e83a0baf622f00','59dab7bdb91a7785794da5dafdfa840e00f945250b179b5c4434c42b68fc3ee6');
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
INSERT INTO "customers" VALUES('cus_01a223a934d57323ba5d2a1dbdde687b','home False','home false','home false london','US',0,'','','','','1 High Street','','SW1A 1AA','London','','','','',0,'2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000',0,0,'');
INSERT INTO "customers" VALUES('cus_01a223a934fe762b80cfdb65dc7fd19b','home True','home true','home true london','US',1,'','','','','1 High Street','','SW1A 1AA','London','','','','',0,'2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000',0,0,'');
INSERT INTO "customers" VALUES('cus_01a223a93526751098f92153a83f634b','DE False','de false','de false de136695976 london','DE',0,'DE136695976','','','','1 High Street','','SW1A 1AA','London','','','','',0,'2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000',0,0,'');
INSERT INTO "customers" VALUES('cus_01a223a9353a768f9fd3a67564a68907','FR True','fr true','fr true london','FR',1,'','','','','1 High Street','','SW1A 1AA','London','','','','',0,'2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000',0,0,'');
INSERT INTO "customers" VALUES('cus_01a223a9353e77c09636cb653e1cc4b4','US False','us false','us false london','US',0,'','','','','1 High Street','','SW1A 1AA','London','','','','',0,'2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000',0,0,'');
INSERT INTO "customers" VALUES('cus_01a223a93542763789442bf37883e190','JP True','jp true','jp true london','JP',1,'','','','','1 High Street','','SW1A 1AA','London','','','','',0,'2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000',0,0,'');
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
INSERT INTO "document_lines" VALUES('inv_01a223a9358977aaa264eb520d7c5d6d',1,'','Flour','17.7','313.75','NO-TAX','O','0',5553);
INSERT INTO "document_lines" VALUES('inv_01a223a9358977aaa264eb520d7c5d6d',2,'','Flour','5','8771','NO-TAX','O','0',43860);
INSERT INTO "document_lines" VALUES('inv_01a223a9359872af98181fda08c344ba',1,'','Flour','17','476','EXEMPT','E','0',539467);
INSERT INTO "document_lines" VALUES('inv_01a223a9359872af98181fda08c344ba',2,'','Flour','10','258.96','NO-TAX','O','0',259384);
INSERT INTO "document_lines" VALUES('crn_01a223a935b1756ab98bcbd9e6a090c5',1,'','Flour','17','476','EXEMPT','E','0',539467);
INSERT INTO "document_lines" VALUES('crn_01a223a935b1756ab98bcbd9e6a090c5',2,'','Flour','10','258.96','NO-TAX','O','0',259384);
INSERT INTO "document_lines" VALUES('crn_01a223a935c77118832b0e7bf49cc9cc',1,'','Flour','17.7','313.75','NO-TAX','O','0',5553);
INSERT INTO "document_lines" VALUES('crn_01a223a935c77118832b0e7bf49cc9cc',2,'','Flour','5','8771','NO-TAX','O','0',43860);
INSERT INTO "document_lines" VALUES('inv_01a223a935d87414940fdf2cbb816b2f',1,'','Flour','7.15','61.62','NO-TAX','O','0',47732);
INSERT INTO "document_lines" VALUES('inv_01a223a935d87414940fdf2cbb816b2f',2,'','Flour','11.275248','471.3871','NO-TAX','O','0',275211);
INSERT INTO "document_lines" VALUES('inv_01a223a935d87414940fdf2cbb816b2f',3,'','Flour','8.879','43','NO-TAX','O','0',38180);
INSERT INTO "document_lines" VALUES('inv_01a223a935d87414940fdf2cbb816b2f',4,'','Flour','9','440','NO-TAX','O','0',396000);
INSERT INTO "document_lines" VALUES('inv_01a223a935d87414940fdf2cbb816b2f',5,'','Flour','13','24.05','NO-TAX','O','0',5953);
INSERT INTO "document_lines" VALUES('crn_01a223a935df731e8d26f76d252892b9',1,'','Flour','8.696','440','NO-TAX','O','0',382624);
INSERT INTO "document_lines" VALUES('inv_01a223a935eb75d693748feec9a564b8',1,'','Flour','12.307','154.29461','NO-TAX','O','0',1265936);
INSERT INTO "document_lines" VALUES('inv_01a223a935eb75d693748feec9a564b8',2,'','Flour','15.909911','398','NO-TAX','O','0',6341204);
INSERT INTO "document_lines" VALUES('inv_01a223a935eb75d693748feec9a564b8',3,'','Flour','6.246','170.22311','NO-TAX','O','0',434854);
INSERT INTO "document_lines" VALUES('inv_01a223a935eb75d693748feec9a564b8',4,'','Flour','9.562','348.672','NO-TAX','O','0',2324133);
INSERT INTO "document_lines" VALUES('inv_01a223a935eb75d693748feec9a564b8',5,'','Flour','11.6','495.976','NO-TAX','O','0',5753322);
INSERT INTO "document_lines" VALUES('crn_01a223a93644724dae8b4a6986d075ba',1,'','Flour','0.873','154.29461','NO-TAX','O','0',89799);
INSERT INTO "document_lines" VALUES('crn_01a223a93644724dae8b4a6986d075ba',2,'','Flour','11.6','495.976','NO-TAX','O','0',5753322);
INSERT INTO "document_lines" VALUES('inv_01a223a93670718693ba0cadd7d546d4',1,'','Flour','12.718','189.81622','NO-TAX','O','0',667735);
INSERT INTO "document_lines" VALUES('inv_01a223a9367873888ff594c3a4a7e99a',1,'','Flour','4.786','481','NO-TAX','O','0',153471);
INSERT INTO "document_lines" VALUES('inv_01a223a9367873888ff594c3a4a7e99a',2,'','Flour','17','411.02','NO-TAX','O','0',698734);
INSERT INTO "document_lines" VALUES('inv_01a223a93688727fb51711f7788d809e',1,'','Flour','14.899342','5819','LA','S','9.75',86699);
INSERT INTO "document_lines" VALUES('inv_01a223a93688727fb51711f7788d809e',2,'','Flour','14','3334.35','NYC','S','8.875',31121);
INSERT INTO "document_lines" VALUES('inv_01a223a936b876d688ed01a028e98891',1,'','Flour','4.01','228','NO-TAX','O','0',91782);
INSERT INTO "document_lines" VALUES('inv_01a223a936b876d688ed01a028e98891',2,'','Flour','0.558966','167','NO-TAX','O','0',6930);
INSERT INTO "document_lines" VALUES('crn_01a223a936d373e29f8d4e44940da6ba',1,'','Flour','11.434','154.29461','NO-TAX','O','0',1176137);
INSERT INTO "document_lines" VALUES('crn_01a223a936d373e29f8d4e44940da6ba',2,'','Flour','15.909911','398','NO-TAX','O','0',6341204);
INSERT INTO "document_lines" VALUES('crn_01a223a936d373e29f8d4e44940da6ba',3,'','Flour','6.246','170.22311','NO-TAX','O','0',434854);
INSERT INTO "document_lines" VALUES('crn_01a223a936d373e29f8d4e44940da6ba',4,'','Flour','9.562','348.672','NO-TAX','O','0',2324133);
INSERT INTO "document_lines" VALUES('inv_01a223a938a9752dba1fb74887083816',1,'','Flour','4.55','384','NO-TAX','O','0',174720);
INSERT INTO "document_lines" VALUES('inv_01a223a938a9752dba1fb74887083816',2,'','Flour','8.31','398','NO-TAX','O','0',331456);
INSERT INTO "document_lines" VALUES('inv_01a223a938a9752dba1fb74887083816',3,'','Flour','12.185371','14.7024','NO-TAX','O','0',17270);
INSERT INTO "document_lines" VALUES('inv_01a223a938a9752dba1fb74887083816',4,'','Flour','3.225','213.9307','NO-TAX','O','0',69257);
INSERT INTO "document_lines" VALUES('inv_01a223a938b8719ebd04fdd090658cf4',1,'','Flour','18.527','241','NO-TAX','O','0',448529);
INSERT INTO "document_lines" VALUES('inv_01a223a938b8719ebd04fdd090658cf4',2,'','Flour','6.076461','80.4','NO-TAX','O','0',32570);
INSERT INTO "document_lines" VALUES('inv_01a223a938b8719ebd04fdd090658cf4',3,'','Flour','8','133.1272','NO-TAX','O','0',71001);
INSERT INTO "document_lines" VALUES('inv_01a223a938b8719ebd04fdd090658cf4',4,'','Flour','0.01','434.815','NO-TAX','O','0',435);
INSERT INTO "document_lines" VALUES('inv_01a223a938b8719ebd04fdd090658cf4',5,'','Flour','13.647','285.8289','NO-TAX','O','0',260047);
INSERT INTO "document_lines" VALUES('crn_01a223a938d272b8b02db46058a15243',1,'','Flour','14.899342','5819','LA','S','9.75',86699);
INSERT INTO "document_lines" VALUES('inv_01a223a938f374458fd534cf59eba7ac',1,'','Flour','14','415','NO-TAX','O','0',583796);
INSERT INTO "document_lines" VALUES('inv_01a223a938f374458fd534cf59eba7ac',2,'','Flour','18.16','434.9056','NO-TAX','O','0',789789);
INSERT INTO "document_lines" VALUES('inv_01a223a9392c742aa0f022fcc0fd91ee',1,'','Flour','7.681121','483','NO-TAX','O','0',370998);
INSERT INTO "document_lines" VALUES('inv_01a223a9392c742aa0f022fcc0fd91ee',2,'','Flour','18','443','NO-TAX','O','0',551402);
INSERT INTO "document_lines" VALUES('inv_01a223a9392c742aa0f022fcc0fd91ee',3,'','Flour','19','296','NO-TAX','O','0',565049);
INSERT INTO "document_lines" VALUES('inv_01a223a9392c742aa0f022fcc0fd91ee',4,'','Flour','9','335.71','NO-TAX','O','0',201426);
INSERT INTO "document_lines" VALUES('inv_01a223a9392c742aa0f022fcc0fd91ee',5,'','Flour','2','33.3','NO-TAX','O','0',3754);
INSERT INTO "document_lines" VALUES('inv_01a223a9394070eeba5009fb7045c215',1,'','Flour','13','152','NO-TAX','O','0',200333);
INSERT INTO "document_lines" VALUES('inv_01a223a9394070eeba5009fb7045c215',2,'','Flour','5','446','NO-TAX','O','0',223000);
INSERT INTO "document_lines" VALUES('inv_01a223a9394070eeba5009fb7045c215',3,'','Flour','14','75.91','NO-TAX','O','0',106274);
INSERT INTO "document_lines" VALUES('inv_01a223a9394070eeba5009fb7045c215',4,'','Flour','5.88','266.37','NO-TAX','O','0',159282);
INSERT INTO "document_lines" VALUES('inv_01a223a9394070eeba5009fb7045c215',5,'','Flour','12','180','NO-TAX','O','0',216114);
INSERT INTO "document_lines" VALUES('inv_01a223a939527397bd16106dfdfe771b',1,'','Flour','16','470.882','NO-TAX','O','0',753411);
INSERT INTO "document_lines" VALUES('inv_01a223a939527397bd16106dfdfe771b',2,'','Flour','13.71','140','NO-TAX','O','0',39616);
INSERT INTO "document_lines" VALUES('inv_01a223a939527397bd16106dfdfe771b',3,'','Flour','2','131','NO-TAX','O','0',26200);
INSERT INTO "document_lines" VALUES('inv_01a223a939527397bd16106dfdfe771b',4,'','Flour','18.525','100.18','NO-TAX','O','0',123722);
INSERT INTO "document_lines" VALUES('inv_01a223a939527397bd16106dfdfe771b',5,'','Flour','12','443.8066','NO-TAX','O','0',534203);
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
INSERT INTO "document_taxes" VALUES('inv_01a223a9358977aaa264eb520d7c5d6d',1,'O','0',56484,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a9359872af98181fda08c344ba',1,'E','0',539467,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a9359872af98181fda08c344ba',2,'O','0',259384,0);
INSERT INTO "document_taxes" VALUES('crn_01a223a935b1756ab98bcbd9e6a090c5',1,'E','0',539467,0);
INSERT INTO "document_taxes" VALUES('crn_01a223a935b1756ab98bcbd9e6a090c5',2,'O','0',259384,0);
INSERT INTO "document_taxes" VALUES('crn_01a223a935c77118832b0e7bf49cc9cc',1,'O','0',56484,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a935d87414940fdf2cbb816b2f',1,'O','0',763076,0);
INSERT INTO "document_taxes" VALUES('crn_01a223a935df731e8d26f76d252892b9',1,'O','0',382624,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a935eb75d693748feec9a564b8',1,'O','0',18914561,0);
INSERT INTO "document_taxes" VALUES('crn_01a223a93644724dae8b4a6986d075ba',1,'O','0',6856318,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a93670718693ba0cadd7d546d4',1,'O','0',663862,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a9367873888ff594c3a4a7e99a',1,'O','0',852205,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a93688727fb51711f7788d809e',1,'S','9.75',86699,8453);
INSERT INTO "document_taxes" VALUES('inv_01a223a93688727fb51711f7788d809e',2,'S','8.875',31121,2762);
INSERT INTO "document_taxes" VALUES('inv_01a223a936b876d688ed01a028e98891',1,'O','0',82928,0);
INSERT INTO "document_taxes" VALUES('crn_01a223a936d373e29f8d4e44940da6ba',1,'O','0',12058243,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a938a9752dba1fb74887083816',1,'O','0',592704,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a938b8719ebd04fdd090658cf4',1,'O','0',812582,0);
INSERT INTO "document_taxes" VALUES('crn_01a223a938d272b8b02db46058a15243',1,'S','9.75',86699,8453);
INSERT INTO "document_taxes" VALUES('inv_01a223a938f374458fd534cf59eba7ac',1,'O','0',1373585,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a9392c742aa0f022fcc0fd91ee',1,'O','0',1925027,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a9394070eeba5009fb7045c215',1,'O','0',905049,0);
INSERT INTO "document_taxes" VALUES('inv_01a223a939527397bd16106dfdfe771b',1,'O','0',1477152,0);
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
INSERT INTO "documents" VALUES(1,'inv_01a223a9358977aaa264eb520d7c5d6d','invoice','TEST-INV-2026-00001','INVOICES','2026',1,'2026-01-08','2026-02-07','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-inv-2026-00001 fr true','JPY',56484,0,56484,'{"adjustments":[{"amount_minor":7071,"base_minor":49413,"jurisdictions":[],"kind":"charge","net_minor":7071,"percent":"14.31","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"currency":"JPY","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-02-07","environment":"sandbox","exchange":{"currency":"USD","net_minor":12876228,"on":"2026-01-08","rate":"2.279624","source":"ECB","tax_minor":0},"footer":"","id":"inv_01a223a9358977aaa264eb520d7c5d6d","issue_date":"2026-01-08","kind":"invoice","lines":[{"amount_minor":5553,"description":"Flour","discount_percent":"0","item":"","net_minor":5553,"position":1,"quantity":"17.7","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"313.75"},{"amount_minor":43860,"charge_amount":"5","description":"Flour","discount_percent":"0","item":"","net_minor":43860,"position":2,"quantity":"5","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"8771"}],"locale":"en_US","net_minor":56484,"note":"","number":"TEST-INV-2026-00001","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":true,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-01-08","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":56484}],"total_minor":56484}','counterfoil-1/sha256','277096aee7391018e16e2272f6f6a304f74913d32fa55b36ab9e789c34ec582f','c3d9e4a3272cc5c31b3991663b36e0c2661fc4cbbb7b3fa3e959205192c652c1','2026-01-08 12:52:31.752067','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(2,'inv_01a223a9359872af98181fda08c344ba','invoice','TEST-INV-2026-00002','INVOICES','2026',2,'2026-01-20','2026-02-19','cus_01a223a934d57323ba5d2a1dbdde687b','home False','test-inv-2026-00002 home false','USD',798851,0,798851,'{"buyer":{"address":{"city":"London","country":"US","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"home False","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a934d57323ba5d2a1dbdde687b","due_date":"2026-02-19","environment":"sandbox","footer":"","id":"inv_01a223a9359872af98181fda08c344ba","issue_date":"2026-01-20","kind":"invoice","lines":[{"amount_minor":539467,"description":"Flour","discount_amount":"2697.33","discount_percent":"0","item":"","net_minor":539467,"position":1,"quantity":"17","revenue_account":"","supply":"goods","tax_category":"E","tax_code":"EXEMPT","tax_rate":"0","unit":"","unit_price":"476"},{"amount_minor":259384,"charge_amount":"4.24","description":"Flour","discount_percent":"0","item":"","net_minor":259384,"position":2,"quantity":"10","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"258.96"}],"locale":"en_US","net_minor":798851,"note":"","number":"TEST-INV-2026-00002","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-01-20","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"E","label":"Sales tax","rate":"0","reason":"Exempt from sales tax: exemption or resale certificate of the buyer","reason_local":"Exempt from sales tax: exemption or resale certificate of the buyer","tax_minor":0,"taxable_minor":539467},{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":259384}],"total_minor":798851}','counterfoil-1/sha256','c3d9e4a3272cc5c31b3991663b36e0c2661fc4cbbb7b3fa3e959205192c652c1','cee4ee9b98ef3f39900a3ae189b381959109b0f2c5c50676c3a2adb925d073d9','2026-01-20 20:40:11.450089','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(3,'crn_01a223a935b1756ab98bcbd9e6a090c5','credit_note','TEST-CN-2026-00001','CREDIT-NOTES','2026',1,'2026-01-24','2026-01-24','cus_01a223a934d57323ba5d2a1dbdde687b','home False','test-cn-2026-00001 home false','USD',798851,0,798851,'{"buyer":{"address":{"city":"London","country":"US","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"home False","phone":"","registration_number":"","tax_number":"","website":""},"credits":{"id":"inv_01a223a9359872af98181fda08c344ba","issue_date":"2026-01-20","number":"TEST-INV-2026-00002"},"currency":"USD","customer":"cus_01a223a934d57323ba5d2a1dbdde687b","due_date":"2026-01-24","environment":"sandbox","footer":"","id":"crn_01a223a935b1756ab98bcbd9e6a090c5","issue_date":"2026-01-24","kind":"credit_note","lines":[{"amount_minor":539467,"description":"Flour","discount_amount":"2697.33","discount_percent":"0","invoice_position":1,"item":"","net_minor":539467,"position":1,"quantity":"17","revenue_account":"","supply":"goods","tax_category":"E","tax_code":"EXEMPT","tax_rate":"0","unit":"","unit_price":"476"},{"amount_minor":259384,"charge_amount":"4.24","description":"Flour","discount_percent":"0","invoice_position":2,"item":"","net_minor":259384,"position":2,"quantity":"10","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"258.96"}],"locale":"en_US","net_minor":798851,"note":"","number":"TEST-CN-2026-00001","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"","prices_include_tax":false,"purchase_order":"","reason":"Returned","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"CREDIT-NOTES","supply_date":"2026-01-20","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"E","label":"Sales tax","rate":"0","reason":"Exempt from sales tax: exemption or resale certificate of the buyer","reason_local":"Exempt from sales tax: exemption or resale certificate of the buyer","tax_minor":0,"taxable_minor":539467},{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":259384}],"total_minor":798851}','counterfoil-1/sha256','cee4ee9b98ef3f39900a3ae189b381959109b0f2c5c50676c3a2adb925d073d9','ea5aff97b73d97dfd94e2dc8fb3a03e161f874c2e18ba44ee6d06bb89fbdb1c3','2026-01-24 12:10:03.477292','owner@example.com','inv_01a223a9359872af98181fda08c344ba',0);
INSERT INTO "documents" VALUES(4,'crn_01a223a935c77118832b0e7bf49cc9cc','credit_note','TEST-CN-2026-00002','CREDIT-NOTES','2026',2,'2026-01-27','2026-01-27','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-cn-2026-00002 fr true','JPY',56484,0,56484,'{"adjustments":[{"amount_minor":7071,"base_minor":0,"jurisdictions":[],"kind":"charge","net_minor":7071,"percent":"0","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"credits":{"id":"inv_01a223a9358977aaa264eb520d7c5d6d","issue_date":"2026-01-08","number":"TEST-INV-2026-00001"},"currency":"JPY","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-01-27","environment":"sandbox","exchange":{"currency":"USD","net_minor":12876228,"on":"2026-01-08","rate":"2.279624","source":"ECB","tax_minor":0},"footer":"","id":"crn_01a223a935c77118832b0e7bf49cc9cc","issue_date":"2026-01-27","kind":"credit_note","lines":[{"amount_minor":5553,"description":"Flour","discount_percent":"0","invoice_position":1,"item":"","net_minor":5553,"position":1,"quantity":"17.7","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"313.75"},{"amount_minor":43860,"charge_amount":"5","description":"Flour","discount_percent":"0","invoice_position":2,"item":"","net_minor":43860,"position":2,"quantity":"5","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"8771"}],"locale":"en_US","net_minor":56484,"note":"","number":"TEST-CN-2026-00002","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"","prices_include_tax":true,"purchase_order":"","reason":"Returned","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"CREDIT-NOTES","supply_date":"2026-01-08","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":56484}],"total_minor":56484}','counterfoil-1/sha256','ea5aff97b73d97dfd94e2dc8fb3a03e161f874c2e18ba44ee6d06bb89fbdb1c3','b52653f71939734a1c1a5770ac4a2210185e9cb648cc3e4b8c48f7e1a041223e','2026-01-27 22:30:17.357132','owner@example.com','inv_01a223a9358977aaa264eb520d7c5d6d',0);
INSERT INTO "documents" VALUES(5,'inv_01a223a935d87414940fdf2cbb816b2f','invoice','TEST-INV-2026-00003','INVOICES','2026',3,'2026-02-10','2026-03-12','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-inv-2026-00003 fr true','USD',763076,0,763076,'{"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-03-12","environment":"sandbox","footer":"","id":"inv_01a223a935d87414940fdf2cbb816b2f","issue_date":"2026-02-10","kind":"invoice","lines":[{"amount_minor":47732,"charge_amount":"36.74","description":"Flour","discount_percent":"0","item":"","net_minor":47732,"position":1,"quantity":"7.15","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"61.62"},{"amount_minor":275211,"description":"Flour","discount_percent":"48.22","item":"","net_minor":275211,"position":2,"quantity":"11.275248","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"471.3871"},{"amount_minor":38180,"description":"Flour","discount_percent":"0","item":"","net_minor":38180,"position":3,"quantity":"8.879","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"43"},{"amount_minor":396000,"description":"Flour","discount_percent":"0","item":"","net_minor":396000,"position":4,"quantity":"9","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"440"},{"amount_minor":5953,"description":"Flour","discount_percent":"80.96","item":"","net_minor":5953,"position":5,"quantity":"13","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"24.05"}],"locale":"en_US","net_minor":763076,"note":"","number":"TEST-INV-2026-00003","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":true,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-02-10","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":763076}],"total_minor":763076}','counterfoil-1/sha256','b52653f71939734a1c1a5770ac4a2210185e9cb648cc3e4b8c48f7e1a041223e','ffe3f1b7ddb4382bff3f56488a6299bd1b70f0969d1a46676d338116a89ca060','2026-02-10 08:03:25.142404','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(6,'crn_01a223a935df731e8d26f76d252892b9','credit_note','TEST-CN-2026-00003','CREDIT-NOTES','2026',3,'2026-02-26','2026-02-26','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-cn-2026-00003 fr true','USD',382624,0,382624,'{"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"credits":{"id":"inv_01a223a935d87414940fdf2cbb816b2f","issue_date":"2026-02-10","number":"TEST-INV-2026-00003"},"currency":"USD","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-02-26","environment":"sandbox","footer":"","id":"crn_01a223a935df731e8d26f76d252892b9","issue_date":"2026-02-26","kind":"credit_note","lines":[{"amount_minor":382624,"description":"Flour","discount_percent":"0","invoice_position":4,"item":"","net_minor":382624,"position":1,"quantity":"8.696","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"440"}],"locale":"en_US","net_minor":382624,"note":"","number":"TEST-CN-2026-00003","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"","prices_include_tax":true,"purchase_order":"","reason":"Returned","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"CREDIT-NOTES","supply_date":"2026-02-10","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":382624}],"total_minor":382624}','counterfoil-1/sha256','ffe3f1b7ddb4382bff3f56488a6299bd1b70f0969d1a46676d338116a89ca060','385cf69a12cfe9d287f492d2e35115d817f6fb25ffc345331b88d9ae26a3aa23','2026-02-26 05:22:18.005061','owner@example.com','inv_01a223a935d87414940fdf2cbb816b2f',0);
INSERT INTO "documents" VALUES(7,'inv_01a223a935eb75d693748feec9a564b8','invoice','TEST-INV-2026-00004','INVOICES','2026',4,'2026-02-26','2026-03-28','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-inv-2026-00004 fr true','KWD',18914561,0,18914561,'{"adjustments":[{"amount_minor":2795112,"base_minor":16119449,"jurisdictions":[],"kind":"charge","net_minor":2795112,"percent":"17.34","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"currency":"KWD","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-03-28","environment":"sandbox","exchange":{"currency":"USD","net_minor":579639,"on":"2026-02-26","rate":"0.306451","source":"ECB","tax_minor":0},"footer":"","id":"inv_01a223a935eb75d693748feec9a564b8","issue_date":"2026-02-26","kind":"invoice","lines":[{"amount_minor":1265936,"description":"Flour","discount_amount":"632.968","discount_percent":"0","item":"","net_minor":1265936,"position":1,"quantity":"12.307","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"154.29461"},{"amount_minor":6341204,"charge_amount":"9.059","description":"Flour","discount_percent":"0","item":"","net_minor":6341204,"position":2,"quantity":"15.909911","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"398"},{"amount_minor":434854,"description":"Flour","discount_percent":"59.1","item":"","net_minor":434854,"position":3,"quantity":"6.246","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"170.22311"},{"amount_minor":2324133,"description":"Flour","discount_percent":"30.29","item":"","net_minor":2324133,"position":4,"quantity":"9.562","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"348.672"},{"amount_minor":5753322,"description":"Flour","discount_percent":"0","item":"","net_minor":5753322,"position":5,"quantity":"11.6","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"495.976"}],"locale":"en_US","net_minor":18914561,"note":"","number":"TEST-INV-2026-00004","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":true,"purchase_order":"","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-02-26","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":18914561}],"total_minor":18914561}','counterfoil-1/sha256','385cf69a12cfe9d287f492d2e35115d817f6fb25ffc345331b88d9ae26a3aa23','4faeda52844c25e201f4f509aac6de2481eba1832a73b74f634a07c1af648f2b','2026-02-26 22:03:08.834365','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(8,'crn_01a223a93644724dae8b4a6986d075ba','credit_note','TEST-CN-2026-00004','CREDIT-NOTES','2026',4,'2026-03-13','2026-03-13','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-cn-2026-00004 fr true','KWD',6856318,0,6856318,'{"adjustments":[{"amount_minor":1013197,"base_minor":0,"jurisdictions":[],"kind":"charge","net_minor":1013197,"percent":"0","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"credits":{"id":"inv_01a223a935eb75d693748feec9a564b8","issue_date":"2026-02-26","number":"TEST-INV-2026-00004"},"currency":"KWD","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-03-13","environment":"sandbox","exchange":{"currency":"USD","net_minor":210113,"on":"2026-02-26","rate":"0.306451","source":"ECB","tax_minor":0},"footer":"","id":"crn_01a223a93644724dae8b4a6986d075ba","issue_date":"2026-03-13","kind":"credit_note","lines":[{"amount_minor":89799,"description":"Flour","discount_amount":"44.899","discount_percent":"0","invoice_position":1,"item":"","net_minor":89799,"position":1,"quantity":"0.873","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"154.29461"},{"amount_minor":5753322,"description":"Flour","discount_percent":"0","invoice_position":5,"item":"","net_minor":5753322,"position":2,"quantity":"11.6","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"495.976"}],"locale":"en_US","net_minor":6856318,"note":"","number":"TEST-CN-2026-00004","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"","prices_include_tax":true,"purchase_order":"","reason":"Returned","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"CREDIT-NOTES","supply_date":"2026-02-26","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":6856318}],"total_minor":6856318}','counterfoil-1/sha256','4faeda52844c25e201f4f509aac6de2481eba1832a73b74f634a07c1af648f2b','1820725ce4580dfbb6debed89955211b4ca90f0822d5d7c318e9f1bfe067ed9f','2026-03-13 17:56:45.118473','owner@example.com','inv_01a223a935eb75d693748feec9a564b8',0);
INSERT INTO "documents" VALUES(9,'inv_01a223a93670718693ba0cadd7d546d4','invoice','TEST-INV-2026-00005','INVOICES','2026',5,'2026-03-23','2026-04-22','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-inv-2026-00005 fr true','KWD',663862,0,663862,'{"adjustments":[{"amount_minor":3873,"base_minor":667735,"jurisdictions":[],"kind":"discount","net_minor":3873,"percent":"0","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"currency":"KWD","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-04-22","environment":"sandbox","exchange":{"currency":"USD","net_minor":68662,"on":"2026-03-23","rate":"1.034285","source":"ECB","tax_minor":0},"footer":"","id":"inv_01a223a93670718693ba0cadd7d546d4","issue_date":"2026-03-23","kind":"invoice","lines":[{"amount_minor":667735,"description":"Flour","discount_percent":"72.34","item":"","net_minor":667735,"position":1,"quantity":"12.718","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"189.81622"}],"locale":"en_US","net_minor":663862,"note":"","number":"TEST-INV-2026-00005","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-03-23","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":663862}],"total_minor":663862}','counterfoil-1/sha256','1820725ce4580dfbb6debed89955211b4ca90f0822d5d7c318e9f1bfe067ed9f','1c12cf55ce0b03b3c6579c651a46203ef7645dd92ddf8df8245baa7caad92174','2026-03-23 09:58:32.657449','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(10,'inv_01a223a9367873888ff594c3a4a7e99a','invoice','TEST-INV-2026-00006','INVOICES','2026',6,'2026-04-02','2026-05-02','cus_01a223a934d57323ba5d2a1dbdde687b','home False','test-inv-2026-00006 home false','USD',852205,0,852205,'{"buyer":{"address":{"city":"London","country":"US","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"home False","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a934d57323ba5d2a1dbdde687b","due_date":"2026-05-02","environment":"sandbox","footer":"","id":"inv_01a223a9367873888ff594c3a4a7e99a","issue_date":"2026-04-02","kind":"invoice","lines":[{"amount_minor":153471,"description":"Flour","discount_amount":"767.36","discount_percent":"0","item":"","net_minor":153471,"position":1,"quantity":"4.786","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"481"},{"amount_minor":698734,"description":"Flour","discount_percent":"0","item":"","net_minor":698734,"position":2,"quantity":"17","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"411.02"}],"locale":"en_US","net_minor":852205,"note":"","number":"TEST-INV-2026-00006","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":true,"purchase_order":"","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-04-02","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":852205}],"total_minor":852205}','counterfoil-1/sha256','1c12cf55ce0b03b3c6579c651a46203ef7645dd92ddf8df8245baa7caad92174','31f4a134788d768818e4a416ff9ce74c4f06be3944c05c79fca1ef17e137f542','2026-04-02 15:46:54.076724','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(11,'inv_01a223a93688727fb51711f7788d809e','invoice','TEST-INV-2026-00007','INVOICES','2026',7,'2026-04-12','2026-05-12','cus_01a223a934d57323ba5d2a1dbdde687b','home False','test-inv-2026-00007 home false','JPY',117820,11215,129035,'{"buyer":{"address":{"city":"London","country":"US","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"home False","phone":"","registration_number":"","tax_number":"","website":""},"currency":"JPY","customer":"cus_01a223a934d57323ba5d2a1dbdde687b","due_date":"2026-05-12","environment":"sandbox","exchange":{"currency":"USD","net_minor":8297862,"on":"2026-04-12","rate":"0.704283","source":"ECB","tax_minor":789853},"footer":"","id":"inv_01a223a93688727fb51711f7788d809e","issue_date":"2026-04-12","kind":"invoice","lines":[{"amount_minor":86699,"description":"Flour","discount_percent":"0","item":"","jurisdictions":[{"level":"state","name":"California","rate":"7.25"},{"level":"district","name":"County","rate":"2.5"}],"net_minor":86699,"position":1,"quantity":"14.899342","revenue_account":"","supply":"goods","tax_category":"S","tax_code":"LA","tax_rate":"9.75","unit":"","unit_price":"5819"},{"amount_minor":31121,"description":"Flour","discount_amount":"15560","discount_percent":"0","item":"","jurisdictions":[{"level":"state","name":"New York","rate":"4"},{"level":"city","name":"City","rate":"4.875"}],"net_minor":31121,"position":2,"quantity":"14","revenue_account":"","supply":"goods","tax_category":"S","tax_code":"NYC","tax_rate":"8.875","unit":"","unit_price":"3334.35"}],"locale":"en_US","net_minor":117820,"note":"","number":"TEST-INV-2026-00007","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-04-12","supply_end":null,"tax_minor":11215,"tax_number_label":"EIN","taxes":[{"category":"S","jurisdictions":[{"level":"state","name":"California","rate":"7.25","tax_minor":6286},{"level":"district","name":"County","rate":"2.5","tax_minor":2167}],"label":"Sales tax","rate":"9.75","reason":"","tax_minor":8453,"taxable_minor":86699},{"category":"S","jurisdictions":[{"level":"state","name":"New York","rate":"4","tax_minor":1245},{"level":"city","name":"City","rate":"4.875","tax_minor":1517}],"label":"Sales tax","rate":"8.875","reason":"","tax_minor":2762,"taxable_minor":31121}],"total_minor":129035}','counterfoil-1/sha256','31f4a134788d768818e4a416ff9ce74c4f06be3944c05c79fca1ef17e137f542','0a8dfe94acfe94ee7eda7f941607ab8bef2c9989dafbb1eb43e94b98085df076','2026-04-13 01:10:31.548834','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(12,'inv_01a223a936b876d688ed01a028e98891','invoice','TEST-INV-2026-00008','INVOICES','2026',8,'2026-04-15','2026-05-15','cus_01a223a93526751098f92153a83f634b','DE False','test-inv-2026-00008 de false','EUR',82928,0,82928,'{"adjustments":[{"amount_minor":19673,"base_minor":98712,"jurisdictions":[],"kind":"discount","net_minor":19673,"percent":"19.93","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"},{"amount_minor":3889,"base_minor":98712,"jurisdictions":[],"kind":"charge","net_minor":3889,"percent":"3.94","position":2,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"DE","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"DE False","phone":"","registration_number":"","tax_number":"DE136695976","website":""},"currency":"EUR","customer":"cus_01a223a93526751098f92153a83f634b","due_date":"2026-05-15","environment":"sandbox","exchange":{"currency":"USD","net_minor":245732,"on":"2026-04-15","rate":"2.963195","source":"ECB","tax_minor":0},"footer":"","id":"inv_01a223a936b876d688ed01a028e98891","issue_date":"2026-04-15","kind":"invoice","lines":[{"amount_minor":91782,"charge_amount":"3.54","description":"Flour","discount_percent":"0","item":"","net_minor":91782,"position":1,"quantity":"4.01","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"228"},{"amount_minor":6930,"description":"Flour","discount_percent":"25.76","item":"","net_minor":6930,"position":2,"quantity":"0.558966","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"167"}],"locale":"en_US","net_minor":82928,"note":"","number":"TEST-INV-2026-00008","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-04-15","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":82928}],"total_minor":82928}','counterfoil-1/sha256','0a8dfe94acfe94ee7eda7f941607ab8bef2c9989dafbb1eb43e94b98085df076','c89ea7909f62ce523711b50ceb3c91e358abe552b4498c8053c041dd3fdabeb8','2026-04-15 22:36:00.606951','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(13,'crn_01a223a936d373e29f8d4e44940da6ba','credit_note','TEST-CN-2026-00005','CREDIT-NOTES','2026',5,'2026-05-02','2026-05-02','cus_01a223a9353a768f9fd3a67564a68907','FR True','test-cn-2026-00005 fr true','KWD',12058243,0,12058243,'{"adjustments":[{"amount_minor":1781915,"base_minor":0,"jurisdictions":[],"kind":"charge","net_minor":1781915,"percent":"0","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"FR","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"FR True","phone":"","registration_number":"","tax_number":"","website":""},"credits":{"id":"inv_01a223a935eb75d693748feec9a564b8","issue_date":"2026-02-26","number":"TEST-INV-2026-00004"},"currency":"KWD","customer":"cus_01a223a9353a768f9fd3a67564a68907","due_date":"2026-05-02","environment":"sandbox","exchange":{"currency":"USD","net_minor":369526,"on":"2026-02-26","rate":"0.306451","source":"ECB","tax_minor":0},"footer":"","id":"crn_01a223a936d373e29f8d4e44940da6ba","issue_date":"2026-05-02","kind":"credit_note","lines":[{"amount_minor":1176137,"description":"Flour","discount_amount":"588.069","discount_percent":"0","invoice_position":1,"item":"","net_minor":1176137,"position":1,"quantity":"11.434","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"154.29461"},{"amount_minor":6341204,"charge_amount":"9.059","description":"Flour","discount_percent":"0","invoice_position":2,"item":"","net_minor":6341204,"position":2,"quantity":"15.909911","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"398"},{"amount_minor":434854,"description":"Flour","discount_percent":"59.1","invoice_position":3,"item":"","net_minor":434854,"position":3,"quantity":"6.246","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"170.22311"},{"amount_minor":2324133,"description":"Flour","discount_percent":"30.29","invoice_position":4,"item":"","net_minor":2324133,"position":4,"quantity":"9.562","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"348.672"}],"locale":"en_US","net_minor":12058243,"note":"","number":"TEST-CN-2026-00005","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"","prices_include_tax":true,"purchase_order":"","reason":"Returned","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"CREDIT-NOTES","supply_date":"2026-02-26","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":12058243}],"total_minor":12058243}','counterfoil-1/sha256','c89ea7909f62ce523711b50ceb3c91e358abe552b4498c8053c041dd3fdabeb8','1e7b328779034d686d2d3162b6f8fcd144fcf2e215722c09e5f7b3a9be3fd094','2026-05-03 00:05:30.805346','owner@example.com','inv_01a223a935eb75d693748feec9a564b8',0);
INSERT INTO "documents" VALUES(14,'inv_01a223a938a9752dba1fb74887083816','invoice','TEST-INV-2026-00009','INVOICES','2026',9,'2026-05-03','2026-06-02','cus_01a223a93542763789442bf37883e190','JP True','test-inv-2026-00009 jp true','USD',592704,0,592704,'{"adjustments":[{"amount_minor":1,"base_minor":592703,"jurisdictions":[],"kind":"charge","net_minor":1,"percent":"0","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"JP","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"JP True","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a93542763789442bf37883e190","due_date":"2026-06-02","environment":"sandbox","footer":"","id":"inv_01a223a938a9752dba1fb74887083816","issue_date":"2026-05-03","kind":"invoice","lines":[{"amount_minor":174720,"description":"Flour","discount_percent":"0","item":"","net_minor":174720,"position":1,"quantity":"4.55","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"384"},{"amount_minor":331456,"charge_amount":"7.18","description":"Flour","discount_percent":"0","item":"","net_minor":331456,"position":2,"quantity":"8.31","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"398"},{"amount_minor":17270,"description":"Flour","discount_percent":"3.6","item":"","net_minor":17270,"position":3,"quantity":"12.185371","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"14.7024"},{"amount_minor":69257,"charge_amount":"2.64","description":"Flour","discount_percent":"0","item":"","net_minor":69257,"position":4,"quantity":"3.225","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"213.9307"}],"locale":"en_US","net_minor":592704,"note":"","number":"TEST-INV-2026-00009","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":true,"purchase_order":"","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-05-03","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":592704}],"total_minor":592704}','counterfoil-1/sha256','1e7b328779034d686d2d3162b6f8fcd144fcf2e215722c09e5f7b3a9be3fd094','53af49f2ae4090f0debcfb3ab915abfaaf8b7715eedc7c830815fba5bee0a62c','2026-05-03 23:09:49.605571','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(15,'inv_01a223a938b8719ebd04fdd090658cf4','invoice','TEST-INV-2026-00010','INVOICES','2026',10,'2026-05-15','2026-06-14','cus_01a223a9353e77c09636cb653e1cc4b4','US False','test-inv-2026-00010 us false','USD',812582,0,812582,'{"buyer":{"address":{"city":"London","country":"US","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"US False","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a9353e77c09636cb653e1cc4b4","due_date":"2026-06-14","environment":"sandbox","footer":"","id":"inv_01a223a938b8719ebd04fdd090658cf4","issue_date":"2026-05-15","kind":"invoice","lines":[{"amount_minor":448529,"charge_amount":"20.28","description":"Flour","discount_percent":"0","item":"","net_minor":448529,"position":1,"quantity":"18.527","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"241"},{"amount_minor":32570,"description":"Flour","discount_amount":"162.85","discount_percent":"0","item":"","net_minor":32570,"position":2,"quantity":"6.076461","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"80.4"},{"amount_minor":71001,"description":"Flour","discount_amount":"355.01","discount_percent":"0","item":"","net_minor":71001,"position":3,"quantity":"8","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"133.1272"},{"amount_minor":435,"description":"Flour","discount_percent":"0","item":"","net_minor":435,"position":4,"quantity":"0.01","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"434.815"},{"amount_minor":260047,"description":"Flour","discount_amount":"1300.24","discount_percent":"0","item":"","net_minor":260047,"position":5,"quantity":"13.647","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"285.8289"}],"locale":"en_US","net_minor":812582,"note":"","number":"TEST-INV-2026-00010","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":true,"purchase_order":"","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-05-15","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":812582}],"total_minor":812582}','counterfoil-1/sha256','53af49f2ae4090f0debcfb3ab915abfaaf8b7715eedc7c830815fba5bee0a62c','3a20dae8874e24aadc16f1d38247c1d745ce94d204cbff336abf066bc0b56c64','2026-05-15 19:51:22.039136','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(16,'crn_01a223a938d272b8b02db46058a15243','credit_note','TEST-CN-2026-00006','CREDIT-NOTES','2026',6,'2026-05-27','2026-05-27','cus_01a223a934d57323ba5d2a1dbdde687b','home False','test-cn-2026-00006 home false','JPY',86699,8453,95152,'{"buyer":{"address":{"city":"London","country":"US","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"home False","phone":"","registration_number":"","tax_number":"","website":""},"credits":{"id":"inv_01a223a93688727fb51711f7788d809e","issue_date":"2026-04-12","number":"TEST-INV-2026-00007"},"currency":"JPY","customer":"cus_01a223a934d57323ba5d2a1dbdde687b","due_date":"2026-05-27","environment":"sandbox","exchange":{"currency":"USD","net_minor":6106063,"on":"2026-04-12","rate":"0.704283","source":"ECB","tax_minor":595330},"footer":"","id":"crn_01a223a938d272b8b02db46058a15243","issue_date":"2026-05-27","kind":"credit_note","lines":[{"amount_minor":86699,"description":"Flour","discount_percent":"0","invoice_position":1,"item":"","jurisdictions":[{"level":"state","name":"California","rate":"7.25"},{"level":"district","name":"County","rate":"2.5"}],"net_minor":86699,"position":1,"quantity":"14.899342","revenue_account":"","supply":"goods","tax_category":"S","tax_code":"LA","tax_rate":"9.75","unit":"","unit_price":"5819"}],"locale":"en_US","net_minor":86699,"note":"","number":"TEST-CN-2026-00006","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"","prices_include_tax":false,"purchase_order":"","reason":"Returned","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"CREDIT-NOTES","supply_date":"2026-04-12","supply_end":null,"tax_minor":8453,"tax_number_label":"EIN","taxes":[{"category":"S","jurisdictions":[{"level":"state","name":"California","rate":"7.25","tax_minor":6286},{"level":"district","name":"County","rate":"2.5","tax_minor":2167}],"label":"Sales tax","rate":"9.75","reason":"","tax_minor":8453,"taxable_minor":86699}],"total_minor":95152}','counterfoil-1/sha256','3a20dae8874e24aadc16f1d38247c1d745ce94d204cbff336abf066bc0b56c64','a3554eb7e0ff7e3d4294e0bb144d95b713230f5acb317ee6bf91b57bac1afb81','2026-05-27 13:17:56.892483','owner@example.com','inv_01a223a93688727fb51711f7788d809e',0);
INSERT INTO "documents" VALUES(17,'inv_01a223a938f374458fd534cf59eba7ac','invoice','TEST-INV-2026-00011','INVOICES','2026',11,'2026-05-31','2026-06-30','cus_01a223a93542763789442bf37883e190','JP True','test-inv-2026-00011 jp true','USD',1373585,0,1373585,'{"buyer":{"address":{"city":"London","country":"JP","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"JP True","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a93542763789442bf37883e190","due_date":"2026-06-30","environment":"sandbox","footer":"","id":"inv_01a223a938f374458fd534cf59eba7ac","issue_date":"2026-05-31","kind":"invoice","lines":[{"amount_minor":583796,"charge_amount":"27.96","description":"Flour","discount_percent":"0","item":"","net_minor":583796,"position":1,"quantity":"14","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"415"},{"amount_minor":789789,"description":"Flour","discount_percent":"0","item":"","net_minor":789789,"position":2,"quantity":"18.16","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"434.9056"}],"locale":"en_US","net_minor":1373585,"note":"","number":"TEST-INV-2026-00011","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-05-31","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":1373585}],"total_minor":1373585}','counterfoil-1/sha256','a3554eb7e0ff7e3d4294e0bb144d95b713230f5acb317ee6bf91b57bac1afb81','15b87d1f0e8c3a6e2c691b0aa32424d92988fc8f101dfcbba74cafe5ad39aaf7','2026-05-31 17:55:31.875995','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(18,'inv_01a223a9392c742aa0f022fcc0fd91ee','invoice','TEST-INV-2026-00012','INVOICES','2026',12,'2026-07-08','2026-08-07','cus_01a223a93526751098f92153a83f634b','DE False','test-inv-2026-00012 de false','USD',1925027,0,1925027,'{"adjustments":[{"amount_minor":232398,"base_minor":1692629,"jurisdictions":[],"kind":"charge","net_minor":232398,"percent":"13.73","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"DE","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"DE False","phone":"","registration_number":"","tax_number":"DE136695976","website":""},"currency":"USD","customer":"cus_01a223a93526751098f92153a83f634b","due_date":"2026-08-07","environment":"sandbox","footer":"","id":"inv_01a223a9392c742aa0f022fcc0fd91ee","issue_date":"2026-07-08","kind":"invoice","lines":[{"amount_minor":370998,"description":"Flour","discount_percent":"0","item":"","net_minor":370998,"position":1,"quantity":"7.681121","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"483"},{"amount_minor":551402,"description":"Flour","discount_percent":"30.85","item":"","net_minor":551402,"position":2,"quantity":"18","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"443"},{"amount_minor":565049,"charge_amount":"26.49","description":"Flour","discount_percent":"0","item":"","net_minor":565049,"position":3,"quantity":"19","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"296"},{"amount_minor":201426,"description":"Flour","discount_amount":"1007.13","discount_percent":"0","item":"","net_minor":201426,"position":4,"quantity":"9","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"335.71"},{"amount_minor":3754,"description":"Flour","discount_percent":"43.64","item":"","net_minor":3754,"position":5,"quantity":"2","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"33.3"}],"locale":"en_US","net_minor":1925027,"note":"","number":"TEST-INV-2026-00012","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"per_line","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-07-08","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":1925027}],"total_minor":1925027}','counterfoil-1/sha256','15b87d1f0e8c3a6e2c691b0aa32424d92988fc8f101dfcbba74cafe5ad39aaf7','57c04bfed1a5f7b8f8e755f2fad96363fac34af07ed05022f312f3f0ee330279','2026-07-08 22:32:54.489363','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(19,'inv_01a223a9394070eeba5009fb7045c215','invoice','TEST-INV-2026-00013','INVOICES','2026',13,'2026-07-13','2026-08-12','cus_01a223a93542763789442bf37883e190','JP True','test-inv-2026-00013 jp true','USD',905049,0,905049,'{"adjustments":[{"amount_minor":277,"base_minor":905003,"jurisdictions":[],"kind":"discount","net_minor":277,"percent":"0","position":1,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"},{"amount_minor":323,"base_minor":905003,"jurisdictions":[],"kind":"charge","net_minor":323,"percent":"0","position":2,"reason":"Agreed","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0"}],"buyer":{"address":{"city":"London","country":"JP","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"JP True","phone":"","registration_number":"","tax_number":"","website":""},"currency":"USD","customer":"cus_01a223a93542763789442bf37883e190","due_date":"2026-08-12","environment":"sandbox","footer":"","id":"inv_01a223a9394070eeba5009fb7045c215","issue_date":"2026-07-13","kind":"invoice","lines":[{"amount_minor":200333,"charge_amount":"27.33","description":"Flour","discount_percent":"0","item":"","net_minor":200333,"position":1,"quantity":"13","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"152"},{"amount_minor":223000,"description":"Flour","discount_percent":"0","item":"","net_minor":223000,"position":2,"quantity":"5","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"446"},{"amount_minor":106274,"description":"Flour","discount_percent":"0","item":"","net_minor":106274,"position":3,"quantity":"14","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"75.91"},{"amount_minor":159282,"charge_amount":"26.56","description":"Flour","discount_percent":"0","item":"","net_minor":159282,"position":4,"quantity":"5.88","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"266.37"},{"amount_minor":216114,"charge_amount":"1.14","description":"Flour","discount_percent":"0","item":"","net_minor":216114,"position":5,"quantity":"12","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"180"}],"locale":"en_US","net_minor":905049,"note":"","number":"TEST-INV-2026-00013","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-07-13","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":905049}],"total_minor":905049}','counterfoil-1/sha256','57c04bfed1a5f7b8f8e755f2fad96363fac34af07ed05022f312f3f0ee330279','d3f35ac3acf1e98dd535974eb3e4da79fc235f8996406360c01693c09e7af942','2026-07-13 18:21:56.669509','owner@example.com',NULL,0);
INSERT INTO "documents" VALUES(20,'inv_01a223a939527397bd16106dfdfe771b','invoice','TEST-INV-2026-00014','INVOICES','2026',14,'2026-08-19','2026-09-18','cus_01a223a93526751098f92153a83f634b','DE False','test-inv-2026-00014 de false','USD',1477152,0,1477152,'{"buyer":{"address":{"city":"London","country":"DE","line1":"1 High Street","line2":"","postal_code":"SW1A 1AA","region":""},"email":"","name":"DE False","phone":"","registration_number":"","tax_number":"DE136695976","website":""},"currency":"USD","customer":"cus_01a223a93526751098f92153a83f634b","due_date":"2026-09-18","environment":"sandbox","footer":"","id":"inv_01a223a939527397bd16106dfdfe771b","issue_date":"2026-08-19","kind":"invoice","lines":[{"amount_minor":753411,"description":"Flour","discount_percent":"0","item":"","net_minor":753411,"position":1,"quantity":"16","revenue_account":"","supply":"goods","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"470.882"},{"amount_minor":39616,"description":"Flour","discount_percent":"79.36","item":"","net_minor":39616,"position":2,"quantity":"13.71","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"140"},{"amount_minor":26200,"description":"Flour","discount_percent":"0","item":"","net_minor":26200,"position":3,"quantity":"2","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"131"},{"amount_minor":123722,"description":"Flour","discount_amount":"618.61","discount_percent":"0","item":"","net_minor":123722,"position":4,"quantity":"18.525","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"100.18"},{"amount_minor":534203,"charge_amount":"16.35","description":"Flour","discount_percent":"0","item":"","net_minor":534203,"position":5,"quantity":"12","revenue_account":"","supply":"services","tax_category":"O","tax_code":"NO-TAX","tax_rate":"0","unit":"","unit_price":"443.8066"}],"locale":"en_US","net_minor":1477152,"note":"","number":"TEST-INV-2026-00014","organization":"01a223a9-312c-7093-9d09-1327b5056f33","payment":{"account_holder":"Ledger & Co","account_number":"","bank_name":"","bic":"","iban":"","routing_number":""},"payment_terms":"30 days net","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines","seller":{"address":{"city":"","country":"US","line1":"","line2":"","postal_code":"","region":""},"email":"","name":"Ledger & Co","phone":"","registration_number":"","tax_number":"","website":""},"series":"INVOICES","supply_date":"2026-08-19","supply_end":null,"tax_minor":0,"tax_number_label":"EIN","taxes":[{"category":"O","label":"Sales tax","rate":"0","reason":"Sales tax not charged","reason_local":"Sales tax not charged","tax_minor":0,"taxable_minor":1477152}],"total_minor":1477152}','counterfoil-1/sha256','d3f35ac3acf1e98dd535974eb3e4da79fc235f8996406360c01693c09e7af942','0cc3d3bfb3967532ebb20936c7d9143f87a8060f357ab1a56da138e180a7b9f5','2026-08-19 07:57:56.803332','owner@example.com',NULL,0);
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
INSERT INTO "identity" VALUES(1,'01a223a9-312c-7093-9d09-1327b5056f33','2026-01-02 09:00:00.000000');
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
INSERT INTO "journal_entries" VALUES('jrn_01a223a9358d77ac973382a1ee8402ee','inv_01a223a9358977aaa264eb520d7c5d6d','2026-01-08','TEST-INV-2026-00001 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a935997260aac5a18dde599d28','inv_01a223a9359872af98181fda08c344ba','2026-01-20','TEST-INV-2026-00002 home False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a935b8702698771fd7302c54a2','crn_01a223a935b1756ab98bcbd9e6a090c5','2026-01-24','TEST-CN-2026-00001 home False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a935c873cc906df22017587ad4','crn_01a223a935c77118832b0e7bf49cc9cc','2026-01-27','TEST-CN-2026-00002 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a935d976ec9ef9a97e2ee2c6c3','inv_01a223a935d87414940fdf2cbb816b2f','2026-02-10','TEST-INV-2026-00003 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a935e0777dbd51d53846847be2','crn_01a223a935df731e8d26f76d252892b9','2026-02-26','TEST-CN-2026-00003 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a935ec741dabc7fe04b77670cb','inv_01a223a935eb75d693748feec9a564b8','2026-02-26','TEST-INV-2026-00004 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a93665729db77fb11ecd8e2bad','crn_01a223a93644724dae8b4a6986d075ba','2026-03-13','TEST-CN-2026-00004 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a9367172c894aa34e00f7007f7','inv_01a223a93670718693ba0cadd7d546d4','2026-03-23','TEST-INV-2026-00005 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a9367873888ff594c4b5d2331c','inv_01a223a9367873888ff594c3a4a7e99a','2026-04-02','TEST-INV-2026-00006 home False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a936897425bea96dd459add625','inv_01a223a93688727fb51711f7788d809e','2026-04-12','TEST-INV-2026-00007 home False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a936b9718d9857d5a454dd03b3','inv_01a223a936b876d688ed01a028e98891','2026-04-15','TEST-INV-2026-00008 DE False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a936e072b099f8de11c92635e5','crn_01a223a936d373e29f8d4e44940da6ba','2026-05-02','TEST-CN-2026-00005 FR True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a938aa71429f52e6c82a595c7f','inv_01a223a938a9752dba1fb74887083816','2026-05-03','TEST-INV-2026-00009 JP True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a938b97637948903b6214eab01','inv_01a223a938b8719ebd04fdd090658cf4','2026-05-15','TEST-INV-2026-00010 US False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a938d272b8b02db461b8873b3a','crn_01a223a938d272b8b02db46058a15243','2026-05-27','TEST-CN-2026-00006 home False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a938f4740bb437e4303bfa4403','inv_01a223a938f374458fd534cf59eba7ac','2026-05-31','TEST-INV-2026-00011 JP True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a9392d75b18551cfdefade9a51','inv_01a223a9392c742aa0f022fcc0fd91ee','2026-07-08','TEST-INV-2026-00012 DE False');
INSERT INTO "journal_entries" VALUES('jrn_01a223a9394171ab940f926e68969e44','inv_01a223a9394070eeba5009fb7045c215','2026-07-13','TEST-INV-2026-00013 JP True');
INSERT INTO "journal_entries" VALUES('jrn_01a223a9395374bea98d8956dc0eb0d0','inv_01a223a939527397bd16106dfdfe771b','2026-08-19','TEST-INV-2026-00014 DE False');
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
INSERT INTO "journal_lines" VALUES('jrn_01a223a9358d77ac973382a1ee8402ee',1,'1200',56484,0,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9358d77ac973382a1ee8402ee',2,'4000',0,56484,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935997260aac5a18dde599d28',1,'1200',798851,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935997260aac5a18dde599d28',2,'4000',0,798851,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935b8702698771fd7302c54a2',1,'1200',0,798851,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935b8702698771fd7302c54a2',2,'4000',798851,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935c873cc906df22017587ad4',1,'1200',0,56484,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935c873cc906df22017587ad4',2,'4000',56484,0,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935d976ec9ef9a97e2ee2c6c3',1,'1200',763076,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935d976ec9ef9a97e2ee2c6c3',2,'4000',0,763076,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935e0777dbd51d53846847be2',1,'1200',0,382624,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935e0777dbd51d53846847be2',2,'4000',382624,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935ec741dabc7fe04b77670cb',1,'1200',18914561,0,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a935ec741dabc7fe04b77670cb',2,'4000',0,18914561,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93665729db77fb11ecd8e2bad',1,'1200',0,6856318,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a93665729db77fb11ecd8e2bad',2,'4000',6856318,0,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9367172c894aa34e00f7007f7',1,'1200',663862,0,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9367172c894aa34e00f7007f7',2,'4000',0,667735,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9367172c894aa34e00f7007f7',3,'4300',3873,0,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9367873888ff594c4b5d2331c',1,'1200',852205,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9367873888ff594c4b5d2331c',2,'4000',0,852205,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936897425bea96dd459add625',1,'1200',129035,0,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936897425bea96dd459add625',2,'4000',0,117820,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936897425bea96dd459add625',3,'2200',0,11215,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936b9718d9857d5a454dd03b3',1,'1200',82928,0,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936b9718d9857d5a454dd03b3',2,'4000',0,102601,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936b9718d9857d5a454dd03b3',3,'4300',19673,0,'EUR');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936e072b099f8de11c92635e5',1,'1200',0,12058243,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a936e072b099f8de11c92635e5',2,'4000',12058243,0,'KWD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938aa71429f52e6c82a595c7f',1,'1200',592704,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938aa71429f52e6c82a595c7f',2,'4000',0,592704,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938b97637948903b6214eab01',1,'1200',812582,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938b97637948903b6214eab01',2,'4000',0,812582,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938d272b8b02db461b8873b3a',1,'1200',0,95152,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938d272b8b02db461b8873b3a',2,'4000',86699,0,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938d272b8b02db461b8873b3a',3,'2200',8453,0,'JPY');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938f4740bb437e4303bfa4403',1,'1200',1373585,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a938f4740bb437e4303bfa4403',2,'4000',0,1373585,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9392d75b18551cfdefade9a51',1,'1200',1925027,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9392d75b18551cfdefade9a51',2,'4000',0,1925027,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9394171ab940f926e68969e44',1,'1200',905049,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9394171ab940f926e68969e44',2,'4000',0,905326,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9394171ab940f926e68969e44',3,'4300',277,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9395374bea98d8956dc0eb0d0',1,'1200',1477152,0,'USD');
INSERT INTO "journal_lines" VALUES('jrn_01a223a9395374bea98d8956dc0eb0d0',2,'4000',0,1477152,'USD');
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
INSERT INTO "payments" VALUES(1,'pay_01a223a9360f768d93a455b5682bb370','inv_01a223a935d87414940fdf2cbb816b2f',NULL,281860,'USD','2026-03-05','','','1000','1200','2026-03-06 02:56:18.325282','owner@example.com');
INSERT INTO "payments" VALUES(2,'pay_01a223a9369f751f95e8d571b4b819c1','inv_01a223a935d87414940fdf2cbb816b2f',NULL,98592,'USD','2026-04-15','','','1000','1200','2026-04-15 10:37:59.785233','owner@example.com');
INSERT INTO "payments" VALUES(3,'pay_01a223a9390074ffac439c35e71a4a7e','inv_01a223a935d87414940fdf2cbb816b2f','pay_01a223a9360f768d93a455b5682bb370',281860,'USD','2026-06-23','','','1200','1000','2026-06-23 16:31:56.258838','owner@example.com');
INSERT INTO "payments" VALUES(4,'pay_01a223a939027241a76935998330f537','inv_01a223a93670718693ba0cadd7d546d4',NULL,663862,'KWD','2026-06-26','','','1000','1200','2026-06-26 15:17:51.925063','owner@example.com');
INSERT INTO "payments" VALUES(5,'pay_01a223a93908701b80dea90070304112','inv_01a223a9367873888ff594c3a4a7e99a',NULL,615580,'USD','2026-06-28','','','1000','1200','2026-06-28 14:28:20.077741','owner@example.com');
INSERT INTO "payments" VALUES(6,'pay_01a223a9390e71b6bd43179e249dc25d','inv_01a223a93688727fb51711f7788d809e',NULL,7457,'JPY','2026-07-08','','','1000','1200','2026-07-08 22:18:10.124612','owner@example.com');
INSERT INTO "payments" VALUES(7,'pay_01a223a9394871e7a4779d7a9f371cef','inv_01a223a938a9752dba1fb74887083816',NULL,592704,'USD','2026-07-21','','','1000','1200','2026-07-21 08:28:31.798901','owner@example.com');
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
INSERT INTO "posting_profiles" VALUES('Standard','1200','4000','2200','4300','4900','1000');
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
INSERT INTO "profile" VALUES(1,'Ledger & Co','','sandbox','US','USD','en_US','America/New_York','us_gaap','us_sales_tax','standard','','','','','','','','','','','','','','','','','',0,0,'sum_of_lines',0,1,'','','','','','refuse','','');
CREATE TABLE provenance (
	layer VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	recorded_by VARCHAR NOT NULL, 
	PRIMARY KEY (layer)
);
INSERT INTO "provenance" VALUES('organization','country file US','2026-01-02 09:00:00.000000','owner@example.com');
INSERT INTO "provenance" VALUES('entity','country file US','2026-01-02 09:00:00.000000','owner@example.com');
CREATE TABLE series_periods (
	series VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	next_sequence INTEGER NOT NULL, 
	PRIMARY KEY (series, period), 
	FOREIGN KEY(series) REFERENCES number_series (code)
);
INSERT INTO "series_periods" VALUES('INVOICES','2026',15);
INSERT INTO "series_periods" VALUES('CREDIT-NOTES','2026',7);
CREATE TABLE tax_authorities (
	name VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "tax_authorities" VALUES('Department of Revenue of the state','US');
CREATE TABLE tax_codes (
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	category VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	is_default BOOLEAN NOT NULL, reason_local VARCHAR DEFAULT '' NOT NULL, reason_code VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (code)
);
INSERT INTO "tax_codes" VALUES('NO-TAX','Not taxed','O','Sales tax','Sales tax not charged',1,'Sales tax not charged','');
INSERT INTO "tax_codes" VALUES('EXEMPT','Exempt sale','E','Sales tax','Exempt from sales tax: exemption or resale certificate of the buyer',0,'Exempt from sales tax: exemption or resale certificate of the buyer','');
INSERT INTO "tax_codes" VALUES('LA','LA','S','Sales tax','',0,'','');
INSERT INTO "tax_codes" VALUES('NYC','NYC','S','Sales tax','',0,'','');
CREATE TABLE tax_jurisdiction_rates (
	code VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	percent VARCHAR NOT NULL, 
	PRIMARY KEY (code, position, valid_from), 
	FOREIGN KEY(code, position) REFERENCES tax_jurisdictions (code, position)
);
INSERT INTO "tax_jurisdiction_rates" VALUES('LA',1,'2025-04-01',NULL,'7.25');
INSERT INTO "tax_jurisdiction_rates" VALUES('LA',2,'2025-04-01',NULL,'2.5');
INSERT INTO "tax_jurisdiction_rates" VALUES('NYC',1,'2025-04-01',NULL,'4');
INSERT INTO "tax_jurisdiction_rates" VALUES('NYC',2,'2025-04-01',NULL,'4.875');
CREATE TABLE tax_jurisdictions (
	code VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	PRIMARY KEY (code, position), 
	FOREIGN KEY(code) REFERENCES tax_codes (code)
);
INSERT INTO "tax_jurisdictions" VALUES('LA',1,'California','state');
INSERT INTO "tax_jurisdictions" VALUES('LA',2,'County','district');
INSERT INTO "tax_jurisdictions" VALUES('NYC',1,'New York','state');
INSERT INTO "tax_jurisdictions" VALUES('NYC',2,'City','city');
CREATE TABLE tax_rates (
	code VARCHAR NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	percent VARCHAR NOT NULL, 
	PRIMARY KEY (code, valid_from), 
	FOREIGN KEY(code) REFERENCES tax_codes (code)
);
INSERT INTO "tax_rates" VALUES('NO-TAX','2000-01-01',NULL,'0');
INSERT INTO "tax_rates" VALUES('EXEMPT','2000-01-01',NULL,'0');
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
