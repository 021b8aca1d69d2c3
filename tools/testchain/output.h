/* SPDX-License-Identifier: MIT */
/*
 * The files of a TEST chain.
 */
#ifndef NACRE_TOOLS_TESTCHAIN_OUTPUT_H
#define NACRE_TOOLS_TESTCHAIN_OUTPUT_H

#include "chain.h"

struct output_options {
	const char *folder; /* made if it is not there */
	bool revoke;        /* crl.der is the list that revokes */
	bool no_vlek;       /* the chip was given no VLEK */
};

/* Writes all of them; prints its error. */
MUST_CHECK bool output_write(const struct chain *chain, const struct output_options *options);

#endif
