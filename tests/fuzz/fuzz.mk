# SPDX-License-Identifier: MIT
# Fuzz targets, tests/fuzz/fuzz_NAME.c, with clang's libFuzzer under ASan and
# UBSan. A target is declared with
#
#   FUZZ_TARGETS += NAME
#   FUZZ_SRCS_NAME := kernel/a.c     the sources under test
#   FUZZ_CFLAGS_NAME, FUZZ_LIBS_NAME
#   FUZZ_SEEDS_NAME := FOLDER        inputs to begin with
#   FUZZ_RUNS_NAME := 100000         length of the run in the tests
#
# `make fuzz-NAME` searches for FUZZ_SECONDS and keeps what it found in
# $(BUILD)/fuzz/NAME/corpus. The suite "fuzz" makes a run of fixed length and
# seed of each, the same every time.

FUZZ_CLANG ?= clang-14
FUZZ_SECONDS ?= 60
FUZZ_OUT := $(BUILD)/fuzz
FUZZ_FLAGS := -std=gnu17 -Wall -Wextra -Werror -Iinclude -I. -D_GNU_SOURCE -g -O1 \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_HEADERS := $(wildcard */*.h tools/*/*.h tests/unit/*.h tests/unit/fake/*/*.h tests/fuzz/*.h)

FUZZ_TARGETS += igvm
FUZZ_SRCS_igvm := $(TOOLS_IGVM_LIB_SRCS)
FUZZ_LIBS_igvm := $(TOOLS_IGVM_LIBS)
FUZZ_SEEDS_igvm := $(FUZZ_OUT)/igvm/seeds
FUZZ_RUNS_igvm := 20000

FUZZ_TARGETS += linux_image
FUZZ_SRCS_linux_image := kernel/linux_image.c
FUZZ_SEEDS_linux_image := $(FUZZ_OUT)/linux_image/seeds
FUZZ_RUNS_linux_image := 500000

FUZZ_TARGETS += elf_image
FUZZ_SRCS_elf_image := kernel/elf_image.c
FUZZ_SEEDS_elf_image := $(FUZZ_OUT)/elf_image/seeds
FUZZ_RUNS_elf_image := 500000

FUZZ_TARGETS += syscalls
FUZZ_SRCS_syscalls := $(sort $(wildcard syscalls/*.c)) kernel/address_space.c \
	kernel/service_memory.c tests/fuzz/fake_hash.c
FUZZ_CFLAGS_syscalls = $(UNIT_FAKE_CFLAGS)
FUZZ_SEEDS_syscalls := $(FUZZ_OUT)/syscalls/seeds
FUZZ_RUNS_syscalls := 5000

FUZZ_TARGETS += fw_cfg
FUZZ_SRCS_fw_cfg := drivers/fw_cfg.c
FUZZ_RUNS_fw_cfg := 500000

FUZZ_TARGETS += madt
FUZZ_SRCS_madt := kernel/madt.c
FUZZ_RUNS_madt := 500000

FUZZ_TARGETS += memory_map
FUZZ_SRCS_memory_map := kernel/memory_map.c
FUZZ_RUNS_memory_map := 500000

FUZZ_TARGETS += pvalidate
FUZZ_SRCS_pvalidate = $(UNIT_FAKE) kernel/guest_memory.c protocols/core_pvalidate.c
FUZZ_CFLAGS_pvalidate = $(UNIT_FAKE_CFLAGS)
FUZZ_RUNS_pvalidate := 40000

FUZZ_TARGETS += attest
FUZZ_SRCS_attest = $(UNIT_FAKE) kernel/guest_memory.c tests/unit/fake_attest.c \
	kernel/service_request.c tests/unit/fake_services.c $(filter protocols/%,$(UNIT_ATTEST)) lib/cbor.c \
	tests/fuzz/fake_hash.c
FUZZ_CFLAGS_attest = $(UNIT_FAKE_CFLAGS)
FUZZ_RUNS_attest := 20000

FUZZ_TARGETS += firmware
FUZZ_SRCS_firmware := tools/igvm/firmware.c tools/igvm/firmware_tables.c tools/common/error.c \
	kernel/firmware_areas.c
FUZZ_SEEDS_firmware := $(FUZZ_OUT)/firmware/seeds
FUZZ_RUNS_firmware := 200000

FUZZ_TARGETS += firmware_areas
FUZZ_SRCS_firmware_areas := kernel/firmware_areas.c
FUZZ_RUNS_firmware_areas := 500000

FUZZ_TARGETS += cbor
FUZZ_SRCS_cbor := $(TOOLS_COMMON_SRCS) $(TOOLS_COMMON_COSE)
FUZZ_LIBS_cbor := $(TOOLS_COMMON_LIBS)
FUZZ_RUNS_cbor := 200000

# Seeds from what the unit tests and the kernels have.
$(FUZZ_OUT)/igvm/seed_igvm: tests/fuzz/seed_igvm.c tests/unit/igvm_fixture.c $(TOOLS_IGVM_LIB_SRCS) \
		$(FUZZ_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -I. -o $@ $(filter %.c,$^) \
		$(TOOLS_IGVM_LIBS) -lcmocka

$(FUZZ_OUT)/igvm/seeds: $(FUZZ_OUT)/igvm/seed_igvm tests/unit/vectors/min_v1.igvm
	@mkdir -p $@
	$(Q)$< $@
	$(Q)cp tests/unit/vectors/*.igvm $@

$(FUZZ_OUT)/linux_image/seeds: $(DEPS_LINUX_6_12)/vmlinuz
	@mkdir -p $@
	$(Q)head -c 4096 $< >$@/linux-6.12

$(FUZZ_OUT)/elf_image/seeds:
	@mkdir -p $@
	$(Q)printf 'int main(void) { return 0; }' | $(HOSTCC) -static-pie -nostartfiles -nostdlib -s \
		-Wl,-e,main -x c -o $@/static-pie -

# Long rows of calls.
$(FUZZ_OUT)/syscalls/seeds:
	@mkdir -p $@
	$(Q)for n in 1 2 3 4; do LC_ALL=C awk -v n=$$n 'BEGIN { srand(n); \
		for (i = 0; i < 1000; i++) printf "%c", int(rand() * 256) }' >$@/row-$$n; done

# The end of the image has all its tables.
$(FUZZ_OUT)/firmware/seeds: $(DEPS_OVMF)/OVMF.fd
	@mkdir -p $@
	$(Q)tail -c 4096 $< >$@/ovmf

define FUZZ_RULES
$(FUZZ_OUT)/$(1)/fuzz_$(1): tests/fuzz/fuzz_$(1).c $(FUZZ_SRCS_$(1)) $(FUZZ_HEADERS)
	@mkdir -p $$(@D)
	$$(Q)$$(FUZZ_CLANG) $$(FUZZ_FLAGS) $$(FUZZ_CFLAGS_$(1)) -o $$@ $$(filter %.c,$$^) \
		$$(FUZZ_LIBS_$(1))

.PHONY: fuzz-$(1)
fuzz-$(1): $(FUZZ_OUT)/$(1)/fuzz_$(1) $(FUZZ_SEEDS_$(1))
	@mkdir -p $(FUZZ_OUT)/$(1)/corpus
	$$(Q)$$< -max_total_time=$$(FUZZ_SECONDS) -timeout=10 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix=$(FUZZ_OUT)/$(1)/ $(FUZZ_OUT)/$(1)/corpus $(FUZZ_SEEDS_$(1))

test-fuzz: $(FUZZ_OUT)/$(1)/fuzz_$(1) $(FUZZ_SEEDS_$(1))
endef

# A target with a mistake in it, which the run must find.
$(FUZZ_OUT)/planted/fuzz_planted: tests/fuzz/fuzz_planted.c
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CLANG) $(FUZZ_FLAGS) -o $@ $<

TEST_SUITES += fuzz
.PHONY: test-fuzz
test-fuzz: $(FUZZ_OUT)/planted/fuzz_planted
	$(Q)tests/fuzz/run-fixed $(FUZZ_OUT) \
		$(foreach name,$(FUZZ_TARGETS),$(name) $(FUZZ_RUNS_$(name)))
