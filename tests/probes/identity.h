/* SPDX-License-Identifier: MIT */
/* Who the secure processor is in the probes of guest requests (identity.c). */
#ifndef PROBES_IDENTITY_H
#define PROBES_IDENTITY_H

#include "chip_identity.h"

extern const struct chip_identity test_identity;

#endif
