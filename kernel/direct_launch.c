/* SPDX-License-Identifier: MIT */
/*
 * Direct boot of a Linux kernel; see direct_launch.h. Guest RAM below 4 GiB is
 * reached at VA_LAUNCH + address while this lasts. One block of it serves as
 * the window shared with the host for fw_cfg, and becomes the guest's at the
 * end.
 */
#include <string.h>

#include "drivers/q35.h"
#include "ghcb.h"
#include "kernel/acpi.h"
#include "kernel/cpu.h"
#include "kernel/first_vcpu.h"
#include "kernel/frames.h"
#include "kernel/guest_pages.h"
#include "kernel/guest_ram.h"
#include "kernel/image.h"
#include "kernel/launch_files.h"
#include "kernel/linux_boot.h"
#include "kernel/direct_launch.h"
#include "kernel/log.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "platform.h"

#define WINDOW_SIZE PAGE_2M_SIZE
#define RESERVED_MAX 3U /* region, carve-out, window */

struct launch {
	struct page_span window;
	struct launch_files files;
	struct linux_image image;
	struct linux_boot_plan plan;
	struct linux_boot_input input;
	struct guest_range ram[RAM_RANGES_MAX];
	struct guest_range reserved[RESERVED_MAX];
};

static struct launch launch;

/* ---- Mapping guest RAM for the launch ---- */

static void *at(uint64_t address)
{
	return (void *)(VA_LAUNCH + address);
}

/* Whole 2 MiB blocks; what else is in them is not touched. */
static void *map(uint64_t address, uint64_t bytes)
{
	uint64_t base = ALIGN_DOWN(address, PAGE_2M_SIZE);

	paging_map(va_of(at(base)), base, ALIGN_UP(address + bytes, PAGE_2M_SIZE) - base, MAP_DATA);
	return at(address);
}

static void unmap(uint64_t address, uint64_t bytes)
{
	uint64_t base = ALIGN_DOWN(address, PAGE_2M_SIZE);

	paging_unmap(va_of(at(base)), ALIGN_UP(address + bytes, PAGE_2M_SIZE) - base);
}

/* ---- The window ---- */

static bool overlaps(const struct page_span *span, uint64_t base, uint64_t end)
{
	return base < span->base + span->size && end > span->base;
}

/* The highest free block of RAM below 4 GiB. */
static uint64_t choose_window(const struct memory_map *memory)
{
	for (unsigned int i = memory->count; i-- > 0;) {
		const struct ram_range *range = &memory->ranges[i];
		uint64_t end = range->end < 4 * GIB ? range->end : 4 * GIB;
		uint64_t base = ALIGN_DOWN(end, PAGE_2M_SIZE);

		while (base >= range->base + WINDOW_SIZE && base >= MIB + WINDOW_SIZE) {
			base -= WINDOW_SIZE;
			if (!overlaps(&memory->carve_out, base, base + WINDOW_SIZE))
				return base;
		}
	}
	give_up(TERM_NACRE_NO_MEMORY, "no RAM below 4 GiB for the transfer window");
}

void direct_launch_plan(const struct memory_map *memory)
{
	launch.window = (struct page_span){choose_window(memory), WINDOW_SIZE};
	for (unsigned int i = 0; i < memory->count; i++)
		launch.ram[i] = (struct guest_range){
			memory->ranges[i].base, memory->ranges[i].end - memory->ranges[i].base};
	launch.input.ram = launch.ram;
	launch.input.ram_count = memory->count;
	guest_ram_plan(memory, launch.window);
}

static void open_window(struct fw_cfg_window *window)
{
	uint64_t base = launch.window.base;

	if (!platform_facts()->memory_is_shared)
		platform_make_shared(&launch.window, 1);
	map(base, WINDOW_SIZE);
	*paging_entry(va_of(at(base)), 2) &= ~paging_private_mask();
	*window = (struct fw_cfg_window){.va = at(base), .gpa = base, .size = WINDOW_SIZE};
}

/* The window becomes guest RAM like any other. It starts shared here in any case. */
static void close_window(void)
{
	unmap(launch.window.base, WINDOW_SIZE);
	if (!platform_facts()->memory_is_shared)
		platform_make_private(&launch.window, 1);
	guest_ram_prepare(launch.window);
}

/* ---- What is in the way ---- */

static void reserve(uint64_t base, uint64_t size)
{
	unsigned int i = launch.input.reserved_count++;

	for (; i > 0 && launch.reserved[i - 1].base > base; i--)
		launch.reserved[i] = launch.reserved[i - 1];
	launch.reserved[i] = (struct guest_range){base, size};
}

static void reserve_own(const struct page_span *carve_out)
{
	launch.input.reserved = launch.reserved;
	launch.input.reserved_count = 0;
	reserve(REGION_GPA, REGION_SIZE);
	reserve(carve_out->base, carve_out->size);
}

static void need(enum linux_boot_error error)
{
	if (error)
		give_up(TERM_NACRE_GUEST_IMAGE, "%s", linux_boot_error_text(error));
}

static void make_plan(const struct page_span *carve_out)
{
	struct launch_files *files = &launch.files;

	need(linux_image_parse(
		files->setup, files->setup_bytes, files->kernel_bytes, &launch.image));
	launch.input.image = &launch.image;
	launch.input.initrd_bytes = files->initrd_bytes;
	launch.input.cmdline_bytes = files->cmdline_bytes;
	launch.input.acpi_bytes = acpi_size(cpu_count());
	reserve_own(carve_out);
	reserve(launch.window.base, launch.window.size);
	need(linux_boot_plan(&launch.input, &launch.plan));
	reserve_own(carve_out); /* the window is RAM to the guest */
}

static void map_places(void)
{
	map(launch.plan.kernel, launch.files.kernel_bytes);
	map(launch.plan.area, launch.plan.area_bytes);
	if (launch.plan.initrd_bytes)
		map(launch.plan.initrd, launch.plan.initrd_bytes);
}

static void unmap_places(void)
{
	unmap(launch.plan.kernel, launch.files.kernel_bytes);
	unmap(launch.plan.area, launch.plan.area_bytes);
	if (launch.plan.initrd_bytes)
		unmap(launch.plan.initrd, launch.plan.initrd_bytes);
}

static void load_files(void)
{
	const struct linux_boot_plan *plan = &launch.plan;
	char *cmdline = at(plan->cmdline);

	launch_files_load(&launch.files, at(plan->kernel), at(plan->initrd), cmdline);
	if (launch.files.cmdline_bytes)
		need(linux_cmdline_check(&launch.image, cmdline, launch.files.cmdline_bytes));
}

/* ---- What the guest finds ---- */

static unsigned int online_apic_ids(uint32_t *ids)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < cpu_count(); i++)
		if (cpu_state(cpu_by_index(i)) == CPU_ONLINE)
			ids[count++] = cpu_by_index(i)->apic_id;
	return count;
}

static uint64_t low_ram_end(void)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < launch.input.ram_count; i++)
		if (launch.ram[i].base < 4 * GIB)
			end = launch.ram[i].base + launch.ram[i].size;
	return end;
}

static void build_acpi(void)
{
	uint32_t *ids = frames_need(1);
	struct acpi_facts facts = {
		.apic_ids = ids,
		.cpu_count = online_apic_ids(ids),
		.low_ram_end = low_ram_end(),
	};
	enum acpi_error error = acpi_build(
		at(launch.plan.acpi), launch.plan.acpi_bytes, launch.plan.acpi, &facts);

	frames_give_back(ids, 1);
	if (error)
		give_up(TERM_NACRE_PARAMETERS, "ACPI tables: error %u", (unsigned int)error);
	if (!q35_enable_power_management())
		log_warn("nacre: no ICH9 power management; the guest cannot switch off");
}

static_assert(MAX_CPUS * sizeof(uint32_t) <= PAGE_SIZE, "build_acpi() takes one page for the ids");

static void build_pages(const struct page_span *carve_out)
{
	const struct linux_boot_plan *plan = &launch.plan;
	struct guest_svsm_info svsm = first_vcpu_svsm(carve_out, plan->calling_area);

	need(linux_boot_fill_params(
		at(plan->boot_params), launch.files.setup, &launch.input, plan));
	linux_boot_fill_cc(at(plan->cc), plan);
	linux_boot_fill_page_tables(at(plan->page_tables), plan, platform_facts()->private_mask);
	if (guest_secrets_fill(at(plan->secrets), &special_secrets, &svsm) ||
		guest_cpuid_fill(at(plan->cpuid), &special_cpuid))
		give_up(TERM_NACRE_CPUID, "the guest's secrets or CPUID page cannot be made");
}

/* ---- The first vCPU ---- */

static void create_vcpu(void)
{
	const struct platform_facts *facts = platform_facts();
	struct vmsa *vmsa = first_vcpu_save_area();

	linux_boot_fill_vmsa(
		vmsa, &launch.plan, facts->private_mask, facts->guest_level, facts->guest_features);
	first_vcpu_create(vmsa, launch.plan.calling_area);
}

void direct_launch(const struct memory_map *memory)
{
	struct fw_cfg_window window;

	open_window(&window);
	launch_files_open(&launch.files, &window);
	make_plan(&memory->carve_out);
	map_places();
	load_files();
	close_window();
	build_acpi();
	build_pages(&memory->carve_out);
	create_vcpu();
	unmap_places();
	log_info("nacre: starting Linux, %u KiB kernel, %u KiB initramfs",
		(launch.files.setup_bytes + launch.files.kernel_bytes) / (unsigned int)KIB,
		launch.files.initrd_bytes / (unsigned int)KIB);
	memset(launch.files.setup, 0, launch.files.setup_bytes);
	frames_give_back(launch.files.setup, LINUX_MAX_SETUP_BYTES / PAGE_SIZE);
}
