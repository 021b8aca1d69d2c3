/* SPDX-License-Identifier: MIT */
/*
 * Where a directly booted kernel and what belongs to it go in the guest's
 * memory (linux_boot_plan() of kernel/linux_boot.h): first fit in RAM around a
 * list of blocked ranges, to which each placed thing is added.
 */
#include "kernel/linux_boot.h"

#define LOW_LIMIT (1ULL * MIB) /* below it: legacy holes, Linux's real-mode trampoline */
#define HIGH_LIMIT (4ULL * GIB)

/* Besides the reserved ranges: kernel and initramfs. */
#define MAX_BLOCKED (LINUX_MAX_RANGES + 2)

struct planner {
	const struct guest_range *ram;
	unsigned int ram_count;
	struct guest_range blocked[MAX_BLOCKED];
	unsigned int blocked_count;
};

static bool ranges_sound(const struct guest_range *ranges, unsigned int count)
{
	uint64_t last_end = 0;

	if (count > LINUX_MAX_RANGES)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		uint64_t end;

		if (!IS_ALIGNED(ranges[i].base | ranges[i].size, PAGE_SIZE) ||
			ranges[i].size == 0 || ranges[i].base < last_end ||
			__builtin_add_overflow(ranges[i].base, ranges[i].size, &end))
			return false;
		last_end = end;
	}
	return true;
}

static void block(struct planner *planner, uint64_t base, uint64_t size)
{
	planner->blocked[planner->blocked_count++] = (struct guest_range){base, size};
}

/* The first blocked range that [base, base + size) touches, or NULL. */
static const struct guest_range *blocker(
	const struct planner *planner, uint64_t base, uint64_t size)
{
	for (unsigned int i = 0; i < planner->blocked_count; i++) {
		const struct guest_range *range = &planner->blocked[i];

		if (base < range->base + range->size && range->base < base + size)
			return range;
	}
	return NULL;
}

/* Lowest place in one RAM range, at or above @from; 0 when there is none. */
static uint64_t fit_up(const struct planner *planner, const struct guest_range *ram, uint64_t from,
	uint64_t size, uint64_t alignment)
{
	uint64_t end = ram->base + ram->size;
	uint64_t base = ram->base > from ? ram->base : from;

	if (end > HIGH_LIMIT)
		end = HIGH_LIMIT;
	for (base = ALIGN_UP(base, alignment); base < end && end - base >= size;) {
		const struct guest_range *range = blocker(planner, base, size);

		if (range == NULL)
			return base;
		base = ALIGN_UP(range->base + range->size, alignment);
	}
	return 0;
}

/* Highest page-aligned place in one RAM range that ends at or below @limit; 0: none. */
static uint64_t fit_down(
	const struct planner *planner, const struct guest_range *ram, uint64_t limit, uint64_t size)
{
	uint64_t end = ram->base + ram->size < limit ? ram->base + ram->size : limit;
	uint64_t floor = ram->base > LOW_LIMIT ? ram->base : LOW_LIMIT;

	for (end = ALIGN_DOWN(end, PAGE_SIZE); end > floor && end - floor >= size;) {
		const struct guest_range *range = blocker(planner, end - size, size);

		if (range == NULL)
			return end - size;
		end = range->base;
	}
	return 0;
}

static uint64_t place_low(
	const struct planner *planner, uint64_t from, uint64_t size, uint64_t alignment)
{
	uint64_t base = 0;

	for (unsigned int i = 0; i < planner->ram_count && base == 0; i++)
		base = fit_up(planner, &planner->ram[i], from, size, alignment);
	return base;
}

static uint64_t place_high(const struct planner *planner, uint64_t limit, uint64_t size)
{
	uint64_t base = 0;

	for (unsigned int i = planner->ram_count; i > 0 && base == 0; i--)
		base = fit_down(planner, &planner->ram[i - 1], limit, size);
	return base;
}

/*
 * At the preferred address or, for a relocatable kernel, at an aligned one
 * above: loaded below, the kernel would still decompress to the preferred one.
 */
static enum linux_boot_error place_kernel(
	struct planner *planner, const struct linux_image *image, struct linux_boot_plan *plan)
{
	uint64_t size = image->kernel_bytes > image->init_size ? image->kernel_bytes
							       : image->init_size;
	uint64_t base;

	size = ALIGN_UP(size, PAGE_SIZE);
	base = place_low(planner, image->pref_address, size, image->alignment);
	if (base == 0 || (base != image->pref_address && !image->relocatable))
		return LINUX_BOOT_NO_ROOM_KERNEL;
	block(planner, base, size);
	plan->kernel = base;
	plan->kernel_bytes = size;
	return LINUX_BOOT_OK;
}

static enum linux_boot_error place_initrd(
	struct planner *planner, const struct linux_boot_input *input, struct linux_boot_plan *plan)
{
	uint64_t limit = input->image->initrd_max < HIGH_LIMIT ? input->image->initrd_max + 1
							       : HIGH_LIMIT;
	uint64_t size = ALIGN_UP(input->initrd_bytes, PAGE_SIZE);

	plan->initrd_bytes = input->initrd_bytes;
	if (size == 0)
		return LINUX_BOOT_OK;
	plan->initrd = place_high(planner, limit, size);
	if (plan->initrd == 0)
		return LINUX_BOOT_NO_ROOM_INITRD;
	block(planner, plan->initrd, size);
	return LINUX_BOOT_OK;
}

/* Gives @bytes of the area to the next thing in it, and says where. */
static uint64_t take(uint64_t *next, uint64_t bytes)
{
	uint64_t base = *next;

	*next += bytes;
	return base;
}

static void lay_out_area(struct linux_boot_plan *plan, uint64_t next)
{
	plan->area = next;
	plan->boot_params = take(&next, PAGE_SIZE);
	plan->cmdline = take(&next, LINUX_MAX_CMDLINE_BYTES);
	plan->cc = take(&next, PAGE_SIZE);
	plan->page_tables = take(&next, LINUX_PAGE_TABLE_PAGES * PAGE_SIZE);
	plan->secrets = take(&next, PAGE_SIZE);
	plan->cpuid = take(&next, PAGE_SIZE);
	plan->calling_area = take(&next, PAGE_SIZE);
	plan->acpi = take(&next, plan->acpi_bytes);
	plan->area_bytes = next - plan->area;
}

static enum linux_boot_error place_area(
	struct planner *planner, uint64_t acpi_bytes, struct linux_boot_plan *plan)
{
	uint64_t base;

	plan->acpi_bytes = ALIGN_UP(acpi_bytes, PAGE_SIZE);
	lay_out_area(plan, 0);
	base = place_low(planner, LOW_LIMIT, plan->area_bytes, PAGE_SIZE);
	if (base == 0)
		return LINUX_BOOT_NO_ROOM_PAGES;
	lay_out_area(plan, base);
	return LINUX_BOOT_OK;
}

static enum linux_boot_error check_input(const struct linux_boot_input *input)
{
	if (input->ram_count == 0 || !ranges_sound(input->ram, input->ram_count) ||
		!ranges_sound(input->reserved, input->reserved_count))
		return LINUX_BOOT_BAD_RAM;
	if (input->cmdline_bytes > LINUX_MAX_CMDLINE_BYTES)
		return LINUX_BOOT_BAD_CMDLINE;
	if (input->initrd_bytes > LINUX_MAX_INITRD_BYTES)
		return LINUX_BOOT_BAD_INITRD;
	if (input->acpi_bytes > MIB)
		return LINUX_BOOT_NO_ROOM_PAGES;
	return LINUX_BOOT_OK;
}

enum linux_boot_error linux_boot_plan(
	const struct linux_boot_input *input, struct linux_boot_plan *plan)
{
	struct planner planner = {.ram = input->ram, .ram_count = input->ram_count};
	enum linux_boot_error error = check_input(input);

	if (error != LINUX_BOOT_OK)
		return error;
	for (unsigned int i = 0; i < input->reserved_count; i++)
		block(&planner, input->reserved[i].base, input->reserved[i].size);

	*plan = (struct linux_boot_plan){0};
	error = place_kernel(&planner, input->image, plan);
	if (error == LINUX_BOOT_OK)
		error = place_initrd(&planner, input, plan);
	if (error == LINUX_BOOT_OK)
		error = place_area(&planner, input->acpi_bytes, plan);
	return error;
}
