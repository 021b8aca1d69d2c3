/* SPDX-License-Identifier: MIT */
/*
 * The state of the channel to the secure processor under VMPCK0. There is one,
 * guest_request.c's; tests look at it.
 */
#ifndef NACRE_SEV_SNP_GUEST_REQUEST_H
#define NACRE_SEV_SNP_GUEST_REQUEST_H

#include "kernel/spinlock.h"
#include "platform.h"
#include "snp_guest.h"

#define CERTIFICATE_PAGES (PLATFORM_CERTIFICATES_MAX / PAGE_SIZE)

/* More certificates than this the host does not have, whatever it says. */
#define CERTIFICATE_PAGES_CREDIBLE 64U

/*
 * How often in a row the host may say that it is busy before the guest is told
 * that this leads nowhere: Linux repeats a call at once and with interrupts off.
 */
#define GUEST_REQUEST_BUSY_MAX 1000U

/* Memory that the host reads and writes. */
struct guest_request_pages {
	struct snp_msg request, response;
	uint8_t certificates[CERTIFICATE_PAGES * PAGE_SIZE];
};

/* A message and its encrypted payload, without the rest of its page. */
struct guest_request {
	struct snp_msg_header header;
	uint8_t sealed[sizeof(struct snp_report_req)];
};

struct guest_response {
	struct snp_msg_header header;
	uint8_t sealed[sizeof(struct snp_report_rsp)];
};

/* What is asked for: a report or a key. Compared as a whole, so without padding. */
struct guest_wanted {
	uint32_t type; /* enum snp_msg_type */
	uint32_t size;
	uint8_t payload[sizeof(struct snp_report_req)]; /* the longer one */
};
ASSERT_SIZE(struct guest_wanted, 104);

struct guest_channel {
	struct spinlock lock;
	uint64_t count;    /* the last answer's sequence number, 0 before the first */
	bool closed;       /* for ever: VMPCK0 is wiped */
	bool pending;      /* @request has been shown and not been answered: nothing else may be */
	unsigned int busy; /* answers in a row that the host was */
	struct guest_wanted wanted; /* by @request */
	struct guest_request request;
	struct guest_response response; /* private copy */
	union {
		struct snp_report_rsp report;
		struct snp_key_rsp key;
	} answer; /* decrypted */
	struct guest_request_pages *pages;
};

extern struct guest_channel guest_channel;

#endif
