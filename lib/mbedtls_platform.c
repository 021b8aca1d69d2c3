/* SPDX-License-Identifier: MIT */
/*
 * What mbedtls asks of its platform (lib/mbedtls_config.h). The only memory it
 * wants is a random generator's digest and key blocks, once, on one CPU: a
 * small fixed pool that is empty again when all of it is freed.
 */
#include <string.h>

#include "compiler.h"
#include "lib/mbedtls_config.h"

/* An HMAC_DRBG over SHA-256 takes 112 + 128 bytes. */
#define POOL_SIZE 256U
#define POOL_ALIGN 16U

static uint8_t pool[POOL_SIZE] ALIGNED(POOL_ALIGN);
static size_t pool_used;
static unsigned int pool_blocks;

void mbedtls_platform_zeroize(void *memory, size_t size);

void *mbedtls_platform_calloc(size_t count, size_t size)
{
	size_t bytes;
	void *block;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > POOL_SIZE - pool_used)
		return NULL;
	block = &pool[pool_used];
	pool_used = ALIGN_UP(pool_used + bytes, POOL_ALIGN);
	pool_blocks++;
	return block;
}

void mbedtls_platform_free(void *memory)
{
	if (memory == NULL || --pool_blocks > 0)
		return;
	mbedtls_platform_zeroize(pool, sizeof(pool));
	pool_used = 0;
}

void mbedtls_platform_zeroize(void *memory, size_t size)
{
	memset(memory, 0, size);
	/* The compiler may not drop the store just because nothing reads it. */
	__asm__ volatile("" : : "r"(memory) : "memory");
}
