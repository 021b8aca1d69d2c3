/* SPDX-License-Identifier: MIT */
/* Places to refuse, and VMSA pages that never run (places.h). */
#include "places.h"

#include <string.h>

#include "guest.h"
#include "nae.h"

#define LOCAL_APIC 0xfee00000ULL
#define IO_APIC 0xfec00000ULL
#define FIRMWARE 0xffff0000ULL
#define BEYOND_52_BITS 0x0010000000000000ULL
#define LAST_PAGE 0xfffffffffffff000ULL

uint32_t foreign_places(struct place places[static MAX_PLACES])
{
	const struct place all[] = {
		{"the paravisor's first page", paravisor_base()},
		{"the paravisor's last page", paravisor_end() - PAGE_SIZE},
		{"the page after RAM", ram_end()},
		{"video memory", PC_HOLE_BASE},
		{"the local APIC", LOCAL_APIC},
		{"the I/O APIC", IO_APIC},
		{"the firmware's place", FIRMWARE},
		{"the launch VMSA's address", VMSA_LAUNCH_GPA},
		{"RAM with the C-bit", (uint64_t)cpu_self()->ca | guest.c_mask},
		{"RAM with bit 52", (uint64_t)cpu_self()->ca | BEYOND_52_BITS},
		{"RAM with bit 63", (uint64_t)cpu_self()->ca | 1ULL << 63},
		{"the last page of 64 bits", LAST_PAGE},
	};

	memcpy(places, all, sizeof(all));
	return ARRAY_SIZE(all);
}

uint32_t unusable_places(struct place places[static MAX_PLACES])
{
	uint64_t rescinded = region_take(PAGE_SIZE, PAGE_SIZE), shared, calling_area;

	must_change(rescinded | RESCIND);
	page_alloc_shared(&shared);
	places[0] = (struct place){"a page not validated", rescinded};
	places[1] = (struct place){"a shared page", shared};
	places[2] = (struct place){"a registered VMSA", (uint64_t)vmsa_registered(&calling_area)};
	return 3;
}

static void never(void *arg)
{
	(void)arg;
	check_abort("a vCPU runs that nobody has started");
}

void vmsa_make(struct vmsa *vmsa, uint32_t index)
{
	vmsa_fill(vmsa, cpu_new(index, guest.vmpl), never, NULL);
}

struct vmsa *vmsa_new(uint32_t index)
{
	struct vmsa *vmsa = page_alloc_vmsa();

	vmsa_make(vmsa, index);
	return vmsa;
}

struct vmsa *vmsa_registered(uint64_t *calling_area)
{
	struct vmsa *vmsa = vmsa_new(cpu_self()->index);
	uint64_t result;

	*calling_area = (uint64_t)page_alloc();
	result = core(SVSM_CORE_CREATE_VCPU, (uint64_t)vmsa, *calling_area, cpu_self()->apic_id);
	if (result != SVSM_SUCCESS)
		check_abort("CREATE_VCPU of a second VMSA: %lx", result);
	return vmsa;
}
