/* SPDX-License-Identifier: MIT */
/*
 * The console; see serial.h. The port is used as the host set it up: a virtual
 * 16550 takes a byte at any time.
 */
#include "drivers/serial.h"
#include "platform.h"

#define COM1 0x3f8

void serial_write(const char *text, size_t length)
{
	platform_io_write_string(COM1, text, length);
}
