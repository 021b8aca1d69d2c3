/* SPDX-License-Identifier: MIT */
/*
 * The machine's own processors: started once, before any guest memory is used,
 * through a trampoline below 1 MiB. Each keeps its number at the bottom of its
 * stack, so that no segment register is needed to find it.
 */
#include "core.h"
#include "insn.h"
#include "x86.h"

#define TRAMPOLINE 0x8000ULL
#define FW_CFG_NB_CPUS 5
#define ICR_INIT 0x4500U
#define ICR_STARTUP 0x4600U
#define ICR_ALL_BUT_SELF (3U << 18)
#define XAPIC_ICR_LOW 0x300

extern const char ap_trampoline[], ap_trampoline_end[];
extern const uint64_t machine_vectors[256];
void machine_main(uint64_t start_info);
void machine_ap_main(uint32_t index);
void machine_exception(uint64_t *frame);
extern const char sleep_begin[], sleep_end[], xsavec_try[], xsavec_refused[];

uint64_t ap_stack_tops[MACHINE_MAX_CPUS];
uint32_t cpu_count;
static uint32_t cpus_up = 1;

struct idt_gate {
	uint16_t offset_low, selector, attributes, offset_middle;
	uint32_t offset_high, reserved;
};
static struct idt_gate idt[256] ALIGNED(16);

struct machine_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

uint32_t cpu_index(void)
{
	uint64_t sp = (uint64_t)__builtin_frame_address(0);

	return *(const uint32_t *)ALIGN_DOWN(sp, MACHINE_STACK_SIZE);
}

static void set_cpu_index(uint32_t index)
{
	uint64_t sp = (uint64_t)__builtin_frame_address(0);

	*(uint32_t *)ALIGN_DOWN(sp, MACHINE_STACK_SIZE) = index;
}

uint32_t cpu_apic_id(uint32_t index)
{
	return index; /* QEMU numbers a single-socket machine's processors from 0 */
}

/* An NMI is another processor's kick; anything else is a fault of the machine. */
void machine_exception(uint64_t *raw)
{
	struct machine_frame *f = (struct machine_frame *)raw;
	uint64_t cr2;

	if (f->vector == VEC_NMI) {
		if (f->rip >= (uint64_t)sleep_begin && f->rip < (uint64_t)sleep_end)
			f->rip = (uint64_t)sleep_end;
		return;
	}
	if (f->vector == VEC_UD && f->rip == (uint64_t)xsavec_try) {
		f->rip = (uint64_t)xsavec_refused;
		return;
	}
	__asm__("mov %%cr2, %0" : "=r"(cr2));
	machine_fault("exception %lu (error %lx) in the machine at %lx, cpu %u, cr2 %lx, "
		      "rsp %lx",
		f->vector, f->error, f->rip, cpu_index(), cr2, f->rsp);
}

static void build_idt(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint64_t entry = machine_vectors[i];

		idt[i] = (struct idt_gate){
			.offset_low = (uint16_t)entry,
			.selector = 8,
			.attributes = 0x8e00,
			.offset_middle = (uint16_t)(entry >> 16),
			.offset_high = (uint32_t)(entry >> 32),
		};
	}
}

static void load_idt(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} PACKED pointer = {sizeof(idt) - 1, (uint64_t)idt};

	__asm__ volatile("lidt %0" : : "m"(pointer));
}

static void count_cpus(void)
{
	uint16_t count;

	machine_item_read(FW_CFG_NB_CPUS, &count, sizeof(count));
	cpu_count = count;
	if (!count || count > MACHINE_MAX_CPUS)
		machine_fault("%u processors: the machine has 1 to %u", count, MACHINE_MAX_CPUS);
}

static void wait_for_others(void)
{
	uint64_t start = rdtsc();

	while (__atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE) < cpu_count) {
		if (rdtsc() - start > 1ULL << 36)
			machine_fault("only %u of %u processors came up", cpus_up, cpu_count);
		cpu_relax();
	}
}

void smp_start(void)
{
	volatile uint32_t *icr = (volatile uint32_t *)(APIC_DEFAULT_BASE + XAPIC_ICR_LOW);

	set_cpu_index(0);
	build_idt();
	load_idt();
	count_cpus();
	for (uint32_t i = 1; i < cpu_count; i++) {
		uint64_t pages = MACHINE_STACK_SIZE / PAGE_SIZE;
		uint64_t at = (uint64_t)alloc_pages(2 * pages);

		ap_stack_tops[i] = ALIGN_UP(at, MACHINE_STACK_SIZE) + MACHINE_STACK_SIZE;
	}
	memcpy(phys(TRAMPOLINE), ap_trampoline, (size_t)(ap_trampoline_end - ap_trampoline));
	memcpy(phys(TRAMPOLINE + PAGE_SIZE), phys(machine_cr3), PAGE_SIZE);
	if (cpu_count == 1)
		return;
	*icr = ICR_ALL_BUT_SELF | ICR_INIT;
	for (int i = 0; i < 100000; i++)
		cpu_relax();
	*icr = ICR_ALL_BUT_SELF | ICR_STARTUP | (TRAMPOLINE >> PAGE_SHIFT);
	wait_for_others();
}

void machine_ap_main(uint32_t index)
{
	set_cpu_index(index);
	load_idt();
	__atomic_fetch_add(&cpus_up, 1, __ATOMIC_RELEASE);
	cpu_entry(index);
}
