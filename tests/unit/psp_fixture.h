/* SPDX-License-Identifier: MIT */
/*
 * A secure processor as a launch would have left it, for the unit tests of its
 * messages (psp_fixture.c).
 */
#ifndef UNIT_PSP_FIXTURE_H
#define UNIT_PSP_FIXTURE_H

#include "secure_processor.h"

/* VMPCK 0 is 00 01 .. 1f, the others count on. Both chip keys are there. */
struct secure_processor *fixture_processor(void);
/* Numbers for mbedtls; the same in each run. */
int fixture_random(void *context, unsigned char *out, size_t size);
/*
 * Asks with the next sequence number of @vmpck. The answer's payload goes to
 * @answer; the test fails if the response is not as it must be.
 */
enum snp_firmware_error fixture_ask(struct secure_processor *p, uint8_t type, uint8_t vmpck,
	const void *payload, uint16_t size, void *answer, uint16_t answer_size);
/* By OpenSSL: whether @signature over @data is by @key. */
bool fixture_verify(const struct snp_public_key *key, const void *data, size_t size,
	const struct snp_signature *signature);
/* By OpenSSL: SHA-256 and SHA-384 as lower-case text. */
void fixture_sha256(const void *data, size_t size, char text[65]);
void fixture_sha384(const void *data, size_t size, uint8_t out[SNP_DIGEST_SIZE]);

#endif
