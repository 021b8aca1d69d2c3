/* SPDX-License-Identifier: MIT */
/*
 * The header of a bzImage that the host offers (kernel/linux_image.c): whatever
 * it says, what is taken from it can be used in sums without a further check.
 */
#include "tests/fuzz/fuzz.h"

#include "kernel/linux_boot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The length of the rest comes last, so that a real header is a seed as it is. */
	uint64_t kernel_bytes = size < 4 ? size : 0x100000 + data[size - 1] * 0x80000ULL;
	struct fuzz_input input = {data, size};
	struct linux_image image;
	void *setup = fuzz_rest(&input);

	if (linux_image_parse(setup, size, kernel_bytes, &image) == LINUX_BOOT_OK) {
		FUZZ_CHECK(image.setup_bytes == size && image.kernel_bytes == kernel_bytes);
		FUZZ_CHECK(image.alignment && !(image.alignment & (image.alignment - 1)));
		FUZZ_CHECK(image.init_size <= UINT32_MAX);
		FUZZ_CHECK(image.header_bytes <= size - 0x1f1);
	}
	free(setup);
	return 0;
}
