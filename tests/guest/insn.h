/* SPDX-License-Identifier: MIT */
/* Instructions that bare-metal guests need and C cannot express. */
#ifndef GUEST_INSN_H
#define GUEST_INSN_H

#include "snp.h"
#include "x86.h"

static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* REP VMMCALL: to the host, without a #VC. */
static inline void vmgexit(void)
{
	__asm__ volatile("rep; vmmcall" : : : "memory");
}

static inline void cpu_relax(void)
{
	__asm__ volatile("pause" : : : "memory");
}

static inline void halt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}

static inline void interrupts_on(void)
{
	__asm__ volatile("sti" : : : "memory");
}

static inline void interrupts_off(void)
{
	__asm__ volatile("cli" : : : "memory");
}

static inline uint64_t read_cr3(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr3, %0" : "=r"(value));
	return value;
}

static inline void write_cr3(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static inline uint64_t read_cr0(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

static inline void write_cr0(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

static inline uint64_t read_cr4(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

static inline void write_cr4(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

static inline uint64_t read_rflags(void)
{
	uint64_t value;

	__asm__ volatile("pushfq; pop %0" : "=r"(value));
	return value;
}

static inline void invlpg(const void *va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

/* The SNP instructions by their bytes: what an assembler may not know. */
#define INSN_PVALIDATE ".byte 0xf2, 0x0f, 0x01, 0xff"
#define INSN_RMPADJUST ".byte 0xf3, 0x0f, 0x01, 0xfe"
#define INSN_RMPQUERY ".byte 0xf3, 0x0f, 0x01, 0xfd"
#define INSN_INVLPGB ".byte 0x0f, 0x01, 0xfe"
#define INSN_TLBSYNC ".byte 0x0f, 0x01, 0xff"

struct pvalidate_result {
	uint64_t code; /* enum rmp_result, the whole of RAX */
	bool no_change;
};

static inline struct pvalidate_result pvalidate(const void *va, uint64_t size, bool validate)
{
	struct pvalidate_result r;

	__asm__ volatile(INSN_PVALIDATE
			 : "=a"(r.code), "=@ccc"(r.no_change)
			 : "a"(va), "c"(size), "d"((uint64_t)validate)
			 : "memory");
	return r;
}

static inline uint64_t rmpadjust(const void *va, uint64_t size, uint64_t attributes)
{
	uint64_t code;

	__asm__ volatile(INSN_RMPADJUST
			 : "=a"(code)
			 : "a"(va), "c"(size), "d"(attributes)
			 : "memory", "cc");
	return code;
}

/* RMPADJUST's RDX. */
static inline uint64_t rmp_attributes(uint64_t vmpl, uint64_t perms)
{
	return vmpl | perms << RMPADJUST_PERM_SHIFT;
}

struct rmpquery_result {
	uint64_t code, attributes, size;
};

static inline struct rmpquery_result rmpquery(const void *va, uint64_t vmpl)
{
	struct rmpquery_result r;

	__asm__ volatile(INSN_RMPQUERY
			 : "=a"(r.code), "=d"(r.attributes), "=c"(r.size)
			 : "a"(va), "d"(vmpl), "c"(0UL)
			 : "memory", "cc");
	return r;
}

#endif
