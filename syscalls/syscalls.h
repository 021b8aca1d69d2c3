/* SPDX-License-Identifier: MIT */
/*
 * The system calls of services (include/service.h), a file for each class. A
 * call takes the arguments of its caller and answers as Linux does; all that it
 * is given is hostile.
 */
#ifndef NACRE_SYSCALLS_H
#define NACRE_SYSCALLS_H

#include "compiler.h"

struct service_slot;

/* Linux's numbers of errors. */
enum call_error {
	CALL_EPERM = 1,
	CALL_ENOENT = 2,
	CALL_EINTR = 4,
	CALL_EIO = 5,
	CALL_ENOEXEC = 8,
	CALL_EBADF = 9,
	CALL_EAGAIN = 11,
	CALL_ENOMEM = 12,
	CALL_EACCES = 13,
	CALL_EFAULT = 14,
	CALL_EBUSY = 16,
	CALL_ENODEV = 19,
	CALL_EINVAL = 22,
	CALL_ENOSYS = 38,
	CALL_EMSGSIZE = 90,
};

struct call_arguments {
	uint64_t a0, a1, a2, a3, a4, a5;
};

/* Performs the call that @slot has just made and gives it its result. */
void syscall_handle(struct service_slot *slot);

/* Each answers the result, or -ENOSYS for a number that it does not know. */
int64_t class0_call(struct service_slot *slot, uint32_t number, const struct call_arguments *a);
int64_t class1_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a);
int64_t class2_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a);
int64_t class3_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a);
int64_t class4_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a);

/* Parts of classes with files of their own. */
int64_t call_seed(struct service_slot *slot, uint64_t address, uint64_t size);
int64_t call_brk(struct service_slot *slot, uint64_t address);
int64_t call_mmap(struct service_slot *slot, const struct call_arguments *a);
int64_t call_munmap(struct service_slot *slot, uint64_t address, uint64_t bytes);
int64_t call_mprotect(
	struct service_slot *slot, uint64_t address, uint64_t bytes, uint64_t protection);

#endif
