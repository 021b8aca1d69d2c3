/* SPDX-License-Identifier: MIT */
/*
 * What the example service and whoever calls it agree on: the protocol's number, its
 * calls, and what goes over.
 */
#ifndef NACRE_SERVICES_EXAMPLE_TICKETS_H
#define NACRE_SERVICES_EXAMPLE_TICKETS_H

#include "svsm.h"

#define TICKETS_PROTOCOL (SVSM_PROTOCOL_OWN + 0x10)

enum tickets_call {
	TICKETS_TAKE = 1,  /* no request; the answer is a struct ticket */
	TICKETS_CHECK = 2, /* the request is a struct ticket; no answer but the result */
};
#define TICKETS_ERR_FORGED SVSM_ERR_PROTOCOL_BASE
#define TICKETS_ERR_SOLD_OUT (SVSM_ERR_PROTOCOL_BASE + 1)

struct ticket {
	uint64_t number;       /* 1, 2, 3, ... */
	uint64_t milliseconds; /* since the launch, when it was taken */
	uint8_t code[16];      /* that nobody could have guessed */
};
ASSERT_SIZE(struct ticket, 32);

#endif
