/* SPDX-License-Identifier: MIT */
/* SHA-384 for the launch digest, by mbedtls. */
#ifndef MACHINE_SHA384_H
#define MACHINE_SHA384_H

#include "core.h"

void sha384(const void *data, size_t size, uint8_t out[48]);

#endif
