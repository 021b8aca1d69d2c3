/* SPDX-License-Identifier: MIT */
/* Processor contexts: descriptor tables, stacks, GS (cpu.h). */
#include "cpu.h"

#include "guest.h"
#include "insn.h"
#include "memory.h"

#define DESCRIPTOR_CODE64 0x00af9b000000ffffULL
#define DESCRIPTOR_DATA 0x00cf93000000ffffULL
#define DESCRIPTOR_CODE32 0x00cf9b000000ffffULL
#define DESCRIPTOR_USER_DATA 0x00cff3000000ffffULL
#define DESCRIPTOR_USER_CODE 0x00affb000000ffffULL
#define DESCRIPTOR_TSS 0x0000890000000000ULL
#define DESCRIPTOR_TSS_BUSY BIT(41)

static void set_tss_descriptor(struct cpu *cpu)
{
	uint64_t base = (uint64_t)&cpu->tss;

	cpu->gdt[6] = DESCRIPTOR_TSS | (sizeof(cpu->tss) - 1) | (base & 0xffffff) << 16 |
		      (base >> 24 & 0xff) << 56;
	cpu->gdt[7] = base >> 32;
}

void cpu_init(struct cpu *cpu, uint32_t index, uint32_t vmpl)
{
	cpu->self = cpu;
	cpu->index = index;
	cpu->apic_id = guest.apic_id[index];
	cpu->vmpl = vmpl;
	cpu->gdt[1] = DESCRIPTOR_CODE64;
	cpu->gdt[2] = DESCRIPTOR_DATA;
	cpu->gdt[3] = DESCRIPTOR_CODE32;
	cpu->gdt[4] = DESCRIPTOR_USER_DATA;
	cpu->gdt[5] = DESCRIPTOR_USER_CODE;
	set_tss_descriptor(cpu);
	cpu->tss.rsp[0] = cpu->trap_stack_top;
	cpu->tss.iomap = sizeof(cpu->tss);
}

struct cpu *cpu_new(uint32_t index, uint32_t vmpl)
{
	struct cpu *cpu = page_alloc();

	cpu->stack_top = (uint64_t)pages_alloc(CPU_STACK_PAGES) + CPU_STACK_PAGES * PAGE_SIZE;
	cpu->trap_stack_top = (uint64_t)page_alloc() + PAGE_SIZE;
	for (uint32_t i = 0; i < IST_COUNT; i++)
		cpu->tss.ist[i] = (uint64_t)page_alloc() + PAGE_SIZE;
	cpu_init(cpu, index, vmpl);
	return cpu;
}

void cpu_load(struct cpu *cpu)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} PACKED pointer = {sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt};

	__asm__ volatile("lgdt %0\n"
			 "pushq %1\n"
			 "leaq 1f(%%rip), %%rax\n"
			 "pushq %%rax\n"
			 "lretq\n"
			 "1: movl %2, %%eax\n"
			 "movl %%eax, %%ds\n"
			 "movl %%eax, %%es\n"
			 "movl %%eax, %%ss\n"
			 "xorl %%eax, %%eax\n"
			 "movl %%eax, %%fs\n"
			 "movl %%eax, %%gs\n"
			 :
			 : "m"(pointer), "i"(SELECTOR_CODE), "i"(SELECTOR_DATA)
			 : "rax", "memory");
	wrmsr(MSR_GS_BASE, (uint64_t)cpu);
	cpu->gdt[6] &= ~DESCRIPTOR_TSS_BUSY;
	__asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
	trap_load_idt();
}
