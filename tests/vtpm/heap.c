/* SPDX-License-Identifier: MIT */
/*
 * Shows the heap of a vTPM to run-leaks: the linker puts this function between the program
 * and its service_wait() (--wrap, tests/vtpm/vtpm.mk). Each time the program has answered
 * a request, a line goes to the file that VTPM_TEST_HEAP names: the request, blocks and
 * bytes that the program has, and the bytes that malloc has taken from the system. As long as the
 * file is there that VTPM_TEST_LEAK names, each request loses a byte, which run-leaks must see.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/lib/serve.h"
#include "tests/vtpm/blocks.h"
#include "tpm2.h"

#define CODE_OFFSET 6U /* of the command code in a command */

int __real_service_wait(struct service_request *request, void *payload, size_t room);
int __wrap_service_wait(struct service_request *request, void *payload, size_t room);

/* What is waited for the first time has no request before it. */
static char last[32] = "start";

/* Nothing of this is in the heap. */
static void show_heap(void)
{
	struct mallinfo2 heap = mallinfo2();
	struct blocks blocks = blocks_now();
	char line[96];
	int size = snprintf(line, sizeof(line), "%s %zu %zu %zu\n", last, blocks.count,
		blocks.bytes, heap.arena + heap.hblkhd);
	int file = open(getenv("VTPM_TEST_HEAP"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (file < 0 || write(file, line, (size_t)size) != size)
		abort();
	close(file);
}

static void leak_if_wanted(void)
{
	static void *volatile lost;

	if (access(getenv("VTPM_TEST_LEAK"), F_OK) == 0)
		lost = malloc(1);
	(void)lost;
}

static void remember(const struct service_request *request, const uint8_t *payload)
{
	const uint8_t *code = payload + CODE_OFFSET;

	if (request->kind == SERVICE_REQUEST_CALL && request->size >= TPM_HEADER_SIZE)
		snprintf(last, sizeof(last), "command-%02x%02x", code[2], code[3]);
	else
		snprintf(last, sizeof(last), "kind-%u", request->kind);
}

int __wrap_service_wait(struct service_request *request, void *payload, size_t room)
{
	int error;

	leak_if_wanted();
	show_heap();
	error = __real_service_wait(request, payload, room);
	if (!error)
		remember(request, payload);
	return error;
}
