/* SPDX-License-Identifier: MIT */
/*
 * Work of the services' own on idle CPUs: who gets it and how often, in slices, and
 * what a guest's call meanwhile makes of it.
 */
#include "unit_test.h"

#include "fake_platform.h"
#include "fake_services.h"
#include "kernel/request.h"
#include "kernel/service_idle.h"
#include "svsm.h"

#define BUFFER FAKE_RAM_BASE

static uint8_t payload[SERVICE_PAYLOAD_MAX];
static struct service_slot slot;
static unsigned int idles, calls;

static uint32_t serve(struct service_slot *service, uint32_t kind, uint32_t number)
{
	(void)number;
	idles += kind == SERVICE_REQUEST_IDLE;
	calls += kind == SERVICE_REQUEST_CALL;
	service->has_request = false;
	service->reply_size = 0;
	return SVSM_SUCCESS;
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	fake_give(BUFFER, PAGE_SIZE, 0);
	slot = (struct service_slot){.payload = payload,
		.state = SERVICE_WAITS,
		.announced = true,
		.announcement = {.protocol = SVSM_PROTOCOL_OWN,
			.first_version = 1,
			.last_version = 1,
			.flags = SERVICE_WANTS_IDLE}};
	fake_service = &slot;
	fake_service_serve = serve;
	fake_service_pauses = 0;
	idles = calls = 0;
	return 0;
}

static uint64_t call_it(void)
{
	struct svsm_call call = {.rax = (uint64_t)SVSM_PROTOCOL_OWN << 32 | 1, .rcx = BUFFER};

	protocol_dispatch(&call);
	return call.rax;
}

static void once(void **state)
{
	(void)state;
	assert_true(services_idle());
	assert_int_equal(idles, 1);
	assert_false(services_idle());
	assert_int_equal(idles, 1);
	assert_false(slot.busy);
}

static void in_slices(void **state)
{
	(void)state;
	fake_service_pauses = 2;
	assert_true(services_idle());
	assert_true(services_idle());
	assert_int_equal(idles, 0);
	assert_true(services_idle());
	assert_int_equal(idles, 1);
	assert_false(services_idle());
}

static void not_for_all(void **state)
{
	(void)state;
	slot.announcement.flags = 0;
	assert_false(services_idle());
	set_up(NULL);
	slot.announced = false;
	assert_false(services_idle());
	set_up(NULL);
	slot.state = SERVICE_ENDED;
	assert_false(services_idle());
	set_up(NULL);
	assert_true(service_hold(&slot));
	assert_false(services_idle());
	fake_service = NULL;
	assert_false(services_idle());
	assert_int_equal(idles, 0);
}

/* A call that runs between its slices is not taken for the service's own work. */
static void not_in_a_call(void **state)
{
	(void)state;
	fake_service_pauses = 1;
	assert_int_equal(call_it(), SVSM_ERR_INCOMPLETE);
	assert_false(services_idle());
	assert_int_equal(call_it(), SVSM_SUCCESS);
	assert_int_equal(calls, 1);
	assert_true(services_idle());
}

/* The guest's call helps to finish it, and is then made as if nothing had been. */
static void a_call_meanwhile(void **state)
{
	(void)state;
	fake_service_pauses = 1;
	assert_true(services_idle());
	assert_int_equal(call_it(), SVSM_ERR_BUSY);
	assert_int_equal(idles, 1);
	fake_service_pauses = 0;
	assert_int_equal(call_it(), SVSM_SUCCESS);
	assert_int_equal(calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(once, set_up),
		cmocka_unit_test_setup(in_slices, set_up),
		cmocka_unit_test_setup(not_for_all, set_up),
		cmocka_unit_test_setup(not_in_a_call, set_up),
		cmocka_unit_test_setup(a_call_meanwhile, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
