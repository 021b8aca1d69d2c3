/* SPDX-License-Identifier: MIT */
/*
 * The verifier's choice and judgement of certificates: roots that nobody trusts,
 * certificates that say too much or too little, keys in the wrong place,
 * revocation.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "tests/unit/evidence_fixture.h"
#include "tests/unit/verify_fixture.h"

/* DER says the same in one way only; bytes of a certificate that do not matter there are none. */
static void every_byte_of_a_certificate_counts(void **state)
{
	struct evidence *evidence = evidence_plain();
	struct tool_error error;

	(void)state;
	for (size_t which = 0; which < 2; which++) { /* the root is given, not read */
		X509 *good = evidence->certificates.list[which];
		uint8_t *der = NULL;
		size_t size = (size_t)i2d_X509(good, &der);

		for (size_t i = 0; i < size; i++) {
			const struct blob blob = {der, size};
			X509 *changed;

			der[i] ^= (uint8_t)(1U << i % 8);
			changed = certificate_read(&blob, &error);
			der[i] ^= (uint8_t)(1U << i % 8);
			if (!changed)
				continue;
			evidence->certificates.list[which] = changed;
			evidence_judge(evidence);
			evidence->certificates.list[which] = good;
			X509_free(changed);
			if (checks_accepted(&evidence->checks))
				fail_msg("byte 0x%zx of certificate %zu may change", i, which);
		}
		OPENSSL_free(der);
	}
	evidence_accepted(evidence);
	evidence_free(evidence);
}

/* Lengths in a longer form than DER allows: another file for the same certificate. */
static void another_encoding_of_a_certificate(void **state)
{
	uint8_t *der = NULL, longer[4096] = {0x30, 0x83, 0};
	size_t size = (size_t)i2d_X509(fixture_certificate(FIXTURE_VCEK), &der);
	const struct blob blob = {longer, size + 1};
	struct tool_error error;
	const uint8_t *at = longer;
	X509 *read;

	(void)state;
	assert_int_equal(der[1], 0x82);
	memcpy(longer + 3, der + 2, size - 2);
	read = d2i_X509(NULL, &at, (long)blob.size);
	assert_non_null(read); /* libcrypto does not mind */
	X509_free(read);
	assert_null(certificate_read(&blob, &error));
	OPENSSL_free(der);
}

/* AMD's root of another product than the key's, if ever it signed such a thing. */
static void a_root_of_another_product(void **state)
{
	static const struct anchor genoa = {.name = "ARK-Genoa", .line = PRODUCT_GENOA};
	struct evidence *evidence = evidence_plain();
	struct chain chain = {.key = fixture_certificate(FIXTURE_VCEK)};
	struct tool_error error;

	(void)state;
	assert_true(key_facts_read(chain.key, &chain.facts, &error));
	verify_binding(&evidence->report, &chain, &evidence->checks);
	assert_int_equal(evidence_row(evidence, CHECK_PRODUCT)->result, CHECK_HOLDS);
	checks_free(&evidence->checks);
	chain.anchor = &genoa;
	verify_binding(&evidence->report, &chain, &evidence->checks);
	assert_int_equal(evidence_row(evidence, CHECK_PRODUCT)->result, CHECK_REFUSED);
	evidence_free(evidence);
}

/* The attacker signs everything himself and delivers the root with it. */
static void evidence_that_brings_its_own_root(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->request.root = NULL;
	evidence_refused_only(evidence, CHECK_ANCHOR, "TEST ARK");
	evidence_free(evidence);
}

static void rename_ark(X509 *certificate)
{
	fixture_rename(X509_get_subject_name(certificate), "ARK-Milan");
	fixture_rename(X509_get_issuer_name(certificate), "ARK-Milan");
}

static void rename_ask(X509 *certificate)
{
	fixture_rename(X509_get_subject_name(certificate), "SEV-Milan");
	fixture_rename(X509_get_issuer_name(certificate), "ARK-Milan");
}

static void rename_vcek(X509 *certificate)
{
	fixture_rename(X509_get_subject_name(certificate), "SEV-VCEK");
	fixture_rename(X509_get_issuer_name(certificate), "SEV-Milan");
}

/* The same, under the names of AMD's own. */
static void a_root_with_the_name_of_amds(void **state)
{
	struct evidence *evidence = evidence_plain();
	EVP_PKEY *ark = fixture_link_key(FIXTURE_ARK), *ask = fixture_link_key(FIXTURE_ASK);

	(void)state;
	evidence_swap(
		evidence, 0, fixture_reissue(fixture_certificate(FIXTURE_VCEK), ask, rename_vcek));
	evidence_swap(
		evidence, 1, fixture_reissue(fixture_certificate(FIXTURE_ASK), ark, rename_ask));
	evidence_swap(
		evidence, 2, fixture_reissue(fixture_certificate(FIXTURE_ARK), ark, rename_ark));
	evidence->request.root = NULL;
	evidence_refused_only(evidence, CHECK_ANCHOR, "ARK-Milan");
	evidence->request.root = fixture_certificate(FIXTURE_ARK); /* has the key, not the name */
	evidence_refused(evidence, CHECK_CHAIN);
	evidence_free(evidence);
}

/* The root of another chain is trusted, and the evidence's own does not count. */
static void another_root_is_trusted(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->request.root = fixture_certificate(FIXTURE_ASK);
	evidence_refused(evidence, CHECK_CHAIN);
	evidence_free(evidence);
}

static void missing_certificates(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->certificates.count = 1;
	evidence_refused(evidence, CHECK_CHAIN);
	evidence->certificates.count = 0;
	evidence_refused(evidence, CHECK_CERTIFICATE);
	assert_int_equal(evidence_row(evidence, CHECK_SIGNATURE)->result, CHECK_REFUSED);
	assert_int_equal(evidence_row(evidence, CHECK_TCB)->result, CHECK_REFUSED);
	assert_int_equal(evidence_row(evidence, CHECK_CHIP_ID)->result, CHECK_REFUSED);
	evidence->certificates.count = 3;
	evidence->request.fault = "chain.pem: offset 0x0: nonsense";
	evidence_refused(evidence, CHECK_CERTIFICATE);
	evidence_free(evidence);
}

/* A key of the attacker's own, whose certificate the key of a real VLEK signed. */
static void a_signing_key_that_plays_authority(void **state)
{
	struct evidence *evidence = evidence_plain();
	X509 *forged = X509_dup(fixture_certificate(FIXTURE_VCEK));
	X509 *vlek = fixture_certificate(FIXTURE_VLEK);
	EVP_PKEY *own = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");

	(void)state;
	X509_set_pubkey(forged, own);
	X509_set_issuer_name(forged, X509_get_subject_name(vlek));
	X509_sign(forged, fixture_link_key(FIXTURE_VLEK), EVP_sha384());
	fixture_sign(&evidence->report, own);
	evidence_swap(evidence, 0, forged);
	evidence_add(evidence, vlek);
	evidence_add(evidence, fixture_certificate(FIXTURE_ASVK));
	evidence_refused_only(evidence, CHECK_CHAIN, "the authority is not signed by TEST ARK");
	evidence_free(evidence);
	EVP_PKEY_free(own);
}

/* Both are the chip's, one of them with an older TCB: which is meant is for nobody to guess. */
static void two_certificates_for_the_key(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence_add(evidence, fixture_certificate(FIXTURE_VCEK));
	evidence_swap(evidence, 3,
		fixture_reissue(
			fixture_certificate(FIXTURE_VCEK), fixture_link_key(FIXTURE_ASK), NULL));
	evidence_refused(evidence, CHECK_CERTIFICATE);
	evidence_free(evidence);
}

static void use_vlek(struct evidence *evidence)
{
	X509_up_ref(fixture_certificate(FIXTURE_VLEK));
	X509_up_ref(fixture_certificate(FIXTURE_ASVK));
	evidence_swap(evidence, 0, fixture_certificate(FIXTURE_VLEK));
	evidence_swap(evidence, 1, fixture_certificate(FIXTURE_ASVK));
}

static void vlek_reports_are_accepted(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	use_vlek(evidence);
	evidence->report.key_info = SNP_SIGNER_VLEK << SNP_REPORT_KEY_SIGNER_SHIFT;
	fixture_sign(&evidence->report, fixture_link_key(FIXTURE_VLEK));
	evidence_accepted(evidence);
	assert_int_equal(evidence_row(evidence, CHECK_CHIP_ID)->result, CHECK_NOT_DONE);
	evidence->policy.signing_keys = BIT(SNP_SIGNER_VCEK);
	evidence_refused_only(evidence, CHECK_SIGNER, "VLEK");
	evidence_free(evidence);
}

static void a_vlek_certificate_for_a_vcek_report(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	use_vlek(evidence);
	evidence_refused(evidence, CHECK_CERTIFICATE);
	assert_non_null(
		strstr(evidence_row(evidence, CHECK_CERTIFICATE)->found, "only that of a VLEK"));
	fixture_sign(&evidence->report, fixture_link_key(FIXTURE_VLEK));
	evidence_refused(evidence, CHECK_CERTIFICATE);
	evidence_free(evidence);
}

static void revoked_authority(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->request.crls[0] = fixture_crl(false);
	evidence->request.crl_count = 1;
	evidence_accepted(evidence);
	assert_int_equal(checks_count(&evidence->checks, CHECK_NOT_DONE), 0);
	evidence->request.crls[1] = fixture_crl(true);
	evidence->request.crl_count = 2;
	evidence_refused_only(evidence, CHECK_REVOCATION, "TEST SEV-Milan is revoked");
	evidence_free(evidence);
}

/* A list that the attacker signed, one that is out of date, one of somebody else. */
static void unsound_revocation_lists(void **state)
{
	struct evidence *evidence = evidence_plain();
	X509_CRL *list = X509_CRL_dup(fixture_crl(false));

	(void)state;
	evidence->request.crls[0] = list;
	evidence->request.crl_count = 1;
	X509_CRL_sign(list, fixture_link_key(FIXTURE_ASK), EVP_sha384());
	evidence_refused_only(evidence, CHECK_REVOCATION, "not signed");
	ASN1_TIME_set((ASN1_TIME *)X509_CRL_get0_nextUpdate(list), EVIDENCE_TIME - 1);
	X509_CRL_sign(list, fixture_link_key(FIXTURE_ARK), EVP_sha384());
	evidence_refused_only(evidence, CHECK_REVOCATION, "out of date");
	X509_CRL_set_issuer_name(list, X509_get_subject_name(fixture_certificate(FIXTURE_ASK)));
	X509_CRL_sign(list, fixture_link_key(FIXTURE_ASK), EVP_sha384());
	evidence_refused_only(evidence, CHECK_REVOCATION, "none of the 1 lists");
	X509_CRL_free(list);
	evidence_free(evidence);
}

static void certificates_out_of_date(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->request.time = 0;
	evidence_refused_only(evidence, CHECK_VALIDITY, "not yet valid at 1970-01-01T00:00:00Z");
	evidence->request.time = 2524608000; /* 2050 */
	evidence_refused_only(evidence, CHECK_VALIDITY, "no longer valid");
	evidence_free(evidence);
}

static void weaken_signature(struct evidence *evidence, const EVP_MD *digest)
{
	X509 *weak = X509_dup(fixture_certificate(FIXTURE_VCEK));

	assert_true(X509_sign(weak, fixture_link_key(FIXTURE_ASK), digest) > 0);
	evidence_swap(evidence, 0, weak);
}

/* Signed by the right authority, but not in AMD's way. */
static void other_signature_algorithms(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	weaken_signature(evidence, EVP_sha384()); /* PKCS #1 v1.5 */
	evidence_refused_only(evidence, CHECK_CHAIN, "not signed by RSA-PSS");
	weaken_signature(evidence, EVP_sha1());
	evidence_refused_only(evidence, CHECK_CHAIN, "not signed by RSA-PSS");
	evidence_free(evidence);
}

static void spl_as_text(X509 *certificate)
{
	fixture_set_extension(certificate, "3.3", "\x16\x01\x30", 3);
}

static void no_microcode(X509 *certificate)
{
	fixture_drop_extension(certificate, "3.8");
}

static void chip_and_provider(X509 *certificate)
{
	fixture_set_extension(certificate, "5",
		"\x16\x03"
		"CSP",
		5);
}

static void short_chip(X509 *certificate)
{
	fixture_set_extension(certificate, "4", "12345678", 8);
}

static void long_chip(X509 *certificate)
{
	fixture_set_extension(certificate, "4", "123456789", 9);
}

static void unknown_product(X509 *certificate)
{
	fixture_set_extension(certificate, "2",
		"\x16\x05"
		"Milas",
		7);
}

static void reserved_spl(X509 *certificate)
{
	fixture_set_extension(certificate, "3.7", "\x02\x01\x01", 3);
}

static void spl_twice(X509 *certificate)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *object = OBJ_txt2obj("1.3.6.1.4.1.3704.1.3.1", 1);
	X509_EXTENSION *extension;

	ASN1_OCTET_STRING_set(value, (const uint8_t *)"\x02\x01\x7f", 3);
	extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	ASN1_OBJECT_free(object);
	ASN1_OCTET_STRING_free(value);
}

static void other_curve(X509 *certificate)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");

	X509_set_pubkey(certificate, key);
	EVP_PKEY_free(key);
}

static void make_authority(X509 *certificate)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(
		NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static void misshapen_certificates(void **state)
{
	static const struct {
		void (*edit)(X509 *);
		const char *says;
	} cases[] = {{spl_as_text, "3.3 is no number"}, {no_microcode, "3.8 (microcode"},
		{chip_and_provider, "both a chip and"}, {short_chip, "has 8 bytes, not the 64"},
		{long_chip, "has 9 bytes"}, {unknown_product, "\"Milas\""},
		{reserved_spl, "3.7 is 1"}, {spl_twice, "3.1 is there twice"},
		{other_curve, "P-384"}, {make_authority, "an authority's"}};
	struct evidence *evidence = evidence_plain();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		evidence_swap(evidence, 0,
			fixture_reissue(fixture_certificate(FIXTURE_VCEK),
				fixture_link_key(FIXTURE_ASK), cases[i].edit));
		evidence_refused(evidence, CHECK_CERTIFICATE);
		if (!strstr(evidence_row(evidence, CHECK_CERTIFICATE)->found, cases[i].says))
			fail_msg("\"%s\" does not say \"%s\"",
				evidence_row(evidence, CHECK_CERTIFICATE)->found, cases[i].says);
	}
	evidence_free(evidence);
}

static void not_an_authority(X509 *certificate)
{
	int at = X509_get_ext_by_NID(certificate, NID_basic_constraints, -1);

	X509_EXTENSION_free(X509_delete_ext(certificate, at));
}

static void an_authority_that_is_none(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence_swap(evidence, 1,
		fixture_reissue(fixture_certificate(FIXTURE_ASK), fixture_link_key(FIXTURE_ARK),
			not_an_authority));
	evidence_refused_only(evidence, CHECK_CHAIN, "no authority");
	evidence_free(evidence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_of_a_certificate_counts),
		cmocka_unit_test(another_encoding_of_a_certificate),
		cmocka_unit_test(a_root_of_another_product),
		cmocka_unit_test(evidence_that_brings_its_own_root),
		cmocka_unit_test(a_root_with_the_name_of_amds),
		cmocka_unit_test(another_root_is_trusted),
		cmocka_unit_test(missing_certificates),
		cmocka_unit_test(a_signing_key_that_plays_authority),
		cmocka_unit_test(two_certificates_for_the_key),
		cmocka_unit_test(vlek_reports_are_accepted),
		cmocka_unit_test(a_vlek_certificate_for_a_vcek_report),
		cmocka_unit_test(revoked_authority),
		cmocka_unit_test(unsound_revocation_lists),
		cmocka_unit_test(certificates_out_of_date),
		cmocka_unit_test(other_signature_algorithms),
		cmocka_unit_test(misshapen_certificates),
		cmocka_unit_test(an_authority_that_is_none),
	};

	return cmocka_run_group_tests(tests, fixture_chain_setup, fixture_chain_teardown);
}
