/* SPDX-License-Identifier: MIT */
/* GHCB requests of a guest (nae.h). */
#include "nae.h"

#include <string.h>

#include "check.h"
#include "cpu.h"
#include "insn.h"
#include "memory.h"

#define NO_ANSWER UINT64_MAX

uint64_t ghcb_msr_call(uint64_t request)
{
	uint64_t before = rdmsr(MSR_GHCB), response;

	wrmsr(MSR_GHCB, request);
	vmgexit();
	response = rdmsr(MSR_GHCB);
	wrmsr(MSR_GHCB, before);
	return response;
}

static uint64_t high_part(uint64_t response, uint64_t expected)
{
	return (response & GHCB_MSR_INFO_MASK) == expected ? response >> 32 : NO_ANSWER;
}

uint64_t ghcb_msr_psc(uint64_t gpn, uint64_t operation)
{
	return high_part(ghcb_msr_call(operation << PSC_ENTRY_OP_SHIFT | gpn << PAGE_SHIFT |
				       GHCB_MSR_PSC_REQ),
		GHCB_MSR_PSC_RESP);
}

bool ghcb_msr_register(uint64_t gpa)
{
	return ghcb_msr_call(gpa | GHCB_MSR_REGISTER_GPA_REQ) == (gpa | GHCB_MSR_REGISTER_GPA_RESP);
}

uint64_t ghcb_msr_run_vmpl(uint32_t vmpl)
{
	return high_part(ghcb_msr_call((uint64_t)vmpl << 32 | GHCB_MSR_RUN_VMPL_REQ),
		GHCB_MSR_RUN_VMPL_RESP);
}

bool ghcb_use(uint64_t gpa)
{
	struct cpu *cpu = cpu_self();

	if (!ghcb_msr_register(gpa))
		return false;
	wrmsr(MSR_GHCB, gpa);
	cpu->ghcb_gpa = gpa;
	cpu->ghcb = shared_view(gpa);
	return true;
}

bool ghcb_setup(void)
{
	uint64_t gpa;

	page_alloc_shared(&gpa);
	return ghcb_use(gpa);
}

static void mark(struct ghcb *g, uint32_t bit)
{
	g->valid_bitmap[bit / 64] |= BIT(bit % 64);
}

static bool marked(const struct ghcb *g, uint32_t bit)
{
	return g->valid_bitmap[bit / 64] >> bit % 64 & 1;
}

/* Both directions in one table: field flag, place in the page, place in struct nae. */
static const struct field {
	uint32_t flag, page, request;
} fields[] = {
	{NAE_RAX, offsetof(struct ghcb, rax), offsetof(struct nae, rax)},
	{NAE_RBX, offsetof(struct ghcb, rbx), offsetof(struct nae, rbx)},
	{NAE_RCX, offsetof(struct ghcb, rcx), offsetof(struct nae, rcx)},
	{NAE_RDX, offsetof(struct ghcb, rdx), offsetof(struct nae, rdx)},
	{NAE_XCR0, offsetof(struct ghcb, xcr0), offsetof(struct nae, xcr0)},
	{NAE_XSS, offsetof(struct ghcb, xss), offsetof(struct nae, xss)},
	{NAE_SCRATCH, offsetof(struct ghcb, sw_scratch), offsetof(struct nae, scratch)},
	{NAE_CODE, offsetof(struct ghcb, sw_exit_code), offsetof(struct nae, code)},
	{NAE_INFO1, offsetof(struct ghcb, sw_exit_info1), offsetof(struct nae, info1)},
	{NAE_INFO2, offsetof(struct ghcb, sw_exit_info2), offsetof(struct nae, info2)},
};

static void put_request(struct ghcb *g, const struct nae *n)
{
	uint32_t valid = (n->valid | NAE_EXIT) & ~n->withhold;

	memset(g->valid_bitmap, 0, sizeof(g->valid_bitmap));
	g->protocol_version = GHCB_VERSION;
	g->usage = n->usage;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		memcpy((uint8_t *)g + fields[i].page, (const uint8_t *)n + fields[i].request, 8);
		if (valid & fields[i].flag)
			mark(g, fields[i].page / 8);
	}
	g->cpl = n->cpl;
	if (valid & NAE_CPL)
		mark(g, GHCB_VALID_BIT(cpl));
}

static void get_reply(const struct ghcb *g, struct nae *n)
{
	n->valid = 0;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		memcpy((uint8_t *)n + fields[i].request, (const uint8_t *)g + fields[i].page, 8);
		if (marked(g, fields[i].page / 8))
			n->valid |= fields[i].flag;
	}
}

void nae_call(struct nae *n)
{
	struct cpu *cpu = cpu_self();

	put_request(cpu->ghcb, n);
	wrmsr(MSR_GHCB, cpu->ghcb_gpa);
	vmgexit();
	get_reply(cpu->ghcb, n);
}

uint64_t nae_buffer_gpa(void)
{
	return cpu_self()->ghcb_gpa + offsetof(struct ghcb, shared_buffer);
}

uint8_t *nae_buffer(void)
{
	return cpu_self()->ghcb->shared_buffer;
}

static void must_succeed(const struct nae *n, const char *what)
{
	if ((uint32_t)n->info1 == GHCB_RESULT_OK)
		return;
	cpu_self()->ghcb = NULL; /* printing would come back here */
	check_abort("%s: the host answered %lx %lx", what, n->info1, n->info2);
}

void nae_port_out_string(uint16_t port, const void *data, uint32_t size)
{
	struct nae n = {
		.code = SVM_EXIT_IOIO,
		.info1 = (uint64_t)port << IOIO_PORT_SHIFT | IOIO_STRING | IOIO_REP | IOIO_SIZE8 |
			 IOIO_ADDR64,
		.info2 = size,
		.scratch = nae_buffer_gpa(),
		.valid = NAE_SCRATCH,
	};

	memcpy(nae_buffer(), data, size);
	nae_call(&n);
	must_succeed(&n, "OUTS");
}

static uint64_t port_info(uint16_t port, uint32_t size)
{
	return (uint64_t)port << IOIO_PORT_SHIFT | (size == 1          ? IOIO_SIZE8
							   : size == 2 ? IOIO_SIZE16
								       : IOIO_SIZE32);
}

uint32_t nae_port_in(uint16_t port, uint32_t size)
{
	struct nae n = {.code = SVM_EXIT_IOIO, .info1 = port_info(port, size) | IOIO_IN};

	nae_call(&n);
	must_succeed(&n, "IN");
	return (uint32_t)n.rax;
}

void nae_port_out(uint16_t port, uint32_t size, uint32_t value)
{
	struct nae n = {
		.code = SVM_EXIT_IOIO,
		.info1 = port_info(port, size),
		.rax = value,
		.valid = NAE_RAX,
	};

	nae_call(&n);
	must_succeed(&n, "OUT");
}

bool nae_msr_read(uint32_t msr, uint64_t *value)
{
	struct nae n = {.code = SVM_EXIT_MSR, .rcx = msr, .valid = NAE_RCX};

	nae_call(&n);
	*value = (uint32_t)n.rax | n.rdx << 32;
	return (uint32_t)n.info1 == GHCB_RESULT_OK;
}

bool nae_msr_write(uint32_t msr, uint64_t value)
{
	struct nae n = {
		.code = SVM_EXIT_MSR,
		.info1 = 1,
		.rcx = msr,
		.rax = (uint32_t)value,
		.rdx = value >> 32,
		.valid = NAE_RCX | NAE_RAX | NAE_RDX,
	};

	nae_call(&n);
	return (uint32_t)n.info1 == GHCB_RESULT_OK;
}

static bool mmio(uint64_t code, uint64_t gpa, uint32_t size)
{
	struct nae n = {
		.code = code,
		.info1 = gpa,
		.info2 = size,
		.scratch = nae_buffer_gpa(),
		.valid = NAE_SCRATCH,
	};

	nae_call(&n);
	return (uint32_t)n.info1 == GHCB_RESULT_OK;
}

bool nae_mmio_read(uint64_t gpa, uint32_t size, uint64_t *value)
{
	bool ok = mmio(GHCB_EVENT_MMIO_READ, gpa, size);

	*value = 0;
	memcpy(value, nae_buffer(), size);
	return ok;
}

bool nae_mmio_write(uint64_t gpa, uint32_t size, uint64_t value)
{
	memcpy(nae_buffer(), &value, size);
	return mmio(GHCB_EVENT_MMIO_WRITE, gpa, size);
}

uint64_t nae_features(void)
{
	struct nae n = {.code = GHCB_EVENT_FEATURES};

	nae_call(&n);
	return n.info2;
}

void nae_ap_creation(struct nae *n, uint32_t request, uint32_t vmpl, uint32_t apic_id,
	uint64_t vmsa_gpa, uint64_t sev_features)
{
	*n = (struct nae){
		.code = GHCB_EVENT_AP_CREATION,
		.info1 = request | (uint64_t)vmpl << AP_CREATION_VMPL_SHIFT |
			 (uint64_t)apic_id << AP_CREATION_APIC_ID_SHIFT,
		.info2 = vmsa_gpa,
		.rax = sev_features,
		.valid = NAE_RAX,
	};
	nae_call(n);
}

uint64_t nae_psc(void)
{
	struct nae n = {
		.code = GHCB_EVENT_PSC,
		.scratch = nae_buffer_gpa(),
		.valid = NAE_SCRATCH,
	};

	nae_call(&n);
	return n.info2;
}

uint64_t nae_run_vmpl(uint32_t vmpl)
{
	struct nae n = {.code = GHCB_EVENT_RUN_VMPL, .info1 = vmpl};

	nae_call(&n);
	return n.info1;
}
