/* SPDX-License-Identifier: MIT */
/*
 * The guest of `make bench` for the vTPM: sends the commands of tpm_script.c by protocol 2
 * and repeats each call until it is complete. A write to the machine's mark port goes
 * before each command that is counted. With "one-rsa-key" on the command line one is
 * made, not nine, which take longer than all else.
 */
#include <string.h>

#include "check.h"
#include "guest.h"
#include "memory.h"
#include "nae.h"
#include "svsm_call.h"
#include "tpm_script.h"

#define PORT_MARK 0xe8
#define RSA_KEYS 9U

static uint8_t *page;

static void mark(enum tpm_mark number)
{
	nae_port_out(PORT_MARK, 4, number);
}

static uint64_t call_until_done(void)
{
	struct svsm_regs r = {
		.rax = svsm_function(SVSM_PROTOCOL_VTPM, SVSM_VTPM_CMD), .rcx = (uint64_t)page};

	if (!svsm_call_done(&r, SVSM_BY_NAE))
		check_abort("the paravisor was not run");
	return r.rax;
}

static void send(uint8_t buffer[TPM_SCRIPT_BUFFER], uint32_t size, enum tpm_mark number)
{
	const struct svsm_vtpm_request head = {SVSM_VTPM_SEND_COMMAND, 0, size};
	uint64_t result;

	memcpy(page, &head, sizeof(head));
	memcpy(page + sizeof(head), buffer, size);
	if (number)
		mark(number);
	result = call_until_done();
	if (number)
		mark(TPM_MARK_END);
	if (result)
		check_abort("the paravisor answers %lx to a command", result);
	memcpy(&size, page, sizeof(size));
	memcpy(buffer, page + sizeof(size), size);
}

static void NORETURN fail(enum tpm_mark number, uint32_t code)
{
	check_abort("the TPM answers %x to the command of mark %u", code, number);
}

static void commands(void)
{
	static const struct tpm_script script = {.send = send, .fail = fail};

	page = page_alloc();
	tpm_script_run(&script, guest_has_word("one-rsa-key") ? 1 : RSA_KEYS);
}

void guest_main(void)
{
	static const struct test_case cases[] = {{"commands of a TPM", commands}};

	CHECK_RUN(cases);
}
