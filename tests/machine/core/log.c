/* SPDX-License-Identifier: MIT */
/*
 * The machine's log: formatted lines to QEMU's debug console, and the end of a
 * run. scripts/machine reads the lines that begin with a known word
 * ("launch digest:", "result:", "json:").
 */
#include "core.h"
#include "insn.h"

#define DEBUG_PORT 0xe9
#define EXIT_PORT 0xf4
#define LINE_SIZE 400

uint32_t trace_mask;
static struct spinlock log_lock;

struct writer {
	char *out;
	size_t size, used;
};

static void put(struct writer *w, char c)
{
	if (w->used + 1 < w->size)
		w->out[w->used] = c;
	w->used++;
}

static void put_text(struct writer *w, const char *s, int width, bool left)
{
	int len = (int)strlen(s);

	for (int i = len; !left && i < width; i++)
		put(w, ' ');
	while (*s)
		put(w, *s++);
	for (int i = len; left && i < width; i++)
		put(w, ' ');
}

static void put_number(struct writer *w, uint64_t v, unsigned base, int width, char pad)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	for (int i = n; i < width; i++)
		put(w, pad);
	while (n)
		put(w, digits[--n]);
}

static void put_signed(struct writer *w, int64_t v, int width, char pad)
{
	if (v < 0) {
		put(w, '-');
		v = -v;
		width--;
	}
	put_number(w, (uint64_t)v, 10, width, pad);
}

/* One conversion after '%'; returns the position behind it. */
static const char *convert(struct writer *w, const char *f, va_list *args)
{
	bool left = false, big = false;
	char pad = ' ', single[2] = "";
	int width = 0;

	for (; *f == '-' || *f == '0'; f++) {
		left |= *f == '-';
		pad = *f == '0' ? '0' : pad;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		width = width * 10 + *f - '0';
	for (; *f == 'l' || *f == 'z'; f++)
		big = true;
	switch (*f) {
	case 'x':
		put_number(
			w, big ? va_arg(*args, uint64_t) : va_arg(*args, uint32_t), 16, width, pad);
		break;
	case 'u':
		put_number(
			w, big ? va_arg(*args, uint64_t) : va_arg(*args, uint32_t), 10, width, pad);
		break;
	case 'd':
		put_signed(w, big ? va_arg(*args, int64_t) : va_arg(*args, int32_t), width, pad);
		break;
	case 'c':
		single[0] = (char)va_arg(*args, int);
		put_text(w, single, width, left);
		break;
	case 's':
		put_text(w, va_arg(*args, const char *), width, left);
		break;
	default:
		put(w, *f);
	}
	return f + 1;
}

static int vformat(char *buffer, size_t size, const char *fmt, va_list *args)
{
	struct writer w = {.out = buffer, .size = size};

	while (*fmt) {
		if (*fmt == '%')
			fmt = convert(&w, fmt + 1, args);
		else
			put(&w, *fmt++);
	}
	if (size)
		buffer[w.used < size ? w.used : size - 1] = 0;
	return (int)w.used;
}

int format(char *buffer, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vformat(buffer, size, fmt, &args);
	va_end(args);
	return n;
}

void log_char(char c)
{
	outb(DEBUG_PORT, (uint8_t)c);
}

static void log_text(const char *s)
{
	while (*s)
		log_char(*s++);
}

void log_vprint(const char *fmt, va_list args)
{
	char line[LINE_SIZE];
	va_list copy;

	va_copy(copy, args);
	vformat(line, sizeof(line), fmt, &copy);
	va_end(copy);
	spin_lock(&log_lock);
	log_text(line);
	spin_unlock(&log_lock);
}

void log_print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vprint(fmt, args);
	va_end(args);
}

static NORETURN void leave(void)
{
	for (;;) {
		outl(EXIT_PORT, 0);
		cpu_relax();
	}
}

static bool ended;

void run_end(const char *fmt, ...)
{
	va_list args;

	if (__atomic_exchange_n(&ended, true, __ATOMIC_SEQ_CST))
		for (;;)
			cpu_relax();
	run_report();
	log_text("result: ");
	va_start(args, fmt);
	log_vprint(fmt, args);
	va_end(args);
	log_text("\n");
	leave();
}

void machine_fault(const char *fmt, ...)
{
	va_list args;

	if (__atomic_exchange_n(&ended, true, __ATOMIC_SEQ_CST))
		for (;;)
			cpu_relax();
	log_text("result: machine-fault ");
	va_start(args, fmt);
	log_vprint(fmt, args);
	va_end(args);
	log_text("\n");
	leave();
}

void spin_lock(struct spinlock *lock)
{
	uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	while (__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket)
		cpu_relax();
}

void spin_unlock(struct spinlock *lock)
{
	__atomic_store_n(&lock->owner, lock->owner + 1, __ATOMIC_RELEASE);
}
