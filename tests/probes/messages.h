/* SPDX-License-Identifier: MIT */
/*
 * Guest messages from the guest's side: one request at a time through pages of
 * its own, sealed and opened with mbedtls. The sequence numbers are kept here.
 */
#ifndef PROBES_MESSAGES_H
#define PROBES_MESSAGES_H

#include "nae.h"
#include "p384.h"
#include "snp_guest.h"

struct messages {
	struct snp_msg *request, *response; /* shared views */
	uint64_t request_gpa, response_gpa;
	uint64_t data_gpa, data_pages; /* for certificates; with pages the event is the extended */
	uint8_t *data;
	bool extended;
	uint64_t count[VMPL_COUNT];
	uint32_t busy; /* times that the host has put off the last request */
	uint64_t rbx;  /* as the host left it */
};
extern struct messages messages;

/* Pages, and memory for mbedtls; a GHCB must be there. */
void messages_init(void);
/* The header and content of the next request with key @vmpck. */
void messages_prepare(uint8_t type, uint32_t vmpck, const void *payload, uint16_t size);
/* Sends what is in the request page, again while the host is busy; SW_EXITINFO2. */
uint64_t messages_send(void);
/* Opens the response to the request in its page; false if anything of it is wrong. */
bool messages_receive(uint32_t vmpck, void *payload, uint16_t size);
/* All of that; the firmware's and host's error, ~0 for a bad response. */
uint64_t messages_exchange(uint8_t type, uint32_t vmpck, const void *payload, uint16_t size,
	void *answer, uint16_t answer_size);

/* Random bytes by RDRAND, as mbedtls asks for them. */
int messages_random(void *context, unsigned char *out, size_t size);

#endif
