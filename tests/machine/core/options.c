/* SPDX-License-Identifier: MIT */
/* The machine's command line: words key=value, separated by spaces. */
#include "core.h"

static const char *options = "";

void options_init(const char *cmdline)
{
	options = cmdline;
}

static size_t word_length(const char *s, char end)
{
	size_t n = 0;

	while (s[n] && s[n] != ' ' && s[n] != end)
		n++;
	return n;
}

const char *option_text(const char *key, size_t *len)
{
	size_t key_len = strlen(key);

	for (const char *p = options; *p;) {
		size_t n = word_length(p, ' ');

		if (n > key_len && !strncmp(p, key, key_len) && p[key_len] == '=') {
			*len = n - key_len - 1;
			return p + key_len + 1;
		}
		p += n;
		while (*p == ' ')
			p++;
	}
	return NULL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

uint64_t option_number(const char *key, uint64_t fallback)
{
	size_t len, i = 0;
	const char *s = option_text(key, &len);
	uint64_t value = 0, base = 10;

	if (!s || !len)
		return fallback;
	if (len > 2 && s[0] == '0' && s[1] == 'x') {
		base = 16;
		i = 2;
	}
	for (; i < len; i++) {
		int d = digit(s[i]);

		if (d < 0 || (uint64_t)d >= base)
			machine_fault("option %s is not a number", key);
		value = value * base + (uint64_t)d;
	}
	return value;
}

bool option_is(const char *key, const char *value)
{
	size_t len;
	const char *s = option_text(key, &len);

	return s && len == strlen(value) && !strncmp(s, value, len);
}

bool option_has(const char *key, const char *word)
{
	size_t len, word_len = strlen(word);
	const char *s = option_text(key, &len);

	for (size_t at = 0; s && at < len;) {
		size_t n = word_length(s + at, ',');

		if (n == word_len && !strncmp(s + at, word, n))
			return true;
		at += n + 1;
	}
	return false;
}
