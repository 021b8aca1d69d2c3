/* SPDX-License-Identifier: MIT */
/*
 * The order of start-up on the first CPU: facts, memory, CPUs, guest RAM, guest.
 */
#include <string.h>

#include "boot/stage2.h"
#include "drivers/q35.h"
#include "ghcb.h"
#include "kernel/banner.h"
#include "kernel/cpu.h"
#include "kernel/frames.h"
#include "kernel/guest_launch.h"
#include "kernel/guest_ram.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/madt.h"
#include "kernel/memory_map.h"
#include "kernel/own_memory.h"
#include "kernel/page_state.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "kernel/request.h"
#include "kernel/services_start.h"
#include "kernel/smp.h"
#include "lib/random.h"
#include "lib/sha256_block.h"
#include "platform.h"
#include "x86.h"

/* What stays in the frame allocator for page tables and the launch. */
#define FRAMES_RESERVE (256 * KIB)

static struct memory_map memory SECTION(".bss.once");
static uint32_t apic_ids[MAX_CPUS] SECTION(".bss.once");

/* One CPU without a MADT is fine; otherwise MADT and VP count must agree. */
static unsigned int find_cpus(void)
{
	uint32_t expected = platform_facts()->vp_count;
	unsigned int count;
	enum madt_error error = madt_decode(
		special_madt, sizeof(special_madt), apic_ids, MAX_CPUS, &count);

	if (error)
		give_up(TERM_NACRE_PARAMETERS, "%s", madt_error_text(error));
	if (!count && expected == 1)
		return 1; /* APIC id 0 */
	if (!count || count != expected)
		give_up(TERM_NACRE_PARAMETERS, "the host says %u CPUs, its MADT %u", expected,
			count);
	if (count > 1 && !platform_facts()->flush_broadcast)
		give_up(TERM_NACRE_FEATURES,
			"%u CPUs need INVLPGB, which this machine does not offer", count);
	return count;
}

/*
 * Linux looks for tables where ROMs are and, on a machine without them, has to find
 * RAM. A firmware knows the place for what it is.
 */
static void find_memory(void)
{
	uint64_t limit = BIT(platform_facts()->c_bit);
	bool uncover = !guest_launch_is_firmware() && q35_uncover_low_ram();
	uint64_t hole_end = uncover ? PC_ROM_BASE : PC_HOLE_END;
	enum memory_map_error error = memory_map_decode(
		&memory, special_memory_map, ARRAY_SIZE(special_memory_map), hole_end, limit);

	if (error)
		give_up(TERM_NACRE_PARAMETERS, "%s", memory_map_error_text(error));
}

/* What @count CPUs need beyond what the region holds. */
static uint64_t extra_for_cpus(unsigned int count)
{
	uint64_t need = (count - 1) * cpu_footprint() + FRAMES_RESERVE;
	uint64_t have = frames_free_bytes();

	return need > have ? need - have : 0;
}

static uint64_t private_bytes(void)
{
	return memory.carve_out.size - (services_footprint() ? SERVICES_WINDOW : 0);
}

/* Like the region, but by the kernel's own means. */
static void validate_carve_out(void)
{
	const struct page_span span = {memory.carve_out.base, private_bytes()};

	if (platform_facts()->memory_is_shared)
		platform_make_private(&span, 1);
	paging_map((struct va){VA_MAP}, span.base, span.size, MAP_DATA);
	own_memory_validate((struct va){VA_MAP}, span.base, span.size);
	memset((void *)VA_MAP, 0, span.size);
}

/* Page states, then frames, then services; behind it their window. */
static void divide_carve_out(void)
{
	uint64_t map_bytes = ALIGN_UP(memory.states, PAGE_SIZE), services = services_footprint();
	uint64_t bytes = private_bytes();
	const struct page_span window = {memory.carve_out.base + bytes, SERVICES_WINDOW};

	page_state_init(&memory, (void *)VA_MAP);
	frames_add((struct va){VA_MAP + map_bytes}, bytes - services - map_bytes);
	if (services)
		services_set_memory((void *)(VA_MAP + bytes - services), &window);
}

static void take_memory(unsigned int cpus)
{
	uint64_t services = services_footprint();
	uint64_t extra = extra_for_cpus(cpus) + (services ? services + SERVICES_WINDOW : 0);
	enum memory_map_error error = memory_map_carve_out(&memory, extra);

	if (error)
		give_up(TERM_NACRE_NO_MEMORY, "%s", memory_map_error_text(error));
	spa_set_map_area((struct spa){memory.carve_out.base});
	validate_carve_out();
	divide_carve_out();
}

static void choose_cryptography(void)
{
	if (!platform_facts()->aes_instructions)
		give_up(TERM_NACRE_FEATURES,
			"this machine offers no AES instructions (AES, PCLMULQDQ)");
	sha256_use_extensions(platform_facts()->sha_instructions);
}

static void seed_random(void)
{
	enum random_error error = random_init(platform_facts()->random);

	if (error)
		give_up(TERM_NACRE_FEATURES, "no randomness: error %u", (unsigned int)error);
}

void kernel_main(void)
{
	struct banner banner;
	unsigned int cpus;

	platform_init();
	platform_prepare_first_cpu(this_cpu());
	log_console_ready();
	choose_cryptography();
	seed_random();
	boot_choose_canary();
	cpus = find_cpus();
	find_memory();
	banner = (struct banner){.cpus = cpus, .memory = &memory};
	take_memory(cpus);
	banner_print(&banner);
	platform_attest_init();
	cpu_create_others(apic_ids, cpus);
	guest_launch_plan(&memory);
	paging_seal_once();
	smp_start_all();
	services_start();
	guest_ram_finish();
	if (smp_wait_all() != cpus)
		log_warn("nacre: continuing with fewer CPUs");
	guest_launch(&memory);
	frames_close();
	log_flush();
	request_loop();
}
