/* SPDX-License-Identifier: MIT */
/*
 * The log ring and its way to the console; see log.h. Lines gather until
 * half the console's buffer waits or somebody flushes, since each write to the
 * console costs an exit whatever its length.
 */
#include "kernel/log.h"
#include "drivers/serial.h"
#include "kernel/spinlock.h"
#include "lib/printf.h"

#define RING_SIZE 16384U /* a power of two */
#define PENDING_MAX (RING_SIZE / 4)
#define CONSOLE_LEVEL LOG_INFO

static struct {
	struct spinlock lock;
	bool emergency, console_ready;
	uint64_t written; /* bytes ever; the ring holds the last RING_SIZE of them */
	char ring[RING_SIZE];
	char pending[PENDING_MAX];
	unsigned int pending_length;
} logger;

static void lock(void)
{
	if (!logger.emergency)
		spin_lock(&logger.lock);
}

static void unlock(void)
{
	if (!logger.emergency)
		spin_unlock(&logger.lock);
}

static void send_pending(void)
{
	if (!logger.console_ready)
		return;
	serial_write(logger.pending, logger.pending_length);
	logger.pending_length = 0;
}

static void add_to_ring(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		logger.ring[logger.written++ & (RING_SIZE - 1)] = text[i];
}

static void add_to_console(const char *text, size_t length)
{
	if (logger.pending_length + length > PENDING_MAX)
		send_pending();
	for (size_t i = 0; i < length && logger.pending_length < PENDING_MAX; i++)
		logger.pending[logger.pending_length++] = text[i];
	if (logger.emergency || logger.pending_length > PENDING_MAX / 2)
		send_pending();
}

void log_line(enum log_level level, const char *text, ...)
{
	char line[LOG_LINE_MAX + 2];
	size_t length;
	va_list args;

	va_start(args, text);
	length = format_args(line, LOG_LINE_MAX, text, args);
	va_end(args);
	line[length++] = '\r';
	line[length++] = '\n';

	lock();
	add_to_ring(line, length);
	if (level <= CONSOLE_LEVEL)
		add_to_console(line, length);
	unlock();
}

void log_flush(void)
{
	lock();
	send_pending();
	unlock();
}

void log_emergency(void)
{
	logger.emergency = true;
}

void log_console_ready(void)
{
	logger.console_ready = true;
}
