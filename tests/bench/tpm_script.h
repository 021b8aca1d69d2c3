/* SPDX-License-Identifier: MIT */
/*
 * The TPM commands that `make bench` counts, in one order for two guests: vtpm_bench.c, under
 * the paravisor, and vtpm_linux.c, the same program under Linux. Whoever runs the script
 * sends the commands and marks which are counted; scripts/bench knows the numbers.
 */
#ifndef BENCH_TPM_SCRIPT_H
#define BENCH_TPM_SCRIPT_H

#include "compiler.h"

/* In the order of scripts/bench's VTPM_NAMES. */
enum tpm_mark {
	TPM_MARK_NONE,
	TPM_MARK_FIRST_COMMAND, /* of the guest: the vTPM switches the TPM off and on */
	TPM_MARK_STARTUP,
	TPM_MARK_SELF_TEST,
	TPM_MARK_RSA_EK, /* ReadPublic of a key that is not made yet */
	TPM_MARK_GET_RANDOM,
	TPM_MARK_PCR_EXTEND,
	TPM_MARK_PCR_READ,
	TPM_MARK_CREATE_PRIMARY_P256,
	TPM_MARK_CREATE_PRIMARY_P384,
	TPM_MARK_CREATE_PRIMARY_RSA2048,
	TPM_MARK_SIGN,
	TPM_MARK_QUOTE,
	TPM_MARK_NV_WRITE,
	TPM_MARK_NV_READ,
	TPM_MARK_SEAL,
	TPM_MARK_UNSEAL,
	TPM_MARK_END,
};

#define TPM_SCRIPT_BUFFER 4096U

struct tpm_script {
	/*
	 * Sends the command of @size bytes in @buffer, and has the answer there. Counted
	 * under @mark, as one of several measurements, unless that is TPM_MARK_NONE.
	 */
	void (*send)(uint8_t buffer[TPM_SCRIPT_BUFFER], uint32_t size, enum tpm_mark mark);
	/* The TPM answered @code to a command that must succeed. Does not return. */
	void NORETURN (*fail)(enum tpm_mark mark, uint32_t code);
};

/*
 * All commands, in the order of the marks. So many RSA keys are made, nine of the others;
 * with none, the RSA endorsement key is not wanted either.
 */
void tpm_script_run(const struct tpm_script *script, unsigned int rsa_keys);

#endif
