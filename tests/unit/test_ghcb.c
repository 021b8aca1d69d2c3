/* SPDX-License-Identifier: MIT */
/*
 * The guest's side of the GHCB protocol, the test playing the host: requests
 * are well formed, honest answers are taken, and each lie ends in termination
 * with the reason "host lie" before its data is used.
 */
#include "unit_test.h"

#include "drivers/port_io.h"
#include "fake_platform.h"
#include "kernel/frames.h"
#include "kernel/panic.h"
#include "kernel/x86_insn.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_msr.h"
#include "platform/sev-snp/ghcb_page.h"
#include "platform/sev-snp/insn.h"
#include "x86.h"

#define GHCB_GPA 0x123000UL
#define WORD(field) (GHCB_VALID_BIT(field) / 64)
#define MASK(field) BIT(GHCB_VALID_BIT(field) % 64)

__thread struct cpu *fake_this_cpu;
static struct cpu cpu;
static struct ghcb page ALIGNED(4096);

static uint64_t msr;
static void (*host)(void); /* what VMGEXIT does */
static unsigned int exits;
static jmp_buf ended;
static unsigned int end_reason;
static bool keys_wiped;

uint64_t read_msr(uint32_t index)
{
	assert_int_equal(index, MSR_GHCB);
	return msr;
}

void write_msr(uint32_t index, uint64_t value)
{
	assert_int_equal(index, MSR_GHCB);
	msr = value;
}

void vmgexit(void)
{
	exits++;
	host();
}

struct spa spa_of(const volatile void *memory)
{
	return (struct spa){(uint64_t)memory - (uint64_t)&page + GHCB_GPA};
}

void give_up(unsigned int reason, const char *text, ...)
{
	(void)text;
	end_reason = reason;
	longjmp(ended, 1);
}

void platform_wipe_keys(void)
{
	keys_wiped = true;
}

void wipe_and_terminate(unsigned int reason)
{
	give_up(reason, "silent");
}

/* Ends the run; true if @statement ended it with @reason. */
#define ENDS_WITH(reason, statement)                        \
	do {                                                \
		if (!setjmp(ended)) {                       \
			statement;                          \
			fail_msg("%s went on", #statement); \
		}                                           \
		assert_int_equal(end_reason, reason);       \
	} while (0)
#define LIE(statement) ENDS_WITH(TERM_NACRE_HOST_LIE, statement)

static int setup(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	fake_this_cpu = &cpu;
	cpu.ghcb = &page;
	exits = 0;
	keys_wiped = false;
	return 0;
}

/* ---- The MSR protocol ---- */

static uint64_t answer;

static void answer_msr(void)
{
	/* A termination request ends the run, whatever was asked before. */
	if ((msr & GHCB_MSR_INFO_MASK) == GHCB_MSR_TERMINATE_REQ) {
		assert_true(keys_wiped);
		end_reason = (unsigned int)(msr >> 16 & 0xff);
		longjmp(ended, 1);
	}
	msr = answer;
}

static void versions_and_c_bit_are_checked(void **state)
{
	(void)state;
	host = answer_msr;
	answer = 2UL << 48 | 1UL << 32 | 51UL << 24 | GHCB_MSR_SEV_INFO;
	ghcb_msr_negotiate(51);
	LIE(ghcb_msr_negotiate(47));
	answer = 2UL << 48 | 3UL << 32 | 51UL << 24 | GHCB_MSR_SEV_INFO;
	ENDS_WITH(TERM_PROTOCOL, ghcb_msr_negotiate(51));
	answer = 1UL << 48 | 1UL << 32 | 51UL << 24 | GHCB_MSR_SEV_INFO;
	ENDS_WITH(TERM_PROTOCOL, ghcb_msr_negotiate(51));
	answer = 2UL << 48 | 1UL << 32 | 51UL << 24 | GHCB_MSR_FEATURES_RESP;
	LIE(ghcb_msr_negotiate(51));
}

static void features_need_their_answer(void **state)
{
	(void)state;
	host = answer_msr;
	answer = 0x23UL << 12 | GHCB_MSR_FEATURES_RESP;
	assert_int_equal(ghcb_msr_features(), 0x23);
	answer = 0x23UL << 12 | GHCB_MSR_SEV_INFO;
	LIE(ghcb_msr_features());
}

static void a_page_change_must_be_confirmed(void **state)
{
	(void)state;
	host = answer_msr;
	answer = GHCB_MSR_PSC_RESP;
	ghcb_msr_change_page(0x5000, PSC_OP_SHARED);
	answer = GHCB_MSR_PSC_RESP | 1UL << 32;
	LIE(ghcb_msr_change_page(0x5000, PSC_OP_SHARED));
	answer = GHCB_MSR_PSC_RESP | 1UL << 12;
	LIE(ghcb_msr_change_page(0x5000, PSC_OP_SHARED));
	answer = GHCB_MSR_PSC_REQ;
	LIE(ghcb_msr_change_page(0x5000, PSC_OP_SHARED));
}

static void registration_must_be_echoed(void **state)
{
	(void)state;
	host = answer_msr;
	answer = 0x5000 | GHCB_MSR_REGISTER_GPA_RESP;
	ghcb_msr_register((struct spa){0x5000});
	assert_int_equal(msr, 0x5000);
	answer = 0x6000 | GHCB_MSR_REGISTER_GPA_RESP;
	LIE(ghcb_msr_register((struct spa){0x5000}));
	answer = ~0xfffUL | GHCB_MSR_REGISTER_GPA_RESP;
	LIE(ghcb_msr_register((struct spa){0x5000}));
}

/* ---- The page protocol ---- */

static uint64_t info1, info2, valid;

static void answer_page(void)
{
	page.sw_exit_info1 = info1;
	page.sw_exit_info2 = info2;
	page.valid_bitmap[1] = valid;
}

#define VALID_BOTH (MASK(sw_exit_info1) | MASK(sw_exit_info2))

static void check_request(void)
{
	assert_int_equal(page.protocol_version, GHCB_VERSION);
	assert_int_equal(page.usage, GHCB_USAGE_STANDARD);
	assert_true(page.valid_bitmap[WORD(sw_exit_code)] & MASK(sw_exit_code));
	assert_true(page.valid_bitmap[WORD(sw_exit_info1)] & MASK(sw_exit_info1));
	assert_true(page.valid_bitmap[WORD(sw_exit_info2)] & MASK(sw_exit_info2));
	answer_page();
}

static enum ghcb_result exit_with(uint64_t one, uint64_t two, uint64_t bitmap)
{
	info1 = one;
	info2 = two;
	valid = bitmap;
	host = check_request;
	ghcb_begin(&page, GHCB_EVENT_RUN_VMPL, 2, 0);
	return ghcb_exit(&page);
}

static void results_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(exit_with(0, 0, VALID_BOTH), GHCB_RESULT_OK);
	assert_int_equal(exit_with(2, 5, VALID_BOTH), GHCB_RESULT_MALFORMED);
	assert_int_equal(
		exit_with(1, BIT(31) | 3 << 8 | VEC_GP, VALID_BOTH), GHCB_RESULT_EXCEPTION);
	assert_int_equal(
		exit_with(1, BIT(31) | 3 << 8 | VEC_UD, VALID_BOTH), GHCB_RESULT_EXCEPTION);
}

static void impossible_results_are_lies(void **state)
{
	(void)state;
	LIE(exit_with(3, 0, VALID_BOTH));
	LIE(exit_with(0xffffffff, 0, VALID_BOTH));
	LIE(exit_with(1, 0, VALID_BOTH));
	LIE(exit_with(1, BIT(31) | 3 << 8 | VEC_PF, VALID_BOTH));
	LIE(exit_with(1, BIT(31) | 2 << 8 | VEC_GP, VALID_BOTH));
	LIE(exit_with(1, 3 << 8 | VEC_GP, VALID_BOTH));
}

static void answers_without_their_valid_bits_are_lies(void **state)
{
	(void)state;
	LIE(exit_with(0, 0, 0));
	LIE(exit_with(0, 0, MASK(sw_exit_info1)));
	LIE(exit_with(0, 0, MASK(sw_exit_info2)));
}

static uint64_t port_value;
static bool port_valid;

static void answer_port(void)
{
	page.valid_bitmap[0] = port_valid ? MASK(rax) : 0;
	page.rax = port_value;
	check_request();
}

static void port_input_is_cut_to_size(void **state)
{
	(void)state;
	info1 = info2 = 0;
	valid = VALID_BOTH;
	port_value = 0x1122334455667788;
	port_valid = true;
	host = answer_port;
	assert_int_equal(platform_io_read8(0x70), 0x88);
	assert_int_equal(platform_io_read16(0x70), 0x7788);
	assert_int_equal(platform_io_read32(0x70), 0x55667788);
	port_valid = false;
	LIE(platform_io_read8(0x70));
	info1 = 2;
	LIE(platform_io_write8(0x70, 1));
}

static size_t string_bytes;

static void take_string(void)
{
	uint64_t expected = 0x3f8UL << IOIO_PORT_SHIFT | IOIO_STRING | IOIO_REP | IOIO_SIZE8;

	assert_int_equal(page.sw_exit_info1 & expected, expected);
	assert_int_equal(page.sw_exit_info1 & IOIO_IN, 0);
	assert_true(page.sw_exit_info2 <= GHCB_BUFFER_SIZE);
	assert_int_equal(page.sw_scratch, GHCB_GPA + offsetof(struct ghcb, shared_buffer));
	string_bytes += page.sw_exit_info2;
	check_request();
}

static void strings_go_in_full_buffers(void **state)
{
	static char text[5000];

	(void)state;
	info1 = info2 = 0;
	valid = VALID_BOTH;
	string_bytes = 0;
	host = take_string;
	platform_io_write_string(0x3f8, text, sizeof(text));
	assert_int_equal(string_bytes, sizeof(text));
	assert_int_equal(exits, 3);
}

/* ---- Page state change ---- */

static struct psc_buffer *list;
static unsigned int changed, step;

static void change_some(void)
{
	assert_int_equal(page.sw_exit_code, GHCB_EVENT_PSC);
	for (unsigned int i = 0; i < step && list->cur_entry <= list->end_entry; i++) {
		uint64_t entry = list->entries[list->cur_entry++];

		assert_int_equal(entry >> PSC_ENTRY_OP_SHIFT & 0xf, PSC_OP_PRIVATE);
		changed += entry & PSC_ENTRY_2M ? PAGES_PER_2M : 1;
	}
	check_request();
}

static void prepare_psc(void (*how)(void))
{
	list = (struct psc_buffer *)page.shared_buffer;
	info1 = info2 = 0;
	valid = VALID_BOTH;
	changed = 0;
	exits = 0;
	step = 1000;
	host = how;
}

static void change(uint64_t base, uint64_t size)
{
	const struct page_span span = {base, size};

	platform_make_private(&span, 1);
}

static void spans_are_changed_in_full_lists(void **state)
{
	(void)state;
	prepare_psc(change_some);
	change(0, GIB);
	assert_int_equal(changed, GIB / PAGE_SIZE);
	assert_int_equal(exits, 3); /* 512 entries of 2 MiB in lists of 253 */
	prepare_psc(change_some);
	change(0x1ff000, PAGE_2M_SIZE + 2 * PAGE_SIZE);
	assert_int_equal(changed, 514);
	assert_int_equal(exits, 1);
}

static void a_slow_host_is_waited_for(void **state)
{
	(void)state;
	prepare_psc(change_some);
	step = 7;
	change(0, 100 * PAGE_SIZE);
	assert_int_equal(changed, 100);
	assert_int_equal(exits, 15);
}

static void go_back(void)
{
	list->cur_entry = exits == 1 ? 5 : 2;
	check_request();
}

static void run_past(void)
{
	list->cur_entry = (uint16_t)(list->end_entry + 2);
	check_request();
}

static void move_the_end(void)
{
	list->cur_entry = 1;
	list->end_entry = 0;
	check_request();
}

static void use_reserved(void)
{
	list->cur_entry = 10;
	list->reserved = 1;
	check_request();
}

static void lies_about_progress_end_it(void **state)
{
	(void)state;
	prepare_psc(go_back);
	LIE(change(0, 10 * PAGE_SIZE));
	prepare_psc(run_past);
	LIE(change(0, 10 * PAGE_SIZE));
	prepare_psc(move_the_end);
	LIE(change(0, 10 * PAGE_SIZE));
	prepare_psc(use_reserved);
	LIE(change(0, 10 * PAGE_SIZE));
	prepare_psc(check_request); /* no progress at all */
	LIE(change(0, 10 * PAGE_SIZE));
	prepare_psc(change_some);
	info2 = PSC_ERR_ENTRY;
	LIE(change(0, 10 * PAGE_SIZE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(versions_and_c_bit_are_checked, setup),
		cmocka_unit_test_setup(features_need_their_answer, setup),
		cmocka_unit_test_setup(a_page_change_must_be_confirmed, setup),
		cmocka_unit_test_setup(registration_must_be_echoed, setup),
		cmocka_unit_test_setup(results_are_told_apart, setup),
		cmocka_unit_test_setup(impossible_results_are_lies, setup),
		cmocka_unit_test_setup(answers_without_their_valid_bits_are_lies, setup),
		cmocka_unit_test_setup(port_input_is_cut_to_size, setup),
		cmocka_unit_test_setup(strings_go_in_full_buffers, setup),
		cmocka_unit_test_setup(spans_are_changed_in_full_lists, setup),
		cmocka_unit_test_setup(a_slow_host_is_waited_for, setup),
		cmocka_unit_test_setup(lies_about_progress_end_it, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
