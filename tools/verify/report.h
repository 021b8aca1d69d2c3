/* SPDX-License-Identifier: MIT */
/*
 * Attestation reports as bytes from outside: the forms that they come in, and
 * the rules that need no key. check_report.c, the explainer and the fuzz target
 * use it.
 */
#ifndef NACRE_VERIFY_REPORT_H
#define NACRE_VERIFY_REPORT_H

#include "snp_guest.h"
#include "tcb.h"
#include "tools/common/buffer.h"
#include "tools/common/error.h"

#define REPORT_VERSION_MIN 2U
#define REPORT_VERSION_MAX 5U
#define REPORT_VERSION_CPUID 3U /* the first that names family and model */
#define REPORT_VERSION_MIT 5U   /* the first with mitigation vectors */

/* Guest policy and platform information (firmware ABI, tables 9 and 23). */
#define REPORT_POLICY_RESERVED_1 BIT(17) /* must be set */
#define REPORT_POLICY_MIGRATION BIT(18)
#define REPORT_POLICY_DEBUG BIT(19)

struct report_bit {
	uint8_t bit;
	const char *name; /* as policies have it */
	const char *words;
};

/* The guest policy's bits above the ABI version, without the one that is always set. */
extern const struct report_bit report_policy_bits[];
extern const size_t report_policy_bit_count;
extern const struct report_bit report_platform_bits[];
extern const size_t report_platform_bit_count;

enum report_form {
	REPORT_RAW,      /* 0x4a0 bytes: also configfs-tsm's outblob */
	REPORT_RESPONSE, /* MSG_REPORT_RSP, alone or in its buffer of 4000 bytes */
};

/*
 * Takes the report out of @blob. @error names the offset at which the form is
 * broken; nothing of the report itself is judged.
 */
MUST_CHECK bool report_read(const struct blob *blob, struct snp_report *report,
	enum report_form *form, struct tool_error *error);

/*
 * Whether all that is reserved in a report of that version is as it must be:
 * zero, or one for policy bit 17. @layout may be NULL: then the TCB versions are
 * left out. @error has the offset in the report.
 */
MUST_CHECK bool report_reserved(
	const struct snp_report *report, const struct tcb_layout *layout, struct tool_error *error);

enum snp_report_signer report_signer(const struct snp_report *report);
const char *report_signer_name(enum snp_report_signer signer);

/* By family and model; PRODUCT_UNKNOWN in versions that have none. */
enum product_line report_product(const struct snp_report *report);

bool all_bytes(const void *bytes, size_t size, uint8_t value);

#endif
