/* SPDX-License-Identifier: MIT */
/*
 * The bzImage header check: a sound header, every field of it spoiled, and the
 * real kernels (LINUX_KERNELS, set by guestboot.mk).
 */
#include "tests/unit/unit_test.h"

#include "kernel/linux_boot.h"
#include "linux_abi.h"

#define SETUP_BYTES 1024U
#define KERNEL_BYTES 0x100000U

static struct {
	uint8_t before[LINUX_SETUP_HEADER_OFFSET];
	struct linux_setup_header header;
	uint8_t after[SETUP_BYTES - 0x26c];
} PACKED setup_part;
static struct linux_image image;

static int setup(void **state)
{
	(void)state;
	memset(&setup_part, 0, sizeof(setup_part));
	setup_part.header = (struct linux_setup_header){
		.setup_sects = 1,
		.syssize = KERNEL_BYTES / 16,
		.boot_flag = 0xaa55,
		.jump = 0xeb,
		.jump_target = 0x6a,
		.header = 0x53726448,
		.version = 0x20f,
		.loadflags = 1,
		.initrd_addr_max = 0x7fffffff,
		.kernel_alignment = 0x200000,
		.relocatable_kernel = 1,
		.xloadflags = 0x7f,
		.cmdline_size = 2047,
		.pref_address = 0x1000000,
		.init_size = 0x3000000,
	};
	return 0;
}

static enum linux_boot_error parse(void)
{
	return linux_image_parse(&setup_part, SETUP_BYTES, KERNEL_BYTES, &image);
}

static void sound_header(void **state)
{
	(void)state;
	assert_int_equal(sizeof(setup_part), SETUP_BYTES);
	assert_int_equal(parse(), LINUX_BOOT_OK);
	assert_int_equal(image.setup_bytes, SETUP_BYTES);
	assert_int_equal(image.kernel_bytes, KERNEL_BYTES);
	assert_int_equal(image.init_size, 0x3000000);
	assert_int_equal(image.pref_address, 0x1000000);
	assert_int_equal(image.alignment, 0x200000);
	assert_int_equal(image.initrd_max, 0x7fffffff);
	assert_int_equal(image.cmdline_max, 2047);
	assert_int_equal(image.version, 0x20f);
	assert_true(image.relocatable);
	assert_int_equal(image.header_bytes, 0x26c - 0x1f1);
}

#define ASSERT_SPOILED(field, value, error)        \
	do {                                       \
		setup(NULL);                       \
		setup_part.header.field = (value); \
		assert_int_equal(parse(), error);  \
	} while (0)

static void spoiled_formats(void **state)
{
	(void)state;
	ASSERT_SPOILED(header, 0x53726449, LINUX_BOOT_NO_MAGIC);
	ASSERT_SPOILED(boot_flag, 0xaa54, LINUX_BOOT_NO_MAGIC);
	ASSERT_SPOILED(jump_target, 0x61, LINUX_BOOT_NO_MAGIC); /* ends before init_size does */
	ASSERT_SPOILED(jump_target, 0x8f, LINUX_BOOT_NO_MAGIC); /* runs into other fields */
	ASSERT_SPOILED(jump_target, 0x8e, LINUX_BOOT_OK);
	ASSERT_SPOILED(version, 0x20b, LINUX_BOOT_OLD_PROTOCOL);
	ASSERT_SPOILED(xloadflags, 0x7e, LINUX_BOOT_NOT_64BIT);
	ASSERT_SPOILED(loadflags, 0, LINUX_BOOT_NOT_64BIT);
}

static void spoiled_sizes(void **state)
{
	(void)state;
	ASSERT_SPOILED(setup_sects, 2, LINUX_BOOT_BAD_SETUP_SIZE);
	ASSERT_SPOILED(setup_sects, 0, LINUX_BOOT_BAD_SETUP_SIZE); /* stands for 4 */
	ASSERT_SPOILED(syssize, KERNEL_BYTES / 16 + 1, LINUX_BOOT_TRUNCATED);
	ASSERT_SPOILED(syssize, UINT32_MAX, LINUX_BOOT_TRUNCATED);
	ASSERT_SPOILED(syssize, 0x20, LINUX_BOOT_BAD_SIZE);
	ASSERT_SPOILED(syssize, 0, LINUX_BOOT_BAD_SIZE);
	ASSERT_SPOILED(init_size, 0, LINUX_BOOT_BAD_SIZE);
	ASSERT_SPOILED(init_size, 0x40000001, LINUX_BOOT_BAD_SIZE);
}

static void spoiled_addresses(void **state)
{
	(void)state;
	ASSERT_SPOILED(kernel_alignment, 0, LINUX_BOOT_BAD_ALIGNMENT);
	ASSERT_SPOILED(kernel_alignment, 0x300000, LINUX_BOOT_BAD_ALIGNMENT);
	ASSERT_SPOILED(kernel_alignment, 0x800, LINUX_BOOT_BAD_ALIGNMENT);
	ASSERT_SPOILED(kernel_alignment, 0x80000000, LINUX_BOOT_BAD_ALIGNMENT);
	ASSERT_SPOILED(pref_address, 0x1100000, LINUX_BOOT_BAD_ALIGNMENT);
	ASSERT_SPOILED(pref_address, 0, LINUX_BOOT_BAD_ALIGNMENT);
	ASSERT_SPOILED(pref_address, 0x100000000, LINUX_BOOT_BAD_ALIGNMENT);
	ASSERT_SPOILED(pref_address, 0xffffffffffe00000, LINUX_BOOT_BAD_ALIGNMENT);
}

static void spoiled_lengths(void **state)
{
	(void)state;
	for (uint64_t bytes = 0; bytes < LINUX_HEADER_BYTES; bytes++) {
		uint8_t *exact = malloc(bytes + 1); /* a read past the end is caught */

		memcpy(exact, &setup_part, bytes);
		assert_int_equal(linux_image_parse(exact, bytes, KERNEL_BYTES, &image),
			LINUX_BOOT_TRUNCATED);
		free(exact);
	}
	assert_int_equal(linux_image_parse(&setup_part, SETUP_BYTES, KERNEL_BYTES - 16, &image),
		LINUX_BOOT_TRUNCATED);
	assert_int_equal(
		linux_image_parse(&setup_part, SETUP_BYTES, 0, &image), LINUX_BOOT_TRUNCATED);
	/* What follows the kernel, a signature, is no error; a file without bounds is. */
	assert_int_equal(linux_image_parse(&setup_part, SETUP_BYTES, KERNEL_BYTES + 1472, &image),
		LINUX_BOOT_OK);
	assert_int_equal(
		linux_image_parse(&setup_part, SETUP_BYTES, LINUX_MAX_IMAGE_BYTES + 1, &image),
		LINUX_BOOT_BAD_SIZE);
	assert_int_equal(linux_image_parse(&setup_part, SETUP_BYTES, UINT64_MAX - 7, &image),
		LINUX_BOOT_BAD_SIZE);
}

static void random_headers_do_no_harm(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		uint8_t *bytes = (uint8_t *)&setup_part.header;

		setup(NULL);
		for (unsigned int i = 0; i < 3; i++)
			bytes[(unsigned int)rand_r(&seed) % sizeof(setup_part.header)] = (uint8_t)
				rand_r(&seed);
		if (parse() != LINUX_BOOT_OK)
			continue;
		assert_true(image.init_size <= GIB && image.pref_address < 4 * GIB);
		assert_true(image.header_bytes <= SETUP_BYTES - LINUX_SETUP_HEADER_OFFSET);
	}
}

static void command_lines(void **state)
{
	const struct linux_image limits = {.cmdline_max = 20};
	const struct linux_image no_limits = {.cmdline_max = UINT32_MAX};
	static char longest[LINUX_MAX_CMDLINE_BYTES + 1];

	(void)state;
	assert_int_equal(linux_cmdline_check(&limits, NULL, 0), LINUX_BOOT_OK);
	assert_int_equal(linux_cmdline_check(&limits, "", 1), LINUX_BOOT_OK);
	assert_int_equal(linux_cmdline_check(&limits, "console=ttyS0", 14), LINUX_BOOT_OK);
	assert_int_equal(linux_cmdline_check(&limits, "x", 1), LINUX_BOOT_BAD_CMDLINE);
	assert_int_equal(linux_cmdline_check(&limits, "a\0b", 4), LINUX_BOOT_BAD_CMDLINE);
	memset(longest, 'a', sizeof(longest));
	longest[20] = '\0';
	assert_int_equal(linux_cmdline_check(&limits, longest, 21), LINUX_BOOT_OK);
	assert_int_equal(linux_cmdline_check(&limits, longest, 22), LINUX_BOOT_BAD_CMDLINE);
	longest[20] = 'a';
	longest[LINUX_MAX_CMDLINE_BYTES - 1] = '\0';
	assert_int_equal(
		linux_cmdline_check(&no_limits, longest, LINUX_MAX_CMDLINE_BYTES), LINUX_BOOT_OK);
	longest[LINUX_MAX_CMDLINE_BYTES - 1] = 'a';
	longest[LINUX_MAX_CMDLINE_BYTES] = '\0';
	assert_int_equal(linux_cmdline_check(&no_limits, longest, LINUX_MAX_CMDLINE_BYTES + 1),
		LINUX_BOOT_BAD_CMDLINE);
}

static void real_kernels(void **state)
{
	static const char *const kernels[] = {LINUX_KERNELS};
	static uint8_t setup_bytes[LINUX_MAX_SETUP_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		FILE *file = fopen(kernels[i], "rb");
		size_t setup_size;
		long size;

		assert_non_null(file);
		assert_true(
			fread(setup_bytes, 1, sizeof(setup_bytes), file) == sizeof(setup_bytes));
		assert_int_equal(fseek(file, 0, SEEK_END), 0);
		size = ftell(file);
		fclose(file);
		setup_size = (setup_bytes[0x1f1] + 1U) * 512;
		assert_int_equal(linux_image_parse(setup_bytes, setup_size,
					 (uint64_t)size - setup_size, &image),
			LINUX_BOOT_OK);
		assert_true(image.relocatable);
		assert_int_equal(image.pref_address, 0x1000000);
		assert_true(image.init_size > image.kernel_bytes);
		assert_int_equal(image.cmdline_max, 2047);
		assert_int_equal(
			linux_image_parse(setup_bytes, setup_size, (uint64_t)size / 2, &image),
			LINUX_BOOT_TRUNCATED);
	}
}

static void errors_have_texts(void **state)
{
	(void)state;
	for (unsigned int i = LINUX_BOOT_OK; i <= LINUX_BOOT_E820_FULL; i++)
		assert_true(strlen(linux_boot_error_text((enum linux_boot_error)i)) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sound_header, setup),
		cmocka_unit_test_setup(spoiled_formats, setup),
		cmocka_unit_test_setup(spoiled_sizes, setup),
		cmocka_unit_test_setup(spoiled_addresses, setup),
		cmocka_unit_test_setup(spoiled_lengths, setup),
		cmocka_unit_test_setup(random_headers_do_no_harm, setup),
		cmocka_unit_test_setup(command_lines, setup),
		cmocka_unit_test(real_kernels),
		cmocka_unit_test(errors_have_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
