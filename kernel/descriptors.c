/* SPDX-License-Identifier: MIT */
/*
 * GDT, TSS and IDT. The GDT and the TSS are per CPU, the IDT is common and
 * read-only once it is filled.
 */
#include "kernel/cpu.h"
#include "kernel/exceptions.h"
#include "kernel/task.h"
#include "kernel/x86_insn.h"
#include "x86.h"

#define GATE_INTERRUPT 0x8e00U
#define TSS_AVAILABLE 0x89ULL
#define VECTOR_STRIDE 8U

/* 64-bit gate descriptor (AMD64 manual volume 2, figure 4-24). */
struct gate {
	uint16_t offset_low;
	uint16_t selector;
	uint16_t flags; /* IST in bits 2:0 */
	uint16_t offset_middle;
	uint32_t offset_high;
	uint32_t reserved;
};
ASSERT_SIZE(struct gate, 16);

extern const uint8_t exception_vectors[];

static struct gate idt[256] ALIGNED(16) SECTION(".bss.once");

static void set_gate(unsigned int vector, unsigned int ist)
{
	uint64_t handler = (uint64_t)exception_vectors + (uint64_t)vector * VECTOR_STRIDE;

	idt[vector] = (struct gate){
		.offset_low = (uint16_t)handler,
		.selector = GDT_CODE,
		.flags = (uint16_t)(GATE_INTERRUPT | ist),
		.offset_middle = (uint16_t)(handler >> 16),
		.offset_high = (uint32_t)(handler >> 32),
	};
}

void exceptions_init(void)
{
	for (unsigned int vector = 0; vector < ARRAY_SIZE(idt); vector++)
		set_gate(vector, IST_COMMON);
	set_gate(VEC_DF, IST_DF);
	set_gate(VEC_VC, IST_VC);
	set_gate(VEC_NMI, IST_NMI);
	set_gate(VEC_MC, IST_MC);
	set_gate(VEC_HV, IST_HV);
}

void descriptors_create(struct cpu *cpu)
{
	uint64_t base = (uint64_t)&cpu->tss, limit = sizeof(cpu->tss) - 1;

	for (unsigned int i = 0; i < IST_COUNT; i++)
		cpu->tss.ist[i] = cpu->ist_top[i];
	cpu->tss.rsp[0] = cpu->stack_top;
	cpu->tss.io_map_base = sizeof(cpu->tss);

	cpu->gdt[GDT_CODE / 8] = 0x00af9b000000ffff;
	cpu->gdt[GDT_DATA / 8] = 0x00cf93000000ffff;
	cpu->gdt[GDT_TSS / 8] = limit | (base & 0xffffff) << 16 | TSS_AVAILABLE << 40 |
				(base >> 24 & 0xff) << 56;
	cpu->gdt[GDT_TSS / 8 + 1] = base >> 32;
	cpu->gdt[GDT_USER_DATA / 8] = 0x00cff3000000ffff;
	cpu->gdt[GDT_USER_CODE / 8] = 0x00affb000000ffff;
}

struct descriptor_pointer descriptors_idt(void)
{
	return (struct descriptor_pointer){sizeof(idt) - 1, (uint64_t)idt};
}

void descriptors_load(struct cpu *cpu)
{
	struct descriptor_pointer gdt = {sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt};
	struct descriptor_pointer interrupts = descriptors_idt();

	asm volatile("lgdt %0" : : "m"(gdt));
	asm volatile("ltr %w0" : : "r"(GDT_TSS));
	write_msr(MSR_GS_BASE, (uint64_t)cpu);
	asm volatile("lidt %0" : : "m"(interrupts));
	task_cpu_init();
}
