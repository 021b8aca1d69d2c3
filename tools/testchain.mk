# SPDX-License-Identifier: MIT
# nacre-testchain, and the TEST chain that a build makes once: fresh keys, so no
# two builds have the same. No image has it as an input; the emulated machine
# and the tests of attestation use it.

TESTCHAIN_LIB_SRCS := $(addprefix tools/testchain/, amd_extensions.c chain.c crl.c output.c product.c)

TOOLS += nacre-testchain
TOOLS_SRCS_nacre-testchain = $(TOOLS_COMMON_SRCS) $(TOOLS_COMMON_CLI) tools/common/key.c \
	$(TESTCHAIN_LIB_SRCS) tools/testchain/main.c
TOOLS_LIBS_nacre-testchain := -lcrypto

TEST_CHAIN := $(BUILD)/test-chain
TEST_CHAIN_STAMP := $(TEST_CHAIN)/stamp

.PHONY: test-chain
test-chain: $(TEST_CHAIN_STAMP)
ALL += $(TEST_CHAIN_STAMP)

$(TEST_CHAIN_STAMP): $(BUILD)/tools/nacre-testchain
	$(Q)$< $(TEST_CHAIN)
	@touch $@
