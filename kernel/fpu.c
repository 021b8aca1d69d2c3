/* SPDX-License-Identifier: MIT */
/*
 * The vector registers of VMPL0, for lib/'s cryptography. They are VMPL0's own:
 * each VMPL has its registers in its own save area, so that there are none of
 * the guest's to keep. SSE stays switched on (snp_own_cr0(), snp_own_cr4()): to
 * set and clear CR0.TS each time would be two exits, since hosts trap writes of
 * CR0. That no other code touches the registers is left to the compiler's
 * -mgeneral-regs-only, which tests/launch looks after.
 */
#include "lib/fpu.h"
#include "x86.h"

void fpu_begin(void)
{
	uint32_t mxcsr = MXCSR_RESET;

	asm volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/* They held round keys, hash states and random numbers. */
void fpu_end(void)
{
	asm volatile("pxor %%xmm0, %%xmm0\n\t"
		     "pxor %%xmm1, %%xmm1\n\t"
		     "pxor %%xmm2, %%xmm2\n\t"
		     "pxor %%xmm3, %%xmm3\n\t"
		     "pxor %%xmm4, %%xmm4\n\t"
		     "pxor %%xmm5, %%xmm5\n\t"
		     "pxor %%xmm6, %%xmm6\n\t"
		     "pxor %%xmm7, %%xmm7\n\t"
		     "pxor %%xmm8, %%xmm8\n\t"
		     "pxor %%xmm9, %%xmm9\n\t"
		     "pxor %%xmm10, %%xmm10\n\t"
		     "pxor %%xmm11, %%xmm11\n\t"
		     "pxor %%xmm12, %%xmm12\n\t"
		     "pxor %%xmm13, %%xmm13\n\t"
		     "pxor %%xmm14, %%xmm14\n\t"
		     "pxor %%xmm15, %%xmm15"
		     :
		     :
		     : "memory");
}
