/* SPDX-License-Identifier: MIT */
/*
 * The local APIC of the VMPL that owns interrupts is QEMU's own, reached by the
 * guest through GHCB events in either mode; itself it stays in xAPIC mode (but with
 * mmio=direct), in which it bears the id that the machine gave it (smp.c) and counts
 * can be read under icount, which RDMSR does not survive. INIT, start-up and NMI commands
 * never get to it: a real INIT would take the processor from the machine, and
 * NMI is the machine's kick. VMPL 0 then has an emulated one (upper_apic.c); any other
 * VMPL sees an APIC that does nothing.
 *
 * The timer counts more slowly than QEMU's, by its divider. A tick of edk2's timer is
 * ten #VC, each of several exits, and those 10 ms of a busy host may not be enough
 * for: the firmware then does nothing else. Linux measures how fast the timer is.
 */
#include "apic.h"
#include "insn.h"

#define TIMER_SLOWER_SHIFT 3U
#define TIMER_MOST_SHIFT 7U
#define ICR_MODE(icr) ((icr) >> 8 & 7)
#define ICR_MODE_NMI 4
#define ICR_MODE_INIT 5
#define ICR_MODE_STARTUP 6
#define ICR_LOGICAL BIT(11)
#define ICR_SHORTHAND(icr) ((icr) >> 18 & 3)
#define ICR_SELF BIT(18)
#define ICR_ADDRESSING (ICR_LOGICAL | 3UL << 18)

static uint32_t icr_high[MACHINE_MAX_CPUS]; /* the guest's, while in xAPIC mode */

static uint32_t timer_divide[MACHINE_MAX_CPUS]; /* as the guest has set it */

static bool guest_x2apic[MACHINE_MAX_CPUS]; /* the mode that the guest believes in */

static bool used_above[MACHINE_MAX_CPUS]; /* VMPL 0 has written to it, and not directly */

static uint32_t owner[MACHINE_MAX_CPUS]; /* the VMPL that the processor's own is set up for */

static bool is_direct(void)
{
	static enum {
		UNKNOWN,
		NO,
		YES
	} direct;

	if (direct == UNKNOWN)
		direct = option_is("mmio", "direct") ? YES : NO;
	return direct == YES;
}

/* Only with mmio=direct is the real one ever in that mode. */
static bool real_x2apic(void)
{
	return is_direct() && rdmsr(MSR_APIC_BASE) & APIC_BASE_X2APIC;
}

static uint32_t reg_read(uint32_t offset)
{
	return real_x2apic() ? (uint32_t)rdmsr(MSR_X2APIC_FIRST + (offset >> 4)) : XAPIC(offset);
}

static void reg_write(uint32_t offset, uint32_t value)
{
	if (real_x2apic())
		wrmsr(MSR_X2APIC_FIRST + (offset >> 4), value);
	else
		XAPIC(offset) = value;
}

/* Bits 0, 1 and 3 are the shift less one, modulo 8. */
uint32_t apic_timer_shift(uint32_t divide)
{
	uint32_t shift = ((divide & 3) + (divide >> 1 & 4) + 1) & 7;

	shift += TIMER_SLOWER_SHIFT;
	return shift > TIMER_MOST_SHIFT ? TIMER_MOST_SHIFT : shift;
}

static uint32_t slower(uint32_t divide)
{
	uint32_t shift = apic_timer_shift(divide);

	return ((shift - 1) & 3) | ((shift - 1) & 4) << 1;
}

static void set_timer_divide(const struct vcpu *v, uint32_t value)
{
	timer_divide[v->index] = value;
	reg_write(APIC_TIMER_DIVIDE, slower(value));
}

static void send_icr(uint64_t icr, uint32_t dest)
{
	if (real_x2apic()) {
		wrmsr(MSR_X2APIC_ICR, (icr & 0xffffffff) | (uint64_t)dest << 32);
		return;
	}
	XAPIC(APIC_ICR_HIGH) = dest << 24;
	XAPIC(APIC_ICR_LOW) = (uint32_t)icr;
}

void apic_send_nmi(uint32_t apic_id)
{
	send_icr(ICR_MODE_NMI << 8 | BIT(14), apic_id);
}

static bool owns_apic(const struct vcpu *v)
{
	return v->current == host_interrupt_vmpl();
}

bool apic_was_used(const struct vcpu *v)
{
	return used_above[v->index];
}

bool apic_guest_x2apic(const struct vcpu *v)
{
	return guest_x2apic[v->index];
}

uint32_t apic_guest_divide(const struct vcpu *v)
{
	return timer_divide[v->index];
}

void apic_forget(const struct vcpu *v)
{
	guest_x2apic[v->index] = false;
	timer_divide[v->index] = 0;
	icr_high[v->index] = 0;
}

/* Each processor reaches its own APIC alone, so each does that for itself, and late. */
void host_settle_apic(struct vcpu *v)
{
	uint32_t before = owner[v->index];

	if (LIKELY(before == host_interrupt_vmpl()))
		return;
	owner[v->index] = host_interrupt_vmpl();
	if (!before)
		apic_hand_over(v);
}

/* The memory window and ICR stay the host's: what it keeps from the APIC comes by these. */
bool host_maps_x2apic(const struct vcpu *v)
{
	return is_direct() && owns_apic(v);
}

/* Whether @v is among the targets of an ICR command by @from. */
static bool targeted(
	const struct vcpu *from, const struct vcpu *v, uint64_t icr, uint32_t dest, bool x2apic)
{
	switch (ICR_SHORTHAND(icr)) {
	case 1:
		return v == from;
	case 2:
		return true;
	case 3:
		return v != from;
	default:
		break;
	}
	if (dest == (x2apic ? 0xffffffff : 0xff))
		return true;
	if (!(icr & ICR_LOGICAL))
		return v->apic_id == dest;
	return x2apic ? v->apic_id >> 4 == dest >> 16 && dest >> (v->apic_id & 15) & 1
		      : dest >> v->apic_id & 1;
}

static void special_ipi(struct vcpu *from, uint64_t icr, uint32_t dest, bool x2apic)
{
	for (uint32_t i = 0; i < cpu_count; i++) {
		struct vcpu *v = &vcpus[i];

		if (!targeted(from, v, icr, dest, x2apic))
			continue;
		if (ICR_MODE(icr) == ICR_MODE_NMI) {
			v->context[host_interrupt_vmpl()].nmi_pending = true;
			vcpu_kick(v);
		} else if (ICR_MODE(icr) == ICR_MODE_STARTUP) {
			host_wake_reset_hold(v);
		} else if (ICR_MODE(icr) == ICR_MODE_INIT) {
			host_init(v);
		}
	}
}

/*
 * Of x2APIC addresses the real APIC knows nothing, and of shorthands the wrong thing where
 * it bears an id that the machine gave it (smp.c): to each target by its id.
 */
static void fixed_ipi(struct vcpu *from, uint64_t icr, uint32_t dest, bool x2apic)
{
	if (is_direct() || (!x2apic && !ICR_SHORTHAND(icr))) {
		send_icr(icr, dest);
		return;
	}
	for (uint32_t i = 0; i < cpu_count; i++)
		if (targeted(from, &vcpus[i], icr, dest, x2apic))
			send_icr(icr & ~ICR_ADDRESSING, vcpus[i].apic_id);
}

static void guest_icr(struct vcpu *v, uint64_t icr, uint32_t dest, bool x2apic)
{
	uint32_t mode = ICR_MODE(icr);

	if (mode == ICR_MODE_NMI || mode == ICR_MODE_INIT || mode == ICR_MODE_STARTUP)
		special_ipi(v, icr, dest, x2apic);
	else
		fixed_ipi(v, icr, dest, x2apic);
}

static uint64_t base_read(const struct vcpu *v)
{
	uint64_t base = rdmsr(MSR_APIC_BASE) & ~(uint64_t)(APIC_BASE_BSP | APIC_BASE_X2APIC);

	return base | (v->index ? 0 : APIC_BASE_BSP) |
	       (guest_x2apic[v->index] ? APIC_BASE_X2APIC : 0);
}

/* Devices that address x2APICs by 8 bits mean the first ones, each a bit. */
static bool base_write(struct vcpu *v, uint64_t value)
{
	bool x2apic = value & APIC_BASE_X2APIC;

	if (x2apic && !(value & APIC_BASE_ENABLE))
		return false;
	guest_x2apic[v->index] = x2apic;
	wrmsr(MSR_APIC_BASE, is_direct() ? value : value & ~(uint64_t)APIC_BASE_X2APIC);
	if (is_direct())
		return true;
	XAPIC(APIC_ID) = v->apic_id << 24; /* QEMU has reset it */
	if (x2apic) {
		XAPIC(APIC_DFR) = DFR_FLAT;
		XAPIC(APIC_LDR) = 1U << (24 + v->apic_id);
	}
	return true;
}

static uint64_t x2apic_read(const struct vcpu *v, uint32_t msr)
{
	switch (msr) {
	case MSR_X2APIC_ID:
		return v->apic_id;
	case MSR_X2APIC_LDR:
		return v->apic_id >> 4 << 16 | 1U << (v->apic_id & 15);
	case MSR_X2APIC_TIMER_DIVIDE:
		return timer_divide[v->index];
	default:
		return reg_read(X2APIC_OFFSET(msr));
	}
}

static void x2apic_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case MSR_X2APIC_ICR:
		guest_icr(v, value, (uint32_t)(value >> 32), true);
		break;
	case MSR_X2APIC_SELF_IPI:
		guest_icr(v, (value & 0xff) | ICR_SELF, 0, true);
		break;
	case MSR_X2APIC_TIMER_DIVIDE:
		set_timer_divide(v, (uint32_t)value);
		break;
	default:
		reg_write(X2APIC_OFFSET(msr), (uint32_t)value);
		break;
	}
}

static bool is_apic_msr(uint32_t msr)
{
	return msr == MSR_APIC_BASE || (msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST);
}

/* Neither VMPL 0 nor the one that interrupts belong to. */
static uint64_t idle_read(const struct vcpu *v, uint32_t msr)
{
	if (msr == MSR_APIC_BASE)
		return base_read(v);
	return msr == MSR_X2APIC_ID ? v->apic_id : 0;
}

static bool own_read(const struct vcpu *v, uint32_t msr, uint64_t *value)
{
	if (msr == MSR_APIC_BASE) {
		*value = base_read(v);
		return true;
	}
	if (!guest_x2apic[v->index])
		return false;
	*value = x2apic_read(v, msr);
	return true;
}

static bool own_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	used_above[v->index] |= !v->current && !is_direct();
	if (msr == MSR_APIC_BASE)
		return base_write(v, value);
	if (!guest_x2apic[v->index] || msr == MSR_X2APIC_ID || msr == MSR_X2APIC_LDR)
		return false;
	x2apic_write(v, msr, value);
	return true;
}

bool apic_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	if (!is_apic_msr(msr))
		return false;
	host_settle_apic(v);
	if (owns_apic(v))
		return own_read(v, msr, value);
	if (!v->current)
		return upper_apic_read(v, msr, value);
	*value = idle_read(v, msr);
	return true;
}

bool apic_msr_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	if (!is_apic_msr(msr))
		return false;
	host_settle_apic(v);
	if (owns_apic(v))
		return own_write(v, msr, value);
	return v->current || upper_apic_write(v, msr, value);
}

uint32_t apic_mmio_read(struct vcpu *v, uint32_t offset)
{
	if (guest_x2apic[v->index])
		return 0xffffffff;
	if (offset == APIC_ID)
		return v->apic_id << 24;
	if (!owns_apic(v))
		return 0;
	if (offset == APIC_TIMER_DIVIDE)
		return timer_divide[v->index];
	return offset == APIC_ICR_HIGH ? icr_high[v->index] : XAPIC(offset & ~3U);
}

void apic_mmio_write(struct vcpu *v, uint32_t offset, uint32_t value)
{
	if (guest_x2apic[v->index] || !owns_apic(v) || offset == APIC_ID)
		return;
	used_above[v->index] |= !v->current && !is_direct();
	if (offset == APIC_ICR_HIGH)
		icr_high[v->index] = value;
	else if (offset == APIC_ICR_LOW)
		guest_icr(v, value, icr_high[v->index] >> 24, false);
	else if (offset == APIC_TIMER_DIVIDE)
		set_timer_divide(v, value);
	else
		XAPIC(offset & ~3U) = value;
}
