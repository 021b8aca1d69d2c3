/* SPDX-License-Identifier: MIT */
/*
 * What the machine's three roles stand on: its own memory, its log and options,
 * locks, QEMU's fw_cfg, and the end of a run. Physical addresses are mapped one
 * to one, so a pointer to physical memory is the address itself.
 */
#ifndef MACHINE_CORE_H
#define MACHINE_CORE_H

#include <stdarg.h>
#include "compiler.h"

#define MACHINE_MAX_CPUS 8U
#define MACHINE_STACK_SIZE 32768U

/* --- Memory of the machine itself --- */

/* Physical pointer. */
static inline void *phys(uint64_t pa)
{
	return (void *)pa;
}

/* Where the one-to-one mapping ends; no device is beyond. OVMF counts on 46 bits. */
static inline uint64_t machine_mmio_limit(void)
{
	return 1ULL << 46;
}

uint64_t virt_to_phys(const void *p);
/* The machine's own page tables, of all processors. */
extern uint64_t machine_cr3;

/* Zeroed pages of the machine's own memory; stops the run when there are none left. */
void *alloc_pages(uint64_t count);
static inline void *alloc_page(void)
{
	return alloc_pages(1);
}

/* Finds QEMU's RAM, gives the guest its part and moves the machine behind it. */
void memory_init(void);
/* ROMs instead of RAM from C0000h on, as after reset; the guest may change that again. */
void memory_cover_legacy(void);
/* First address of the machine's own memory; all RAM from here belongs to it. */
uint64_t machine_memory_base(void);
uint64_t machine_memory_end(void);

/* RAM that the guest's machine has, in guest-physical terms. */
struct ram_range {
	uint64_t base, size;
};
#define MAX_RAM_RANGES 2U
extern struct ram_range guest_ram[MAX_RAM_RANGES];
extern uint32_t guest_ram_count;

/* --- Log: one line a fact, to the debug port --- */
void log_char(char c);
void log_print(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_vprint(const char *fmt, va_list args);
int format(char *buffer, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);

enum trace_kind {
	TRACE_EXITS = 1,
	TRACE_RMP = 2,
	TRACE_VMPL = 4,
	TRACE_SVSM = 8,
	TRACE_HOST = 16,
};
extern uint32_t trace_mask;
#define TRACE(kind, ...)                           \
	do {                                       \
		if (UNLIKELY(trace_mask & (kind))) \
			log_print(__VA_ARGS__);    \
	} while (0)

/* --- Options: words key=value of the machine's command line --- */
/* Ends the run if @cmdline, which must stay, has a word that is no option. */
void options_init(const char *cmdline);
/* Value of @key, or NULL; ends at a space. Length in @len. */
const char *option_text(const char *key, size_t *len);
uint64_t option_number(const char *key, uint64_t fallback);
/* 0 to 15, or -1; lower case. */
int hex_digit(char c);
bool option_is(const char *key, const char *value);
/* Whether the comma-separated list at @key has the word @word. */
bool option_has(const char *key, const char *word);

/* --- Time (clock.c) --- */

/* Ticks of the time-stamp counter in a second; the first call measures it. */
uint64_t tsc_frequency(void);
/* Measures that, which takes 50 ms. */
uint64_t tsc_measure(void);
uint64_t seconds_since_1970(void);

/* --- End of a run --- */

/* Prints what was counted in the run, which has ended (processor/timeline.c). */
void run_report(void);
/* Writes "result: ..." and the counters, ends QEMU. Never returns. */
NORETURN void run_end(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* A fault of the machine itself: an operation it lacks, an impossible state. */
NORETURN void machine_fault(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* --- Locks --- */
struct spinlock {
	uint32_t next, owner;
};
void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);

/* --- QEMU's fw_cfg: files that the script hands to the machine --- */
#define MACHINE_FILE_NAME 56U
struct machine_file {
	const uint8_t *data;
	uint64_t size;
};
/* Reads a file whole into the machine's memory; false if there is none. */
bool machine_file_read(const char *name, struct machine_file *file);
/* Reads at most @size bytes of a file into @buffer; returns its full size, 0 if none. */
uint64_t machine_file_peek(const char *name, void *buffer, uint64_t size);
/* The name of the @index-th file whose name begins with @prefix; false: there are fewer. */
bool machine_file_name(const char *prefix, uint32_t index, char name[MACHINE_FILE_NAME]);
/* Reads legacy item @selector. */
void machine_item_read(uint16_t selector, void *buffer, uint32_t size);

/* --- Processors --- */
extern uint32_t cpu_count;
/* Starts the others; each calls cpu_entry(index). */
void smp_start(void);
void cpu_entry(uint32_t index);
uint32_t cpu_apic_id(uint32_t index);
/* Index of the running processor: kept at the bottom of its stack. */
uint32_t cpu_index(void);
/* spare=on: this is QEMU's first processor, which runs no guest. */
bool cpu_is_spare(void);
NORETURN void cpu_park(void);
/* Takes the interrupts that wait at this processor, and drops them. */
void cpu_absorb_interrupts(void);

/* --- String functions (core/string.c) --- */
void *memset(void *dst, int c, size_t n);
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif
