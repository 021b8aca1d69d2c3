/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's own commands against bytes written out by TPM 2.0 Library, Part 3; reading
 * of answers that are too short; and which of a guest's commands want the RSA key.
 */
#include "tests/unit/unit_test.h"

#include "services/vtpm/commands.h"
#include "services/vtpm/gate.h"
#include "services/vtpm/tpm_commands.h"

#define AUTH 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0

static void assert_command(const struct tpm_command *command, const uint8_t *wanted, size_t size)
{
	assert_int_equal(command->size, size);
	assert_memory_equal(command->bytes, wanted, size);
}

static void test_short(void **state)
{
	static const uint8_t startup[] = {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x44, 0, 0};
	static const uint8_t shutdown[] = {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x45, 0, 0};
	static const uint8_t clear[] = {
		0x80, 2, 0, 0, 0, 27, 0, 0, 1, 0x26, 0x40, 0, 0, 0x0c, AUTH};
	static const uint8_t flush[] = {0x80, 1, 0, 0, 0, 14, 0, 0, 1, 0x65, 0x80, 0, 0, 1};
	static const uint8_t evict[] = {0x80, 2, 0, 0, 0, 35, 0, 0, 1, 0x20, 0x40, 0, 0, 1, 0x80, 0,
		0, 0, AUTH, 0x81, 1, 0, 1};
	struct tpm_command command;

	(void)state;
	command_startup(&command);
	assert_command(&command, startup, sizeof(startup));
	command_shutdown(&command);
	assert_command(&command, shutdown, sizeof(shutdown));
	command_clear(&command);
	assert_command(&command, clear, sizeof(clear));
	command_flush(&command, 0x80000001);
	assert_command(&command, flush, sizeof(flush));
	command_evict(&command, 0x80000000, 0x81010001);
	assert_command(&command, evict, sizeof(evict));
}

static void test_banks(void **state)
{
	static const uint8_t allocate[] = {0x80, 2, 0, 0, 0, 55, 0, 0, 1, 0x2b, 0x40, 0, 0, 0x0c,
		AUTH, 0, 0, 0, 4, 0, 4, 3, 0, 0, 0, 0, 0x0b, 3, 255, 255, 255, 0, 0x0c, 3, 255, 255,
		255, 0, 0x0d, 3, 255, 255, 255};
	struct tpm_command command;

	(void)state;
	command_pcr_allocate(&command);
	assert_command(&command, allocate, sizeof(allocate));
}

static void test_nv(void **state)
{
	static const uint8_t define[] = {0x80, 2, 0, 0, 0, 45, 0, 0, 1, 0x2a, 0x40, 0, 0, 0x0c,
		AUTH, 0, 0, 0, 14, 1, 0xc0, 0, 2, 0, 0x0b, 1, 2, 3, 4, 0, 0, 3, 0};
	static const uint8_t write[] = {0x80, 2, 0, 0, 0, 38, 0, 0, 1, 0x37, 0x40, 0, 0, 0x0c, 1,
		0xc0, 0, 2, AUTH, 0, 3, 'a', 'b', 'c', 4, 0};
	static const uint8_t lock[] = {
		0x80, 2, 0, 0, 0, 31, 0, 0, 1, 0x38, 0x40, 0, 0, 0x0c, 1, 0xc0, 0, 2, AUTH};
	struct tpm_command command;

	(void)state;
	command_nv_define(&command, 0x01c00002, 0x01020304, 0x300);
	assert_command(&command, define, sizeof(define));
	command_nv_write(&command, 0x01c00002, (const uint8_t *)"abc", 3, 0x400);
	assert_command(&command, write, sizeof(write));
	command_nv_lock(&command, 0x01c00002);
	assert_command(&command, lock, sizeof(lock));
}

static void test_create(void **state)
{
	static const uint8_t create[] = {0x80, 2, 0, 0, 0, 43, 0, 0, 1, 0x31, 0x40, 0, 0, 0x0b,
		AUTH, 0, 4, 0, 0, 0, 0, 0, 2, 0xaa, 0xbb, 0, 0, 0, 0, 0, 0};
	struct tpm_command command;
	uint8_t large[TPM_COMMAND_ROOM] = {0};

	(void)state;
	command_create_primary(&command, (const uint8_t *)"\xaa\xbb", 2);
	assert_command(&command, create, sizeof(create));
	command_create_primary(&command, large, sizeof(large));
	assert_int_equal(command.size, 0);
}

static void test_answers(void **state)
{
	static const uint8_t primary[] = {
		0x80, 2, 0, 0, 0, 23, 0, 0, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 5, 0, 3, 1, 2, 3};
	static const uint8_t property[] = {0x80, 1, 0, 0, 0, 27, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0,
		1, 0, 0, 1, 5, 0x49, 0x42, 0x4d, 0};
	const uint8_t *bytes;
	uint32_t value;
	size_t size;

	(void)state;
	assert_int_equal(response_code(primary, sizeof(primary)), 0);
	assert_true(response_primary(primary, sizeof(primary), &value, &bytes, &size));
	assert_int_equal(value, 0x80000001);
	assert_int_equal(size, 3);
	assert_ptr_equal(bytes, primary + 20);
	assert_true(response_property(property, sizeof(property), &value));
	assert_int_equal(value, 0x49424d00);
	for (size_t cut = 0; cut < sizeof(primary); cut++)
		assert_false(response_primary(primary, cut, &value, &bytes, &size));
	for (size_t cut = 0; cut < sizeof(property); cut++)
		assert_false(response_property(property, cut, &value));
	assert_int_equal(response_code(primary, 9), TPM_RC_FAILURE);
}

static const struct {
	bool wants;
	size_t size;
	uint8_t bytes[28];
} commands[] = {
	/* GetRandom, Startup, nothing at all */
	{false, 12, {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 16}},
	{false, 12, {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x44, 0, 0}},
	{false, 0, {0}},
	/* ReadPublic of 0x81010001 and of the next one; NV_ReadPublic of 0x01c00002 */
	{true, 14, {0x80, 1, 0, 0, 0, 14, 0, 0, 1, 0x73, 0x81, 1, 0, 1}},
	{false, 14, {0x80, 1, 0, 0, 0, 14, 0, 0, 1, 0x73, 0x81, 1, 0, 2}},
	{true, 14, {0x80, 1, 0, 0, 0, 14, 0, 0, 1, 0x69, 1, 0xc0, 0, 2}},
	/* cut short: the TPM refuses it anyway */
	{false, 13, {0x80, 1, 0, 0, 0, 14, 0, 0, 1, 0x73, 0x81, 1, 0}},
	/* GetCapability: persistent handles, indices, sessions, algorithms */
	{true, 22, {0x80, 1, 0, 0, 0, 22, 0, 0, 1, 0x7a, 0, 0, 0, 1, 0x81}},
	{true, 22, {0x80, 1, 0, 0, 0, 22, 0, 0, 1, 0x7a, 0, 0, 0, 1, 0x01}},
	{false, 22, {0x80, 1, 0, 0, 0, 22, 0, 0, 1, 0x7a, 0, 0, 0, 1, 0x02}},
	{false, 22, {0x80, 1, 0, 0, 0, 22, 0, 0, 1, 0x7a, 0, 0, 0, 0, 0x01}},
	/* HierarchyControl, ChangeEPS, ChangePPS, Clear, HierarchyChangeAuth */
	{true, 10, {0x80, 2, 0, 0, 0, 10, 0, 0, 1, 0x21}},
	{true, 10, {0x80, 2, 0, 0, 0, 10, 0, 0, 1, 0x24}},
	{true, 10, {0x80, 2, 0, 0, 0, 10, 0, 0, 1, 0x25}},
	{true, 10, {0x80, 2, 0, 0, 0, 10, 0, 0, 1, 0x26}},
	{true, 10, {0x80, 2, 0, 0, 0, 10, 0, 0, 1, 0x29}},
	/* EvictControl of an object to 0x81010001, an unaligned parameter */
	{true, 27,
		{0x80, 2, 0, 0, 0, 27, 0, 0, 1, 0x20, 0x40, 0, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0,
			0x81, 1, 0, 1}},
};

static void test_gate(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		assert_int_equal(gate_wants_identity(commands[i].bytes, commands[i].size),
			commands[i].wants);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_banks),
		cmocka_unit_test(test_nv),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_gate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
