/* SPDX-License-Identifier: MIT */
/*
 * The fake platform; see fake_platform.h. Implements include/platform.h for
 * pages, kernel/windows.h and kernel/fault_access.h over an array, and the list
 * of CPUs.
 */
#include <string.h>

#include "fake_platform.h"
#include "kernel/fault_access.h"
#include "kernel/windows.h"
#include "platform.h"
#include "snp_guest.h"
#include "x86.h"

#define PAGES (FAKE_RAM2_END / PAGE_SIZE)
#define GARBAGE 0xa5

__thread struct cpu *fake_this_cpu;
unsigned int fake_flushes, fake_unflushed;
void (*fake_hook)(const char *operation, uint64_t page);

static uint8_t memory[FAKE_RAM2_END] ALIGNED(4096);
static struct fake_page pages[PAGES];
static uint8_t states[PAGES + 1024] ALIGNED(4096);
static struct cpu cpus[FAKE_CPUS];
static uint64_t buffers[FAKE_CPUS][PAGE_SIZE / sizeof(uint64_t)];

static const struct memory_map map = {
	.ranges = {{FAKE_RAM_BASE, FAKE_RAM_END, 0},
		{FAKE_RAM2_BASE, FAKE_RAM2_END, (FAKE_RAM_END - FAKE_RAM_BASE) / PAGE_SIZE}},
	.count = 2,
};

static const struct platform_facts facts = {
	.name = "fake",
	.guest_level = FAKE_GUEST_VMPL,
	.guest_features = SEV_FEATURE_SNP,
	.flush_broadcast = true,
	.report_size = sizeof(struct snp_report),
};

const struct platform_facts *platform_facts(void)
{
	return &facts;
}

void fake_reset(void)
{
	memset(memory, GARBAGE, sizeof(memory));
	memset(pages, 0, sizeof(pages));
	memset(states, 0, sizeof(states));
	memset(cpus, 0, sizeof(cpus));
	page_state_init(&map, states);
	page_state_fill(FAKE_RAM_BASE, FAKE_RAM2_END, PAGE_STATE_INVALID);
	page_state_fill(FAKE_OWN_BASE, PAGE_2M_SIZE, PAGE_STATE_OWN);
	for (unsigned int i = 0; i < FAKE_CPUS; i++) {
		cpus[i].self = &cpus[i];
		cpus[i].index = i;
		cpus[i].apic_id = 10 + i;
		cpus[i].state = CPU_ONLINE;
		cpus[i].request_buffer = buffers[i];
	}
	fake_flushes = 0;
	fake_unflushed = 0;
	fake_hook = NULL;
	fake_play(0);
}

struct fake_page *fake_page(uint64_t address)
{
	return &pages[address / PAGE_SIZE];
}

uint8_t *fake_memory(uint64_t address)
{
	return memory + address;
}

uint8_t fake_state(uint64_t address)
{
	struct gpa checked;
	uint8_t *entry;

	return guest_range_check(address, 1, &checked, &entry) ? *entry : 0xff;
}

void fake_give(uint64_t address, uint64_t bytes, uint8_t byte)
{
	for (uint64_t page = address; page < address + bytes; page += PAGE_SIZE) {
		fake_page(page)->validated = true;
		fake_page(page)->perms[FAKE_GUEST_VMPL] = RMP_PERM_RWX;
	}
	page_state_fill(address, bytes, PAGE_STATE_GUEST);
	memset(fake_memory(address), byte, bytes);
}

/* ---- CPUs ---- */

struct cpu *fake_cpu(unsigned int index)
{
	return &cpus[index];
}

void fake_play(unsigned int index)
{
	fake_this_cpu = &cpus[index];
}

unsigned int cpu_count(void)
{
	return FAKE_CPUS;
}

struct cpu *cpu_by_index(unsigned int index)
{
	return index < FAKE_CPUS ? &cpus[index] : NULL;
}

struct cpu *cpu_by_apic_id(uint32_t apic_id)
{
	for (unsigned int i = 0; i < FAKE_CPUS; i++)
		if (cpus[i].apic_id == apic_id && cpu_state(&cpus[i]) == CPU_ONLINE)
			return &cpus[i];
	return NULL;
}

struct vmsa *fake_first_vcpu(unsigned int index, uint64_t save_area, uint64_t calling_area)
{
	struct vcpu_registry *registry = &cpus[index].registry;
	struct vcpu *vcpu = vcpu_claim(registry);
	struct vmsa *vmsa = (struct vmsa *)fake_memory(save_area);

	fake_give(save_area, PAGE_SIZE, 0);
	fake_give(calling_area, PAGE_SIZE, 0);
	fake_page(save_area)->vmsa = true;
	fake_page(save_area)->perms[FAKE_GUEST_VMPL] = RMP_PERM_READ;
	page_state_fill(save_area, PAGE_SIZE, PAGE_STATE_VCPU);
	page_state_fill(calling_area, PAGE_SIZE, PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	vmsa->vmpl = FAKE_GUEST_VMPL;
	vmsa->efer = EFER_SVME;
	vmsa->sev_features = SEV_FEATURE_SNP;
	vcpu->save_area = save_area;
	vcpu->calling_area = calling_area;
	vcpu_open(vcpu);
	registry->offered = vcpu;
	return vmsa;
}

/* ---- Windows: straight into the array ---- */

void windows_create(struct cpu *cpu)
{
	(void)cpu;
}

struct va window_map(struct cpu *cpu, enum window window, uint64_t page)
{
	(void)cpu;
	(void)window;
	if (fake_hook)
		fake_hook("map", page);
	return va_of(memory + page);
}

struct va window_map_2m(struct cpu *cpu, uint64_t page)
{
	(void)cpu;
	return va_of(memory + page);
}

void window_unmap(struct cpu *cpu, enum window window)
{
	(void)cpu;
	(void)window;
}

void window_unmap_2m(struct cpu *cpu)
{
	(void)cpu;
}

/* ---- Access that may fault ---- */

static bool in_ram(const void *at)
{
	return (const uint8_t *)at >= memory && (const uint8_t *)at < memory + sizeof(memory);
}

static bool faults(const void *at, size_t size)
{
	if (!in_ram(at) || !size)
		return false;
	for (const uint8_t *p = at; p < (const uint8_t *)at + size; p++) {
		const struct fake_page *page = fake_page((uint64_t)(p - memory));

		if (page->taken || !page->validated)
			return true;
		p = (const uint8_t *)ALIGN_DOWN((uint64_t)p, PAGE_SIZE) + PAGE_SIZE - 1;
	}
	return false;
}

bool fault_copy(void *dest, const void *src, size_t size)
{
	if (faults(dest, size) || faults(src, size))
		return false;
	memcpy(dest, src, size);
	return true;
}

bool fault_clear(void *at, size_t size)
{
	if (faults(at, size))
		return false;
	memset(at, 0, size);
	return true;
}

bool fault_exchange(uint8_t *at, uint8_t value, uint8_t *previous)
{
	if (faults(at, 1))
		return false;
	*previous = __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);
	return true;
}

/* ---- Pages ---- */

static uint64_t address_of(struct va va)
{
	return va.value - (uint64_t)memory;
}

static unsigned int count_of(enum page_size size)
{
	return size == PAGE_2M ? PAGES_PER_2M : 1;
}

/* A 2 MiB operation wants a 2 MiB entry; for a 4 KiB one the host splits it. */
static enum page_result begin(const char *operation, struct va va, enum page_size size)
{
	struct fake_page *page = fake_page(address_of(va));

	if (fake_hook)
		fake_hook(operation, address_of(va));
	if (page->taken)
		return PAGE_FAULT;
	if (size == PAGE_2M && !page->large)
		return PAGE_FAIL_SIZEMISMATCH;
	if (size == PAGE_4K && page->large) {
		page = fake_page(ALIGN_DOWN(address_of(va), PAGE_2M_SIZE));
		for (unsigned int i = 0; i < PAGES_PER_2M; i++)
			page[i].large = false;
	}
	return PAGE_OK;
}

static enum page_result set_validated(struct va va, enum page_size size, bool validated)
{
	struct fake_page *page = fake_page(address_of(va));
	enum page_result result = begin(validated ? "validate" : "rescind", va, size);

	if (result)
		return result;
	if (page->validated == validated)
		return PAGE_NO_CHANGE;
	for (unsigned int i = 0; i < count_of(size); i++)
		page[i].validated = validated;
	memset(va_pointer(va), GARBAGE, count_of(size) * PAGE_SIZE);
	return PAGE_OK;
}

enum page_result platform_page_validate(struct va va, enum page_size size)
{
	return set_validated(va, size, true);
}

enum page_result platform_page_rescind(struct va va, enum page_size size)
{
	return set_validated(va, size, false);
}

static enum page_result adjust(
	const char *operation, struct va va, enum page_size size, unsigned int vmpl, uint8_t perms)
{
	struct fake_page *page = fake_page(address_of(va));
	enum page_result result = begin(operation, va, size);

	if (result)
		return result;
	if (!page->validated)
		return PAGE_FAULT;
	if (page->vmsa && page->in_use)
		return PAGE_FAIL_INUSE;
	for (unsigned int i = 0; i < count_of(size); i++) {
		page[i].perms[vmpl] = perms;
		page[i].vmsa = false;
	}
	return PAGE_OK;
}

enum page_result platform_page_grant(struct va va, enum page_size size)
{
	return adjust("grant", va, size, FAKE_GUEST_VMPL, RMP_PERM_RWX);
}

enum page_result platform_page_revoke(struct va va, enum page_size size)
{
	enum page_result result = PAGE_OK;

	fake_unflushed++;
	for (unsigned int vmpl = 1; vmpl < VMPL_COUNT && !result; vmpl++)
		result = adjust("revoke", va, size, vmpl, 0);
	return result;
}

enum page_result platform_page_seal_vcpu(struct va va)
{
	enum page_result result = adjust("seal", va, PAGE_4K, FAKE_GUEST_VMPL, RMP_PERM_READ);

	fake_page(address_of(va))->vmsa = result == PAGE_OK;
	return result;
}

enum page_result platform_page_unseal_vcpu(struct va va)
{
	return platform_page_grant(va, PAGE_4K);
}

void platform_flush_all(void)
{
	fake_flushes++;
	fake_unflushed = 0;
}
