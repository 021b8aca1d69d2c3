/* SPDX-License-Identifier: MIT */
/*
 * What the hostile host does on command and at VMPL 0's entries (hostile.h);
 * what it says is lies.c.
 */
#include "hostile.h"
#include "injection.h"
#include "npt.h"
#include "place.h"
#include "snapshot.h"
#include "watch.h"
#include "x86.h"

static bool on;
static uint64_t arg0;
static uint32_t arg1;

/* What waits for VMPL 0 to be entered. */
static struct {
	uint32_t command;
	uint64_t arg0;
	uint32_t arg1;
} at_entry;

static uint32_t spurious; /* the order, HOSTILE_SPURIOUS or HOSTILE_SPURIOUS_HALT */
static uint32_t spurious_count;
static frame_t replaced;

#define TERMINATIONS_IGNORED 1000U
static uint32_t terminations[MACHINE_MAX_CPUS]; /* asked for by VMPL 0 and not granted */

/* What `host=` may say; a word that nobody knows would be an attack that never happens. */
static const char *const roles[] = {"honest", "hostile", "obliging", "no-terminate", "no-register",
	"no-start", "psc-stall", "psc-back", "psc-beyond", "psc-end", "psc-reserved", "psc-undo",
	"psc-keep", "fwcfg-error", "fwcfg-deaf", "response-replay", "response-late",
	"watch-numbers", "bitmap-kept"};

static bool is_role(const char *word)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(roles); i++)
		if (!strcmp(roles[i], word))
			return true;
	return false;
}

static void check_roles(void)
{
	char word[32] = "";
	size_t len, size = 0;
	const char *text = option_text("host", &len);

	for (size_t at = 0; text && at <= len; at++) {
		if (at < len && text[at] != ',') {
			word[size] = text[at];
			size += size + 1 < sizeof(word);
			continue;
		}
		word[size] = '\0';
		size = 0;
		if (!is_role(word))
			machine_fault("host= knows no '%s'; docs/machine.md lists its words", word);
	}
	if (text && option_is("host", "honest") == option_has("host", "hostile"))
		machine_fault("host= is either honest alone, or hostile with further words");
}

void hostile_init(void)
{
	check_roles();
	on = option_has("host", "hostile");
	hostile_responses_init();
	place_init();
	if (on && option_number("inject", 0))
		injection_order(HOSTILE_INJECT, option_number("inject", 0),
			(uint32_t)option_number("inject-after", 0));
}

bool hostile_on(void)
{
	return on;
}

static void take_away(uint64_t gpa, bool private_after)
{
	uint64_t gpn = gpa >> PAGE_SHIFT;

	if (!gpn_is_ram(gpn))
		return;
	host_forget_promise(gpn);
	rmp_psmash(host_map(gpn));
	rmp_update(host_map(gpn), gpn, false, RMP_SIZE_4K);
	if (private_after)
		rmp_update(host_map(gpn), gpn, true, RMP_SIZE_4K);
	vcpu_flush_others();
}

static void remap(uint64_t gpa, uint64_t other_gpn)
{
	replaced = host_map(gpa >> PAGE_SHIFT);
	host_map_set(gpa >> PAGE_SHIFT, host_map(other_gpn));
	vcpu_flush_others();
}

static void act(uint32_t command, uint64_t a0, uint32_t a1)
{
	TRACE(TRACE_HOST, "hostile: command %x %lx %x\n", command, a0, a1);
	switch (command) {
	case HOSTILE_SHARE:
		take_away(a0, false);
		break;
	case HOSTILE_PRIVATE:
		take_away(a0, true);
		break;
	case HOSTILE_REMAP:
		remap(a0, a1);
		break;
	case HOSTILE_RESTORE:
		host_map_set(a0 >> PAGE_SHIFT, replaced);
		vcpu_flush_others();
		break;
	case HOSTILE_INJECT:
	case HOSTILE_SWEEP:
	case HOSTILE_TRIALS:
	case HOSTILE_STORM:
		injection_order(command, a0, a1);
		break;
	case HOSTILE_PLACE:
		place_order(a1, a0);
		break;
	case HOSTILE_KEEP:
		snapshot_also(a0);
		break;
	case HOSTILE_SPURIOUS:
	case HOSTILE_SPURIOUS_HALT:
		spurious = command;
		break;
	case HOSTILE_WATCH:
		watch_order(a1);
		break;
	default:
		run_end("refused: hostile command %x is none", command);
	}
}

bool hostile_port_out(uint16_t port, uint32_t value)
{
	if (!on)
		return false;
	if (injection_mutes(port))
		return true;
	switch (port) {
	case HOSTILE_PORT_ARG0_LOW:
		arg0 = (arg0 & ~0xffffffffUL) | value;
		return true;
	case HOSTILE_PORT_ARG0_HIGH:
		arg0 = (uint32_t)arg0 | (uint64_t)value << 32;
		return true;
	case HOSTILE_PORT_ARG1:
		arg1 = value;
		return true;
	case HOSTILE_PORT_COMMAND:
		break;
	default:
		return false;
	}
	if (value & HOSTILE_AT_ENTRY && value < HOSTILE_INJECT) {
		at_entry.command = value & ~(uint32_t)HOSTILE_AT_ENTRY;
		at_entry.arg0 = arg0;
		at_entry.arg1 = arg1;
	} else {
		act(value, arg0, arg1);
	}
	return true;
}

void hostile_before_entry(struct vcpu *v)
{
	uint32_t command = at_entry.command;

	if (!on || v->current)
		return;
	if (command) {
		at_entry.command = 0;
		act(command, at_entry.arg0, at_entry.arg1);
	}
	watch_before_entry(v);
	hostile_responses_before_entry(v);
	injection_before_entry(v);
}

void hostile_stepped(struct vcpu *v)
{
	if (on && !v->current)
		injection_stepped();
}

static bool enter_if(struct vcpu *v, uint32_t order)
{
	if (!on || spurious != order || !v->current)
		return false;
	spurious = 0;
	spurious_count++;
	return host_run_vmpl(v, 0);
}

bool hostile_spurious_entry(struct vcpu *v)
{
	return enter_if(v, HOSTILE_SPURIOUS);
}

/* When the guest runs again, it runs behind its HLT. */
bool hostile_spurious_halt(struct vcpu *v)
{
	if (on && spurious == HOSTILE_SPURIOUS_HALT)
		advance_rip(vcpu_context(v), 1);
	return enter_if(v, HOSTILE_SPURIOUS_HALT);
}

bool hostile_obliging(void)
{
	return on && option_has("host", "obliging");
}

bool hostile_keeps_bitmap(void)
{
	return on && option_has("host", "bitmap-kept");
}

void hostile_sees_request(struct vcpu *v, const struct ghcb_request *req)
{
	if (hostile_keeps_bitmap() && !v->current && vcpu_context(v)->vmcb->cpl == 3 &&
		GHCB_HAS(req, sw_exit_code))
		run_end("guest-fault vcpu %u: ring 3 of VMPL 0 leaves with the request %lx in its "
			"GHCB",
			v->index, req->code);
}

static uint32_t reply_to(uint32_t question, uint64_t about)
{
	switch (question) {
	case HOSTILE_GHCB_PAGE:
		return (uint32_t)(vcpus[about % MACHINE_MAX_CPUS].context[0].ghcb_gpa >>
				  PAGE_SHIFT);
	case HOSTILE_IS_SHARED:
		return host_memory(about << PAGE_SHIFT, 1) != NULL;
	case HOSTILE_SPURIOUS_COUNT:
		return spurious_count;
	case HOSTILE_INJECTED:
	case HOSTILE_TRIALS_LEFT:
	case HOSTILE_TRIALS_ENDED:
	case HOSTILE_TRIALS_FIXED:
	case HOSTILE_TRIALS_BORNE:
		return injection_reply(question);
	case HOSTILE_WATCH_LEFT:
	case HOSTILE_WATCH_REFUSED:
	case HOSTILE_WATCH_CHANGED:
		return watch_reply(question);
	default:
		run_end("refused: hostile question %x is none", question);
	}
}

bool hostile_port_in(uint16_t port, uint32_t *value)
{
	if (!on || port != HOSTILE_PORT_COMMAND)
		return false;
	*value = reply_to(arg1, arg0);
	return true;
}

bool hostile_ignores_termination(struct vcpu *v, uint64_t set, uint64_t code)
{
	if (on && !v->current && injection_undo(v, set, code))
		return true;
	return on && option_has("host", "no-terminate") && !v->current &&
	       terminations[v->index]++ < TERMINATIONS_IGNORED;
}

void hostile_hold_to_termination(const struct vcpu *v, uint64_t request)
{
	if (terminations[v->index] && !v->current &&
		(request & GHCB_MSR_INFO_MASK) != GHCB_MSR_TERMINATE_REQ)
		run_end("guest-fault vcpu %u goes on (%lx) after asking to be terminated", v->index,
			request);
}

bool hostile_leaving(struct vcpu *v)
{
	if (!on || v->current)
		return false;
	watch_leaving();
	return injection_leaving(v);
}
