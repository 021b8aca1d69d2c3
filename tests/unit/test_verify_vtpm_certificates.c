/* SPDX-License-Identifier: MIT */
/*
 * Certificates of the vTPM's keys, held against TCG's profile: those of each kind, and
 * each thing that they must say, missing or another.
 */
#include "tests/unit/unit_test.h"

#include "tests/unit/run_command.h"
#include "tests/unit/vtpm_certificate_fixture.h"
#include "tools/verify/vtpm_certificate.h"

static struct buffer map;
static struct vtpm_identity identity;

static int set_up(void **state)
{
	struct tool_error error;

	(void)state;
	tpm_put_map(&map, TPM_KEY_AK_P256, TPM_KEY_ISSUER);
	return !vtpm_identity_read(&(struct blob){map.bytes, map.size}, &identity, &error);
}

static int tear_down(void **state)
{
	vtpm_identity_free(&identity);
	buffer_free(&map);
	return tpm_fixture_teardown(state);
}

static const char *fault_of(const struct fixture_certificate *facts)
{
	X509 *certificate = fixture_vtpm_certificate(facts);
	const char *fault = vtpm_certificate_fault(certificate, &identity, FIXTURE_VTPM_TIME);

	X509_free(certificate);
	return fault;
}

static void refuses(const struct fixture_certificate *facts, const char *says)
{
	const char *fault = fault_of(facts);

	if (!fault)
		fail_msg("accepted, not \"%s\"", says);
	assert_says(fault, says);
}

static void those_of_each_key(void **state)
{
	static const enum tpm_fixture_key keys[] = {
		TPM_KEY_EK_RSA, TPM_KEY_EK_P256, TPM_KEY_EK_P384, TPM_KEY_AK_P256, TPM_KEY_ISSUER};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct fixture_certificate facts = fixture_vtpm_facts(keys[i]);

		assert_null(fault_of(&facts));
	}
}

static void keys_and_issuers_of_others(void **state)
{
	struct fixture_certificate facts = fixture_vtpm_facts(TPM_KEY_FOREIGN);

	(void)state;
	refuses(&facts, "of a key that the manifest does not name");
	facts = fixture_vtpm_facts(TPM_KEY_EK_P256);
	facts.issuer = TPM_KEY_FOREIGN;
	refuses(&facts, "not signed by this launch's issuing key");
	facts.issuer = TPM_KEY_EK_P256;
	refuses(&facts, "not signed by this launch's issuing key");
}

static void no_issuer_in_the_manifest(void **state)
{
	const struct fixture_certificate facts = fixture_vtpm_facts(TPM_KEY_EK_RSA);
	X509 *certificate = fixture_vtpm_certificate(&facts);
	struct vtpm_identity bare = identity;

	(void)state;
	bare.issuer = NULL;
	assert_says(vtpm_certificate_fault(certificate, &bare, FIXTURE_VTPM_TIME),
		"without an issuing key");
	X509_free(certificate);
}

static void times_and_versions(void **state)
{
	struct fixture_certificate facts = fixture_vtpm_facts(TPM_KEY_EK_P256);

	(void)state;
	facts.from = 1;
	refuses(&facts, "not valid at that time");
	facts.from = -60;
	facts.to = -1;
	refuses(&facts, "not valid at that time");
	facts.to = 60;
	facts.version = X509_VERSION_1;
	memset(facts.extensions, 0, sizeof(facts.extensions));
	refuses(&facts, "not of version 3");
}

static void names(void **state)
{
	static const char *const names[] = {"dirName:tpm", "critical,dirName:nameless",
		"critical,DNS:tpm", "critical,dirName:tpm,dirName:tpm"};
	struct fixture_certificate facts = fixture_vtpm_facts(TPM_KEY_EK_P256);

	(void)state;
	facts.subject_name = "somebody";
	refuses(&facts, "with a subject");
	facts.subject_name = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		facts.extensions[3].value = names[i];
		refuses(&facts, "without a critical alternative name");
	}
	facts.extensions[3].name = NULL;
	refuses(&facts, "without a critical alternative name");
}

/* Extensions of @key's certificate, one of them with another value. */
static void each_value(void **state)
{
	static const struct {
		enum tpm_fixture_key key;
		size_t at;
		const char *value, *says;
	} cases[] = {{TPM_KEY_EK_P256, 0, "CA:FALSE", "without critical basic constraints"},
		{TPM_KEY_EK_P256, 0, "critical,CA:TRUE", "a CA's"},
		{TPM_KEY_AK_P256, 0, "critical,CA:TRUE,pathlen:0", "a CA's"},
		{TPM_KEY_EK_P256, 1, "keyAgreement", "another usage"},
		{TPM_KEY_EK_P256, 1, "critical,keyEncipherment", "another usage"},
		{TPM_KEY_EK_P256, 1, "critical,keyAgreement,keyCertSign", "another usage"},
		{TPM_KEY_EK_RSA, 1, "critical,keyAgreement", "another usage"},
		{TPM_KEY_AK_P256, 1, "critical,keyAgreement", "another usage"},
		{TPM_KEY_EK_P256, 2, "2.23.133.8.3", "another purpose"},
		{TPM_KEY_EK_P256, 2, "2.23.133.8.1,serverAuth", "another purpose"},
		{TPM_KEY_AK_P256, 2, "2.23.133.8.1", "another purpose"},
		{TPM_KEY_ISSUER, 0, "critical,CA:FALSE", "no CA"},
		{TPM_KEY_ISSUER, 0, "critical,CA:TRUE", "no CA with a path length of 0"},
		{TPM_KEY_ISSUER, 0, "critical,CA:TRUE,pathlen:1", "no CA with a path length of 0"},
		{TPM_KEY_ISSUER, 1, "critical,keyCertSign,cRLSign", "signing certificates alone"},
		{TPM_KEY_ISSUER, 1, "keyCertSign", "signing certificates alone"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture_certificate facts = fixture_vtpm_facts(cases[i].key);

		facts.extensions[cases[i].at].value = cases[i].value;
		refuses(&facts, cases[i].says);
	}
}

static void extensions_missing_twice_and_unknown(void **state)
{
	struct fixture_certificate facts = fixture_vtpm_facts(TPM_KEY_EK_P256);

	(void)state;
	facts.extensions[4] = facts.extensions[1];
	refuses(&facts, "damaged or there twice");
	facts.extensions[4] = (struct fixture_extension){"1.2.3.4", "critical,DER:0500"};
	refuses(&facts, "a critical extension that is unknown");
	facts.extensions[4].value = "DER:0500";
	assert_null(fault_of(&facts));
	facts.extensions[2] = facts.extensions[4]; /* no purpose */
	refuses(&facts, "another purpose");
}

static void an_issuer_of_another_name(void **state)
{
	struct fixture_certificate facts = fixture_vtpm_facts(TPM_KEY_ISSUER);

	(void)state;
	facts.issuer_name = "somebody";
	refuses(&facts, "does not name itself");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_of_each_key),
		cmocka_unit_test(keys_and_issuers_of_others),
		cmocka_unit_test(no_issuer_in_the_manifest),
		cmocka_unit_test(times_and_versions),
		cmocka_unit_test(names),
		cmocka_unit_test(each_value),
		cmocka_unit_test(extensions_missing_twice_and_unknown),
		cmocka_unit_test(an_issuer_of_another_name),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
