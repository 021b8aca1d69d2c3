/* SPDX-License-Identifier: MIT */
/* Orders to the hostile host, and what most attacks do (accomplice.h). */
#include "accomplice.h"

#include <string.h>

#include "cpu.h"
#include "nae.h"

#define PATTERN 0x6e61637265206173ULL

void host_order(enum hostile_command command, uint64_t arg0, uint32_t arg1)
{
	nae_port_out(HOSTILE_PORT_ARG0_LOW, 4, (uint32_t)arg0);
	nae_port_out(HOSTILE_PORT_ARG0_HIGH, 4, (uint32_t)(arg0 >> 32));
	nae_port_out(HOSTILE_PORT_ARG1, 4, arg1);
	nae_port_out(HOSTILE_PORT_COMMAND, 4, command);
}

uint32_t host_answer(enum hostile_question question, uint32_t about)
{
	nae_port_out(HOSTILE_PORT_ARG0_LOW, 4, about);
	nae_port_out(HOSTILE_PORT_ARG0_HIGH, 4, 0);
	nae_port_out(HOSTILE_PORT_ARG1, 4, question);
	return nae_port_in(HOSTILE_PORT_COMMAND, 4);
}

void host_remap(uint64_t to, uint64_t from)
{
	host_order(HOSTILE_REMAP, to, (uint32_t)(from >> PAGE_SHIFT));
}

uint64_t core(uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8)
{
	struct svsm_regs r = {svsm_function(SVSM_PROTOCOL_CORE, number), rcx, rdx, r8, 0};

	return svsm_call(&r, SVSM_BY_MSR) ? r.rax : NO_CALL;
}

uint64_t pvalidate_entry(uint64_t entry)
{
	uint64_t at = (uint64_t)cpu_self()->ca + SVSM_CA_BUFFER_OFFSET;
	struct svsm_pvalidate_list *list = private_view(at);

	list->num_entries = 1;
	list->next = 0;
	list->reserved = 0;
	list->entries[0] = entry;
	return core(SVSM_CORE_PVALIDATE, at, 0, 0);
}

static uint64_t hexadecimal(const char *p)
{
	uint64_t value = 0;

	for (; *p && *p != ' '; p++)
		value = value * 16 + (uint64_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
	return value;
}

uint64_t word_number(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = guest.cmdline; *p; p++)
		if ((p == guest.cmdline || p[-1] == ' ') && !memcmp(p, name, n) && p[n] == '=')
			return hexadecimal(p + n + 1);
	return 0;
}

void pattern_fill(void *page)
{
	for (uint64_t i = 0; i < PAGE_SIZE / 8; i++)
		((uint64_t *)page)[i] = PATTERN ^ i;
}

bool pattern_holds(const void *page)
{
	for (uint64_t i = 0; i < PAGE_SIZE / 8; i++)
		if (((const uint64_t *)page)[i] != (PATTERN ^ i))
			return false;
	return true;
}

bool page_is_zero(const void *page)
{
	for (uint64_t i = 0; i < PAGE_SIZE / 8; i++)
		if (((const uint64_t *)page)[i])
			return false;
	return true;
}

bool read_is_unvalidated(const void *address)
{
	struct trap t = TRY("movq (%0), %%rax", : "r"(address) : "rax", "memory");

	return t.vector == VEC_VC && t.error == SVM_EXIT_PAGE_NOT_VALIDATED;
}
