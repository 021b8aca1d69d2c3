/* SPDX-License-Identifier: MIT */
/*
 * The emulated secure processor after launch: who the chip is, what the launch
 * left, and its answers to the guest's messages. Nothing here knows the machine
 * around it, so that unit tests run it on the host; psp/guest_request.c owns the
 * one there is in a run.
 */
#ifndef MACHINE_SECURE_PROCESSOR_H
#define MACHINE_SECURE_PROCESSOR_H

#include "chip_identity.h"
#include "igvm.h"
#include "p384.h"
#include "snp_guest.h"

/* Version of the firmware that it says to be: what defines report version 5. */
#define PSP_ABI_MAJOR 1U
#define PSP_ABI_MINOR 58U
#define PSP_ABI_BUILD 0U

/* What SNP_LAUNCH_START, _UPDATE and _FINISH left. */
struct launch_facts {
	uint64_t policy;
	uint8_t digest[SNP_DIGEST_SIZE];
	uint8_t host_data[32];
	uint8_t report_id[32];
	/* By the ID block; zero without one. */
	uint8_t family_id[16], image_id[16];
	uint32_t guest_svn;
	uint8_t id_key_digest[SNP_DIGEST_SIZE], author_key_digest[SNP_DIGEST_SIZE];
	bool author_key_enabled;
};

/* What both sides of the guest messages know: a key and a counter for each VMPL. */
struct guest_channels {
	uint8_t key[VMPL_COUNT][VMPCK_SIZE];
	uint64_t count[VMPL_COUNT]; /* of messages, both ways */
};

struct secure_processor {
	struct chip_identity chip;
	struct launch_facts launch;
	struct guest_channels channels;
	uint32_t report_version;
	random_fn random;
	uint8_t request[SNP_MSG_PAYLOAD_MAX], response[SNP_MSG_PAYLOAD_MAX];
};

/*
 * SNP_GUEST_REQUEST: one request page, one response page, which is written only
 * if there is no error. The caller lets in one at a time.
 */
MUST_CHECK enum snp_firmware_error secure_processor_answer(
	struct secure_processor *p, const struct snp_msg *request, struct snp_msg *response);

/* --- The steps of that (guest_message.c) --- */

/* Checks the header and opens the message into @payload. */
MUST_CHECK enum snp_firmware_error guest_message_open(const struct guest_channels *channels,
	const struct snp_msg *page, uint8_t payload[SNP_MSG_PAYLOAD_MAX]);
/* Seals the response to @request, and counts both messages. */
MUST_CHECK enum snp_firmware_error guest_message_respond(struct guest_channels *channels,
	const struct snp_msg_header *request, const void *payload, uint16_t size,
	struct snp_msg *page);

/* --- MSG_REPORT (report.c), MSG_KEY (derived_key.c) for a caller with key @vmpck --- */

void report_answer(const struct secure_processor *p, uint32_t vmpck,
	const struct snp_report_req *req, struct snp_report_rsp *rsp);
void derived_key_answer(const struct secure_processor *p, uint32_t vmpck,
	const struct snp_key_req *req, struct snp_key_rsp *rsp);

/* --- ID block of SNP_LAUNCH_FINISH (id_block.c) --- */

struct launch_identity {
	struct snp_id_block block;
	struct snp_id_auth auth;
	bool author_key_enabled;
};

/* ID_BLOCK and ID_AUTH as QEMU makes them of the IGVM file's structure. */
void id_block_from_igvm(
	const struct igvm_snp_id_block *from, uint64_t policy, struct launch_identity *to);
/* Why the launch that @facts tell of is none of this ID block's; NULL: it is. */
const char *id_block_refusal(const struct launch_identity *id, const struct launch_facts *facts);
/* What an ID block that was not refused adds to the facts. */
void id_block_accept(const struct launch_identity *id, struct launch_facts *facts);

#endif
