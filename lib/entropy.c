/* SPDX-License-Identifier: MIT */
/*
 * Checked words of RDSEED and RDRAND; see lib/entropy.h.
 */
#include "lib/entropy.h"

/* RDSEED runs dry when many CPUs draw at once; more than this is a defect. */
#define DRAW_RETRIES 1024U

static bool draw_word(const struct entropy_source *source, uint64_t *word)
{
	for (unsigned int i = 0; i < DRAW_RETRIES; i++) {
		if (source->draw(word))
			return true;
		__builtin_ia32_pause();
	}
	return false;
}

/*
 * Each of these is what a stuck source gives; a sound one gives any of them
 * once in 2^62 words.
 */
static bool healthy(struct entropy_source *source, uint64_t word)
{
	bool repeated = word == source->last;

	source->last = word;
	return !repeated && word != 0 && word != ~0ULL;
}

enum entropy_error entropy_draw(struct entropy_source *source, uint64_t *word)
{
	if (!draw_word(source, word))
		return ENTROPY_DRY;
	return healthy(source, *word) ? ENTROPY_OK : ENTROPY_UNHEALTHY;
}
