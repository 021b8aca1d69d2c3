/* SPDX-License-Identifier: MIT */
/*
 * Port I/O. Devices are QEMU's own, reached through the same ports; the host
 * keeps for itself what would describe or end the machine instead of the
 * guest's: fw_cfg, the memory bytes of CMOS, the debug console, and the ports
 * that power off, reset, report a status or a panic.
 */
#include "host.h"
#include "counters.h"
#include "hostile.h"
#include "insn.h"
#include "profile.h"

#define PORT_CMOS_INDEX 0x70
#define PORT_CMOS_DATA 0x71
#define PORT_KBC 0x64
#define PORT_EXIT 0xf4
#define PORT_MARK 0xe8
#define PORT_DEBUG 0xe9
#define PORT_PVPANIC 0x505
/* QEMU's CPU hotplug: a processor that the guest has not is not there. */
#define PORT_CPU_SELECT 0xcd8
#define PORT_CPU_STATUS 0xcdc
#define PORT_FW_CFG 0x510
#define PORT_FW_CFG_DATA 0x511
#define PORT_FW_CFG_DMA_HIGH 0x514
#define PORT_FW_CFG_DMA_LOW 0x518
#define PORT_PM1A_CNT 0x604
#define PORT_RESET 0xcf9
#define KBC_RESET 0xfe
#define PM1_SLP_EN BIT(13)
#define PVPANIC_PANICKED 1U

static uint8_t cmos_index;
static uint32_t cpu_selected;
static uint32_t exit_status = UINT32_MAX;
static bool panicked;

/* How the guest ended: a status it wrote, a panic it reported, or just so. */
static NORETURN void guest_ended(const char *how)
{
	if (panicked)
		run_end("panic");
	if (exit_status != UINT32_MAX)
		run_end("exit %u", exit_status);
	run_end("%s", how);
}

/* CMOS bytes with the memory size: QEMU's would count the machine's own RAM. */
static bool cmos_memory_byte(uint8_t index, uint8_t *value)
{
	uint64_t low = guest_ram[0].size, high = guest_ram_count > 1 ? guest_ram[1].size : 0;
	uint64_t above_16m = low > 16 * MIB ? (low - 16 * MIB) >> 16 : 0;
	uint64_t above_1m = low > MIB ? (low - MIB) >> 10 : 0;

	if (above_1m > 0xffff)
		above_1m = 0xffff;
	if (index == 0x30 || index == 0x17)
		*value = (uint8_t)above_1m;
	else if (index == 0x31 || index == 0x18)
		*value = (uint8_t)(above_1m >> 8);
	else if (index == 0x34 || index == 0x35)
		*value = (uint8_t)(above_16m >> (index - 0x34) * 8);
	else if (index >= 0x5b && index <= 0x5d)
		*value = (uint8_t)(high >> 16 >> (index - 0x5b) * 8);
	else if (index == 0x5f)
		*value = (uint8_t)(cpu_count - 1);
	else
		return false;
	return true;
}

static uint32_t device_in(uint16_t port, uint32_t size)
{
	return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

static void device_out(uint16_t port, uint32_t size, uint32_t value)
{
	if (size == 1)
		outb(port, (uint8_t)value);
	else if (size == 2)
		outw(port, (uint16_t)value);
	else
		outl(port, value);
}

static uint32_t port_in(uint16_t port, uint32_t size)
{
	uint32_t answer;
	uint8_t byte;

	if (hostile_port_in(port, &answer))
		return answer;
	switch (port) {
	case PORT_CMOS_DATA:
		if (cmos_memory_byte(cmos_index, &byte))
			return byte;
		break;
	case PORT_CPU_STATUS:
		if (cpu_selected >= cpu_count)
			return 0;
		break;
	case PORT_FW_CFG_DATA:
		return fw_cfg_read_byte();
	case PORT_FW_CFG_DMA_HIGH:
	case PORT_FW_CFG_DMA_LOW:
		return fw_cfg_dma_signature(port == PORT_FW_CFG_DMA_LOW);
	case PORT_PVPANIC:
		return PVPANIC_PANICKED;
	case PORT_FW_CFG:
	case PORT_DEBUG:
	case PORT_EXIT:
		return size == 1 ? 0xff : size == 2 ? 0xffff : 0xffffffff;
	default:
		break;
	}
	return device_in(port, size);
}

/* Ports whose writes mean something to the host; false: the device's. */
static bool host_port_out(uint16_t port, uint32_t value)
{
	switch (port) {
	case PORT_CMOS_INDEX:
		cmos_index = value & 0x7f;
		return false;
	case PORT_CPU_SELECT:
		cpu_selected = value;
		return false;
	case PORT_FW_CFG:
		fw_cfg_select((uint16_t)value);
		return true;
	case PORT_FW_CFG_DATA:
	case PORT_DEBUG:
		return true;
	case PORT_FW_CFG_DMA_HIGH:
		fw_cfg_dma_high(value);
		return true;
	case PORT_FW_CFG_DMA_LOW:
		fw_cfg_dma_low(value);
		return true;
	case PORT_MARK:
		profile_mark(&vcpus[cpu_index()], value);
		return true;
	case PORT_EXIT:
		exit_status = value & 0xff;
		return true;
	case PORT_PVPANIC:
		panicked |= value & PVPANIC_PANICKED;
		return true;
	case PORT_PM1A_CNT:
		if (value & PM1_SLP_EN)
			guest_ended("poweroff");
		return false;
	case PORT_RESET:
		if (value & 4)
			guest_ended("reboot");
		return false;
	case PORT_KBC:
		if (value == KBC_RESET)
			guest_ended("reboot");
		return false;
	default:
		return false;
	}
}

static void port_out(uint16_t port, uint32_t size, uint32_t value)
{
	if (!hostile_port_out(port, value) && !host_port_out(port, value))
		device_out(port, size, value);
}

static uint32_t access_size(uint64_t info)
{
	return info & IOIO_SIZE8 ? 1 : info & IOIO_SIZE16 ? 2 : info & IOIO_SIZE32 ? 4 : 0;
}

/* INS and OUTS: data in the scratch area, SW_EXITINFO2 elements. */
static void string_io(
	struct vcpu *v, const struct ghcb_request *req, uint32_t size, struct ghcb_reply *reply)
{
	uint16_t port = (uint16_t)(req->info1 >> IOIO_PORT_SHIFT);
	uint64_t count = req->info2, bytes, at = req->scratch;

	if (!count || __builtin_mul_overflow(count, size, &bytes)) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		return;
	}
	if (!ghcb_scratch_area(v, req, bytes, reply))
		return;
	for (uint64_t i = 0; i < count; i++, at += size) {
		uint32_t value = 0;

		if (req->info1 & IOIO_IN) {
			value = port_in(port, size);
			host_memory_write(at, &value, size);
		} else {
			host_memory_read(at, &value, size);
			port_out(port, size, value);
		}
	}
}

void host_ioio(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	uint16_t port = (uint16_t)(req->info1 >> IOIO_PORT_SHIFT);
	uint32_t size = access_size(req->info1);

	COUNT(ioio);
	if (hostile_skips(v, req->code))
		return;
	if (!size) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
	} else if (req->info1 & IOIO_STRING) {
		string_io(v, req, size, reply);
	} else if (req->info1 & IOIO_IN) {
		reply->rax = port_in(port, size);
		reply->has_rax = true;
	} else if (!GHCB_HAS(req, rax)) {
		ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
	} else {
		port_out(port, size, (uint32_t)req->rax);
	}
}
