/* SPDX-License-Identifier: MIT */
/*
 * The placement of a directly booted kernel: whatever the memory map, each
 * thing lies in RAM, below 4 GiB, apart from the others and from what is
 * reserved; and where there is no room, the right error says so.
 */
#include "tests/unit/unit_test.h"

#include "kernel/linux_boot.h"

#define PARAVISOR                    \
	{                            \
		0x08000000, 0x400000 \
	}

static const struct linux_image image = {
	.kernel_bytes = 13 * MIB,
	.init_size = 0x3c39000,
	.pref_address = 0x1000000,
	.alignment = 0x200000,
	.initrd_max = 0x7fffffff,
	.cmdline_max = 2047,
	.relocatable = true,
};

static const struct guest_range paravisor[] = {PARAVISOR};
static const struct guest_range ram_2g[] = {{0, 0x80000000}};

static struct linux_boot_input input_of(const struct guest_range *ram, unsigned int count)
{
	return (struct linux_boot_input){
		.image = &image,
		.initrd_bytes = 3 * MIB + 5,
		.cmdline_bytes = 100,
		.acpi_bytes = 2500,
		.ram = ram,
		.ram_count = count,
		.reserved = paravisor,
		.reserved_count = 1,
	};
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

static bool in_ram(const struct linux_boot_input *input, uint64_t base, uint64_t size)
{
	for (unsigned int i = 0; i < input->ram_count; i++) {
		if (base >= input->ram[i].base &&
			base + size <= input->ram[i].base + input->ram[i].size)
			return true;
	}
	return false;
}

static void check_place(const struct linux_boot_input *input, uint64_t base, uint64_t size)
{
	assert_true(IS_ALIGNED(base, PAGE_SIZE));
	assert_true(base >= MIB && base + size <= 4 * GIB);
	assert_true(in_ram(input, base, size));
	for (unsigned int i = 0; i < input->reserved_count; i++)
		assert_false(overlap(base, size, input->reserved[i].base, input->reserved[i].size));
}

static void check_plan(const struct linux_boot_input *input, const struct linux_boot_plan *plan)
{
	const uint64_t parts[] = {plan->boot_params, plan->cmdline, plan->cc, plan->page_tables,
		plan->secrets, plan->cpuid, plan->calling_area, plan->acpi,
		plan->area + plan->area_bytes};
	uint64_t initrd_size = ALIGN_UP(plan->initrd_bytes, PAGE_SIZE);

	check_place(input, plan->kernel, plan->kernel_bytes);
	assert_true(IS_ALIGNED(plan->kernel, input->image->alignment));
	assert_true(plan->kernel >= input->image->pref_address);
	assert_true(plan->kernel_bytes >= input->image->init_size);
	check_place(input, plan->area, plan->area_bytes);
	assert_false(overlap(plan->kernel, plan->kernel_bytes, plan->area, plan->area_bytes));
	if (initrd_size != 0) {
		check_place(input, plan->initrd, initrd_size);
		assert_true(plan->initrd + plan->initrd_bytes - 1 <= input->image->initrd_max);
		assert_false(overlap(plan->kernel, plan->kernel_bytes, plan->initrd, initrd_size));
		assert_false(overlap(plan->area, plan->area_bytes, plan->initrd, initrd_size));
	}
	assert_int_equal(plan->boot_params, plan->area);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(parts); i++)
		assert_true(parts[i + 1] >= parts[i] + PAGE_SIZE);
	assert_true(plan->secrets - plan->page_tables == LINUX_PAGE_TABLE_PAGES * PAGE_SIZE);
	assert_true(plan->acpi_bytes >= input->acpi_bytes);
}

static void usual_machine(void **state)
{
	struct linux_boot_input input = input_of(ram_2g, 1);
	struct linux_boot_plan plan;

	(void)state;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_OK);
	check_plan(&input, &plan);
	assert_int_equal(plan.kernel, image.pref_address);
	assert_int_equal(plan.initrd, 0x80000000 - ALIGN_UP(input.initrd_bytes, PAGE_SIZE));
	assert_int_equal(plan.area, MIB);
}

static void without_initrd(void **state)
{
	struct linux_boot_input input = input_of(ram_2g, 1);
	struct linux_boot_plan plan;

	(void)state;
	input.initrd_bytes = 0;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_OK);
	check_plan(&input, &plan);
	assert_int_equal(plan.initrd | plan.initrd_bytes, 0);
}

static void preferred_address_taken(void **state)
{
	const struct guest_range reserved[] = {{0x1200000, 0x1000}, PARAVISOR};
	struct linux_boot_input input = input_of(ram_2g, 1);
	struct linux_image fixed = image;
	struct linux_boot_plan plan;

	(void)state;
	input.reserved = reserved;
	input.reserved_count = 2;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_OK);
	check_plan(&input, &plan);
	assert_int_equal(plan.kernel, 0x1400000);
	fixed.relocatable = false;
	input.image = &fixed;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_NO_ROOM_KERNEL);
}

static void large_machine(void **state)
{
	const struct guest_range ram[] = {
		{0, 0x80000000}, {0x100000000, 0x1000000000}, {0x2000000000, 0x1000}};
	struct linux_boot_input input = input_of(ram, 3);
	struct linux_boot_plan plan;

	(void)state;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_OK);
	check_plan(&input, &plan);
	input.ram = &ram[1]; /* nothing below 4 GiB */
	input.ram_count = 2;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_NO_ROOM_KERNEL);
}

static void small_machines(void **state)
{
	unsigned int last = LINUX_BOOT_NO_ROOM_KERNEL;

	(void)state;
	/* As memory grows by 4 KiB, there is no room for the kernel, and then for everything. */
	for (uint64_t size = 0x4c30000; size < 0x5000000; size += PAGE_SIZE) {
		const struct guest_range ram[] = {{0, size}};
		struct linux_boot_input input = input_of(ram, 1);
		struct linux_boot_plan plan;
		unsigned int error = linux_boot_plan(&input, &plan);

		if (error == LINUX_BOOT_OK)
			check_plan(&input, &plan);
		else
			assert_int_equal(error, LINUX_BOOT_NO_ROOM_KERNEL);
		assert_true(error == last || last != LINUX_BOOT_OK);
		last = error;
	}
	assert_int_equal(last, LINUX_BOOT_OK);
}

static void no_room(void **state)
{
	const struct guest_range low_only[] = {{0, 0x100000}};
	const struct guest_range kernel_only[] = {{0x1000000, 0x3c39000}};
	struct linux_boot_input input = input_of(low_only, 1);
	struct linux_boot_plan plan;

	(void)state;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_NO_ROOM_KERNEL);
	input = input_of(kernel_only, 1);
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_NO_ROOM_INITRD);
	input.initrd_bytes = 0;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_NO_ROOM_PAGES);
	input = input_of(ram_2g, 1);
	input.initrd_bytes = LINUX_MAX_INITRD_BYTES + 1;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_BAD_INITRD);
	input.initrd_bytes = UINT64_MAX;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_BAD_INITRD);
	input = input_of(ram_2g, 1);
	input.acpi_bytes = UINT64_MAX;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_NO_ROOM_PAGES);
	input = input_of(ram_2g, 1);
	input.cmdline_bytes = LINUX_MAX_CMDLINE_BYTES + 1;
	assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_BAD_CMDLINE);
}

static void lying_memory_maps(void **state)
{
	const struct guest_range bad[][2] = {
		{{0, 0x80000000}, {0x70000000, 0x10000000}},
		{{0x10000000, 0x1000}, {0, 0x1000}},
		{{0, 0x80000000}, {UINT64_MAX - 0xfff, 0x1000}},
		{{0, 0x80000000}, {0xfffffffffffff000, 0x2000}},
		{{0, 0x80000000}, {0x90000800, 0x1000}},
		{{0, 0x80000000}, {0x90000000, 0x800}},
		{{0, 0x80000000}, {0x90000000, 0}},
	};
	struct linux_boot_plan plan;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct linux_boot_input input = input_of(bad[i], 2);

		assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_BAD_RAM);
		input = input_of(ram_2g, 1);
		input.reserved = bad[i];
		input.reserved_count = 2;
		assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_BAD_RAM);
	}
	for (unsigned int count = 0; count <= LINUX_MAX_RANGES + 1; count += LINUX_MAX_RANGES + 1) {
		static struct guest_range many[LINUX_MAX_RANGES + 1];
		struct linux_boot_input input = input_of(many, count);

		for (unsigned int i = 0; i < count; i++)
			many[i] = (struct guest_range){i * MIB, 0x1000};
		assert_int_equal(linux_boot_plan(&input, &plan), LINUX_BOOT_BAD_RAM);
	}
}

/* Random maps: a plan, when there is one, is always sound. */
static void random_maps(void **state)
{
	unsigned int seed = 7, planned = 0;

	(void)state;
	for (unsigned int round = 0; round < 3000; round++) {
		struct guest_range ram[8], reserved[8];
		struct linux_boot_input input = input_of(ram, 8);
		struct linux_boot_plan plan;
		uint64_t at = 0, reserved_at = 0;

		for (unsigned int i = 0; i < 8; i++) {
			at += (uint64_t)(rand_r(&seed) % 0x2000) * PAGE_SIZE;
			ram[i].base = at;
			ram[i].size = (uint64_t)(rand_r(&seed) % 0x20000 + 1) * PAGE_SIZE;
			at += ram[i].size;
			reserved_at += (uint64_t)(rand_r(&seed) % 0x10000) * PAGE_SIZE;
			reserved[i].base = reserved_at;
			reserved[i].size = (uint64_t)(rand_r(&seed) % 0x1000 + 1) * PAGE_SIZE;
			reserved_at += reserved[i].size;
		}
		input.reserved = reserved;
		input.reserved_count = 8;
		if (linux_boot_plan(&input, &plan) != LINUX_BOOT_OK)
			continue;
		planned++;
		check_plan(&input, &plan);
	}
	assert_true(planned > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_machine),
		cmocka_unit_test(without_initrd),
		cmocka_unit_test(preferred_address_taken),
		cmocka_unit_test(large_machine),
		cmocka_unit_test(small_machines),
		cmocka_unit_test(no_room),
		cmocka_unit_test(lying_memory_maps),
		cmocka_unit_test(random_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
