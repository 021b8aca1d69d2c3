/* SPDX-License-Identifier: MIT */
/* The calling convention of the paravisor, guest's side (svsm_call.h). */
#include "svsm_call.h"

#include <string.h>

#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "nae.h"

#define NO_ANSWER 0xffffffffffffffffULL

static void exit_with(void *regs)
{
	struct svsm_regs *r = regs;

	__asm__ volatile(
		"movq %[r8], %%r8\n"
		"movq %[r9], %%r9\n"
		"rep; vmmcall\n"
		"movq %%r8, %[r8]\n"
		"movq %%r9, %[r9]\n"
		: "+a"(r->rax), "+c"(r->rcx), "+d"(r->rdx), [r8] "+m"(r->r8), [r9] "+m"(r->r9)
		:
		: "r8", "r9", "memory");
}

static bool call_by_msr(void (*leave)(void *regs), void *regs)
{
	uint64_t before = rdmsr(MSR_GHCB), response;

	wrmsr(MSR_GHCB, GHCB_MSR_RUN_VMPL_REQ);
	leave(regs);
	response = rdmsr(MSR_GHCB);
	wrmsr(MSR_GHCB, before);
	return response == GHCB_MSR_RUN_VMPL_RESP;
}

static bool call_by_nae(void (*leave)(void *regs), void *regs)
{
	struct ghcb *g = cpu_self()->ghcb;

	memset(g->valid_bitmap, 0, sizeof(g->valid_bitmap));
	g->protocol_version = GHCB_VERSION;
	g->usage = GHCB_USAGE_STANDARD;
	g->sw_exit_code = GHCB_EVENT_RUN_VMPL;
	g->sw_exit_info1 = 0;
	g->sw_exit_info2 = 0;
	g->valid_bitmap[GHCB_VALID_BIT(sw_exit_code) / 64] =
		7UL << GHCB_VALID_BIT(sw_exit_code) % 64; /* code and both infos */
	wrmsr(MSR_GHCB, cpu_self()->ghcb_gpa);
	leave(regs);
	return (uint32_t)g->sw_exit_info1 == GHCB_RESULT_OK;
}

bool svsm_call_by(enum svsm_form form, void (*leave)(void *regs), void *regs)
{
	return form == SVSM_BY_NAE ? call_by_nae(leave, regs) : call_by_msr(leave, regs);
}

bool svsm_call_raw(struct svsm_regs *r, enum svsm_form form)
{
	return svsm_call_by(form, exit_with, r);
}

bool svsm_call(struct svsm_regs *r, enum svsm_form form)
{
	struct svsm_ca *ca = cpu_self()->ca;
	bool answered;

	__atomic_store_n(&ca->call_pending, 1, __ATOMIC_SEQ_CST);
	answered = svsm_call_raw(r, form);
	return !__atomic_exchange_n(&ca->call_pending, 0, __ATOMIC_SEQ_CST) && answered;
}

bool svsm_call_done(struct svsm_regs *r, enum svsm_form form)
{
	const struct svsm_regs first = *r;

	do {
		*r = first;
		if (!svsm_call(r, form))
			return false;
	} while (r->rax == SVSM_ERR_INCOMPLETE || r->rax == SVSM_ERR_BUSY);
	return true;
}

/* Its result, NO_ANSWER if none. */
static uint64_t core_call(uint32_t call, uint64_t rcx, uint64_t rdx, uint64_t r8)
{
	struct svsm_regs r = {svsm_function(SVSM_PROTOCOL_CORE, call), rcx, rdx, r8, 0};

	return svsm_call_done(&r, SVSM_BY_MSR) ? r.rax : NO_ANSWER;
}

/* The list stands in the calling area's free part, as Linux has it. */
uint64_t svsm_pvalidate_page(uint64_t gpa, uint32_t size, bool validate)
{
	uint64_t list_gpa = (uint64_t)cpu_self()->ca + SVSM_CA_BUFFER_OFFSET;
	struct svsm_pvalidate_list *list = (struct svsm_pvalidate_list *)list_gpa;

	list->num_entries = 1;
	list->next = 0;
	list->reserved = 0;
	list->entries[0] = gpa | (validate ? SVSM_PVALIDATE_ACTION_VALIDATE : 0) | size;
	return core_call(SVSM_CORE_PVALIDATE, list_gpa, 0, 0);
}

uint64_t svsm_create_vcpu(uint64_t vmsa_gpa, uint64_t ca_gpa, uint32_t apic_id)
{
	return core_call(SVSM_CORE_CREATE_VCPU, vmsa_gpa, ca_gpa, apic_id);
}

uint64_t svsm_delete_vcpu(uint64_t vmsa_gpa)
{
	return core_call(SVSM_CORE_DELETE_VCPU, vmsa_gpa, 0, 0);
}

uint64_t svsm_remap_ca(uint64_t ca_gpa)
{
	uint64_t result = core_call(SVSM_CORE_REMAP_CA, ca_gpa, 0, 0);

	if (result == SVSM_SUCCESS)
		cpu_self()->ca = (struct svsm_ca *)ca_gpa;
	return result;
}

uint64_t svsm_query_protocol(uint32_t protocol, uint32_t version)
{
	struct svsm_regs r = {.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL),
		.rcx = (uint64_t)protocol << 32 | version};

	return svsm_call(&r, SVSM_BY_MSR) && r.rax == SVSM_SUCCESS ? r.rcx : NO_ANSWER;
}
