# SPDX-License-Identifier: MIT
# make bench: exact counts of instructions and exits, by QEMU's icount. The suite
# "bench" compares them with the aims.

BENCH_GUEST := $(BUILD)/tests/bench/calls.bzimage
$(eval $(call GUEST_OBJECT_RULES,bench))
$(eval $(call GUEST_LINUX_RULES,bench,calls))

TEST_SUITES += bench
.PHONY: bench test-bench
bench: all $(BENCH_GUEST)
	$(Q)scripts/bench --build $(BUILD) --deps $(DEPS)

test-bench: all $(BENCH_GUEST)
	$(Q)scripts/bench --build $(BUILD) --deps $(DEPS) --check
