/* SPDX-License-Identifier: MIT */
/*
 * Looks at a guest's command for one thing: whether the identity must be complete
 * before it runs. Pure. Used by service.c.
 */
#ifndef NACRE_VTPM_GATE_H
#define NACRE_VTPM_GATE_H

#include "compiler.h"

/*
 * True if the command names the RSA endorsement key or its certificate's index, lists
 * persistent objects or indices, or changes an authorisation or a seed that making the
 * key depends on. True without need does no harm but time.
 */
bool gate_wants_identity(const uint8_t *command, size_t size);

#endif
