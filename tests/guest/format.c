/* SPDX-License-Identifier: MIT */
/* The few conversions that test output needs. */
#include "console.h"

struct writer {
	char *out;
	uint32_t size, used;
};

static void put(struct writer *w, char c)
{
	if (w->used + 1 < w->size)
		w->out[w->used++] = c;
}

static void put_text(struct writer *w, const char *text)
{
	while (*text)
		put(w, *text++);
}

static void put_number(struct writer *w, uint64_t value, uint32_t base, uint32_t width, char pad)
{
	char digits[20];
	uint32_t n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (uint32_t i = n; i < width; i++)
		put(w, pad);
	while (n)
		put(w, digits[--n]);
}

static void put_signed(struct writer *w, int64_t value, uint32_t width, char pad)
{
	if (value < 0)
		put(w, '-');
	put_number(w, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, width, pad);
}

struct conversion {
	char pad;
	uint32_t width;
	bool wide;
};

static const char *read_conversion(const char *f, struct conversion *c)
{
	*c = (struct conversion){.pad = ' '};
	if (*f == '0') {
		c->pad = '0';
		f++;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		c->width = c->width * 10 + (uint32_t)(*f - '0');
	for (; *f == 'l'; f++)
		c->wide = true;
	return f;
}

static void convert(struct writer *w, char kind, const struct conversion *c, va_list *args)
{
	uint64_t value;

	switch (kind) {
	case 's':
		put_text(w, va_arg(*args, const char *));
		break;
	case 'c':
		put(w, (char)va_arg(*args, int));
		break;
	case 'd':
		put_signed(w, c->wide ? va_arg(*args, long) : va_arg(*args, int), c->width, c->pad);
		break;
	case 'u':
	case 'x':
		value = c->wide ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int);
		put_number(w, value, kind == 'x' ? 16 : 10, c->width, c->pad);
		break;
	default:
		put(w, kind);
	}
}

uint32_t format_text(char *buffer, uint32_t size, const char *format, va_list args)
{
	struct writer w = {buffer, size, 0};
	struct conversion c;
	va_list copy;

	va_copy(copy, args);
	while (*format) {
		if (*format != '%') {
			put(&w, *format++);
			continue;
		}
		format = read_conversion(format + 1, &c);
		convert(&w, *format, &c, &copy);
		if (*format)
			format++;
	}
	va_end(copy);
	buffer[w.used] = '\0';
	return w.used;
}
