# SPDX-License-Identifier: MIT
# Unit tests of tools/igvm.

UNIT_IGVM_TESTS := igvm_parse igvm_measure igvm_build igvm_report igvm_commands igvm_mutate igvm_inputs \
	igvm_firmware igvm_reference igvm_services igvm_sign
UNIT_TESTS += $(UNIT_IGVM_TESTS)

$(foreach test,$(UNIT_IGVM_TESTS),$(eval \
	UNIT_OBJS_$(test) := $(TOOLS_IGVM_LIB_SRCS) tests/unit/igvm_fixture.c))
$(foreach test,$(UNIT_IGVM_TESTS),$(eval UNIT_LIBS_$(test) := $(TOOLS_IGVM_LIBS)))
UNIT_IGVM_COMMANDS := $(TOOLS_IGVM_COMMAND_SRCS) $(addprefix tests/unit/, \
	folder_fixture.c key_fixture.c run_command.c)
$(foreach test,igvm_commands igvm_reference igvm_services igvm_sign,$(eval \
	UNIT_OBJS_$(test) += $(UNIT_IGVM_COMMANDS)))
UNIT_CFLAGS_igvm_firmware = $(UNIT_CFLAGS_igvm_commands)
UNIT_CFLAGS_igvm_commands = -DOVMF_IMAGE='"$(DEPS_OVMF)/OVMF.fd"'
