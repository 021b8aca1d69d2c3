# SPDX-License-Identifier: MIT
# The vTPM, $(BUILD)/vtpm: a static Linux program of Debian's libtpms (scripts/deps) and
# libcrypto, position-independent.

VTPM_OUT := $(BUILD)/services/vtpm
VTPM_FILE := $(BUILD)/vtpm
# What nacre-igvm is told of it, and what the host hands over. Of the memory it uses
# nearly all; with its file it is 8 MiB. A key of RSA 3072 takes some 2,500 million
# instructions, which an emulated processor on a busy machine takes minutes for.
VTPM_ENTRY := vtpm=$(VTPM_FILE),memory=2304K,classes=0+1+2,limit=600000000000,at-end=retire
VTPM_HANDOVER := vtpm=$(VTPM_FILE)
# Both with init, as nacre-igvm build and scripts/machine take them.
VTPM_SERVICES := --service $(INIT_ENTRY) --service $(VTPM_ENTRY)
VTPM_FILES := --service $(INIT_ENTRY) --service $(VTPM_HANDOVER)

VTPM_SOURCES := $(sort $(wildcard services/vtpm/*.c)) $(SERVICES_LIB_SOURCES) lib/cbor.c lib/entropy.c \
	lib/hwrng.c
VTPM_OBJECTS := $(patsubst %.c,$(VTPM_OUT)/%.o,$(VTPM_SOURCES))

# From when on its certificates are valid: the start of 2026, or what whoever builds says.
VTPM_NOT_BEFORE := $(or $(SOURCE_DATE_EPOCH),1767225600)
VTPM_NOT_BEFORE_TIME := $(shell date -u -d @$(VTPM_NOT_BEFORE) +%Y%m%d%H%M%SZ)

VTPM_CFLAGS = $(SERVICES_CFLAGS) -isystem $(DEPS_LIBTPMS)/include -DVTPM_NOT_BEFORE='"$(VTPM_NOT_BEFORE_TIME)"'
VTPM_FLAGS = $(CC) $(VTPM_CFLAGS) $(SERVICES_LDFLAGS) $(DEPS_VERSION_libtpms)
$(eval $(call FLAGS_RULES,$(VTPM_OUT)/flags,VTPM_FLAGS))

# libtpms asks our clock for the time, and a function of bookworm's libc for numbers.
VTPM_LIBTPMS := $(VTPM_OUT)/libtpms.a
$(VTPM_LIBTPMS): $(DEPS_LIBTPMS)/libtpms.a $(VTPM_OUT)/flags services/vtpm/vtpm.mk
	@mkdir -p $(@D)
	$(Q)objcopy -D --redefine-sym clock_gettime=tpm_clock_gettime \
		--redefine-sym __isoc23_strtoul=strtoul $< $@

$(VTPM_OUT)/%.o: %.c $(VTPM_OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(VTPM_CFLAGS) -c -o $@ $<

# libcrypto's look-ups of names of hosts and of shared objects, which nothing here calls,
# would want glibc's shared libraries; the linker warns of each.
VTPM_LINK = $(CC) $(SERVICES_LDFLAGS) -Wl,--no-warnings -Wl,--wrap=TPMLIB_LogArray,--wrap=TPMLIB_LogPrintfA
$(VTPM_FILE): $(VTPM_OBJECTS) $(VTPM_LIBTPMS)
	$(Q)$(VTPM_LINK) -o $@.debug $(VTPM_OBJECTS) $(VTPM_LIBTPMS) -lcrypto
	$(Q)objcopy -D --strip-all $@.debug $@

.PHONY: vtpm
vtpm: $(VTPM_FILE)
ALL += $(VTPM_FILE)
SIZE_ELFS += $(VTPM_FILE)

-include $(VTPM_OBJECTS:.o=.d)
