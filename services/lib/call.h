/* SPDX-License-Identifier: MIT */
/*
 * The SYSCALL instruction, for services/lib/serve.c: all of EAX is the number, so
 * that the class in it arrives. libc's syscall() would do the same, but sets errno.
 */
#ifndef NACRE_SERVICES_LIB_CALL_H
#define NACRE_SERVICES_LIB_CALL_H

#include "compiler.h"

/* The result is that of the call: negative is an error of Linux's. */
long service_call(uint32_t number, long first, long second, long third);

#endif
