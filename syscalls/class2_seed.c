/* SPDX-License-Identifier: MIT */
/*
 * Class 2, seeds: SHA-512 over the kernel's generator and a key derived by the secure
 * processor, in a structure of fixed length, as the one-step key derivation of NIST SP
 * 800-56C revision 2 has it: both are the secret, label and service the fixed
 * information. Who lacks either of the two secrets cannot tell the seed, and
 * no service learns the key or another's seed by its own. The key is the
 * same in every launch of the image on this chip: what makes seeds new is the generator.
 *
 * The key is asked for once, at the first seed of the launch. A host that is busy for
 * too long or refuses leaves seeds to the generator alone for the whole launch, and
 * the log says so.
 */
#include <string.h>

#include "syscalls/syscalls.h"
#include "kernel/log.h"
#include "kernel/services.h"
#include "kernel/spinlock.h"
#include "kernel/user_memory.h"
#include "lib/random.h"
#include "lib/sha512.h"
#include "platform.h"

#define SEED_LABEL "Nacre: seed of a service"
#define TRIES_MAX 2000U /* the platform gives a busy host up before */

struct seed_input {
	char label[32];
	char service[SERVICE_NAME_MAX];
	uint8_t file_sha256[32];
	uint64_t count; /* of the launch: no two inputs are the same */
	uint8_t key[PLATFORM_KEY_SIZE];
	uint8_t random[SHA512_SIZE];
};
ASSERT_SIZE(struct seed_input, 184);

static struct {
	struct spinlock lock;
	bool asked;
	uint64_t count;
	uint8_t key[PLATFORM_KEY_SIZE]; /* zero: there is none */
} derived;

static void wipe(void *memory, size_t size)
{
	memset(memory, 0, size);
	asm volatile("" : : "r"(memory) : "memory");
}

static const char *why_not(enum attest_result result)
{
	switch (result) {
	case ATTEST_OK:
		return NULL;
	case ATTEST_BUSY:
	case ATTEST_THROTTLED:
		return "the host is busy";
	case ATTEST_REFUSED:
		return "the secure processor refuses it";
	case ATTEST_CLOSED:
		return "there is no channel to the secure processor";
	}
	return "unknown";
}

static void derive(void)
{
	enum attest_result result = ATTEST_BUSY;

	for (unsigned int i = 0; result == ATTEST_BUSY && i < TRIES_MAX; i++)
		result = platform_derive_key(derived.key);
	if (result != ATTEST_OK)
		log_warn("nacre: no derived key, %s: seeds of services are the processor's random "
			 "numbers alone",
			why_not(result));
	derived.asked = true;
}

static void take_derived(struct seed_input *input)
{
	spin_lock(&derived.lock);
	if (!derived.asked)
		derive();
	memcpy(input->key, derived.key, sizeof(input->key));
	input->count = derived.count++;
	spin_unlock(&derived.lock);
}

static bool make_seed(const struct service_slot *slot, uint8_t seed[SHA512_SIZE])
{
	struct seed_input input = {.label = SEED_LABEL};
	struct sha512_ctx ctx;
	bool done = !random_bytes(input.random, sizeof(input.random));

	memcpy(input.service, slot->entry->name, sizeof(input.service));
	memcpy(input.file_sha256, slot->entry->sha256, sizeof(input.file_sha256));
	take_derived(&input);
	sha512_init(&ctx);
	sha512_update(&ctx, &input, sizeof(input));
	sha512_finish(&ctx, seed);
	wipe(&input, sizeof(input));
	return done;
}

int64_t call_seed(struct service_slot *slot, uint64_t address, uint64_t size)
{
	uint8_t seed[SHA512_SIZE];
	int64_t result;

	if (size > sizeof(seed))
		return -CALL_EINVAL;
	if (!make_seed(slot, seed))
		result = -CALL_EIO;
	else
		result = user_write(address, seed, size) ? 0 : -CALL_EFAULT;
	wipe(seed, sizeof(seed));
	return result;
}
