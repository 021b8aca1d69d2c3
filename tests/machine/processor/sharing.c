/* SPDX-License-Identifier: MIT */
/* Processors that share a thread of QEMU's (sharing.h). */
#include "sharing.h"

#include "core.h"
#include "insn.h"

#define SLICE 2000000U /* ticks of the time-stamp counter, about a millisecond */

/* Of all processors: only one runs at a time. */
static bool on, wanted;
static uint64_t since;

void sharing_init(void)
{
	on = option_is("threads", "single");
}

void sharing_hand_over(void)
{
	wanted = true;
}

void sharing_look(void)
{
	if (LIKELY(!on) || (!wanted && rdtsc() - since < SLICE))
		return;
	wanted = false;
	cpu_relax();
	since = rdtsc();
}
