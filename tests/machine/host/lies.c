/* SPDX-License-Identifier: MIT */
/*
 * What the hostile host answers that is not so. Answers to VMPL 0 are chosen by
 * lie=EVENT.FIELD.VALUE[.NTH] (hexadecimal; several with commas): the NTH answer
 * to EVENT, counted from 0, or every one, has FIELD replaced. EVENT is a GHCB
 * exit code, or for the MSR protocol the request's GHCBInfo and FIELD "msr".
 * FIELD "omit" leaves the registers, "bitmap" everything out of the valid
 * bitmap; "skip" claims the first VALUE requests done without doing them.
 */
#include "hostile.h"

#define MAX_LIES 8U
#define EVERY UINT64_MAX

struct lie {
	uint64_t event, value, nth, seen;
	char field[8];
};

static struct lie lies[MAX_LIES];
static uint32_t lie_count;
static bool parsed;

static bool ends_part(char c)
{
	return !c || c == '.' || c == ',' || c == ' ';
}

/* Hexadecimal number at *@p. */
static uint64_t take_number(const char **p)
{
	uint64_t value = 0;

	for (; !ends_part(**p); (*p)++)
		value = value * 16 + (uint64_t)(**p <= '9' ? **p - '0' : (**p | 32) - 'a' + 10);
	return value;
}

static const char *parse_lie(const char *p, struct lie *lie)
{
	size_t n = 0;

	lie->event = take_number(&p);
	for (p += *p == '.'; !ends_part(*p) && n < sizeof(lie->field) - 1; p++)
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

/* Whether the host lies in this answer to @event; counts the answer. */
static bool applies(struct lie *l, uint64_t event)
{
	return l->event == event && (l->nth == EVERY || l->nth == l->seen++);
}

static bool is_about(const struct lie *l, const char *field)
{
	return !strcmp(l->field, field);
}

static void replace(const struct lie *l, struct ghcb_reply *reply)
{
	const struct {
		const char *name;
		uint64_t *value;
	} fields[] = {
		{"info1", &reply->info1},
		{"info2", &reply->info2},
		{"rax", &reply->rax},
		{"rbx", &reply->rbx},
		{"rcx", &reply->rcx},
		{"rdx", &reply->rdx},
	};

	if (is_about(l, "omit"))
		reply->has_rax = reply->has_rbx = reply->has_rcx = reply->has_rdx = false;
	if (is_about(l, "bitmap"))
		reply->no_bitmap = true;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (is_about(l, fields[i].name))
			*fields[i].value = l->value;
}

static bool silent_for(const struct vcpu *v)
{
	if (!parsed)
		parse_lies();
	return !hostile_on() || v->current;
}

void hostile_reply(struct vcpu *v, uint64_t code, struct ghcb_reply *reply)
{
	if (silent_for(v))
		return;
	for (uint32_t i = 0; i < lie_count; i++)
		if (!is_about(&lies[i], "skip") && applies(&lies[i], code))
			replace(&lies[i], reply);
}

uint64_t hostile_msr_reply(struct vcpu *v, uint64_t request, uint64_t answer)
{
	if (silent_for(v))
		return answer;
	for (uint32_t i = 0; i < lie_count; i++)
		if (is_about(&lies[i], "msr") && applies(&lies[i], request & GHCB_MSR_INFO_MASK))
			answer = lies[i].value;
	return answer;
}

bool hostile_skips(struct vcpu *v, uint64_t code)
{
	if (silent_for(v))
		return false;
	for (uint32_t i = 0; i < lie_count; i++)
		if (lies[i].event == code && is_about(&lies[i], "skip") && lies[i].value) {
			lies[i].value--;
			return true;
		}
	return false;
}

static void undo_first(const struct psc_buffer *list)
{
	uint64_t gpn = list->entries[0] >> PSC_ENTRY_GFN_SHIFT & 0xffffffffffUL;

	rmp_psmash(host_map(gpn));
	rmp_update(host_map(gpn), gpn, false, RMP_SIZE_4K);
}

/* Part of the way at first; from then on it has done less than before. */
static void go_back(struct psc_buffer *list)
{
	static uint32_t times;

	if (list->end_entry)
		list->cur_entry = times++ ? 0 : 1;
}

void hostile_psc(struct vcpu *v, struct psc_buffer *list)
{
	static uint64_t seen;

	if (silent_for(v) || seen++ < option_number("psc-nth", 0))
		return;
	if (option_has("host", "psc-stall"))
		list->cur_entry = 0;
	if (option_has("host", "psc-back"))
		go_back(list);
	if (option_has("host", "psc-beyond"))
		list->cur_entry = (uint16_t)(list->end_entry + 2);
	if (option_has("host", "psc-end"))
		list->end_entry = (uint16_t)(list->end_entry + 1);
	if (option_has("host", "psc-reserved"))
		list->reserved = 1;
	if (option_has("host", "psc-undo"))
		undo_first(list);
}

bool hostile_keeps_private(const struct vcpu *v)
{
	return hostile_on() && !v->current && option_has("host", "psc-keep");
}

bool hostile_forgets_start(const struct vcpu *target, uint32_t vmpl)
{
	if (!hostile_on())
		return false;
	if (option_has("host", "no-register") && vmpl)
		return true;
	return option_has("host", "no-start") && target->index == cpu_count - 1;
}
