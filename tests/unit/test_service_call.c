/* SPDX-License-Identifier: MIT */
/*
 * Calls of a protocol that a service serves: what is refused before the service
 * hears of it, what it is given, what the guest gets, also when the service is
 * busy or its answer does not fit; and calls of several slices, which their vCPU
 * repeats, gives up, or is deleted in the middle of.
 */
#include "unit_test.h"

#include "fake_platform.h"
#include "fake_services.h"
#include "kernel/request.h"
#include "kernel/service_request.h"
#include "protocols/protocol.h"
#include "svsm.h"

#define PROTOCOL SVSM_PROTOCOL_OWN
#define BUFFER FAKE_RAM_BASE
#define FILL 0x5a
#define OTHER_BUFFER (BUFFER + 64)
#define STATES (BUFFER + 16 * PAGE_SIZE) /* of the vCPUs */
#define AREAS (BUFFER + 24 * PAGE_SIZE)

static uint8_t payload[SERVICE_PAYLOAD_MAX];
static struct service_slot slot;
static unsigned int served;
static uint32_t reply_size, verdict;

/* Every byte of the request one more. */
static uint32_t serve(struct service_slot *service, uint32_t kind, uint32_t number)
{
	served++;
	assert_int_equal(kind, SERVICE_REQUEST_CALL);
	assert_int_equal(number, 7);
	for (uint32_t i = 0; i < service->request.size; i++) {
		assert_int_equal(service->payload[i], FILL);
		service->payload[i]++;
	}
	for (uint32_t i = service->request.size; i < SERVICE_PAYLOAD_MAX; i++)
		assert_int_equal(service->payload[i], 0);
	service->reply_size = reply_size;
	return verdict;
}

/* The calling thread is the CPU, in a call of its vCPU's. */
static void play(unsigned int index)
{
	struct cpu *cpu = fake_cpu(index);

	fake_play(index);
	cpu->current.vcpu = cpu->registry.offered;
	cpu->current.idle_tag = (cpu->current.vcpu->tag & ~VCPU_STATE_MASK) | VCPU_IDLE;
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	for (unsigned int i = 0; i < 3; i++)
		fake_first_vcpu(i, STATES + i * PAGE_SIZE, AREAS + i * PAGE_SIZE);
	play(0);
	fake_give(BUFFER, 2 * PAGE_SIZE, FILL);
	memset(payload, 0xee, sizeof(payload));
	fake_service_pauses = fake_service_slices = 0;
	slot = (struct service_slot){.payload = payload,
		.state = SERVICE_WAITS,
		.announced = true,
		.announcement = {.protocol = PROTOCOL, .first_version = 2, .last_version = 3}};
	fake_service = &slot;
	fake_service_serve = serve;
	served = 0;
	verdict = SVSM_SUCCESS;
	reply_size = 16;
	return 0;
}

static struct svsm_call make(uint64_t address, uint64_t size, uint64_t room)
{
	return (struct svsm_call){
		.rax = (uint64_t)PROTOCOL << 32 | 7, .rcx = address, .rdx = size, .r8 = room};
}

static void expect(struct svsm_call call, uint64_t result, unsigned int times)
{
	protocol_dispatch(&call);
	assert_int_equal(call.rax, result);
	assert_int_equal(served, times);
	assert_int_equal(call.outputs, 0);
	assert_false(slot.busy);
}

/* A call that is answered with one byte. */
static void expect_answer(uint64_t address, unsigned int times)
{
	struct svsm_call call = make(address, 1, 1);

	protocol_dispatch(&call);
	assert_int_equal(call.rax, SVSM_SUCCESS);
	assert_int_equal(call.rdx, 1);
	assert_int_equal(fake_memory(address)[0], FILL + 1);
	assert_int_equal(served, times);
}

static void answers(void **state)
{
	struct svsm_call call = make(BUFFER + 1, 16, 16);

	(void)state;
	protocol_dispatch(&call);
	assert_int_equal(call.rax, SVSM_SUCCESS);
	assert_int_equal(call.rdx, 16);
	assert_int_equal(call.outputs, CALL_OUT_RDX);
	assert_int_equal(fake_memory(BUFFER)[0], FILL);
	assert_int_equal(fake_memory(BUFFER)[1], FILL + 1);
	assert_int_equal(fake_memory(BUFFER)[16], FILL + 1);
	assert_int_equal(fake_memory(BUFFER)[17], FILL);
	assert_false(slot.busy);
}

static void versions(void **state)
{
	(void)state;
	assert_int_equal(service_versions(PROTOCOL), 3UL << 32 | 2);
	assert_int_equal(service_versions(PROTOCOL + 1), 0);
	fake_service = NULL;
	assert_int_equal(service_versions(PROTOCOL), 0);
	expect(make(BUFFER, 1, 1), SVSM_ERR_UNSUPPORTED_PROTOCOL, 0);
}

static void refusals(void **state)
{
	(void)state;
	expect(make(BUFFER, SERVICE_PAYLOAD_MAX + 1, 0), SVSM_ERR_INVALID_PARAMETER, 0);
	expect(make(BUFFER, 0, SERVICE_PAYLOAD_MAX + 1), SVSM_ERR_INVALID_PARAMETER, 0);
	expect(make(BUFFER, UINT64_MAX, UINT64_MAX), SVSM_ERR_INVALID_PARAMETER, 0);
	expect(make(FAKE_OWN_BASE, 16, 0), SVSM_ERR_INVALID_ADDRESS, 0);
	expect(make(FAKE_OWN_BASE, 0, 16), SVSM_ERR_INVALID_ADDRESS, 0);
	expect(make(BUFFER + 2 * PAGE_SIZE - 8, 8, 16), SVSM_ERR_INVALID_ADDRESS, 0);
	expect(make(UINT64_MAX - 7, 16, 16), SVSM_ERR_INVALID_ADDRESS, 0);
}

static void busy(void **state)
{
	struct svsm_call call = make(BUFFER, 16, 16);

	(void)state;
	assert_true(service_hold(&slot));
	protocol_dispatch(&call);
	assert_int_equal(call.rax, SVSM_ERR_BUSY);
	assert_int_equal(served, 0);
	assert_true(slot.busy);
	service_release(&slot);
}

static void away(void **state)
{
	(void)state;
	slot.announced = false;
	expect(make(BUFFER, 16, 16), SVSM_ERR_BUSY, 0);
	assert_int_equal(service_versions(PROTOCOL), 3UL << 32 | 2);
}

static void answer_too_large(void **state)
{
	(void)state;
	expect(make(BUFFER, 4, 15), SVSM_ERR_INVALID_PARAMETER, 1);
	assert_int_equal(fake_memory(BUFFER)[0], FILL);
}

static void own_errors(void **state)
{
	(void)state;
	verdict = SVSM_ERR_SERVICE_ENDED;
	expect(make(BUFFER, 4, 16), SVSM_ERR_SERVICE_ENDED, 1);
	assert_int_equal(fake_memory(BUFFER)[0], FILL);
}

/* ---- Several slices ---- */

static void is_repeated(void **state)
{
	(void)state;
	fake_service_pauses = 3;
	expect(make(BUFFER + 1, 16, 16), SVSM_ERR_INCOMPLETE, 0);
	memset(fake_memory(BUFFER + 1), 0xff, 16); /* the command was copied */
	expect(make(BUFFER + 1, 0, 8), SVSM_ERR_INCOMPLETE, 0);
	expect(make(BUFFER + 1, 9, 0), SVSM_ERR_INCOMPLETE, 0);
	answers(state);
	assert_int_equal(served, 1);
	assert_int_equal(fake_service_slices, 4);
	fake_service_pauses = 0;
	memset(fake_memory(BUFFER), FILL, 17);
	answers(state);
	assert_int_equal(served, 2);
}

/* The answer does not fit at last: the request is over all the same. */
static void room_of_the_last_call_counts(void **state)
{
	(void)state;
	fake_service_pauses = 1;
	expect(make(BUFFER, 16, 16), SVSM_ERR_INCOMPLETE, 0);
	expect(make(BUFFER, 16, 15), SVSM_ERR_INVALID_PARAMETER, 1);
	assert_true(service_request_is_new(&slot));
}

static void other_vcpus_are_busy(void **state)
{
	(void)state;
	fake_service_pauses = 1;
	expect(make(BUFFER + 1, 16, 16), SVSM_ERR_INCOMPLETE, 0);
	play(1);
	expect(make(BUFFER + 1, 16, 16), SVSM_ERR_BUSY, 0);
	expect(make(OTHER_BUFFER, 16, 16), SVSM_ERR_BUSY, 0);
	assert_int_equal(fake_service_slices, 1);
	play(0);
	expect(make(FAKE_OWN_BASE, 0, 16), SVSM_ERR_INVALID_ADDRESS, 0); /* never a call of it */
	answers(state);
	assert_int_equal(served, 1);
}

/* By another call of the same vCPU's; the old one is a new one from then on. */
static void given_up(void **state)
{
	struct svsm_call call = make(BUFFER, 16, 16);

	(void)state;
	fake_service_pauses = 2;
	expect(call, SVSM_ERR_INCOMPLETE, 0);
	call.rax++;
	expect(call, SVSM_ERR_BUSY, 0);
	expect(make(BUFFER, 16, 16), SVSM_ERR_BUSY, 1);
	fake_service_pauses = 0;
	assert_int_equal(fake_service_slices, 3);
	assert_int_equal(fake_memory(BUFFER)[0], FILL); /* no answer */
	reply_size = 1;
	expect_answer(OTHER_BUFFER, 2);
}

/* Whoever calls next, on whatever CPU, pays a slice for it. */
static void vcpu_is_deleted(void **state)
{
	struct vcpu *vcpu = fake_cpu(0)->registry.offered;

	(void)state;
	fake_service_pauses = 2;
	expect(make(BUFFER, 16, 16), SVSM_ERR_INCOMPLETE, 0);
	play(1);
	assert_true(vcpu_close(vcpu));
	expect(make(OTHER_BUFFER, 16, 16), SVSM_ERR_BUSY, 0);
	assert_int_equal(fake_service_slices, 1); /* it may still be opened again */
	vcpu_free(vcpu);
	expect(make(OTHER_BUFFER, 16, 16), SVSM_ERR_BUSY, 0);
	play(2);
	expect(make(OTHER_BUFFER, 16, 16), SVSM_ERR_BUSY, 1);
	assert_int_equal(fake_memory(BUFFER)[0], FILL);
	fake_service_pauses = 0;
	reply_size = 1;
	expect_answer(OTHER_BUFFER, 2);
}

/* A new vCPU in the slot of the deleted one does not inherit its call. */
static void vcpu_is_replaced(void **state)
{
	struct vcpu *vcpu = fake_cpu(0)->registry.offered;

	(void)state;
	fake_service_pauses = 1;
	expect(make(BUFFER, 16, 16), SVSM_ERR_INCOMPLETE, 0);
	vcpu_free(vcpu);
	assert_ptr_equal(vcpu_claim(&fake_cpu(0)->registry), vcpu);
	vcpu_open(vcpu);
	play(0);
	expect(make(BUFFER, 16, 16), SVSM_ERR_BUSY, 1);
	assert_int_equal(fake_memory(BUFFER)[0], FILL);
}

static void ends_in_the_middle(void **state)
{
	(void)state;
	fake_service_pauses = 1;
	expect(make(BUFFER, 16, 16), SVSM_ERR_INCOMPLETE, 0);
	verdict = SVSM_ERR_SERVICE_ENDED;
	expect(make(BUFFER, 16, 16), SVSM_ERR_SERVICE_ENDED, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(answers, set_up),
		cmocka_unit_test_setup(versions, set_up),
		cmocka_unit_test_setup(refusals, set_up),
		cmocka_unit_test_setup(busy, set_up),
		cmocka_unit_test_setup(away, set_up),
		cmocka_unit_test_setup(answer_too_large, set_up),
		cmocka_unit_test_setup(own_errors, set_up),
		cmocka_unit_test_setup(is_repeated, set_up),
		cmocka_unit_test_setup(room_of_the_last_call_counts, set_up),
		cmocka_unit_test_setup(other_vcpus_are_busy, set_up),
		cmocka_unit_test_setup(given_up, set_up),
		cmocka_unit_test_setup(vcpu_is_deleted, set_up),
		cmocka_unit_test_setup(vcpu_is_replaced, set_up),
		cmocka_unit_test_setup(ends_in_the_middle, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
