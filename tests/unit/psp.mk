# SPDX-License-Identifier: MIT
# Unit tests of the emulated secure processor's messages, with the mbedtls of its own
# configuration; OpenSSL has the second opinion on signatures and keys.

UNIT_PSP_MBEDTLS := $(BUILD)/unit/psp/libmbed.a
UNIT_PSP_MBEDTLS_CFLAGS = -std=gnu17 -O1 -g $(UNIT_SANITIZE)
$(eval $(call LIB_MBEDTLS_RULES,$(BUILD)/unit/psp,UNIT_PSP_MBEDTLS_CFLAGS,$(GUEST_MBEDTLS_PARTS),$(GUEST_MBEDTLS_CONFIG)))

UNIT_PSP_TESTS := psp_message psp_report psp_key psp_id_block
UNIT_TESTS += $(UNIT_PSP_TESTS)
$(foreach test,$(UNIT_PSP_TESTS),$(eval UNIT_OBJS_$(test) := tests/unit/psp_fixture.c \
	$(addprefix tests/machine/psp/,answers.c derived_key.c guest_message.c id_block.c \
	message_crypto.c p384.c report.c)))
$(foreach test,$(UNIT_PSP_TESTS),$(eval UNIT_CFLAGS_$(test) = $(GUEST_MESSAGES_CFLAGS)))
$(foreach test,$(UNIT_PSP_TESTS),$(eval UNIT_LIBS_$(test) := $(UNIT_PSP_MBEDTLS) -lcrypto))
