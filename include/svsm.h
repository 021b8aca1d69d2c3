/* SPDX-License-Identifier: MIT */
/*
 * The SVSM calling convention and its protocols' wire formats (AMD publication
 * 58019, revision 1.00): shared by the paravisor and the guests that test it.
 */
#ifndef NACRE_SVSM_H
#define NACRE_SVSM_H

#include "compiler.h"

/* Calling area (58019, table 2); only its first 8 bytes belong to the SVSM. */
struct svsm_ca {
	uint8_t call_pending;
	uint8_t mem_available;
	uint8_t no_eoi_required;
	uint8_t reserved[5];
};
ASSERT_SIZE(struct svsm_ca, 8);
#define SVSM_CA_BUFFER_OFFSET 8U

#define SVSM_PROTOCOL_CORE 0U
#define SVSM_PROTOCOL_ATTEST 1U
#define SVSM_PROTOCOL_VTPM 2U
/* From here on numbers that the specification leaves free: those of own services. */
#define SVSM_PROTOCOL_OWN 0xc0000000U

/* Core protocol calls (58019, table 5). */
enum svsm_core_call {
	SVSM_CORE_REMAP_CA = 0,
	SVSM_CORE_PVALIDATE = 1,
	SVSM_CORE_CREATE_VCPU = 2,
	SVSM_CORE_DELETE_VCPU = 3,
	SVSM_CORE_DEPOSIT_MEM = 4,
	SVSM_CORE_WITHDRAW_MEM = 5,
	SVSM_CORE_QUERY_PROTOCOL = 6,
	SVSM_CORE_CONFIGURE_VTOM = 7,
};

/* Results in RAX (58019, table 3). */
enum svsm_result {
	SVSM_SUCCESS = 0,
	SVSM_ERR_INCOMPLETE = 0x80000000,
	SVSM_ERR_UNSUPPORTED_PROTOCOL = 0x80000001,
	SVSM_ERR_UNSUPPORTED_CALL = 0x80000002,
	SVSM_ERR_INVALID_ADDRESS = 0x80000003,
	SVSM_ERR_INVALID_FORMAT = 0x80000004,
	SVSM_ERR_INVALID_PARAMETER = 0x80000005,
	SVSM_ERR_INVALID_REQUEST = 0x80000006,
	SVSM_ERR_BUSY = 0x80000007,
};
/* The core protocol's own: + the result of the RMP instruction. */
#define SVSM_ERR_PROTOCOL_BASE 0x80001000U
#define SVSM_ERR_SERVICE_ENDED 0x80001020U /* by any protocol that a service serves */
#define SVSM_ERR_PVALIDATE_NO_CHANGE 0x80001010U

/* SVSM_CORE_PVALIDATE's list (58019, table 10 and 11). */
struct svsm_pvalidate_list {
	uint16_t num_entries;
	uint16_t next;
	uint32_t reserved;
	uint64_t entries[];
};
#define SVSM_PVALIDATE_SIZE_MASK 0x3ULL
#define SVSM_PVALIDATE_SIZE_4K 0ULL
#define SVSM_PVALIDATE_SIZE_2M 1ULL
#define SVSM_PVALIDATE_ACTION_VALIDATE BIT(2)
#define SVSM_PVALIDATE_IGNORE_CF BIT(3)
#define SVSM_PVALIDATE_RESERVED 0xff0ULL

/*
 * The attestation protocol's own. 58019 names none: these are Nacre's, for what is
 * nobody's argument.
 */
#define SVSM_ERR_ATTEST_CLOSED 0x80001001U    /* no report will ever be had again */
#define SVSM_ERR_ATTEST_REFUSED 0x80001002U   /* the secure processor gives none */
#define SVSM_ERR_ATTEST_THROTTLED 0x80001003U /* the host has been busy for long: later */

/* vTPM protocol calls. */
enum svsm_vtpm_call {
	SVSM_VTPM_QUERY = 0, /* RCX: a bit for each platform command there is; RDX: features, 0 */
	SVSM_VTPM_CMD = 1,   /* RCX: address of a buffer of SVSM_VTPM_BUFFER bytes, to and fro */
};
#define SVSM_VTPM_BUFFER 4096U
/* The platform command that there is, numbered as by TCG's simulator. */
#define SVSM_VTPM_SEND_COMMAND 8U

/* What the buffer holds: this and the TPM's command; then a size and the TPM's answer. */
struct svsm_vtpm_request {
	uint32_t platform_command;
	uint8_t locality; /* 0 */
	uint32_t size;    /* of the command */
} PACKED;
ASSERT_SIZE(struct svsm_vtpm_request, 9);
#define SVSM_VTPM_COMMAND_MAX (SVSM_VTPM_BUFFER - sizeof(struct svsm_vtpm_request))
#define SVSM_VTPM_ANSWER_MAX (SVSM_VTPM_BUFFER - sizeof(uint32_t))

/* Attestation protocol calls. */
enum svsm_attest_call {
	SVSM_ATTEST_SERVICES = 0,
	SVSM_ATTEST_SINGLE_SERVICE = 1,
};

/*
 * The operation structure at RCX of the calls of protocol 1. Results: RCX the
 * manifest's size, RDX that of the certificates, R8 the report's; the same
 * registers say with INVALID_PARAMETER what the buffers must hold.
 */
struct svsm_attest_services {
	uint64_t report_gpa; /* 4 KiB-aligned, as the other two buffers */
	uint32_t report_size;
	uint32_t reserved_c;
	uint64_t nonce_gpa;
	uint16_t nonce_size;
	uint8_t reserved_1a[6];
	uint64_t manifest_gpa;
	uint32_t manifest_size;
	uint32_t reserved_2c;
	uint64_t certificates_gpa;
	uint32_t certificates_size; /* 0: none are wanted */
	uint32_t reserved_3c;
};
ASSERT_SIZE(struct svsm_attest_services, 0x40);

/*
 * Exactly this: report data is the hash of nonce and manifest, one behind the
 * other, so that a longer nonce could end in the beginning of another manifest.
 */
#define SVSM_NONCE_SIZE 64U

#define SVSM_GUID_SIZE 16U
struct svsm_attest_single {
	struct svsm_attest_services common;
	uint8_t service_guid[SVSM_GUID_SIZE];
	uint32_t manifest_version;
	uint32_t reserved_54;
};
ASSERT_SIZE(struct svsm_attest_single, 0x58);

/* Services manifest: this, entries, then the services' own manifests. */
struct svsm_services_manifest {
	uint8_t guid[SVSM_GUID_SIZE];
	uint32_t size; /* of all of it */
	uint32_t count;
};
ASSERT_SIZE(struct svsm_services_manifest, 24);

struct svsm_services_entry {
	uint8_t guid[SVSM_GUID_SIZE];
	uint32_t offset; /* from the start of the services manifest */
	uint32_t size;
};
ASSERT_SIZE(struct svsm_services_entry, 24);

/* What each manifest of Nacre's own begins with; the kernel puts it there. */
struct nacre_manifest_header {
	uint8_t guid[SVSM_GUID_SIZE];
	uint32_t version;
};
ASSERT_SIZE(struct nacre_manifest_header, 20);

/* GUIDs in the byte order of UEFI: the first three fields little-endian. */
/* 63849ebb-3d92-4670-a1ff-58f9c94b87bb: the services manifest */
#define SVSM_GUID_SERVICES_MANIFEST                                                           \
	{                                                                                     \
		0xbb, 0x9e, 0x84, 0x63, 0x92, 0x3d, 0x70, 0x46, 0xa1, 0xff, 0x58, 0xf9, 0xc9, \
			0x4b, 0x87, 0xbb                                                      \
	}
#define NACRE_PLATFORM_MANIFEST_VERSION 0U /* docs/platform-manifest.cddl */
/* b1c5b29f-7e61-4a2e-9d3c-52a1f06ed8e4: what the paravisor says of itself, "nacre-platform" */
#define NACRE_GUID_PLATFORM                                                                   \
	{                                                                                     \
		0x9f, 0xb2, 0xc5, 0xb1, 0x61, 0x7e, 0x2e, 0x4a, 0x9d, 0x3c, 0x52, 0xa1, 0xf0, \
			0x6e, 0xd8, 0xe4                                                      \
	}

/* c476f1eb-0123-45a5-9641-b4e7dde5bfe3: the vTPM */
#define SVSM_GUID_VTPM                                                                        \
	{                                                                                     \
		0xeb, 0xf1, 0x76, 0xc4, 0x23, 0x01, 0xa5, 0x45, 0x96, 0x41, 0xb4, 0xe7, 0xdd, \
			0xe5, 0xbf, 0xe3                                                      \
	}
/*
 * Its manifest of version 0, as other SVSMs have it, is the bare TPMT_PUBLIC of the
 * RSA endorsement key, without a header; the next one is Nacre's own.
 */
#define SVSM_VTPM_MANIFEST_BARE 0U
#define NACRE_VTPM_MANIFEST_VERSION 1U

#endif
