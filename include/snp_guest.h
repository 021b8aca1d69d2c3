/* SPDX-License-Identifier: MIT */
/*
 * What a guest and the secure processor say to each other after launch (SNP
 * firmware ABI, publication 56860): guest messages, the attestation report,
 * derived keys, the certificate table of the host's extended request, and the
 * ID block. Wire formats only, little-endian, shared by the paravisor, the
 * emulated machine, the tools and the tests.
 */
#ifndef NACRE_SNP_GUEST_H
#define NACRE_SNP_GUEST_H

#include "compiler.h"
#include "snp.h"

/* Guest messages: one page, header in clear, payload encrypted. */
enum snp_msg_type {
	SNP_MSG_CPUID_REQ = 1,
	SNP_MSG_CPUID_RSP = 2,
	SNP_MSG_KEY_REQ = 3,
	SNP_MSG_KEY_RSP = 4,
	SNP_MSG_REPORT_REQ = 5,
	SNP_MSG_REPORT_RSP = 6,
	SNP_MSG_EXPORT_REQ = 7,
	SNP_MSG_EXPORT_RSP = 8,
	SNP_MSG_IMPORT_REQ = 9,
	SNP_MSG_IMPORT_RSP = 10,
	SNP_MSG_ABSORB_REQ = 11,
	SNP_MSG_ABSORB_RSP = 12,
	SNP_MSG_VMRK_REQ = 13,
	SNP_MSG_VMRK_RSP = 14,
	SNP_MSG_TSC_INFO_REQ = 17,
	SNP_MSG_TSC_INFO_RSP = 18,
};

#define SNP_MSG_AES_256_GCM 1U
#define SNP_MSG_HEADER_VERSION 1U
#define SNP_MSG_VERSION 1U
#define SNP_MSG_TAG_SIZE 16U
#define SNP_MSG_IV_SIZE 12U
#define SNP_MSG_PAYLOAD_MAX 4000U

/*
 * The authenticated data are the 48 bytes from @algorithm on; the IV is the
 * sequence number and four zero bytes.
 */
struct snp_msg_header {
	uint8_t auth_tag[32]; /* the first SNP_MSG_TAG_SIZE are used, the rest is zero */
	uint64_t sequence;
	uint8_t reserved_28[8];
	uint8_t algorithm;
	uint8_t header_version;
	uint16_t header_size;
	uint8_t type; /* enum snp_msg_type */
	uint8_t version;
	uint16_t payload_size;
	uint32_t reserved_38;
	uint8_t vmpck;
	uint8_t reserved_3d[35];
};
ASSERT_SIZE(struct snp_msg_header, 0x60);
ASSERT_OFFSET(struct snp_msg_header, sequence, 0x20);
ASSERT_OFFSET(struct snp_msg_header, algorithm, 0x30);
ASSERT_OFFSET(struct snp_msg_header, vmpck, 0x3c);
#define SNP_MSG_AAD_OFFSET 0x30U
#define SNP_MSG_AAD_SIZE 0x30U

struct snp_msg {
	struct snp_msg_header header;
	uint8_t payload[SNP_MSG_PAYLOAD_MAX];
};
ASSERT_SIZE(struct snp_msg, PAGE_SIZE);

/* Status in the payload of a response. */
enum snp_msg_status {
	SNP_MSG_SUCCESS = 0,
	SNP_MSG_INVALID_PARAMETERS = 0x16,
	SNP_MSG_INVALID_KEY_SELECTION = 0x27,
};

/* MSG_REPORT_REQ and _RSP. */
#define SNP_REPORT_DATA_SIZE 64U
#define SNP_KEY_SELECT_AUTO 0U
#define SNP_KEY_SELECT_VCEK 1U
#define SNP_KEY_SELECT_VLEK 2U
#define SNP_KEY_SELECT_MASK 0x3U
struct snp_report_req {
	uint8_t report_data[SNP_REPORT_DATA_SIZE];
	uint32_t vmpl; /* at least that of the VMPCK used */
	uint32_t key_select;
	uint8_t reserved_48[24];
};
ASSERT_SIZE(struct snp_report_req, 0x60);

/* A version of a part of the TCB's firmware. */
struct snp_firmware_version {
	uint8_t build, minor, major, reserved;
};

struct snp_signature {
	uint8_t r[72], s[72]; /* little-endian */
	uint8_t reserved[368];
};
ASSERT_SIZE(struct snp_signature, 512);

/* ATTESTATION_REPORT. The signature covers what is before it. */
struct snp_report {
	uint32_t version; /* 2, 3, 4, 5 */
	uint32_t guest_svn;
	uint64_t policy;
	uint8_t family_id[16];
	uint8_t image_id[16];
	uint32_t vmpl;
	uint32_t signature_algorithm;
	uint64_t current_tcb;
	uint64_t platform_info;
	uint32_t key_info;
	uint32_t reserved_4c;
	uint8_t report_data[SNP_REPORT_DATA_SIZE];
	uint8_t measurement[SNP_DIGEST_SIZE];
	uint8_t host_data[32];
	uint8_t id_key_digest[SNP_DIGEST_SIZE];
	uint8_t author_key_digest[SNP_DIGEST_SIZE];
	uint8_t report_id[32];
	uint8_t report_id_ma[32]; /* all ones without a migration agent */
	uint64_t reported_tcb;
	uint8_t cpuid_family, cpuid_model, cpuid_stepping; /* version 3 and later */
	uint8_t reserved_18b[21];
	uint8_t chip_id[64];
	uint64_t committed_tcb;
	struct snp_firmware_version current, committed;
	uint64_t launch_tcb;
	uint64_t launch_mit_vector, current_mit_vector; /* version 5 and later */
	uint8_t reserved_208[152];
	struct snp_signature signature;
};
ASSERT_SIZE(struct snp_report, 0x4a0);
ASSERT_OFFSET(struct snp_report, vmpl, 0x30);
ASSERT_OFFSET(struct snp_report, report_data, 0x50);
ASSERT_OFFSET(struct snp_report, measurement, 0x90);
ASSERT_OFFSET(struct snp_report, host_data, 0xc0);
ASSERT_OFFSET(struct snp_report, report_id, 0x140);
ASSERT_OFFSET(struct snp_report, reported_tcb, 0x180);
ASSERT_OFFSET(struct snp_report, chip_id, 0x1a0);
ASSERT_OFFSET(struct snp_report, launch_tcb, 0x1f0);
ASSERT_OFFSET(struct snp_report, signature, 0x2a0);

#define SNP_REPORT_ECDSA_P384_SHA384 1U
#define SNP_REPORT_KEY_AUTHOR_EN BIT(0)
#define SNP_REPORT_KEY_MASK_CHIP BIT(1)
#define SNP_REPORT_KEY_SIGNER_SHIFT 2
#define SNP_REPORT_KEY_SIGNER_MASK 0x7U
enum snp_report_signer {
	SNP_SIGNER_VCEK = 0,
	SNP_SIGNER_VLEK = 1,
	SNP_SIGNER_NONE = 7,
};

struct snp_report_rsp {
	uint32_t status;
	uint32_t report_size;
	uint8_t reserved_8[24];
	struct snp_report report;
};
ASSERT_SIZE(struct snp_report_rsp, 0x4c0);

/* MSG_KEY_REQ and _RSP. */
#define SNP_KEY_ROOT_VCEK 0U
#define SNP_KEY_ROOT_VMRK 1U
#define SNP_KEY_FIELD_POLICY BIT(0)
#define SNP_KEY_FIELD_IMAGE_ID BIT(1)
#define SNP_KEY_FIELD_FAMILY_ID BIT(2)
#define SNP_KEY_FIELD_MEASUREMENT BIT(3)
#define SNP_KEY_FIELD_GUEST_SVN BIT(4)
#define SNP_KEY_FIELD_TCB BIT(5)
#define SNP_KEY_SIZE 32U
struct snp_key_req {
	uint32_t root_key_select;
	uint32_t reserved_4;
	uint64_t guest_field_select;
	uint32_t vmpl;
	uint32_t guest_svn;
	uint64_t tcb_version;
};
ASSERT_SIZE(struct snp_key_req, 0x20);

struct snp_key_rsp {
	uint32_t status;
	uint8_t reserved_4[28];
	uint8_t key[SNP_KEY_SIZE];
};
ASSERT_SIZE(struct snp_key_rsp, 0x40);

/* MSG_TSC_INFO_REQ and _RSP. */
struct snp_tsc_info_req {
	uint8_t reserved[128];
};
struct snp_tsc_info_rsp {
	uint32_t status;
	uint32_t reserved_4;
	uint64_t tsc_scale;
	uint64_t tsc_offset;
	uint32_t tsc_factor;
	uint8_t reserved_1c[100];
};
ASSERT_SIZE(struct snp_tsc_info_rsp, 128);

/* exit_info_2 of the guest request: [31:0] of the firmware, [63:32] of the host. */
#define SNP_GUEST_VMM_SHIFT 32
enum snp_guest_vmm_error {
	SNP_GUEST_VMM_OK = 0,
	SNP_GUEST_VMM_INVALID_LEN = 1, /* RBX: the pages that the certificates need */
	SNP_GUEST_VMM_BUSY = 2,
};

/* Firmware error of a guest request, as the host passes it on. */
enum snp_firmware_error {
	SNP_FW_SUCCESS = 0,
	SNP_FW_INVALID_LENGTH = 0x04,
	SNP_FW_INVALID_ADDRESS = 0x09,
	SNP_FW_BAD_MEASUREMENT = 0x0b,
	SNP_FW_HARDWARE = 0x13,
	SNP_FW_UNSUPPORTED = 0x15,
	SNP_FW_INVALID_PARAM = 0x16,
	SNP_FW_INVALID_PAGE_STATE = 0x1a,
	SNP_FW_AEAD_OFLOW = 0x1d,
};

/*
 * Certificate table: entries, an all-zero
 * one at the end, then the certificates; offsets count from the table's start.
 * The GUIDs stand in the byte order of their text.
 */
#define SNP_GUID_SIZE 16U
struct snp_cert_entry {
	uint8_t guid[SNP_GUID_SIZE];
	uint32_t offset;
	uint32_t length;
};
ASSERT_SIZE(struct snp_cert_entry, 24);

/* 63da758d-e664-4564-adc5-f4b93be8accd */
#define SNP_CERT_GUID_VCEK                                                                    \
	{                                                                                     \
		0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, \
			0xe8, 0xac, 0xcd                                                      \
	}
/* a8074bc2-a25a-483e-aae6-39c045a0b8a1 */
#define SNP_CERT_GUID_VLEK                                                                    \
	{                                                                                     \
		0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, 0x39, 0xc0, 0x45, \
			0xa0, 0xb8, 0xa1                                                      \
	}
/* 4ab7b379-bbac-4fe4-a02f-05aef327c782: the ASK of a VCEK, the ASVK of a VLEK */
#define SNP_CERT_GUID_ASK                                                                     \
	{                                                                                     \
		0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae, 0xf3, \
			0x27, 0xc7, 0x82                                                      \
	}
/* c0b406a4-a803-4952-9743-3fb6014cd0ae */
#define SNP_CERT_GUID_ARK                                                                     \
	{                                                                                     \
		0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6, 0x01, \
			0x4c, 0xd0, 0xae                                                      \
	}

/* ID_BLOCK and ID_AUTH of SNP_LAUNCH_FINISH. */
#define SNP_ID_BLOCK_VERSION 1U
struct snp_id_block {
	uint8_t launch_digest[SNP_DIGEST_SIZE];
	uint8_t family_id[16];
	uint8_t image_id[16];
	uint32_t version;
	uint32_t guest_svn;
	uint64_t policy;
};
ASSERT_SIZE(struct snp_id_block, 96);

#define SNP_CURVE_P384 2U
/* ID and author key digests are SHA-384 over this structure. */
struct snp_public_key {
	uint32_t curve;
	uint8_t qx[72], qy[72]; /* little-endian */
	uint8_t reserved[880];
};
ASSERT_SIZE(struct snp_public_key, 0x404);

struct snp_id_auth {
	uint32_t id_key_algorithm; /* SNP_REPORT_ECDSA_P384_SHA384 */
	uint32_t author_key_algorithm;
	uint8_t reserved_8[56];
	struct snp_signature id_block_signature;
	struct snp_public_key id_key;
	uint8_t reserved_644[60];
	struct snp_signature id_key_signature;
	struct snp_public_key author_key;
	uint8_t reserved_c84[892];
};
ASSERT_SIZE(struct snp_id_auth, 4096);
ASSERT_OFFSET(struct snp_id_auth, id_block_signature, 0x40);
ASSERT_OFFSET(struct snp_id_auth, id_key, 0x240);
ASSERT_OFFSET(struct snp_id_auth, id_key_signature, 0x680);
ASSERT_OFFSET(struct snp_id_auth, author_key, 0x880);

#endif
