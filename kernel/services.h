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
	SERVICE_RUNS,  /* on the CPU that holds it; held by none: it has a slice to come */
	SERVICE_WAITS, /* in a system call, for what enum service_wait says */
	SERVICE_ENDED,
};

/* What a waiting service sleeps for. A request wakes it from all but init's wait. */
enum service_wait {
	SERVICE_WAITS_FOR_REQUEST = 0,
	SERVICE_WAITS_FOR_VM,  /* class 3: a vCPU in the paravisor */
	SERVICE_WAITS_FOR_END, /* class 4: the end of a service */
};

/* Calls that a service made in vain; they are said when it ends. */
struct service_complaints {
	uint64_t unknown;       /* answered with ENOSYS */
	uint32_t first_unknown; /* its number */
	uint64_t refused;       /* answered with another error */
	/* Since the last request came (syscalls/syscalls.c has the limits): */
	uint32_t wrong_now;
	uint32_t memory_now; /* for memory that is not there */
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
	uint64_t stack;          /* its lowest address */

	uint32_t busy;      /* atomic: a CPU holds it */
	uint32_t state;     /* enum service_state; atomic */
	uint32_t waits_for; /* enum service_wait */
	uint32_t awaited;   /* atomic: 1 + the context of the guest that it waits for; 0: none */
	struct service_end end;

	bool announced;                           /* atomic: the guest can find it */
	struct service_announcement announcement; /* the first one; stays */
	struct service_manifest_digest manifests[SERVICE_MANIFESTS_MAX]; /* by version */

	struct service_caller caller;
	struct service_time time;
	struct service_request request;
	bool has_request; /* not answered yet */
	bool has_taken;   /* the service has read it */
	bool is_done;     /* has nothing to do while CPUs are idle (kernel/service_idle.c) */
	uint32_t result, reply_size;
	uint8_t *payload; /* SERVICE_PAYLOAD_MAX, of request and reply */

	uint8_t *file, *budget; /* entry->size and entry->memory bytes */
	uint64_t lines;         /* that it has logged */
	uint64_t memory_told;   /* pages that it used when that was last said; 0: not yet */
	struct service_complaints complaints;

	/* Of kernel/services_init.c, for the CPU that has the turn. */
	bool fetched;        /* the measured file is in @file */
	bool buried;         /* its memory was wiped after its end */
	bool is_news;        /* init has not been told of its end */
	unsigned int starts; /* how often it was started */
};

/* As many as the table has, init the first of them. The index is below that. */
unsigned int services_count(void);
struct service_slot *services_by_index(unsigned int index);

/*
 * The service that has announced @protocol, also one that has ended for good since; or
 * NULL. Whoever holds it then looks at @announced again: it may be away.
 */
struct service_slot *services_find(uint32_t protocol);

/* Whether another service than @slot has announced @protocol, be it away or not. */
bool services_has_other(const struct service_slot *slot, uint32_t protocol);

static inline bool service_is_announced(const struct service_slot *slot)
{
	return __atomic_load_n(&slot->announced, __ATOMIC_ACQUIRE);
}

static inline void service_set_announced(struct service_slot *slot, bool announced)
{
	__atomic_store_n(&slot->announced, announced, __ATOMIC_RELEASE);
}

/* To hold a service: false if another CPU does. Calls of the guest: service_request.h. */
MUST_CHECK bool service_hold(struct service_slot *slot);
void service_release(struct service_slot *slot);

/*
 * One request to a service that is held and does not run, with @size bytes in
 * @slot->payload, and its answer: the SVSM result, and slot->reply_size bytes in
 * the same place. SVSM_ERR_SERVICE_ENDED if there is no service any more;
 * SVSM_ERR_INCOMPLETE after a slice: then service_resume(), as often as it takes. That
 * is also how one without a request is let run, or woken: then what it answers says nothing.
 */
MUST_CHECK uint32_t service_serve(
	struct service_slot *slot, uint32_t kind, uint32_t number, uint32_t size);
uint32_t service_resume(struct service_slot *slot);

/*
 * Ends a service that is held; it is said in the log. One that may be started anew is
 * not announced any more, any other stays so.
 */
void service_end(struct service_slot *slot, enum service_end_reason reason, uint64_t detail);

/* What a waiting service's call answers when it is woken, by enum service_wait. */
int64_t service_take_request(struct service_slot *slot); /* syscalls/class1.c */
int64_t service_take_vcpu(struct service_slot *slot);    /* class3.c */
int64_t service_take_end(struct service_slot *slot);     /* class4.c */

#endif
