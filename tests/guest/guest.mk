# SPDX-License-Identifier: MIT
# The library of bare-metal test guests, and how a guest is made of it:
#
#   $(eval $(call GUEST_PROBE_RULES,DIR,NAME))   tests/DIR/NAME.c -> $(BUILD)/tests/DIR/NAME.igvm
#   $(eval $(call GUEST_LINUX_RULES,DIR,NAME))   tests/DIR/NAME.c -> $(BUILD)/tests/DIR/NAME.bzimage
#
# Further sources of a guest: GUEST_OBJS_NAME, as object files under $(BUILD)/tests.

GUEST_DIR := tests/guest
GUEST_OUT := $(BUILD)/tests
GUEST_CFLAGS := -O2 -g -std=gnu17 -ffreestanding -nostdinc -mgeneral-regs-only -mno-red-zone \
	-fno-pic -fno-pie -fno-stack-protector -fcf-protection=none -fno-omit-frame-pointer \
	-fno-asynchronous-unwind-tables -ffile-prefix-map=$(CURDIR)=. \
	-isystem $(shell $(CC) -print-file-name=include 2>/dev/null) -isystem lib/libc \
	$(WARNINGS) -Iinclude -I$(GUEST_DIR)

GUEST_SHARED := $(filter-out %/start_probe.c %/start_linux.c,$(wildcard $(GUEST_DIR)/*.c))
GUEST_LIB := $(GUEST_SHARED:%.c=$(BUILD)/%.o) $(BUILD)/$(GUEST_DIR)/vectors.o \
	$(BUILD)/$(GUEST_DIR)/tables.o
GUEST_START_PROBE := $(BUILD)/$(GUEST_DIR)/probe_entry.o $(BUILD)/$(GUEST_DIR)/start_probe.o
GUEST_START_LINUX := $(BUILD)/$(GUEST_DIR)/linux_entry.o $(BUILD)/$(GUEST_DIR)/start_linux.o
GUEST_LD := $(LD) --no-warn-rwx-segments -z max-page-size=4096 --build-id=none

$(BUILD)/tests/guest/%.o: tests/guest/%.c Makefile tests/guest/guest.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/guest/%.o: tests/guest/%.S
	@mkdir -p $(@D)
	$(Q)$(CC) -g -I$(GUEST_DIR) -MMD -MP -c -o $@ $<

define GUEST_OBJECT_RULES
$(BUILD)/tests/$(1)/%.o: tests/$(1)/%.c Makefile tests/guest/guest.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(GUEST_CFLAGS) -MMD -MP -c -o $$@ $$<

$(BUILD)/tests/$(1)/%.o: tests/$(1)/%.S
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -g -I$$(GUEST_DIR) -Itests/$(1) -MMD -MP -c -o $$@ $$<

-include $(wildcard $(BUILD)/tests/$(1)/*.d)
endef

define GUEST_PROBE_RULES
$(BUILD)/tests/$(1)/$(2).elf: $(BUILD)/tests/$(1)/$(2).o $(GUEST_OBJS_$(2)) \
		$(GUEST_START_PROBE) $(GUEST_LIB) $(GUEST_DIR)/probe.ld
	$$(Q)$$(GUEST_LD) -T $(GUEST_DIR)/probe.ld -o $$@ $$(filter %.o %.a,$$^)

$(BUILD)/tests/$(1)/$(2).igvm: $(BUILD)/tests/$(1)/$(2).elf $(BUILD)/tools/nacre-igvm
	$$(Q)$(BUILD)/tools/nacre-igvm build --elf $$< -o $$@
endef

define GUEST_LINUX_RULES
$(BUILD)/tests/$(1)/$(2).linux.elf: $(BUILD)/tests/$(1)/$(2).o $(GUEST_OBJS_$(2)) \
		$(GUEST_START_LINUX) $(GUEST_LIB) $(GUEST_DIR)/linux.ld
	$$(Q)$$(GUEST_LD) -T $(GUEST_DIR)/linux.ld -o $$@ $$(filter %.o %.a,$$^)

$(BUILD)/tests/$(1)/$(2).bzimage: $(BUILD)/tests/$(1)/$(2).linux.elf
	$$(Q)objcopy -O binary $$< $$@
endef

# Guest messages, for a guest that has $(GUEST_MESSAGES) among its objects: mbedtls, with the
# emulated secure processor's sealing and signatures (unit tests hold them to known answers).
GUEST_MBEDTLS_CONFIG := tests/machine/core/mbedtls_config.h
GUEST_MBEDTLS_PARTS := aes asn1parse asn1write bignum bignum_core bignum_mod bignum_mod_raw \
	block_cipher constant_time ecdsa ecp ecp_curves gcm md memory_buffer_alloc platform \
	platform_util sha256 sha512
GUEST_MESSAGES_CFLAGS = $(call LIB_MBEDTLS_CFLAGS_FOR,$(GUEST_MBEDTLS_CONFIG)) -Itests/machine/psp
GUEST_MESSAGES := $(GUEST_OUT)/messages/message_crypto.o $(GUEST_OUT)/messages/p384.o \
	$(GUEST_OUT)/messages/libmbed.a
$(eval $(call LIB_MBEDTLS_RULES,$(GUEST_OUT)/messages,GUEST_CFLAGS,$(GUEST_MBEDTLS_PARTS),$(GUEST_MBEDTLS_CONFIG)))

$(GUEST_OUT)/messages/%.o: tests/machine/psp/%.c Makefile tests/guest/guest.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) $(GUEST_MESSAGES_CFLAGS) -MMD -MP -c -o $@ $<

# The paravisor that boots any kernel, so that one image serves every guest.
GUEST_NACRE := $(GUEST_OUT)/nacre-unchecked.igvm
$(GUEST_NACRE): $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm
	@mkdir -p $(@D)
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $< --unchecked-kernel -o $@

-include $(wildcard $(BUILD)/$(GUEST_DIR)/*.d $(GUEST_OUT)/messages/*.d)
