/* SPDX-License-Identifier: MIT */
/*
 * The system calls of services: ring-3 programs of the paravisor's, each an
 * ordinary static Linux program. The number stands in EAX, its class in bits 27:16;
 * arguments in RDI, RSI, RDX, R10, R8, R9, the result in RAX: negative is an error
 * of Linux's, as -EFAULT. RCX and R11 are lost. Linux itself looks at all of EAX and
 * answers ENOSYS to every class but 0, so that a program can tell where it runs.
 *
 * A service may make only the calls of the classes that the image grants it
 * (include/service_table.h); any other is ENOSYS. Shared by the kernel and by the
 * services, so no header but compiler.h.
 */
#ifndef NACRE_SERVICE_H
#define NACRE_SERVICE_H

#include "compiler.h"

#define SERVICE_CALL(class, number) ((class) << 16 | (number))
#define SERVICE_CALL_CLASS(eax) ((eax) >> 16 & 0xfffU)
#define SERVICE_CALL_NUMBER(eax) ((eax)&0xffffU)

/* Class 0 is Linux's own calls, by Linux's numbers: those that a static program needs. */
enum service_class {
	SERVICE_CLASS_LINUX = 0,
	SERVICE_CLASS_SERVICE = 1,
	SERVICE_CLASS_PLATFORM = 2,
	SERVICE_CLASS_VM = 3,
	SERVICE_CLASS_INIT = 4,
};
#define SERVICE_CLASS_BIT(class) (1U << (class))

/* ---- Class 1: to serve ---- */

/*
 * (const struct service_announcement *): once, before the first wait; EBUSY if it is taken.
 * A service that was started anew can announce only what it did before: EINVAL.
 */
#define SERVICE_ANNOUNCE SERVICE_CALL(SERVICE_CLASS_SERVICE, 1)
/*
 * (struct service_request *, void *payload, size_t room): sleeps until there is a
 * request. The payload's size is in it; EMSGSIZE, and the request waits on, if @room
 * is less. EINVAL if the last request was not answered.
 */
#define SERVICE_WAIT SERVICE_CALL(SERVICE_CLASS_SERVICE, 2)
/*
 * (uint32_t result, const void *payload, size_t size): answers the last request.
 * @result is the SVSM result that the guest gets; EINVAL if there is no request or
 * @size is above SERVICE_PAYLOAD_MAX.
 */
#define SERVICE_REPLY SERVICE_CALL(SERVICE_CLASS_SERVICE, 3)

#define SERVICE_PAYLOAD_MAX 4096U
#define SERVICE_NO_PROTOCOL 0xffffffffU
#define SERVICE_WANTS_IDLE 1U /* SERVICE_REQUEST_IDLE */

struct service_announcement {
	uint32_t protocol; /* SVSM protocol that is served, or SERVICE_NO_PROTOCOL */
	uint32_t first_version, last_version;
	uint32_t flags;   /* SERVICE_WANTS_IDLE, or 0 */
	uint8_t guid[16]; /* in attestation, UEFI byte order; zero: no manifest */
	uint32_t first_manifest, last_manifest; /* versions, at most two */
};
ASSERT_SIZE(struct service_announcement, 40);

enum service_request_kind {
	/* A call of the protocol, @number. What its payload is, the protocol's file says. */
	SERVICE_REQUEST_CALL = 1,
	/* The body of manifest @number is wanted as the reply's payload. */
	SERVICE_REQUEST_MANIFEST = 2,
	/*
	 * A CPU has nothing to do: work that nobody waits for. Once in a launch, and only
	 * for services that want it; the answer says nothing.
	 */
	SERVICE_REQUEST_IDLE = 3,
};

struct service_request {
	uint32_t kind;
	uint32_t number;
	uint32_t size; /* bytes of payload */
	uint32_t reserved;
};
ASSERT_SIZE(struct service_request, 16);

/* ---- Class 2: the platform ---- */

/* (): nanoseconds since the launch, never less than before, on whatever CPU. */
#define SERVICE_CLOCK SERVICE_CALL(SERVICE_CLASS_PLATFORM, 1)
/*
 * (const struct service_report_wanted *, void *report, size_t room): an attestation
 * report at the paravisor's level; its size. Report data is formed by the kernel and
 * never equals that of protocol 1: SHA-512 over struct service_report_data. EAGAIN if
 * the host is busy, EIO if there will never be one.
 */
#define SERVICE_REPORT SERVICE_CALL(SERVICE_CLASS_PLATFORM, 2)
/*
 * (void *seed, size_t size): at most 64 bytes that this service of this launch alone
 * gets, of the kernel's generator and a key derived by the secure processor. EIO if the
 * generator has failed.
 */
#define SERVICE_SEED SERVICE_CALL(SERVICE_CLASS_PLATFORM, 3)
/* (uint32_t slot, void *data, size_t room), (uint32_t slot, const void *data, size_t size):
 * sealed storage; ENODEV where there is none. */
#define SERVICE_LOAD SERVICE_CALL(SERVICE_CLASS_PLATFORM, 4)
#define SERVICE_STORE SERVICE_CALL(SERVICE_CLASS_PLATFORM, 5)

struct service_report_wanted {
	uint32_t tag; /* the service's own; 0 is as good as any */
	uint32_t reserved;
	uint8_t data[64];
};
ASSERT_SIZE(struct service_report_wanted, 72);

/* @label stands where protocol 1 has the nonce, @guid where a manifest has its own. */
#define SERVICE_REPORT_LABEL "Nacre: a report that a service of the paravisor has asked for"
struct service_report_data {
	uint8_t label[64]; /* padded with zeros */
	uint8_t guid[16];  /* SERVICE_REPORT_GUID */
	uint32_t tag;
	uint32_t reserved;
	uint8_t service[16];
	uint8_t file_sha256[32];
	uint8_t data[64];
};
ASSERT_SIZE(struct service_report_data, 200);
/* 5b0f2c1e-6f0d-4d6e-8a41-0d6f6a6f3f9b */
#define SERVICE_REPORT_GUID                                                                   \
	{                                                                                     \
		0x1e, 0x2c, 0x0f, 0x5b, 0x0d, 0x6f, 0x6e, 0x4d, 0x8a, 0x41, 0x0d, 0x6f, 0x6a, \
			0x6f, 0x3f, 0x9b                                                      \
	}

/* ---- Class 3: contexts of the guest, one for each CPU: the vCPU that it serves ---- */

/* (): how many there are; they are numbered from 0. */
#define SERVICE_VM_COUNT SERVICE_CALL(SERVICE_CLASS_VM, 1)
/*
 * (uint32_t context): sleeps until that vCPU next leaves the guest for the paravisor. It
 * stands still until the service waits again, and its own call is served only then.
 * EINTR, also while asleep, when a request waits for the service: SERVICE_WAIT gives it.
 * EINVAL if the last request was not answered, ENOENT if there is no such context.
 */
#define SERVICE_VM_WAIT SERVICE_CALL(SERVICE_CLASS_VM, 2)
/*
 * (uint32_t context, struct service_vm_state *): EAGAIN unless that vCPU is in the
 * paravisor: where it has called the service, is waited for, or makes another call of
 * its own just then. In the last case registers of the answer may be in already.
 */
#define SERVICE_VM_READ SERVICE_CALL(SERVICE_CLASS_VM, 3)

struct service_vm_state {
	uint64_t exit_code; /* why it has left the guest: SVM_EXIT_* */
	uint64_t rip, rflags, cr0, cr3, cr4, efer;
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
};
ASSERT_SIZE(struct service_vm_state, 184);

/* ---- Class 4: for init alone ---- */

/* (uint32_t index, struct service_info *): ENOENT past the last one. Init itself is 0. */
#define SERVICE_INIT_INFO SERVICE_CALL(SERVICE_CLASS_INIT, 1)
/*
 * (uint32_t index): loads that service and makes it ready to run, which it does when init
 * sleeps. EACCES if its file is not the one that was measured, or comes too late: files
 * are read before the guest starts; ENOEXEC if it cannot be loaded; EBUSY if it is there
 * already; EPERM if it has ended and may not be started again, or was too often; EINVAL
 * for init.
 */
#define SERVICE_INIT_START SERVICE_CALL(SERVICE_CLASS_INIT, 2)
/* (struct service_end *): sleeps until a service has ended, each of which is told once. */
#define SERVICE_INIT_WAIT SERVICE_CALL(SERVICE_CLASS_INIT, 3)

#define SERVICE_INIT_NAME "init"
#define SERVICE_STARTS_MAX 16U /* of one service in a launch, whatever init wants */

#define SERVICE_NAME_MAX 16U
enum service_at_end {
	SERVICE_END_RETIRE = 0,  /* it held attested state: never again in this launch */
	SERVICE_END_RESTART = 1, /* init may start it anew */
};

struct service_info {
	char name[SERVICE_NAME_MAX]; /* ends in a zero */
	uint32_t classes;            /* SERVICE_CLASS_BIT() each */
	uint32_t at_end;             /* enum service_at_end */
	uint64_t memory;             /* budgets, as include/service_table.h has them */
	uint64_t slice, limit;
};
ASSERT_SIZE(struct service_info, 48);

enum service_end_reason {
	SERVICE_ENDED_EXIT = 1,   /* its own exit; @detail the status */
	SERVICE_ENDED_FAULT = 2,  /* @detail the exception's vector */
	SERVICE_ENDED_MEMORY = 3, /* beyond its stack or heap, or its budget; @detail pages of it */
	SERVICE_ENDED_TIME = 4,   /* more than its hard limit in a request */
	SERVICE_ENDED_RULES = 5,  /* too many wrong calls; @detail the last one's number */
};

struct service_end {
	uint32_t index;
	uint32_t reason; /* enum service_end_reason */
	uint64_t detail;
};
ASSERT_SIZE(struct service_end, 16);

#endif
