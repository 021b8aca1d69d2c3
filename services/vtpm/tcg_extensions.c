/* SPDX-License-Identifier: MIT */
/*
 * TCG's parts of a certificate; see services/vtpm/tcg_extensions.h.
 */
#include <stdio.h>

#include <openssl/x509v3.h>

#include "services/vtpm/tcg_extensions.h"

/* tcg-at-tpmManufacturer, tcg-at-tpmModel, tcg-at-tpmVersion */
#define TCG_AT_MANUFACTURER "2.23.133.2.1"
#define TCG_AT_MODEL "2.23.133.2.2"
#define TCG_AT_VERSION "2.23.133.2.3"

#define MODEL "Nacre vTPM"

static bool add_attribute(X509_NAME *name, const char *oid, const char *value)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	bool done = object && X509_NAME_add_entry_by_OBJ(name, object, V_ASN1_UTF8STRING,
				      (const unsigned char *)value, -1, -1, 0);

	ASN1_OBJECT_free(object);
	return done;
}

/* A number as the profile writes it: eight digits, as those of an identifier. */
static bool add_number(X509_NAME *name, const char *oid, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "id:%08X", number);
	return add_attribute(name, oid, text);
}

static bool fill_name(X509_NAME *name, uint32_t manufacturer, uint32_t version)
{
	return name && add_number(name, TCG_AT_MANUFACTURER, manufacturer) &&
	       add_attribute(name, TCG_AT_MODEL, MODEL) &&
	       add_number(name, TCG_AT_VERSION, version);
}

/* Takes over @name. */
static bool add_alternative(X509 *certificate, X509_NAME *name)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *one = GENERAL_NAME_new();
	bool done = false;

	if (names && one && sk_GENERAL_NAME_push(names, one) > 0) {
		GENERAL_NAME_set0_value(one, GEN_DIRNAME, name);
		done = X509_add1_ext_i2d(
			       certificate, NID_subject_alt_name, names, 1, X509V3_ADD_DEFAULT) > 0;
		name = NULL;
		one = NULL;
	}
	X509_NAME_free(name);
	GENERAL_NAME_free(one);
	GENERAL_NAMES_free(names);
	return done;
}

bool tcg_add_name(X509 *certificate, uint32_t manufacturer, uint32_t version)
{
	X509_NAME *name = X509_NAME_new();

	if (fill_name(name, manufacturer, version))
		return add_alternative(certificate, name);
	X509_NAME_free(name);
	return false;
}

/*
 * SubjectDirectoryAttributes with one attribute, tcg-at-tpmSpecification (2.23.133.2.16):
 * SEQUENCE { family UTF8String, level INTEGER, revision INTEGER }.
 */
static const uint8_t specification[] = {
	0x30, 0x19,                               /* SEQUENCE OF Attribute */
	0x30, 0x17,                               /* Attribute */
	0x06, 0x05, 0x67, 0x81, 0x05, 0x02, 0x10, /* its type */
	0x31, 0x0e,                               /* SET OF its values */
	0x30, 0x0c, 0x0c, 0x03, '2', '.', '0',    /* family */
	0x02, 0x01, 0x00, 0x02, 0x02, 0x00, 183,  /* level, revision */
};

bool tcg_add_specification(X509 *certificate)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension = NULL;
	bool done;

	if (value && ASN1_OCTET_STRING_set(value, specification, sizeof(specification)))
		extension = X509_EXTENSION_create_by_NID(
			NULL, NID_subject_directory_attributes, 0, value);
	done = extension && X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	return done;
}
