/* SPDX-License-Identifier: MIT */
/*
 * Numbers of TPM 2.0 (TCG, TPM 2.0 Library, part 2: structures) and of event
 * logs (TCG, PC Client Platform Firmware Profile). On the wire of a TPM they are
 * big-endian, in event logs little-endian. For the vTPM, nacre-verify
 * and their tests.
 */
#ifndef NACRE_TPM2_H
#define NACRE_TPM2_H

#include "compiler.h"

/* TPM_ALG_ID (part 2, table 9). */
enum tpm_alg {
	TPM_ALG_RSA = 0x0001,
	TPM_ALG_SHA1 = 0x0004,
	TPM_ALG_AES = 0x0006,
	TPM_ALG_SHA256 = 0x000b,
	TPM_ALG_SHA384 = 0x000c,
	TPM_ALG_SHA512 = 0x000d,
	TPM_ALG_NULL = 0x0010,
	TPM_ALG_RSASSA = 0x0014,
	TPM_ALG_RSAES = 0x0015,
	TPM_ALG_RSAPSS = 0x0016,
	TPM_ALG_OAEP = 0x0017,
	TPM_ALG_ECDSA = 0x0018,
	TPM_ALG_ECDH = 0x0019,
	TPM_ALG_ECDAA = 0x001a,
	TPM_ALG_SM2 = 0x001b,
	TPM_ALG_ECSCHNORR = 0x001c,
	TPM_ALG_ECC = 0x0023,
	TPM_ALG_CFB = 0x0043,
};

/* What a command and an answer begin with (part 3, section 5): tag, size, code. */
#define TPM_HEADER_SIZE 10U
#define TPM_ST_NO_SESSIONS 0x8001U
#define TPM_RC_FAILURE 0x101U

/* TPM_ECC_CURVE (table 10). */
enum tpm_curve {
	TPM_ECC_NIST_P256 = 0x0003,
	TPM_ECC_NIST_P384 = 0x0004,
};

/* TPMA_OBJECT (table 31). */
#define TPMA_OBJECT_FIXED_TPM BIT(1)
#define TPMA_OBJECT_FIXED_PARENT BIT(4)
#define TPMA_OBJECT_SENSITIVE_DATA_ORIGIN BIT(5)
#define TPMA_OBJECT_USER_WITH_AUTH BIT(6)
#define TPMA_OBJECT_ADMIN_WITH_POLICY BIT(7)
#define TPMA_OBJECT_NO_DA BIT(10)
#define TPMA_OBJECT_RESTRICTED BIT(16)
#define TPMA_OBJECT_DECRYPT BIT(17)
#define TPMA_OBJECT_SIGN BIT(18)
/* Bits that mean nothing and must be zero. */
#define TPMA_OBJECT_RESERVED 0xfff0f309U

/* What a TPM attests to begins with this, and nothing else that a restricted key signs does. */
#define TPM_GENERATED_VALUE 0xff544347U
#define TPM_ST_ATTEST_QUOTE 0x8018U

#define TPM_PCR_COUNT 24U
#define TPM_DIGEST_MAX 64U
/* TPM2B_NAME of an object: algorithm and digest. */
#define TPM_NAME_MAX (2U + TPM_DIGEST_MAX)
/* TPM2B_DATA, such as a quote's nonce: as large as TPMT_HA. */
#define TPM_DATA_MAX (2U + TPM_DIGEST_MAX)

/* Event types that a replay must know (PC Client PFP, table 14). */
#define TCG_EV_NO_ACTION 3U

#endif
