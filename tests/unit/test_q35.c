/* SPDX-License-Identifier: MIT */
/*
 * What is written to q35's chipset (drivers/q35.c): which registers, and that
 * none is on another machine.
 */
#include "tests/unit/unit_test.h"

#include "drivers/port_io.h"
#include "drivers/q35.h"

#define BRIDGE 0x8000f800U /* 00:1f.0 */
#define MCH 0x80000000U    /* 00:00.0 */

static uint32_t id, device, address;
static uint8_t config[256];
static unsigned int writes;

static void write_config(uint16_t port, uint32_t value, unsigned int bytes)
{
	assert_in_range(port, 0xcfc, 0xd00 - bytes);
	assert_int_equal(address & ~0xffU, device);
	memcpy(&config[(address & 0xff) + port - 0xcfc], &value, bytes);
	writes++;
}

void platform_io_write32(uint16_t port, uint32_t value)
{
	if (port == 0xcf8)
		address = value;
	else
		write_config(port, value, 4);
}

void platform_io_write16(uint16_t port, uint16_t value)
{
	write_config(port, value, 2);
}

void platform_io_write8(uint16_t port, uint8_t value)
{
	write_config(port, value, 1);
}

uint32_t platform_io_read32(uint16_t port)
{
	assert_int_equal(port, 0xcfc);
	assert_int_equal(address, device);
	return id;
}

static int setup(void **state)
{
	(void)state;
	memset(config, 0xee, sizeof(config));
	writes = 0;
	return 0;
}

static void enables_the_block(void **state)
{
	static const uint8_t base[] = {0x01, 0x06, 0, 0};

	(void)state;
	device = BRIDGE;
	id = 0x29188086;
	assert_true(q35_enable_power_management());
	assert_memory_equal(&config[0x40], base, sizeof(base));
	assert_int_equal(config[0x44], 0x80);
	assert_int_equal(writes, 2);
}

static void uncovers_low_ram(void **state)
{
	static const uint8_t pam[] = {0x30, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0xee};

	(void)state;
	device = MCH;
	id = 0x29c08086;
	assert_true(q35_uncover_low_ram());
	assert_memory_equal(&config[0x90], pam, sizeof(pam));
}

static void leaves_others_alone(void **state)
{
	(void)state;
	id = 0xffffffff;
	device = BRIDGE;
	assert_false(q35_enable_power_management());
	device = MCH;
	assert_false(q35_uncover_low_ram());
	assert_int_equal(writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(enables_the_block, setup),
		cmocka_unit_test_setup(uncovers_low_ram, setup),
		cmocka_unit_test_setup(leaves_others_alone, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
