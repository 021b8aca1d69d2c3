/* SPDX-License-Identifier: MIT */
/*
 * The fw_cfg client (drivers/fw_cfg.c) with a device that answers each transfer
 * with the next bytes of the input: identification, then sizes and contents.
 */
#include "tests/fuzz/fuzz.h"

#include "drivers/fw_cfg.h"
#include "drivers/port_io.h"

#define WINDOW_GPA 0x10000U
#define DMA_ADDRESS_LOW 0x518U

static uint8_t window[4096] ALIGNED(64);
static struct fuzz_input input;

static uint32_t big32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap32(value);
}

/* Carries a transfer out, or fails it, as the input says. */
void platform_io_write32(uint16_t port, uint32_t value)
{
	uint32_t length = big32(window + 4), address = big32(window + 12), control;
	uint8_t fate;

	FUZZ_CHECK(port == DMA_ADDRESS_LOW && __builtin_bswap32(value) == WINDOW_GPA);
	FUZZ_CHECK(address >= WINDOW_GPA + 16 && address < WINDOW_GPA + sizeof(window));
	FUZZ_CHECK(length <= WINDOW_GPA + sizeof(window) - address);
	fuzz_take(&input, &fate, sizeof(fate));
	fuzz_take(&input, window + (address - WINDOW_GPA), length);
	control = fate == 0xff ? __builtin_bswap32(1) : 0;
	memcpy(window, &control, sizeof(control));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fw_cfg_window where = {window, WINDOW_GPA, sizeof(window)};
	static uint8_t item[3 * sizeof(window)];
	struct fw_cfg fw;
	uint32_t bytes;

	input = (struct fuzz_input){(const uint8_t *)"\0QEMU\0\3\0\0", 10};
	FUZZ_CHECK(fw_cfg_init(&fw, &where) == FW_CFG_OK);
	input = (struct fuzz_input){data, size};
	while (input.size && fw_cfg_read_u32(&fw, FW_CFG_KERNEL_SIZE, &bytes) == FW_CFG_OK)
		if (fw_cfg_read(&fw, FW_CFG_KERNEL_DATA, item, bytes % (sizeof(item) + 1), NULL,
			    NULL) != FW_CFG_OK)
			break;
	return 0;
}
