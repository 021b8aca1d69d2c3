/* SPDX-License-Identifier: MIT */
/*
 * AMD's certificate extensions (VCEK certificate specification, 57230; VLEK,
 * 58369): none critical, numbers as DER INTEGER, names as IA5String, the chip's
 * id as bare bytes. The order is that of real certificates.
 */
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#include "chain.h"

#define AMD_OID "1.3.6.1.4.1.3704.1"
#define TEST_CSP_ID "TEST CSP"

static bool add_bytes(X509 *certificate, const char *oid, const void *bytes, int size)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension = NULL;
	bool ok;

	if (object && value && ASN1_OCTET_STRING_set(value, bytes, size) == 1)
		extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, value);
	ok = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(object);
	return ok;
}

/* Takes over the DER form of a value, of @size bytes, or none if that is not positive. */
static bool add_der(X509 *certificate, const char *oid, uint8_t *der, int size)
{
	bool ok = size > 0 && add_bytes(certificate, oid, der, size);

	OPENSSL_free(der);
	return ok;
}

static bool add_number(X509 *certificate, const char *oid, uint8_t number)
{
	ASN1_INTEGER *value = ASN1_INTEGER_new();
	uint8_t *der = NULL;
	int size = 0;

	if (value && ASN1_INTEGER_set(value, number) == 1)
		size = i2d_ASN1_INTEGER(value, &der);
	ASN1_INTEGER_free(value);
	return add_der(certificate, oid, der, size);
}

static bool add_text(X509 *certificate, const char *oid, const char *text)
{
	ASN1_IA5STRING *value = ASN1_IA5STRING_new();
	uint8_t *der = NULL;
	int size = 0;

	if (value && ASN1_STRING_set(value, text, (int)strlen(text)) == 1)
		size = i2d_ASN1_IA5STRING(value, &der);
	ASN1_IA5STRING_free(value);
	return add_der(certificate, oid, der, size);
}

/* Levels of reserved parts are zero. */
static bool add_levels(X509 *certificate, const struct chain *chain)
{
	return add_number(certificate, AMD_OID ".3.1", chain->tcb[TCB_BOOTLOADER]) &&
	       add_number(certificate, AMD_OID ".3.2", chain->tcb[TCB_TEE]) &&
	       add_number(certificate, AMD_OID ".3.4", 0) &&
	       add_number(certificate, AMD_OID ".3.5", 0) &&
	       add_number(certificate, AMD_OID ".3.6", 0) &&
	       add_number(certificate, AMD_OID ".3.7", 0) &&
	       add_number(certificate, AMD_OID ".3.3", chain->tcb[TCB_SNP]) &&
	       add_number(certificate, AMD_OID ".3.8", chain->tcb[TCB_MICROCODE]) &&
	       (!chain->product->has_fmc ||
		       add_number(certificate, AMD_OID ".3.9", chain->tcb[TCB_FMC]));
}

bool amd_extensions_add(X509 *certificate, const struct chain *chain, enum chain_link link)
{
	const struct product *product = chain->product;
	bool chip = link == CHAIN_VCEK;

	return add_number(certificate, AMD_OID ".1", product->structure_version) &&
	       add_text(certificate, AMD_OID ".2", chip ? product->chip_name : product->name) &&
	       add_levels(certificate, chain) &&
	       (chip ? add_bytes(certificate, AMD_OID ".4", chain->chip_id, product->hwid_size)
		     : add_text(certificate, AMD_OID ".5", TEST_CSP_ID));
}
