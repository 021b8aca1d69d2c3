/* SPDX-License-Identifier: MIT */
/*
 * Attestation reports and a derived key from the secure processor, by messages that
 * the host carries (56421, section 4.1.7 and 4.1.8). The host is never believed:
 *
 *  - A sequence number, which is the message's initialization vector, belongs to
 *    one ciphertext. That is kept until it is answered, and shown again as often
 *    as the host says that it was busy; a call that wants something else first
 *    has the old one answered.
 *  - An answer is copied once, and counts only if its tag does and it is the
 *    answer to this very message.
 *  - Whatever else happens after a ciphertext was shown wipes VMPCK0.
 */
#include <string.h>

#include "kernel/fault_access.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "platform/sev-snp/ghcb_page.h"
#include "platform/sev-snp/guest_message.h"
#include "platform/sev-snp/guest_request.h"
#include "platform/sev-snp/snp_platform.h"

static_assert(sizeof(struct snp_report) <= PLATFORM_REPORT_MAX, "a report fits");
static_assert(SNP_OWN_VMPL == 0, "VMPCK0 is the paravisor's");
static_assert(SNP_KEY_SIZE == PLATFORM_KEY_SIZE, "a key fits");

#define VMM_ERROR(error) ((uint64_t)(error) << SNP_GUEST_VMM_SHIFT)
#define SHARED_PAGES (sizeof(struct guest_request_pages) / PAGE_SIZE)

struct guest_channel guest_channel;

/* To shared: rescind, then ask the host, then map without the C-bit. */
void platform_attest_init(void)
{
	uint8_t *pages = frames_need(SHARED_PAGES);
	struct page_span span = {spa_of(pages).value, SHARED_PAGES * PAGE_SIZE};

	for (unsigned int i = 0; i < SHARED_PAGES; i++)
		if (platform_page_rescind(va_of(pages + i * PAGE_SIZE), PAGE_4K) != PAGE_OK)
			wipe_and_terminate(TERM_NACRE_PVALIDATE);
	platform_make_shared(&span, 1);
	for (unsigned int i = 0; i < SHARED_PAGES; i++)
		paging_set_shared(va_of(pages + i * PAGE_SIZE));
	memset(pages, 0, span.size);
	guest_channel.pages = (struct guest_request_pages *)pages;
}

static enum attest_result close(struct guest_channel *channel, const char *why)
{
	channel->closed = true;
	channel->pending = false;
	if (!fault_clear(special_secrets.vmpck[SNP_OWN_VMPL], VMPCK_SIZE))
		why = "the host has taken the secrets page";
	log_error("nacre: no more reports: %s", why);
	log_flush();
	return ATTEST_CLOSED;
}

/* ---- The message ---- */

static enum attest_result seal(struct guest_channel *channel, const struct guest_wanted *wanted)
{
	struct guest_request *request = &channel->request;

	if (channel->count > UINT64_MAX - 2)
		return close(channel, "all sequence numbers are used");
	request->header = guest_message_header((enum snp_msg_type)wanted->type, SNP_OWN_VMPL,
		channel->count + 1, (uint16_t)wanted->size);
	if (!guest_message_seal(&request->header, special_secrets.vmpck[SNP_OWN_VMPL],
		    wanted->payload, request->sealed))
		return close(channel, "a message could not be encrypted");
	channel->wanted = *wanted;
	channel->pending = true;
	return ATTEST_OK;
}

static bool open(struct guest_channel *channel)
{
	struct guest_response *response = &channel->response;

	memcpy(response, &channel->pages->response, sizeof(*response));
	return guest_message_open(&response->header, &channel->request.header,
		special_secrets.vmpck[SNP_OWN_VMPL], response->sealed, &channel->answer,
		sizeof(channel->answer));
}

/* ---- The host ---- */

/* Shows the message to the host, which answers with SW_EXITINFO2; all ones if it refuses. */
static uint64_t send(struct guest_channel *channel, bool extended, uint64_t *pages_wanted)
{
	struct guest_request_pages *pages = channel->pages;
	volatile struct ghcb *ghcb = ghcb_own();

	memcpy(&pages->request, &channel->request, sizeof(channel->request));
	ghcb_begin(ghcb, extended ? GHCB_EVENT_EXT_GUEST_REQUEST : GHCB_EVENT_GUEST_REQUEST,
		spa_of(&pages->request).value, spa_of(&pages->response).value);
	if (extended) {
		memset(pages->certificates, 0, sizeof(struct snp_cert_entry));
		ghcb_put_rax(ghcb, spa_of(pages->certificates).value);
		ghcb_put_rbx(ghcb, CERTIFICATE_PAGES);
	}
	if (ghcb_exit(ghcb) != GHCB_RESULT_OK)
		return UINT64_MAX;
	*pages_wanted = ghcb_answer_rbx(ghcb);
	return ghcb_answer_info2(ghcb);
}

/* A host without room for its certificates has not passed the message on. */
static uint64_t send_without_certificates(
	struct guest_channel *channel, uint64_t pages_wanted, struct platform_evidence *evidence)
{
	uint64_t unused;

	if (pages_wanted > CERTIFICATE_PAGES && pages_wanted <= CERTIFICATE_PAGES_CREDIBLE)
		evidence->certificates_wanted = (uint32_t)(pages_wanted * PAGE_SIZE);
	return send(channel, false, &unused);
}

static enum attest_result busy(struct guest_channel *channel)
{
	if (++channel->busy < GUEST_REQUEST_BUSY_MAX)
		return ATTEST_BUSY;
	channel->busy = 0;
	return ATTEST_THROTTLED;
}

/* Shows the pending message and takes the answer to it. */
static enum attest_result exchange(
	struct guest_channel *channel, bool extended, struct platform_evidence *evidence)
{
	uint64_t pages_wanted = 0, error = send(channel, extended, &pages_wanted);

	if (extended && error == VMM_ERROR(SNP_GUEST_VMM_INVALID_LEN)) {
		extended = false;
		error = send_without_certificates(channel, pages_wanted, evidence);
	}
	if (error == VMM_ERROR(SNP_GUEST_VMM_BUSY))
		return busy(channel);
	if (error)
		return close(channel, "the host or the secure processor refused a message");
	if (!open(channel))
		return close(channel, "an answer was none to the message sent");
	channel->count += 2;
	channel->pending = false;
	channel->busy = 0;
	return ATTEST_OK;
}

/* ---- What is asked for ---- */

static struct guest_wanted make_wanted(enum snp_msg_type type, const void *payload, uint32_t size)
{
	struct guest_wanted wanted = {.type = type, .size = size};

	memcpy(wanted.payload, payload, size);
	return wanted;
}

/* The answer to @wanted in channel->answer. */
static enum attest_result ask(struct guest_channel *channel, const struct guest_wanted *wanted,
	bool certificates, struct platform_evidence *evidence)
{
	enum attest_result result = ATTEST_OK;

	if (channel->closed)
		return ATTEST_CLOSED;
	if (channel->pending && memcmp(&channel->wanted, wanted, sizeof(*wanted))) {
		/* Somebody else's: has to be answered, and nobody waits for it. */
		result = exchange(channel, false, evidence);
		memset(&channel->answer, 0, sizeof(channel->answer));
		return result == ATTEST_OK ? ATTEST_BUSY : result;
	}
	if (!channel->pending)
		result = seal(channel, wanted);
	return result == ATTEST_OK ? exchange(channel, certificates, evidence) : result;
}

/* ---- The report ---- */

static void take_certificates(struct guest_channel *channel, struct platform_evidence *evidence)
{
	const uint8_t *table = channel->pages->certificates;
	size_t size = guest_message_certificates(table, sizeof(evidence->certificates));

	memcpy(evidence->certificates, table, size);
	evidence->certificates_size = (uint32_t)size;
}

static enum attest_result take_report(
	const struct guest_channel *channel, struct platform_evidence *evidence)
{
	const struct snp_report_rsp *answer = &channel->answer.report;

	if (channel->response.header.payload_size != sizeof(*answer) || answer->status ||
		answer->report_size != sizeof(answer->report))
		return ATTEST_REFUSED;
	memcpy(evidence->report, &answer->report, sizeof(answer->report));
	evidence->report_size = sizeof(answer->report);
	return ATTEST_OK;
}

static enum attest_result report(struct guest_channel *channel, const struct guest_wanted *wanted,
	bool certificates, struct platform_evidence *evidence)
{
	enum attest_result result = ask(channel, wanted, certificates, evidence);

	if (result != ATTEST_OK)
		return result;
	if (certificates && !evidence->certificates_wanted)
		take_certificates(channel, evidence);
	return take_report(channel, evidence);
}

enum attest_result platform_attest_report(const uint8_t data[PLATFORM_REPORT_DATA_SIZE],
	bool certificates, struct platform_evidence *evidence)
{
	struct snp_report_req request = {.vmpl = SNP_OWN_VMPL, .key_select = SNP_KEY_SELECT_AUTO};
	struct guest_wanted wanted;
	enum attest_result result;

	memcpy(request.report_data, data, sizeof(request.report_data));
	wanted = make_wanted(SNP_MSG_REPORT_REQ, &request, sizeof(request));
	evidence->report_size = 0;
	evidence->certificates_size = 0;
	evidence->certificates_wanted = 0;
	if (!spin_trylock(&guest_channel.lock))
		return ATTEST_BUSY;
	result = report(&guest_channel, &wanted, certificates, evidence);
	spin_unlock(&guest_channel.lock);
	return result;
}

/* ---- The key ---- */

/* Of this image on this chip, at this level; what may be updated under it is not in it. */
static const struct snp_key_req key_request = {
	.root_key_select = SNP_KEY_ROOT_VCEK,
	.guest_field_select = SNP_KEY_FIELD_POLICY | SNP_KEY_FIELD_IMAGE_ID |
			      SNP_KEY_FIELD_FAMILY_ID | SNP_KEY_FIELD_MEASUREMENT,
	.vmpl = SNP_OWN_VMPL,
};

static enum attest_result take_key(struct guest_channel *channel, uint8_t key[PLATFORM_KEY_SIZE])
{
	struct snp_key_rsp *answer = &channel->answer.key;
	bool good = channel->response.header.payload_size == sizeof(*answer) && !answer->status;

	if (good)
		memcpy(key, answer->key, sizeof(answer->key));
	memset(answer, 0, sizeof(*answer));
	return good ? ATTEST_OK : ATTEST_REFUSED;
}

enum attest_result platform_derive_key(uint8_t key[PLATFORM_KEY_SIZE])
{
	struct guest_wanted wanted = make_wanted(
		SNP_MSG_KEY_REQ, &key_request, sizeof(key_request));
	enum attest_result result;

	if (!spin_trylock(&guest_channel.lock))
		return ATTEST_BUSY;
	result = ask(&guest_channel, &wanted, false, NULL);
	if (result == ATTEST_OK)
		result = take_key(&guest_channel, key);
	spin_unlock(&guest_channel.lock);
	return result;
}
