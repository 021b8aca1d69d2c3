/* SPDX-License-Identifier: MIT */
/*
 * What the hostile service and the guest that sends it agree on: the ways out of ring
 * 3 that it tries, by the number of the call.
 */
#ifndef HOSTILE_SERVICE_TRIES_H
#define HOSTILE_SERVICE_TRIES_H

/* Each of these must be the service's end. */
#define TRY_FATAL(X)                                               \
	X(WRITE_KERNEL, "writes the kernel's code")                \
	X(READ_KERNEL, "reads the kernel's code")                  \
	X(RUN_KERNEL, "jumps into the kernel")                     \
	X(READ_WINDOWS, "reads the kernel's windows to the guest") \
	X(READ_STACKS, "reads the kernel's stacks")                \
	X(READ_MAP, "reads the page states")                       \
	X(READ_GUEST, "reads the guest by its physical address")   \
	X(WRITE_GUEST, "writes the guest by its physical address") \
	X(READ_SERVICE, "reads another service's memory")          \
	X(WRITE_SERVICE, "writes another service's memory")        \
	X(CLI, "CLI")                                              \
	X(STI, "STI")                                              \
	X(HLT, "HLT")                                              \
	X(RDMSR, "RDMSR")                                          \
	X(WRMSR, "WRMSR of the GHCB's address")                    \
	X(READ_CR3, "reads CR3")                                   \
	X(WRITE_CR0, "writes CR0")                                 \
	X(WRITE_CR4, "writes CR4")                                 \
	X(WRITE_DR7, "writes DR7")                                 \
	X(CLTS, "CLTS")                                            \
	X(LGDT, "LGDT")                                            \
	X(LIDT, "LIDT")                                            \
	X(LTR, "LTR")                                              \
	X(SGDT, "SGDT, which tells where the kernel is")           \
	X(SIDT, "SIDT")                                            \
	X(INVLPG, "INVLPG")                                        \
	X(WBINVD, "WBINVD")                                        \
	X(SWAPGS, "SWAPGS")                                        \
	X(SYSRET, "SYSRET")                                        \
	X(SYSENTER, "SYSENTER")                                    \
	X(WRFSBASE, "WRFSBASE")                                    \
	X(RDPMC, "RDPMC")                                          \
	X(XSETBV, "XSETBV")                                        \
	X(MWAIT, "MONITOR")                                        \
	X(PORT_IN, "IN")                                           \
	X(PORT_OUT, "OUT")                                         \
	X(PORT_STRING, "OUTSB")                                    \
	X(VMMCALL, "VMMCALL")                                      \
	X(VMRUN, "VMRUN")                                          \
	X(PVALIDATE, "PVALIDATE of its own page")                  \
	X(RMPADJUST, "RMPADJUST of its own page")                  \
	X(INVLPGB, "INVLPGB")                                      \
	X(TLBSYNC, "TLBSYNC")                                      \
	X(IRET, "IRETQ to ring 0")                                 \
	X(FAR_CALL, "a far call to the kernel's code segment")     \
	X(FAR_TSS, "a far jump to the task state segment")         \
	X(KERNEL_DATA, "the kernel's data segment in DS")          \
	X(INT_80, "INT 80h")                                       \
	X(INT_3, "INT3")                                           \
	X(INT_NMI, "INT 2, as an NMI")                             \
	X(INT_PF, "INT 14, as a page fault")                       \
	X(INT_VC, "INT 29, as #VC")                                \
	X(INT_HV, "INT 28, as #HV")                                \
	X(ICEBP, "INT1")                                           \
	X(TRAP_FLAG, "a trap flag that waits for the system call") \
	X(NO_STACK, "an exception without a stack")                \
	X(KERNEL_STACK, "an exception with the kernel's stack")    \
	X(STACK, "all of its stack")                               \
	X(RUN_DATA, "runs its data")                               \
	X(WRITE_CODE, "writes its code")                           \
	X(JUMP_NULL, "jumps to 0")                                 \
	X(JUMP_FAR, "jumps to no canonical address")               \
	X(DIVIDE, "divides by zero")                               \
	X(X87, "an exception of x87")                              \
	X(UNDEFINED, "an undefined instruction")

#define TRY_NUMBER(name, text) TRY_##name,
enum try {
	TRY_FIRST_FATAL = 0,
	TRY_BEFORE_FATAL = TRY_FIRST_FATAL - 1,
	TRY_FATAL(TRY_NUMBER) TRY_FATAL_COUNT,

	/* These must be refused: answered is how many were not. */
	TRY_POINTERS = 0x100, /* wrong pointers, sizes and numbers of system calls */
	TRY_MEMORY,           /* memory that it may not have, and all that it may */
	TRY_SWEEP,            /* every number with every kind of argument */
	/* These change nothing for anybody: flags, selectors, VMGEXIT. */
	TRY_STATE,
	TRY_VMGEXIT,
};

#endif
