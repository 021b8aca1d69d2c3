/* SPDX-License-Identifier: MIT */
/*
 * Manifests of services in ring 3: the head that the kernel puts before them, the
 * vTPM's bare one, what no service may give, what has ended, and one that changes.
 */
#include "unit_test.h"

#include "fake_platform.h"
#include "fake_services.h"
#include "protocols/attest.h"
#include "svsm.h"

#define ROOM 512U

static uint8_t payload[SERVICE_PAYLOAD_MAX], memory[ROOM];
static struct service_slot slot;
static struct attest_operation operation;
static const struct svsm_call call = {.rax = 1UL << 32, .rcx = 0x1000};
static uint8_t body[600];
static uint32_t body_size, size, asked_for;

static uint32_t give(struct service_slot *service, uint32_t kind, uint32_t number)
{
	assert_int_equal(kind, SERVICE_REQUEST_MANIFEST);
	asked_for = number;
	memcpy(service->payload, body, body_size);
	service->reply_size = body_size;
	return SVSM_SUCCESS;
}

static const uint8_t vtpm[] = SVSM_GUID_VTPM, other[SVSM_GUID_SIZE] = {1, 2, 3};

/* @guid's service, and a request for @version of its manifest. */
static void serve(const uint8_t *guid, uint32_t version)
{
	memcpy(slot.announcement.guid, guid, SVSM_GUID_SIZE);
	assert_true(service_find(guid, &operation.service));
	operation.single = true;
	operation.manifest_version = version;
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	slot = (struct service_slot){.payload = payload,
		.announced = true,
		.announcement = {.first_manifest = 0, .last_manifest = 1}};
	fake_service = &slot;
	fake_service_serve = give;
	fake_service_pauses = 0;
	operation = (struct attest_operation){0};
	memset(body, 7, sizeof(body));
	body_size = 100;
	body[0] = 0;
	body[1] = 1;
	return 0;
}

static uint32_t make(void)
{
	uint32_t result = attest_manifest(&call, &operation, memory, ROOM, &size);

	assert_false(slot.busy);
	return result;
}

static void with_a_head(void **state)
{
	const struct nacre_manifest_header *head = (const void *)memory;

	(void)state;
	for (uint32_t version = 0; version < 2; version++) {
		serve(other, version);
		assert_int_equal(make(), SVSM_SUCCESS);
		assert_int_equal(asked_for, version);
		assert_int_equal(size, sizeof(*head) + body_size);
		assert_memory_equal(head->guid, other, sizeof(other));
		assert_int_equal(head->version, version);
		assert_memory_equal(head + 1, body, body_size);
	}
}

static void bare(void **state)
{
	(void)state;
	serve(vtpm, 0);
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(size, body_size);
	assert_memory_equal(memory, body, body_size);
	serve(vtpm, 1);
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(size, sizeof(struct nacre_manifest_header) + body_size);
}

/* Without a head it could be another's manifest, but for how it begins. */
static void bare_and_no_key(void **state)
{
	static const uint8_t wrong[][2] = {{0, 0}, {0, 2}, {1, 1}, {0x23, 0}, {0xbb, 0x9e}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		set_up(NULL);
		memcpy(body, wrong[i], 2);
		serve(vtpm, 0);
		assert_int_equal(make(), SVSM_ERR_INVALID_REQUEST);
	}
	set_up(NULL);
	body[1] = 0x23;
	serve(vtpm, 0);
	assert_int_equal(make(), SVSM_SUCCESS);
	set_up(NULL);
	body_size = 1;
	serve(vtpm, 0);
	assert_int_equal(make(), SVSM_ERR_INVALID_REQUEST);
}

static void too_large_or_nothing(void **state)
{
	(void)state;
	serve(other, 0);
	body_size = ROOM - sizeof(struct nacre_manifest_header);
	assert_int_equal(make(), SVSM_SUCCESS);
	serve(other, 1);
	body_size++;
	assert_int_equal(make(), SVSM_ERR_INVALID_REQUEST);
	body_size = 0;
	assert_int_equal(make(), SVSM_ERR_INVALID_REQUEST);
	assert_int_not_equal(slot.state, SERVICE_ENDED);
}

/* What a report has vouched for stays so, each version for itself. */
static void changes(void **state)
{
	(void)state;
	serve(other, 0);
	assert_int_equal(make(), SVSM_SUCCESS);
	serve(other, 1);
	body[99]++;
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(make(), SVSM_SUCCESS);
	serve(other, 0);
	assert_int_equal(make(), SVSM_ERR_SERVICE_ENDED);
	assert_int_equal(slot.state, SERVICE_ENDED);
	assert_int_equal(slot.end.reason, SERVICE_ENDED_RULES);
	body[99]--;
	assert_int_equal(make(), SVSM_ERR_SERVICE_ENDED);
}

static void shorter(void **state)
{
	(void)state;
	serve(other, 0);
	assert_int_equal(make(), SVSM_SUCCESS);
	body_size--;
	assert_int_equal(make(), SVSM_ERR_SERVICE_ENDED);
}

static void busy(void **state)
{
	(void)state;
	serve(other, 0);
	assert_true(service_hold(&slot));
	assert_int_equal(attest_manifest(&call, &operation, memory, ROOM, &size), SVSM_ERR_BUSY);
	service_release(&slot);
}

/* A guest that changes its mind between repetitions gets no manifest under another's name. */
static void another_version_meanwhile(void **state)
{
	(void)state;
	fake_service_pauses = 2;
	serve(vtpm, 0);
	assert_int_equal(make(), SVSM_ERR_INCOMPLETE);
	operation.manifest_version = 1;
	assert_int_equal(make(), SVSM_ERR_BUSY);
	assert_int_equal(make(), SVSM_ERR_BUSY);
	assert_int_equal(asked_for, 0);
	assert_false(slot.manifests[0].known);
	assert_false(slot.manifests[1].known);
	fake_service_pauses = 0;
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(asked_for, 1);
}

static void in_slices(void **state)
{
	(void)state;
	fake_service_pauses = 2;
	serve(other, 1);
	assert_int_equal(make(), SVSM_ERR_INCOMPLETE);
	assert_int_equal(make(), SVSM_ERR_INCOMPLETE);
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(asked_for, 1);
}

static uint32_t entries(void)
{
	return ((const struct svsm_services_manifest *)memory)->count;
}

/* One that has ended is nobody's to vouch for, the others still are. */
static void among_all(void **state)
{
	const struct svsm_services_entry *entry = (const void *)(memory + 24);

	(void)state;
	serve(vtpm, 0);
	operation.single = false;
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(entries(), 2);
	assert_memory_equal(entry[1].guid, vtpm, sizeof(vtpm));
	assert_int_equal(entry[1].size, body_size);
	assert_memory_equal(memory + entry[1].offset, body, body_size);
	slot.state = SERVICE_ENDED;
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(entries(), 1);
	operation.single = true;
	assert_int_equal(make(), SVSM_ERR_SERVICE_ENDED);
}

static void without_a_manifest(void **state)
{
	static const uint8_t none[SVSM_GUID_SIZE];
	struct service found;

	(void)state;
	assert_false(service_find(none, &found));
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(entries(), 1);
	memcpy(slot.announcement.guid, other, sizeof(other));
	slot.announced = false;
	assert_false(service_find(other, &found));
	fake_service = NULL;
	assert_false(service_find(other, &found));
}

/* A service in the kernel cannot be spoken for. */
static void the_kernels_own(void **state)
{
	static const uint8_t platform[] = NACRE_GUID_PLATFORM;

	(void)state;
	serve(platform, 0);
	assert_null(operation.service.slot);
	asked_for = 99;
	assert_int_equal(make(), SVSM_SUCCESS);
	assert_int_equal(asked_for, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(with_a_head, set_up),
		cmocka_unit_test_setup(bare, set_up),
		cmocka_unit_test_setup(bare_and_no_key, set_up),
		cmocka_unit_test_setup(too_large_or_nothing, set_up),
		cmocka_unit_test_setup(changes, set_up),
		cmocka_unit_test_setup(shorter, set_up),
		cmocka_unit_test_setup(busy, set_up),
		cmocka_unit_test_setup(another_version_meanwhile, set_up),
		cmocka_unit_test_setup(in_slices, set_up),
		cmocka_unit_test_setup(among_all, set_up),
		cmocka_unit_test_setup(without_a_manifest, set_up),
		cmocka_unit_test_setup(the_kernels_own, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
