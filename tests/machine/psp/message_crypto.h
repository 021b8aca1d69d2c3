/* SPDX-License-Identifier: MIT */
/*
 * A guest message's encryption: AES-256-GCM over the payload, with the header's
 * part from the algorithm on as authenticated data. Used by the emulated secure
 * processor (guest_message.c), and by the tests for the guest's side. Needs no
 * more than mbedtls.
 */
#ifndef MACHINE_MESSAGE_CRYPTO_H
#define MACHINE_MESSAGE_CRYPTO_H

#include "snp_guest.h"

/* A header as every good message has it, without its tag. */
void message_header(struct snp_msg_header *header, uint8_t type, uint8_t vmpck, uint64_t sequence,
	uint16_t payload_size);
/*
 * Encrypts @payload (payload_size bytes of page->header) into the page, whose
 * header is complete but for the tag. False if mbedtls refuses the key or sizes.
 */
MUST_CHECK bool message_seal(
	struct snp_msg *page, const uint8_t key[VMPCK_SIZE], const void *payload);
/* Decrypts into @payload (SNP_MSG_PAYLOAD_MAX bytes); false if the tag is wrong. */
MUST_CHECK bool message_unseal(
	const struct snp_msg *page, const uint8_t key[VMPCK_SIZE], void *payload);

#endif
