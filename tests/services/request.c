/* SPDX-License-Identifier: MIT */
/* See request.h. */
#include "tests/services/request.h"

#include "call.h"
#include "cpu.h"
#include "guest.h"
#include "memory.h"

uint8_t *request_buffer[GUEST_MAX_CPUS];

void request_init(void)
{
	call_init();
	request_buffer[cpu_self()->index] = page_alloc();
}

struct svsm_regs request(uint32_t protocol, uint32_t number, uint32_t size)
{
	const struct svsm_regs first = {
		.rax = svsm_function(protocol, number),
		.rcx = (uint64_t)request_buffer[cpu_self()->index],
		.rdx = size,
		.r8 = PAGE_SIZE,
	};
	struct svsm_regs r;

	do {
		r = first;
		call(&r, SVSM_BY_MSR, OUT_RDX);
	} while (r.rax == SVSM_ERR_INCOMPLETE);
	return r;
}

struct svsm_regs request_settled(uint32_t protocol, uint32_t number, uint32_t size)
{
	struct svsm_regs r;

	do
		r = request(protocol, number, size);
	while (r.rax == SVSM_ERR_BUSY);
	return r;
}
