/* SPDX-License-Identifier: MIT */
/*
 * Power-management set-up of q35 (drivers/q35.c): which registers are written,
 * and that none is on another machine.
 */
#include "tests/unit/unit_test.h"

#include "drivers/port_io.h"
#include "drivers/q35.h"

static uint32_t bridge_id, address;
static uint32_t config[64];
static unsigned int writes;

void platform_io_write32(uint16_t port, uint32_t value)
{
	if (port == 0xcf8) {
		address = value;
		return;
	}
	assert_int_equal(port, 0xcfc);
	assert_int_equal(address & ~0xffU, 0x8000f800); /* 00:1f.0 */
	config[(address & 0xff) / 4] = value;
	writes++;
}

void platform_io_write8(uint16_t port, uint8_t value)
{
	assert_int_equal(port, 0xcfc);
	assert_int_equal(address & ~0xffU, 0x8000f800);
	config[(address & 0xff) / 4] = value;
	writes++;
}

uint32_t platform_io_read32(uint16_t port)
{
	assert_int_equal(port, 0xcfc);
	assert_int_equal(address, 0x8000f800);
	return bridge_id;
}

static void enables_the_block(void **state)
{
	(void)state;
	bridge_id = 0x29188086;
	assert_true(q35_enable_power_management());
	assert_int_equal(config[0x40 / 4], 0x601);
	assert_int_equal(config[0x44 / 4], 0x80);
	assert_int_equal(writes, 2);
}

static void leaves_others_alone(void **state)
{
	(void)state;
	bridge_id = 0xffffffff;
	writes = 0;
	assert_false(q35_enable_power_management());
	assert_int_equal(writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enables_the_block),
		cmocka_unit_test(leaves_others_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
