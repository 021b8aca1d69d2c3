/* SPDX-License-Identifier: MIT */
/*
 * Guest requests: the host carries a message of the guest's to the secure
 * processor and its answer back, and with a request for a report hands over the
 * certificates that it keeps. Checks and errors are KVM's; a page that is not
 * shared memory, which would end a run under KVM, is an invalid input here.
 */
#include "host.h"
#include "hostile.h"
#include "psp.h"

static struct spinlock lock;
static struct snp_msg request, response; /* the host's own copies */
static struct machine_file certificates; /* a table of them; size 0: there is none */
static uint64_t asked;

void host_guest_request_init(void)
{
	machine_file_read("opt/org.nacre/certificates", &certificates);
}

static bool addresses_are_good(const struct ghcb_request *req, struct ghcb_reply *reply)
{
	if (!IS_ALIGNED(req->info1, PAGE_SIZE) || !IS_ALIGNED(req->info2, PAGE_SIZE) ||
		req->info1 == req->info2) {
		ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
		return false;
	}
	if (!host_memory_read(req->info1, &request, sizeof(request)) ||
		!host_memory(req->info2, PAGE_SIZE)) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		return false;
	}
	return true;
}

static bool take_message(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	if (!addresses_are_good(req, reply))
		return false;
	hostile_sees_message(v, &request);
	return true;
}

/* throttle=N: N requests of N + 1 are put off. */
static bool throttled(void)
{
	uint64_t busy = option_number("throttle", 0);

	return asked++ % (busy + 1) != busy;
}

static void vmm_error(struct ghcb_reply *reply, enum snp_guest_vmm_error error)
{
	reply->info2 = (uint64_t)error << SNP_GUEST_VMM_SHIFT;
}

static void carry(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	enum snp_firmware_error error;

	if (throttled()) {
		vmm_error(reply, SNP_GUEST_VMM_BUSY);
		return;
	}
	error = psp_guest_request(&request, &response);
	TRACE(TRACE_HOST, "host: vcpu %u vmpl %u message %u key %u seq %lu: firmware error %x\n",
		v->index, v->current, request.header.type, request.header.vmpck,
		request.header.sequence, error);
	reply->info2 = error;
	if (!error && !hostile_response(v, &response, req->info2))
		host_memory_write(req->info2, &response, sizeof(response));
}

void host_guest_request(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	if (hostile_skips(v, req->code))
		return;
	spin_lock(&lock);
	if (take_message(v, req, reply))
		carry(v, req, reply);
	spin_unlock(&lock);
}

/* The guest's pages for certificates; true if its message may go on. */
static bool certify(const struct ghcb_request *req, struct ghcb_reply *reply)
{
	static const struct snp_cert_entry none;
	uint64_t pages = ALIGN_UP(certificates.size, PAGE_SIZE) / PAGE_SIZE;

	if (!GHCB_HAS(req, rax) || !GHCB_HAS(req, rbx) || !IS_ALIGNED(req->rax, PAGE_SIZE)) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		return false;
	}
	if (req->rbx < pages) {
		vmm_error(reply, SNP_GUEST_VMM_INVALID_LEN);
		reply->rbx = pages;
		return false;
	}
	if (!req->rbx ||
		host_memory_write(req->rax, pages ? certificates.data : (const void *)&none,
			pages ? certificates.size : sizeof(none)))
		return true;
	ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
	return false;
}

/* Certificates go with a request for a report; any other message is carried as it is. */
void host_extended_guest_request(
	struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	reply->rbx = req->rbx;
	reply->has_rbx = true;
	if (hostile_skips(v, req->code))
		return;
	spin_lock(&lock);
	if (take_message(v, req, reply) &&
		(request.header.type != SNP_MSG_REPORT_REQ || certify(req, reply)))
		carry(v, req, reply);
	spin_unlock(&lock);
}
