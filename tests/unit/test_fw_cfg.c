/* SPDX-License-Identifier: MIT */
/*
 * The fw_cfg client against a device that can behave and misbehave: answer
 * never, late, with an error, with a hostile directory, with content that
 * changes from one read to the next or after the transfer.
 */
#include "tests/unit/unit_test.h"

#include "drivers/fw_cfg.h"
#include "drivers/port_io.h"
#include "lib/sha256.h"

#define WINDOW_GPA 0x1234000ULL
#define WINDOW_SIZE 8192U
#define CAPACITY (WINDOW_SIZE - 64)
#define MAX_ITEMS 0x40U

struct item {
	const void *data;
	size_t size;
};

enum behaviour {
	GOOD,
	SILENT,
	REFUSING,
	CHANGING
};

/* The device, and the window as it sees it. */
static struct {
	struct item items[MAX_ITEMS];
	enum behaviour behaviour;
	uint64_t window_gpa;
	uint32_t high;
	unsigned int selected;
	size_t offset;
	unsigned int transfers, writes;
} device;

static uint8_t window[WINDOW_SIZE] ALIGNED(64);

static void serve(uint8_t *out, size_t size)
{
	const struct item *item = &device.items[device.selected];

	for (size_t i = 0; i < size; i++, device.offset++) {
		uint8_t byte = device.offset < item->size
				       ? ((const uint8_t *)item->data)[device.offset]
				       : 0;

		out[i] = device.behaviour == CHANGING ? byte ^ (uint8_t)device.transfers : byte;
	}
}

static void carry_out(uint64_t gpa)
{
	uint32_t *descriptor;
	uint32_t control, length, result = 0;
	uint64_t address;

	assert_in_range(gpa, device.window_gpa, device.window_gpa + WINDOW_SIZE - 16);
	descriptor = (uint32_t *)(window + (gpa - device.window_gpa));
	control = __builtin_bswap32(descriptor[0]);
	length = __builtin_bswap32(descriptor[1]);
	address = (uint64_t)__builtin_bswap32(descriptor[2]) << 32 |
		  __builtin_bswap32(descriptor[3]);
	assert_true(address >= device.window_gpa + 16);
	assert_true(address + length <= device.window_gpa + WINDOW_SIZE);
	assert_int_equal(control & 0xffff & ~0xaU, 0); /* read, perhaps select */
	assert_true(control & 2);

	device.transfers++;
	if (control & 8) {
		device.selected = control >> 16;
		device.offset = 0;
		assert_true(device.selected < MAX_ITEMS);
	}
	if (device.behaviour == REFUSING)
		result = 1;
	else
		serve(window + (address - device.window_gpa), length);
	descriptor[0] = __builtin_bswap32(result);
}

void platform_io_write32(uint16_t port, uint32_t value)
{
	device.writes++;
	if (port == 0x514) {
		device.high = __builtin_bswap32(value);
	} else {
		uint64_t gpa = (uint64_t)device.high << 32 | __builtin_bswap32(value);

		assert_int_equal(port, 0x518);
		device.high = 0;
		if (device.behaviour != SILENT)
			carry_out(gpa);
	}
}

static struct fw_cfg fw;
static const struct fw_cfg_window good_window = {window, WINDOW_GPA, WINDOW_SIZE};
static const uint32_t id_dma = 3, id_no_dma = 1;

static int setup(void **state)
{
	(void)state;
	memset(&device, 0, sizeof(device));
	memset(window, 0xcc, sizeof(window));
	device.window_gpa = WINDOW_GPA;
	device.items[FW_CFG_SIGNATURE] = (struct item){"QEMU", 4};
	device.items[FW_CFG_ID] = (struct item){&id_dma, 4};
	return 0;
}

static int setup_ready(void **state)
{
	setup(state);
	if (fw_cfg_init(&fw, &good_window) != FW_CFG_OK)
		return -1;
	device.transfers = device.writes = 0;
	return 0;
}

static void init_good(void **state)
{
	(void)state;
	assert_int_equal(fw_cfg_init(&fw, &good_window), FW_CFG_OK);
	assert_int_equal(device.writes, 2); /* one exit per transfer below 4 GiB */
}

static void init_absent(void **state)
{
	setup(state);
	device.items[FW_CFG_SIGNATURE] = (struct item){"QEMX", 4};
	assert_int_equal(fw_cfg_init(&fw, &good_window), FW_CFG_ABSENT);
	setup(state);
	device.items[FW_CFG_ID] = (struct item){&id_no_dma, 4};
	assert_int_equal(fw_cfg_init(&fw, &good_window), FW_CFG_ABSENT);
	device.behaviour = SILENT;
	assert_int_equal(fw_cfg_init(&fw, &good_window), FW_CFG_ABSENT);
	device.behaviour = REFUSING;
	assert_int_equal(fw_cfg_init(&fw, &good_window), FW_CFG_ABSENT);
}

static void bad_windows(void **state)
{
	const struct fw_cfg_window bad[] = {
		{NULL, WINDOW_GPA, WINDOW_SIZE},
		{window, WINDOW_GPA + 8, WINDOW_SIZE},
		{window, WINDOW_GPA, 4095},
		{window, UINT64_MAX - 4095, WINDOW_SIZE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(fw_cfg_init(&fw, &bad[i]), FW_CFG_BAD_WINDOW);
	assert_int_equal(device.writes, 0);
}

static void window_above_4g(void **state)
{
	const struct fw_cfg_window high = {window, 0x123456789000, WINDOW_SIZE};

	(void)state;
	device.window_gpa = high.gpa;
	assert_int_equal(fw_cfg_init(&fw, &high), FW_CFG_OK);
	assert_int_equal(device.writes, 4);
}

struct progress {
	struct sha256_ctx hash;
	const uint8_t *next;
	unsigned int chunks;
};

/* Each chunk must follow the one before; spoils the window, as a host might. */
static void count_chunk(void *arg, const void *chunk, size_t size)
{
	struct progress *progress = arg;

	assert_ptr_equal(chunk, progress->next);
	memset(window, 0xdd, sizeof(window));
	sha256_update(&progress->hash, chunk, size);
	progress->next += size;
	progress->chunks++;
}

static void check_read(size_t size, unsigned int chunks)
{
	uint8_t *content = malloc(size + 1), *copy = malloc(size + 1);
	uint8_t digest[SHA256_SIZE], expected[SHA256_SIZE];
	struct progress progress = {.next = copy};

	for (size_t i = 0; i < size; i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
	device.items[FW_CFG_KERNEL_DATA] = (struct item){content, size};
	device.transfers = 0;
	copy[size] = 0x42;
	sha256_init(&progress.hash);
	assert_int_equal(fw_cfg_read(&fw, FW_CFG_KERNEL_DATA, copy, size, count_chunk, &progress),
		FW_CFG_OK);
	sha256_finish(&progress.hash, digest);
	sha256(content, size, expected);
	assert_memory_equal(copy, content, size);
	assert_memory_equal(digest, expected, sizeof(digest));
	assert_int_equal(copy[size], 0x42);
	assert_int_equal(progress.chunks, chunks);
	assert_int_equal(device.transfers, chunks);
	free(content);
	free(copy);
}

static void reads_of_many_sizes(void **state)
{
	(void)state;
	check_read(0, 0);
	check_read(1, 1);
	check_read(CAPACITY - 1, 1);
	check_read(CAPACITY, 1);
	check_read(CAPACITY + 1, 2);
	check_read(10 * CAPACITY + 77, 11);
}

static void overstated_size_reads_zeros(void **state)
{
	const uint8_t expected[8] = {'a', 'b', 'c'};
	uint8_t copy[8];

	(void)state;
	device.items[FW_CFG_CMDLINE_DATA] = (struct item){"abc", 3};
	assert_int_equal(
		fw_cfg_read(&fw, FW_CFG_CMDLINE_DATA, copy, sizeof(copy), NULL, NULL), FW_CFG_OK);
	assert_memory_equal(copy, expected, sizeof(copy));
}

/* A file that differs at every read: digest and copy still agree with each other. */
static void changing_content(void **state)
{
	static const uint8_t content[3 * CAPACITY];
	static uint8_t copy[sizeof(content)];
	uint8_t digest[SHA256_SIZE], of_copy[SHA256_SIZE];
	struct progress progress = {.next = copy};

	(void)state;
	device.items[FW_CFG_INITRD_DATA] = (struct item){content, sizeof(content)};
	device.behaviour = CHANGING;
	sha256_init(&progress.hash);
	assert_int_equal(
		fw_cfg_read(&fw, FW_CFG_INITRD_DATA, copy, sizeof(copy), count_chunk, &progress),
		FW_CFG_OK);
	sha256_finish(&progress.hash, digest);
	sha256(copy, sizeof(copy), of_copy);
	assert_memory_equal(digest, of_copy, sizeof(digest));
	assert_int_equal(progress.chunks, 3);
	assert_int_not_equal(copy[0], copy[CAPACITY]);
}

static void failing_reads(void **state)
{
	uint8_t copy[16];

	(void)state;
	device.behaviour = SILENT;
	assert_int_equal(
		fw_cfg_read(&fw, FW_CFG_KERNEL_DATA, copy, 16, NULL, NULL), FW_CFG_TIMEOUT);
	device.behaviour = REFUSING;
	assert_int_equal(
		fw_cfg_read(&fw, FW_CFG_KERNEL_DATA, copy, 16, NULL, NULL), FW_CFG_REFUSED);
}

static void errors_have_texts(void **state)
{
	(void)state;
	for (unsigned int i = FW_CFG_OK; i <= FW_CFG_REFUSED; i++)
		assert_true(strlen(fw_cfg_error_text((enum fw_cfg_error)i)) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(init_good, setup),
		cmocka_unit_test_setup(init_absent, setup),
		cmocka_unit_test_setup(bad_windows, setup),
		cmocka_unit_test_setup(window_above_4g, setup),
		cmocka_unit_test_setup(reads_of_many_sizes, setup_ready),
		cmocka_unit_test_setup(overstated_size_reads_zeros, setup_ready),
		cmocka_unit_test_setup(changing_content, setup_ready),
		cmocka_unit_test_setup(failing_reads, setup_ready),
		cmocka_unit_test(errors_have_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
