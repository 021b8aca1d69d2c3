/* SPDX-License-Identifier: MIT */
/*
 * The GHCB protocol as the honest host speaks it: MSR protocol, registration,
 * malformed requests, scratch rules, page state change, and each event's answer
 * (reference: GHCB digest, 2 to 4). AP creation and run-VMPL: smp.c, vmpl.c.
 */
#include <string.h>

#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"

#define NO_RAM 0x8000000000UL /* 512 GiB */
#define HPET 0xfed00000UL
#define VTD 0xfed90000UL
#define MSR_NONE 0x4b564d00

/* --- MSR protocol --- */

static void version(void)
{
	uint64_t r = ghcb_msr_call(GHCB_MSR_SEV_INFO_REQ);

	EXPECT_EQ(r & GHCB_MSR_INFO_MASK, GHCB_MSR_SEV_INFO);
	EXPECT(r >> 48 >= GHCB_VERSION);
	EXPECT((r >> 32 & 0xffff) <= GHCB_VERSION);
	EXPECT_EQ(r >> 24 & 0xff, guest.c_bit);
	EXPECT_EQ(r >> 12 & 0xfff, 0);
}

static void features(void)
{
	uint64_t r = ghcb_msr_call(GHCB_MSR_FEATURES_REQ);
	uint64_t wanted = GHCB_FEATURE_SNP | GHCB_FEATURE_AP_CREATION | GHCB_FEATURE_APIC_ID_LIST |
			  GHCB_FEATURE_MULTI_VMPL;

	EXPECT_EQ(r & GHCB_MSR_INFO_MASK, GHCB_MSR_FEATURES_RESP);
	EXPECT_EQ(r >> 12, wanted);
	EXPECT_EQ(nae_features(), wanted);
}

static void msr_cpuid(void)
{
	const struct snp_cpuid_entry *e = guest_cpuid_entry(0, 0);
	const uint32_t wanted[] = {e->eax, e->ebx, e->ecx, e->edx};

	for (uint64_t reg = 0; reg < 4; reg++) {
		uint64_t r = ghcb_msr_call(0UL << 32 | reg << 30 | GHCB_MSR_CPUID_REQ);

		EXPECT_EQ(r & GHCB_MSR_INFO_MASK, GHCB_MSR_CPUID_RESP);
		EXPECT_EQ(r >> 30 & 3, reg);
		EXPECT_EQ(r >> 12 & 0x3ffff, 0);
		EXPECT_EQ(r >> 32, wanted[reg]);
	}
}

static void preferred_gpa(void)
{
	uint64_t r = ghcb_msr_call(GHCB_MSR_PREFERRED_GPA_REQ);

	EXPECT_EQ(r, GHCB_MSR_NO_GPA << 12 | GHCB_MSR_PREFERRED_GPA_RESP);
}

/* As under KVM: the guest finds its request instead of a response. */
static void unknown_request(void)
{
	EXPECT_EQ(ghcb_msr_call(0x777), 0x777);
	EXPECT_EQ(ghcb_msr_call(0xabcd000000000f00), 0xabcd000000000f00);
	EXPECT_EQ(
		ghcb_msr_call(GHCB_MSR_FEATURES_REQ) & GHCB_MSR_INFO_MASK, GHCB_MSR_FEATURES_RESP);
}

static void registration(void)
{
	uint64_t gpa = cpu_self()->ghcb_gpa;

	EXPECT_EQ(ghcb_msr_call(NO_RAM | GHCB_MSR_REGISTER_GPA_REQ),
		GHCB_MSR_NO_GPA << 12 | GHCB_MSR_REGISTER_GPA_RESP);
	EXPECT_EQ(ghcb_msr_call(gpa | GHCB_MSR_REGISTER_GPA_REQ), gpa | GHCB_MSR_REGISTER_GPA_RESP);
}

static void msr_psc(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE), gpn = gpa >> PAGE_SHIFT, r;

	r = ghcb_msr_call((uint64_t)PSC_OP_PRIVATE << 52 | gpa | GHCB_MSR_PSC_REQ);
	EXPECT_EQ(r, GHCB_MSR_PSC_RESP);
	EXPECT_EQ(is_validated(gpa), 0);
	EXPECT_EQ(ghcb_msr_psc(gpn, PSC_OP_SHARED), 0);
	EXPECT_EQ(try_read(shared_view(gpa), NULL).vector, TRAP_NONE);
	EXPECT_NE(ghcb_msr_psc(gpn, 0), 0);
	EXPECT_NE(ghcb_msr_psc(gpn, 3), 0);
	EXPECT_NE(ghcb_msr_psc(NO_RAM >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	EXPECT_NE(ghcb_msr_psc(VTD >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
}

static void msr_run_vmpl(void)
{
	EXPECT_EQ(ghcb_msr_run_vmpl(0), 0); /* the caller's own */
	EXPECT_EQ(ghcb_msr_run_vmpl(1), 1); /* nothing to run */
	EXPECT_EQ(ghcb_msr_run_vmpl(4), 1);
	EXPECT_EQ(ghcb_msr_run_vmpl(255), 1);
}

/* --- Requests as such --- */

#define EXPECT_MALFORMED(n, reason)                                       \
	do {                                                              \
		EXPECT_EQ((n).info1 & 0xffffffff, GHCB_RESULT_MALFORMED); \
		EXPECT_EQ((n).info2, reason);                             \
	} while (0)
#define EXPECT_EXCEPTION(n, wanted_vector)                                   \
	do {                                                                 \
		EXPECT_EQ((n).info1 & 0xffffffff, GHCB_RESULT_EXCEPTION);    \
		EXPECT_EQ((n).info2 & 0x800007ff,                            \
			EVENT_VALID | EVENT_TYPE_EXCEPTION | wanted_vector); \
	} while (0)

static struct nae call(struct nae n)
{
	nae_call(&n);
	return n;
}

static void malformed(void)
{
	struct nae good = {.code = GHCB_EVENT_FEATURES}, n;

	for (uint32_t field = NAE_CODE; field <= NAE_INFO2; field <<= 1) {
		n = good;
		n.withhold = field;
		nae_call(&n);
		EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT);
	}
	n = call((struct nae){.code = GHCB_EVENT_FEATURES, .usage = 1});
	EXPECT_MALFORMED(n, GHCB_ERR_USAGE);
	n = call((struct nae){.code = 0x80001234});
	EXPECT_MALFORMED(n, GHCB_ERR_INVALID_EVENT);
	n = call((struct nae){.code = 0x403});
	EXPECT_MALFORMED(n, GHCB_ERR_INVALID_EVENT);
	n = call(good);
	EXPECT_EQ(n.info1, 0);
}

static void not_registered(void)
{
	uint64_t gpa, registered = cpu_self()->ghcb_gpa;
	struct ghcb *own = cpu_self()->ghcb;
	struct nae n = {.code = GHCB_EVENT_FEATURES};

	cpu_self()->ghcb = page_alloc_shared(&gpa);
	cpu_self()->ghcb_gpa = gpa;
	nae_call(&n);
	cpu_self()->ghcb = own;
	cpu_self()->ghcb_gpa = registered;
	EXPECT_MALFORMED(n, GHCB_ERR_NOT_REGISTERED);
}

/* The reply marks what the host filled in, and nothing else. */
static void reply_bitmap(void)
{
	struct nae n = call((struct nae){.code = SVM_EXIT_CPUID, .valid = NAE_RAX | NAE_RCX});

	EXPECT_EQ(n.valid & ~(NAE_INFO1 | NAE_INFO2), NAE_RAX | NAE_RBX | NAE_RCX | NAE_RDX);
	n = call((struct nae){
		.code = SVM_EXIT_WBINVD, .valid = NAE_RAX | NAE_RBX | NAE_RCX | NAE_RDX});
	EXPECT_EQ(n.valid & (NAE_RAX | NAE_RBX | NAE_RCX | NAE_RDX), 0);
	EXPECT_EQ(n.valid & (NAE_INFO1 | NAE_INFO2), NAE_INFO1 | NAE_INFO2);
}

/* --- CPUID --- */

static void cpuid(void)
{
	struct nae n = call((struct nae){.code = SVM_EXIT_CPUID, .valid = NAE_RAX});

	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT);
	n = call((struct nae){.code = SVM_EXIT_CPUID, .valid = NAE_RCX});
	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT);
	n = call((struct nae){.code = SVM_EXIT_CPUID, .rax = 0xd, .valid = NAE_RAX | NAE_RCX});
	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT);
	n = call((struct nae){.code = SVM_EXIT_CPUID,
		.rax = 0xd,
		.xcr0 = 1,
		.valid = NAE_RAX | NAE_RCX | NAE_XCR0});
	EXPECT_EQ(n.info1, 0);
}

/* The page that the secure processor checked and the host tell the same. */
static void cpuid_page(void)
{
	for (uint32_t i = 0; i < guest.cpuid->count; i++) {
		const struct snp_cpuid_entry *e = &guest.cpuid->entries[i];
		struct nae n = call((struct nae){.code = SVM_EXIT_CPUID,
			.rax = e->eax_in,
			.rcx = e->ecx_in,
			.xcr0 = 1,
			.valid = NAE_RAX | NAE_RCX | NAE_XCR0});

		EXPECT_EQ(n.rax, e->eax);
		EXPECT_EQ(n.rbx, e->ebx);
		EXPECT_EQ(n.rcx, e->ecx);
		EXPECT_EQ(n.rdx, e->edx);
	}
	EXPECT(guest.cpuid->count > 10);
}

/* --- Port I/O --- */

#define PORT(port, bits) ((uint64_t)(port) << IOIO_PORT_SHIFT | (bits))

static struct nae string_out(uint64_t scratch, uint64_t count)
{
	return call((struct nae){.code = SVM_EXIT_IOIO,
		.info1 = PORT(0x80, IOIO_STRING | IOIO_SIZE8),
		.info2 = count,
		.scratch = scratch,
		.valid = NAE_SCRATCH});
}

static void ioio(void)
{
	struct nae n = call((struct nae){.code = SVM_EXIT_IOIO, .info1 = PORT(0x71, IOIO_IN)});

	EXPECT_MALFORMED(n, GHCB_ERR_INVALID_INPUT); /* no size */
	n = call((struct nae){.code = SVM_EXIT_IOIO, .info1 = PORT(0x80, IOIO_SIZE8)});
	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT); /* no RAX */
	n = call((struct nae){
		.code = SVM_EXIT_IOIO, .info1 = PORT(0x80, IOIO_STRING | IOIO_SIZE8), .info2 = 1});
	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT); /* no scratch */
	EXPECT_MALFORMED(string_out(nae_buffer_gpa(), 0), GHCB_ERR_INVALID_INPUT);
	nae_port_out(0x70, 1, 0x0f);
	nae_port_out(0x71, 1, 0x5a);
	EXPECT_EQ(nae_port_in(0x71, 1), 0x5a);
}

/* INS fills the scratch area: fw_cfg's signature byte by byte. */
static void string_in(void)
{
	struct nae n;

	nae_port_out(0x510, 2, 0);
	n = call((struct nae){.code = SVM_EXIT_IOIO,
		.info1 = PORT(0x511, IOIO_IN | IOIO_STRING | IOIO_REP | IOIO_SIZE8),
		.info2 = 4,
		.scratch = nae_buffer_gpa(),
		.valid = NAE_SCRATCH});
	EXPECT_EQ(n.info1, 0);
	EXPECT(!memcmp(nae_buffer(), "QEMU", 4));
}

static void scratch(void)
{
	uint64_t ghcb = cpu_self()->ghcb_gpa, buffer = nae_buffer_gpa(), gpa;
	uint64_t private_gpa = (uint64_t)page_alloc();

	EXPECT_EQ(string_out(buffer, GHCB_BUFFER_SIZE).info1, 0);
	EXPECT_MALFORMED(string_out(ghcb, 1), GHCB_ERR_SCRATCH);
	EXPECT_MALFORMED(string_out(buffer - 1, 1), GHCB_ERR_SCRATCH);
	EXPECT_MALFORMED(string_out(buffer + 1, GHCB_BUFFER_SIZE), GHCB_ERR_SCRATCH);
	EXPECT_MALFORMED(string_out(buffer + GHCB_BUFFER_SIZE, 1), GHCB_ERR_SCRATCH);
	EXPECT_MALFORMED(string_out(private_gpa, 1), GHCB_ERR_SCRATCH);
	EXPECT_MALFORMED(string_out(NO_RAM, 1), GHCB_ERR_SCRATCH);
	EXPECT_MALFORMED(string_out(UINT64_MAX - 3, 8), GHCB_ERR_SCRATCH);
	page_alloc_shared(&gpa);
	EXPECT_EQ(string_out(gpa + 100, 16).info1, 0); /* shared memory outside */
}

/* Outside the GHCB up to 16 pages of shared memory. */
#define SCRATCH_PAGES 16UL

static void large_scratch(void)
{
	uint64_t gpa = region_take((SCRATCH_PAGES + 1) * PAGE_SIZE, PAGE_SIZE);

	EXPECT_EQ(string_out(gpa, SCRATCH_PAGES * PAGE_SIZE).info1, 0);
	EXPECT_EQ(string_out(gpa + 100, SCRATCH_PAGES * PAGE_SIZE).info1, 0);
	EXPECT_MALFORMED(string_out(gpa, SCRATCH_PAGES * PAGE_SIZE + 1), GHCB_ERR_SCRATCH);
	EXPECT(page_make_private(gpa + 3 * PAGE_SIZE));
	EXPECT_EQ(string_out(gpa, 3 * PAGE_SIZE).info1, 0);
	EXPECT_MALFORMED(string_out(gpa, 3 * PAGE_SIZE + 1), GHCB_ERR_SCRATCH);
	EXPECT_MALFORMED(string_out(gpa + PAGE_SIZE, 4 * PAGE_SIZE), GHCB_ERR_SCRATCH);
}

/* An element across the boundary of two pages. */
static void string_in_across_pages(void)
{
	uint64_t gpa = region_take(2 * PAGE_SIZE, PAGE_SIZE);
	uint64_t at = gpa + PAGE_SIZE - 6;
	uint32_t id, got[2];
	struct nae n;

	nae_port_out(0xcf8, 4, 0x80000000);
	id = nae_port_in(0xcfc, 4);
	n = call((struct nae){.code = SVM_EXIT_IOIO,
		.info1 = PORT(0xcfc, IOIO_IN | IOIO_STRING | IOIO_REP | IOIO_SIZE32),
		.info2 = 2,
		.scratch = at,
		.valid = NAE_SCRATCH});
	EXPECT_EQ(n.info1, 0);
	memcpy(got, shared_view(at), sizeof(got));
	EXPECT_EQ(got[0], id);
	EXPECT_EQ(got[1], id);
	EXPECT_EQ(id & 0xffff, 0x8086); /* q35's host bridge */
}

/* --- MSRs and instructions --- */

#define MSR_KVM_SYSTEM_TIME_NEW 0x4b564d01

static void msrs(void)
{
	struct nae n = call((struct nae){.code = SVM_EXIT_MSR, .rcx = MSR_NONE, .valid = NAE_RCX});

	EXPECT_EXCEPTION(n, VEC_GP);
	EXPECT_EQ(n.info2 & EVENT_ERROR_VALID, EVENT_ERROR_VALID);
	n = call((struct nae){.code = SVM_EXIT_MSR});
	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT);
	n = call((struct nae){.code = SVM_EXIT_MSR, .info1 = 1, .rcx = 0x1b, .valid = NAE_RCX});
	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT);
	n = call((struct nae){.code = SVM_EXIT_MSR, .rcx = MSR_APIC_BASE, .valid = NAE_RCX});
	EXPECT_EQ(n.info1, 0);
	EXPECT_EQ(n.rax & 0xfffff000, APIC_DEFAULT_BASE);
	n = call((struct nae){.code = SVM_EXIT_MSR, .rcx = MSR_SVSM_CAA, .valid = NAE_RCX});
	EXPECT_EXCEPTION(n, VEC_GP);
}

/* Writes the MSR that has KVM's clock written to @gpa. */
static struct nae clock_at(uint64_t gpa)
{
	return call((struct nae){.code = SVM_EXIT_MSR,
		.info1 = 1,
		.rcx = MSR_KVM_SYSTEM_TIME_NEW,
		.rax = (uint32_t)gpa | 1,
		.rdx = gpa >> 32,
		.valid = NAE_RAX | NAE_RCX | NAE_RDX});
}

/* The first word is a version, even; the multiplier that follows two times is not zero. */
static void kvm_clock(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);
	volatile uint32_t *clock = shared_view(gpa + 64);
	struct nae n = call((struct nae){
		.code = SVM_EXIT_CPUID, .rax = 0x40000000, .valid = NAE_RAX | NAE_RCX});

	EXPECT_EQ(n.rax, 0x40000001);
	EXPECT_EQ(n.rbx, 0x4b4d564b); /* KVMK */
	for (uint32_t i = 0; i < 8; i++)
		clock[i] = 0;
	EXPECT_EQ(clock_at(gpa + 64).info1, 0);
	EXPECT_NE(clock[0], 0);
	EXPECT_EQ(clock[0] & 1, 0);
	EXPECT_NE(clock[6], 0);
	EXPECT_EQ(clock_at((uint64_t)page_alloc()).info1, 0); /* private: left alone */
	EXPECT_EQ(clock_at(NO_RAM).info1, 0);
}

static void instructions(void)
{
	struct nae n;

	n = call((struct nae){.code = SVM_EXIT_RDPMC, .valid = NAE_RCX});
	EXPECT_EXCEPTION(n, VEC_UD);
	n = call((struct nae){.code = SVM_EXIT_VMMCALL, .valid = NAE_RAX | NAE_CPL});
	EXPECT_EXCEPTION(n, VEC_UD);
	EXPECT_EQ(call((struct nae){.code = SVM_EXIT_WBINVD}).info1, 0);
	EXPECT_EQ(call((struct nae){.code = SVM_EXIT_INVD}).info1, 0);
	EXPECT_EQ(call((struct nae){.code = SVM_EXIT_MONITOR}).info1, 0);
	EXPECT_EQ(call((struct nae){.code = SVM_EXIT_MWAIT}).info1, 0);
	n = call((struct nae){.code = SVM_EXIT_DR7_READ});
	EXPECT_EQ(n.rax, DR7_RESET);
	n = call((struct nae){.code = SVM_EXIT_DR7_WRITE});
	EXPECT_MALFORMED(n, GHCB_ERR_MISSING_INPUT);
	EXPECT_EQ(call((struct nae){.code = GHCB_EVENT_NMI_COMPLETE}).info1, 0);
}

/* What the host does not offer yet is refused as an event, never done by halves. */
static void not_offered(void)
{
	EXPECT_NE(call((struct nae){.code = GHCB_EVENT_HV_DOORBELL, .info1 = 1}).info1, 0);
	EXPECT_NE(call((struct nae){.code = GHCB_EVENT_HV_TIMER}).info1, 0);
	EXPECT_NE(call((struct nae){.code = 0x8000001a}).info1, 0);
}

/* --- MMIO --- */

static struct nae mmio(uint64_t code, uint64_t gpa, uint64_t size)
{
	return call((struct nae){.code = code,
		.info1 = gpa,
		.info2 = size,
		.scratch = nae_buffer_gpa(),
		.valid = NAE_SCRATCH});
}

static void device_memory(void)
{
	uint64_t value, first;

	EXPECT_MALFORMED(mmio(GHCB_EVENT_MMIO_READ, HPET, 0), GHCB_ERR_INVALID_INPUT);
	EXPECT_MALFORMED(mmio(GHCB_EVENT_MMIO_READ, HPET, 3), GHCB_ERR_INVALID_INPUT);
	EXPECT_MALFORMED(mmio(GHCB_EVENT_MMIO_READ, HPET, 16), GHCB_ERR_INVALID_INPUT);
	EXPECT_MALFORMED(mmio(GHCB_EVENT_MMIO_READ, 0x1000, 4), GHCB_ERR_INVALID_INPUT);
	EXPECT(nae_mmio_read(HPET, 4, &value));
	EXPECT_EQ(value >> 16, 0x8086); /* vendor */
	EXPECT(nae_mmio_write(HPET + 0x10, 8, 1));
	EXPECT(nae_mmio_read(HPET + 0xf0, 8, &first));
	EXPECT(nae_mmio_read(HPET + 0xf0, 8, &value));
	EXPECT_NE(first, value); /* it runs */
	EXPECT(nae_mmio_write(HPET + 0x10, 8, 0));
}

/* --- Page state change --- */

#define ENTRY(gpa, op) ((gpa) | (uint64_t)(op) << PSC_ENTRY_OP_SHIFT)

static struct psc_buffer *list(uint16_t cur, uint16_t end)
{
	struct psc_buffer *l = (void *)nae_buffer();

	l->cur_entry = cur;
	l->end_entry = end;
	l->reserved = 0;
	return l;
}

static void psc_header(void)
{
	list(2, 1);
	EXPECT_EQ(nae_psc(), PSC_ERR_HEADER);
	list(0, PSC_MAX_ENTRIES);
	EXPECT_EQ(nae_psc(), PSC_ERR_HEADER);
}

static void psc_entries(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT_EQ(psc_entry(ENTRY(gpa, 0)), PSC_ERR_ENTRY);
	EXPECT_EQ(psc_entry(ENTRY(gpa, 5)), PSC_ERR_ENTRY);
	EXPECT_EQ(psc_entry(ENTRY(gpa, PSC_OP_PRIVATE) | BIT(60)), PSC_ERR_ENTRY);
	EXPECT_EQ(psc_entry(ENTRY(ALIGN_DOWN(gpa, PAGE_2M_SIZE) + PAGE_SIZE, PSC_OP_PRIVATE) |
			    PSC_ENTRY_2M),
		PSC_ERR_ENTRY);
	EXPECT_EQ(psc_entry(ENTRY(NO_RAM, PSC_OP_PRIVATE)) >> 32, 0x100);
	EXPECT_EQ(psc_entry(ENTRY(gpa, PSC_OP_PSMASH)), 0);
	EXPECT_EQ(psc_entry(ENTRY(gpa, PSC_OP_UNSMASH)), 0);
}

/* Work stops at the entry that fails, and the header says where. */
static void psc_partial(void)
{
	uint64_t gpa = region_take(4 * PAGE_SIZE, PAGE_SIZE);
	struct psc_buffer *l = list(0, 3);

	for (uint32_t i = 0; i < 4; i++)
		l->entries[i] = ENTRY(gpa + i * PAGE_SIZE, i == 2 ? 7 : PSC_OP_PRIVATE);
	EXPECT_EQ(nae_psc(), PSC_ERR_ENTRY);
	EXPECT_EQ(l->cur_entry, 2);
	EXPECT_EQ(l->end_entry, 3);
	EXPECT_EQ(l->entries[0] & PSC_ENTRY_CUR_PAGE_MASK, 1);
	EXPECT_EQ(is_validated(gpa), 0); /* ours, unvalidated */
	EXPECT_EQ(is_validated(gpa + PAGE_SIZE), 0);
	EXPECT_EQ(try_read(shared_view(gpa + 3 * PAGE_SIZE), NULL).vector, TRAP_NONE);
	l->entries[2] = ENTRY(gpa + 2 * PAGE_SIZE, PSC_OP_PRIVATE);
	EXPECT_EQ(nae_psc(), 0); /* goes on where it stopped */
	EXPECT_EQ(l->cur_entry, 4);
	EXPECT_EQ(is_validated(gpa + 3 * PAGE_SIZE), 0);
}

static void psc_2m(void)
{
	uint64_t gpa = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE);
	struct psc_buffer *l = list(0, 0);

	l->entries[0] = ENTRY(gpa, PSC_OP_PRIVATE) | PSC_ENTRY_2M;
	EXPECT_EQ(nae_psc(), 0);
	EXPECT_EQ(l->cur_entry, 1);
	EXPECT_EQ(l->entries[0] & PSC_ENTRY_CUR_PAGE_MASK, PAGES_PER_2M);
	EXPECT_EQ(is_validated(gpa + PAGE_2M_SIZE - PAGE_SIZE), 0);
	EXPECT_EQ(pvalidate(private_view(gpa), RMP_SIZE_2M, true).code, RMP_SUCCESS);
	/* One page of it goes: the host splits. */
	EXPECT(page_make_shared(gpa + PAGE_SIZE));
	EXPECT_EQ(is_validated(gpa), 1);
	EXPECT_EQ(is_validated(gpa + 2 * PAGE_SIZE), 1);
}

static void psc_again(void)
{
	uint64_t gpa = (uint64_t)page_alloc();

	*(volatile uint64_t *)gpa = 0x77;
	EXPECT_EQ(ghcb_msr_psc(gpa >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	EXPECT_EQ(is_validated(gpa), 1);
	EXPECT_EQ(*(volatile uint64_t *)gpa, 0x77);
}

/* A page that goes back without rescission has lost its validated bit. */
static void psc_drops_validation(void)
{
	uint64_t gpa = (uint64_t)page_alloc();

	EXPECT_EQ(ghcb_msr_psc(gpa >> PAGE_SHIFT, PSC_OP_SHARED), 0);
	EXPECT_EQ(ghcb_msr_psc(gpa >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	EXPECT_EQ(is_validated(gpa), 0);
}

/* --- APIC id list --- */

static uint64_t list_error(uint64_t gpa, uint64_t valid)
{
	struct nae n = call((struct nae){
		.code = GHCB_EVENT_APIC_ID_LIST, .info1 = gpa, .rax = 1, .valid = valid});

	EXPECT_EQ(n.info1, 2);
	return n.info2;
}

static void apic_ids(void)
{
	struct nae n = call((struct nae){.code = GHCB_EVENT_APIC_ID_LIST, .valid = NAE_RAX});
	const uint32_t *ids;
	uint64_t gpa;

	EXPECT_EQ(n.rax, 1); /* pages needed */
	EXPECT_EQ(n.info1, 0);
	ids = page_alloc_shared(&gpa);
	n = call((struct nae){
		.code = GHCB_EVENT_APIC_ID_LIST, .info1 = gpa, .rax = 1, .valid = NAE_RAX});
	EXPECT_EQ(n.info1, 0);
	EXPECT_EQ(n.rax, 1);
	EXPECT_EQ(ids[0], guest.cpu_count);
	for (uint32_t i = 0; i < guest.cpu_count; i++)
		EXPECT_EQ(ids[1 + i], guest.apic_id[i]);
	EXPECT_EQ(list_error(gpa + 8, NAE_RAX), GHCB_ERR_INVALID_INPUT);
	EXPECT_EQ(list_error((uint64_t)page_alloc(), NAE_RAX), GHCB_ERR_INVALID_INPUT);
	EXPECT_EQ(list_error(gpa, 0), GHCB_ERR_MISSING_INPUT);
}

static const struct test_case cases[] = {
	{"MSR: versions and C-bit", version},
	{"features by MSR and event", features},
	{"MSR: CPUID, each register", msr_cpuid},
	{"MSR: no preferred GHCB", preferred_gpa},
	{"MSR: an unknown request stays unanswered", unknown_request},
	{"MSR: registration echoes, refuses what is no RAM", registration},
	{"MSR: page state change and its errors", msr_psc},
	{"MSR: run-VMPL errors", msr_run_vmpl},
	{"malformed requests: missing fields, usage, unknown events", malformed},
	{"a GHCB that is not registered", not_registered},
	{"the reply's bitmap names what was filled in", reply_bitmap},
	{"CPUID wants its inputs", cpuid},
	{"the CPUID page and the host agree", cpuid_page},
	{"port I/O and its errors", ioio},
	{"string input", string_in},
	{"scratch: inside the buffer, or shared memory", scratch},
	{"scratch: 16 pages of shared memory and no more", large_scratch},
	{"scratch: string input across two pages", string_in_across_pages},
	{"MSR events and their errors", msrs},
	{"KVM's clock goes to shared memory, and nowhere else", kvm_clock},
	{"RDPMC VMMCALL WBINVD INVD MONITOR MWAIT DR7", instructions},
	{"what is not offered is refused", not_offered},
	{"MMIO and its errors", device_memory},
	{"page state change: header errors", psc_header},
	{"page state change: entry errors, hints", psc_entries},
	{"page state change: stops at an error, goes on after it", psc_partial},
	{"page state change: 2M, and one page of it", psc_2m},
	{"page state change: to the state it has keeps the bytes", psc_again},
	{"page state change: always ends validation", psc_drops_validation},
	{"the list of APIC ids", apic_ids},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
