/* SPDX-License-Identifier: MIT */
/*
 * Ring 3 at VMPL 0 beyond vc.c: SYSCALL and SYSRET, SWAPGS, what is privileged, pages
 * of the other ring, SSE state. With the word "stepped" the hostile host runs each
 * instruction alone, of which the guest may see nothing. 1 vCPU.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "system_call.h"
#include "user.h"
#include "../machine/host/hostile_ports.h"

#define MANY 100000
#define RUN SYSTEM_CALL_RUN

/* --- SYSCALL and SYSRET --- */

USER_CODE(call, "movl $0, %eax; std; stc; syscall");

static void system_call(void)
{
	RUN(call, RFLAGS_FIXED | RFLAGS_IF);
	EXPECT_EQ(system_calls, 1);
	EXPECT_EQ(system_call_rcx, system_call_code_va + (uint64_t)(call_end - call));
	EXPECT_EQ(system_call_r11, RFLAGS_FIXED | RFLAGS_IF | RFLAGS_DF | RFLAGS_CF);
	EXPECT_EQ(system_call_flags & (RFLAGS_IF | RFLAGS_TF | RFLAGS_DF), 0);
	EXPECT_EQ(system_call_cs, SELECTOR_CODE);
	EXPECT_EQ(system_call_ss, SELECTOR_DATA);
	__asm__ volatile("cld");
}

USER_CODE(calls, "movl $1, %eax; syscall; pushfq; popq %rbx; movl $1, %eax; syscall;"
		 "movl %cs, %edx; movl %edx, (%rdi); movl %ss, %edx; movl %edx, 4(%rdi);"
		 "xorl %eax, %eax; syscall");

static void there_and_back(void)
{
	RUN(calls, RFLAGS_FIXED | RFLAGS_IF);
	EXPECT_EQ(system_calls, 3);
	EXPECT_EQ(system_call_rbx, RFLAGS_FIXED | RFLAGS_IF);
	EXPECT_EQ(((uint32_t *)system_call_data)[0], SELECTOR_USER_CODE);
	EXPECT_EQ(((uint32_t *)system_call_data)[1], SELECTOR_USER_DATA);
}

USER_CODE(read_gs, "movq %gs:0, %rbx; xorl %eax, %eax; syscall");

static void swapped_gs(void)
{
	struct cpu *before = cpu_self();

	*(uint64_t *)system_call_data = 0x6e61637265;
	RUN(read_gs, RFLAGS_FIXED);
	EXPECT_EQ(system_call_rbx, 0x6e61637265);
	EXPECT_EQ(rdmsr(MSR_KERNEL_GS_BASE), system_call_data_va);
	EXPECT_EQ((uint64_t)cpu_self(), (uint64_t)before);
}

USER_CODE(syscall_alone, "syscall; int3");

static void no_system_calls(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~EFER_SCE);
	EXPECT_EQ(USER_RUN(syscall_alone, 0).vector, VEC_UD);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

/* --- Privilege --- */

USER_CODE(user_cli, "cli; int3");
USER_CODE(user_sti, "sti; int3");
USER_CODE(user_swapgs, "swapgs; int3");
USER_CODE(user_sysret, "sysretq; int3");
USER_CODE(user_cr3, "movq %cr3, %rax; int3");
USER_CODE(user_write_cr0, "movq %rax, %cr0; int3");
USER_CODE(user_lgdt, "lgdt (%rdi); int3");
USER_CODE(user_ltr, "ltr %ax; int3");
USER_CODE(user_clts, "clts; int3");
USER_CODE(user_invlpg, "invlpg (%rdi); int3");
USER_CODE(user_wrmsr, "movl $0xc0010130, %ecx; wrmsr; int3");
USER_CODE(user_int_0x80, "int $0x80; int3");
USER_CODE(user_int_29, "int $29; int3");
USER_CODE(user_rdtsc, "rdtsc; int3");

static void privileged(void)
{
	EXPECT_EQ(USER_RUN(user_cli, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_sti, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_swapgs, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_sysret, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_cr3, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_write_cr0, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_lgdt, system_call_data_va).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_ltr, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_clts, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_invlpg, system_call_data_va).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_wrmsr, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_int_0x80, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_int_29, 0).error, 29 << 3 | 2); /* the gate's DPL */
	EXPECT_EQ(USER_RUN(user_rdtsc, 0).vector, VEC_BP);
}

/* --- Pages of the other ring --- */

USER_CODE(user_load, "movl (%rdi), %eax; int3");
USER_CODE(user_store, "movl %eax, (%rdi); int3");
USER_CODE(user_jump, "jmp *%rdi");

static void expect_pf(struct trap t, uint64_t error, uint64_t address)
{
	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.error, error);
	EXPECT_EQ(t.cr2, address);
}

static void kernel_pages(void)
{
	uint64_t kernel = (uint64_t)system_call_data, no_execute = paging_window();

	expect_pf(USER_RUN(user_load, kernel), PF_U | PF_P, kernel);
	expect_pf(USER_RUN(user_store, kernel), PF_U | PF_P | PF_W, kernel);
	expect_pf(USER_RUN(user_jump, kernel), PF_U | PF_P | PF_FETCH, kernel);
	paging_map(no_execute, pte_user((uint64_t)system_call_data) | PTE_NX);
	expect_pf(USER_RUN(user_jump, no_execute), PF_U | PF_P | PF_FETCH, no_execute);
}

static void jump_to(void *where)
{
	((void (*)(void))where)();
}

static void user_pages(void)
{
	uint64_t cr4 = read_cr4();
	uint32_t value = 0;

	system_call_data[0] = 0xc3; /* RET */
	write_cr4(cr4 | CR4_SMEP | CR4_SMAP);
	expect_pf(trap_guard_call(jump_to, (void *)system_call_data_va), PF_P | PF_FETCH,
		system_call_data_va);
	expect_pf(TRY("movl (%1), %0", "=a"(value)
			  : "r"(system_call_data_va)),
		PF_P, system_call_data_va);
	expect_pf(TRY("movl %%eax, (%0)",
			  : "r"(system_call_data_va), "a"(0)),
		PF_P | PF_W, system_call_data_va);
	__asm__ volatile("stac");
	EXPECT_EQ(TRY("movl (%1), %0", "=a"(value) : "r"(system_call_data_va)).vector, TRAP_NONE);
	__asm__ volatile("clac");
	EXPECT_EQ(value & 0xff, 0xc3);
	write_cr4(cr4);
	EXPECT_EQ(trap_guard_call(jump_to, (void *)system_call_data_va).vector, TRAP_NONE);
}

/* --- SSE state: of the VMSA's, it is the same through exits --- */

USER_CODE(sse, "movl $0x1fa0, (%rdi); ldmxcsr (%rdi); pcmpeqd %xmm5, %xmm5;"
	       "movl $1, %eax; syscall; fxsave64 (%rdi); pxor %xmm5, %xmm5;"
	       "fxrstor64 (%rdi); movq %xmm5, %rbx; xorl %eax, %eax; syscall");

static void fxsave(void)
{
	uint64_t cr4 = read_cr4(), cr0 = read_cr0();

	write_cr0(cr0 & ~(uint64_t)(CR0_TS | CR0_EM));
	write_cr4(cr4 | CR4_OSFXSR);
	RUN(sse, RFLAGS_FIXED);
	EXPECT_EQ(*(uint32_t *)(system_call_data + 24), 0x1fa0); /* MXCSR */
	EXPECT_EQ(*(uint64_t *)(system_call_data + 160 + 5 * 16), ~0ULL);
	EXPECT_EQ(system_call_rbx, ~0ULL);
	write_cr4(cr4);
	write_cr0(cr0);
}

/* --- All of it, each instruction alone --- */

static void order(uint32_t command, uint32_t arg1)
{
	nae_port_out(HOSTILE_PORT_ARG1, 4, arg1);
	nae_port_out(HOSTILE_PORT_COMMAND, 4, command);
}

static uint32_t ask(uint32_t question)
{
	nae_port_out(HOSTILE_PORT_ARG1, 4, question);
	return nae_port_in(HOSTILE_PORT_COMMAND, 4);
}

static void begin(void)
{
	system_call_prepare();
	if (guest_has_word("stepped"))
		order(HOSTILE_WATCH, MANY);
}

static void end(void)
{
	uint32_t left;

	if (!guest_has_word("stepped"))
		return;
	left = ask(HOSTILE_WATCH_LEFT);
	EXPECT(left > 0 && left < MANY - 200);
}

static void both_ways(void)
{
	begin();
	system_call();
	there_and_back();
	end();
}

static const struct test_case cases[] = {
	{"SYSCALL and SYSRET: registers, flags, selectors", both_ways},
	{"SWAPGS: either ring has its own GS", swapped_gs},
	{"SYSCALL is #UD without EFER.SCE", no_system_calls},
	{"what is privileged is #GP", privileged},
	{"the kernel's pages are #PF in ring 3", kernel_pages},
	{"ring 3's pages are #PF in the kernel, by SMEP and SMAP", user_pages},
	{"SSE registers in ring 3: FXSAVE and FXRSTOR", fxsave},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
