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

#endif
