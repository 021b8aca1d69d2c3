# SPDX-License-Identifier: MIT
# The host programs. `make tools` builds them under $(BUILD)/tools.
#
# A program is declared, in any room's .mk file, with
#
#   TOOLS += NAME
#   TOOLS_SRCS_NAME = tools/name/a.c     its sources
#   TOOLS_LIBS_NAME = -lfoo
#
# (with "=", since this file is read after others of this folder).

TOOLS_CFLAGS = $(HOST_CFLAGS) -I.

# What the programs share; cli.c wants a program around it, cbor.c libcbor,
# ecdsa.c mbedtls.
TOOLS_COMMON_SRCS := $(addprefix tools/common/, buffer.c crc32.c error.c files.c hash.c text.c)
TOOLS_COMMON_CLI := tools/common/cli.c
TOOLS_COMMON_CBOR := tools/common/cbor.c tools/common/cbor_read.c
TOOLS_COMMON_KEYS := $(addprefix tools/common/, ecdsa.c ecdsa_der.c key.c snp_key.c)
TOOLS_COMMON_COSE := $(TOOLS_COMMON_CBOR) $(TOOLS_COMMON_KEYS) tools/common/cose.c
TOOLS_COMMON_LIBS := -lcbor -lmbedcrypto -lcrypto

# The library of nacre-igvm, without what talks to a terminal; tests and the
# fuzz target link these too.
TOOLS_IGVM_LIB_SRCS := $(TOOLS_COMMON_SRCS) $(TOOLS_COMMON_COSE) $(addprefix tools/igvm/, \
	build.c check.c describe.c edit.c elf_image.c firmware.c \
	firmware_map.c firmware_tables.c id_block.c inputs.c launch_walk.c \
	measure.c measured_page.c overlap.c parse.c qemu.c reference.c reference_corim.c \
	reference_json.c registers.c report.c report_firmware.c report_id_block.c report_json.c \
	report_services.c report_text.c services.c types.c vmsa.c writer.c)
# The check of a service's file is the kernel's own.
TOOLS_IGVM_LIB_SRCS += kernel/elf_image.c
TOOLS_IGVM_COMMAND_SRCS := $(TOOLS_COMMON_CLI) $(addprefix tools/igvm/, \
	cmd_build.c cmd_inspect.c cmd_measure.c cmd_reference.c cmd_sign.c commands.c)
TOOLS_IGVM_LIBS := $(TOOLS_COMMON_LIBS) -ljansson

TOOLS += nacre-igvm
TOOLS_SRCS_nacre-igvm := $(TOOLS_IGVM_LIB_SRCS) $(TOOLS_IGVM_COMMAND_SRCS) tools/igvm/main.c
TOOLS_LIBS_nacre-igvm := $(TOOLS_IGVM_LIBS)

.PHONY: tools

# $(call TOOLS_OBJS,NAME)
TOOLS_OBJS = $(sort $(TOOLS_SRCS_$(1):%.c=$(BUILD)/host/%.o))

define TOOLS_RULES
ALL += $(BUILD)/tools/$(1)
tools: $(BUILD)/tools/$(1)

$(BUILD)/tools/$(1): $(call TOOLS_OBJS,$(1))
	@mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(TOOLS_CFLAGS) -o $$@ $$^ $$(TOOLS_LIBS_$(1))

-include $(patsubst %.o,%.d,$(call TOOLS_OBJS,$(1)))
endef

$(BUILD)/host/%.o: %.c Makefile tools/tools.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(TOOLS_CFLAGS) -c -o $@ $<
