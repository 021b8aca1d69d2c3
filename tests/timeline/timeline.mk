# SPDX-License-Identifier: MIT
# Where a run's time goes: the machine's time line, and the picture of it.

UNIT_TESTS += lane
UNIT_OBJS_lane := tests/machine/processor/lane.c
UNIT_CFLAGS_lane := -Itests/machine/processor

TEST_SUITES += timeline
.PHONY: test-timeline
test-timeline: all
	$(Q)tests/timeline/run-timeline $(BUILD) $(DEPS)
