/* SPDX-License-Identifier: MIT */
/*
 * The guest's page tables as its processor walks them: for operands of the
 * instructions that QEMU lacks, for the delivery of #VC, for instruction bytes.
 * Walks are private whatever the C-bit of a table's address says.
 */
#include "vcpu.h"
#include "npt.h"
#include "rmp.h"
#include "x86.h"

static uint64_t address_mask(void)
{
	return PTE_ADDR_MASK & ~BIT(npt_c_bit());
}

bool guest_is_64bit(const struct context *c)
{
	return c->vmcb->efer & EFER_LMA && c->vmcb->cs.attributes & SEGMENT_ATTR_L;
}

/* Pointer to guest memory that the guest itself could reach, or NULL. */
static uint8_t *reach(struct vcpu *v, uint64_t gpa, bool private, uint32_t perm)
{
	uint64_t gpn = gpa >> PAGE_SHIFT;

	if (rmp_check(gpn, private, v->current, perm) != ACCESS_OK)
		return NULL;
	return (uint8_t *)phys(frame_pa(host_map(gpn))) + (gpa & (PAGE_SIZE - 1));
}

struct walk {
	struct vcpu *v;
	uint64_t va;
	bool user, writable, executable;
	bool long_entries; /* 8-byte entries */
	uint32_t *last;    /* the low half of the entry read last */
};

/* Reads the entry at level @level of the table at @table; false if it cannot. */
static bool read_entry(struct walk *w, uint64_t table, uint32_t index, uint64_t *entry)
{
	uint8_t *p = reach(w->v, table + index * (w->long_entries ? 8 : 4), true,
		RMP_PERM_READ | RMP_PERM_WRITE);

	if (!p)
		return false;
	w->last = (uint32_t *)p;
	*entry = w->long_entries ? *(uint64_t *)p : *(uint32_t *)p;
	return *entry & PTE_P;
}

static void take_rights(struct walk *w, uint64_t entry)
{
	w->user &= !!(entry & PTE_U);
	w->writable &= !!(entry & PTE_W);
	w->executable &= !(w->long_entries && entry & PTE_NX);
}

/* Walks @levels levels from @root; the leaf's entry and the bits it does not give. */
static bool walk_tables(struct walk *w, uint64_t root, int levels, uint64_t *leaf, int *shift)
{
	int bits = w->long_entries ? 9 : 10;
	uint64_t table = root, entry;

	for (int level = levels - 1; level >= 0; level--) {
		bool top_of_pae = levels == 3 && level == 2;

		*shift = PAGE_SHIFT + bits * level;
		if (!read_entry(w, table,
			    (uint32_t)(w->va >> *shift) & ((1U << bits) - 1) &
				    (top_of_pae ? 3 : ~0U),
			    &entry))
			return false;
		if (!top_of_pae)
			take_rights(w, entry);
		if (!level || (entry & PTE_PS && level <= 2 && !top_of_pae)) {
			*leaf = entry;
			return true;
		}
		table = entry & address_mask();
	}
	return false;
}

static int paging_levels(const struct vmcb *b)
{
	if (b->efer & EFER_LMA)
		return b->cr4 & CR4_LA57 ? 5 : 4;
	return b->cr4 & CR4_PAE ? 3 : 2;
}

static bool rights_allow(
	const struct vmcb *b, const struct walk *w, enum walk_access access, bool user)
{
	if (user && !w->user)
		return false;
	if (access == WALK_WRITE && !w->writable && (user || b->cr0 & CR0_WP))
		return false;
	return access != WALK_FETCH || w->executable;
}

/* Of the leaf; those of the tables above it are set when the processor itself walks. */
static void set_accessed(const struct walk *w, enum walk_access access)
{
	uint32_t bits = (uint32_t)(access == WALK_WRITE ? PTE_A | PTE_D : PTE_A);

	if ((*w->last & bits) != bits)
		__atomic_fetch_or(w->last, bits, __ATOMIC_SEQ_CST);
}

bool guest_translate(struct vcpu *v, uint64_t va, enum walk_access access, bool user,
	struct translation *t, uint32_t *error_code)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;
	struct walk w = {v, va, true, true, true, !!(b->cr4 & CR4_PAE), NULL};
	uint64_t leaf, mask, root;
	int shift;

	if (!(b->cr0 & CR0_PG)) {
		*t = (struct translation){(uint32_t)va, true, true, true, true};
		return true;
	}
	*error_code = (access == WALK_WRITE ? PF_W : 0) | (user ? PF_U : 0) |
		      (access == WALK_FETCH ? PF_FETCH : 0);
	root = paging_levels(b) == 3 ? b->cr3 & 0xffffffe0 : b->cr3 & address_mask();
	if (!walk_tables(&w, root, paging_levels(b), &leaf, &shift))
		return false;
	if (!rights_allow(b, &w, access, user)) {
		*error_code |= PF_P;
		return false;
	}
	set_accessed(&w, access);
	mask = BIT(shift) - 1;
	t->gpa = (leaf & address_mask() & ~mask) | (va & mask);
	t->private = access == WALK_FETCH || !!(leaf & BIT(npt_c_bit()));
	t->writable = w.writable;
	t->user = w.user;
	t->executable = w.executable;
	return true;
}

uint8_t *guest_operand(struct vcpu *v, uint64_t va, bool write)
{
	enum walk_access access = write ? WALK_WRITE : WALK_READ;
	uint32_t error;
	struct translation t;
	uint8_t *p;

	if (!guest_translate(v, va, access, vcpu_context(v)->vmcb->cpl == 3, &t, &error)) {
		event_page_fault(v, va, error);
		return NULL;
	}
	p = reach(v, t.gpa, t.private, write ? RMP_PERM_WRITE : RMP_PERM_READ);
	if (!p)
		npf_refuse_data(v, t.gpa, t.private, write);
	return p;
}

static bool copy(struct vcpu *v, uint64_t va, uint8_t *buffer, size_t size, enum walk_access how)
{
	while (size) {
		size_t part = PAGE_SIZE - (va & (PAGE_SIZE - 1));
		struct translation t;
		uint32_t error;
		uint8_t *p;

		part = part < size ? part : size;
		if (!guest_translate(v, va, how, false, &t, &error))
			return false;
		p = reach(v, t.gpa, t.private, how == WALK_WRITE ? RMP_PERM_WRITE : RMP_PERM_READ);
		if (!p)
			return false;
		memcpy(how == WALK_WRITE ? p : buffer, how == WALK_WRITE ? buffer : p, part);
		va += part;
		buffer += part;
		size -= part;
	}
	return true;
}

bool guest_read(struct vcpu *v, uint64_t va, void *buffer, size_t size)
{
	return copy(v, va, buffer, size, WALK_READ);
}

bool guest_write(struct vcpu *v, uint64_t va, const void *buffer, size_t size)
{
	return copy(v, va, (uint8_t *)(uint64_t)buffer, size, WALK_WRITE);
}

size_t guest_fetch(struct vcpu *v, uint8_t *buffer, size_t size)
{
	const struct context *c = vcpu_context(v);
	uint64_t va = c->vmcb->rip + (guest_is_64bit(c) ? 0 : c->vmcb->cs.base);
	size_t n = 0;

	if (!guest_is_64bit(c))
		va = (uint32_t)va;
	while (n < size && copy(v, va + n, buffer + n, 1, WALK_FETCH))
		n++;
	return n;
}
