# SPDX-License-Identifier: MIT
# Nacre: build, run, test. Each room has its own .mk file; this one sets what
# they share and the commands a person types (`make help`).
#
# A room adds to ALL what `make` builds, and to TEST_SUITES, UNIT_TESTS,
# SIZE_ELFS and SIZE_FILES what the commands of scripts/*.mk work on.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

BUILD ?= build
DEPS ?= build/deps
export DEPS
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

CC := gcc
HOSTCC := gcc

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wundef -Wvla -Wpointer-arith -Wwrite-strings -Wimplicit-fallthrough \
	-Wnull-dereference -Wduplicated-cond -Wlogical-op
# Where the tree and the fetched sources lie does not show in what is built.
PREFIX_MAPS = -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(abspath $(DEPS))=deps \
	-ffile-prefix-map=$(DEPS)=deps
COMMON_CFLAGS = -std=gnu17 $(WARNINGS) -Iinclude -g $(PREFIX_MAPS) -MMD -MP
HOST_CFLAGS = $(COMMON_CFLAGS) -O2 -D_GNU_SOURCE

# $(eval $(call FLAGS_RULES,FILE,VARIABLE)): FILE holds the variable's value and is
# new when that has changed; what is compiled with those flags depends on it.
define FLAGS_RULES
$(1): export FLAGS_TEXT = $$($(2))
$(1): FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' "$$$$FLAGS_TEXT" | cmp -s - $$@ || printf '%s\n' "$$$$FLAGS_TEXT" >$$@
endef

.DEFAULT_GOAL := all

# What others build upon comes first.
MK := $(wildcard scripts/*.mk tools/*.mk lib/*.mk kernel/*.mk services/*.mk \
	tests/guest/*.mk)
MK += $(filter-out $(MK),$(wildcard services/*/*.mk tests/*.mk tests/*/*.mk))
include $(MK)

# Rules made from lists that every room may add to.
$(foreach name,$(TOOLS),$(eval $(call TOOLS_RULES,$(name))))
$(foreach name,$(UNIT_TESTS),$(eval $(call UNIT_RULES,$(name))))
$(foreach name,$(FUZZ_TARGETS),$(eval $(call FUZZ_RULES,$(name))))

.PHONY: all help clean distclean
all: $(ALL)

help:
	@cat scripts/help.txt

clean:
	$(Q)[ ! -d $(BUILD) ] || find $(BUILD) -mindepth 1 -maxdepth 1 ! -path $(DEPS) -exec rm -rf {} +

distclean:
	$(Q)rm -rf $(BUILD) $(DEPS)
