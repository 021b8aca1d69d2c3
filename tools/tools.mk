# SPDX-License-Identifier: MIT
# The host programs. `make tools` builds them under $(BUILD)/tools.

# The library of nacre-igvm, without what talks to a terminal; tests and the
# fuzz target link these too.
TOOLS_IGVM_LIB_SRCS := $(addprefix tools/igvm/, \
	buffer.c build.c check.c crc32.c describe.c elf_image.c error.c firmware.c \
	firmware_map.c firmware_tables.c hash.c inputs.c launch_walk.c \
	measure.c overlap.c parse.c qemu.c registers.c report.c report_firmware.c report_json.c report_text.c \
	types.c vmsa.c writer.c)
TOOLS_IGVM_COMMAND_SRCS := $(addprefix tools/igvm/, \
	cmd_build.c cmd_inspect.c cmd_measure.c commands.c files.c)
TOOLS_IGVM_SRCS := $(TOOLS_IGVM_LIB_SRCS) $(TOOLS_IGVM_COMMAND_SRCS) tools/igvm/main.c
TOOLS_IGVM_LIBS := -lcrypto -ljansson
TOOLS_IGVM_OBJS := $(TOOLS_IGVM_SRCS:%.c=$(BUILD)/host/%.o)

ALL += $(BUILD)/tools/nacre-igvm

.PHONY: tools
tools: $(BUILD)/tools/nacre-igvm

$(BUILD)/tools/nacre-igvm: $(TOOLS_IGVM_OBJS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -o $@ $^ $(TOOLS_IGVM_LIBS)

$(TOOLS_IGVM_OBJS): $(BUILD)/host/%.o: %.c Makefile tools/tools.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -c -o $@ $<

-include $(TOOLS_IGVM_OBJS:.o=.d)
