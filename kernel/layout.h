/* SPDX-License-Identifier: MIT */
/*
 * Where things are: the paravisor's region in guest-physical memory and its
 * virtual address space. Read by C, by the assembler and by linker.ld, hence
 * plain numbers only.
 *
 *   virtual                   what
 *   ffff fffd 8000 0000       guest RAM below 4 GiB, during guest launch only
 *   ffff fffe c000 0000       page-state map and memory for many CPUs
 *   ffff ffff 0000 0000       per-CPU 4 KiB windows, then stacks with guard pages,
 *                             then, while they are loaded, the window for services' files
 *   ffff ffff 4000 0000       per-CPU 2 MiB windows
 *   ffff ffff 0000 0000 + gpa the region itself
 *
 * The region lies where a PC has neither RAM nor devices: between the end of what
 * OVMF gives to PCI devices and the I/O APIC, so that a firmware which takes its
 * memory map from the host need not know of it. What follows it up to the I/O APIC
 * is spare, for services and page states; it costs nothing until it is used.
 */
#ifndef NACRE_KERNEL_LAYOUT_H
#define NACRE_KERNEL_LAYOUT_H

#define REGION_GPA 0xfc000000
#define REGION_SIZE 0x00200000
#define SPARE_SIZE 0x02a00000

#define VA_OFFSET 0xffffffff00000000
#define VA_WINDOWS_2M 0xffffffff40000000
#define VA_SMALL 0xffffffff00000000
#define VA_MAP 0xfffffffec0000000
#define VA_LAUNCH 0xfffffffd80000000

/*
 * Of struct cpu and struct task_registers, for kernel/task_entry.S; kernel/task.h
 * compares them with the structures.
 */
#define CPU_TASK 8
#define CPU_TASK_STACK 16
#define CPU_USER_RSP 24
#define TASK_RIP 120
#define TASK_RFLAGS 128
#define TASK_RSP 136
#define TASK_SYSCALL 256

/* Selectors; the code and data descriptors equal those of boot/entry.S. */
#define GDT_CODE 0x08
#define GDT_DATA 0x10
#define GDT_TSS 0x18 /* two entries */
#define GDT_USER_DATA 0x2b
#define GDT_USER_CODE 0x33

/* Entries of the last PML4 entry's PDPT for the areas above. */
#define PDPT_REGION 511
#define PDPT_WINDOWS_2M 509
#define PDPT_SMALL 508
#define PDPT_MAP 507
#define PDPT_LAUNCH 502

/* Inside VA_SMALL. */
#define VA_WINDOWS_4K VA_SMALL
#define VA_STACKS (VA_SMALL + 0x02000000)
#define VA_TRANSFER (VA_SMALL + 0x04000000)

#define MAX_CPUS 512
#define WINDOWS_PER_CPU 8
#define STACK_SLOT 0x10000
#define STACK_PAGES 3
#define IST_COUNT 6

/* The host's MADT: room for about 1000 CPUs. */
#define MADT_PAGES 4
#define MEMORY_MAP_PAGES 1

/* The stacks of stage 2: one in imported memory, then one in .bss. */
#define EARLY_STACK_SIZE 0xc00
#define BOOT_STACK_SIZE 0x2000

/* On the bootstrap page table, the region as shared memory lies this far up. */
#define BOOT_SHARED_OFFSET REGION_SIZE

#endif
