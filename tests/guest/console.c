/* SPDX-License-Identifier: MIT */
/* Console output: string I/O through the GHCB's shared buffer. */
#include "console.h"

#include "cpu.h"
#include "ghcb.h"
#include "nae.h"

#define COM1 0x3f8
#define LINE_BYTES 512

static uint32_t lock;

static void take_lock(void)
{
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		__builtin_ia32_pause();
}

void print_list(const char *format, va_list args)
{
	char text[LINE_BYTES];
	uint32_t size = format_text(text, sizeof(text), format, args);

	if (!cpu_self()->ghcb || !size)
		return;
	take_lock();
	nae_port_out_string(COM1, text, size);
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_list(format, args);
	va_end(args);
}
