/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for certificates as nacre-verify reads and explains them:
 * tables, PEM, DER with AMD's extensions, and revocation lists.
 */
#include "tests/fuzz/fuzz.h"

#include "tools/verify/explain.h"
#include "tools/verify/key_facts.h"

static void use(const struct certificates *certificates)
{
	struct tool_error error;
	struct key_facts facts;

	explain_certificates(certificates, fuzz_null_file());
	for (size_t i = 0; i < certificates->count; i++) {
		if (!key_facts_read(certificates->list[i], &facts, &error))
			continue;
		FUZZ_CHECK(facts.role == SNP_SIGNER_VCEK || facts.role == SNP_SIGNER_VLEK);
		FUZZ_CHECK(!tcb_reserved_bits(key_facts_tcb(&facts), tcb_layout(facts.line)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input input = {data, size};
	const struct blob blob = {fuzz_rest(&input), size};
	struct certificates certificates = {.count = 0};
	struct tool_error error;

	if (certificates_add(&certificates, &blob, &error))
		use(&certificates);
	certificates_free(&certificates);
	(void)!explain_table(&blob, fuzz_null_file(), &error);
	X509_CRL_free(revocations_read(&blob, &error));
	free((void *)blob.bytes);
	return 0;
}
