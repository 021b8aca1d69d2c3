/* SPDX-License-Identifier: MIT */
/*
 * A service's system calls, whatever its registers hold: the real calls and the real
 * page tables, over a fake of the processor that takes each access of the service's by
 * those tables. After every call nothing is writable and executable, no page is in two
 * places, lost or not the service's own, the image and the stack are where they were, and
 * nothing was written outside.
 */
#include "fuzz.h"

#include "kernel/address_space.h"
#include "kernel/clock.h"
#include "kernel/frames.h"
#include "kernel/log.h"
#include "kernel/paging.h"
#include "kernel/attention.h"
#include "kernel/cpu.h"
#include "kernel/services.h"
#include "kernel/services_init.h"
#include "kernel/vm_context.h"
#include "kernel/task.h"
#include "kernel/user_memory.h"
#include "lib/random.h"
#include "platform.h"
#include "syscalls/syscalls.h"
#include "x86.h"

#define STOCK_PAGES 48U
#define PHYSICAL 0x10000000UL
#define KERNEL_ENTRY 0xabc003UL
#define IMAGE 0x100000000000UL
#define HEAP 0x300000000000UL
#define ARENA 0x500000000000UL
#define STACK 0x700000000000UL
#define ARENA_SIZE (64 * MIB)
#define CALLS_MAX 64U
#define PTE_SHARED BIT(9)
#define REPORT_SIZE 1184U

/* Code that is shared, then the stock. */
static uint8_t memory[(1 + STOCK_PAGES) * PAGE_SIZE] ALIGNED(4096);
static uint8_t seen[1 + STOCK_PAGES];
uint32_t attention;
uint64_t paging_private_bits = BIT(51);
static struct service_table_entry entry;
static struct service_slot slot;
static unsigned int leaves, tables;

/* ---- Addresses ---- */

struct spa spa_of(const volatile void *at)
{
	FUZZ_CHECK((uint64_t)at - (uint64_t)memory < sizeof(memory));
	return (struct spa){(uint64_t)at - (uint64_t)memory + PHYSICAL};
}

void *spa_pointer(struct spa spa)
{
	FUZZ_CHECK(spa.value - PHYSICAL < sizeof(memory));
	return memory + (spa.value - PHYSICAL);
}

uint64_t paging_kernel_entry(void)
{
	return KERNEL_ENTRY;
}

void invlpg(struct va va)
{
	(void)va;
}

/* ---- The tables, as the processor reads them ---- */

static uint64_t *table_at(uint64_t pte)
{
	return spa_pointer((struct spa){pte & PTE_ADDR_MASK & ~BIT(51)});
}

static uint64_t leaf_of(uint64_t address)
{
	uint64_t *table = slot.space.root, pte = 0;

	for (unsigned int shift = 39; shift >= 12; shift -= 9) {
		pte = table[address >> shift & (PT_ENTRIES - 1)];
		if (!(pte & PTE_P) || !(pte & PTE_U))
			return 0;
		if (shift > 12)
			table = table_at(pte);
	}
	return pte;
}

bool user_range_ok(uint64_t address, uint64_t size)
{
	return address >= USER_START && address < USER_END && size <= USER_END - address;
}

/* As far as the pages reach, like the processor; false: a fault. */
static bool access(uint64_t address, void *own, size_t size, bool write)
{
	if (!user_range_ok(address, size))
		return false;
	for (size_t i = 0; i < size; i++) {
		uint64_t pte = leaf_of(address + i);
		uint8_t *byte;

		if (!pte || (write && !(pte & PTE_W)))
			return false;
		byte = (uint8_t *)table_at(pte) + ((address + i) & (PAGE_SIZE - 1));
		if (write)
			*byte = ((uint8_t *)own)[i];
		else
			((uint8_t *)own)[i] = *byte;
	}
	return true;
}

bool user_read(void *dest, uint64_t address, size_t size)
{
	return access(address, dest, size, false);
}

bool user_write(uint64_t address, const void *src, size_t size)
{
	return access(address, (void *)src, size, true);
}

bool user_write_random(uint64_t address, size_t size)
{
	uint8_t byte = 0x5a;

	for (size_t i = 0; i < size; i++)
		if (!access(address + i, &byte, 1, true))
			return false;
	return true;
}

/* ---- The rest of the kernel ---- */

uint64_t clock_now(void)
{
	static uint64_t now;

	return now += 1000;
}

void log_line(enum log_level level, const char *text, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;

	(void)level;
	va_start(args, text);
	vsnprintf(line, sizeof(line), text, args);
	va_end(args);
	for (const char *c = line; *c; c++)
		FUZZ_CHECK(*c >= ' ' && *c <= '~');
}

enum random_error random_bytes(void *out, size_t size)
{
	memset(out, 0x5a, size);
	return RANDOM_OK;
}

const struct platform_facts *platform_facts(void)
{
	static const struct platform_facts facts = {.report_size = REPORT_SIZE};

	return &facts;
}

enum attest_result platform_attest_report(const uint8_t data[PLATFORM_REPORT_DATA_SIZE],
	bool certificates, struct platform_evidence *evidence)
{
	FUZZ_CHECK(!certificates);
	memset(evidence->report, data[0], REPORT_SIZE);
	evidence->report_size = REPORT_SIZE;
	return (enum attest_result)(data[0] % (ATTEST_CLOSED + 1));
}

enum attest_result platform_derive_key(uint8_t key[PLATFORM_KEY_SIZE])
{
	memset(key, 1, PLATFORM_KEY_SIZE);
	return ATTEST_OK;
}

bool services_has_other(const struct service_slot *one, uint32_t protocol)
{
	FUZZ_CHECK(one == &slot);
	return protocol % 7 == 3;
}

unsigned int services_count(void)
{
	return 1;
}

struct service_slot *services_by_index(unsigned int index)
{
	FUZZ_CHECK(index == 0);
	return &slot;
}

bool services_any_end(void)
{
	return slot.task.registers.rsi & 1;
}

bool services_next_end(struct service_end *end)
{
	*end = (struct service_end){.reason = SERVICE_ENDED_EXIT};
	return true;
}

int64_t services_start_one(uint64_t index)
{
	return index ? -CALL_EINVAL : 0;
}

unsigned int cpu_count(void)
{
	return 2;
}

bool vm_context_read(unsigned int context, struct service_vm_state *state)
{
	FUZZ_CHECK(context < 2);
	memset(state, 0, sizeof(*state));
	return context;
}

void service_end(struct service_slot *ended, enum service_end_reason reason, uint64_t detail)
{
	FUZZ_CHECK(ended == &slot && reason && detail <= UINT32_MAX);
	slot.state = SERVICE_ENDED;
	slot.has_request = false;
}

void task_switch_to(const struct task *task)
{
	FUZZ_CHECK(task == &slot.task && user_range_ok(task->fs_base, sizeof(uint64_t)));
}

/* ---- What must always hold ---- */

static void see_page(uint64_t pte)
{
	uint64_t index = ((pte & PTE_ADDR_MASK & ~BIT(51)) - PHYSICAL) / PAGE_SIZE;

	FUZZ_CHECK(index <= STOCK_PAGES && !seen[index]);
	FUZZ_CHECK((index == 0) == !!(pte & PTE_SHARED));
	seen[index] = 1;
}

static void check_table(const uint64_t *table, unsigned int level)
{
	for (unsigned int i = 0; i < PT_ENTRIES; i++) {
		uint64_t pte = table[i];

		if (!pte)
			continue;
		see_page(pte);
		FUZZ_CHECK(pte & BIT(51));
		if (level > 1) {
			tables++;
			check_table(table_at(pte), level - 1);
			continue;
		}
		leaves += !(pte & PTE_SHARED);
		FUZZ_CHECK(!(pte & PTE_W) || pte & PTE_NX);
	}
}

static void check_space(void)
{
	uint64_t *root = slot.space.root;

	memset(seen, 0, sizeof(seen));
	leaves = 0;
	tables = 1;
	FUZZ_CHECK(root[PT_ENTRIES - 1] == KERNEL_ENTRY);
	for (unsigned int i = PT_ENTRIES / 2; i < PT_ENTRIES - 1; i++)
		FUZZ_CHECK(!root[i]);
	root[PT_ENTRIES - 1] = 0;
	check_table(root, 4);
	root[PT_ENTRIES - 1] = KERNEL_ENTRY;
	FUZZ_CHECK(leaves + tables + slot.space.free == STOCK_PAGES);
	FUZZ_CHECK(slot.space.total == STOCK_PAGES);
}

static void check_service(void)
{
	FUZZ_CHECK(space_is_mapped(&slot.space, IMAGE, 2 * PAGE_SIZE));
	FUZZ_CHECK(space_is_mapped(&slot.space, STACK, 2 * PAGE_SIZE));
	FUZZ_CHECK(!(leaf_of(IMAGE) & PTE_W));
	FUZZ_CHECK(slot.heap_end >= slot.heap && slot.heap_end <= slot.heap + ARENA_SIZE);
	FUZZ_CHECK(slot.reply_size <= SERVICE_PAYLOAD_MAX);
	FUZZ_CHECK(slot.state == SERVICE_RUNS || slot.state == SERVICE_WAITS ||
		   slot.state == SERVICE_ENDED);
	FUZZ_CHECK(memory[0] == 0xcc && memory[PAGE_SIZE - 1] == 0xcc);
}

/* ---- What is tried ---- */

static void begin(struct fuzz_input *input)
{
	uint8_t classes;

	fuzz_take(input, &classes, 1);
	memset(memory, 0xcc, sizeof(memory));
	entry = (struct service_table_entry){.name = "fuzzed", .classes = classes};
	slot = (struct service_slot){.entry = &entry,
		.state = SERVICE_RUNS,
		.heap = HEAP,
		.heap_end = HEAP,
		.arena = ARENA,
		.payload = malloc(SERVICE_PAYLOAD_MAX)};
	FUZZ_CHECK(slot.payload);
	memset(slot.payload, 0, SERVICE_PAYLOAD_MAX);
	FUZZ_CHECK(space_create(&slot.space, memory + PAGE_SIZE, STOCK_PAGES));
	FUZZ_CHECK(space_share(&slot.space, IMAGE, memory, PAGE_SIZE, SPACE_READ | SPACE_EXEC));
	FUZZ_CHECK(space_add(&slot.space, IMAGE + PAGE_SIZE, PAGE_SIZE, SPACE_READ | SPACE_WRITE));
	FUZZ_CHECK(space_add(&slot.space, STACK, 2 * PAGE_SIZE, SPACE_READ | SPACE_WRITE));
}

/* Half of them from what is likely to matter, and near it. */
static uint64_t take_argument(struct fuzz_input *input)
{
	static const uint64_t bases[] = {0, IMAGE, IMAGE + PAGE_SIZE, HEAP, ARENA,
		ARENA + 2 * PAGE_SIZE, ARENA + ARENA_SIZE, STACK, STACK + 2 * PAGE_SIZE, USER_START,
		USER_END, 1UL << 47, 0xffffffff00000000, PAGE_SIZE, SERVICE_PAYLOAD_MAX, 0x22,
		0x1002, ARENA_SIZE};
	uint8_t kind;
	int16_t near;
	uint64_t value;

	fuzz_take(input, &kind, sizeof(kind));
	if (kind & 0x80) {
		fuzz_take(input, &value, sizeof(value));
		return value;
	}
	fuzz_take(input, &near, sizeof(near));
	return bases[kind % ARRAY_SIZE(bases)] + (uint64_t)(int64_t)(kind & 0x40 ? near : 0);
}

static uint64_t take_number(struct fuzz_input *input)
{
	static const uint32_t known[] = {1, 9, 10, 11, 12, 20, 39, 158, 201, 202, 218, 228, 273,
		318, 60, SERVICE_ANNOUNCE, SERVICE_WAIT, SERVICE_REPLY, SERVICE_CLOCK,
		SERVICE_REPORT, SERVICE_SEED, SERVICE_LOAD, SERVICE_STORE};
	uint64_t number;
	uint8_t kind;

	fuzz_take(input, &kind, sizeof(kind));
	if (kind < 0xe0)
		return known[kind % ARRAY_SIZE(known)];
	fuzz_take(input, &number, sizeof(number));
	return number;
}

static void give_request(struct fuzz_input *input)
{
	uint16_t size;

	fuzz_take(input, &size, sizeof(size));
	slot.request = (struct service_request){
		.kind = SERVICE_REQUEST_CALL, .size = size % (SERVICE_PAYLOAD_MAX + 1)};
	slot.has_request = true;
	slot.has_taken = false;
	slot.task.registers.rax = (uint64_t)service_take_request(&slot);
}

static void call(struct fuzz_input *input)
{
	struct task_registers *r = &slot.task.registers;
	uint32_t class;
	bool granted;

	r->rax = take_number(input);
	r->rdi = take_argument(input);
	r->rsi = take_argument(input);
	r->rdx = take_argument(input);
	r->r10 = take_argument(input);
	class = SERVICE_CALL_CLASS((uint32_t)r->rax);
	granted = !((uint32_t)r->rax >> 28) && class < 32 && entry.classes >> class & 1;
	syscall_handle(&slot);
	FUZZ_CHECK(granted || slot.state == SERVICE_ENDED || (int64_t)r->rax == -CALL_ENOSYS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};

	begin(&input);
	for (unsigned int i = 0; input.size && i < CALLS_MAX; i++) {
		call(&input);
		check_space();
		check_service();
		if (slot.state == SERVICE_WAITS)
			give_request(&input);
		if (slot.state == SERVICE_ENDED)
			break;
	}
	free(slot.payload);
	return 0;
}
