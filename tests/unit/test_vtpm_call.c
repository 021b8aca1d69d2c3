/* SPDX-License-Identifier: MIT */
/*
 * The vTPM protocol in the kernel: what is refused before the service hears of it,
 * what it is given, how its answer stands in the guest's buffer, and the answer when
 * there is no service any more.
 */
#include "unit_test.h"

#include "fake_platform.h"
#include "fake_services.h"
#include "kernel/request.h"
#include "svsm.h"

#define BUFFER (FAKE_RAM_BASE + 100)
#define FILL 0x5a
#define HEAD sizeof(struct svsm_vtpm_request)
#define PRESET 0x1122334455667788UL

static uint8_t payload[SERVICE_PAYLOAD_MAX];
static struct service_slot slot;
static unsigned int served;
static uint32_t reply_size, verdict;
static struct svsm_call call;

static uint32_t serve(struct service_slot *service, uint32_t kind, uint32_t number)
{
	served++;
	assert_int_equal(kind, SERVICE_REQUEST_CALL);
	assert_int_equal(number, SVSM_VTPM_SEND_COMMAND);
	for (uint32_t i = 0; i < service->request.size; i++)
		assert_int_equal(service->payload[i], 0xc0);
	memset(service->payload, 0x11, reply_size);
	service->reply_size = reply_size;
	return verdict;
}

static void place(uint32_t command, uint8_t locality, uint32_t size)
{
	struct svsm_vtpm_request request = {command, locality, size};

	memcpy(fake_memory(BUFFER), &request, sizeof(request));
	if (size <= SVSM_VTPM_COMMAND_MAX)
		memset(fake_memory(BUFFER) + HEAD, 0xc0, size);
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	fake_give(FAKE_RAM_BASE, 2 * PAGE_SIZE, FILL);
	memset(payload, 0xee, sizeof(payload));
	slot = (struct service_slot){.payload = payload,
		.announced = true,
		.announcement = {
			.protocol = SVSM_PROTOCOL_VTPM, .first_version = 1, .last_version = 1}};
	fake_service = &slot;
	fake_service_serve = serve;
	fake_service_pauses = 0;
	served = 0;
	verdict = SVSM_SUCCESS;
	reply_size = 40;
	place(SVSM_VTPM_SEND_COMMAND, 0, 12);
	return 0;
}

static uint64_t run(uint32_t number, uint64_t address)
{
	call = (struct svsm_call){
		.rax = (uint64_t)SVSM_PROTOCOL_VTPM << 32 | number, .rcx = address, .rdx = PRESET};
	protocol_dispatch(&call);
	return call.rax;
}

static uint64_t command(uint64_t address)
{
	uint64_t result = run(SVSM_VTPM_CMD, address);

	assert_int_equal(call.outputs, 0);
	assert_false(slot.busy);
	return result;
}

static void query(void **state)
{
	(void)state;
	assert_int_equal(run(SVSM_VTPM_QUERY, PRESET), SVSM_SUCCESS);
	assert_int_equal(call.rcx, 1 << 8);
	assert_int_equal(call.rdx, 0);
	assert_int_equal(call.outputs, CALL_OUT_RCX | CALL_OUT_RDX);
	assert_int_equal(run(2, BUFFER), SVSM_ERR_UNSUPPORTED_CALL);
	fake_service = NULL;
	assert_int_equal(run(SVSM_VTPM_QUERY, 0), SVSM_ERR_UNSUPPORTED_PROTOCOL);
	assert_int_equal(run(SVSM_VTPM_CMD, BUFFER), SVSM_ERR_UNSUPPORTED_PROTOCOL);
}

static void expect_answer(uint32_t size, uint32_t zeros)
{
	const uint8_t *at = fake_memory(BUFFER);
	uint32_t said, end = (uint32_t)sizeof(said) + size;

	memcpy(&said, at, sizeof(said));
	assert_int_equal(said, size);
	for (uint32_t i = sizeof(said); i < end; i++)
		assert_int_equal(at[i], 0x11);
	for (uint32_t i = end; i < end + zeros; i++)
		assert_int_equal(at[i], 0);
	for (uint32_t i = end + zeros; i < SVSM_VTPM_BUFFER; i++)
		assert_int_equal(at[i], FILL);
	assert_int_equal(fake_memory(BUFFER)[-1], FILL);
}

static void answers(void **state)
{
	(void)state;
	assert_int_equal(command(BUFFER), SVSM_SUCCESS);
	expect_answer(40, 0);
	place(SVSM_VTPM_SEND_COMMAND, 0, 1000);
	assert_int_equal(command(BUFFER), SVSM_SUCCESS);
	expect_answer(40, 1000 + HEAD - 44);
	set_up(NULL);
	reply_size = SVSM_VTPM_ANSWER_MAX;
	place(SVSM_VTPM_SEND_COMMAND, 0, SVSM_VTPM_COMMAND_MAX);
	assert_int_equal(command(BUFFER), SVSM_SUCCESS);
	expect_answer(SVSM_VTPM_ANSWER_MAX, 0);
}

static void answer_too_large(void **state)
{
	(void)state;
	reply_size = SVSM_VTPM_ANSWER_MAX + 1;
	assert_int_equal(command(BUFFER), SVSM_ERR_INVALID_REQUEST);
	assert_int_equal(*fake_memory(BUFFER), SVSM_VTPM_SEND_COMMAND);
}

static void refuses(uint32_t platform, uint8_t locality, uint32_t size)
{
	place(platform, locality, size);
	assert_int_equal(command(BUFFER), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(served, 0);
}

static void refusals(void **state)
{
	(void)state;
	for (unsigned int platform = 0; platform < 64; platform++)
		if (platform != SVSM_VTPM_SEND_COMMAND)
			refuses(platform, 0, 12);
	for (unsigned int locality = 1; locality < 256; locality++)
		refuses(SVSM_VTPM_SEND_COMMAND, (uint8_t)locality, 12);
	refuses(SVSM_VTPM_SEND_COMMAND, 0, SVSM_VTPM_COMMAND_MAX + 1);
	refuses(SVSM_VTPM_SEND_COMMAND, 0, UINT32_MAX);
}

static void addresses(void **state)
{
	(void)state;
	assert_int_equal(command(0), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(command(FAKE_OWN_BASE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(command(FAKE_RAM_BASE + PAGE_SIZE + 1), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(command(UINT64_MAX - 100), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(served, 0);
}

static void busy(void **state)
{
	(void)state;
	assert_true(service_hold(&slot));
	assert_int_equal(run(SVSM_VTPM_CMD, BUFFER), SVSM_ERR_BUSY);
	assert_int_equal(served, 0);
	assert_true(slot.busy);
	service_release(&slot);
}

/* The command is what it was when the call was made first. */
static void in_slices(void **state)
{
	(void)state;
	fake_service_pauses = 2;
	place(SVSM_VTPM_SEND_COMMAND, 0, 64);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(command(BUFFER), SVSM_ERR_INCOMPLETE);
		assert_int_equal(*fake_memory(BUFFER), SVSM_VTPM_SEND_COMMAND);
		memset(fake_memory(BUFFER) + HEAD, 0x77, 64);
	}
	assert_int_equal(command(BUFFER), SVSM_SUCCESS);
	assert_int_equal(served, 1);
	expect_answer(40, 64 + HEAD - 44);
}

static void own_errors(void **state)
{
	(void)state;
	verdict = SVSM_ERR_INVALID_PARAMETER;
	assert_int_equal(command(BUFFER), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(*fake_memory(BUFFER), SVSM_VTPM_SEND_COMMAND);
}

/* A guest that knows TPMs understands this one. */
static void has_ended(void **state)
{
	static const uint8_t failure[] = {10, 0, 0, 0, 0x80, 1, 0, 0, 0, 10, 0, 0, 1, 1};

	(void)state;
	slot.state = SERVICE_ENDED;
	place(SVSM_VTPM_SEND_COMMAND, 0, 50);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(command(BUFFER), SVSM_SUCCESS);
		assert_memory_equal(fake_memory(BUFFER), failure, sizeof(failure));
		assert_int_equal(fake_memory(BUFFER)[sizeof(failure)], 0);
		place(SVSM_VTPM_SEND_COMMAND, 0, 50);
	}
	assert_int_equal(served, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(query, set_up),
		cmocka_unit_test_setup(answers, set_up),
		cmocka_unit_test_setup(answer_too_large, set_up),
		cmocka_unit_test_setup(refusals, set_up),
		cmocka_unit_test_setup(addresses, set_up),
		cmocka_unit_test_setup(busy, set_up),
		cmocka_unit_test_setup(in_slices, set_up),
		cmocka_unit_test_setup(own_errors, set_up),
		cmocka_unit_test_setup(has_ended, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
