/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's certificates, read again by libcrypto: whose they are, who signed them,
 * and that there are none before an issuing key is made nor after it is wiped.
 */
#include "tests/unit/unit_test.h"

#include <openssl/x509v3.h>

#include "services/vtpm/certificate.h"
#include "services/vtpm/tpm_commands.h"

static const struct tpm_facts facts = {.manufacturer = 0x49424d00, .firmware_version = 0x20240125};

/* The generator of P-256 (SEC 2), a point as good as any. */
static const uint8_t x[32] = {0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6,
	0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1,
	0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96};
static const uint8_t y[32] = {0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
	0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6,
	0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

static struct key_numbers ecc_key(void)
{
	return (struct key_numbers){.type = TPM_ALG_ECC,
		.curve = TPM_ECC_NIST_P256,
		.first = x,
		.second = y,
		.first_size = sizeof(x),
		.second_size = sizeof(y)};
}

static X509 *parse(const struct certificate *certificate)
{
	const uint8_t *at = certificate->der;
	X509 *parsed = d2i_X509(NULL, &at, (long)certificate->size);

	assert_non_null(parsed);
	assert_ptr_equal(at, certificate->der + certificate->size);
	return parsed;
}

static void check(const struct certificate *own, const struct certificate *one, uint32_t usage)
{
	X509 *issuer = parse(own), *certificate = parse(one);

	assert_int_equal(X509_verify(certificate, X509_get0_pubkey(issuer)), 1);
	assert_int_equal(X509_verify(issuer, X509_get0_pubkey(issuer)), 1);
	assert_int_equal(X509_check_issued(issuer, certificate), X509_V_OK);
	assert_int_equal(X509_NAME_entry_count(X509_get_subject_name(certificate)), 0);
	assert_int_equal(X509_get_key_usage(certificate), usage);
	assert_int_equal(X509_check_ca(certificate), 0);
	assert_int_equal(X509_check_ca(issuer), 1);
	assert_int_equal(X509_get_pathlen(issuer), 0);
	X509_free(issuer);
	X509_free(certificate);
}

static void test_kinds(void **state)
{
	struct certificate own, one;
	struct issuer_public public;
	struct key_numbers key = ecc_key();
	uint8_t modulus[256];

	(void)state;
	assert_false(issuer_certify(&key, false, &facts, &one));
	assert_true(issuer_start(&own, &public));
	assert_true(issuer_certify(&key, false, &facts, &one));
	check(&own, &one, KU_KEY_AGREEMENT);
	assert_true(issuer_certify(&key, true, &facts, &one));
	check(&own, &one, KU_DIGITAL_SIGNATURE);
	memset(modulus, 0xc5, sizeof(modulus));
	key = (struct key_numbers){
		.type = TPM_ALG_RSA, .first = modulus, .first_size = sizeof(modulus)};
	assert_true(issuer_certify(&key, false, &facts, &one));
	check(&own, &one, KU_KEY_ENCIPHERMENT);
	issuer_wipe();
	assert_false(issuer_certify(&key, false, &facts, &one));
}

/* No certificate for coordinates that are too long, or a key that is. */
static void test_no_key(void **state)
{
	struct certificate own, one;
	struct issuer_public public;
	struct key_numbers key = ecc_key();
	static const uint8_t longer[CERTIFICATE_MAX] = {0xff};

	(void)state;
	assert_true(issuer_start(&own, &public));
	key.first = longer;
	key.first_size = sizeof(x) + 1;
	assert_false(issuer_certify(&key, false, &facts, &one));
	key.type = TPM_ALG_RSA;
	key.first_size = sizeof(longer);
	assert_false(issuer_certify(&key, false, &facts, &one));
	issuer_wipe();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
