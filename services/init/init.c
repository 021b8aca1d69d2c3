/* SPDX-License-Identifier: MIT */
/*
 * Init: the first program in ring 3. It starts the services of the image in the
 * order of the table and, when one has ended that may be started anew, starts it
 * again, a few times in a launch: who makes it end by calls would else keep the
 * paravisor at it. Without a libc and without relocations: all of it is measured.
 */
#include <stddef.h>

#include "service_table.h"
#include "services/lib/call.h"

#define LINUX_WRITE 1U
#define LINUX_EXIT_GROUP 231U
#define STDOUT 1
#define LINE_MAX 80U
#define RESTARTS_MAX 4U /* of one service in a launch */

NORETURN void init_main(void);

__asm__(".globl _start\n"
	"_start:\n\t"
	"xorl %ebp, %ebp\n\t"
	"andq $-16, %rsp\n\t"
	"call init_main");

static uint8_t restarts[SERVICE_TABLE_MAX];

struct line {
	char text[LINE_MAX];
	size_t length;
};

static void add(struct line *line, const char *text)
{
	while (*text && line->length < LINE_MAX)
		line->text[line->length++] = *text++;
}

static void say(const struct service_info *service, const char *what)
{
	struct line line;

	line.length = 0;
	add(&line, service->name);
	add(&line, what);
	service_call(LINUX_WRITE, STDOUT, (long)line.text, (long)line.length);
}

/* The kernel has said why one could not be started. */
static void start_all(void)
{
	struct service_info service;

	for (long i = 1; !service_call(SERVICE_INIT_INFO, i, (long)&service, 0); i++)
		service_call(SERVICE_INIT_START, i, 0, 0);
}

static void restart(uint32_t index, const struct service_info *service)
{
	if (index >= SERVICE_TABLE_MAX || restarts[index] == RESTARTS_MAX) {
		say(service, " ends too often and is not started again");
		return;
	}
	restarts[index]++;
	if (service_call(SERVICE_INIT_START, index, 0, 0))
		say(service, " cannot be started again");
	else
		say(service, " is started again");
}

static void consider(const struct service_end *end)
{
	struct service_info service;

	if (service_call(SERVICE_INIT_INFO, end->index, (long)&service, 0))
		return;
	if (service.at_end == SERVICE_END_RESTART)
		restart(end->index, &service);
}

NORETURN void init_main(void)
{
	struct service_end end;

	start_all();
	while (!service_call(SERVICE_INIT_WAIT, (long)&end, 0, 0))
		consider(&end);
	for (;;)
		service_call(LINUX_EXIT_GROUP, 1, 0, 0);
}
