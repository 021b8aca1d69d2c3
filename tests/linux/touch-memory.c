/* SPDX-License-Identifier: MIT */
/*
 * touch-memory MIB: takes so much memory, fills every word of it with a value
 * of its own, and reads all of it back. Status 0 if each word was as written,
 * 1 if one was not, 2 for a wrong argument, 3 if there is not so much memory.
 */
#include "guest.h"

#define MIB 0x100000UL
#define PROT_READ_WRITE 3
#define MAP_PRIVATE_ANONYMOUS 0x22
#define SPREAD 0x9e3779b97f4a7c15UL

static unsigned long value_of(const unsigned long *word)
{
	return (unsigned long)word * SPREAD;
}

static void fill(unsigned long *from, const unsigned long *end)
{
	for (unsigned long *word = from; word < end; word++)
		*(volatile unsigned long *)word = value_of(word);
}

static int as_written(const unsigned long *from, const unsigned long *end)
{
	for (const unsigned long *word = from; word < end; word++)
		if (*(const volatile unsigned long *)word != value_of(word))
			return 0;
	return 1;
}

/* NULL if there is not so much. */
static unsigned long *take(unsigned long size)
{
	long address = guest_call(
		SYS_mmap, 0, (long)size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);

	return address < 0 ? (void *)0 : (unsigned long *)address;
}

int guest_main(int argc, char **argv)
{
	long mib = argc == 2 ? guest_number(argv[1], 1 << 20) : -1;
	unsigned long size = (unsigned long)mib * MIB;
	unsigned long *words;

	if (mib <= 0)
		return 2;
	words = take(size);
	if (!words)
		return 3;
	fill(words, words + size / sizeof(*words));
	return !as_written(words, words + size / sizeof(*words));
}
