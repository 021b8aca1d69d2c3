/* SPDX-License-Identifier: MIT */
/*
 * What the hostile host makes of guest messages. host=watch-numbers: it keeps VMPL
 * 0's requests, and the run ends when two have one sequence number and differ: that
 * is one initialization vector used twice. Of the secure processor's responses to VMPL 0
 * (hostile.h). host=response-replay: always the first one. host=response-late:
 * the one before. response=OFFSET.XOR[.NTH], hexadecimal, several with commas:
 * the byte at OFFSET of the NTH response page, or of every one, is XORed.
 * response-after=N: not at once, but N instructions of VMPL 0 later.
 */
#include "hostile.h"

#define MAX_CHANGES 8U
#define EVERY UINT64_MAX

struct change {
	uint64_t offset, value, nth;
};

static struct change changes[MAX_CHANGES];
static uint32_t change_count;
static uint64_t seen;
static struct snp_msg first, previous;

/* What is to be changed when VMPL 0 has executed that many instructions more. */
static struct {
	const struct vcpu *v; /* whose instructions count; NULL: nothing waits */
	uint64_t left, nth, gpa;
} race;

static bool ends_part(char c)
{
	return !c || c == '.' || c == ',' || c == ' ';
}

static uint64_t take_number(const char **p)
{
	uint64_t value = 0;

	for (; !ends_part(**p); (*p)++) {
		if (hex_digit(**p) < 0)
			machine_fault("response= has '%c', which is no hexadecimal digit", **p);
		value = value * 16 + (uint64_t)hex_digit(**p);
	}
	*p += **p == '.';
	return value;
}

static void parse_change(const char **p)
{
	struct change *c;

	if (change_count == MAX_CHANGES)
		machine_fault("response= has more than %u changes", MAX_CHANGES);
	c = &changes[change_count++];
	c->offset = take_number(p);
	c->value = take_number(p);
	c->nth = ends_part(**p) ? EVERY : take_number(p);
	if (c->offset >= PAGE_SIZE || !c->value || c->value > 0xff)
		machine_fault("response= wants OFFSET.XOR[.NTH], an offset in the page and a byte");
	*p = **p == ',' ? *p + 1 : NULL;
}

void hostile_responses_init(void)
{
	size_t len;
	const char *p = option_text("response", &len);

	while (p)
		parse_change(&p);
}

static void change_byte(uint64_t gpa, const struct change *c)
{
	uint8_t *byte = host_memory(gpa + c->offset, 1);

	if (byte)
		*byte ^= (uint8_t)c->value;
}

static void apply(uint64_t nth, uint64_t gpa)
{
	for (uint32_t i = 0; i < change_count; i++)
		if (changes[i].nth == EVERY || changes[i].nth == nth)
			change_byte(gpa, &changes[i]);
}

/* The response that goes to the guest; false: none does. */
static bool choose(struct snp_msg *response)
{
	struct snp_msg now = *response;

	if (!seen)
		first = now;
	if (option_has("host", "response-replay"))
		*response = first;
	if (option_has("host", "response-late"))
		*response = previous;
	previous = now;
	return seen || !option_has("host", "response-late");
}

/* Of the last message only: numbers do not go back, or the secure processor refuses. */
void hostile_sees_message(struct vcpu *v, const struct snp_msg *message)
{
	static struct snp_msg last;

	if (!hostile_on() || v->current || !option_has("host", "watch-numbers"))
		return;
	if (last.header.sequence == message->header.sequence &&
		memcmp(&last, message, sizeof(last)) != 0)
		run_end("guest-fault vcpu %u: two messages with the sequence number %lu", v->index,
			last.header.sequence);
	last = *message;
}

bool hostile_response(struct vcpu *v, struct snp_msg *response, uint64_t gpa)
{
	uint64_t after = option_number("response-after", 0);

	if (!hostile_on() || v->current)
		return false;
	if (choose(response))
		host_memory_write(gpa, response, sizeof(*response));
	if (after) {
		race.left = after;
		race.nth = seen;
		race.gpa = gpa;
		race.v = v;
	} else {
		apply(seen, gpa);
	}
	seen++;
	return true;
}

void hostile_responses_before_entry(struct vcpu *v)
{
	if (race.v != v || vcpu_context(v)->step.active)
		return;
	if (race.left--) {
		step_begin(v);
		return;
	}
	race.v = NULL;
	apply(race.nth, race.gpa);
}
