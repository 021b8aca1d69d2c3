/* SPDX-License-Identifier: MIT */
/*
 * What is injected where (injection.h). A single event; a sweep of events that
 * VMPL 0 has to survive, a fixed number of its instructions apart (those of its
 * handlers do not count); a storm, which leaves the handlers no time; and trials:
 * exceptions that must end it. A trial is undone by the machine, which puts VMPL
 * 0's memory and registers back as they were at its entry, so that one run tries
 * every exception at many instructions. All of them may be about some places alone
 * (place.h).
 */
#include "injection.h"
#include "hostile_ports.h"
#include "place.h"
#include "snapshot.h"
#include "x86.h"

#define COM1_FIRST 0x3f8
#define COM1_LAST 0x3ff
#define TRIAL_STRIDE 7U /* instructions from one trial to the next; of rare ones each */

enum mode {
	MODE_NONE,
	MODE_ONCE,
	MODE_SWEEP,
	MODE_STORM,
	MODE_TRIALS,
};

static struct {
	enum mode mode;
	uint64_t event; /* EVENTINJ */
	uint32_t steps; /* instructions of VMPL 0 until it is injected */
	bool counts;    /* the one that is stepped is one of those */
	uint32_t apart, left, injected;
} now;

static struct {
	bool pending;   /* injected; VMPL 0 has to ask for its end */
	bool in_ring_3; /* it may be a service's end instead */
	uint32_t stride, window, ended, fixed, borne;
} trial;

/* --- What is injected --- */

/* External interrupts of every vector, NMI, #HV. */
static uint64_t harmless_event(uint32_t i)
{
	uint32_t vector = VEC_FIRST_EXTERNAL + i % (256 - VEC_FIRST_EXTERNAL + 2);

	if (vector == 256)
		return VEC_NMI | EVENT_TYPE_NMI;
	if (vector == 257)
		return VEC_HV | EVENT_TYPE_EXCEPTION;
	return vector | EVENT_TYPE_INTR;
}

/* NMI and #HV are harmless, all others no guest of VMPL 0's may get from the host. */
static uint32_t exception_vector(uint32_t i)
{
	uint32_t vector = i % 30;

	vector += vector >= VEC_NMI;
	return vector + (vector >= VEC_HV);
}

/* Each vector as an exception without and with error codes, and as an interrupt. */
static uint64_t exception_event(uint32_t i)
{
	static const uint64_t errors[] = {
		0, SVM_EXIT_PAGE_NOT_VALIDATED, SVM_EXIT_CPUID, SVM_EXIT_VMGEXIT, 0xffffffff};
	uint64_t vector = exception_vector(i);
	uint32_t form = i / 30 % (ARRAY_SIZE(errors) + 2);

	if (form == ARRAY_SIZE(errors))
		return vector | EVENT_TYPE_INTR;
	if (form > ARRAY_SIZE(errors))
		return vector | EVENT_TYPE_EXCEPTION;
	return vector | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID |
	       errors[form] << EVENT_ERROR_SHIFT;
}

/* --- When --- */

static void next_trial(void)
{
	trial.pending = false;
	now.event = exception_event(now.injected);
	now.steps = trial.window;
}

void injection_order(uint32_t command, uint64_t a0, uint32_t a1)
{
	now.injected = 0;
	now.event = a0;
	now.steps = a1;
	now.mode = MODE_ONCE;
	if (command == HOSTILE_SWEEP) {
		now.mode = MODE_SWEEP;
		now.left = (uint32_t)a0;
		now.apart = a1;
		now.event = harmless_event(0);
	} else if (command == HOSTILE_STORM) {
		now.mode = MODE_STORM;
		now.left = a1;
		now.apart = now.steps = 1;
	} else if (command == HOSTILE_TRIALS) {
		now.mode = MODE_TRIALS;
		now.left = a1;
		snapshot_also(a0);
		trial.stride = place_is_rare() ? 1 : TRIAL_STRIDE;
		trial.window = 0;
		next_trial();
	}
}

/*
 * TF is in the frame that the handler returns with: the step ends at the first
 * instruction behind it.
 */
static void inject_and_step(struct vcpu *v)
{
	step_begin(v);
	vcpu_context(v)->step.behind = true;
	event_inject(v, now.event | EVENT_VALID);
}

/* Delivered by software, so that the step is the handler's first instruction. */
static void inject_and_step_into(struct vcpu *v)
{
	event_inject(v, (now.event & EVENT_VECTOR_MASK) | EVENT_TYPE_EXCEPTION | EVENT_VALID);
	step_begin(v);
}

static void inject(struct vcpu *v)
{
	trial.in_ring_3 = vcpu_context(v)->vmcb->cpl == 3;
	if (now.mode == MODE_SWEEP)
		inject_and_step(v);
	else if (now.mode == MODE_STORM)
		inject_and_step_into(v);
	else
		event_inject(v, now.event | EVENT_VALID);
	now.injected++;
	now.steps = now.apart;
	now.counts = true;
	if (now.mode == MODE_TRIALS)
		trial.pending = true;
	else if (now.mode == MODE_ONCE || !--now.left)
		now.mode = MODE_NONE;
	else if (now.mode == MODE_SWEEP)
		now.event = harmless_event(now.injected);
}

void injection_before_entry(struct vcpu *v)
{
	if (now.mode == MODE_NONE || trial.pending || vcpu_context(v)->step.active)
		return;
	if (now.mode == MODE_TRIALS && !snapshot_taken())
		snapshot_take(v);
	now.counts = place_is_here(v);
	if (now.counts && !now.steps)
		inject(v);
	else
		step_begin(v);
}

void injection_stepped(void)
{
	if (now.counts && now.steps)
		now.steps--;
}

/* --- Trials --- */

static void count_trial(uint32_t *counter)
{
	(*counter)++;
	if (!--now.left)
		now.mode = MODE_NONE;
	trial.window += trial.stride;
	next_trial();
}

/* A fault at an instruction that touches guest memory; the only ones expected. */
static bool may_be_fixed(uint64_t event)
{
	uint32_t vector = event & EVENT_VECTOR_MASK;
	bool has_type = (event & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION;

	if (vector == VEC_PF)
		return true;
	return vector == VEC_VC && has_type &&
	       event >> EVENT_ERROR_SHIFT == SVM_EXIT_PAGE_NOT_VALIDATED;
}

bool injection_undo(struct vcpu *v, uint64_t set, uint64_t code)
{
	if (!trial.pending || set != TERM_SET_NACRE || code != TERM_NACRE_EXCEPTION)
		return false;
	snapshot_restore(v);
	count_trial(&trial.ended);
	return true;
}

/* Every window of this entry has been tried: on with the first ones, and with the next entry. */
bool injection_leaving(struct vcpu *v)
{
	if (now.mode != MODE_TRIALS)
		return false;
	if (trial.pending && trial.in_ring_3) {
		snapshot_restore(v);
		count_trial(&trial.borne);
		return true;
	}
	snapshot_drop();
	if (trial.pending && !may_be_fixed(now.event))
		run_end("guest-fault VMPL 0 has survived event %lx after %u instructions",
			now.event, trial.window);
	if (trial.pending)
		count_trial(&trial.fixed);
	else
		trial.window %= trial.stride;
	if (trial.stride > 1)
		trial.window++;
	now.steps = trial.window;
	return false;
}

bool injection_mutes(uint16_t port)
{
	return trial.pending && port >= COM1_FIRST && port <= COM1_LAST;
}

uint32_t injection_reply(uint32_t question)
{
	switch (question) {
	case HOSTILE_INJECTED:
		return now.injected;
	case HOSTILE_TRIALS_LEFT:
		return now.mode == MODE_TRIALS ? now.left : 0;
	case HOSTILE_TRIALS_ENDED:
		return trial.ended;
	case HOSTILE_TRIALS_BORNE:
		return trial.borne;
	default:
		return trial.fixed;
	}
}
