/* SPDX-License-Identifier: MIT */
/*
 * The other end of services/lib/serve.h on a developer's Linux: the socket that
 * NACRE_SERVICE_SOCKET names. Used by services/lib/serve.c alone. Functions return 0
 * or a negative error of Linux's.
 */
#ifndef NACRE_SERVICES_LIB_DESK_H
#define NACRE_SERVICES_LIB_DESK_H

#include "compiler.h"
#include "service.h"

/* Whether desk_announce() has succeeded: the other functions are for then. */
bool desk_connected(void);

MUST_CHECK int desk_announce(const struct service_announcement *announcement);
MUST_CHECK int desk_wait(struct service_request *request, void *payload, size_t room);
MUST_CHECK int desk_reply(uint32_t result, const void *payload, size_t size);

#endif
