/* SPDX-License-Identifier: MIT */
/*
 * The list of rows, and what each kind of row is called and speaks for.
 */
#include "checks.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Values of AR4SI's claims that a refused check stands for. */
#define AR4SI_UNSAFE 32
#define AR4SI_UNRECOGNIZED_CODE 33
#define AR4SI_CONTRAINDICATED 96
#define AR4SI_UNRECOGNIZED 97
#define AR4SI_CRYPTO_FAILED 99

static const struct check_info infos[CHECK_IDS] = {
	[CHECK_REPORT_FORM] = {"report-form", "report", CLAIM_HARDWARE, AR4SI_CRYPTO_FAILED},
	[CHECK_REPORT_VERSION] = {"report-version", "report version", CLAIM_HARDWARE,
		AR4SI_CRYPTO_FAILED},
	[CHECK_RESERVED] = {"reserved", "reserved bytes", CLAIM_HARDWARE, AR4SI_CONTRAINDICATED},
	[CHECK_ALGORITHM] = {"signature-algorithm", "signature algorithm", CLAIM_HARDWARE,
		AR4SI_CRYPTO_FAILED},
	[CHECK_SIGNER] = {"signing-key", "signing key", CLAIM_HARDWARE, AR4SI_CRYPTO_FAILED},
	[CHECK_CERTIFICATE] = {"certificate", "its certificate", CLAIM_HARDWARE,
		AR4SI_CRYPTO_FAILED},
	[CHECK_ANCHOR] = {"trust-anchor", "trust anchor", CLAIM_HARDWARE, AR4SI_UNRECOGNIZED},
	[CHECK_CHAIN] = {"chain", "certificate chain", CLAIM_HARDWARE, AR4SI_CRYPTO_FAILED},
	[CHECK_VALIDITY] = {"validity", "validity dates", CLAIM_HARDWARE, AR4SI_CRYPTO_FAILED},
	[CHECK_REVOCATION] = {"revocation", "revocation", CLAIM_HARDWARE, AR4SI_CONTRAINDICATED},
	[CHECK_SIGNATURE] = {"signature", "report's signature", CLAIM_HARDWARE,
		AR4SI_CRYPTO_FAILED},
	[CHECK_PRODUCT] = {"product", "product", CLAIM_HARDWARE, AR4SI_UNRECOGNIZED},
	[CHECK_TCB] = {"reported-tcb", "reported TCB", CLAIM_HARDWARE, AR4SI_CRYPTO_FAILED},
	[CHECK_CHIP_ID] = {"chip-id", "chip id", CLAIM_INSTANCE_IDENTITY, AR4SI_UNRECOGNIZED},
	[CHECK_MINIMUM_TCB] = {"minimum-tcb", "minimum TCB", CLAIM_HARDWARE, AR4SI_UNSAFE},
	[CHECK_LAUNCH_TCB] = {"minimum-launch-tcb", "minimum launch TCB", CLAIM_HARDWARE,
		AR4SI_UNSAFE},
	[CHECK_DEBUG] = {"debug", "debugging", CLAIM_RUNTIME_OPAQUE, AR4SI_CONTRAINDICATED},
	[CHECK_MIGRATION] = {"migration-agent", "migration agent", CLAIM_CONFIGURATION,
		AR4SI_CONTRAINDICATED},
	[CHECK_VMPL] = {"vmpl", "VMPL", CLAIM_CONFIGURATION, AR4SI_CONTRAINDICATED},
	[CHECK_MEASUREMENT] = {"measurement", "measurement", CLAIM_EXECUTABLES,
		AR4SI_UNRECOGNIZED_CODE},
	[CHECK_IMAGE_POLICY] = {"image-policy", "guest policy", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_POLICY_BITS] = {"policy-bits", "guest policy bits", CLAIM_CONFIGURATION,
		AR4SI_UNSAFE},
	[CHECK_ID_BLOCK] = {"id-block", "ID block", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_ID_KEY] = {"id-key", "ID key", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_AUTHOR_KEY] = {"author-key", "author key", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_FAMILY_ID] = {"family-id", "family id", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_IMAGE_ID] = {"image-id", "image id", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_GUEST_SVN] = {"guest-svn", "guest SVN", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_HOST_DATA] = {"host-data", "host data", CLAIM_CONFIGURATION, AR4SI_UNSAFE},
	[CHECK_REPORT_DATA] = {"report-data", "report data", CLAIM_NONE, AR4SI_CRYPTO_FAILED},
	[CHECK_MANIFEST] = {"manifest", "manifest", CLAIM_EXECUTABLES, AR4SI_CONTRAINDICATED},
	[CHECK_QUOTE] = {"quote", "quote", CLAIM_EXECUTABLES, AR4SI_CRYPTO_FAILED},
	[CHECK_QUOTE_KEY] = {"quote-key", "quote's key", CLAIM_EXECUTABLES, AR4SI_CRYPTO_FAILED},
	[CHECK_KEY_ORIGIN] = {"key-origin", "key's origin", CLAIM_EXECUTABLES, AR4SI_CRYPTO_FAILED},
	[CHECK_TPM_CERTIFICATES] = {"tpm-certificates", "TPM certificates", CLAIM_NONE,
		AR4SI_CRYPTO_FAILED},
	[CHECK_QUOTE_SIGNATURE] = {"quote-signature", "quote's signature", CLAIM_EXECUTABLES,
		AR4SI_CRYPTO_FAILED},
	[CHECK_QUOTE_NONCE] = {"quote-nonce", "quote's nonce", CLAIM_NONE, AR4SI_CRYPTO_FAILED},
	[CHECK_EVENT_LOG] = {"event-log", "event log", CLAIM_EXECUTABLES, AR4SI_CONTRAINDICATED},
	[CHECK_PCR_DIGEST] = {"pcr-digest", "PCR digest", CLAIM_EXECUTABLES, AR4SI_CONTRAINDICATED},
	[CHECK_PCRS] = {"pcrs", "PCRs", CLAIM_EXECUTABLES, AR4SI_UNRECOGNIZED_CODE},
	[CHECK_REQUIRED] = {"required", "required by policy", CLAIM_NONE, AR4SI_CONTRAINDICATED},
};

const struct check_info *check_info(enum check_id id)
{
	return &infos[id];
}

struct check *check_add(struct checks *checks, enum check_id id, enum check_result result)
{
	struct check *check;

	if (checks->count == CHECKS_MAX)
		abort(); /* each check adds a bounded number of rows */
	check = &checks->rows[checks->count++];
	*check = (struct check){.id = id, .result = result};
	return check;
}

static void PRINTF_LIKE(2, 0) set_text(char **text, const char *format, va_list args)
{
	free(*text);
	if (vasprintf(text, format, args) >= 0)
		return;
	fputs("nacre-verify: out of memory\n", stderr);
	abort();
}

struct check *row_found(struct check *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_text(&check->found, format, args);
	va_end(args);
	return check;
}

struct check *row_expected(struct check *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_text(&check->expected, format, args);
	va_end(args);
	return check;
}

struct check *row_remark(struct check *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_text(&check->remark, format, args);
	va_end(args);
	return check;
}

enum check_result check_if(bool holds)
{
	return holds ? CHECK_HOLDS : CHECK_REFUSED;
}

size_t checks_count(const struct checks *checks, enum check_result result)
{
	size_t count = 0;

	for (size_t i = 0; i < checks->count; i++)
		count += checks->rows[i].result == result;
	return count;
}

static bool is_held(const struct checks *checks, enum check_id id)
{
	for (size_t i = 0; i < checks->count; i++) {
		if (checks->rows[i].id == id)
			return checks->rows[i].result == CHECK_HOLDS;
	}
	return false;
}

/*
 * That nothing was refused would be true of an empty list, too: what a verdict
 * rests on must be there.
 */
bool checks_accepted(const struct checks *checks)
{
	static const enum check_id needed[] = {CHECK_REPORT_FORM, CHECK_REPORT_VERSION,
		CHECK_RESERVED, CHECK_ALGORITHM, CHECK_SIGNER, CHECK_CERTIFICATE, CHECK_ANCHOR,
		CHECK_CHAIN, CHECK_VALIDITY, CHECK_SIGNATURE, CHECK_PRODUCT, CHECK_TCB, CHECK_VMPL,
		CHECK_MEASUREMENT};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!is_held(checks, needed[i]))
			return false;
	}
	return checks_count(checks, CHECK_REFUSED) == 0;
}

const char *check_result_name(enum check_result result)
{
	static const char *const names[] = {[CHECK_HOLDS] = "ok",
		[CHECK_REFUSED] = "REFUSED",
		[CHECK_NOT_DONE] = "not checked"};

	return names[result];
}

void checks_free(struct checks *checks)
{
	for (size_t i = 0; i < checks->count; i++) {
		free(checks->rows[i].found);
		free(checks->rows[i].expected);
		free(checks->rows[i].remark);
	}
	checks->count = 0;
}
