/* SPDX-License-Identifier: MIT */
/*
 * The calling convention: numbers that are no call, DEPOSIT_MEM and
 * WITHDRAW_MEM, CONFIGURE_VTOM, entries without a pending call, and the bytes
 * of the calling area. By both ways of calling.
 */
#include <string.h>

#include "cpu.h"
#include "guest.h"
#include "pages.h"

static const enum svsm_form forms[] = {SVSM_BY_MSR, SVSM_BY_NAE};

static void expect_answer(uint32_t protocol, uint32_t number, uint64_t rcx, uint64_t expected)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct svsm_regs r = {svsm_function(protocol, number), rcx, 2, 3, 4};

		call(&r, forms[i], 0);
		EXPECT_EQ(r.rax, expected);
	}
}

static void unknown_calls(void)
{
	static const uint32_t numbers[] = {
		8, 9, 0x100, 0x10000, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		expect_answer(SVSM_PROTOCOL_CORE, numbers[i], 0, SVSM_ERR_UNSUPPORTED_CALL);
		expect_answer(SVSM_PROTOCOL_ATTEST, numbers[i], 0, SVSM_ERR_UNSUPPORTED_CALL);
	}
}

/* Whatever their call, the number of a core call among them. */
static void unknown_protocols(void)
{
	static const uint32_t protocols[] = {SVSM_PROTOCOL_VTPM, 3, 4, 5, 0x80000000, 0xffffffff};

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		for (uint32_t number = 0; number < 9; number++)
			expect_answer(protocols[i], number, (uint64_t)cpu_self()->ca,
				SVSM_ERR_UNSUPPORTED_PROTOCOL);
}

static void memory_calls(void)
{
	struct svsm_pvalidate_list *list = list_new();
	uint64_t page = (uint64_t)page_alloc();

	page_fill(page);
	list_add(list, page);
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_DEPOSIT_MEM, (uint64_t)list,
		SVSM_ERR_UNSUPPORTED_CALL);
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_WITHDRAW_MEM, (uint64_t)list,
		SVSM_ERR_UNSUPPORTED_CALL);
	EXPECT_EQ(list->next, 0);
	expect_filled(page);
	expect_ordinary(page);
	EXPECT_EQ(cpu_self()->ca->mem_available, 0);
}

/* A query says that it cannot be configured; to configure it is refused. */
static void vtom(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct svsm_regs r = {
			svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_CONFIGURE_VTOM), 1, 2, 3, 4};

		call(&r, forms[i], OUT_RCX);
		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT_EQ(r.rcx, 0);
	}
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_CONFIGURE_VTOM, 0, SVSM_ERR_INVALID_REQUEST);
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_CONFIGURE_VTOM, 1UL << 40 | 2,
		SVSM_ERR_INVALID_REQUEST);
}

/* --- Pending --- */

static void not_pending(void)
{
	uint64_t page = (uint64_t)page_alloc();

	page_fill(page);
	for (uint32_t number = 0; number < 8; number++) {
		for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
			struct svsm_regs r = {svsm_function(SVSM_PROTOCOL_CORE, number), page,
				(uint64_t)cpu_self()->ca, guest.apic_id[0], 4};

			call_without_pending(&r, forms[i]);
		}
	}
	expect_filled(page);
	expect_ordinary(page);
	EXPECT_EQ(cpu_self()->ca->call_pending, 0);
}

/* Any value but 0 is a pending call, and it is 0 afterwards. */
static void pending_values(void)
{
	static const uint8_t values[] = {1, 2, 0x7f, 0x80, 0xff};
	volatile struct svsm_ca *area = cpu_self()->ca;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct svsm_regs r = {
			.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL),
			.rcx = 1};

		area->call_pending = values[i];
		EXPECT(svsm_call_raw(&r, SVSM_BY_MSR));
		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT_EQ(r.rcx, 1UL << 32 | 1);
		EXPECT_EQ(area->call_pending, 0);
	}
}

/* Also when the call fails, and when it asks to be repeated. */
static void pending_after_errors(void)
{
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_REMAP_CA, 1, SVSM_ERR_INVALID_PARAMETER);
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_PVALIDATE, paravisor_base(),
		SVSM_ERR_INVALID_ADDRESS);
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_DELETE_VCPU, 0, SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(cpu_self()->ca->call_pending, 0);
}

/* Bytes 8 and up are the guest's own. */
static void rest_of_the_area(void)
{
	static uint8_t copy[PAGE_SIZE];
	uint8_t *area = (uint8_t *)cpu_self()->ca;

	memset(area + SVSM_CA_BUFFER_OFFSET, 0xc3, PAGE_SIZE - SVSM_CA_BUFFER_OFFSET);
	memcpy(copy, area, PAGE_SIZE);
	expect_answer(SVSM_PROTOCOL_CORE, SVSM_CORE_DEPOSIT_MEM, 0, SVSM_ERR_UNSUPPORTED_CALL);
	must_change((uint64_t)page_alloc() | RESCIND);
	EXPECT(!memcmp(area, copy, PAGE_SIZE));
}

/* The value of the GHCB's MSR that the page needs is the guest's to put back. */
static void ways_mixed(void)
{
	for (uint32_t i = 0; i < 64; i++) {
		struct svsm_regs r = {
			.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL),
			.rcx = i & 3};

		call(&r, forms[i & 1], OUT_RCX);
		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT_EQ(r.rcx, (i & 3) == 1 ? 1UL << 32 | 1 : 0);
	}
}

static const struct test_case alone[] = {
	{"numbers that are no core call: 80000002h", unknown_calls},
	{"protocols that are not served: 80000001h", unknown_protocols},
	{"DEPOSIT_MEM and WITHDRAW_MEM: 80000002h", memory_calls},
	{"CONFIGURE_VTOM: a query, else 80000006h", vtom},
	{"an entry without a pending call changes nothing", not_pending},
	{"any pending byte but 0 is a call", pending_values},
	{"the pending byte is 0 after errors", pending_after_errors},
	{"the calling area past its header is the guest's", rest_of_the_area},
	{"both ways of calling in turn", ways_mixed},
};

void guest_main(void)
{
	call_init();
	CHECK_RUN(alone);
}
