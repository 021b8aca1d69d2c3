/* SPDX-License-Identifier: MIT */
/*
 * A service that has been taken over: tries each way out of ring 3. What must
 * end it stands in one call each; what must only be refused is counted.
 */
#include "ring3.h"

RING3_START;

#define KERNEL 0xffffffffff000000UL
#define EXPECTED_ERRORS 4096UL

static uint32_t accepted; /* things that should have been refused */

static void refused(long result)
{
	if ((unsigned long)result < -EXPECTED_ERRORS)
		accepted++;
}

static void try_pointer(long bad)
{
	refused(ring3_call(LINUX_WRITE, 1, bad, 100, 0));
	refused(ring3_call(LINUX_WRITEV, 1, bad, 2, 0));
	refused(ring3_call(LINUX_GETRANDOM, bad, 100, 0, 0));
	refused(ring3_call(LINUX_CLOCK_GETTIME, 1, bad, 0, 0));
	refused(ring3_call(LINUX_ARCH_PRCTL, 0x1001, bad, 0, 0));
	refused(ring3_call(SERVICE_ANNOUNCE, bad, 0, 0, 0));
	refused(ring3_call(SERVICE_REPLY, 0, bad, 100, 0));
	refused(ring3_call(SERVICE_WAIT, bad, bad, 4096, 0));
}

static void try_pointers(void)
{
	static const unsigned long bad[] = {1, 0xfff, 0xffff, 0x7fffffffeff0, 0x7ffffffff000,
		0x7fffffffffff, 0x800000000000, 0x8000000000000000, 0xffff800000000000,
		0xfffffffd80000000, 0xfffffffec0000000, 0xffffffff00000000, 0xffffffff02000000,
		KERNEL, KERNEL + 0x20000, 0xffffffffffffffff, 0xffffffffffffffc0};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		try_pointer((long)bad[i]);
	refused(ring3_call(LINUX_WRITE, 3, (long)bad, 8, 0));
	refused(ring3_call(LINUX_GETRANDOM, (long)ring3_main, 8, 0, 0)); /* code */
	refused(ring3_call(SERVICE_REPLY, 0, (long)bad, -1, 0));
	refused(ring3_call(SERVICE_REPLY, 0, (long)bad, 4097, 0));
	for (uint32_t number = 400; number < 512; number++)
		refused(ring3_call(number, (long)bad, (long)bad, (long)bad, (long)bad));
	for (uint32_t class = 3; class < 0x1000; class += 7)
		refused(ring3_call(SERVICE_CALL(class, 1), (long)bad, 0, 0, 0));
	refused(ring3_call(0x80000000U | LINUX_WRITE, 1, (long)bad, 1, 0));
}

static void try_memory(void)
{
	const long code = (long)ring3_main & -4096L, stack = (long)&code & -4096L;

	refused(ring3_call(LINUX_MPROTECT, code, 4096, 7, 0));
	refused(ring3_call(LINUX_MPROTECT, code, 4096, 3, 0));
	refused(ring3_call(LINUX_MPROTECT, stack, 4096, 5, 0));
	refused(ring3_call(LINUX_MPROTECT, (long)KERNEL, 4096, 1, 0));
	refused(ring3_call(LINUX_MPROTECT, 0, -1, 1, 0));
	refused(ring3_call(LINUX_MPROTECT, stack, -4096, 1, 0));
	refused(ring3_call(LINUX_MUNMAP, code, 4096, 0, 0));
	refused(ring3_call(LINUX_MUNMAP, (long)KERNEL, 4096, 0, 0));
	refused(ring3_call(LINUX_MUNMAP, stack, -4096, 0, 0));
	refused(ring3_call(LINUX_MMAP, 0, 4096, 7, 0x22));
	refused(ring3_call(LINUX_MMAP, 0, 4096, 5, 0x22));
	refused(ring3_call(LINUX_MMAP, (long)KERNEL, 4096, 3, 0x32)); /* MAP_FIXED */
	refused(ring3_call(LINUX_MMAP, 0, 4096, 3, 0x21));            /* shared */
	refused(ring3_call(LINUX_MMAP, 0, 1L << 40, 3, 0x22));
	refused(ring3_call(LINUX_MMAP, 0, -1, 3, 0x22));
	refused(ring3_call(LINUX_MMAP, 0, 0, 3, 0x22));
	/* All there is, until there is no more; then all back. */
	for (long page = 0; page >= 0;)
		page = ring3_call(LINUX_MMAP, 0, 4096, 3, 0x22);
	if (ring3_call(LINUX_BRK, 0, 0, 0, 0) != ring3_call(LINUX_BRK, (long)KERNEL, 0, 0, 0))
		accepted++;
}

static void recurse(volatile uint8_t *below)
{
	uint8_t here[4096];

	here[0] = *below;
	if (!here[0]) /* always */
		recurse(here);
	*below = here[0];
}

static void run_data(void)
{
	static volatile uint8_t code[16] = {0xc3};

	asm volatile("call *%0" : : "r"(code) : "memory");
}

static void do_fatal(uint32_t number)
{
	uint8_t byte = 0;

	switch (number) {
	case HOSTILE_WRITE_KERNEL:
		*(volatile uint8_t *)KERNEL = 0;
		break;
	case HOSTILE_READ_KERNEL:
		byte = *(volatile uint8_t *)KERNEL;
		break;
	case HOSTILE_CLI:
		asm volatile("cli");
		break;
	case HOSTILE_PORT:
		asm volatile("outb %0, $0xf4" : : "a"(byte));
		break;
	case HOSTILE_MSR:
		asm volatile("wrmsr" : : "c"(0xc0010130), "a"(0), "d"(0));
		break;
	case HOSTILE_STACK:
		recurse(&byte);
		break;
	case HOSTILE_INTERRUPT:
		asm volatile("int $0x80" : : "a"(0));
		break;
	case HOSTILE_RUN_DATA:
		run_data();
		break;
	case HOSTILE_WRITE_CODE:
		*(volatile uint8_t *)ring3_main = 0;
		break;
	}
}

static uint32_t handle(struct service_request *request, uint8_t *payload)
{
	accepted = 0;
	if (request->number == HOSTILE_POINTERS)
		try_pointers();
	else if (request->number == HOSTILE_MEMORY)
		try_memory();
	else
		do_fatal(request->number);
	payload[0] = accepted > 255 ? 255 : (uint8_t)accepted;
	return SVSM_SUCCESS;
}

void ring3_main(const char *name)
{
	while (*name && (*name < '0' || *name > '9'))
		name++;
	ring3_serve(PROTOCOL_HOSTILE + (uint32_t)(*name - '0'), handle);
}
