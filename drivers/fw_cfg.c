/* SPDX-License-Identifier: MIT */
/*
 * fw_cfg over DMA (drivers/fw_cfg.h). A transfer is described in the first
 * bytes of the shared window and started by writing its address to a port;
 * QEMU carries it out before the write returns, other hosts may take a while.
 */
#include <string.h>

#include "drivers/fw_cfg.h"
#include "drivers/port_io.h"

/* QEMU, docs/specs/fw_cfg.rst; the address register is big-endian. */
#define DMA_ADDRESS_HIGH 0x514U
#define DMA_ADDRESS_LOW 0x518U
#define DMA_ERROR BIT(0)
#define DMA_READ BIT(1)
#define DMA_SELECT BIT(3)
#define DMA_SELECTOR_SHIFT 16

#define ID_DMA BIT(1)

struct dma_access {
	uint32_t control; /* big-endian, all of them */
	uint32_t length;
	uint64_t address;
};
ASSERT_SIZE(struct dma_access, 16);

/* Where the data begins in the window: behind the descriptor, in a cache line of its own. */
#define DATA_OFFSET 64U
#define MIN_WINDOW 4096U

/* Far more than any device takes, far less than a person waits. */
#define POLL_LIMIT (1U << 20)

static void start(const struct fw_cfg *fw)
{
	uint64_t gpa = fw->window.gpa;

	/* The device clears the high half after each transfer. */
	if (gpa >> 32 != 0)
		platform_io_write32(DMA_ADDRESS_HIGH, __builtin_bswap32((uint32_t)(gpa >> 32)));
	platform_io_write32(DMA_ADDRESS_LOW, __builtin_bswap32((uint32_t)gpa));
}

static enum fw_cfg_error wait_for(const volatile struct dma_access *dma)
{
	for (unsigned int i = 0; i < POLL_LIMIT; i++) {
		uint32_t control = __builtin_bswap32(dma->control);

		if (control & DMA_ERROR)
			return FW_CFG_REFUSED;
		if (control == 0)
			return FW_CFG_OK;
		__builtin_ia32_pause();
	}
	return FW_CFG_TIMEOUT;
}

/*
 * One transfer of @size bytes, at most a window's worth, copied once to @dest.
 * The host may change the window at any time; nothing looks at it again.
 */
static enum fw_cfg_error transfer(struct fw_cfg *fw, uint32_t control, void *dest, size_t size)
{
	volatile struct dma_access *dma = fw->window.va;
	const uint8_t *data = (const uint8_t *)(uintptr_t)fw->window.va + DATA_OFFSET;
	enum fw_cfg_error error;

	dma->length = __builtin_bswap32((uint32_t)size);
	dma->address = __builtin_bswap64(fw->window.gpa + DATA_OFFSET);
	dma->control = __builtin_bswap32(control | DMA_READ);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	start(fw);
	error = wait_for(dma);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (error == FW_CFG_OK)
		memcpy(dest, data, size);
	return error;
}

static uint32_t select_item(uint16_t selector)
{
	return (uint32_t)selector << DMA_SELECTOR_SHIFT | DMA_SELECT;
}

static bool window_usable(const struct fw_cfg_window *window)
{
	uint64_t end;

	return window->va != NULL && window->size >= MIN_WINDOW && window->size <= UINT32_MAX &&
	       IS_ALIGNED(window->gpa, sizeof(struct dma_access)) &&
	       !__builtin_add_overflow(window->gpa, window->size, &end);
}

enum fw_cfg_error fw_cfg_init(struct fw_cfg *fw, const struct fw_cfg_window *window)
{
	char signature[4];
	uint32_t id;

	if (!window_usable(window))
		return FW_CFG_BAD_WINDOW;
	fw->window = *window;
	if (transfer(fw, select_item(FW_CFG_SIGNATURE), signature, sizeof(signature)) !=
			FW_CFG_OK ||
		memcmp(signature, "QEMU", sizeof(signature)) != 0)
		return FW_CFG_ABSENT;
	if (fw_cfg_read_u32(fw, FW_CFG_ID, &id) != FW_CFG_OK || !(id & ID_DMA))
		return FW_CFG_ABSENT;
	return FW_CFG_OK;
}

enum fw_cfg_error fw_cfg_read(struct fw_cfg *fw, uint16_t selector, void *dest, size_t size,
	fw_cfg_chunk_fn on_chunk, void *arg)
{
	const size_t capacity = fw->window.size - DATA_OFFSET;
	uint32_t control = select_item(selector);
	uint8_t *out = dest;

	while (size > 0) {
		size_t part = size < capacity ? size : capacity;
		enum fw_cfg_error error = transfer(fw, control, out, part);

		if (error != FW_CFG_OK)
			return error;
		if (on_chunk != NULL)
			on_chunk(arg, out, part);
		control = 0; /* the device goes on where it was */
		out += part;
		size -= part;
	}
	return FW_CFG_OK;
}

enum fw_cfg_error fw_cfg_read_u32(struct fw_cfg *fw, uint16_t selector, uint32_t *value)
{
	return transfer(fw, select_item(selector), value, sizeof(*value));
}

/* Of the file directory; big-endian. */
struct file_entry {
	uint32_t size;
	uint16_t selector, reserved;
	char name[FW_CFG_NAME_SIZE];
};
ASSERT_SIZE(struct file_entry, 64);

/* More than any host has; it could name any number. */
#define FILES_MAX 512U

enum fw_cfg_error fw_cfg_find(
	struct fw_cfg *fw, const char *name, uint16_t *selector, uint32_t *size)
{
	struct file_entry entry;
	enum fw_cfg_error error = fw_cfg_read_u32(fw, FW_CFG_DIRECTORY, size);
	uint32_t count = __builtin_bswap32(*size);

	for (uint32_t i = 0; !error && i < count && i < FILES_MAX; i++) {
		error = transfer(fw, 0, &entry, sizeof(entry));
		entry.name[FW_CFG_NAME_SIZE - 1] = 0;
		if (error || strcmp(entry.name, name) != 0)
			continue;
		*selector = __builtin_bswap16(entry.selector);
		*size = __builtin_bswap32(entry.size);
		return FW_CFG_OK;
	}
	return error ? error : FW_CFG_NO_FILE;
}

const char *fw_cfg_error_text(enum fw_cfg_error error)
{
	static const char *const texts[] = {
		[FW_CFG_OK] = "no error",
		[FW_CFG_ABSENT] = "the host has no fw_cfg device with DMA",
		[FW_CFG_BAD_WINDOW] = "the window shared for fw_cfg is unusable",
		[FW_CFG_TIMEOUT] = "the host did not carry out a fw_cfg transfer",
		[FW_CFG_REFUSED] = "the host refused a fw_cfg transfer",
		[FW_CFG_NO_FILE] = "the host has no such file",
	};

	return texts[error];
}
