/* SPDX-License-Identifier: MIT */
/*
 * Use of vector registers, which only the cryptography of lib/ has: AES and
 * GCM by AESNI and PCLMULQDQ, SHA-256 by the SHA extensions. All other code is
 * compiled without them. kernel/fpu.c implements this, host tests count.
 */
#ifndef NACRE_LIB_FPU_H
#define NACRE_LIB_FPU_H

/*
 * Registers hold nothing from one call of the library's to the next, so that a
 * pair inside another does no harm.
 */
void fpu_begin(void);

/* Leaves nothing in the registers. */
void fpu_end(void);

#endif
