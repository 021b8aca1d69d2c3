/* SPDX-License-Identifier: MIT */
/*
 * AES-256-GCM over mbedtls by the processor's instructions, for messages to the
 * secure processor. Where there are no such instructions nothing here may be
 * called. One caller at a time: key schedule and state lie in one place, which
 * is cleared after each use.
 */
#ifndef NACRE_LIB_GCM_H
#define NACRE_LIB_GCM_H

#include "compiler.h"

#define GCM_KEY_SIZE 32U
#define GCM_IV_SIZE 12U
#define GCM_TAG_SIZE 16U

/* What a message is besides its text. */
struct gcm_frame {
	const uint8_t *key; /* GCM_KEY_SIZE bytes */
	const uint8_t *iv;  /* GCM_IV_SIZE bytes, never the same twice under a key */
	const void *associated;
	size_t associated_size;
};

/* Encrypts @size bytes; false means that nothing usable was written. */
MUST_CHECK bool gcm_seal(const struct gcm_frame *frame, const void *plain, void *sealed,
	size_t size, uint8_t tag[GCM_TAG_SIZE]);

/* Decrypts @size bytes; false if the tag does not fit: @plain is all zero then. */
MUST_CHECK bool gcm_open(const struct gcm_frame *frame, const void *sealed, void *plain,
	size_t size, const uint8_t tag[GCM_TAG_SIZE]);

/* Clears what a call in progress has in memory; callable in a panic. */
void gcm_wipe(void);

#endif
