# SPDX-License-Identifier: MIT
# Unit tests of tools/common and tools/testchain.

UNIT_TESTS += cbor cose testchain

UNIT_OBJS_cbor := $(TOOLS_COMMON_SRCS) $(TOOLS_COMMON_CBOR)
UNIT_LIBS_cbor := $(TOOLS_COMMON_LIBS)
UNIT_OBJS_cose := $(TOOLS_COMMON_SRCS) $(TOOLS_COMMON_COSE) tests/unit/key_fixture.c
UNIT_LIBS_cose := $(TOOLS_COMMON_LIBS)
UNIT_OBJS_testchain := $(TOOLS_COMMON_SRCS) $(TOOLS_COMMON_CLI) tools/common/key.c $(TESTCHAIN_LIB_SRCS)
UNIT_LIBS_testchain := -lcrypto
