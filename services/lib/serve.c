/* SPDX-License-Identifier: MIT */
/*
 * The calls of a service; see services/lib/serve.h.
 */
#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "services/lib/call.h"
#include "services/lib/desk.h"
#include "services/lib/serve.h"

#define NANOSECONDS 1000000000ULL

int service_announce(const struct service_announcement *announcement)
{
	long result = service_call(SERVICE_ANNOUNCE, (long)announcement, 0, 0);

	return result == -ENOSYS ? desk_announce(announcement) : (int)result;
}

int service_wait(struct service_request *request, void *payload, size_t room)
{
	if (desk_connected())
		return desk_wait(request, payload, room);
	return (int)service_call(SERVICE_WAIT, (long)request, (long)payload, (long)room);
}

int service_reply(uint32_t result, const void *payload, size_t size)
{
	if (desk_connected())
		return desk_reply(result, payload, size);
	return (int)service_call(SERVICE_REPLY, (long)result, (long)payload, (long)size);
}

static uint64_t linux_clock(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

uint64_t service_clock(void)
{
	long result = desk_connected() ? -ENOSYS : service_call(SERVICE_CLOCK, 0, 0, 0);

	return result < 0 ? linux_clock() : (uint64_t)result;
}

static int linux_seed(void *seed, size_t size)
{
	ssize_t got = getrandom(seed, size, 0);

	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -EIO;
}

int service_seed(void *seed, size_t size)
{
	long result;

	if (size > SERVICE_SEED_MAX)
		return -EINVAL;
	result = service_call(SERVICE_SEED, (long)seed, (long)size, 0);
	return result == -ENOSYS ? linux_seed(seed, size) : (int)result;
}

int service_report(const struct service_report_wanted *wanted, void *report, size_t room)
{
	long result = service_call(SERVICE_REPORT, (long)wanted, (long)report, (long)room);

	return result == -ENOSYS ? -ENODEV : (int)result;
}
