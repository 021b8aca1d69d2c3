# SPDX-License-Identifier: MIT
# `make fuzz-igvm` runs the IGVM fuzz target for FUZZ_IGVM_SECONDS under ASan
# and UBSan; it needs clang with libFuzzer (packages clang-14 and
# libclang-rt-14-dev). New inputs stay in $(BUILD)/fuzz/igvm/corpus.

FUZZ_IGVM_CLANG ?= clang-14
FUZZ_IGVM_SECONDS ?= 60
FUZZ_IGVM_OUT := $(BUILD)/fuzz/igvm
FUZZ_IGVM_SRCS := tests/fuzz/fuzz_igvm.c $(TOOLS_IGVM_LIB_SRCS)
FUZZ_IGVM_SEED_SRCS := tests/fuzz/seed_igvm.c tests/unit/igvm_fixture.c $(TOOLS_IGVM_LIB_SRCS)
FUZZ_IGVM_HEADERS := $(wildcard tools/igvm/*.h include/*.h tests/unit/igvm_fixture.h)
FUZZ_IGVM_FLAGS := -std=gnu17 -Wall -Wextra -Werror -Iinclude -I. -D_GNU_SOURCE -g -O1 \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

.PHONY: fuzz-igvm
fuzz-igvm: $(FUZZ_IGVM_OUT)/fuzz_igvm $(FUZZ_IGVM_OUT)/seed_igvm
	@mkdir -p $(FUZZ_IGVM_OUT)/corpus $(FUZZ_IGVM_OUT)/seeds
	$(Q)$(FUZZ_IGVM_OUT)/seed_igvm $(FUZZ_IGVM_OUT)/seeds
	$(Q)$< -max_total_time=$(FUZZ_IGVM_SECONDS) -timeout=10 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix=$(FUZZ_IGVM_OUT)/ $(FUZZ_IGVM_OUT)/corpus $(FUZZ_IGVM_OUT)/seeds \
		tests/unit/vectors

$(FUZZ_IGVM_OUT)/fuzz_igvm: $(FUZZ_IGVM_SRCS) $(FUZZ_IGVM_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_IGVM_CLANG) $(FUZZ_IGVM_FLAGS) -o $@ $(FUZZ_IGVM_SRCS) $(TOOLS_IGVM_LIBS)

$(FUZZ_IGVM_OUT)/seed_igvm: $(FUZZ_IGVM_SEED_SRCS) $(FUZZ_IGVM_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -I. -o $@ $(FUZZ_IGVM_SEED_SRCS) \
		$(TOOLS_IGVM_LIBS) -lcmocka
