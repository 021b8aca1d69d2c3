/* SPDX-License-Identifier: MIT */
/*
 * Which messages the secure processor answers, and with what. A message that it
 * knows and does not offer has no response at all, as from firmware without it:
 * there is no migration agent, and no CPUID message is ever sent.
 */
#include "secure_processor.h"
#include <string.h>

#define TSC_SCALE_ONE (1ULL << 32) /* fixed point 8.32 */

typedef void (*answer_fn)(
	const struct secure_processor *p, uint32_t vmpck, const void *request, void *response);

static void report(const struct secure_processor *p, uint32_t vmpck, const void *req, void *rsp)
{
	report_answer(p, vmpck, req, rsp);
}

static void key(const struct secure_processor *p, uint32_t vmpck, const void *req, void *rsp)
{
	derived_key_answer(p, vmpck, req, rsp);
}

/* The guest's counter is the processor's: scale 1, offset 0. */
static void tsc_info(const struct secure_processor *p, uint32_t vmpck, const void *req, void *rsp)
{
	const struct snp_tsc_info_req *request = req;
	struct snp_tsc_info_rsp *response = rsp;

	(void)p;
	(void)vmpck;
	for (size_t i = 0; i < sizeof(request->reserved); i++)
		if (request->reserved[i])
			response->status = SNP_MSG_INVALID_PARAMETERS;
	if (!response->status)
		response->tsc_scale = TSC_SCALE_ONE;
}

static const struct {
	uint8_t type;
	uint16_t request_size, response_size;
	answer_fn answer; /* NULL: known, and not offered */
} messages[] = {
	{SNP_MSG_CPUID_REQ, 0, 0, NULL},
	{SNP_MSG_KEY_REQ, sizeof(struct snp_key_req), sizeof(struct snp_key_rsp), key},
	{SNP_MSG_REPORT_REQ, sizeof(struct snp_report_req), sizeof(struct snp_report_rsp), report},
	{SNP_MSG_EXPORT_REQ, 0, 0, NULL},
	{SNP_MSG_IMPORT_REQ, 0, 0, NULL},
	{SNP_MSG_ABSORB_REQ, 0, 0, NULL},
	{SNP_MSG_VMRK_REQ, 0, 0, NULL},
	{SNP_MSG_TSC_INFO_REQ, sizeof(struct snp_tsc_info_req), sizeof(struct snp_tsc_info_rsp),
		tsc_info},
};

/* Index of the message's row, or the error in @error. */
static size_t find(const struct snp_msg_header *h, enum snp_firmware_error *error)
{
	size_t i = 0;

	*error = SNP_FW_SUCCESS;
	while (i < ARRAY_SIZE(messages) && messages[i].type != h->type)
		i++;
	if (i == ARRAY_SIZE(messages) || h->version != SNP_MSG_VERSION)
		*error = SNP_FW_INVALID_PARAM;
	else if (!messages[i].answer)
		*error = SNP_FW_UNSUPPORTED;
	else if (h->payload_size != messages[i].request_size)
		*error = SNP_FW_INVALID_LENGTH;
	return i;
}

enum snp_firmware_error secure_processor_answer(
	struct secure_processor *p, const struct snp_msg *request, struct snp_msg *response)
{
	const struct snp_msg_header *h = &request->header;
	enum snp_firmware_error error = guest_message_open(&p->channels, request, p->request);
	size_t i;

	if (error)
		return error;
	i = find(h, &error);
	if (error)
		return error;
	memset(p->response, 0, sizeof(p->response));
	messages[i].answer(p, h->vmpck, p->request, p->response);
	return guest_message_respond(
		&p->channels, h, p->response, messages[i].response_size, response);
}
