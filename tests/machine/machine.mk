# SPDX-License-Identifier: MIT
# The emulated SEV-SNP machine: a PVH kernel for QEMU.

MACHINE_DIR := tests/machine
# A directly booted kernel gets the same hand-over with and without the paravisor.
MACHINE_SOURCES := $(sort $(wildcard $(MACHINE_DIR)/*/*.c kernel/linux_*.c)) \
	kernel/acpi.c kernel/dsdt.c
MACHINE_ASM := $(sort $(wildcard $(MACHINE_DIR)/*/*.S))
MACHINE_OBJECTS := $(MACHINE_SOURCES:%.c=$(BUILD)/machine/%.o) \
	$(MACHINE_ASM:%.S=$(BUILD)/machine/%.o)
MACHINE_ELF := $(BUILD)/machine/machine.elf
MACHINE_INCLUDES := $(addprefix -I$(MACHINE_DIR)/,core processor psp host)

# The guest's FPU registers stay live while the machine runs: it uses none.
MACHINE_FLAGS := -O2 -g -std=gnu17 -mgeneral-regs-only -mno-red-zone -mcmodel=kernel -fno-pic \
	-fno-pie -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
	-fno-omit-frame-pointer $(PREFIX_MAPS) $(LIB_FREESTANDING_CFLAGS)

# mbedtls for the secure processor, as the test guests have it (guest.mk).
MACHINE_MBEDTLS_CONFIG := $(GUEST_MBEDTLS_CONFIG)
MACHINE_MBEDTLS_PARTS := $(GUEST_MBEDTLS_PARTS)
MACHINE_MBEDTLS_CFLAGS = $(call LIB_MBEDTLS_CFLAGS_FOR,$(MACHINE_MBEDTLS_CONFIG))
$(eval $(call LIB_MBEDTLS_RULES,$(BUILD)/machine,MACHINE_FLAGS,$(MACHINE_MBEDTLS_PARTS),$(MACHINE_MBEDTLS_CONFIG)))

MACHINE_FLAGS_ALL = $(CC) $(MACHINE_FLAGS) $(WARNINGS) $(MACHINE_INCLUDES) $(MACHINE_MBEDTLS_CFLAGS)
$(eval $(call FLAGS_RULES,$(BUILD)/machine/flags,MACHINE_FLAGS_ALL))
$(MACHINE_MBEDTLS_PARTS:%=$(BUILD)/machine/mbedtls/%.o): $(BUILD)/machine/flags

$(BUILD)/machine/%.o: %.c $(BUILD)/machine/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(MACHINE_FLAGS) $(WARNINGS) -Iinclude $(MACHINE_INCLUDES) $(MACHINE_MBEDTLS_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(BUILD)/machine/%.o: %.S $(BUILD)/machine/flags
	@mkdir -p $(@D)
	$(Q)$(CC) -g $(PREFIX_MAPS) -MMD -MP -c -o $@ $<

$(MACHINE_ELF): $(MACHINE_OBJECTS) $(BUILD)/machine/libmbed.a $(MACHINE_DIR)/machine.ld
	$(Q)$(LD) -T $(MACHINE_DIR)/machine.ld -z max-page-size=4096 --no-warn-rwx-segments -o $@ \
		$(MACHINE_OBJECTS) $(BUILD)/machine/libmbed.a

$(MACHINE_OBJECTS) $(MACHINE_MBEDTLS_PARTS:%=$(BUILD)/machine/mbedtls/%.o): Makefile $(MACHINE_DIR)/machine.mk

.PHONY: machine
machine: $(MACHINE_ELF)

-include $(MACHINE_OBJECTS:.o=.d)

ALL += $(MACHINE_ELF)
