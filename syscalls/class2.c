/* SPDX-License-Identifier: MIT */
/*
 * Class 2: the platform. Time, reports of the secure processor, seeds
 * (class2_seed.c); sealed storage, of which there is none.
 */
#include <string.h>

#include "syscalls/syscalls.h"
#include "kernel/clock.h"
#include "kernel/services.h"
#include "kernel/user_memory.h"
#include "lib/sha512.h"
#include "platform.h"

static_assert(SHA512_SIZE == PLATFORM_REPORT_DATA_SIZE, "report data is a digest");

/* Work area of a report; too large for a stack. */
static struct {
	uint32_t busy; /* atomic */
	struct platform_evidence evidence;
} work;

/* The kernel forms it: no service can speak in another's name, or in protocol 1's. */
static void form_report_data(const struct service_slot *slot,
	const struct service_report_wanted *wanted, uint8_t digest[SHA512_SIZE])
{
	static const uint8_t guid[16] = SERVICE_REPORT_GUID;
	struct service_report_data data = {.label = SERVICE_REPORT_LABEL, .tag = wanted->tag};
	struct sha512_ctx ctx;

	memcpy(data.guid, guid, sizeof(guid));
	memcpy(data.service, slot->announcement.guid, sizeof(data.service));
	memcpy(data.file_sha256, slot->entry->sha256, sizeof(data.file_sha256));
	memcpy(data.data, wanted->data, sizeof(data.data));
	sha512_init(&ctx);
	sha512_update(&ctx, &data, sizeof(data));
	sha512_finish(&ctx, digest);
}

static int64_t answer_report(enum attest_result result, uint64_t address, uint64_t room)
{
	uint32_t size = work.evidence.report_size;

	switch (result) {
	case ATTEST_OK:
		if (size > room)
			return -CALL_EMSGSIZE;
		return user_write(address, work.evidence.report, size) ? (int64_t)size
								       : -CALL_EFAULT;
	case ATTEST_BUSY:
	case ATTEST_THROTTLED:
		return -CALL_EAGAIN;
	case ATTEST_REFUSED:
	case ATTEST_CLOSED:
		break;
	}
	return -CALL_EIO;
}

static int64_t report(struct service_slot *slot, const struct call_arguments *a)
{
	struct service_report_wanted wanted;
	uint8_t digest[SHA512_SIZE];
	int64_t answer;

	if (!user_read(&wanted, a->a0, sizeof(wanted)))
		return -CALL_EFAULT;
	if (wanted.reserved)
		return -CALL_EINVAL;
	if (a->a2 < platform_facts()->report_size)
		return -CALL_EMSGSIZE;
	if (__atomic_exchange_n(&work.busy, 1, __ATOMIC_ACQUIRE))
		return -CALL_EAGAIN;
	form_report_data(slot, &wanted, digest);
	answer = answer_report(platform_attest_report(digest, false, &work.evidence), a->a1, a->a2);
	__atomic_store_n(&work.busy, 0, __ATOMIC_RELEASE);
	return answer;
}

int64_t class2_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a)
{
	switch (eax) {
	case SERVICE_CLOCK:
		return (int64_t)clock_now();
	case SERVICE_REPORT:
		return report(slot, a);
	case SERVICE_SEED:
		return call_seed(slot, a->a0, a->a1);
	case SERVICE_LOAD:
	case SERVICE_STORE:
		return -CALL_ENODEV;
	default:
		return -CALL_ENOSYS;
	}
}
