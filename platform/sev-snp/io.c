/* SPDX-License-Identifier: MIT */
/*
 * Port I/O by the GHCB's IOIO event. Values that come in are cut to the size of
 * the access; what they mean is for the caller to distrust.
 */
#include <string.h>

#include "drivers/port_io.h"
#include "kernel/frames.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"
#include "snp.h"

#define IOIO_SEGMENT_DS (3U << 10)

static void out(uint16_t port, uint64_t size, uint32_t value)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_begin(ghcb, SVM_EXIT_IOIO, (uint64_t)port << IOIO_PORT_SHIFT | size, 0);
	ghcb_put_rax(ghcb, value);
	ghcb_exit_or_give_up(ghcb, "port output");
}

static uint32_t in(uint16_t port, uint64_t size)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_begin(ghcb, SVM_EXIT_IOIO, (uint64_t)port << IOIO_PORT_SHIFT | size | IOIO_IN, 0);
	ghcb_put_rax(ghcb, 0);
	ghcb_exit_or_give_up(ghcb, "port input");
	return (uint32_t)ghcb_answer_rax(ghcb);
}

void platform_io_write8(uint16_t port, uint8_t value)
{
	out(port, IOIO_SIZE8, value);
}

void platform_io_write16(uint16_t port, uint16_t value)
{
	out(port, IOIO_SIZE16, value);
}

void platform_io_write32(uint16_t port, uint32_t value)
{
	out(port, IOIO_SIZE32, value);
}

uint8_t platform_io_read8(uint16_t port)
{
	return (uint8_t)in(port, IOIO_SIZE8);
}

uint16_t platform_io_read16(uint16_t port)
{
	return (uint16_t)in(port, IOIO_SIZE16);
}

uint32_t platform_io_read32(uint16_t port)
{
	return in(port, IOIO_SIZE32);
}

/* One REP OUTSB for as much as the GHCB's shared buffer holds. */
static void out_string(uint16_t port, const char *bytes, size_t count)
{
	volatile struct ghcb *ghcb = ghcb_own();
	uint64_t info = (uint64_t)port << IOIO_PORT_SHIFT | IOIO_SEGMENT_DS | IOIO_ADDR64 |
			IOIO_SIZE8 | IOIO_REP | IOIO_STRING;

	ghcb_begin(ghcb, SVM_EXIT_IOIO, info, count);
	memcpy((void *)ghcb->shared_buffer, bytes, count);
	ghcb_put_scratch(ghcb, spa_of(ghcb));
	ghcb_exit_or_give_up(ghcb, "string output");
}

void platform_io_write_string(uint16_t port, const char *bytes, size_t count)
{
	while (count) {
		size_t piece = count < GHCB_BUFFER_SIZE ? count : GHCB_BUFFER_SIZE;

		out_string(port, bytes, piece);
		bytes += piece;
		count -= piece;
	}
}
