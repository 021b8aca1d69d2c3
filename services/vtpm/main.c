/* SPDX-License-Identifier: MIT */
/*
 * The vTPM: a TPM 2.0 as a service of the paravisor, protocol 2, or, on a developer's
 * Linux, at a socket (services/lib/serve.h). docs/vtpm.md says what it is.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/lib/serve.h"
#include "services/vtpm/gate.h"
#include "services/vtpm/generator.h"
#include "services/vtpm/identity.h"
#include "services/vtpm/manifest.h"
#include "services/vtpm/tpm.h"
#include "services/vtpm/tpm_commands.h"
#include "svsm.h"

static const struct service_announcement announcement = {
	.protocol = SVSM_PROTOCOL_VTPM,
	.first_version = 1,
	.last_version = 1,
	.flags = SERVICE_WANTS_IDLE,
	.guid = SVSM_GUID_VTPM,
	.first_manifest = SVSM_VTPM_MANIFEST_BARE,
	.last_manifest = NACRE_VTPM_MANIFEST_VERSION,
};

static uint8_t payload[SERVICE_PAYLOAD_MAX];

struct answer {
	uint32_t result; /* SVSM_* */
	const uint8_t *data;
	size_t size;
};

static struct answer refuse(uint32_t result)
{
	return (struct answer){.result = result};
}

static struct answer give(const void *data, size_t size)
{
	return (struct answer){.result = SVSM_SUCCESS, .data = data, .size = size};
}

static struct answer run_command(size_t size)
{
	const uint8_t *data;
	size_t got;

	if (size < TPM_HEADER_SIZE || size > TPM_MESSAGE_MAX)
		return refuse(SVSM_ERR_INVALID_PARAMETER);
	identity_release();
	if (gate_wants_identity(payload, size))
		identity_complete();
	got = tpm_command(payload, size, &data);
	return give(data, got);
}

static struct answer give_manifest(uint32_t version)
{
	const struct identity_key *keys[KEY_COUNT];
	size_t size;

	if (version > NACRE_VTPM_MANIFEST_VERSION)
		return refuse(SVSM_ERR_INVALID_PARAMETER);
	if (tpm_failed() || !identity_complete())
		return refuse(SVSM_ERR_BUSY);
	for (enum key_name name = 0; name < KEY_COUNT; name++)
		keys[name] = identity_key(name);
	if (version == SVSM_VTPM_MANIFEST_BARE)
		return give(keys[KEY_EK_RSA2048]->object_public, keys[KEY_EK_RSA2048]->size);
	size = manifest_write(keys, identity_issuer(), payload, sizeof(payload));
	return size ? give(payload, size) : refuse(SVSM_ERR_INVALID_REQUEST);
}

static struct answer answer_to(const struct service_request *request)
{
	switch (request->kind) {
	case SERVICE_REQUEST_CALL:
		if (request->number == SVSM_VTPM_SEND_COMMAND)
			return run_command(request->size);
		return refuse(SVSM_ERR_UNSUPPORTED_CALL);
	case SERVICE_REQUEST_MANIFEST:
		return give_manifest(request->number);
	case SERVICE_REQUEST_IDLE:
		identity_complete();
		return give(NULL, 0);
	default:
		return refuse(SVSM_ERR_UNSUPPORTED_CALL);
	}
}

/* Until there is nobody to serve; the error. */
static int serve(void)
{
	int error;

	do {
		struct service_request request;
		struct answer answer;

		error = service_wait(&request, payload, sizeof(payload));
		if (error)
			break;
		answer = answer_to(&request);
		error = service_reply(answer.result, answer.data, answer.size);
	} while (!error);
	return error;
}

/*
 * The heap keeps what it has grown to at the start: pages that are given back are cleared
 * when a command wants them again, and the budget is for the most that there is at once.
 */
static bool keep_heap(void)
{
	return mallopt(M_TRIM_THRESHOLD, INT_MAX) && mallopt(M_MMAP_MAX, 0);
}

int main(void)
{
	int error;

	if (!keep_heap() || !generator_start() || !tpm_manufacture() || !identity_start())
		return EXIT_FAILURE;
	error = service_announce(&announcement);
	if (error == -ENOSYS)
		fprintf(stderr,
			"vtpm: there is no paravisor here; on a Linux, set %s to a socket\n",
			SERVICE_SOCKET_VARIABLE);
	else if (error)
		fprintf(stderr, "vtpm: cannot announce the service: %s\n", strerror(-error));
	if (error)
		return EXIT_FAILURE;
	error = serve();
	if (error == -EPIPE)
		return EXIT_SUCCESS;
	fprintf(stderr, "vtpm: cannot serve any longer: %s\n", strerror(-error));
	return EXIT_FAILURE;
}
