# SPDX-License-Identifier: MIT
# Bare-metal probes of the emulated machine. What is run, how, and how it must
# end stands in tests/probes/runs.

PROBES_NAMES := library
$(eval $(call GUEST_OBJECT_RULES,probes))
$(foreach name,$(PROBES_NAMES),$(eval $(call GUEST_PROBE_RULES,probes,$(name))))
$(eval $(call GUEST_LINUX_RULES,probes,library))
