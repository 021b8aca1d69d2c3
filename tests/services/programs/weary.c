/* SPDX-License-Identifier: MIT */
/*
 * An init that starts the services, is told of one end and leaves.
 */
#include "ring3.h"

RING3_START;

void ring3_main(const char *name)
{
	struct service_end end;

	(void)name;
	for (long i = 1; !ring3_call(SERVICE_INIT_START, i, 0, 0, 0); i++)
		;
	ring3_call(SERVICE_INIT_WAIT, (long)&end, 0, 0, 0);
	ring3_exit(7);
}
