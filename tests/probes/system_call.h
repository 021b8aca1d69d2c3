/* SPDX-License-Identifier: MIT */
/*
 * Ring 3 entered by SYSRET and left by SYSCALL (system_call_entry.S), for probes of one
 * vCPU. Pages of code, data and stack; RDI is the data's address at the start.
 */
#ifndef PROBES_SYSTEM_CALL_H
#define PROBES_SYSTEM_CALL_H

#include "user.h"

extern uint8_t *system_call_data; /* as the kernel sees that page */
extern uint64_t system_call_code_va, system_call_data_va;

/* What the last system call has found. */
extern uint32_t system_calls, system_call_cs, system_call_ss;
extern uint64_t system_call_rcx, system_call_r11, system_call_flags, system_call_rbx;

/* The first instruction behind SYSCALL, and the two SYSRET, of the first entry and of a call. */
extern const char system_call_entry[], system_call_leave[], system_call_return[];

void system_call_prepare(void);
/* Runs the code until a system call with another RAX than 1. */
void system_call_user(const char *code, const char *end, uint64_t rflags);
#define SYSTEM_CALL_RUN(name, rflags) system_call_user(name, name##_end, rflags)

#endif
