/* SPDX-License-Identifier: MIT */
/*
 * Commands, handles and NV attributes that the vTPM's own commands use: TCG, TPM 2.0
 * Library, Part 2, by the names there. Algorithms and keys are in include/tpm2.h.
 */
#ifndef NACRE_VTPM_TPM_COMMANDS_H
#define NACRE_VTPM_TPM_COMMANDS_H

#include "tpm2.h"

#define TPM_ST_SESSIONS 0x8002U

#define TPM_CC_EVICT_CONTROL 0x120U
#define TPM_CC_HIERARCHY_CONTROL 0x121U
#define TPM_CC_CHANGE_EPS 0x124U
#define TPM_CC_CHANGE_PPS 0x125U
#define TPM_CC_CLEAR 0x126U
#define TPM_CC_HIERARCHY_CHANGE_AUTH 0x129U
#define TPM_CC_NV_DEFINE_SPACE 0x12aU
#define TPM_CC_PCR_ALLOCATE 0x12bU
#define TPM_CC_CREATE_PRIMARY 0x131U
#define TPM_CC_NV_WRITE 0x137U
#define TPM_CC_NV_WRITE_LOCK 0x138U
#define TPM_CC_STARTUP 0x144U
#define TPM_CC_SHUTDOWN 0x145U
#define TPM_CC_FLUSH_CONTEXT 0x165U
#define TPM_CC_GET_CAPABILITY 0x17aU
#define TPM_CC_GET_TEST_RESULT 0x17cU

#define TPM_RC_SUCCESS 0x000U
#define TPM_RC_INITIALIZE 0x100U
#define TPM_RC_COMMAND_SIZE 0x142U

#define TPM_SU_CLEAR 0x0000U

#define TPM_RH_OWNER 0x40000001U
#define TPM_RH_ENDORSEMENT 0x4000000bU
#define TPM_RH_PLATFORM 0x4000000cU
#define TPM_RS_PW 0x40000009U

#define TPMA_NV_PPWRITE (1U << 0)
#define TPMA_NV_WRITEDEFINE (1U << 13)
#define TPMA_NV_PPREAD (1U << 16)
#define TPMA_NV_OWNERREAD (1U << 17)
#define TPMA_NV_AUTHREAD (1U << 18)
#define TPMA_NV_NO_DA (1U << 25)
#define TPMA_NV_PLATFORMCREATE (1U << 30)

#define TPM_CAP_HANDLES 0x1U
#define TPM_CAP_TPM_PROPERTIES 0x6U
#define TPM_PT_MANUFACTURER 0x105U
#define TPM_PT_FIRMWARE_VERSION_1 0x10bU

/* The first byte of a handle is its kind. */
#define TPM_HT(handle) ((handle) >> 24)
#define TPM_HT_NV_INDEX 0x01U
#define TPM_HT_PERSISTENT 0x81U

#endif
