/* SPDX-License-Identifier: MIT */
/*
 * Calls of the attestation protocol by a test guest: an operation structure and
 * buffers as Linux has them, and whether what comes back belongs together.
 */
#ifndef GUEST_EVIDENCE_H
#define GUEST_EVIDENCE_H

#include "snp_guest.h"
#include "svsm.h"
#include "svsm_call.h"

#define EVIDENCE_ROOM PAGE_SIZE /* for the report, and for the manifest */
#define EVIDENCE_CERTIFICATES_ROOM (4 * PAGE_SIZE)
#define EVIDENCE_FILL 0x5a                    /* of buffers that nobody has written */
#define EVIDENCE_PRESET 0xffffffffffffffffULL /* RDX and R8, as Linux sets them */

/* Memory of one caller; all of it private pages. */
struct evidence {
	struct svsm_attest_single *operation;
	uint8_t *nonce, *report, *manifest, *certificates;
};

void evidence_create(struct evidence *e);

/* Everything as at the beginning: a nonce of its own, empty buffers, all room. */
void evidence_prepare(struct evidence *e);

/* The registers of a call with e->operation. */
struct svsm_regs evidence_registers(const struct evidence *e, uint32_t call);

/* One call, repeated while the answer is BUSY or INCOMPLETE; its registers afterwards. */
struct svsm_regs evidence_call(const struct evidence *e, uint32_t call);

/*
 * Whether, after a call that ended with @r, report, manifest and nonce belong
 * together: VMPL 0, and report data over nonce and manifest as they stand.
 */
bool evidence_holds(const struct evidence *e, const struct svsm_regs *r);

/* Whether no output buffer has been written. */
bool evidence_is_untouched(const struct evidence *e);

bool bytes_are(const uint8_t *bytes, size_t size, uint8_t value);

#endif
