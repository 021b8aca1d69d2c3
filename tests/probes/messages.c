/* SPDX-License-Identifier: MIT */
/* Guest messages from the guest's side (messages.h). */
#include "messages.h"

#include <string.h>

#include <mbedtls/memory_buffer_alloc.h>

#include "check.h"
#include "guest.h"
#include "memory.h"
#include "message_crypto.h"

#define NUMBERS_BYTES (64 * KIB)
#define DATA_PAGES 4U
#define BUSY_MAX 100U
#define NO_ANSWER UINT64_MAX

struct messages messages;

int messages_random(void *context, unsigned char *out, size_t size)
{
	uint64_t value;

	(void)context;
	for (size_t i = 0; i < size; i++) {
		__asm__ volatile("rdrand %0" : "=r"(value) : : "cc");
		out[i] = (uint8_t)value;
	}
	return 0;
}

/*
 * Pages for certificates follow one another; memory that nobody has touched is shared,
 * but where all of it was validated at launch.
 */
static void find_data_pages(void)
{
	messages.data_gpa = region_take(DATA_PAGES * PAGE_SIZE, PAGE_SIZE);
	for (uint64_t i = 0; guest.linux_boot && i < DATA_PAGES; i++)
		if (!page_make_shared(messages.data_gpa + i * PAGE_SIZE))
			check_abort("a page could not be made shared");
	messages.data = shared_view(messages.data_gpa);
	memset(messages.data, 0xee, DATA_PAGES * PAGE_SIZE);
}

void messages_init(void)
{
	static uint8_t numbers[NUMBERS_BYTES] ALIGNED(16);

	mbedtls_memory_buffer_alloc_init(numbers, sizeof(numbers));
	messages.request = page_alloc_shared(&messages.request_gpa);
	messages.response = page_alloc_shared(&messages.response_gpa);
	find_data_pages();
}

static const uint8_t *key_of(uint32_t vmpck)
{
	return guest.secrets->vmpck[vmpck];
}

void messages_prepare(uint8_t type, uint32_t vmpck, const void *payload, uint16_t size)
{
	memset(messages.request, 0, sizeof(*messages.request));
	message_header(
		&messages.request->header, type, (uint8_t)vmpck, messages.count[vmpck] + 1, size);
	if (!message_seal(messages.request, key_of(vmpck), payload))
		check_abort("a message could not be sealed");
}

static uint64_t send_once(void)
{
	struct nae n = {
		.code = messages.extended ? GHCB_EVENT_EXT_GUEST_REQUEST : GHCB_EVENT_GUEST_REQUEST,
		.info1 = messages.request_gpa,
		.info2 = messages.response_gpa,
		.rax = messages.data_gpa,
		.rbx = messages.data_pages,
		.valid = messages.extended ? NAE_RAX | NAE_RBX : 0,
	};

	nae_call(&n);
	messages.rbx = n.rbx;
	return n.info1 ? NO_ANSWER : n.info2;
}

uint64_t messages_send(void)
{
	uint64_t result;

	memset(messages.response, 0, sizeof(*messages.response));
	messages.busy = 0;
	do {
		result = send_once();
	} while (result == (uint64_t)SNP_GUEST_VMM_BUSY << SNP_GUEST_VMM_SHIFT &&
		 ++messages.busy < BUSY_MAX);
	return result;
}

bool messages_receive(uint32_t vmpck, void *payload, uint16_t size)
{
	static struct snp_msg page;
	static uint8_t plain[SNP_MSG_PAYLOAD_MAX];
	struct snp_msg_header wanted;

	page = *messages.response;
	message_header(&wanted, (uint8_t)(messages.request->header.type + 1), (uint8_t)vmpck,
		messages.request->header.sequence + 1, size);
	memcpy(wanted.auth_tag, page.header.auth_tag, SNP_MSG_TAG_SIZE);
	if (memcmp(&page.header, &wanted, sizeof(wanted)) ||
		!message_unseal(&page, key_of(vmpck), plain))
		return false;
	memcpy(payload, plain, size);
	return true;
}

uint64_t messages_exchange(uint8_t type, uint32_t vmpck, const void *payload, uint16_t size,
	void *answer, uint16_t answer_size)
{
	uint64_t result;

	messages_prepare(type, vmpck, payload, size);
	result = messages_send();
	if (result)
		return result;
	if (!messages_receive(vmpck, answer, answer_size))
		return NO_ANSWER;
	messages.count[vmpck] += 2;
	return 0;
}
