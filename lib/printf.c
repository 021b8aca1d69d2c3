/* SPDX-License-Identifier: MIT */
/*
 * A small formatter (lib/printf.h). Text that does not fit is cut off; nothing
 * is allocated.
 */
#include <string.h>

#include "lib/printf.h"

struct sink {
	char *buffer;
	size_t size, length;
};

struct spec {
	bool left, zero;
	unsigned int width;
	unsigned int precision;
	unsigned int longs; /* 0 int, 1 or more: 64 bits */
};

#define NO_PRECISION 0xffffffffU
#define DIGITS_MAX 20U

static void put(struct sink *sink, char c)
{
	if (sink->length + 1 < sink->size)
		sink->buffer[sink->length++] = c;
}

static void pad(struct sink *sink, char c, size_t used, unsigned int width)
{
	for (; used < width; used++)
		put(sink, c);
}

static void put_text(struct sink *sink, const struct spec *spec, const char *text, size_t length)
{
	if (!spec->left)
		pad(sink, ' ', length, spec->width);
	for (size_t i = 0; i < length; i++)
		put(sink, text[i]);
	if (spec->left)
		pad(sink, ' ', length, spec->width);
}

static void put_number(struct sink *sink, const struct spec *spec, uint64_t value,
	unsigned int base, bool negative)
{
	char digits[DIGITS_MAX + 1];
	unsigned int at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (spec->zero && !spec->left) {
		if (negative)
			put(sink, '-');
		pad(sink, '0', sizeof(digits) - at + negative, spec->width);
		put_text(sink, &(struct spec){0}, digits + at, sizeof(digits) - at);
		return;
	}
	if (negative)
		digits[--at] = '-';
	put_text(sink, spec, digits + at, sizeof(digits) - at);
}

static const char *parse_number(const char *text, unsigned int *value)
{
	*value = 0;
	while (*text >= '0' && *text <= '9')
		*value = *value * 10 + (unsigned int)(*text++ - '0');
	return text;
}

static const char *parse_flags(const char *text, struct spec *spec)
{
	for (;; text++) {
		if (*text == '-')
			spec->left = true;
		else if (*text == '0')
			spec->zero = true;
		else
			return text;
	}
}

/* Parses what stands between the percent sign and the conversion. */
static const char *parse_spec(const char *text, struct spec *spec, unsigned int star)
{
	*spec = (struct spec){.precision = NO_PRECISION};
	text = parse_flags(text, spec);
	if (*text == '*') {
		spec->width = star;
		text++;
	} else {
		text = parse_number(text, &spec->width);
	}
	if (*text == '.')
		text = parse_number(text + 1, &spec->precision);
	for (; *text == 'l' || *text == 'z' || *text == 'h'; text++)
		spec->longs += *text != 'h';
	return text;
}

static bool wants_star(const char *text)
{
	while (*text == '-' || *text == '0')
		text++;
	return *text == '*';
}

struct arguments {
	va_list list;
};

static void put_signed(struct sink *sink, const struct spec *spec, struct arguments *args)
{
	int64_t value = spec->longs ? va_arg(args->list, long) : va_arg(args->list, int);
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

	put_number(sink, spec, magnitude, 10, value < 0);
}

static void put_unsigned(
	struct sink *sink, const struct spec *spec, struct arguments *args, unsigned int base)
{
	uint64_t value = spec->longs ? va_arg(args->list, unsigned long)
				     : va_arg(args->list, unsigned int);

	put_number(sink, spec, value, base, false);
}

static void put_string(struct sink *sink, const struct spec *spec, struct arguments *args)
{
	const char *text = va_arg(args->list, const char *);

	if (!text)
		text = "(null)";
	put_text(sink, spec, text, strnlen(text, spec->precision));
}

static void put_character(struct sink *sink, const struct spec *spec, struct arguments *args)
{
	char c = (char)va_arg(args->list, int);

	put_text(sink, spec, &c, 1);
}

static void convert(struct sink *sink, char conversion, struct spec *spec, struct arguments *args)
{
	if (conversion == 's')
		put_string(sink, spec, args);
	else if (conversion == 'c')
		put_character(sink, spec, args);
	else if (conversion == 'd' || conversion == 'i')
		put_signed(sink, spec, args);
	else if (conversion == 'u')
		put_unsigned(sink, spec, args, 10);
	else if (conversion == 'x')
		put_unsigned(sink, spec, args, 16);
	else if (conversion == 'p')
		put_number(sink, spec, (uint64_t)va_arg(args->list, void *), 16, false);
	else
		put(sink, conversion);
}

size_t format_args(char *buffer, size_t size, const char *text, va_list list)
{
	struct sink sink = {.buffer = buffer, .size = size};
	struct arguments args;
	struct spec spec;

	va_copy(args.list, list);
	for (; *text; text++) {
		if (*text != '%') {
			put(&sink, *text);
			continue;
		}
		text++;
		text = parse_spec(
			text, &spec, wants_star(text) ? va_arg(args.list, unsigned int) : 0);
		if (!*text)
			break;
		convert(&sink, *text, &spec, &args);
	}
	va_end(args.list);
	if (size)
		buffer[sink.length] = '\0';
	return sink.length;
}

size_t format(char *buffer, size_t size, const char *text, ...)
{
	va_list args;
	size_t length;

	va_start(args, text);
	length = format_args(buffer, size, text, args);
	va_end(args);
	return length;
}
