/* SPDX-License-Identifier: MIT */
/* Further vCPUs (vmpl.h). */
#include "check.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "svsm_call.h"
#include "vmpl.h"

#define PATIENCE (1ULL << 37) /* of the time-stamp counter: less than a run may take */

struct start {
	void (*fn)(void *arg);
	void *arg;
	uint64_t ghcb_gpa;
};

static struct cpu *cpus[GUEST_MAX_CPUS];
static struct vmsa *vmsas[GUEST_MAX_CPUS];
static struct start starts[GUEST_MAX_CPUS];

struct cpu *smp_cpu(uint32_t index)
{
	return cpus[index];
}

struct vmsa *smp_vmsa(uint32_t index)
{
	return vmsas[index];
}

void pass_time(uint64_t ticks)
{
	uint64_t start = rdtsc();

	while (rdtsc() - start < ticks)
		cpu_relax();
}

bool wait_for(const uint32_t *flag)
{
	uint64_t start = rdtsc();

	while (!__atomic_load_n(flag, __ATOMIC_SEQ_CST)) {
		if (rdtsc() - start > PATIENCE)
			return false;
		cpu_relax();
	}
	return true;
}

static bool wait_until(const bool *flag)
{
	uint64_t start = rdtsc();

	while (!__atomic_load_n(flag, __ATOMIC_SEQ_CST)) {
		if (rdtsc() - start > PATIENCE)
			return false;
		cpu_relax();
	}
	return true;
}

static void first_steps(void *arg)
{
	struct start *s = arg;
	struct cpu *cpu = cpu_self();

	if (!ghcb_use(s->ghcb_gpa))
		return;
	__atomic_store_n(&cpu->started, true, __ATOMIC_SEQ_CST);
	s->fn(s->arg);
}

/* Makes the VMSA one for the processor; false if that is refused. */
static bool make_vmsa(struct cpu *cpu, struct vmsa *vmsa)
{
	if (!guest.svsm)
		return vmsa_mark(vmsa, true) == RMP_SUCCESS;
	cpu->ca = page_alloc();
	return svsm_create_vcpu((uint64_t)vmsa, (uint64_t)cpu->ca, cpu->apic_id) == SVSM_SUCCESS;
}

bool smp_start(uint32_t index, void (*fn)(void *arg), void *arg)
{
	struct cpu *cpu = cpu_new(index, guest.vmpl);
	struct vmsa *vmsa = page_alloc_vmsa();
	uint64_t features = vmsa_features();
	struct nae n;

	starts[index] = (struct start){.fn = fn, .arg = arg};
	page_alloc_shared(&starts[index].ghcb_gpa);
	vmsa_fill(vmsa, cpu, first_steps, &starts[index]);
	cpus[index] = cpu;
	vmsas[index] = vmsa;
	if (!make_vmsa(cpu, vmsa))
		return false;
	nae_ap_creation(&n, AP_CREATE, guest.vmpl, cpu->apic_id, (uint64_t)vmsa, features);
	return (uint32_t)n.info1 == GHCB_RESULT_OK && wait_until(&cpu->started);
}

bool smp_join(uint32_t index)
{
	return wait_until(&cpus[index]->finished);
}
