# SPDX-License-Identifier: MIT
# The paravisor's image for SEV-SNP: $(BUILD)/nacre.elf, and the IGVM file
# without a kernel's digests, $(BUILD)/nacre.igvm (make run makes one with).
# $(BUILD)/inputs.txt says what they are built from.

KERNEL_OUT := $(BUILD)/kernel
KERNEL_ELF := $(BUILD)/nacre.elf
KERNEL_IGVM := $(BUILD)/nacre.igvm
KERNEL_INPUTS := $(BUILD)/inputs.txt

KERNEL_SOURCES := $(sort $(wildcard boot/*.c boot/*.S kernel/*.c kernel/*.S protocols/*.c syscalls/*.c drivers/*.c \
	platform/sev-snp/*.c)) lib/string.c lib/printf.c lib/cbor.c $(LIB_PARAVISOR_SOURCES)
KERNEL_OBJECTS := $(patsubst %,$(KERNEL_OUT)/%.o,$(KERNEL_SOURCES))

KERNEL_ARCH_CFLAGS = $(LIB_FREESTANDING_CFLAGS) -O2 -g -m64 -mcmodel=kernel -mno-red-zone \
	-mgeneral-regs-only -fno-pic -fcf-protection=none -fno-asynchronous-unwind-tables \
	-fno-omit-frame-pointer -fno-strict-aliasing -fno-jump-tables -fno-common \
	-mharden-sls=all -mindirect-branch=thunk-inline \
	-ffunction-sections -fdata-sections \
	-fstack-protector-strong -mstack-protector-guard=global \
	$(PREFIX_MAPS)
# For code where size counts more than speed: all but the request path and the hash.
KERNEL_SMALL := -Os
KERNEL_CFLAGS = $(COMMON_CFLAGS) -I. $(KERNEL_ARCH_CFLAGS) $(KERNEL_SMALL)

KERNEL_FAST := kernel/request.c kernel/guest_memory.c kernel/page_state.c kernel/windows.c \
	kernel/fault_access.c protocols/dispatch.c protocols/core.c protocols/core_pvalidate.c \
	platform/sev-snp/pages.c platform/sev-snp/vcpu.c platform/sev-snp/ghcb_page.c
KERNEL_FAST_CFLAGS := -O2 -flto -momit-leaf-frame-pointer
$(patsubst %,$(KERNEL_OUT)/%.o,$(KERNEL_FAST)): KERNEL_SMALL := $(KERNEL_FAST_CFLAGS)

KERNEL_EARLY_CFLAGS := -fno-stack-protector
$(KERNEL_OUT)/boot/stage2.c.o: KERNEL_ARCH_CFLAGS += $(KERNEL_EARLY_CFLAGS)
$(patsubst %,$(KERNEL_OUT)/%.o,$(LIB_PARAVISOR_SOURCES)): KERNEL_ARCH_CFLAGS += $(LIB_PARAVISOR_CFLAGS)
$(KERNEL_OUT)/lib/sha256_ni.c.o $(KERNEL_OUT)/mbedtls/aesni.o: KERNEL_ARCH_CFLAGS := \
	$(filter-out -mgeneral-regs-only,$(KERNEL_ARCH_CFLAGS)) $(LIB_VECTOR_CFLAGS)
$(KERNEL_OUT)/lib/sha256_ni.c.o: KERNEL_SMALL := -O2

$(eval $(call LIB_MBEDTLS_RULES,$(KERNEL_OUT),KERNEL_ARCH_CFLAGS,$(LIB_PARAVISOR_PARTS),$(LIB_PARAVISOR_CONFIG)))
KERNEL_MBEDTLS := $(LIB_PARAVISOR_PARTS:%=$(KERNEL_OUT)/mbedtls/%.o)
# The blocks of SHA-256 are hashed elsewhere (lib/sha256_ni.c) on all processors with SNP.
$(KERNEL_MBEDTLS): KERNEL_ARCH_CFLAGS += $(KERNEL_SMALL)
# What a report needs; short copies are the compiler's own.
$(patsubst %,$(KERNEL_OUT)/mbedtls/%.o,aes aesni block_cipher gcm sha512): KERNEL_ARCH_CFLAGS += \
	-O2 -fbuiltin

KERNEL_AFLAGS = -I. -Iinclude -MMD -MP -Wa,-I. -g $(PREFIX_MAPS)
KERNEL_LDFLAGS = $(KERNEL_ARCH_CFLAGS) -O2 -momit-leaf-frame-pointer -nostdlib -static -no-pie \
	-Wl,--build-id=sha1 -Wl,--gc-sections -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack \
	-Wl,--no-warn-rwx-segments

# All flags of all objects, so that none is left behind by a change.
KERNEL_FLAGS = $(CC) $(KERNEL_CFLAGS) $(LIB_PARAVISOR_CFLAGS) $(LIB_VECTOR_CFLAGS) $(KERNEL_FAST) $(KERNEL_FAST_CFLAGS) \
	$(KERNEL_EARLY_CFLAGS) $(KERNEL_AFLAGS) $(KERNEL_LDFLAGS)
$(eval $(call FLAGS_RULES,$(KERNEL_OUT)/flags,KERNEL_FLAGS))
$(KERNEL_MBEDTLS): $(KERNEL_OUT)/flags

$(KERNEL_OUT)/%.c.o: %.c $(KERNEL_OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) -c -o $@ $<

$(KERNEL_OUT)/%.S.o: %.S $(KERNEL_OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_AFLAGS) -c -o $@ $<

$(KERNEL_OUT)/linker.ld: linker.ld kernel/layout.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -undef -x c -I. -o $@ $<

$(KERNEL_ELF): $(KERNEL_OUT)/linker.ld $(KERNEL_OBJECTS) $(KERNEL_OUT)/libmbed.a
	$(Q)$(CC) $(KERNEL_LDFLAGS) -Wl,-T,$< -o $@ $(KERNEL_OBJECTS) $(KERNEL_OUT)/libmbed.a

# Made each time and replaced only if it differs: a source that is gone counts too.
$(KERNEL_INPUTS): FORCE
	@mkdir -p $(@D)
	$(Q)scripts/build-inputs --cc $(CC) --deps $(DEPS) >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(KERNEL_IGVM): $(KERNEL_ELF) $(KERNEL_INPUTS) $(BUILD)/tools/nacre-igvm
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $(KERNEL_ELF) --output $@ --unchecked-kernel \
		--inputs $(KERNEL_INPUTS)

.PHONY: image
image: $(KERNEL_ELF) $(if $(wildcard tools/*.mk),$(KERNEL_IGVM))

# What the flags stand in, and the compilers, as inputs.txt has them: objects made
# with others would make another image than the one that inputs.txt speaks of.
KERNEL_FLAGS_FROM := Makefile kernel/kernel.mk lib/mbedtls.mk $(KERNEL_OUT)/toolchain
$(KERNEL_OUT)/toolchain: $(KERNEL_INPUTS)
	@mkdir -p $(@D)
	@grep -v '^nacre ' $< | cmp -s - $@ || grep -v '^nacre ' $< >$@

$(KERNEL_OBJECTS) $(KERNEL_MBEDTLS) $(KERNEL_ELF): $(KERNEL_FLAGS_FROM)

-include $(KERNEL_OBJECTS:.o=.d)

ALL += $(KERNEL_IGVM)
SIZE_ELFS += $(KERNEL_ELF)
SIZE_PARTS += $(KERNEL_OUT)/libmbed.a=$(KERNEL_ELF)
SIZE_IGVMS += $(KERNEL_IGVM)
