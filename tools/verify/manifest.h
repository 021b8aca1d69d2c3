/* SPDX-License-Identifier: MIT */
/*
 * Manifests of SVSM services: that of all services (protocol 1, call 0), and
 * Nacre's own, which begin with a GUID and a version that the paravisor's
 * kernel puts there. What a manifest says is worth what binds it to a report.
 */
#ifndef NACRE_VERIFY_MANIFEST_H
#define NACRE_VERIFY_MANIFEST_H

#include "svsm.h"
#include "tools/common/buffer.h"
#include "tools/common/error.h"

#define MANIFEST_FILE_MAX (1 * MIB)
#define MANIFEST_SERVICES_MAX 64

struct manifest_service {
	uint8_t guid[SVSM_GUID_SIZE];
	const char *name;    /* "nacre-platform", or NULL: not one that is known here */
	size_t offset;       /* of @content in the manifest */
	struct blob content; /* within the manifest's bytes */
	uint32_t version;    /* these two: only of a service that has a name */
	struct blob body;    /* what is behind the header; all of it if it has none */
};

struct manifest {
	bool single; /* one service's own manifest, not that of all services */
	struct manifest_service services[MANIFEST_SERVICES_MAX];
	size_t count;
};

/*
 * Takes a manifest apart and checks its structure: of all services that of the
 * list, of Nacre's own that of their content. @error has the offset.
 */
MUST_CHECK bool manifest_read(
	const struct blob *blob, struct manifest *manifest, struct tool_error *error);

/* Appends what a service that has a name here claims, in words. */
void manifest_describe(const struct manifest_service *service, struct buffer *text);

/* The vTPM, or NULL if the manifest does not name it. */
const struct manifest_service *manifest_vtpm(const struct manifest *manifest);

/* Whether the bytes begin as one of the manifests that are known here. */
bool manifest_is(const struct blob *blob);

#endif
