/* SPDX-License-Identifier: MIT */
/*
 * Guest messages (SNP firmware ABI, publication 56860, section 8.26): between
 * plain payloads and what the host may see. Nothing here talks to the host.
 */
#ifndef NACRE_SEV_SNP_GUEST_MESSAGE_H
#define NACRE_SEV_SNP_GUEST_MESSAGE_H

#include "snp_guest.h"

/* A header complete but for the tag. */
struct snp_msg_header guest_message_header(
	enum snp_msg_type type, uint8_t vmpck, uint64_t sequence, uint16_t payload_size);

/*
 * Encrypts @plain, header->payload_size bytes, to @sealed and sets the tag. A
 * sequence number is used for one message only.
 */
MUST_CHECK bool guest_message_seal(struct snp_msg_header *header, const uint8_t key[VMPCK_SIZE],
	const void *plain, void *sealed);

/*
 * Checks that @answer is the answer to @request with at most @room bytes, and
 * decrypts its payload from @sealed to @plain. Both are private memory. False
 * if anything is not as it must be; @plain is no payload then.
 */
MUST_CHECK bool guest_message_open(const struct snp_msg_header *answer,
	const struct snp_msg_header *request, const uint8_t key[VMPCK_SIZE], const void *sealed,
	void *plain, size_t room);

/*
 * Bytes of a certificate table that the host has left in @room bytes of shared
 * memory: up to the end of the last certificate. 0 if it is empty or none. The
 * host may change it meanwhile; only the result's bound is certain.
 */
size_t guest_message_certificates(const uint8_t *table, size_t room);

#endif
