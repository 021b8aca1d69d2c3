/* SPDX-License-Identifier: MIT */
/* The machine's command line: words key=value, separated by spaces. */
#include "core.h"

static const char *options = "";

/* Every key that anything asks for. */
static const char *const known[] = {"mem", "cbit", "seed", "order", "vmsas", "trace", "host",
	"iommu", "invlpgb", "ap", "npf", "mmio", "flush", "doorbell", "features", "vp-count",
	"profile", "lie", "map", "madt", "fwcfg-change", "fwcfg-nth", "inject", "inject-after",
	"inject-at", "legacy", "phases", "psc-nth", "spare", "turns", "until", "timeline",
	"report-version", "host-data", "vlek", "throttle", "response", "response-after", "aes",
	"sha", "ibpb"};

static size_t word_length(const char *s, char end)
{
	size_t n = 0;

	while (s[n] && s[n] != ' ' && s[n] != end)
		n++;
	return n;
}

static bool is_known(const char *key, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i]) == len && !strncmp(known[i], key, len))
			return true;
	return false;
}

static NORETURN void refuse(const char *word, size_t len)
{
	char list[500], name[32] = "";
	int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		n += format(list + n, sizeof(list) - (size_t)n, " %s", known[i]);
	for (size_t i = 0; i < len && i < sizeof(name) - 1; i++)
		name[i] = word[i];
	machine_fault("knows no option '%s'; there are:%s", name, list);
}

void options_init(const char *cmdline)
{
	options = cmdline;
	for (const char *p = cmdline; *p;) {
		size_t n = word_length(p, ' '), key = word_length(p, '=');

		if (n && (p[key] != '=' || !is_known(p, key)))
			refuse(p, key);
		for (p += n; *p == ' ';)
			p++;
	}
}

const char *option_text(const char *key, size_t *len)
{
	size_t key_len = strlen(key);

	if (!is_known(key, key_len))
		machine_fault("option %s is not in the machine's own list", key);
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

int hex_digit(char c)
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
		int d = hex_digit(s[i]);

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
