/* SPDX-License-Identifier: MIT */
/*
 * Seeds of services: what goes into them, that the key is asked for once, and what is
 * done without it. The generator is stuck here: what differs then is the rest.
 */
#include "unit_test.h"

#include "kernel/log.h"
#include "kernel/services.h"
#include "kernel/user_memory.h"
#include "lib/random.h"
#include "platform.h"
#include "syscalls/syscalls.h"

#define SEED_SIZE 64U
#define ADDRESS 0x100000U

static uint8_t written[SEED_SIZE];
static unsigned int asked, logged, busy;
static enum attest_result answer;
static bool broken;
static struct service_table_entry entries[2] = {{.name = "one"}, {.name = "two"}};
static struct service_slot slots[2] = {{.entry = &entries[0]}, {.entry = &entries[1]}};

bool user_write(uint64_t address, const void *src, size_t size)
{
	memset(written, 0, sizeof(written));
	if (address != ADDRESS)
		return false;
	memcpy(written, src, size);
	return true;
}

enum random_error random_bytes(void *out, size_t size)
{
	memset(out, 0x77, size);
	return broken ? RANDOM_FAILED : RANDOM_OK;
}

enum attest_result platform_derive_key(uint8_t key[PLATFORM_KEY_SIZE])
{
	asked++;
	if (busy) {
		busy--;
		return ATTEST_BUSY;
	}
	if (answer == ATTEST_OK)
		memset(key, 0x42, PLATFORM_KEY_SIZE);
	return answer;
}

void log_line(enum log_level level, const char *text, ...)
{
	(void)text;
	assert_int_equal(level, LOG_WARN);
	logged++;
}

static void take(unsigned int service, uint8_t seed[SEED_SIZE])
{
	assert_int_equal(call_seed(&slots[service], ADDRESS, SEED_SIZE), 0);
	memcpy(seed, written, SEED_SIZE);
}

/* The first of all, since the key is asked for once: after a busy host it is there. */
static void the_key_is_asked_for_once(void **state)
{
	uint8_t first[SEED_SIZE], again[SEED_SIZE], other[SEED_SIZE];

	(void)state;
	busy = 3;
	take(0, first);
	assert_int_equal(asked, 4);
	take(0, again);
	take(1, other);
	assert_int_equal(asked, 4);
	assert_int_equal(logged, 0);
	assert_memory_not_equal(first, again, SEED_SIZE);
	assert_memory_not_equal(again, other, SEED_SIZE);
}

static void sizes_and_addresses(void **state)
{
	static const uint8_t zero[SEED_SIZE];

	(void)state;
	assert_int_equal(call_seed(&slots[0], ADDRESS, SEED_SIZE + 1), -CALL_EINVAL);
	assert_int_equal(call_seed(&slots[0], ADDRESS, UINT64_MAX), -CALL_EINVAL);
	assert_int_equal(call_seed(&slots[0], ADDRESS + 1, SEED_SIZE), -CALL_EFAULT);
	assert_int_equal(call_seed(&slots[0], ADDRESS, 8), 0);
	assert_memory_equal(written + 8, zero, SEED_SIZE - 8);
}

static void a_broken_generator_is_an_error(void **state)
{
	(void)state;
	memset(written, 0, sizeof(written));
	broken = true;
	assert_int_equal(call_seed(&slots[0], ADDRESS, SEED_SIZE), -CALL_EIO);
	assert_int_equal(written[0], 0);
	broken = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_is_asked_for_once),
		cmocka_unit_test(sizes_and_addresses),
		cmocka_unit_test(a_broken_generator_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
