/* SPDX-License-Identifier: MIT */
/*
 * What the hostile host says that is not so. Answers to VMPL 0 are chosen by
 * lie=EVENT.FIELD.VALUE[.NTH] (hexadecimal; several with commas): the NTH answer
 * to EVENT, counted from 0, or every one, has FIELD replaced. EVENT is a GHCB
 * exit code, or for the MSR protocol the request's GHCBInfo and FIELD "msr".
 */
#include "hostile.h"
#include "igvm.h"
#include "npt.h"

#define MAX_LIES 8U
#define EVERY UINT64_MAX

struct lie {
	uint64_t event, value, nth, seen;
	char field[8];
};

static struct lie lies[MAX_LIES];
static uint32_t lie_count;
static bool parsed;

/* Hexadecimal number at *@p up to '.', ',' or ' '. */
static uint64_t take_number(const char **p)
{
	uint64_t value = 0;

	for (; **p && **p != '.' && **p != ',' && **p != ' '; (*p)++)
		value = value * 16 + (uint64_t)(**p <= '9' ? **p - '0' : (**p | 32) - 'a' + 10);
	return value;
}

static const char *parse_lie(const char *p, struct lie *lie)
{
	size_t n = 0;

	lie->event = take_number(&p);
	for (p += *p == '.'; *p && *p != '.' && n < sizeof(lie->field) - 1; p++)
		lie->field[n++] = *p;
	p += *p == '.';
	lie->value = take_number(&p);
	lie->nth = EVERY;
	if (*p == '.') {
		p++;
		lie->nth = take_number(&p);
	}
	return *p == ',' ? p + 1 : NULL;
}

static void parse_lies(void)
{
	size_t len;
	const char *p = option_text("lie", &len);

	parsed = true;
	while (p && lie_count < MAX_LIES)
		p = parse_lie(p, &lies[lie_count++]);
}

/* The lie for this answer to @event about @field, if there is one. */
static const struct lie *find(uint64_t event, bool msr)
{
	if (!parsed)
		parse_lies();
	for (uint32_t i = 0; i < lie_count; i++) {
		struct lie *l = &lies[i];

		if (l->event != event || !strcmp(l->field, "msr") != msr)
			continue;
		if (l->nth == EVERY || l->nth == l->seen++)
			return l;
	}
	return NULL;
}

void hostile_reply(struct vcpu *v, uint64_t code, struct ghcb_reply *reply)
{
	const struct {
		const char *name;
		uint64_t *value;
		bool *has;
	} fields[] = {
		{"info1", &reply->info1, NULL},
		{"info2", &reply->info2, NULL},
		{"rax", &reply->rax, &reply->has_rax},
		{"rbx", &reply->rbx, &reply->has_rbx},
		{"rcx", &reply->rcx, &reply->has_rcx},
		{"rdx", &reply->rdx, &reply->has_rdx},
	};
	const struct lie *l;

	if (!hostile_on() || v->current)
		return;
	l = find(code, false);
	if (!l)
		return;
	if (!strcmp(l->field, "omit"))
		reply->has_rax = reply->has_rbx = reply->has_rcx = reply->has_rdx = false;
	if (!strcmp(l->field, "bitmap"))
		reply->no_bitmap = true;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcmp(l->field, fields[i].name))
			*fields[i].value = l->value;
}

uint64_t hostile_msr_reply(struct vcpu *v, uint64_t request, uint64_t answer)
{
	const struct lie *l;

	if (!hostile_on() || v->current)
		return answer;
	l = find(request & GHCB_MSR_INFO_MASK, true);
	return l ? l->value : answer;
}

void hostile_psc(struct vcpu *v, struct psc_buffer *list)
{
	if (!hostile_on() || v->current)
		return;
	if (option_has("host", "psc-rewind"))
		list->cur_entry = 0;
	if (option_has("host", "psc-end"))
		list->end_entry = (uint16_t)(list->end_entry + 1);
	if (option_has("host", "psc-reserved"))
		list->reserved = 1;
	if (option_has("host", "psc-undo")) {
		uint64_t gpn = list->entries[0] >> PSC_ENTRY_GFN_SHIFT & 0xffffffffffUL;

		rmp_psmash(host_map(gpn));
		rmp_update(host_map(gpn), gpn, false, RMP_SIZE_4K);
	}
}

bool hostile_forgets_start(const struct vcpu *target)
{
	return hostile_on() && option_has("host", "no-start") && target->index == cpu_count - 1;
}

bool hostile_ignores_termination(void)
{
	return hostile_on() && option_has("host", "no-terminate");
}

void hostile_fw_cfg(uint16_t selector, uint32_t nth, uint8_t *data, uint32_t size)
{
	if (!hostile_on() || !size)
		return;
	if (selector == option_number("fwcfg-change", UINT16_MAX) &&
		nth >= option_number("fwcfg-nth", 0))
		data[size / 2] ^= 1;
}

static void map_entry(struct igvm_memory_map_entry *e, uint64_t base, uint64_t size)
{
	e->starting_gpa_page_number = base >> PAGE_SHIFT;
	e->number_of_pages = size >> PAGE_SHIFT;
	e->entry_type = IGVM_MEMORY_RAM;
}

void hostile_memory_map(void *map, uint32_t size)
{
	struct igvm_memory_map_entry *e = map;
	uint32_t count = 0, max = size / (uint32_t)sizeof(*e);

	if (!hostile_on())
		return;
	while (count < max && e[count].number_of_pages)
		count++;
	if (option_is("map", "overlap"))
		map_entry(&e[count], guest_ram[0].base + MIB, MIB);
	else if (option_is("map", "wrap"))
		map_entry(&e[count], ~0xfffUL, 2 * PAGE_SIZE);
	else if (option_is("map", "huge"))
		e[0].number_of_pages = ~0UL;
	else if (option_is("map", "hole"))
		e[0].number_of_pages = 0x8000; /* ends where the paravisor begins */
	else if (option_is("map", "empty"))
		e[0].number_of_pages = 0;
	else if (option_is("map", "mmio"))
		map_entry(&e[count], 0xfec00000, MIB);
	else if (option_is("map", "endless"))
		for (uint32_t i = count; i < max; i++)
			map_entry(&e[i], 0x4000000000 + i * GIB, PAGE_SIZE);
}

void hostile_madt(void *madt, uint32_t size)
{
	uint8_t *p = madt;

	if (!hostile_on() || size < 64)
		return;
	if (option_is("madt", "duplicate"))
		p[44 + 8 + 3] = p[44 + 3];
	else if (option_is("madt", "length"))
		p[44 + 1] = 0;
	else if (option_is("madt", "long"))
		*(uint32_t *)(p + 4) = 0xffffffff;
	else if (option_is("madt", "signature"))
		p[0] = 'X';
}
