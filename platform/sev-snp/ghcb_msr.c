/* SPDX-License-Identifier: MIT */
/*
 * The GHCB's MSR protocol (56421, section 2.3.1). Every answer is compared
 * with the only form that it may have.
 */
#include "platform/sev-snp/ghcb_msr.h"
#include "kernel/panic.h"
#include "kernel/x86_insn.h"
#include "platform.h"
#include "platform/sev-snp/insn.h"
#include "x86.h"

#define INFO_MAX_SHIFT 48
#define INFO_MIN_SHIFT 32
#define INFO_C_BIT_SHIFT 24
#define VALUE_SHIFT 12

uint64_t ghcb_msr_call(uint64_t request)
{
	write_msr(MSR_GHCB, request);
	vmgexit();
	return read_msr(MSR_GHCB);
}

void ghcb_msr_terminate(unsigned int set, unsigned int reason)
{
	uint64_t request = GHCB_MSR_TERMINATE_REQ | (uint64_t)set << 12 | (uint64_t)reason << 16;

	for (;;)
		ghcb_msr_call(request);
}

void ghcb_msr_negotiate(unsigned int c_bit)
{
	uint64_t answer = ghcb_msr_call(GHCB_MSR_SEV_INFO_REQ);
	unsigned int min = answer >> INFO_MIN_SHIFT & 0xffff;
	unsigned int max = answer >> INFO_MAX_SHIFT;

	if ((answer & GHCB_MSR_INFO_MASK) != GHCB_MSR_SEV_INFO)
		wipe_and_terminate(TERM_NACRE_HOST_LIE);
	if (min > GHCB_VERSION || max < GHCB_VERSION) {
		platform_wipe_keys();
		ghcb_msr_terminate(TERM_SET_GHCB, TERM_PROTOCOL);
	}
	if ((answer >> INFO_C_BIT_SHIFT & 0xff) != c_bit)
		wipe_and_terminate(TERM_NACRE_HOST_LIE);
}

uint64_t ghcb_msr_features(void)
{
	uint64_t answer = ghcb_msr_call(GHCB_MSR_FEATURES_REQ);

	if ((answer & GHCB_MSR_INFO_MASK) != GHCB_MSR_FEATURES_RESP)
		wipe_and_terminate(TERM_NACRE_HOST_LIE);
	return answer >> VALUE_SHIFT;
}

void ghcb_msr_change_page(uint64_t page, uint64_t operation)
{
	uint64_t answer = ghcb_msr_call(page | operation << PSC_ENTRY_OP_SHIFT | GHCB_MSR_PSC_REQ);

	/* Error code in 63:32, reserved bits in 31:12: all of it must be zero. */
	if (answer != GHCB_MSR_PSC_RESP)
		give_up(TERM_NACRE_HOST_LIE, "the host did not change page 0x%lx: 0x%lx", page,
			answer);
}

void ghcb_msr_register(struct spa ghcb)
{
	uint64_t answer = ghcb_msr_call(ghcb.value | GHCB_MSR_REGISTER_GPA_REQ);

	if (answer != (ghcb.value | GHCB_MSR_REGISTER_GPA_RESP))
		wipe_and_terminate(TERM_NACRE_HOST_LIE);
	write_msr(MSR_GHCB, ghcb.value);
}
