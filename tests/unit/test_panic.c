/* SPDX-License-Identifier: MIT */
/*
 * How the paravisor ends: what the host's console shows of it, that the keys
 * are gone by then, and that the other CPUs end too.
 */
#include "unit_test.h"

#include <stdarg.h>
#include <stdio.h>

#include "ghcb.h"
#include "kernel/exceptions.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/attention.h"
#include "kernel/panic.h"
#include "kernel/version.h"
#include "lib/gcm.h"
#include "lib/random.h"
#include "platform.h"

#define SECRET 0xfeedfacecafebeefUL

uint8_t __image_start[1], __text_end[1], __bss_start[1], __bss_end[1];
static struct launch_measured measured;
extern const struct launch_measured special_measured __attribute__((alias("measured")));
const char nacre_version[] = "0";

static char console[16384];
static unsigned int wiped, reason;
static unsigned int attempts; /* to wipe, each of which faults; 0: none does */
static jmp_buf ended;

void log_line(enum log_level level, const char *text, ...)
{
	size_t length = strlen(console);
	va_list args;

	(void)level;
	va_start(args, text);
	vsnprintf(console + length, sizeof(console) - length, text, args);
	va_end(args);
}

void log_flush(void)
{
}

void log_emergency(void)
{
}

void build_id_text(char text[BUILD_ID_TEXT])
{
	text[0] = 0;
}

void platform_wipe_keys(void)
{
	wiped |= 1;
	if (attempts && attempts++ < 1000)
		panic("the page is gone");
}

void random_wipe(void)
{
	wiped |= 2;
}

void gcm_wipe(void)
{
	wiped |= 4;
}

void platform_terminate(unsigned int why)
{
	reason = why;
	longjmp(ended, 1);
}

static int setup(void **state)
{
	(void)state;
	memset(&measured, 0, sizeof(measured));
	console[0] = 0;
	wiped = 0;
	attention = 0;
	panic_can_report();
	return 0;
}

static void take_exception(void)
{
	struct exception_frame frame;

	for (unsigned int i = 0; i < sizeof(frame) / 8; i++)
		((uint64_t *)&frame)[i] = SECRET;
	frame.vector = 6;
	frame.error_code = frame.rip = frame.rsp = 0x1111;
	if (!setjmp(ended))
		panic_exception(&frame, "test");
	assert_int_equal(reason, TERM_NACRE_EXCEPTION);
	assert_int_equal(wiped, 7);
}

static void the_host_sees_no_general_register(void **state)
{
	(void)state;
	take_exception();
	assert_non_null(strstr(console, "vector 6"));
	assert_non_null(strstr(console, "rip 0x0000000000001111"));
	assert_null(strstr(console, "feedface"));
}

static void a_development_image_shows_them(void **state)
{
	(void)state;
	measured.digests.flags = LAUNCH_FLAG_UNCHECKED;
	take_exception();
	assert_non_null(strstr(console, "r15 0xfeedface"));
}

static void an_end_without_a_message_wipes_too(void **state)
{
	(void)state;
	if (!setjmp(ended))
		wipe_and_terminate(TERM_NACRE_NO_MEMORY);
	assert_int_equal(reason, TERM_NACRE_NO_MEMORY);
	assert_int_equal(wiped, 7);
}

static void whoever_comes_second_wipes_too(void **state)
{
	(void)state;
	attention = ATTENTION_PANIC;
	if (!setjmp(ended))
		give_up(TERM_NACRE_HOST_LIE, "not to be seen");
	assert_int_equal(wiped, 7);
	assert_string_equal(console, "");
	wiped = 0;
	if (!setjmp(ended))
		panic_join();
	assert_int_equal(wiped, 7);
}

/* Stage 2: no memory but imported one, neither log nor generator. The first test of all. */
static void an_early_end_touches_neither_log_nor_generator(void **state)
{
	(void)state;
	if (!setjmp(ended))
		give_up(TERM_NACRE_HOST_LIE, "not to be seen");
	assert_int_equal(reason, TERM_NACRE_HOST_LIE);
	assert_int_equal(wiped, 1);
	assert_string_equal(console, "");
	assert_int_equal(attention, 0);
}

/* As if the host had taken the keys' page: the fault's handler gives up as well. */
static void wiping_that_faults_comes_to_an_end(void **state)
{
	(void)state;
	attempts = 1;
	if (!setjmp(ended))
		wipe_and_terminate(TERM_NACRE_PANIC);
	assert_in_range(attempts, 2, 100);
	attempts = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_early_end_touches_neither_log_nor_generator),
		cmocka_unit_test_setup(the_host_sees_no_general_register, setup),
		cmocka_unit_test_setup(a_development_image_shows_them, setup),
		cmocka_unit_test_setup(an_end_without_a_message_wipes_too, setup),
		cmocka_unit_test_setup(whoever_comes_second_wipes_too, setup),
		cmocka_unit_test_setup(wiping_that_faults_comes_to_an_end, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
