/* SPDX-License-Identifier: MIT */
/*
 * The verdict over the vTPM's evidence: from a service report and the manifest
 * bound to it to the values of PCRs; and each way to forge a piece of that.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>

#include "tests/unit/evidence_fixture.h"
#include "tests/unit/tpm_fixture.h"
#include "tests/unit/verify_fixture.h"
#include "tests/unit/vtpm_certificate_fixture.h"

#define EV_SEPARATOR 4
#define EV_ACTION 5

static const uint8_t nonce_bytes[] = {0xca, 0xfe, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06};

/* Evidence with a quote of SHA-256's PCRs 0 and 7, in which there are two events each. */
struct scene {
	struct evidence *evidence;
	struct tpm_fixture_quote facts;
	uint8_t pcr_0[32], pcr_7[32], digest[32];
	struct buffer map, content, quote, signature, log, ak;
	struct blob nonce, log_blob, ak_blob, response;
	struct challenge challenge;
	struct quote_evidence given;
};

static void refresh(struct buffer *buffer)
{
	buffer_free(buffer);
	*buffer = (struct buffer){0};
}

/* Puts @content into the manifest and binds that to the report. */
static void set_content(struct scene *scene, const struct buffer *content)
{
	struct evidence *evidence = scene->evidence;

	refresh(&evidence->manifest);
	tpm_put_manifest(&evidence->manifest, content);
	evidence->manifest_blob = (struct blob){evidence->manifest.bytes, evidence->manifest.size};
	fixture_bind(&evidence->report, &evidence->nonce, &evidence->manifest);
	evidence_sign(evidence);
}

static void set_keys(struct scene *scene, enum tpm_fixture_key ak, enum tpm_fixture_key issuer)
{
	refresh(&scene->map);
	refresh(&scene->content);
	tpm_put_map(&scene->map, ak, issuer);
	tpm_put_content(&scene->content, &scene->map);
	set_content(scene, &scene->content);
}

static void set_quote(struct scene *scene, enum tpm_fixture_key key, uint16_t scheme)
{
	refresh(&scene->quote);
	refresh(&scene->signature);
	tpm_put_quote(&scene->quote, &scene->facts);
	tpm_put_signature(&scene->signature, key, scheme, &scene->quote);
	scene->given.quote = (struct blob){scene->quote.bytes, scene->quote.size};
	scene->given.signature = (struct blob){scene->signature.bytes, scene->signature.size};
}

static void set_log(struct scene *scene)
{
	uint8_t both[64];

	log_put_head(&scene->log);
	log_put_event(&scene->log, 0, EV_ACTION, "firmware", 8);
	log_put_event(&scene->log, 7, EV_ACTION, "policy", 6);
	log_put_event(&scene->log, 0, EV_SEPARATOR, "\0\0\0\0", 4);
	log_put_event(&scene->log, 7, EV_SEPARATOR, "\0\0\0\0", 4);
	log_extend(scene->pcr_0, "firmware", 8);
	log_extend(scene->pcr_0, "\0\0\0\0", 4);
	log_extend(scene->pcr_7, "policy", 6);
	log_extend(scene->pcr_7, "\0\0\0\0", 4);
	memcpy(both, scene->pcr_0, 32);
	memcpy(both + 32, scene->pcr_7, 32);
	assert_int_equal(EVP_Digest(both, 64, scene->digest, NULL, EVP_sha256(), NULL), 1);
	scene->log_blob = (struct blob){scene->log.bytes, scene->log.size};
}

static struct scene *scene_make(void)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	scene->evidence = evidence_service();
	scene->nonce = (struct blob){nonce_bytes, sizeof(nonce_bytes)};
	set_log(scene);
	scene->facts = (struct tpm_fixture_quote){.magic = TPM_GENERATED_VALUE,
		.type = TPM_ST_ATTEST_QUOTE,
		.nonce = scene->nonce,
		.bank = TPM_ALG_SHA256,
		.selected = {0x81, 0, 0},
		.digest = {scene->digest, sizeof(scene->digest)}};
	set_keys(scene, TPM_KEY_AK_P256, TPM_KEY_ISSUER);
	set_quote(scene, TPM_KEY_AK_P256, TPM_ALG_ECDSA);
	scene->given.nonce = &scene->nonce;
	scene->given.event_log = &scene->log_blob;
	scene->evidence->request.quote = &scene->given;
	return scene;
}

static void scene_free(struct scene *scene)
{
	struct buffer *const buffers[] = {&scene->map, &scene->content, &scene->quote,
		&scene->signature, &scene->log, &scene->ak};

	for (size_t i = 0; i < ARRAY_SIZE(buffers); i++)
		buffer_free(buffers[i]);
	evidence_free(scene->evidence);
	free(scene);
}

static void the_whole_chain_is_accepted(void **state)
{
	struct scene *scene = scene_make();

	(void)state;
	evidence_accepted(scene->evidence);
	for (enum check_id id = CHECK_QUOTE; id <= CHECK_PCR_DIGEST; id++) {
		if (id != CHECK_TPM_CERTIFICATES)
			assert_int_equal(evidence_row(scene->evidence, id)->result, CHECK_HOLDS);
	}
	scene_free(scene);
}

/* No byte of quote, signature, event log's digests or nonce may be another. */
static void every_byte_of_quote_and_signature_counts(void **state)
{
	struct scene *scene = scene_make();
	struct buffer *const buffers[] = {&scene->quote, &scene->signature};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(buffers); k++) {
		for (size_t i = 0; i < buffers[k]->size; i++) {
			buffers[k]->bytes[i] ^= (uint8_t)(1U << i % 8);
			evidence_judge(scene->evidence);
			if (checks_accepted(&scene->evidence->checks))
				fail_msg("byte %zu of %s may change", i, k ? "signature" : "quote");
			buffers[k]->bytes[i] ^= (uint8_t)(1U << i % 8);
		}
	}
	scene->given.quote.size--;
	evidence_refused(scene->evidence, CHECK_QUOTE);
	scene->given.quote.size++;
	scene->given.signature.size--;
	evidence_refused(scene->evidence, CHECK_QUOTE);
	scene_free(scene);
}

static void what_no_tpm_made(void **state)
{
	struct scene *scene = scene_make();

	(void)state;
	scene->facts.magic = 0x12345678;
	set_quote(scene, TPM_KEY_AK_P256, TPM_ALG_ECDSA);
	evidence_refused(scene->evidence, CHECK_QUOTE);
	assert_non_null(strstr(evidence_row(scene->evidence, CHECK_QUOTE)->found, "TPM_GENERATED"));
	scene->facts.magic = TPM_GENERATED_VALUE;
	scene->facts.type = 0x8017; /* certify */
	set_quote(scene, TPM_KEY_AK_P256, TPM_ALG_ECDSA);
	evidence_refused(scene->evidence, CHECK_QUOTE);
	scene_free(scene);
}

static void quotes_by_other_keys(void **state)
{
	struct scene *scene = scene_make();

	(void)state;
	set_quote(scene, TPM_KEY_FOREIGN, TPM_ALG_ECDSA);
	evidence_refused_only(scene->evidence, CHECK_QUOTE_SIGNATURE, "NOT made");
	tpm_put_public(&scene->ak, TPM_KEY_FOREIGN, TPM_AK_ATTRIBUTES, TPM_ALG_ECDSA);
	scene->ak_blob = (struct blob){scene->ak.bytes, scene->ak.size};
	scene->given.ak = &scene->ak_blob;
	evidence_refused_only(scene->evidence, CHECK_KEY_ORIGIN, "no --challenge");
	set_keys(scene, TPM_KEY_FOREIGN, TPM_KEY_ISSUER);
	evidence_accepted(scene->evidence);
	scene_free(scene);
}

static void stale_quotes(void **state)
{
	struct scene *scene = scene_make();

	(void)state;
	scene->nonce.size--;
	evidence_refused_only(scene->evidence, CHECK_QUOTE_NONCE, "cafe");
	scene->given.nonce = NULL;
	evidence_accepted(scene->evidence);
	assert_int_equal(evidence_row(scene->evidence, CHECK_QUOTE_NONCE)->result, CHECK_NOT_DONE);
	scene->evidence->policy.require_quote_nonce = true;
	evidence_refused_only(scene->evidence, CHECK_REQUIRED, "--quote-nonce");
	scene_free(scene);
}

/* The manifest was made for another launch, or says nothing of a vTPM. */
static void manifests_without_the_key(void **state)
{
	struct scene *scene = scene_make();

	(void)state;
	set_keys(scene, TPM_KEY_FOREIGN, TPM_KEY_ISSUER);
	evidence_refused_only(scene->evidence, CHECK_QUOTE_SIGNATURE, "NOT made");
	scene->evidence->request.manifest = NULL;
	evidence_refused(scene->evidence, CHECK_KEY_ORIGIN);
	assert_int_equal(
		evidence_row(scene->evidence, CHECK_QUOTE_SIGNATURE)->result, CHECK_REFUSED);
	scene_free(scene);
}

static void give_ak(
	struct scene *scene, enum tpm_fixture_key key, uint32_t attributes, uint16_t scheme)
{
	refresh(&scene->ak);
	tpm_put_public(&scene->ak, key, attributes, scheme);
	scene->ak_blob = (struct blob){scene->ak.bytes, scene->ak.size};
	scene->given.ak = &scene->ak_blob;
}

/* As if the TPM with the endorsement key @ek had answered for the key given. */
static void answer(struct scene *scene, enum tpm_fixture_key ek)
{
	struct buffer ek_bytes = {0}, credential = {0};
	struct tpm_public ek_public, ak_public;
	struct tool_error error;

	tpm_put_public(&ek_bytes, ek, TPM_EK_ATTRIBUTES, TPM_ALG_NULL);
	assert_true(
		tpm_public_read(&(struct blob){ek_bytes.bytes, ek_bytes.size}, &ek_public, &error));
	assert_true(tpm_public_read(&scene->ak_blob, &ak_public, &error));
	assert_true(challenge_make(&ek_public, &ak_public, &scene->challenge, &credential, &error));
	scene->response = (struct blob){scene->challenge.secret, sizeof(scene->challenge.secret)};
	scene->given.challenge = &scene->challenge;
	scene->given.response = &scene->response;
	buffer_free(&ek_bytes);
	buffer_free(&credential);
}

static void keys_of_the_guest(void **state)
{
	static const struct {
		enum tpm_fixture_key ak, ek;
		uint16_t scheme;
	} cases[] = {{TPM_KEY_AK_P384, TPM_KEY_EK_P384, TPM_ALG_ECDSA},
		{TPM_KEY_AK_RSA, TPM_KEY_EK_RSA, TPM_ALG_RSASSA},
		{TPM_KEY_AK_RSA, TPM_KEY_EK_P256, TPM_ALG_RSAPSS}};
	struct scene *scene = scene_make();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		give_ak(scene, cases[i].ak, TPM_AK_ATTRIBUTES, cases[i].scheme);
		set_quote(scene, cases[i].ak, cases[i].scheme);
		answer(scene, cases[i].ek);
		evidence_accepted(scene->evidence);
	}
	scene->response.size--;
	evidence_refused_only(scene->evidence, CHECK_KEY_ORIGIN, "answer is wrong");
	scene->response.size++;
	scene->challenge.ak.bytes[5] ^= 1;
	evidence_refused_only(scene->evidence, CHECK_KEY_ORIGIN, "another attestation key");
	scene->challenge.ek[60] ^= 1;
	evidence_refused_only(scene->evidence, CHECK_KEY_ORIGIN, "another endorsement key");
	scene_free(scene);
}

/* Keys that sign anything, or that may have left the TPM, or came into it. */
static void keys_that_prove_nothing(void **state)
{
	static const uint32_t missing[] = {TPMA_OBJECT_FIXED_TPM, TPMA_OBJECT_FIXED_PARENT,
		TPMA_OBJECT_SENSITIVE_DATA_ORIGIN, TPMA_OBJECT_RESTRICTED, TPMA_OBJECT_SIGN};
	struct scene *scene = scene_make();

	(void)state;
	set_quote(scene, TPM_KEY_AK_P384, TPM_ALG_ECDSA);
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		give_ak(scene, TPM_KEY_AK_P384, TPM_AK_ATTRIBUTES, TPM_ALG_ECDSA);
		answer(scene, TPM_KEY_EK_P256);
		give_ak(scene, TPM_KEY_AK_P384, TPM_AK_ATTRIBUTES & ~missing[i], TPM_ALG_ECDSA);
		evidence_refused(scene->evidence, CHECK_QUOTE_KEY);
	}
	give_ak(scene, TPM_KEY_AK_P384, TPM_AK_ATTRIBUTES | TPMA_OBJECT_DECRYPT, TPM_ALG_ECDSA);
	evidence_refused(scene->evidence, CHECK_QUOTE_KEY);
	scene_free(scene);
}

/* Version 0 names only the RSA endorsement key; the key must be shown to be in its TPM. */
static void the_bare_manifest(void **state)
{
	struct scene *scene = scene_make();

	(void)state;
	refresh(&scene->content);
	tpm_put_public(&scene->content, TPM_KEY_EK_RSA, TPM_EK_ATTRIBUTES, TPM_ALG_NULL);
	set_content(scene, &scene->content);
	evidence_refused(scene->evidence, CHECK_QUOTE_KEY);
	give_ak(scene, TPM_KEY_AK_P256, TPM_AK_ATTRIBUTES, TPM_ALG_ECDSA);
	evidence_refused_only(scene->evidence, CHECK_KEY_ORIGIN, "no --challenge");
	answer(scene, TPM_KEY_EK_P256);
	evidence_refused_only(scene->evidence, CHECK_KEY_ORIGIN, "another endorsement key");
	answer(scene, TPM_KEY_EK_RSA);
	evidence_accepted(scene->evidence);
	/* alone, as the manifest of one service */
	refresh(&scene->evidence->manifest);
	tpm_put_public(&scene->evidence->manifest, TPM_KEY_EK_RSA, TPM_EK_ATTRIBUTES, TPM_ALG_NULL);
	scene->evidence->manifest_blob = (struct blob){
		scene->evidence->manifest.bytes, scene->evidence->manifest.size};
	fixture_bind(&scene->evidence->report, &scene->evidence->nonce, &scene->evidence->manifest);
	evidence_sign(scene->evidence);
	evidence_accepted(scene->evidence);
	scene_free(scene);
}

static void logs_that_replay_to_other_pcrs(void **state)
{
	struct scene *scene = scene_make();
	const size_t one = scene->log.size;

	(void)state;
	log_put_event(&scene->log, 8, EV_ACTION, "grub", 4); /* not quoted */
	scene->log_blob = (struct blob){scene->log.bytes, scene->log.size};
	evidence_accepted(scene->evidence);
	log_put_event(&scene->log, 7, EV_ACTION, "more", 4);
	scene->log_blob = (struct blob){scene->log.bytes, scene->log.size};
	evidence_refused_only(scene->evidence, CHECK_PCR_DIGEST, "");
	scene->log_blob.size = one - 5;
	evidence_refused_only(scene->evidence, CHECK_EVENT_LOG, "cut off");
	scene->given.event_log = NULL;
	evidence_accepted(scene->evidence);
	assert_int_equal(evidence_row(scene->evidence, CHECK_EVENT_LOG)->result, CHECK_NOT_DONE);
	scene->evidence->policy.require_event_log = true;
	evidence_refused_only(scene->evidence, CHECK_REQUIRED, "--event-log");
	scene_free(scene);
}

/* A bank without digests in the log, one that nobody can trust, no PCR at all. */
static void other_banks(void **state)
{
	struct scene *scene = scene_make();

	(void)state;
	scene->facts.bank = TPM_ALG_SHA512;
	set_quote(scene, TPM_KEY_AK_P256, TPM_ALG_ECDSA);
	evidence_refused_only(scene->evidence, CHECK_PCR_DIGEST, "no digests of sha512");
	scene->facts.bank = TPM_ALG_SHA1;
	set_quote(scene, TPM_KEY_AK_P256, TPM_ALG_ECDSA);
	evidence_refused(scene->evidence, CHECK_QUOTE);
	scene->facts.bank = TPM_ALG_SHA256;
	memset(scene->facts.selected, 0, sizeof(scene->facts.selected));
	set_quote(scene, TPM_KEY_AK_P256, TPM_ALG_ECDSA);
	evidence_refused(scene->evidence, CHECK_QUOTE);
	scene_free(scene);
}

static void values_without_a_log(void **state)
{
	struct scene *scene = scene_make();
	uint8_t values[65];
	struct blob blob = {values, 64};

	(void)state;
	memcpy(values, scene->pcr_0, 32);
	memcpy(values + 32, scene->pcr_7, 32);
	scene->given.event_log = NULL;
	scene->given.pcr_values = &blob;
	evidence_accepted(scene->evidence);
	values[40] ^= 1;
	evidence_refused_only(scene->evidence, CHECK_PCR_DIGEST, "");
	blob.size = 63;
	evidence_refused_only(scene->evidence, CHECK_EVENT_LOG, "sha256:7");
	blob.size = 65;
	evidence_refused_only(scene->evidence, CHECK_EVENT_LOG, "1 bytes behind");
	scene_free(scene);
}

static void pcrs_of_the_policy(void **state)
{
	struct scene *scene = scene_make();
	struct policy *policy = &scene->evidence->policy;
	struct policy_pcr *wanted = &policy->pcrs[0];

	(void)state;
	*wanted = (struct policy_pcr){.hash = tpm_hash_of_name("sha256"), .pcr = 7, .count = 2};
	memcpy(wanted->values[1], scene->pcr_7, 32);
	policy->pcr_count = 1;
	evidence_accepted(scene->evidence);
	assert_int_equal(evidence_row(scene->evidence, CHECK_PCRS)->result, CHECK_HOLDS);
	wanted->count = 1;
	evidence_refused_only(scene->evidence, CHECK_PCRS, "sha256:7 is");
	wanted->pcr = 8; /* zeros, as the policy wants it, and not in the quote */
	evidence_refused_only(scene->evidence, CHECK_PCRS, "sha256:8 is not quoted");
	scene->given.event_log = NULL;
	evidence_refused_only(scene->evidence, CHECK_PCRS, "nothing says");
	scene->evidence->request.quote = NULL;
	evidence_refused_only(scene->evidence, CHECK_PCRS, "no quote");
	scene_free(scene);
}

/* Certificates of these, in that order; @count of @facts. */
static void give_certificates(
	struct certificates *certificates, const struct fixture_certificate *facts, size_t count)
{
	certificates->count = count;
	for (size_t i = 0; i < count; i++)
		certificates->list[i] = fixture_vtpm_certificate(&facts[i]);
}

static void certificates_of_this_launch_and_others(void **state)
{
	struct fixture_certificate facts[] = {fixture_vtpm_facts(TPM_KEY_AK_P256),
		fixture_vtpm_facts(TPM_KEY_EK_RSA), fixture_vtpm_facts(TPM_KEY_ISSUER)};
	struct certificates certificates = {.count = 0};
	struct scene *scene = scene_make();

	(void)state;
	scene->given.certificates = &certificates;
	scene->evidence->request.time = FIXTURE_VTPM_TIME;
	give_certificates(&certificates, facts, 3);
	evidence_accepted(scene->evidence);
	certificates_free(&certificates);
	facts[1].issuer = TPM_KEY_FOREIGN;
	give_certificates(&certificates, facts, 3);
	evidence_refused_only(scene->evidence, CHECK_TPM_CERTIFICATES, "number 1 is not signed");
	certificates_free(&certificates);
	facts[1] = fixture_vtpm_facts(TPM_KEY_EK_RSA);
	facts[1].issuer_name = "Nacre vTPM of launch fedcba9876543210";
	give_certificates(&certificates, facts, 2);
	evidence_accepted(scene->evidence);
	certificates_free(&certificates);
	give_certificates(&certificates, facts, 3);
	evidence_refused_only(
		scene->evidence, CHECK_TPM_CERTIFICATES, "number 1 is naming another issuer");
	certificates_free(&certificates);
	scene->given.fault = "damaged";
	evidence_refused_only(scene->evidence, CHECK_TPM_CERTIFICATES, "damaged");
	scene_free(scene);
}

static int make_chain(void **state)
{
	(void)state;
	fixture_chain("Milan");
	return 0;
}

static int free_chain(void **state)
{
	(void)state;
	fixture_chain_free();
	tpm_fixture_free();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_chain_is_accepted),
		cmocka_unit_test(every_byte_of_quote_and_signature_counts),
		cmocka_unit_test(what_no_tpm_made),
		cmocka_unit_test(quotes_by_other_keys),
		cmocka_unit_test(stale_quotes),
		cmocka_unit_test(manifests_without_the_key),
		cmocka_unit_test(keys_of_the_guest),
		cmocka_unit_test(keys_that_prove_nothing),
		cmocka_unit_test(the_bare_manifest),
		cmocka_unit_test(logs_that_replay_to_other_pcrs),
		cmocka_unit_test(other_banks),
		cmocka_unit_test(values_without_a_log),
		cmocka_unit_test(pcrs_of_the_policy),
		cmocka_unit_test(certificates_of_this_launch_and_others),
	};

	return cmocka_run_group_tests(tests, make_chain, free_chain);
}
