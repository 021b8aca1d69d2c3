# SPDX-License-Identifier: MIT
# What scripts/deps brings, and where it lies. Building anything first makes
# sure that it is there: versions.mk is included, so make brings it when it is
# missing and then starts over.

DEPS_MBEDTLS := $(DEPS)/mbedtls
DEPS_LINUX_6_12 := $(DEPS)/linux-6.12
DEPS_LINUX_7 := $(DEPS)/linux-7
DEPS_QEMU := $(DEPS)/qemu-10.0/qemu-system-x86_64
DEPS_QEMU_11 := $(DEPS)/qemu-11/qemu-system-x86_64
DEPS_OVMF := $(DEPS)/ovmf
DEPS_OVMF_NEWEST := $(DEPS)/ovmf-newest
DEPS_SEV_GUEST := $(DEPS)/sev-guest
DEPS_LIBTPMS := $(DEPS)/libtpms
DEPS_EVENT_LOGS := $(DEPS)/event-logs
DEPS_BUSYBOX := /bin/busybox

# Commands that need nothing of it.
DEPS_FREE_GOALS := help clean distclean deps

ifneq ($(filter-out $(DEPS_FREE_GOALS),$(or $(MAKECMDGOALS),all)),)
include $(DEPS)/versions.mk
ifneq ($(shell scripts/deps --check --dir $(DEPS)),)
$(DEPS)/versions.mk: FORCE
endif
endif

$(DEPS)/versions.mk:
	$(Q)scripts/deps --dir $(DEPS)

$(DEPS_QEMU_11):
	$(Q)scripts/deps --dir $(DEPS) qemu-11

$(DEPS_OVMF_NEWEST)/OVMF.fd:
	$(Q)scripts/deps --dir $(DEPS) ovmf-newest

.PHONY: FORCE deps
FORCE:
deps:
	$(Q)scripts/deps --dir $(DEPS)
