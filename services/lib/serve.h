/* SPDX-License-Identifier: MIT */
/*
 * The library of services: the calls of include/service.h as functions. Where there is
 * no paravisor below, on a developer's Linux, which answers ENOSYS to all of them, the
 * same program serves whoever listens on a Unix socket:
 *
 *   NACRE_SERVICE_SOCKET=PATH names a stream socket that somebody listens on. The
 *   service connects and sends its struct service_announcement. Then requests come as
 *   struct service_request and payload; each is answered by struct service_answer and
 *   payload. The end of the stream is the service's end.
 *
 * There the clock is CLOCK_MONOTONIC, a seed comes from getrandom, and there are no
 * reports. Functions return 0 or more, or a negative error of Linux's, as -EFAULT.
 * For one thread.
 */
#ifndef NACRE_SERVICES_LIB_SERVE_H
#define NACRE_SERVICES_LIB_SERVE_H

#include "compiler.h"
#include "service.h"

#define SERVICE_SOCKET_VARIABLE "NACRE_SERVICE_SOCKET"

/* What stands before an answer's payload on the socket. */
struct service_answer {
	uint32_t result;
	uint32_t size; /* bytes of payload */
};
ASSERT_SIZE(struct service_answer, 8);

/* The most that one service_seed() gives. */
#define SERVICE_SEED_MAX 64U

/*
 * Says what the service serves; once, before the first wait. ENOSYS where there is
 * neither a paravisor nor a socket's name, ECONNREFUSED and its like for the socket.
 */
MUST_CHECK int service_announce(const struct service_announcement *announcement);

/*
 * Sleeps until there is a request; its payload goes to @payload, of @room bytes.
 * EMSGSIZE if it does not fit; EPIPE at the end of the socket's stream.
 */
MUST_CHECK int service_wait(struct service_request *request, void *payload, size_t room);

/* Answers the last request with an SVSM result and @size bytes. */
MUST_CHECK int service_reply(uint32_t result, const void *payload, size_t size);

/* Nanoseconds that never go back. Never fails. */
uint64_t service_clock(void);

/* Fills @seed, of at most SERVICE_SEED_MAX bytes, with what this service alone gets. */
MUST_CHECK int service_seed(void *seed, size_t size);

/* An attestation report; its size. ENODEV on a developer's Linux. */
MUST_CHECK int service_report(
	const struct service_report_wanted *wanted, void *report, size_t room);

#endif
