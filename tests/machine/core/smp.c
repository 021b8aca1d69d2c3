/* SPDX-License-Identifier: MIT */
/*
 * The machine's own processors: started once, before any guest memory is used,
 * through a trampoline below 1 MiB. Each keeps its number at the bottom of its
 * stack, so that no segment register is needed to find it.
 *
 * spare=on: QEMU loses state of its first processor when others use their x87
 * (docs/caveats.md), so that one launches the guest and then sleeps. The others take
 * the APIC ids that the guest knows, from 0, which xAPIC mode allows.
 */
#include "core.h"
#include "insn.h"
#include "x86.h"

#define TRAMPOLINE 0x8000ULL
#define FW_CFG_NB_CPUS 5
#define ICR_INIT 0x4500U
#define ICR_STARTUP 0x4600U
#define ICR_ALL_BUT_SELF (3U << 18)
#define XAPIC_ID 0x20
#define XAPIC_EOI 0xb0
#define XAPIC_ICR_LOW 0x300
#define XAPIC_LVT_LINT0 0x350
#define LVT_EXTINT 0x700U
#define LVT_MASKED BIT(16)
#define XAPIC(offset) (*(volatile uint32_t *)(APIC_DEFAULT_BASE + (offset)))

extern const char ap_trampoline[], ap_trampoline_end[];
extern const uint64_t machine_vectors[256];
void machine_main(uint64_t start_info);
void machine_ap_main(uint32_t number);
void machine_exception(uint64_t *frame);
extern const char sleep_begin[], sleep_end[], xsavec_try[], xsavec_refused[];

uint64_t ap_stack_tops[MACHINE_MAX_CPUS + 1];
uint32_t cpu_count;
static uint32_t spares; /* 0 or 1 */
static uint32_t cpus_up = 1;
static bool absorbs[MACHINE_MAX_CPUS];

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

/* QEMU's ids begin with 0, and so do those that are taken (take_apic()). */
uint32_t cpu_apic_id(uint32_t index)
{
	return index;
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
	if (f->vector >= VEC_FIRST_EXTERNAL && absorbs[cpu_index()]) {
		XAPIC(XAPIC_EOI) = 0;
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
	spares = option_is("spare", "on");
	cpu_count = count - spares;
	if (count <= spares || cpu_count > MACHINE_MAX_CPUS)
		machine_fault("%u processors: the machine has 1 to %u", count, MACHINE_MAX_CPUS);
}

static uint32_t real_cpus(void)
{
	return cpu_count + spares;
}

static void wait_for_others(void)
{
	uint64_t start = rdtsc();

	while (__atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE) < real_cpus()) {
		if (rdtsc() - start > 1ULL << 36)
			machine_fault("only %u of %u processors came up", cpus_up, real_cpus());
		cpu_relax();
	}
}

/* The guest's first processor is to get what the PIC delivers, as after a reset. */
static void take_apic(uint32_t id)
{
	XAPIC(XAPIC_ID) = id << 24;
	XAPIC(XAPIC_LVT_LINT0) = id ? (uint32_t)LVT_MASKED : LVT_EXTINT;
}

bool cpu_is_spare(void)
{
	return spares && cpuid(1, 0).ebx >> 24 == 0; /* the initial APIC id */
}

void cpu_park(void)
{
	for (;;)
		__asm__ volatile("hlt");
}

void cpu_absorb_interrupts(void)
{
	absorbs[cpu_index()] = true;
	__asm__ volatile("stgi; sti; nop; nop; cli; clgi" : : : "memory");
	absorbs[cpu_index()] = false;
}

void smp_start(void)
{
	set_cpu_index(0);
	build_idt();
	load_idt();
	count_cpus();
	for (uint32_t i = 1; i < real_cpus(); i++) {
		uint64_t pages = MACHINE_STACK_SIZE / PAGE_SIZE;
		uint64_t at = (uint64_t)alloc_pages(2 * pages);

		ap_stack_tops[i] = ALIGN_UP(at, MACHINE_STACK_SIZE) + MACHINE_STACK_SIZE;
	}
	memcpy(phys(TRAMPOLINE), ap_trampoline, (size_t)(ap_trampoline_end - ap_trampoline));
	memcpy(phys(TRAMPOLINE + PAGE_SIZE), phys(machine_cr3), PAGE_SIZE);
	if (real_cpus() == 1)
		return;
	XAPIC(XAPIC_ICR_LOW) = ICR_ALL_BUT_SELF | ICR_INIT;
	for (int i = 0; i < 100000; i++)
		cpu_relax();
	XAPIC(XAPIC_ICR_LOW) = ICR_ALL_BUT_SELF | ICR_STARTUP | (TRAMPOLINE >> PAGE_SHIFT);
	wait_for_others();
	if (spares)
		take_apic(cpu_count);
}

/* @number: the initial APIC id. */
void machine_ap_main(uint32_t number)
{
	uint32_t index = number - spares;

	if (spares)
		take_apic(index);
	set_cpu_index(index);
	load_idt();
	__atomic_fetch_add(&cpus_up, 1, __ATOMIC_RELEASE);
	cpu_entry(index);
}
