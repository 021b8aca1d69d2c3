/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_CREATE_VCPU, DELETE_VCPU and REMAP_CA (58019, sections 4.1, 4.3,
 * 4.4): pages that change from guest memory to save area or calling area and
 * back. Each change happens with the page locked in the page-state map and,
 * where the registry of a CPU changes, with that registry locked too. All
 * locks are taken by bounded attempts, so that two calls cannot wait for each
 * other for ever: one of them answers BUSY.
 */
#include "kernel/cpu.h"
#include "kernel/fault_access.h"
#include "kernel/page_state.h"
#include "kernel/windows.h"
#include "protocols/core.h"

/* A guest page while it is locked. */
struct page {
	uint64_t address;
	uint8_t *entry;
	uint8_t state; /* what it will be when it is unlocked */
};

static enum svsm_result lock_page(uint64_t address, struct page *page)
{
	struct gpa checked;

	if (!IS_ALIGNED(address, PAGE_SIZE) ||
		!guest_range_check(address, PAGE_SIZE, &checked, &page->entry))
		return SVSM_ERR_INVALID_ADDRESS;
	page->address = address;
	return page_lock_wait(page->entry, &page->state) == PAGE_LOCKED ? SVSM_SUCCESS
									: SVSM_ERR_BUSY;
}

static void unlock_page(const struct page *page)
{
	page_unlock(page->entry, page->state);
}

/*
 * Locks a page that is to be a calling area of @registry's CPU. One that is a
 * calling area already will do only if it is this CPU's: a vCPU that is
 * brought up again uses its old one.
 */
static enum svsm_result lock_calling_area(
	const struct vcpu_registry *registry, uint64_t address, struct page *page)
{
	enum svsm_result result = lock_page(address, page);

	if (result)
		return result;
	if (page->state == PAGE_STATE_GUEST)
		return SVSM_SUCCESS;
	if (page->state == (PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA) &&
		vcpu_calling_area_users(registry, address))
		return SVSM_SUCCESS;
	page_unlock_unchanged(page->entry);
	return SVSM_ERR_INVALID_ADDRESS;
}

/* A calling area that nobody uses any more is an ordinary page again. */
static void drop_calling_area(const struct vcpu_registry *registry, uint64_t address)
{
	struct gpa checked;
	uint8_t *entry;

	if (vcpu_calling_area_users(registry, address) ||
		!guest_range_check(address, PAGE_SIZE, &checked, &entry))
		return;
	__atomic_fetch_and(entry, (uint8_t)~PAGE_STATE_CALLING_AREA, __ATOMIC_RELEASE);
}

/* ---- CREATE_VCPU ---- */

/*
 * Only after the guest has lost its rights and no processor has them cached
 * any more do the fields stand still; then they are checked.
 */
static enum svsm_result seal(uint64_t save_area)
{
	struct va va = window_map(this_cpu(), WINDOW_TARGET, save_area);
	enum page_result result = platform_page_revoke(va, PAGE_4K);
	enum svsm_result answer = SVSM_ERR_INVALID_PARAMETER;

	if (result == PAGE_OK) {
		platform_flush_all();
		if (platform_vcpu_acceptable(va)) {
			result = platform_page_seal_vcpu(va);
			answer = SVSM_SUCCESS;
		}
	}
	if (result != PAGE_OK)
		answer = core_page_error(result);
	if (answer)
		(void)platform_page_grant(va, PAGE_4K);
	window_unmap(this_cpu(), WINDOW_TARGET);
	return answer;
}

static void offer(struct cpu *target, struct vcpu *vcpu)
{
	vcpu_open(vcpu);
	__atomic_store_n(&target->registry.offered, vcpu, __ATOMIC_RELEASE);
}

/* With the registry and both pages locked. */
static enum svsm_result create(
	struct cpu *target, struct page *save_area, struct page *calling_area)
{
	struct vcpu *vcpu = vcpu_claim(&target->registry);
	enum svsm_result result;

	if (!vcpu)
		return SVSM_ERR_INVALID_REQUEST;
	result = seal(save_area->address);
	if (result) {
		vcpu_free(vcpu);
		return result;
	}
	vcpu->save_area = save_area->address;
	vcpu->calling_area = calling_area->address;
	save_area->state = PAGE_STATE_VCPU;
	calling_area->state |= PAGE_STATE_CALLING_AREA;
	offer(target, vcpu);
	return SVSM_SUCCESS;
}

/* With the registry locked. */
static enum svsm_result create_locked(
	struct cpu *target, uint64_t save_area_address, uint64_t calling_area_address)
{
	struct page save_area, calling_area;
	enum svsm_result result = lock_page(save_area_address, &save_area);

	if (result)
		return result;
	if (save_area.state == PAGE_STATE_GUEST)
		result = lock_calling_area(&target->registry, calling_area_address, &calling_area);
	else
		result = SVSM_ERR_INVALID_ADDRESS;
	if (!result) {
		result = create(target, &save_area, &calling_area);
		unlock_page(&calling_area);
	}
	if (result)
		page_unlock_unchanged(save_area.entry);
	else
		unlock_page(&save_area);
	return result;
}

enum svsm_result core_create_vcpu(const struct svsm_call *call)
{
	uint64_t save_area = call->rcx, calling_area = call->rdx;
	enum svsm_result result;
	struct cpu *target;

	/* A save area at a 2 MiB boundary: SNP erratum 1467. */
	if (!IS_ALIGNED(save_area | calling_area, PAGE_SIZE) || save_area == calling_area ||
		IS_ALIGNED(save_area, PAGE_2M_SIZE))
		return SVSM_ERR_INVALID_ADDRESS;
	target = cpu_by_apic_id((uint32_t)call->r8);
	if (!target)
		return SVSM_ERR_INVALID_PARAMETER;
	if (!spin_lock_bounded(&target->registry.lock))
		return SVSM_ERR_BUSY;
	result = create_locked(target, save_area, calling_area);
	spin_unlock(&target->registry.lock);
	return result;
}

/* ---- DELETE_VCPU ---- */

/* Finds the CPU whose vCPU has the save area, and locks its registry. */
static enum svsm_result lock_owner(uint64_t save_area, struct cpu **owner)
{
	for (unsigned int i = 0; i < cpu_count(); i++) {
		struct cpu *cpu = cpu_by_index(i);

		if (!spin_lock_bounded(&cpu->registry.lock))
			return SVSM_ERR_BUSY;
		*owner = cpu;
		if (vcpu_find(&cpu->registry, save_area))
			return SVSM_SUCCESS;
		spin_unlock(&cpu->registry.lock);
	}
	return SVSM_ERR_INVALID_PARAMETER;
}

static void forget(struct cpu *owner, struct vcpu *vcpu)
{
	struct vcpu *expected = vcpu;
	uint64_t calling_area = vcpu->calling_area;

	__atomic_compare_exchange_n(&owner->registry.offered, &expected, NULL, false,
		__ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	vcpu_free(vcpu);
	drop_calling_area(&owner->registry, calling_area);
}

/*
 * The rights of the guest only grow here, so there is nothing to flush. A vCPU
 * that runs, the caller's own among them, is in use: nothing changes. One that
 * another CPU is looking at or serving just now will be let go: come back.
 */
static enum svsm_result delete_locked(struct cpu *owner, struct page *page)
{
	struct vcpu *vcpu = vcpu_find(&owner->registry, page->address);
	enum page_result result;
	struct va va;

	if (!vcpu_close(vcpu))
		return vcpu == this_cpu()->current.vcpu ? core_page_error(PAGE_FAIL_INUSE)
							: SVSM_ERR_BUSY;
	va = window_map(this_cpu(), WINDOW_TARGET, page->address);
	result = platform_page_unseal_vcpu(va);
	window_unmap(this_cpu(), WINDOW_TARGET);
	if (result != PAGE_OK) {
		vcpu_open(vcpu);
		return core_page_error(result);
	}
	page->state = PAGE_STATE_GUEST;
	forget(owner, vcpu);
	return SVSM_SUCCESS;
}

static enum svsm_result delete_page(struct page *page)
{
	struct cpu *owner;
	enum svsm_result result;

	if (page->state != PAGE_STATE_VCPU)
		return SVSM_ERR_INVALID_PARAMETER;
	result = lock_owner(page->address, &owner);
	if (result)
		return result;
	result = delete_locked(owner, page);
	spin_unlock(&owner->registry.lock);
	return result;
}

enum svsm_result core_delete_vcpu(const struct svsm_call *call)
{
	struct page page;
	enum svsm_result result = lock_page(call->rcx, &page);

	if (result)
		return result == SVSM_ERR_BUSY ? result : SVSM_ERR_INVALID_PARAMETER;
	result = delete_page(&page);
	if (result)
		page_unlock_unchanged(page.entry);
	else
		unlock_page(&page);
	return result;
}

/* ---- REMAP_CA ---- */

/* Clears the header of the new calling area through the CPU's window for it. */
static bool move_window(struct cpu *cpu, uint64_t from, uint64_t to)
{
	struct va va = window_map(cpu, WINDOW_CALLING_AREA, to);

	if (fault_clear(va_pointer(va), sizeof(struct svsm_ca)))
		return true;
	window_map(cpu, WINDOW_CALLING_AREA, from);
	return false;
}

/* With the calling CPU's registry locked. */
static enum svsm_result remap_locked(struct cpu *cpu, uint64_t address)
{
	struct vcpu *vcpu = cpu->current.vcpu;
	uint64_t old = vcpu->calling_area;
	struct page page;
	enum svsm_result result = lock_page(address, &page);

	if (result)
		return result;
	if (page.state != PAGE_STATE_GUEST || !move_window(cpu, old, address)) {
		page_unlock_unchanged(page.entry);
		return SVSM_ERR_INVALID_ADDRESS;
	}
	vcpu->calling_area = address;
	page.state |= PAGE_STATE_CALLING_AREA;
	unlock_page(&page);
	drop_calling_area(&cpu->registry, old);
	return SVSM_SUCCESS;
}

enum svsm_result core_remap_ca(const struct svsm_call *call)
{
	struct cpu *cpu = this_cpu();
	enum svsm_result result;

	if (!IS_ALIGNED(call->rcx, PAGE_SIZE))
		return SVSM_ERR_INVALID_PARAMETER;
	if (call->rcx == cpu->current.vcpu->calling_area)
		return SVSM_SUCCESS;
	if (!spin_lock_bounded(&cpu->registry.lock))
		return SVSM_ERR_BUSY;
	result = remap_locked(cpu, call->rcx);
	spin_unlock(&cpu->registry.lock);
	return result;
}
