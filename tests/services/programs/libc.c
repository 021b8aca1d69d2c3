/* SPDX-License-Identifier: MIT */
/*
 * A self-test of Debian's libc as a service: each call answers one byte, the
 * number of the first check that failed, 0 if none did.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "service.h"
#include "tests/services/protocols.h"

static _Thread_local int thread_local_value = 7;

static int compare(const void *left, const void *right)
{
	return *(const int *)left - *(const int *)right;
}

static bool sorts(void)
{
	int values[257];

	for (int i = 0; i < 257; i++)
		values[i] = i * 101 % 257;
	qsort(values, 257, sizeof(values[0]), compare);
	for (int i = 0; i < 257; i++)
		if (values[i] != i)
			return false;
	return true;
}

static bool allocates(void)
{
	for (size_t size = 1; size < 400000; size = size * 3 + 1) {
		char *memory = malloc(size), *larger;

		if (!memory)
			return false;
		memset(memory, 0x55, size);
		larger = realloc(memory, size + size / 2);
		if (!larger) {
			free(memory);
			return false;
		}
		if (larger[size - 1] != 0x55)
			abort();
		free(larger);
	}
	return true;
}

/* Memory that is not there is an error, and nothing else. */
static bool runs_out(void)
{
	void *memory = malloc(512UL << 20);

	free(memory);
	return !memory && errno == ENOMEM;
}

static bool maps(void)
{
	char *pages = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return false;
	pages[65535] = 1;
	if (mprotect(pages, 4096, PROT_READ) || !mprotect(pages, 4096, PROT_READ | PROT_WRITE))
		return false;
	return errno == EACCES && !munmap(pages, 65536);
}

static bool has_time(void)
{
	struct timespec first, second;

	if (clock_gettime(CLOCK_MONOTONIC, &first) || clock_gettime(CLOCK_MONOTONIC, &second))
		return false;
	return second.tv_sec > first.tv_sec ||
	       (second.tv_sec == first.tv_sec && second.tv_nsec >= first.tv_nsec);
}

static bool has_random(void)
{
	static const char zeros[32];
	char bytes[32] = {0};

	return getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes) &&
	       memcmp(bytes, zeros, sizeof(bytes));
}

static bool formats(void)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %d %.3f", "x", -3, sqrt(thread_local_value + 2.0));
	return !strcmp(text, "x -3 3.000");
}

static bool lacks_files(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 && errno == ENOSYS;
}

static uint8_t first_failure(void)
{
	bool (*const checks[])(void) = {
		sorts, allocates, runs_out, maps, has_time, has_random, formats, lacks_files};

	for (uint8_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!checks[i]())
			return i + 1;
	return 0;
}

int main(void)
{
	const struct service_announcement announcement = {
		.protocol = PROTOCOL_LIBC, .first_version = 1, .last_version = 1};
	struct service_request request;
	uint8_t payload[SERVICE_PAYLOAD_MAX];

	if (syscall(SERVICE_ANNOUNCE, &announcement))
		return 1;
	while (!syscall(SERVICE_WAIT, &request, payload, sizeof(payload))) {
		payload[0] = first_failure();
		if (syscall(SERVICE_REPLY, SVSM_SUCCESS, payload, 1UL))
			return 3;
	}
	return 2;
}
