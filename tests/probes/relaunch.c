/* SPDX-License-Identifier: MIT */
/*
 * What a reboot leaves: nothing. Tells its key, and of one page the word that it
 * finds and whether the page was validated; writes to it, and reboots.
 * check-launches compares two launches.
 */
#include "console.h"
#include "guest.h"
#include "insn.h"
#include "launch.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"

#define LEFT_BEHIND 0x6c65667420696e20ULL

void guest_main(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE), key;
	volatile uint64_t *word = private_view(gpa);
	uint64_t refused = psc_pages(gpa, 1, PSC_OP_PRIVATE);
	struct pvalidate_result r = pvalidate((void *)word, RMP_SIZE_4K, true);

	__builtin_memcpy(&key, guest.secrets->vmpck[0], sizeof(key));
	print("key %lx\nword %lx\nvalidation %lu %lu %d\n", key, *word, refused, r.code,
		r.no_change);
	*word = LEFT_BEHIND;
	nae_port_out(0xcf9, 1, 6);
}
