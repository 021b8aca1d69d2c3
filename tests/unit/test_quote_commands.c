/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's evidence on the command line of nacre-verify: challenge, respond,
 * wrong use, and the keys of policies.
 */
#include "tests/unit/unit_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/folder_fixture.h"
#include "tests/unit/run_command.h"
#include "tests/unit/tpm_fixture.h"
#include "tools/common/files.h"
#include "tools/verify/challenge.h"
#include "tools/verify/commands.h"
#include "tools/verify/policy.h"

const char program_name[] = "nacre-verify";

#define DIGEST "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969"
#define verify(...)                                                                          \
	run(command_verify, "verify", "report", "--certificates", "c", "--measurement", "0", \
		__VA_ARGS__)
#define challenge(...) run(command_challenge, "challenge", __VA_ARGS__)
#define respond(...) run(command_respond, "respond", __VA_ARGS__)

static void write_public(
	const char *name, enum tpm_fixture_key key, uint32_t attributes, uint16_t scheme)
{
	struct buffer bytes = {0}, sized = {0};

	tpm_put_public(&bytes, key, attributes, scheme);
	tpm_put_sized(&sized, bytes.bytes, bytes.size);
	write_file(name, sized.bytes, sized.size);
	buffer_free(&bytes);
	buffer_free(&sized);
}

static int make_files(void **state)
{
	struct buffer map = {0}, content = {0};

	(void)state;
	folder_make();
	write_public("ek", TPM_KEY_EK_P256, TPM_EK_ATTRIBUTES, TPM_ALG_NULL);
	write_public("ak", TPM_KEY_AK_P256, TPM_AK_ATTRIBUTES, TPM_ALG_ECDSA);
	write_public("free", TPM_KEY_AK_P256, TPM_AK_ATTRIBUTES & ~TPMA_OBJECT_RESTRICTED,
		TPM_ALG_ECDSA);
	tpm_put_map(&map, TPM_KEY_AK_P256, TPM_KEY_ISSUER);
	tpm_put_content(&content, &map);
	write_file("manifest", content.bytes, content.size);
	write_file("nonsense", "nonsense", 8);
	buffer_free(&map);
	buffer_free(&content);
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	tpm_fixture_free();
	return folder_remove();
}

/* The secret is taken out of the state: no TPM is here. */
static void write_answer(void)
{
	struct challenge state;
	struct tool_error error;
	struct blob blob;

	assert_true(file_read(in("state"), &blob, &error));
	assert_true(challenge_read(&blob, &state, &error));
	write_file("answer", state.secret, sizeof(state.secret));
	free((void *)blob.bytes);
}

static void challenges(void **state)
{
	struct stat facts;

	(void)state;
	assert_int_equal(challenge("--ak", in("ak"), "--ek", in("ek"), "--credential",
				 in("credential"), "--state", in("state")),
		0);
	assert_int_equal(stat(in("state"), &facts), 0);
	assert_int_equal(facts.st_mode & 0777, 0600);
	write_answer();
	assert_int_equal(respond(in("state"), in("answer")), 0);
	assert_says(ran_out, "accepted");
	assert_int_equal(respond(in("state"), in("nonsense")), 1);
	assert_says(ran_out, "REFUSED");
	assert_int_equal(challenge("--ak", in("ak"), "--ek", in("ek"), "--credential",
				 in("credential"), "--state", in("state")),
		2);
	assert_says(ran_err, "cannot be written anew");
	unlink(in("state"));
	assert_int_equal(challenge("--ak", in("ak"), "--manifest", in("manifest"), "--credential",
				 in("credential"), "--state", in("state")),
		0);
	write_answer();
	assert_int_equal(respond(in("state"), in("answer")), 0);
}

static void challenges_that_are_not_made(void **state)
{
	(void)state;
	unlink(in("state"));
	assert_int_equal(challenge("--ak", in("free"), "--ek", in("ek"), "--credential",
				 in("credential"), "--state", in("state")),
		1);
	assert_says(ran_err, "restricted");
	assert_int_equal(challenge("--ak", in("ak"), "--ek", in("ak"), "--credential",
				 in("credential"), "--state", in("state")),
		1);
	assert_says(ran_err, "endorsement key");
	assert_int_equal(challenge("--ak", in("nonsense"), "--ek", in("ek"), "--credential",
				 in("credential"), "--state", in("state")),
		2);
	assert_int_equal(challenge("--ak", in("ak"), "--manifest", in("nonsense"), "--credential",
				 in("credential"), "--state", in("state")),
		2);
	assert_int_not_equal(access(in("state"), F_OK), 0);
	assert_int_equal(challenge("--ak", in("ak"), "--ek", in("ek"), "--manifest", in("manifest"),
				 "--credential", "c", "--state", "s"),
		2);
	assert_says(ran_err, "either --ek or --manifest");
	assert_int_equal(challenge("--ak", in("ak"), "--ek", in("ek"), "--ak", in("ak"),
				 "--credential", "c", "--state", "s"),
		2);
	assert_says(ran_err, "nacre-verify challenge: --ak was given twice");
	assert_int_equal(respond("--ak", in("ak"), "s", "r"), 2);
	assert_int_equal(respond(in("ak")), 2);
	assert_int_equal(respond(in("nonsense"), in("ak")), 2);
}

static void wrong_use(void **state)
{
	(void)state;
	assert_int_equal(verify("--quote", "q"), 2);
	assert_says(ran_err, "--quote and --quote-signature");
	assert_int_equal(verify("--event-log", "l"), 2);
	assert_says(ran_err, "only with --quote");
	assert_int_equal(verify("--quote", "q", "--quote-signature", "s", "--event-log", "l",
				 "--pcr-values", "v"),
		2);
	assert_says(ran_err, "--event-log and --pcr-values");
	assert_int_equal(verify("--quote", "q", "--quote-signature", "s", "--quote-nonce", "00",
				 "--quote-nonce-file", "n"),
		2);
	assert_says(ran_err, "--quote-nonce and --quote-nonce-file");
	assert_int_equal(
		verify("--quote", "q", "--quote-signature", "s", "--challenge", "c", "--ak", "a"),
		2);
	assert_says(ran_err, "--challenge and --response");
	assert_int_equal(verify("--quote", "q", "--quote-signature", "s", "--challenge", "c",
				 "--response", "r"),
		2);
	assert_says(ran_err, "--challenge needs --ak");
}

static bool policy_reads(const char *text, struct policy *policy, struct tool_error *error)
{
	return policy_read(&(struct blob){(const uint8_t *)text, strlen(text)}, policy, error);
}

static void pcrs_of_policies(void **state)
{
	struct tool_error error;
	struct policy policy;

	(void)state;
	assert_true(policy_reads("{\"version\": 1, \"pcrs\": {\"sha256\": {\"7\": [\"" DIGEST
				 "\", \"" DIGEST "\"], \"23\": [\"" DIGEST "\"]}},"
				 "\"require\": [\"quote\", \"quote-nonce\", \"event-log\"]}",
		&policy, &error));
	assert_int_equal(policy.pcr_count, 2);
	assert_int_equal(policy.pcrs[0].pcr, 7);
	assert_int_equal(policy.pcrs[0].count, 2);
	assert_int_equal(policy.pcrs[1].pcr, 23);
	assert_int_equal(policy.pcrs[1].values[0][0], 0x3d);
	assert_true(policy.require_quote && policy.require_quote_nonce);
	assert_true(policy.require_event_log && !policy.require_nonce);
}

static void pcrs_that_policies_cannot_want(void **state)
{
	static const struct {
		const char *pcrs, *says;
	} cases[] = {{"{}", "a key for each bank"}, {"[]", "a key for each bank"},
		{"{\"sha1\": {\"0\": [\"00\"]}}", "no bank \"sha1\""},
		{"{\"sha256\": {}}", "a key for each PCR"},
		{"{\"sha256\": 7}", "a key for each PCR"},
		{"{\"sha256\": {\"24\": [\"" DIGEST "\"]}}", "no PCR \"24\""},
		{"{\"sha256\": {\"07\": [\"" DIGEST "\"]}}", "no PCR \"07\""},
		{"{\"sha256\": {\"-1\": [\"" DIGEST "\"]}}", "no PCR \"-1\""},
		{"{\"sha256\": {\"7\": []}}", "at least one value"},
		{"{\"sha256\": {\"7\": \"" DIGEST "\"}}", "at least one value"},
		{"{\"sha256\": {\"7\": [\"" DIGEST "00\"]}}", "64 hexadecimal digits"},
		{"{\"sha384\": {\"7\": [\"" DIGEST "\"]}}", "96 hexadecimal digits"},
		{"{\"sha256\": {\"7\": [7]}}", "64 hexadecimal digits"}};
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tool_error error;
		struct policy policy;

		snprintf(text, sizeof(text), "{\"version\": 1, \"pcrs\": %s}", cases[i].pcrs);
		assert_false(policy_reads(text, &policy, &error));
		assert_says(error.text, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(challenges),
		cmocka_unit_test(challenges_that_are_not_made),
		cmocka_unit_test(wrong_use),
		cmocka_unit_test(pcrs_of_policies),
		cmocka_unit_test(pcrs_that_policies_cannot_want),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
