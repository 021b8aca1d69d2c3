/* SPDX-License-Identifier: MIT */
/*
 * The reverse map table: one entry for each 4 KiB frame of the guest's
 * machine, and the instructions that change it. PVALIDATE, RMPADJUST and
 * RMPQUERY act for a guest (instructions.c decodes them); RMPUPDATE and PSMASH
 * act for the host. Every function here takes the RMP lock itself unless its
 * name ends in _locked.
 */
#ifndef MACHINE_RMP_H
#define MACHINE_RMP_H

#include "core.h"
#include "snp.h"

enum rmp_flag {
	RMP_ASSIGNED = 1,
	RMP_VALIDATED = 2,
	RMP_VMSA = 4,
	RMP_2M = 8,
	RMP_INUSE = 16, /* a VMSA that a vCPU runs */
};

struct rmp_entry {
	uint32_t gpn;
	uint16_t perms; /* 4 bits a VMPL */
	uint8_t flags;
	uint8_t reserved;
};

/* A frame's number: guest RAM first, in order, then the windows' frames. */
typedef uint32_t frame_t;
#define NO_FRAME UINT32_MAX

void rmp_init(uint64_t seed);

/* The host's map: which frame stands at a guest page; NO_FRAME where no RAM is. */
frame_t host_map(uint64_t gpn);
/* Puts @frame at guest page @gpn (the host may do so at any time). */
void host_map_set(uint64_t gpn, frame_t frame);
/* True if @gpn is guest RAM (or in a window). */
bool gpn_is_ram(uint64_t gpn);
uint64_t frame_pa(frame_t frame);
/* One past the highest guest page of RAM, the windows excluded. */
uint64_t ram_end_gpn(void);

/*
 * Windows: memory of the machine's besides RAM, where an image's region lies and
 * where a firmware does. QEMU makes as much as an IGVM file requires; here it is fixed.
 */
#define REGION_WINDOW_BASE 0xfc000000ULL
#define REGION_WINDOW_SIZE 0x2c00000ULL
#define FIRMWARE_BASE 0xff000000ULL
#define FIRMWARE_SIZE 0x1000000ULL

/* A copy of the entry of @frame. */
struct rmp_entry rmp_read(frame_t frame);

static inline uint32_t rmp_perms(const struct rmp_entry *e, uint32_t vmpl)
{
	return e->perms >> (vmpl * 4) & 0xf;
}

/* --- Host's instructions --- */

/*
 * RMPUPDATE: assigns @frame to the guest at @gpn, or takes it back. Validated,
 * VMSA and permissions are reset; the bytes do not survive. @size: RMP_SIZE_*.
 * Returns RMP_SUCCESS, RMP_FAIL_INPUT, RMP_FAIL_INUSE or RMP_FAIL_OVERLAP.
 */
enum rmp_result rmp_update(frame_t frame, uint64_t gpn, bool assigned, uint32_t size);
/* PSMASH: splits the 2 MiB entry that holds @frame. */
enum rmp_result rmp_psmash(frame_t frame);

/* --- Launch (the secure processor's): a page becomes the guest's and validated --- */
void rmp_launch_page(uint64_t gpn, bool vmsa);

/* --- Guest's instructions --- */

/* What stops an instruction before it has a result. */
enum rmp_stop {
	RMP_DONE,
	RMP_STOP_NPF,           /* not assigned, or another page's frame: to the host */
	RMP_STOP_SIZE,          /* 4 KiB operand on a 2 MiB entry: to the host, which splits */
	RMP_STOP_NOT_VALIDATED, /* #VC 404h */
};

struct rmp_request {
	uint64_t gpn;
	uint32_t size;   /* RMP_SIZE_* */
	uint32_t vmpl;   /* of the caller */
	bool validate;   /* PVALIDATE */
	uint32_t target; /* RMPADJUST, RMPQUERY */
	uint32_t perms;  /* RMPADJUST in, RMPQUERY out */
	bool vmsa;       /* RMPADJUST in, RMPQUERY out */
	bool no_change;  /* PVALIDATE out: carry flag */
	bool took;       /* RMPADJUST out: a right that the target had is gone */
	enum rmp_result result;
};

enum rmp_stop rmp_pvalidate(struct rmp_request *r);
enum rmp_stop rmp_adjust(struct rmp_request *r);
enum rmp_stop rmp_query(struct rmp_request *r);

/* --- Access --- */

enum access_verdict {
	ACCESS_OK,
	ACCESS_NO_RAM,
	ACCESS_NOT_ASSIGNED, /* private access to a shared page */
	ACCESS_FOREIGN,      /* the frame belongs to another guest page */
	ACCESS_NOT_VALIDATED,
	ACCESS_PERMISSION,
	ACCESS_INUSE,    /* write to a VMSA that runs */
	ACCESS_ASSIGNED, /* shared access to a private page */
};

/* @perm: RMP_PERM_* bits wanted. */
enum access_verdict rmp_check(uint64_t gpn, bool private, uint32_t vmpl, uint32_t perm);

/* --- VMSA in use --- */

/* Marks the VMSA at @gpn as running; fails as VMRUN does. */
enum access_verdict rmp_vmsa_enter(uint64_t gpn);
/* @frame: the one that was entered; the host may have mapped another since. */
void rmp_vmsa_leave(uint64_t gpn, frame_t frame);

extern struct spinlock rmp_lock;

#endif
