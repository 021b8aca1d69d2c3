/* SPDX-License-Identifier: MIT */
/*
 * Extensions in DER; see services/vtpm/extensions.h.
 */
#include <stdio.h>

#include "services/vtpm/extensions.h"

/* Object identifiers by their last byte: id-ce, 2.5.29, and tcg-attribute, 2.23.133.2. */
enum extension {
	ID_SUBJECT_DIRECTORY_ATTRIBUTES = 9,
	ID_SUBJECT_KEY_IDENTIFIER = 14,
	ID_KEY_USAGE = 15,
	ID_SUBJECT_ALT_NAME = 17,
	ID_BASIC_CONSTRAINTS = 19,
	ID_AUTHORITY_KEY_IDENTIFIER = 35,
	ID_EXT_KEY_USAGE = 37,
};
enum tcg_attribute {
	TCG_MANUFACTURER = 1,
	TCG_MODEL = 2,
	TCG_VERSION = 3,
};

#define MODEL "Nacre vTPM"
#define EXPLICIT_DIRECTORY_NAME (DER_EXPLICIT_0 + 4)
#define KEY_IDENTIFIER_0 0x80

/* Of what was written since @mark. */
static void finish(struct der *der, enum extension id, bool critical, const uint8_t *mark)
{
	static const uint8_t yes[] = {0x01, 0x01, 0xff};
	const uint8_t oid[] = {0x06, 0x03, 0x55, 0x1d, (uint8_t)id};

	der_wrap(der, DER_OCTET_STRING, mark);
	if (critical)
		der_bytes(der, yes, sizeof(yes));
	der_bytes(der, oid, sizeof(oid));
	der_wrap(der, DER_SEQUENCE, mark);
}

void extension_constraints(struct der *der, bool is_ca)
{
	/* cA TRUE, pathLenConstraint 0 */
	static const uint8_t ca[] = {0x01, 0x01, 0xff, 0x02, 0x01, 0x00};
	const uint8_t *mark = der->at;

	der_bytes(der, ca, is_ca ? sizeof(ca) : 0);
	der_wrap(der, DER_SEQUENCE, mark);
	finish(der, ID_BASIC_CONSTRAINTS, true, mark);
}

void extension_usage(struct der *der, enum key_usage usage)
{
	const uint8_t bits[] = {(uint8_t)__builtin_ctz(usage), (uint8_t)usage};
	const uint8_t *mark = der->at;

	der_bytes(der, bits, sizeof(bits));
	der_wrap(der, DER_BIT_STRING, mark);
	finish(der, ID_KEY_USAGE, true, mark);
}

void extension_purpose(struct der *der, bool signing)
{
	/* 2.23.133.8, tcg-kp */
	const uint8_t oid[] = {0x06, 0x05, 0x67, 0x81, 0x05, 0x08, signing ? 3 : 1};
	const uint8_t *mark = der->at;

	der_bytes(der, oid, sizeof(oid));
	der_wrap(der, DER_SEQUENCE, mark);
	finish(der, ID_EXT_KEY_USAGE, false, mark);
}

void extension_own_identifier(struct der *der, const uint8_t identifier[KEY_IDENTIFIER_SIZE])
{
	const uint8_t *mark = der->at;

	der_bytes(der, identifier, KEY_IDENTIFIER_SIZE);
	der_wrap(der, DER_OCTET_STRING, mark);
	finish(der, ID_SUBJECT_KEY_IDENTIFIER, false, mark);
}

void extension_issuer_identifier(struct der *der, const uint8_t identifier[KEY_IDENTIFIER_SIZE])
{
	const uint8_t *mark = der->at;

	der_bytes(der, identifier, KEY_IDENTIFIER_SIZE);
	der_wrap(der, KEY_IDENTIFIER_0, mark);
	der_wrap(der, DER_SEQUENCE, mark);
	finish(der, ID_AUTHORITY_KEY_IDENTIFIER, false, mark);
}

/* A name's part of one attribute. */
static void write_attribute(struct der *der, enum tcg_attribute attribute, const char *text)
{
	const uint8_t oid[] = {0x06, 0x05, 0x67, 0x81, 0x05, 0x02, (uint8_t)attribute};
	const uint8_t *mark = der->at;

	der_text(der, DER_UTF8_STRING, text);
	der_bytes(der, oid, sizeof(oid));
	der_wrap(der, DER_SEQUENCE, mark);
	der_wrap(der, DER_SET, mark);
}

/* A number as the profile writes it: eight digits, as those of an identifier. */
static void write_number(struct der *der, enum tcg_attribute attribute, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "id:%08X", number);
	write_attribute(der, attribute, text);
}

void extension_name(struct der *der, const struct tpm_facts *facts)
{
	const uint8_t *mark = der->at;

	write_number(der, TCG_VERSION, facts->firmware_version);
	write_attribute(der, TCG_MODEL, MODEL);
	write_number(der, TCG_MANUFACTURER, facts->manufacturer);
	der_wrap(der, DER_SEQUENCE, mark);
	der_wrap(der, EXPLICIT_DIRECTORY_NAME, mark);
	der_wrap(der, DER_SEQUENCE, mark);
	finish(der, ID_SUBJECT_ALT_NAME, true, mark);
}

void extension_specification(struct der *der)
{
	/* One attribute, tcg-at-tpmSpecification (2.23.133.2.16), of one value. */
	static const uint8_t attributes[] = {0x30, 0x19, 0x30, 0x17, 0x06, 0x05, 0x67, 0x81, 0x05,
		0x02, 0x10, 0x31, 0x0e, 0x30, 0x0c, 0x0c, 0x03, '2', '.', '0', 0x02, 0x01, 0x00,
		0x02, 0x02, 0x00, 183};
	const uint8_t *mark = der->at;

	der_bytes(der, attributes, sizeof(attributes));
	finish(der, ID_SUBJECT_DIRECTORY_ATTRIBUTES, false, mark);
}
