/* SPDX-License-Identifier: MIT */
/*
 * touch-high MIB: takes memory until MIB of it lie above 4 GiB of the guest's
 * physical addresses, which /proc/self/pagemap tells root, fills every word of
 * it, and reads all of it back. Status 0 if each word was as written, 1 if one
 * was not, 2 for a wrong argument, 3 if there is not so much memory above 4 GiB,
 * 4 if the kernel does not tell where memory lies.
 */
#include "guest.h"

#define MIB 0x100000UL
#define PAGE 4096UL
#define CHUNK (2 * MIB)
#define MAX_CHUNKS 32768
#define PROT_READ_WRITE 3
#define MAP_PRIVATE_ANONYMOUS 0x22
#define SPREAD 0x9e3779b97f4a7c15UL

/* An entry of pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#define PAGEMAP_PRESENT (1UL << 63)
#define PAGEMAP_FRAME ((1UL << 55) - 1)

#define FRAME_4G (0x100000000UL / PAGE)

enum {
	WELL,
	NOT_AS_WRITTEN,
	WRONG_USE,
	TOO_LITTLE,
	NOT_TOLD
};

static unsigned long *chunks[MAX_CHUNKS];
static unsigned long count;

static unsigned long value_of(const unsigned long *word)
{
	return (unsigned long)word * SPREAD;
}

static void fill(unsigned long *chunk)
{
	for (unsigned long *word = chunk; word < chunk + CHUNK / sizeof(*word); word++)
		*(volatile unsigned long *)word = value_of(word);
}

static int as_written(const unsigned long *chunk)
{
	for (const unsigned long *word = chunk; word < chunk + CHUNK / sizeof(*word); word++)
		if (*(const volatile unsigned long *)word != value_of(word))
			return 0;
	return 1;
}

/* How many of a filled chunk's pages lie above 4 GiB; -1 if that is not told. */
static long pages_above(long pagemap, const unsigned long *chunk)
{
	unsigned long entries[CHUNK / PAGE] = {0};
	long found = 0;

	if (guest_call(SYS_pread64, pagemap, (long)entries, sizeof(entries),
		    (unsigned long)chunk / PAGE * sizeof(entries[0])) != sizeof(entries))
		return -1;
	for (unsigned long i = 0; i < CHUNK / PAGE; i++) {
		if (!(entries[i] & PAGEMAP_PRESENT) || !(entries[i] & PAGEMAP_FRAME))
			return -1;
		found += (entries[i] & PAGEMAP_FRAME) >= FRAME_4G;
	}
	return found;
}

/* One more filled chunk; 0 if there is none. */
static int take_chunk(void)
{
	long address = guest_call(
		SYS_mmap, 0, CHUNK, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);

	if (address < 0 || count == MAX_CHUNKS)
		return 0;
	chunks[count] = (unsigned long *)address;
	fill(chunks[count++]);
	return 1;
}

static int take_above(long wanted_pages)
{
	long pagemap = guest_call(SYS_open, (long)"/proc/self/pagemap", 0, 0);
	long found;

	if (pagemap < 0)
		return NOT_TOLD;
	while (wanted_pages > 0) {
		if (!take_chunk())
			return TOO_LITTLE;
		found = pages_above(pagemap, chunks[count - 1]);
		if (found < 0)
			return NOT_TOLD;
		wanted_pages -= found;
	}
	return WELL;
}

int guest_main(int argc, char **argv)
{
	long mib = argc == 2 ? guest_number(argv[1], MAX_CHUNKS * (CHUNK / MIB)) : -1;
	int status;

	if (mib <= 0)
		return WRONG_USE;
	status = take_above((long)((unsigned long)mib * (MIB / PAGE)));
	for (unsigned long i = 0; status == WELL && i < count; i++)
		if (!as_written(chunks[i]))
			status = NOT_AS_WRITTEN;
	return status;
}
