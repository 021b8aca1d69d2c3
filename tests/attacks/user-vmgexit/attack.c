/* SPDX-License-Identifier: MIT */
/*
 * VMGEXIT from user mode. Ring 3 may execute it; it leaves to the host with
 * whatever the guest's kernel last left in the GHCB MSR. A program of the
 * guest's loads the registers of a call and leaves: if the paravisor took that
 * for a call of the kernel's, any program could have its kernel's memory
 * rescinded.
 *
 * The call is not pending in the calling area, to which ring 3 has no way, and
 * so it is not served; the program goes on with its registers as they were.
 */
#include "accomplice.h"

#include "cpu.h"
#include "insn.h"
#include "nae.h"
#include "user.h"

/* What the program asks for: RDI leads to it, and what it finds goes back there. */
struct request {
	uint64_t rax, rcx, rdx, r8;
};

USER_CODE(user_call, "movq (%rdi), %rax; movq 8(%rdi), %rcx; movq 16(%rdi), %rdx; "
		     "movq 24(%rdi), %r8; rep; vmmcall; "
		     "movq %rax, (%rdi); movq %rcx, 8(%rdi); int3");

static struct request *request;
static uint64_t request_va;

static struct request *user_page(void)
{
	request = page_alloc();
	request_va = paging_window();
	paging_map(request_va, pte_user((uint64_t)request));
	return request;
}

/* The kernel was last at the paravisor's door, by the MSR protocol. */
static void leave_with(uint64_t msr, uint64_t call, uint64_t rcx)
{
	uint64_t before = rdmsr(MSR_GHCB), rax = svsm_function(SVSM_PROTOCOL_CORE, (uint32_t)call);

	*user_page() = (struct request){.rax = rax, .rcx = rcx};
	wrmsr(MSR_GHCB, msr);
	EXPECT_EQ(USER_RUN(user_call, request_va).vector, VEC_BP);
	wrmsr(MSR_GHCB, before);
	EXPECT_EQ(request->rax, rax);
	EXPECT_EQ(request->rcx, rcx);
}

static void query(void)
{
	leave_with(GHCB_MSR_RUN_VMPL_REQ, SVSM_CORE_QUERY_PROTOCOL, 1);
}

static void remap(void)
{
	uint8_t *page = page_alloc();

	pattern_fill(page);
	leave_with(GHCB_MSR_RUN_VMPL_REQ, SVSM_CORE_REMAP_CA, (uint64_t)page);
	EXPECT(pattern_holds(page));
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

static void rescind(void)
{
	struct svsm_pvalidate_list *list = page_alloc();
	uint8_t *page = page_alloc();

	pattern_fill(page);
	list->num_entries = 1;
	list->entries[0] = (uint64_t)page | RESCIND;
	leave_with(GHCB_MSR_RUN_VMPL_REQ, SVSM_CORE_PVALIDATE, (uint64_t)list);
	EXPECT(pattern_holds(page));
	EXPECT_EQ(list->next, 0);
}

/* The kernel's last event was the call, by its GHCB. */
static void by_ghcb(void)
{
	struct svsm_regs r = {.rax = svsm_function(0, SVSM_CORE_QUERY_PROTOCOL), .rcx = 1};

	EXPECT(svsm_call(&r, SVSM_BY_NAE));
	cpu_self()->ghcb->sw_exit_info1 = 0;
	cpu_self()->ghcb->valid_bitmap[1] = 7UL << GHCB_VALID_BIT(sw_exit_code) % 64;
	leave_with(cpu_self()->ghcb_gpa, SVSM_CORE_QUERY_PROTOCOL, 1);
}

static const struct test_case cases[] = {
	{"a query is not answered", query},
	{"the calling area is not moved", remap},
	{"no page is rescinded", rescind},
	{"nor by the GHCB as the kernel left it", by_ghcb},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
