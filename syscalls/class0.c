/* SPDX-License-Identifier: MIT */
/*
 * Class 0: the handful of Linux's calls that a static program and its libc need,
 * by Linux's numbers. What a single thread without files or signals cannot tell
 * from the real one is answered with a constant.
 */
#include <string.h>

#include "syscalls/syscalls.h"
#include "kernel/log.h"
#include "kernel/services.h"
#include "kernel/user_memory.h"
#include "kernel/clock.h"

enum linux_call {
	LINUX_WRITE = 1,
	LINUX_MMAP = 9,
	LINUX_MPROTECT = 10,
	LINUX_MUNMAP = 11,
	LINUX_BRK = 12,
	LINUX_WRITEV = 20,
	LINUX_GETPID = 39,
	LINUX_EXIT = 60,
	LINUX_ARCH_PRCTL = 158,
	LINUX_GETTID = 186,
	LINUX_TIME = 201,
	LINUX_FUTEX = 202,
	LINUX_SET_TID_ADDRESS = 218,
	LINUX_CLOCK_GETTIME = 228,
	LINUX_EXIT_GROUP = 231,
	LINUX_TGKILL = 234,
	LINUX_SET_ROBUST_LIST = 273,
	LINUX_GETRANDOM = 318,
};

#define ARCH_SET_FS 0x1002U
#define FUTEX_COMMAND 0x7fU
#define FUTEX_WAKE 1U
#define CLOCKS 3U /* realtime, monotonic, process time: one clock, from the launch on */
#define ONE_PROCESS 1
#define RANDOM_MAX 256U
#define RANDOM_FLAGS 7U
#define WRITE_MAX 4096U
#define PIECE 100U
#define IOVECS_MAX 16U
#define LINES_MAX 200U /* of one service, on a console that the host reads */

/* ---- write ---- */

/* The terminal of whoever reads the console gets no control characters. */
static void make_printable(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = text[i] == '\n' ? 0 : '?';
}

/* One line of the log for each line of @text, which has a byte of room at its end. */
static void log_text(struct service_slot *slot, char *text, size_t size)
{
	make_printable(text, size);
	text[size] = 0;
	for (size_t start = 0; start < size; start += strlen(text + start) + 1)
		if (text[start] && slot->lines++ < LINES_MAX)
			log_info("%s: %s", slot->entry->name, text + start);
}

static int64_t write_text(struct service_slot *slot, uint64_t address, uint64_t size)
{
	uint64_t wanted = size < WRITE_MAX ? size : WRITE_MAX;
	char piece[PIECE + 1];

	for (uint64_t done = 0; done < wanted;) {
		size_t part = wanted - done < PIECE ? wanted - done : PIECE;

		if (!user_read(piece, address + done, part))
			return -CALL_EFAULT;
		log_text(slot, piece, part);
		done += part;
	}
	return (int64_t)wanted;
}

static int64_t call_write(struct service_slot *slot, const struct call_arguments *a)
{
	if (a->a0 != 1 && a->a0 != 2)
		return -CALL_EBADF;
	return write_text(slot, a->a1, a->a2);
}

static int64_t call_writev(struct service_slot *slot, const struct call_arguments *a)
{
	int64_t total = 0;

	if (a->a0 != 1 && a->a0 != 2)
		return -CALL_EBADF;
	if (a->a2 > IOVECS_MAX)
		return -CALL_EINVAL;
	for (uint64_t i = 0; i < a->a2; i++) {
		uint64_t vector[2];
		int64_t written;

		if (!user_read(vector, a->a1 + i * sizeof(vector), sizeof(vector)))
			return -CALL_EFAULT;
		written = write_text(slot, vector[0], vector[1]);
		if (written < 0)
			return written;
		total += written;
		if ((uint64_t)written < vector[1])
			break;
	}
	return total;
}

/* ---- Small ones ---- */

static int64_t call_arch_prctl(struct service_slot *slot, uint64_t code, uint64_t address)
{
	if (code != ARCH_SET_FS)
		return -CALL_EINVAL;
	if (!user_range_ok(address, sizeof(uint64_t)))
		return -CALL_EACCES;
	slot->task.fs_base = address;
	task_switch_to(&slot->task);
	return 0;
}

static int64_t call_clock_gettime(uint64_t clock, uint64_t address)
{
	uint64_t now = clock_now();
	const uint64_t value[2] = {now / 1000000000, now % 1000000000};

	if (clock >= CLOCKS)
		return -CALL_EINVAL;
	return user_write(address, value, sizeof(value)) ? 0 : -CALL_EFAULT;
}

static int64_t call_time(uint64_t address)
{
	uint64_t seconds = clock_now() / 1000000000;

	if (address && !user_write(address, &seconds, sizeof(seconds)))
		return -CALL_EFAULT;
	return (int64_t)seconds;
}

static int64_t call_getrandom(uint64_t address, uint64_t size, uint64_t flags)
{
	uint64_t wanted = size < RANDOM_MAX ? size : RANDOM_MAX;

	if (flags & ~(uint64_t)RANDOM_FLAGS)
		return -CALL_EINVAL;
	return user_write_random(address, wanted) ? (int64_t)wanted : -CALL_EFAULT;
}

/* Nobody can be waiting. To wait would be for ever. */
static int64_t call_futex(uint64_t operation)
{
	return (operation & FUTEX_COMMAND) == FUTEX_WAKE ? 0 : -CALL_ENOSYS;
}

static int64_t call_exit(struct service_slot *slot, uint64_t status)
{
	service_end(slot, SERVICE_ENDED_EXIT, status & 0xff);
	return 0;
}

static int64_t memory_call(
	struct service_slot *slot, uint32_t number, const struct call_arguments *a)
{
	switch (number) {
	case LINUX_MMAP:
		return call_mmap(slot, a);
	case LINUX_MPROTECT:
		return call_mprotect(slot, a->a0, a->a1, a->a2);
	case LINUX_MUNMAP:
		return call_munmap(slot, a->a0, a->a1);
	case LINUX_BRK:
		return call_brk(slot, a->a0);
	default:
		return -CALL_ENOSYS;
	}
}

int64_t class0_call(struct service_slot *slot, uint32_t number, const struct call_arguments *a)
{
	switch (number) {
	case LINUX_WRITE:
		return call_write(slot, a);
	case LINUX_WRITEV:
		return call_writev(slot, a);
	case LINUX_GETPID:
	case LINUX_GETTID:
	case LINUX_SET_TID_ADDRESS:
		return ONE_PROCESS;
	case LINUX_SET_ROBUST_LIST:
		return 0;
	case LINUX_EXIT:
	case LINUX_EXIT_GROUP:
		return call_exit(slot, a->a0);
	case LINUX_TGKILL:
		return call_exit(slot, 128 + (a->a2 & 0x7f)); /* as a shell tells of a signal */
	case LINUX_ARCH_PRCTL:
		return call_arch_prctl(slot, a->a0, a->a1);
	case LINUX_TIME:
		return call_time(a->a0);
	case LINUX_FUTEX:
		return call_futex(a->a1);
	case LINUX_CLOCK_GETTIME:
		return call_clock_gettime(a->a0, a->a1);
	case LINUX_GETRANDOM:
		return call_getrandom(a->a0, a->a1, a->a2);
	default:
		return memory_call(slot, number, a);
	}
}
