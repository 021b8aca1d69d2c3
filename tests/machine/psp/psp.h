/* SPDX-License-Identifier: MIT */
/*
 * The emulated secure processor: takes a launch page by page, measures it as
 * the SNP firmware does, fills the secrets and CPUID pages, and then answers the
 * guest's messages (secure_processor.h).
 */
#ifndef MACHINE_PSP_H
#define MACHINE_PSP_H

#include "core.h"
#include "igvm.h"
#include "secure_processor.h"
#include "snp.h"

/* Starts a launch under @policy; ends the run with "refused" if it may not be. */
void psp_launch_start(uint64_t policy);
/*
 * LAUNCH_UPDATE: the page at @gpa gets @data (4096 bytes; NULL: zeros), becomes
 * private and validated, and enters the digest by its type.
 */
void psp_launch_update(uint64_t gpa, enum snp_page_type type, const void *data);
/* LAUNCH_UPDATE of a VMSA; it is placed at @place, measured at @measured_gpa. */
void psp_launch_vmsa(uint64_t place, uint64_t measured_gpa, const struct vmsa *vmsa);
/* Validated, unmeasured, zero, where no page has been placed: memory for --snp-linux. */
void psp_launch_memory(uint64_t gpn, uint64_t pages);
/* Checks the ID block if there is one, prints the digest. */
void psp_launch_finish(void);

/* The launch has this ID block; a second one ends the run as refused. */
void psp_id_block(const struct igvm_snp_id_block *block);

/* Launches an IGVM file; what is wrong with it ends the run as refused. */
void igvm_launch(const struct machine_file *file);

/* Deterministic or random bytes by the run's seed; one caller at a time. */
void psp_random(void *buffer, size_t size);

/* --- The chip (chip.c) --- */

/* The one there is: identity, facts of the launch, keys. */
extern struct secure_processor psp;
/* Who it is; psp_random() must work already. */
void psp_chip_init(void);
uint32_t psp_family_model_stepping(void);
/* SNP_GUEST_REQUEST; @response is written if there is no error. Any processor may call. */
MUST_CHECK enum snp_firmware_error psp_guest_request(
	const struct snp_msg *request, struct snp_msg *response);

#endif
