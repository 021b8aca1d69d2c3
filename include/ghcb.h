/* SPDX-License-Identifier: MIT */
/*
 * The Guest-Hypervisor Communication Block (AMD publication 56421, version
 * 2.0x): the shared page, the MSR protocol and the event codes. Wire formats
 * only; the guest's side is platform/sev-snp/ghcb_page.c, the host's side is
 * tests/machine/host/.
 */
#ifndef NACRE_GHCB_H
#define NACRE_GHCB_H

#include "compiler.h"

#define GHCB_BUFFER_SIZE 2032U
#define GHCB_VERSION 2U
#define GHCB_USAGE_STANDARD 0U

/* GHCB page (56421, table 3). */
struct ghcb {
	uint8_t reserved_0[0xcb];
	uint8_t cpl;
	uint8_t reserved_cc[0x140 - 0xcc];
	uint64_t xss;
	uint8_t reserved_148[0x160 - 0x148];
	uint64_t dr7;
	uint8_t reserved_168[0x178 - 0x168];
	uint64_t rip;
	uint8_t reserved_180[0x1d8 - 0x180];
	uint64_t rsp;
	uint8_t reserved_1e0[0x1f8 - 0x1e0];
	uint64_t rax;
	uint8_t reserved_200[0x308 - 0x200];
	uint64_t rcx, rdx, rbx;
	uint64_t reserved_320;
	uint64_t rbp, rsi, rdi;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint8_t reserved_380[0x390 - 0x380];
	uint64_t sw_exit_code, sw_exit_info1, sw_exit_info2, sw_scratch;
	uint8_t reserved_3b0[0x3e8 - 0x3b0];
	uint64_t xcr0;
	uint64_t valid_bitmap[2];
	uint64_t x87_state_gpa;
	uint8_t reserved_408[0x800 - 0x408];
	uint8_t shared_buffer[GHCB_BUFFER_SIZE];
	uint8_t reserved_ff0[10];
	uint16_t protocol_version;
	uint32_t usage;
};
ASSERT_SIZE(struct ghcb, 4096);
ASSERT_OFFSET(struct ghcb, rcx, 0x308);
ASSERT_OFFSET(struct ghcb, sw_exit_code, 0x390);
ASSERT_OFFSET(struct ghcb, valid_bitmap, 0x3f0);
ASSERT_OFFSET(struct ghcb, shared_buffer, 0x800);
ASSERT_OFFSET(struct ghcb, protocol_version, 0xffa);

/* Position of @field in the valid bitmap: one bit per 8 bytes of the page. */
#define GHCB_VALID_BIT(field) (offsetof(struct ghcb, field) / 8)

/* MSR protocol: GHCBInfo, bits 11:0 of MSR 0xC0010130 (56421, table 1). */
#define GHCB_MSR_INFO_MASK 0xfffULL
enum ghcb_msr_info {
	GHCB_MSR_SEV_INFO = 0x001,
	GHCB_MSR_SEV_INFO_REQ = 0x002,
	GHCB_MSR_CPUID_REQ = 0x004,
	GHCB_MSR_CPUID_RESP = 0x005,
	GHCB_MSR_AP_RESET_HOLD_REQ = 0x006,
	GHCB_MSR_AP_RESET_HOLD_RESP = 0x007,
	GHCB_MSR_PREFERRED_GPA_REQ = 0x010,
	GHCB_MSR_PREFERRED_GPA_RESP = 0x011,
	GHCB_MSR_REGISTER_GPA_REQ = 0x012,
	GHCB_MSR_REGISTER_GPA_RESP = 0x013,
	GHCB_MSR_PSC_REQ = 0x014,
	GHCB_MSR_PSC_RESP = 0x015,
	GHCB_MSR_RUN_VMPL_REQ = 0x016,
	GHCB_MSR_RUN_VMPL_RESP = 0x017,
	GHCB_MSR_FEATURES_REQ = 0x080,
	GHCB_MSR_FEATURES_RESP = 0x081,
	GHCB_MSR_TERMINATE_REQ = 0x100,
};
#define GHCB_MSR_NO_GPA 0xfffffffffffffULL /* "none" or "refused" in bits 63:12 */

/* Hypervisor features (56421, table 4). */
#define GHCB_FEATURE_SNP BIT(0)
#define GHCB_FEATURE_AP_CREATION BIT(1)
#define GHCB_FEATURE_RESTRICTED_INJECTION BIT(2)
#define GHCB_FEATURE_RESTRICTED_TIMER BIT(3)
#define GHCB_FEATURE_APIC_ID_LIST BIT(4)
#define GHCB_FEATURE_MULTI_VMPL BIT(5)

/* Non-automatic events beyond the SVM exit codes (56421, table 7). */
enum ghcb_event {
	GHCB_EVENT_MMIO_READ = 0x80000001,
	GHCB_EVENT_MMIO_WRITE = 0x80000002,
	GHCB_EVENT_NMI_COMPLETE = 0x80000003,
	GHCB_EVENT_AP_RESET_HOLD = 0x80000004,
	GHCB_EVENT_AP_JUMP_TABLE = 0x80000005,
	GHCB_EVENT_PSC = 0x80000010,
	GHCB_EVENT_GUEST_REQUEST = 0x80000011,
	GHCB_EVENT_EXT_GUEST_REQUEST = 0x80000012,
	GHCB_EVENT_AP_CREATION = 0x80000013,
	GHCB_EVENT_HV_DOORBELL = 0x80000014,
	GHCB_EVENT_HV_IPI = 0x80000015,
	GHCB_EVENT_HV_TIMER = 0x80000016,
	GHCB_EVENT_APIC_ID_LIST = 0x80000017,
	GHCB_EVENT_RUN_VMPL = 0x80000018,
	GHCB_EVENT_FEATURES = 0x8000fffd,
	GHCB_EVENT_TERMINATE = 0x8000fffe,
	GHCB_EVENT_UNSUPPORTED = 0x8000ffff,
};

/* SW_EXITINFO1[31:0] of a response. */
enum ghcb_result {
	GHCB_RESULT_OK = 0,
	GHCB_RESULT_EXCEPTION = 1,
	GHCB_RESULT_MALFORMED = 2,
};

/* SW_EXITINFO2 when the request was malformed. */
enum ghcb_malformed {
	GHCB_ERR_NOT_REGISTERED = 1,
	GHCB_ERR_USAGE = 2,
	GHCB_ERR_SCRATCH = 3,
	GHCB_ERR_MISSING_INPUT = 4,
	GHCB_ERR_INVALID_INPUT = 5,
	GHCB_ERR_INVALID_EVENT = 6,
};

/* IOIO information in SW_EXITINFO1. */
#define IOIO_IN BIT(0)
#define IOIO_STRING BIT(2)
#define IOIO_REP BIT(3)
#define IOIO_SIZE8 BIT(4)
#define IOIO_SIZE16 BIT(5)
#define IOIO_SIZE32 BIT(6)
#define IOIO_ADDR16 BIT(7)
#define IOIO_ADDR32 BIT(8)
#define IOIO_ADDR64 BIT(9)
#define IOIO_PORT_SHIFT 16

/* Page state change (56421, 4.1.6). */
#define PSC_MAX_ENTRIES 253U
#define PSC_OP_PRIVATE 1U
#define PSC_OP_SHARED 2U
#define PSC_OP_PSMASH 3U
#define PSC_OP_UNSMASH 4U
#define PSC_ENTRY_CUR_PAGE_MASK 0xfffULL
#define PSC_ENTRY_GFN_SHIFT 12
#define PSC_ENTRY_GFN_MASK 0x000ffffffffff000ULL
#define PSC_ENTRY_OP_SHIFT 52
#define PSC_ENTRY_2M BIT(56)
#define PSC_ENTRY_RESERVED 0xfe00000000000000ULL

struct psc_buffer {
	uint16_t cur_entry;
	uint16_t end_entry;
	uint32_t reserved;
	uint64_t entries[PSC_MAX_ENTRIES];
};
ASSERT_SIZE(struct psc_buffer, GHCB_BUFFER_SIZE);

#define PSC_ERR_HEADER 0x100000001ULL
#define PSC_ERR_ENTRY 0x100000002ULL
#define PSC_ERR_GENERIC 0x10000000000ULL

/* AP creation: SW_EXITINFO1. */
#define AP_CREATE_ON_INIT 0U
#define AP_CREATE 1U
#define AP_DESTROY 2U
#define AP_CREATION_VMPL_SHIFT 16
#define AP_CREATION_APIC_ID_SHIFT 32

/* Termination reasons, set 0 (56421, 2.3.2). */
#define TERM_SET_GHCB 0U
#define TERM_GENERAL 0U
#define TERM_PROTOCOL 1U
#define TERM_NO_SNP 2U

/*
 * Termination reasons of Nacre's own, set 2: what the paravisor says when the
 * host or the machine leaves it no way on. Set 1 is Linux's.
 */
#define TERM_SET_NACRE 2U
enum nacre_term {
	TERM_NACRE_PANIC = 0,       /* a broken invariant of the paravisor's own */
	TERM_NACRE_HOST_LIE = 1,    /* a GHCB answer that breaks the protocol */
	TERM_NACRE_PVALIDATE = 2,   /* PVALIDATE or RMPADJUST failed or lied */
	TERM_NACRE_CPUID = 3,       /* CPUID page unusable */
	TERM_NACRE_PARAMETERS = 4,  /* IGVM parameters inconsistent */
	TERM_NACRE_NO_MEMORY = 5,   /* the guest machine is too small */
	TERM_NACRE_DIGEST = 6,      /* kernel, initramfs or command line differ */
	TERM_NACRE_FEATURES = 7,    /* the host or CPU lacks what is needed */
	TERM_NACRE_EXCEPTION = 8,   /* an exception where none may come */
	TERM_NACRE_GUEST_IMAGE = 9, /* no bootable kernel from the host */
};

#endif
