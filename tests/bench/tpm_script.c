/* SPDX-License-Identifier: MIT */
/*
 * The TPM commands that are counted; see tpm_script.h. Layouts: TCG, TPM 2.0 Library,
 * part 3. What a command's first time costs (self-tests, memory) is in none of the
 * figures but in those of Startup and SelfTest.
 */
#include <string.h>

#include "services/vtpm/marshal.h"
#include "services/vtpm/tpm_commands.h"
#include "tpm_script.h"

#define TPM_CC_SELF_TEST 0x143U
#define TPM_CC_NV_READ 0x14eU
#define TPM_CC_CREATE 0x153U
#define TPM_CC_LOAD 0x157U
#define TPM_CC_QUOTE 0x158U
#define TPM_CC_SIGN 0x15dU
#define TPM_CC_UNSEAL 0x15eU
#define TPM_CC_READ_PUBLIC 0x173U
#define TPM_CC_GET_RANDOM 0x17bU
#define TPM_CC_PCR_READ 0x17eU
#define TPM_CC_PCR_EXTEND 0x182U

#define TPM_ALG_KEYEDHASH 0x0008U
#define TPM_ST_HASHCHECK 0x8024U
#define TPM_RH_NULL 0x40000007U
#define TPMA_NV_OWNERWRITE (1U << 1)

#define RSA_EK 0x81010001U
#define AK 0x81010020U
#define NV_INDEX 0x01800001U
#define PCR 16U

#define SIZE_OFFSET 2U
#define CODE_OFFSET 6U
#define HANDLE_OFFSET TPM_HEADER_SIZE
/* Of a command with sessions and no handle in its answer. */
#define PARAMETERS_OFFSET (TPM_HEADER_SIZE + 4U)

/* An odd number, so that the median is one that was measured. */
#define KEYS 9U

#define ATTRIBUTES                                                                              \
	(TPMA_OBJECT_FIXED_TPM | TPMA_OBJECT_FIXED_PARENT | TPMA_OBJECT_SENSITIVE_DATA_ORIGIN | \
		TPMA_OBJECT_USER_WITH_AUTH | TPMA_OBJECT_NO_DA)
#define STORAGE (ATTRIBUTES | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT)
#define SIGNING (ATTRIBUTES | TPMA_OBJECT_SIGN)
#define SEALED (ATTRIBUTES & ~TPMA_OBJECT_SENSITIVE_DATA_ORIGIN)

static const struct tpm_script *script;
static uint8_t buffer[TPM_SCRIPT_BUFFER];
static struct tpm_writer writer;
static const uint8_t digest[32] = {1};

static void begin(uint16_t tag, uint32_t code)
{
	tpm_write_start(&writer, buffer, sizeof(buffer));
	tpm_write16(&writer, tag);
	tpm_write32(&writer, 0);
	tpm_write32(&writer, code);
}

/* With an authorised handle; its authorisation comes behind all handles. */
static void begin_authorised(uint32_t code, uint32_t handle)
{
	begin(TPM_ST_SESSIONS, code);
	tpm_write32(&writer, handle);
}

/* One session, the empty password. */
static void authorise(void)
{
	tpm_write32(&writer, 9);
	tpm_write32(&writer, TPM_RS_PW);
	tpm_write16(&writer, 0);
	tpm_write8(&writer, 0);
	tpm_write16(&writer, 0);
}

static uint32_t read32(uint32_t offset)
{
	struct tpm_reader reader;

	tpm_read_start(&reader, buffer + offset, sizeof(uint32_t));
	return tpm_read32(&reader);
}

/* Sends what was written; the TPM's response code. */
static uint32_t send(enum tpm_mark mark)
{
	uint32_t size = (uint32_t)tpm_written(&writer);
	struct tpm_writer field;

	tpm_write_start(&field, buffer + SIZE_OFFSET, sizeof(size));
	tpm_write32(&field, size);
	script->send(buffer, size, mark);
	return read32(CODE_OFFSET);
}

static void succeed(enum tpm_mark mark)
{
	uint32_t code = send(mark);

	if (code)
		script->fail(mark, code);
}

/* Once unmeasured, once measured. */
static void twice(void (*write)(void), enum tpm_mark mark)
{
	write();
	succeed(TPM_MARK_NONE);
	write();
	succeed(mark);
}

static void flush(uint32_t handle)
{
	begin(TPM_ST_NO_SESSIONS, TPM_CC_FLUSH_CONTEXT);
	tpm_write32(&writer, handle);
	succeed(TPM_MARK_NONE);
}

/* --- The start --- */

static void write_get_random(void)
{
	begin(TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
	tpm_write16(&writer, sizeof(digest));
}

static void write_read_public(void)
{
	begin(TPM_ST_NO_SESSIONS, TPM_CC_READ_PUBLIC);
	tpm_write32(&writer, RSA_EK);
}

static void start_up(void)
{
	uint32_t code;

	write_get_random();
	code = send(TPM_MARK_FIRST_COMMAND);
	if (code != TPM_RC_INITIALIZE)
		script->fail(TPM_MARK_FIRST_COMMAND, code);
	begin(TPM_ST_NO_SESSIONS, TPM_CC_STARTUP);
	tpm_write16(&writer, TPM_SU_CLEAR);
	succeed(TPM_MARK_STARTUP);
	begin(TPM_ST_NO_SESSIONS, TPM_CC_SELF_TEST);
	tpm_write8(&writer, 1);
	succeed(TPM_MARK_SELF_TEST);
}

/* --- PCRs --- */

static void write_pcr_extend(void)
{
	static const uint8_t value[TPM_DIGEST_MAX] = {1};

	begin_authorised(TPM_CC_PCR_EXTEND, PCR);
	authorise();
	tpm_write32(&writer, 3);
	tpm_write16(&writer, TPM_ALG_SHA256);
	tpm_write_bytes(&writer, value, 32);
	tpm_write16(&writer, TPM_ALG_SHA384);
	tpm_write_bytes(&writer, value, 48);
	tpm_write16(&writer, TPM_ALG_SHA512);
	tpm_write_bytes(&writer, value, 64);
}

static void write_selection(void)
{
	tpm_write32(&writer, 1);
	tpm_write16(&writer, TPM_ALG_SHA256);
	tpm_write8(&writer, 3);
	tpm_write8(&writer, 0xff);
	tpm_write16(&writer, 0);
}

static void write_pcr_read(void)
{
	begin(TPM_ST_NO_SESSIONS, TPM_CC_PCR_READ);
	write_selection();
}

/* --- Keys --- */

static void write_algorithms(uint32_t attributes)
{
	tpm_write16(&writer, TPM_ALG_SHA256);
	tpm_write32(&writer, attributes);
	tpm_write16(&writer, 0); /* no policy */
	if (attributes & TPMA_OBJECT_RESTRICTED) {
		tpm_write16(&writer, TPM_ALG_AES);
		tpm_write16(&writer, 128);
		tpm_write16(&writer, TPM_ALG_CFB);
	} else {
		tpm_write16(&writer, TPM_ALG_NULL);
	}
	tpm_write16(&writer, TPM_ALG_NULL); /* no scheme */
}

/* A primary key of the owner's that no other @unique gives. */
static void create_primary(
	enum tpm_alg type, uint16_t curve, uint32_t attributes, uint8_t unique, enum tpm_mark mark)
{
	uint8_t *size, *end;
	struct tpm_writer field;

	begin_authorised(TPM_CC_CREATE_PRIMARY, TPM_RH_OWNER);
	authorise();
	tpm_write16(&writer, 4); /* neither a password nor data */
	tpm_write32(&writer, 0);
	size = writer.at;
	tpm_write16(&writer, 0);
	tpm_write16(&writer, (uint16_t)type);
	write_algorithms(attributes);
	if (type == TPM_ALG_RSA) {
		tpm_write16(&writer, 2048);
		tpm_write32(&writer, 0);
	} else {
		tpm_write16(&writer, curve);
		tpm_write16(&writer, TPM_ALG_NULL);
		tpm_write16(&writer, 0);
	}
	tpm_write_sized(&writer, &unique, sizeof(unique));
	end = writer.at;
	tpm_write_start(&field, size, sizeof(uint16_t));
	tpm_write16(&field, (uint16_t)(end - size - 2));
	tpm_write16(&writer, 0); /* no outside information, no PCRs of the creation */
	tpm_write32(&writer, 0);
	succeed(mark);
}

static void create_primaries(
	enum tpm_alg type, uint16_t curve, unsigned int count, enum tpm_mark mark)
{
	for (unsigned int i = 1; i <= count; i++) {
		create_primary(type, curve, STORAGE, (uint8_t)i, mark);
		flush(read32(HANDLE_OFFSET));
	}
}

static uint32_t signing_key;

static void write_sign(void)
{
	begin_authorised(TPM_CC_SIGN, signing_key);
	authorise();
	tpm_write_sized(&writer, digest, sizeof(digest));
	tpm_write16(&writer, TPM_ALG_ECDSA);
	tpm_write16(&writer, TPM_ALG_SHA256);
	tpm_write16(&writer, TPM_ST_HASHCHECK);
	tpm_write32(&writer, TPM_RH_NULL);
	tpm_write16(&writer, 0);
}

static void write_quote(void)
{
	begin_authorised(TPM_CC_QUOTE, AK);
	authorise();
	tpm_write_sized(&writer, digest, sizeof(digest));
	tpm_write16(&writer, TPM_ALG_NULL);
	write_selection();
}

static void signatures(void)
{
	create_primary(TPM_ALG_ECC, TPM_ECC_NIST_P256, SIGNING, 0, TPM_MARK_NONE);
	signing_key = read32(HANDLE_OFFSET);
	twice(write_sign, TPM_MARK_SIGN);
	twice(write_quote, TPM_MARK_QUOTE);
	flush(signing_key);
}

/* --- NV --- */

static void write_nv_define(void)
{
	begin_authorised(TPM_CC_NV_DEFINE_SPACE, TPM_RH_OWNER);
	authorise();
	tpm_write16(&writer, 0); /* the index's own password */
	tpm_write16(&writer, 14);
	tpm_write32(&writer, NV_INDEX);
	tpm_write16(&writer, TPM_ALG_SHA256);
	tpm_write32(&writer, TPMA_NV_OWNERWRITE | TPMA_NV_OWNERREAD | TPMA_NV_NO_DA);
	tpm_write16(&writer, 0);
	tpm_write16(&writer, sizeof(digest));
}

static void write_nv_write(void)
{
	begin_authorised(TPM_CC_NV_WRITE, TPM_RH_OWNER);
	tpm_write32(&writer, NV_INDEX);
	authorise();
	tpm_write_sized(&writer, digest, sizeof(digest));
	tpm_write16(&writer, 0);
}

static void write_nv_read(void)
{
	begin_authorised(TPM_CC_NV_READ, TPM_RH_OWNER);
	tpm_write32(&writer, NV_INDEX);
	authorise();
	tpm_write16(&writer, sizeof(digest));
	tpm_write16(&writer, 0);
}

static void nv(void)
{
	write_nv_define();
	succeed(TPM_MARK_NONE);
	twice(write_nv_write, TPM_MARK_NV_WRITE);
	twice(write_nv_read, TPM_MARK_NV_READ);
}

/* --- Sealing --- */

static uint32_t parent, sealed;

static void write_create(void)
{
	begin_authorised(TPM_CC_CREATE, parent);
	authorise();
	tpm_write16(&writer, 4 + sizeof(digest));
	tpm_write16(&writer, 0);
	tpm_write_sized(&writer, digest, sizeof(digest));
	tpm_write16(&writer, 14);
	tpm_write16(&writer, TPM_ALG_KEYEDHASH);
	tpm_write16(&writer, TPM_ALG_SHA256);
	tpm_write32(&writer, SEALED);
	tpm_write16(&writer, 0);
	tpm_write16(&writer, TPM_ALG_NULL);
	tpm_write16(&writer, 0);
	tpm_write16(&writer, 0);
	tpm_write32(&writer, 0);
}

/* With the private and the public part, which Create's answer begins with. */
static void load(void)
{
	static uint8_t parts[TPM_SCRIPT_BUFFER];
	struct tpm_reader reader;
	size_t size;

	tpm_read_start(&reader, buffer + PARAMETERS_OFFSET, sizeof(buffer) - PARAMETERS_OFFSET);
	tpm_read_bytes(&reader, tpm_read16(&reader));
	tpm_read_bytes(&reader, tpm_read16(&reader));
	size = (size_t)(reader.at - buffer) - PARAMETERS_OFFSET;
	memcpy(parts, buffer + PARAMETERS_OFFSET, size);
	begin_authorised(TPM_CC_LOAD, parent);
	authorise();
	tpm_write_bytes(&writer, parts, size);
	succeed(TPM_MARK_NONE);
	sealed = read32(HANDLE_OFFSET);
}

static void write_unseal(void)
{
	begin_authorised(TPM_CC_UNSEAL, sealed);
	authorise();
}

static void sealing(void)
{
	create_primary(TPM_ALG_ECC, TPM_ECC_NIST_P256, STORAGE, 0, TPM_MARK_NONE);
	parent = read32(HANDLE_OFFSET);
	twice(write_create, TPM_MARK_SEAL);
	load();
	twice(write_unseal, TPM_MARK_UNSEAL);
	flush(sealed);
	flush(parent);
}

void tpm_script_run(const struct tpm_script *how, unsigned int rsa_keys)
{
	script = how;
	start_up();
	if (rsa_keys) {
		write_read_public();
		succeed(TPM_MARK_RSA_EK);
	}
	twice(write_get_random, TPM_MARK_GET_RANDOM);
	twice(write_pcr_extend, TPM_MARK_PCR_EXTEND);
	twice(write_pcr_read, TPM_MARK_PCR_READ);
	create_primaries(TPM_ALG_ECC, TPM_ECC_NIST_P256, KEYS, TPM_MARK_CREATE_PRIMARY_P256);
	create_primaries(TPM_ALG_ECC, TPM_ECC_NIST_P384, KEYS, TPM_MARK_CREATE_PRIMARY_P384);
	create_primaries(TPM_ALG_RSA, 0, rsa_keys, TPM_MARK_CREATE_PRIMARY_RSA2048);
	signatures();
	nv();
	sealing();
}
