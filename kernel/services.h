/* SPDX-License-Identifier: MIT */
/*
 * The services of the image: programs in ring 3, started at launch, each of
 * which serves one protocol. A service runs on the CPU whose guest has called
 * it, on behalf of that call; in between it rests in SERVICE_WAIT.
 */
#ifndef NACRE_KERNEL_SERVICES_H
#define NACRE_KERNEL_SERVICES_H

#include "compiler.h"
#include "kernel/address_space.h"
#include "kernel/task.h"
#include "service_table.h"

struct vcpu;

enum service_state {
	SERVICE_ABSENT = 0,
	SERVICE_RUNS,  /* on the CPU that holds it; held by none: the request has a slice to come */
	SERVICE_WAITS, /* for a request */
	SERVICE_ENDED,
};

/* The call that a service works for (kernel/service_request.h). */
struct service_caller {
	const struct vcpu *vcpu; /* NULL: nobody waits for the answer */
	uint64_t tag;            /* that @vcpu has while it is idle */
	uint64_t function;       /* RAX: protocol and number */
	uint64_t address;        /* RCX */
};

/* All in nanoseconds of the clock (kernel/service_slice.h). */
struct service_time {
	uint64_t used;  /* by the request, in all slices before */
	uint64_t slice; /* how long this one may be */
	uint64_t began; /* when */
};

/* Of one that was given: it stays what it is for the launch. */
struct service_manifest_digest {
	bool known;
	uint8_t sha256[32];
};
#define SERVICE_MANIFESTS_MAX 2U

/* Everything of a service; only the CPU that holds it looks at more than @busy. */
struct service_slot {
	struct task task;
	const struct service_table_entry *entry;
	struct address_space space;
	uint64_t heap, heap_end; /* program break: the lowest, and as it is */
	uint64_t arena;          /* where mmap() looks for room */

	uint32_t busy;  /* atomic: a CPU holds it */
	uint32_t state; /* enum service_state */
	struct service_end end;

	bool announced;
	struct service_announcement announcement;
	struct service_manifest_digest manifests[SERVICE_MANIFESTS_MAX]; /* by version */

	struct service_caller caller;
	struct service_time time;
	struct service_request request;
	bool has_request; /* not answered yet */
	bool has_taken;   /* the service has read it */
	uint32_t result, reply_size;
	uint8_t *payload; /* SERVICE_PAYLOAD_MAX, of request and reply */

	const uint8_t *file;
	uint64_t lines;         /* that it has logged */
	uint64_t unknown_calls; /* answered with ENOSYS */
};

/* As many as the table has; NULL for one that was never started. */
unsigned int services_count(void);
struct service_slot *services_by_index(unsigned int index);

/* The service that has announced @protocol, also one that has ended since; or NULL. */
struct service_slot *services_find(uint32_t protocol);

/* To hold a service: false if another CPU does. Calls of the guest: service_request.h. */
MUST_CHECK bool service_hold(struct service_slot *slot);
void service_release(struct service_slot *slot);

/*
 * One request to a service that is held and does not run, with @size bytes in
 * @slot->payload, and its answer: the SVSM result, and slot->reply_size bytes in
 * the same place. SVSM_ERR_SERVICE_ENDED if there is no service any more;
 * SVSM_ERR_INCOMPLETE after a slice: then service_resume(), as often as it takes.
 */
MUST_CHECK uint32_t service_serve(
	struct service_slot *slot, uint32_t kind, uint32_t number, uint32_t size);
MUST_CHECK uint32_t service_resume(struct service_slot *slot);

/* Lets a service that was loaded run until its first wait, for as long as a request may take. */
void service_begin(struct service_slot *slot);

/* Ends a service that is held; it is said in the log. */
void service_end(struct service_slot *slot, enum service_end_reason reason, uint64_t detail);

/* Gives a waiting service its request; negative as the system call (syscalls/class1.c). */
int64_t service_take_request(struct service_slot *slot);

#endif
