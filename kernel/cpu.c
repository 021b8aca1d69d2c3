/* SPDX-License-Identifier: MIT */
/*
 * Creation of the per-CPU areas: the area itself, stacks with guard pages
 * below each, windows, descriptors.
 */
#include "kernel/cpu.h"
#include "ghcb.h"
#include "kernel/exceptions.h"
#include "kernel/frames.h"
#include "kernel/paging.h"
#include "kernel/windows.h"
#include "platform.h"

#define AREA_PAGES 2U /* struct cpu, request buffer */
#define STACK_TOTAL (STACK_PAGES + IST_COUNT)
#define PLATFORM_PAGES 2U /* GHCB and save area */

static struct cpu *cpus[MAX_CPUS] SECTION(".bss.once");
static unsigned int count SECTION(".bss.once");

/* In a CPU's slot: guard, main stack, then guard and page for each interrupt stack. */
static_assert((1 + STACK_PAGES + 2 * IST_COUNT) * PAGE_SIZE <= STACK_SLOT, "stack slot too small");

unsigned int cpu_count(void)
{
	return count;
}

struct cpu *cpu_by_index(unsigned int index)
{
	return index < count ? cpus[index] : NULL;
}

struct cpu *const *cpu_list(void)
{
	return cpus;
}

struct cpu *cpu_by_apic_id(uint32_t apic_id)
{
	for (unsigned int i = 0; i < count; i++)
		if (cpus[i]->apic_id == apic_id && cpu_state(cpus[i]) == CPU_ONLINE)
			return cpus[i];
	return NULL;
}

uint64_t cpu_footprint(void)
{
	return (AREA_PAGES + STACK_TOTAL + PLATFORM_PAGES) * PAGE_SIZE;
}

/* Maps @pages new pages after one unmapped page at @va; returns the end. */
static struct va map_stack(struct va va, unsigned int pages)
{
	struct va bottom = va_add(va, PAGE_SIZE);
	uint64_t bytes = pages * PAGE_SIZE;

	paging_map(bottom, spa_of(frames_need(pages)).value, bytes, MAP_DATA);
	return va_add(bottom, bytes);
}

static void create_stacks(struct cpu *cpu)
{
	struct va va = {VA_STACKS + (uint64_t)cpu->index * STACK_SLOT};

	va = map_stack(va, STACK_PAGES);
	cpu->stack_top = va.value;
	for (unsigned int i = 0; i < IST_COUNT; i++) {
		va = map_stack(va, 1);
		cpu->ist_top[i] = va.value;
	}
}

static struct cpu *create(unsigned int index)
{
	struct cpu *cpu = frames_need(AREA_PAGES);

	cpu->self = cpu;
	cpu->index = index;
	cpu->request_buffer = (uint64_t *)((uint8_t *)cpu + PAGE_SIZE);
	create_stacks(cpu);
	windows_create(cpu);
	descriptors_create(cpu);
	cpus[index] = cpu;
	return cpu;
}

struct cpu *cpu_create_first(void)
{
	struct cpu *cpu = create(0);

	count = 1;
	cpu->state = CPU_ONLINE;
	return cpu;
}

void cpu_create_others(const uint32_t *apic_ids, unsigned int total)
{
	cpus[0]->apic_id = apic_ids[0];
	for (unsigned int i = 1; i < total; i++)
		create(i)->apic_id = apic_ids[i];
	count = total;
}
