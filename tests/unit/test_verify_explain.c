/* SPDX-License-Identifier: MIT */
/*
 * What nacre-verify explain says of a TPM's evidence: quotes, keys, the manifest,
 * certificates and event logs; and of what only looks like them.
 */
#include "tests/unit/unit_test.h"

#include "svsm.h"
#include "tests/unit/folder_fixture.h"
#include "tests/unit/run_command.h"
#include "tests/unit/vtpm_certificate_fixture.h"
#include "tools/verify/commands.h"

const char program_name[] = "nacre-verify";

#define EV_IPL 13
#define EV_EFI_VARIABLE_DRIVER_CONFIG 0x80000001
#define EV_STRANGE 0x12345678

static int set_up(void **state)
{
	(void)state;
	folder_make();
	return 0;
}

static int tear_down(void **state)
{
	return tpm_fixture_teardown(state) || folder_remove();
}

static void explains(struct buffer *bytes)
{
	write_file("evidence", bytes->bytes, bytes->size);
	assert_int_equal(run(command_explain, "explain", in("evidence")), VERIFY_ACCEPTED);
	assert_string_equal(ran_err, "");
	buffer_free(bytes);
	*bytes = (struct buffer){0};
}

static void refuses(struct buffer *bytes, const char *says)
{
	write_file("evidence", bytes->bytes, bytes->size);
	assert_int_equal(run(command_explain, "explain", in("evidence")), VERIFY_UNABLE);
	assert_says(ran_err, says);
	buffer_free(bytes);
	*bytes = (struct buffer){0};
}

static struct tpm_fixture_quote quote_facts(void)
{
	static const uint8_t nonce[] = {0xca, 0xfe}, digest[32] = {0x5a, 0x5b};

	return (struct tpm_fixture_quote){.magic = TPM_GENERATED_VALUE,
		.type = TPM_ST_ATTEST_QUOTE,
		.nonce = {nonce, sizeof(nonce)},
		.bank = TPM_ALG_SHA384,
		.selected = {0x81, 0, 0x80},
		.digest = {digest, sizeof(digest)}};
}

static void quotes(void **state)
{
	struct tpm_fixture_quote facts = quote_facts();
	struct buffer bytes = {0};

	(void)state;
	tpm_put_quote(&bytes, &facts);
	explains(&bytes);
	assert_says(ran_out, "quote of a TPM\n  begins with          TPM_GENERATED\n");
	assert_says(ran_out, "\n  nonce                cafe\n");
	assert_says(ran_out, "\n  PCRs                 sha384: 0 7 23\n");
	assert_says(ran_out, "\n  digest               5a5b00");
	assert_says(ran_out, "qualified name of the key");
	assert_says(ran_out, " ms\n");
	assert_says(ran_out, "starts since the TPM was cleared");
}

static void attestations_that_are_no_quotes(void **state)
{
	struct tpm_fixture_quote facts = quote_facts();
	struct buffer bytes = {0};

	(void)state;
	facts.type = 0x8017; /* of a certified key */
	tpm_put_quote(&bytes, &facts);
	refuses(&bytes, "offset 0x4: attestation of type 0x8017");
	facts = quote_facts();
	tpm_put_quote(&bytes, &facts);
	bytes.size--;
	refuses(&bytes, "the quote is cut off");
	facts.magic = 0xff544348;
	tpm_put_quote(&bytes, &facts);
	refuses(&bytes, "no quote, event log or key of a TPM");
}

static void keys(void **state)
{
	struct buffer key = {0}, bytes = {0};

	(void)state;
	tpm_put_public(&key, TPM_KEY_AK_P256, TPM_AK_ATTRIBUTES, TPM_ALG_ECDSA);
	tpm_put_sized(&bytes, key.bytes, key.size);
	explains(&bytes);
	assert_says(ran_out, "public area of a TPM's key\n  kind                 ECC on P-256\n");
	assert_says(ran_out, "\n  name                 000b");
	assert_says(ran_out, "\n  scheme               ECDSA (0x0018) with sha256\n");
	assert_says(ran_out, " restricted          yes  it signs or opens only");
	assert_says(ran_out, " decrypt             no   it decrypts\n");
	explains(&key); /* without a size in front of it */
	assert_says(ran_out, "public area of a TPM's key\n");
}

static void manifests(void **state)
{
	struct buffer map = {0}, content = {0}, other = {0}, bytes = {0};
	const struct fixture_service list[] = {{{1, 2, 3}, &other}, {SVSM_GUID_VTPM, &content}};

	(void)state;
	tpm_put_map(&map, TPM_KEY_AK_P256, TPM_KEY_ISSUER);
	tpm_put_content(&content, &map);
	buffer_append(&other, "something", 9);
	tpm_put_services(&bytes, list, 2);
	explains(&bytes);
	assert_says(ran_out, "services manifest, 2 service(s)\n");
	assert_says(ran_out, "  unknown\n");
	assert_says(ran_out, "c476f1eb-0123-45a5-9641-b4e7dde5bfe3  vTPM\n    version 1\n");
	assert_says(ran_out, "    endorsement key 0: by which this TPM is known\n"
			     "      kind                 RSA, 2048 bits\n");
	assert_says(ran_out, "    endorsement key 2: by which this TPM is known\n"
			     "      kind                 ECC on P-384\n");
	assert_says(ran_out, "protects by          AES, 128 bits\n");
	assert_says(ran_out, "    attestation key: quotes by it are this TPM's\n");
	assert_says(ran_out, "    issuer: has signed the certificates of these keys");
	explains(&content);
	assert_says(ran_out, "manifest of one service\n");
	buffer_free(&map);
	buffer_free(&other);
}

static void a_bare_manifest(void **state)
{
	struct buffer bytes = {0};

	(void)state;
	tpm_put_public(&bytes, TPM_KEY_EK_RSA, TPM_EK_ATTRIBUTES, TPM_ALG_NULL);
	explains(&bytes);
	assert_says(ran_out, "manifest of one service\n");
	assert_says(ran_out, "    version 0\n    endorsement key 0:");
	assert_null(strstr(ran_out, "attestation key"));
	assert_null(strstr(ran_out, "issuer"));
}

static void certificates(void **state)
{
	static const struct {
		enum tpm_fixture_key key;
		const char *says;
	} cases[] = {
		{TPM_KEY_EK_P256, "  key            a TPM's endorsement key, by TCG's profile\n"},
		{TPM_KEY_AK_P256, "  key            a TPM's attestation key, by TCG's profile\n"},
		{TPM_KEY_ISSUER, "certificate of " FIXTURE_VTPM_ISSUER "\n"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fixture_certificate facts = fixture_vtpm_facts(cases[i].key);
		X509 *certificate = fixture_vtpm_certificate(&facts);
		struct buffer bytes = {0};
		uint8_t *der = NULL;
		int size = i2d_X509(certificate, &der);

		assert_true(size > 0);
		buffer_append(&bytes, der, (size_t)size);
		explains(&bytes);
		assert_says(ran_out, cases[i].says);
		OPENSSL_free(der);
		X509_free(certificate);
	}
}

static void event_logs(void **state)
{
	static const uint8_t variable[] = {[16] = 2, [32] = 'd', 0, 'b', 0};
	struct buffer log = {0};
	uint8_t value[32] = {0};
	char line[128] = "\n  sha256:4   ";

	(void)state;
	log_put_head(&log);
	log_put_event(&log, 0, TCG_EV_NO_ACTION, "a remark", 8);
	log_put_event(&log, 4, EV_IPL, "grub \x1b[2J", 9);
	log_put_event(&log, 4, EV_IPL, "linux\0", 6);
	log_put_event(&log, 7, EV_EFI_VARIABLE_DRIVER_CONFIG, variable, sizeof(variable));
	log_put_event(&log, 9, EV_STRANGE, "", 0);
	explains(&log);
	assert_says(ran_out, "PCR 0  EV_NO_ACTION (0x3), 8 bytes: a remark; extends nothing\n");
	assert_says(ran_out, "\"a remark\"\n");
	assert_says(ran_out, "PCR 4  EV_IPL (0xd), 6 bytes: boot loader");
	assert_says(ran_out, "\"linux\"\n");
	assert_says(ran_out, "EV_EFI_VARIABLE_DRIVER_CONFIG (0x80000001), 36 bytes");
	assert_says(ran_out, "\"db\"\n");
	assert_says(ran_out, "PCR 9  unknown (0x12345678), 0 bytes: unknown\n");
	assert_null(strchr(ran_out, 27)); /* nothing that plays tricks on a terminal */
	assert_says(ran_out, "\n5 events; what they extended holds then\n");
	log_extend(value, "grub \x1b[2J", 9);
	log_extend(value, "linux\0", 6);
	for (size_t i = 0; i < sizeof(value); i++)
		snprintf(line + strlen(line), 3, "%02x", value[i]);
	assert_says(ran_out, line);
	assert_null(strstr(ran_out, "sha256:0 "));
	assert_null(strstr(ran_out, "sha512"));
}

static void damaged_event_logs(void **state)
{
	struct buffer log = {0};

	(void)state;
	log_put_head(&log);
	log_put_event(&log, 4, EV_IPL, "linux", 5);
	log.size--;
	refuses(&log, "the log is cut off in the event");
	assert_string_equal(ran_out, "");
	log_put_head(&log);
	log_put_event(&log, 24, EV_IPL, "linux", 5);
	refuses(&log, "an event of PCR 24");
	assert_string_equal(ran_out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes),
		cmocka_unit_test(attestations_that_are_no_quotes),
		cmocka_unit_test(keys),
		cmocka_unit_test(manifests),
		cmocka_unit_test(a_bare_manifest),
		cmocka_unit_test(certificates),
		cmocka_unit_test(event_logs),
		cmocka_unit_test(damaged_event_logs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
