# SPDX-License-Identifier: MIT
# Unit tests of the emulated machine's core, whose instructions the test plays.

UNIT_TESTS += machine_clock
UNIT_OBJS_machine_clock := tests/machine/core/clock.c
UNIT_CFLAGS_machine_clock := -include tests/unit/fake_machine_insn.h -Itests/machine/core
