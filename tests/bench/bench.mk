# SPDX-License-Identifier: MIT
# make bench: exact counts of instructions and exits, by QEMU's icount. The suite
# "bench" compares them with the aims.

BENCH_OUT := $(BUILD)/tests/bench
BENCH_GUESTS := $(BENCH_OUT)/calls.bzimage $(BENCH_OUT)/vtpm_bench.bzimage
GUEST_OBJS_vtpm_bench := $(BENCH_OUT)/tpm_script.o $(BENCH_OUT)/marshal.o
$(eval $(call GUEST_OBJECT_RULES,bench))
$(eval $(call GUEST_LINUX_RULES,bench,calls))
$(eval $(call GUEST_LINUX_RULES,bench,vtpm_bench))

$(BENCH_OUT)/tpm_script.o $(BENCH_OUT)/marshal.o: GUEST_CFLAGS += -I.
$(BENCH_OUT)/marshal.o: services/vtpm/marshal.c Makefile tests/guest/guest.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<


TEST_SUITES += bench
.PHONY: bench test-bench
bench: all $(BENCH_GUESTS)
	$(Q)scripts/bench --build $(BUILD) --deps $(DEPS)

test-bench: all $(BENCH_GUESTS)
	$(Q)scripts/bench --build $(BUILD) --deps $(DEPS) --check
