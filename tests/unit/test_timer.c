/* SPDX-License-Identifier: MIT */
/*
 * VMPL 0's timer by MSR events, the test playing the host: its rate, one that there
 * is not, one that the guest uses too, one that the host takes back.
 */
#include "unit_test.h"

#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/frames.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "kernel/timer.h"
#include "kernel/x86_insn.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"
#include "platform/sev-snp/insn.h"
#include "snp.h"
#include "x86.h"

#define BASE (APIC_DEFAULT_BASE | APIC_BASE_ENABLE)

__thread struct cpu *fake_this_cpu;
static struct cpu cpu, second;
static struct ghcb page ALIGNED(4096);
static uint64_t now;
static unsigned int warnings, exits;

/* The host's APIC; it refuses @refused. */
static uint32_t base, lvt, initial, svr, refused;
static uint64_t begun, tick_ns;
static unsigned int acknowledged;

uint64_t clock_now(void)
{
	return now += 100;
}

void log_line(enum log_level level, const char *text, ...)
{
	(void)level;
	(void)text;
	warnings++;
}

void give_up(unsigned int reason, const char *text, ...)
{
	(void)reason;
	fail_msg("%s", text);
	abort();
}

struct spa spa_of(const volatile void *memory)
{
	return (struct spa){(uint64_t)memory};
}

static uint32_t read_register(uint32_t msr)
{
	switch (msr) {
	case MSR_APIC_BASE:
		return base;
	case MSR_X2APIC_LVT_TIMER:
		return lvt;
	case MSR_X2APIC_TIMER_CURRENT:
		return initial - (uint32_t)((now - begun) / tick_ns);
	}
	fail_msg("MSR %x is read", msr);
	return 0;
}

static void write_register(uint32_t msr, uint32_t value)
{
	switch (msr) {
	case MSR_APIC_BASE:
		base = value;
		break;
	case MSR_X2APIC_SVR:
		svr = value;
		break;
	case MSR_X2APIC_LVT_TIMER:
		lvt = value;
		break;
	case MSR_X2APIC_TIMER_INITIAL:
		initial = value;
		begun = now;
		break;
	case MSR_X2APIC_TIMER_DIVIDE:
		assert_int_equal(value, APIC_DIVIDE_BY_1);
		break;
	case MSR_X2APIC_EOI:
		assert_int_equal(value, 0);
		acknowledged++;
		break;
	default:
		fail_msg("MSR %x is written", msr);
	}
}

void vmgexit(void)
{
	uint32_t msr = (uint32_t)page.rcx;

	exits++;
	assert_int_equal(page.sw_exit_code, SVM_EXIT_MSR);
	page.valid_bitmap[1] |= BIT(GHCB_VALID_BIT(sw_exit_info1) % 64) |
				BIT(GHCB_VALID_BIT(sw_exit_info2) % 64);
	page.sw_exit_info2 = 0;
	if (msr == refused) {
		page.sw_exit_info1 = GHCB_RESULT_EXCEPTION;
		page.sw_exit_info2 = EVENT_VALID | EVENT_TYPE_EXCEPTION | VEC_GP;
		return;
	}
	if (page.sw_exit_info1) {
		assert_int_equal(page.rdx, 0);
		write_register(msr, (uint32_t)page.rax);
	} else {
		page.rax = read_register(msr);
		page.valid_bitmap[0] |= BIT(GHCB_VALID_BIT(rax) % 64);
	}
	page.sw_exit_info1 = GHCB_RESULT_OK;
}

static int set_up(void **state)
{
	(void)state;
	fake_this_cpu = &cpu;
	cpu = (struct cpu){.ghcb = &page};
	second = cpu;
	base = BASE;
	lvt = APIC_LVT_MASKED;
	initial = svr = refused = 0;
	tick_ns = 8;
	warnings = acknowledged = 0;
	return 0;
}

/* No exit any more, whatever is asked. */
static void expect_none(void)
{
	exits = 0;
	timer_start(1000000);
	timer_stop();
	timer_acknowledge();
	assert_int_equal(exits, 0);
}

static void near(uint64_t got, uint64_t wanted)
{
	assert_in_range(got, wanted - wanted / 100, wanted + wanted / 100);
}

static void counts(void **state)
{
	(void)state;
	timer_init();
	assert_int_equal(warnings, 0);
	assert_int_equal(base, BASE | APIC_BASE_X2APIC);
	assert_int_equal(lvt, PLATFORM_TIMER_VECTOR);
	assert_true(svr & APIC_SVR_ENABLE);
	assert_int_equal(initial, 0);
	timer_start(50000000);
	near(initial, 50000000 / 8);
	timer_start(1); /* 0 would stop it */
	assert_int_equal(initial, 1);
	timer_start(UINT64_MAX);
	assert_int_equal(initial, UINT32_MAX);
	timer_acknowledge();
	assert_int_equal(acknowledged, 1);
	timer_stop();
	assert_int_equal(initial, 0);
}

static void another_rate(void **state)
{
	(void)state;
	tick_ns = 1;
	timer_init();
	timer_start(50000000);
	near(initial, 50000000);
}

/* At any of the registers. */
static void refusals(void **state)
{
	static const uint32_t msrs[] = {MSR_APIC_BASE, MSR_X2APIC_SVR, MSR_X2APIC_LVT_TIMER,
		MSR_X2APIC_TIMER_INITIAL, MSR_X2APIC_TIMER_DIVIDE};

	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		set_up(state);
		refused = msrs[i];
		timer_init();
		assert_int_equal(warnings, 1);
		refused = 0;
		expect_none();
	}
}

static void does_not_count(void **state)
{
	(void)state;
	tick_ns = UINT64_MAX;
	timer_init();
	assert_int_equal(warnings, 1);
}

/* There is one for all levels, and the guest has been at it before us, or since. */
static void is_the_guests(void **state)
{
	(void)state;
	timer_init();
	fake_this_cpu = &second;
	lvt = 0x20000 | 0xec;
	initial = 77;
	timer_start(1000);
	assert_int_equal(initial, 77);
	assert_int_equal(lvt, 0x20000 | 0xec);
	expect_none();
	fake_this_cpu = &cpu;
	timer_start(1000);
	assert_int_equal(initial, 77);
	expect_none();
}

static void taken_back(void **state)
{
	(void)state;
	timer_init();
	refused = MSR_X2APIC_TIMER_INITIAL;
	timer_start(1000);
	refused = 0;
	expect_none();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts, set_up),
		cmocka_unit_test_setup(another_rate, set_up),
		cmocka_unit_test_setup(refusals, set_up),
		cmocka_unit_test_setup(does_not_count, set_up),
		cmocka_unit_test_setup(is_the_guests, set_up),
		cmocka_unit_test_setup(taken_back, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
