# SPDX-License-Identifier: MIT
# Init, $(BUILD)/init: the first program in ring 3, of our own and without a libc.

INIT_FILE := $(BUILD)/init
INIT_ENTRY := init=$(INIT_FILE)
INIT_OUT := $(BUILD)/services/init
INIT_SOURCES := services/init/init.c services/lib/call.c
INIT_CFLAGS = $(COMMON_CFLAGS) -I. -Os -ffreestanding -fpie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fcf-protection=none -ffunction-sections
INIT_LDFLAGS := -nostdlib -static-pie -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,noseparate-code -Wl,-z,norelro \
	-Wl,--build-id=none -Wl,--no-dynamic-linker -Wl,--hash-style=gnu
INIT_OBJECTS := $(INIT_SOURCES:%.c=$(INIT_OUT)/%.o)
INIT_FLAGS = $(CC) $(INIT_CFLAGS) $(INIT_LDFLAGS)
$(eval $(call FLAGS_RULES,$(INIT_OUT)/flags,INIT_FLAGS))

$(INIT_OUT)/%.o: %.c $(INIT_OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(INIT_CFLAGS) -c -o $@ $<

# Nobody would apply relocations: there must be none.
$(INIT_FILE): $(INIT_OBJECTS)
	$(Q)$(CC) $(INIT_CFLAGS) $(INIT_LDFLAGS) -o $@.debug $(INIT_OBJECTS)
	$(Q)! readelf -rW $@.debug | grep R_X86_64 >&2
	$(Q)objcopy -D --strip-all $@.debug $@

.PHONY: init
init: $(INIT_FILE)
ALL += $(INIT_FILE)
SIZE_ELFS += $(INIT_FILE)

-include $(INIT_OBJECTS:.o=.d)
