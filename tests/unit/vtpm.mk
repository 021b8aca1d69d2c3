# SPDX-License-Identifier: MIT
# Unit tests of the service library and of the vTPM's parts that are pure.

UNIT_TESTS += service_lib vtpm_commands vtpm_keys vtpm_certificate
# The test makes the calls itself.
UNIT_OBJS_service_lib := services/lib/desk.c services/lib/serve.c
UNIT_OBJS_vtpm_commands := services/vtpm/commands.c services/vtpm/gate.c services/vtpm/keys.c \
	services/vtpm/marshal.c
UNIT_OBJS_vtpm_keys := services/vtpm/keys.c services/vtpm/manifest.c services/vtpm/marshal.c lib/cbor.c
UNIT_LIBS_vtpm_keys := -lcrypto
UNIT_OBJS_vtpm_certificate := services/vtpm/certificate.c services/vtpm/der.c \
	services/vtpm/extensions.c services/vtpm/public_key.c
UNIT_CFLAGS_vtpm_certificate := -DVTPM_NOT_BEFORE='"20260101000000Z"'
UNIT_LIBS_vtpm_certificate := -lcrypto
