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

# The same commands from Linux.
BENCH_LINUX := $(BENCH_OUT)/vtpm_linux
$(BENCH_LINUX): tests/bench/vtpm_linux.c tests/bench/tpm_script.c services/vtpm/marshal.c \
		tests/bench/tpm_script.h Makefile tests/bench/bench.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -I. -Itests/bench -static -o $@ $(filter %.c,$^)

TEST_SUITES += bench
.PHONY: bench test-bench
bench: all $(BENCH_GUESTS) $(BENCH_LINUX)
	$(Q)scripts/bench $(VTPM_SERVICES) --build $(BUILD) --deps $(DEPS)

test-bench: all $(BENCH_GUESTS) $(BENCH_LINUX)
	$(Q)scripts/bench $(VTPM_SERVICES) --build $(BUILD) --deps $(DEPS) --check
