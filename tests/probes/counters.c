/* SPDX-License-Identifier: MIT */
/*
 * What the machine has to count. Every vCPU executes RMPQUERY a known number of
 * times at once; with the word "writes" CR0, CR4 and EFER are written besides, and
 * with "halt" the other vCPUs halt, for good, and with "tables" it walks through more
 * page tables without the C-bit than the machine keeps in mind.
 * check-counters compares with what the machine has counted.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "vmpl.h"

#define QUERIES 5000U

static uint32_t started;

static void query(void *arg)
{
	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < guest.cpu_count)
		cpu_relax();
	for (uint32_t i = 0; i < QUERIES; i++)
		EXPECT_EQ(rmpquery(&started, 1).code, RMP_SUCCESS);
	(void)arg;
}

static void all_at_once(void)
{
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, query, NULL));
	query(NULL);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_join(i));
}

/* Write traps are automatic exits: no #VC, and the value is there. */
static void write_registers(void)
{
	uint64_t cr0 = read_cr0(), cr4 = read_cr4(), efer = rdmsr(MSR_EFER);

	EXPECT_EQ(TRY("mov %0, %%cr0", : "r"(cr0 ^ CR0_WP)).vector, TRAP_NONE);
	EXPECT_EQ(read_cr0(), cr0 ^ CR0_WP);
	EXPECT_EQ(TRY("mov %0, %%cr0", : "r"(cr0 | CR0_TS)).vector, TRAP_NONE);
	EXPECT_EQ(TRY("clts", :).vector, TRAP_NONE);
	EXPECT_EQ(read_cr0(), cr0);
	EXPECT_EQ(TRY("mov %0, %%cr4", : "r"(cr4 ^ CR4_PGE)).vector, TRAP_NONE);
	EXPECT_EQ(read_cr4(), cr4 ^ CR4_PGE);
	EXPECT_EQ(TRY("mov %0, %%cr4", : "r"(cr4)).vector, TRAP_NONE);
	EXPECT_EQ(TRY("wrmsr", : "c"(MSR_EFER), "a"((uint32_t)efer | 1), "d"(0)).vector, TRAP_NONE);
	EXPECT_EQ(rdmsr(MSR_EFER), efer | 1);
}

/* A write that faults changes nothing, and no trap follows it. */
static void faulting_writes(void)
{
	EXPECT_EQ(TRY("mov %0, %%cr4", : "r"(read_cr4() | BIT(31))).vector, VEC_GP);
	EXPECT_EQ(TRY("wrmsr", : "c"(MSR_EFER), "a"(BIT(9)), "d"(0)).vector, VEC_GP);
}

/* hlt; jmp to it */
static const uint8_t code_halt[] = {0xf4, 0xeb, 0xfd};

/* Firmware parks processors so, in memory that its tables name without the C-bit. */
static void halt_others(void)
{
	uint64_t va = paging_window(), gpa = (uint64_t)page_alloc();

	__builtin_memcpy(private_view(gpa), code_halt, sizeof(code_halt));
	paging_map(va, gpa | PTE_P | PTE_W);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, (void (*)(void *))va, NULL));
	pass_time(1 << 27);
}

#define TABLES 80U

/* Firmware walks through many tables without the C-bit, time and again. */
static void bare_tables(void)
{
	uint64_t first = WINDOW_BASE + PAGE_2M_SIZE, page = (uint64_t)page_alloc();

	for (uint64_t i = 0; i < TABLES; i++) {
		paging_map(first + i * PAGE_2M_SIZE, pte_private(page));
		*paging_entry(first + i * PAGE_2M_SIZE, 1) &= ~guest.c_mask;
	}
	for (uint32_t round = 0; round < 50; round++) {
		write_cr3(read_cr3());
		for (uint64_t i = 0; i < TABLES; i++)
			*(volatile uint64_t *)(first + i * PAGE_2M_SIZE) += 1;
	}
	EXPECT_EQ(*(volatile uint64_t *)page, 50 * TABLES);
}

static const struct test_case tables[] = {
	{"many page tables without the C-bit", bare_tables},
};

static const struct test_case halts[] = {
	{"the others halt with interrupts masked", halt_others},
};

static const struct test_case cases[] = {
	{"RMPQUERY by every vCPU at once", all_at_once},
	{"six writes of CR0, CR4 and EFER without #VC", write_registers},
	{"and two that fault", faulting_writes},
};

void guest_main(void)
{
	if (guest_has_word("tables"))
		check_run(tables, ARRAY_SIZE(tables));
	if (guest_has_word("halt"))
		check_run(halts, ARRAY_SIZE(halts));
	check_run(cases, guest_has_word("writes") ? ARRAY_SIZE(cases) : 1);
}
