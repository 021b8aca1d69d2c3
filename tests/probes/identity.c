/* SPDX-License-Identifier: MIT */
/*
 * The chip that the probes of guest requests know: linked into them, and as a
 * file (objcopy takes the section out) the machine's own. A test's keys.
 */
#include "identity.h"

#define TEN(b) b, b, b, b, b, b, b, b, b, b
#define KEY_OF(b) TEN(b), TEN(b), TEN(b), TEN(b), b, b, b, b, b, b, b, b
#define ID_OF(b) KEY_OF(b), TEN(b), b, b, b, b, b, b

const struct chip_identity test_identity SECTION(".identity") = {
	.magic = {'N', 'A', 'C', 'R', 'E', 'P', 'S', 'P'},
	.version = CHIP_IDENTITY_VERSION,
	.cpuid_family = 0x19,
	.cpuid_model = 0x11,
	.cpuid_stepping = 0x2,
	.tcb = 0x4815000000000309ULL,
	.chip_id = {ID_OF(0xc1)},
	.vcek = {KEY_OF(0x5a)},
	.vlek = {KEY_OF(0x3c)},
};
