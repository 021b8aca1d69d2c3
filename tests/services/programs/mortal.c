/* SPDX-License-Identifier: MIT */
/*
 * A service that ends in the way that it is asked to, and shows what there is of
 * its memory and its addresses: one file, many services, by the number in the name.
 */
#include "ring3.h"

RING3_START;

#define FIRST_VALUE 0x1122334455667788UL
#define AREA 8192

static uint64_t calls;
static uint64_t value = FIRST_VALUE;
static uint8_t area[AREA];

/* Nonzero if anything is not as the file has it; then it is. */
static uint64_t find_dirt(void)
{
	long page = ring3_call(LINUX_MMAP, 0, 4096, 3, 0x22);
	const uint8_t *fresh = (const uint8_t *)page;
	uint64_t dirt = value ^ FIRST_VALUE;

	for (unsigned int i = 0; i < AREA; i++) {
		dirt |= area[i];
		area[i] = 0xda;
	}
	for (unsigned int i = 0; page > 0 && i < 4096; i++)
		dirt |= fresh[i];
	value = ~FIRST_VALUE;
	return page > 0 ? dirt : dirt | 1;
}

static void show_state(struct service_request *request, uint8_t *payload)
{
	struct mortal_state *state = (struct mortal_state *)payload;

	state->calls = ++calls;
	state->dirt = find_dirt();
	state->code = (uint64_t)ring3_main;
	state->stack = (uint64_t)&state;
	request->size = sizeof(*state);
}

static void recurse(volatile uint8_t *below)
{
	uint8_t here[4096];

	here[0] = *below;
	if (!here[0]) /* always */
		recurse(here);
	*below = here[0];
}

/* Whatever is said to it. */
NORETURN static void insist(uint32_t number, long a, long b, long c, long d)
{
	for (;;)
		ring3_call(number, a, b, c, d);
}

/* How many calls of classes that it was not granted did not answer ENOSYS. */
static uint8_t try_privileges(uint8_t *payload)
{
	uint8_t accepted = 0;

	for (uint32_t class = SERVICE_CLASS_PLATFORM; class <= SERVICE_CLASS_INIT; class ++)
		for (uint32_t number = 0; number < 8; number++)
			if (ring3_call(SERVICE_CALL(class, number), 0, (long)payload, 0, 0) != -38)
				accepted++;
	return accepted;
}

static uint32_t handle(struct service_request *request, uint8_t *payload)
{
	uint8_t byte = 0;

	switch (request->number) {
	case MORTAL_STATE:
		show_state(request, payload);
		break;
	case MORTAL_CRASH:
		asm volatile("ud2");
		break;
	case MORTAL_EXIT:
		ring3_exit(3);
	case MORTAL_GREED:
		insist(LINUX_MMAP, 0, 65536, 3, 0x22);
	case MORTAL_STACK:
		recurse(&byte);
		break;
	case MORTAL_CALLS:
		insist(LINUX_TIME + 1000, 0, 0, 0, 0);
	case MORTAL_PRIVILEGES:
		payload[0] = try_privileges(payload);
		break;
	}
	return SVSM_SUCCESS;
}

void ring3_main(const char *name)
{
	while (*name && (*name < '0' || *name > '9'))
		name++;
	if (*name == '9')
		ring3_exit(9);
	ring3_serve(PROTOCOL_MORTAL + (uint32_t)(*name - '0'), handle);
}
