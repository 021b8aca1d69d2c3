/* SPDX-License-Identifier: MIT */
/*
 * A firmware's own tables (tools/igvm/firmware.c): the input is the end of an
 * image. Any bytes give an error with a text, or areas that the paravisor takes
 * too if the guest has the memory for them.
 */
#include "tests/fuzz/fuzz.h"

#include "kernel/firmware_areas.h"
#include "tools/igvm/firmware.h"

static void check_areas(const struct firmware *firmware)
{
	const struct memory_map ram = {.ranges = {{0, firmware->base, 0}}, .count = 1};
	struct firmware_fault fault;

	FUZZ_CHECK(firmware_areas_check(&firmware->map, &ram, &fault));
}

/* Whole pages, with what is missing at their beginning. */
static uint8_t *make_image(const uint8_t *data, size_t size, size_t *image_size)
{
	uint8_t *image;

	*image_size = ALIGN_UP(size, PAGE_SIZE);
	image = malloc(*image_size ? *image_size : 1);
	FUZZ_CHECK(image);
	memset(image, 0xff, *image_size - size);
	if (size)
		memcpy(image + *image_size - size, data, size);
	return image;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tool_error error = {0};
	struct firmware firmware;
	size_t image_size;
	uint8_t *image = make_image(data, size, &image_size);

	if (firmware_read(image, image_size, &firmware, &error))
		check_areas(&firmware);
	else
		FUZZ_CHECK(error.text[0]);
	free(image);
	return 0;
}
