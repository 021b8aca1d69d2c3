/* SPDX-License-Identifier: MIT */
/*
 * Work for services that no call of the guest's asks for; kernel/request.c does
 * it before a request, when kernel/attention.h says that there is some.
 */
#ifndef NACRE_KERNEL_SERVICES_ATTEND_H
#define NACRE_KERNEL_SERVICES_ATTEND_H

struct cpu;

/* On the calling CPU, whose vCPU is not entered. */
void services_attend(struct cpu *cpu);

#endif
