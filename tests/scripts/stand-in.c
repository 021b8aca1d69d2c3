/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for the emulated machine, to test scripts/machine with the real
 * QEMU: a PVH kernel that takes the "IGVM file" it is offered over fw_cfg as a
 * list of orders, one a line, the first character saying what to do:
 *   LTEXT  say TEXT as the machine (debug console)
 *   CTEXT  say TEXT as the guest (serial console)
 *   FNAME  print the fw_cfg file NAME on the guest's console
 *   A      print its own command line there
 *   K      wait for a key there and print it in hex
 *   EN     leave through the debug-exit port with the digit N
 * At the end of the list it halts for ever.
 */
#include <stddef.h>
#include <stdint.h>

#define DEBUG_CONSOLE 0xe9
#define DEBUG_EXIT 0xf4
#define SERIAL 0x3f8
#define SERIAL_STATUS (SERIAL + 5)
#define FW_CFG_SELECT 0x510
#define FW_CFG_DATA 0x511
#define FW_CFG_DIRECTORY 0x19
#define ORDERS "opt/org.nacre/igvm"

static char content[8192];

/* The start info of PVH, as far as it is used. */
struct start_info {
	uint32_t unused[6];
	uint32_t command_line;
};

static void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static uint32_t fw_cfg_be(int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | in8(FW_CFG_DATA);
	return value;
}

/* Compares @name, up to the end of its line, with a name of the directory. */
static int same_name(const char *name, const char *entry)
{
	while (*entry && *name == *entry) {
		name++;
		entry++;
	}
	return !*entry && (!*name || *name == '\n');
}

/* Reads a whole file, cut to the buffer; its size, or -1 if it is not there. */
static int read_file(const char *wanted)
{
	char name[56];
	uint32_t size = 0, key = 0, count;

	out16(FW_CFG_SELECT, FW_CFG_DIRECTORY);
	for (count = fw_cfg_be(4); count && !key; count--) {
		uint32_t entry_size = fw_cfg_be(4), entry_key = fw_cfg_be(4) >> 16;

		for (size_t i = 0; i < sizeof(name); i++)
			name[i] = (char)in8(FW_CFG_DATA);
		if (same_name(wanted, name)) {
			size = entry_size;
			key = entry_key;
		}
	}
	if (!key)
		return -1;
	out16(FW_CFG_SELECT, (uint16_t)key);
	if (size > sizeof(content))
		size = sizeof(content);
	for (uint32_t i = 0; i < size; i++)
		content[i] = (char)in8(FW_CFG_DATA);
	return (int)size;
}

/* Prints up to the end of the line or text. */
static void print_line(uint16_t port, const char *text)
{
	while (*text && *text != '\n')
		out8(port, (uint8_t)*text++);
	out8(port, '\n');
}

/* A file with a NUL in it shows it as '$', so that a test can see it. */
static void print_file(const char *name)
{
	int size = read_file(name);

	if (size < 0)
		print_line(SERIAL, "absent");
	for (int i = 0; i < size; i++)
		out8(SERIAL, content[i] ? (uint8_t)content[i] : '$');
	out8(SERIAL, '\n');
}

static void print_key(void)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t key;

	while (!(in8(SERIAL_STATUS) & 1))
		;
	key = in8(SERIAL);
	out8(SERIAL, (uint8_t)digits[key >> 4]);
	out8(SERIAL, (uint8_t)digits[key & 15]);
	out8(SERIAL, '\n');
}

static void obey(const char *order, const char *command_line)
{
	switch (order[0]) {
	case 'L':
		print_line(DEBUG_CONSOLE, order + 1);
		break;
	case 'C':
		print_line(SERIAL, order + 1);
		break;
	case 'F':
		print_file(order + 1);
		break;
	case 'A':
		print_line(SERIAL, command_line);
		break;
	case 'K':
		print_key();
		break;
	case 'E':
		out8(DEBUG_EXIT, (uint8_t)(order[1] - '0'));
		break;
	}
}

__attribute__((used)) static void start(const struct start_info *info)
{
	static char orders[1024];
	int size = read_file(ORDERS);

	for (int i = 0; i < size && i < (int)sizeof(orders) - 1; i++)
		orders[i] = content[i];
	for (char *order = orders; *order; order++) {
		obey(order, (const char *)(uintptr_t)info->command_line);
		while (*order && *order != '\n')
			order++;
		if (!*order)
			break;
	}
	for (;;)
		__asm__ volatile("cli; hlt");
}

__asm__(".pushsection .note.Xen, \"a\", @note\n"
	".long 4, 4, 18\n"
	".asciz \"Xen\"\n"
	".long _start\n"
	".popsection\n"
	".globl _start\n"
	"_start:\n"
	"	mov $stack_top, %esp\n"
	"	push %ebx\n"
	"	call start\n"
	".local stack\n"
	".comm stack, 4096, 16\n"
	".set stack_top, stack + 4096\n");
