/* SPDX-License-Identifier: MIT */
/*
 * Init's part in the kernel: what may be started and started again, whatever init
 * asks for; that init hears of each end once; that a turn wipes what has ended and
 * lets run what was started. Loading and running are the test's.
 */
#include "unit_test.h"

#include "kernel/attention.h"
#include "kernel/log.h"
#include "kernel/services.h"
#include "kernel/services_init.h"
#include "kernel/services_load.h"
#include "syscalls/syscalls.h"

#define PROTOCOL 0x4e000001U

enum {
	INIT,
	RESTARTS,
	RETIRES,
	COUNT
};

uint32_t attention;
static struct service_slot slots[COUNT];
static struct service_table_entry entries[COUNT];
static unsigned int runs[COUNT], loads[COUNT], wipes[COUNT];
static const char *no_file, *no_program;
static void (*init_does)(void);
static unsigned int told; /* to init, how many ends */

unsigned int services_count(void)
{
	return COUNT;
}

struct service_slot *services_by_index(unsigned int index)
{
	return &slots[index];
}

bool service_hold(struct service_slot *slot)
{
	return !__atomic_exchange_n(&slot->busy, 1, __ATOMIC_ACQUIRE);
}

void service_release(struct service_slot *slot)
{
	slot->busy = 0;
}

const char *service_fetch(struct service_slot *slot)
{
	(void)slot;
	return no_file;
}

const char *service_load(struct service_slot *slot)
{
	loads[slot - slots]++;
	slot->buried = false;
	return no_program;
}

void service_wipe(struct service_slot *slot)
{
	wipes[slot - slots]++;
}

void log_line(enum log_level level, const char *text, ...)
{
	(void)level;
	(void)text;
}

static void end(unsigned int index)
{
	slots[index].state = SERVICE_ENDED;
	slots[index].end = (struct service_end){.index = index, .reason = SERVICE_ENDED_FAULT};
	attention_want(ATTENTION_INIT);
}

/* A service waits as soon as it runs; init hears what there is to hear first. */
uint32_t service_resume(struct service_slot *slot)
{
	struct service_end ended;

	assert_int_equal(slot->busy, 1);
	runs[slot - slots]++;
	slot->state = SERVICE_WAITS;
	if (slot != &slots[INIT])
		return 0;
	slot->waits_for = SERVICE_WAITS_FOR_END;
	while (services_next_end(&ended))
		told++;
	if (init_does)
		init_does();
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	memset(slots, 0, sizeof(slots));
	for (unsigned int i = 0; i < COUNT; i++) {
		entries[i] = (struct service_table_entry){.name = "name"};
		slots[i].entry = &entries[i];
		slots[i].end.index = i;
		runs[i] = loads[i] = wipes[i] = 0;
	}
	entries[RESTARTS].at_end = SERVICE_END_RESTART;
	slots[INIT].state = SERVICE_RUNS;
	no_file = no_program = NULL;
	init_does = NULL;
	attention = told = 0;
	return 0;
}

static void start_both(void)
{
	init_does = NULL;
	assert_int_equal(services_start_one(RESTARTS), 0);
	assert_int_equal(services_start_one(RETIRES), 0);
}

static void start_at_launch(void)
{
	init_does = start_both;
	services_first_turns();
	assert_int_equal(slots[RESTARTS].state, SERVICE_WAITS);
	assert_int_equal(slots[RETIRES].state, SERVICE_WAITS);
	assert_int_equal(attention, 0);
}

static void all_are_started_at_launch(void **state)
{
	(void)state;
	start_at_launch();
	assert_int_equal(runs[INIT], 1);
	assert_int_equal(runs[RESTARTS], 1);
	assert_int_equal(runs[RETIRES], 1);
	services_turn();
	assert_int_equal(runs[INIT] + runs[RESTARTS] + runs[RETIRES], 3);
}

static void restart_it(void)
{
	assert_int_equal(services_start_one(RESTARTS), 0);
}

static void an_end_is_told_once_and_its_memory_wiped(void **state)
{
	(void)state;
	start_at_launch();
	end(RESTARTS);
	services_turn();
	assert_int_equal(told, 1);
	assert_int_equal(wipes[RESTARTS], 1);
	assert_int_equal(wipes[RETIRES], 0);
	services_turn();
	assert_int_equal(told, 1);
	assert_int_equal(runs[INIT], 2);
	assert_int_equal(wipes[RESTARTS], 1);
}

/* From its end until init has decided; not for good. */
static void one_that_is_away_may_be_coming(void **state)
{
	const struct service_announcement announced = {.protocol = PROTOCOL, .first_version = 1};

	(void)state;
	start_at_launch();
	slots[RESTARTS].announcement = announced;
	assert_null(services_coming(PROTOCOL));
	end(RESTARTS);
	assert_ptr_equal(services_coming(PROTOCOL), &slots[RESTARTS]);
	assert_null(services_coming(PROTOCOL + 1));
	services_turn();
	assert_null(services_coming(PROTOCOL));
}

static void what_init_starts_again_runs_in_the_same_turn(void **state)
{
	(void)state;
	start_at_launch();
	end(RESTARTS);
	init_does = restart_it;
	services_turn();
	assert_int_equal(loads[RESTARTS], 2);
	assert_int_equal(runs[RESTARTS], 2);
	assert_int_equal(slots[RESTARTS].state, SERVICE_WAITS);
}

static void one_that_retires_never_runs_again(void **state)
{
	(void)state;
	start_at_launch();
	end(RETIRES);
	assert_int_equal(services_start_one(RETIRES), -CALL_EPERM);
	services_turn();
	assert_int_equal(wipes[RETIRES], 1);
	assert_int_equal(services_start_one(RETIRES), -CALL_EPERM);
	assert_int_equal(slots[RETIRES].state, SERVICE_ENDED);
	assert_int_equal(loads[RETIRES], 1);
}

static void not_before_its_memory_is_wiped(void **state)
{
	(void)state;
	start_at_launch();
	end(RESTARTS);
	assert_int_equal(services_start_one(RESTARTS), -CALL_EBUSY);
	assert_int_equal(loads[RESTARTS], 1);
}

static void nor_while_its_caller_holds_it(void **state)
{
	(void)state;
	start_at_launch();
	assert_true(service_hold(&slots[RESTARTS]));
	end(RESTARTS);
	services_turn();
	assert_int_equal(told, 0);
	assert_int_equal(wipes[RESTARTS], 0);
	assert_int_equal(attention, ATTENTION_INIT);
	service_release(&slots[RESTARTS]);
	services_turn();
	assert_int_equal(told, 1);
	assert_int_equal(attention, 0);
}

static void a_limit_that_init_cannot_move(void **state)
{
	(void)state;
	start_at_launch();
	for (unsigned int i = 1; i < SERVICE_STARTS_MAX; i++) {
		end(RESTARTS);
		init_does = restart_it;
		services_turn();
		assert_int_equal(runs[RESTARTS], i + 1);
	}
	init_does = NULL;
	end(RESTARTS);
	services_turn();
	assert_int_equal(services_start_one(RESTARTS), -CALL_EPERM);
	assert_int_equal(loads[RESTARTS], SERVICE_STARTS_MAX);
}

static void numbers_that_are_refused(void **state)
{
	(void)state;
	start_at_launch();
	assert_int_equal(services_start_one(INIT), -CALL_EINVAL);
	assert_int_equal(services_start_one(COUNT), -CALL_ENOENT);
	assert_int_equal(services_start_one(UINT64_MAX), -CALL_ENOENT);
	assert_int_equal(services_start_one(1UL << 32 | 1), -CALL_ENOENT);
	assert_int_equal(services_start_one(RESTARTS), -CALL_EBUSY);
}

static void files_and_programs_that_are_none(void **state)
{
	(void)state;
	no_file = "why";
	assert_int_equal(services_start_one(RETIRES), -CALL_EACCES);
	assert_int_equal(slots[RETIRES].state, SERVICE_ABSENT);
	no_file = NULL;
	no_program = "why";
	assert_int_equal(services_start_one(RETIRES), -CALL_ENOEXEC);
	assert_int_equal(slots[RETIRES].state, SERVICE_ABSENT);
}

static void leave_at_once(void)
{
	slots[INIT].state = SERVICE_ENDED;
}

static void without_init_nothing_comes_back(void **state)
{
	(void)state;
	start_at_launch();
	end(RESTARTS);
	init_does = leave_at_once;
	services_turn();
	assert_int_equal(slots[INIT].state, SERVICE_ENDED);
	services_turn();
	end(RETIRES);
	services_turn();
	assert_int_equal(runs[INIT], 2);
	assert_int_equal(wipes[INIT], 1);
	assert_int_equal(wipes[RETIRES], 1);
	assert_int_equal(slots[RESTARTS].state, SERVICE_ENDED);
}

static void a_request_is_not_a_turns_to_go_on_with(void **state)
{
	(void)state;
	start_at_launch();
	slots[RESTARTS].state = SERVICE_RUNS; /* a slice is to come */
	slots[RESTARTS].has_request = true;
	services_turn();
	assert_int_equal(runs[RESTARTS], 1);
	slots[RESTARTS].has_request = false;
	services_turn();
	assert_int_equal(runs[RESTARTS], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_are_started_at_launch, set_up),
		cmocka_unit_test_setup(an_end_is_told_once_and_its_memory_wiped, set_up),
		cmocka_unit_test_setup(one_that_is_away_may_be_coming, set_up),
		cmocka_unit_test_setup(what_init_starts_again_runs_in_the_same_turn, set_up),
		cmocka_unit_test_setup(one_that_retires_never_runs_again, set_up),
		cmocka_unit_test_setup(not_before_its_memory_is_wiped, set_up),
		cmocka_unit_test_setup(nor_while_its_caller_holds_it, set_up),
		cmocka_unit_test_setup(a_limit_that_init_cannot_move, set_up),
		cmocka_unit_test_setup(numbers_that_are_refused, set_up),
		cmocka_unit_test_setup(files_and_programs_that_are_none, set_up),
		cmocka_unit_test_setup(without_init_nothing_comes_back, set_up),
		cmocka_unit_test_setup(a_request_is_not_a_turns_to_go_on_with, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
