/* SPDX-License-Identifier: MIT */
/*
 * The guest's side of an attack by guest and host together: orders to the
 * hostile host, raw calls, and pages with a pattern that tell what became of them.
 */
#ifndef ATTACKS_ACCOMPLICE_H
#define ATTACKS_ACCOMPLICE_H

#include "check.h"
#include "console.h"
#include "guest.h"
#include "memory.h"
#include "svsm_call.h"
#include "tests/machine/host/hostile_ports.h"
#include "trap.h"

/* Gives the host a command (hostile_ports.h). */
void host_order(enum hostile_command command, uint64_t arg0, uint32_t arg1);
/* Asks the host. */
uint32_t host_answer(enum hostile_question question, uint32_t about);
/* Puts the frame that stands at @from at @to as well. */
void host_remap(uint64_t to, uint64_t from);

/* A core call by its number; RAX of the answer, or NO_CALL if it was not served. */
#define NO_CALL 0xffffffffffffffffULL
uint64_t core(uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8);

/* One entry of a PVALIDATE list (gPA and flags), in the calling area; the result. */
uint64_t pvalidate_entry(uint64_t entry);
/* Flags of an entry that validates, and one that rescinds. */
#define VALIDATE SVSM_PVALIDATE_ACTION_VALIDATE
#define RESCIND 0ULL

/* The number in the word "@name=NUMBER" of the command line, hexadecimal; 0 if none. */
uint64_t word_number(const char *name);

/* A page with a pattern that nobody makes by accident. */
void pattern_fill(void *page);
bool pattern_holds(const void *page);
bool page_is_zero(const void *page);

/* Whether a read of @address raises #VC 404h: a page that is not validated. */
bool read_is_unvalidated(const void *address);

#endif
