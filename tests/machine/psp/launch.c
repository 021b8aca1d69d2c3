/* SPDX-License-Identifier: MIT */
/*
 * SNP_LAUNCH_START, _UPDATE and _FINISH with the launch digest of the SNP
 * firmware ABI, section 8.17: each page's PAGE_INFO is hashed over the digest
 * before it.
 */
#include "psp.h"
#include "counters.h"
#include "cpuid_page.h"
#include "host.h"
#include "insn.h"
#include "rmp.h"
#include "sha384.h"
#include "vcpu.h"

#define SECRETS_VERSION 3U

static struct launch_identity identity; /* by the ID block */
static bool has_identity;
static struct snp_secrets secrets;
static uint64_t random_state;
static bool random_fixed;

void psp_random(void *buffer, size_t size)
{
	uint8_t *p = buffer;

	for (size_t i = 0; i < size; i++) {
		uint64_t hardware = 0;

		if (!random_fixed)
			__asm__ volatile("rdrand %0" : "=r"(hardware));
		random_state = (random_state ^ hardware) * 6364136223846793005ULL +
			       1442695040888963407ULL;
		p[i] = (uint8_t)(random_state >> 56);
	}
}

/* What the machine's platform is not, whatever a policy may want. */
static const char *policy_refusal(uint64_t policy)
{
	uint32_t abi = policy & SNP_POLICY_ABI_MASK;

	if (!(policy & SNP_POLICY_RESERVED_ONE))
		return "has bit 17 clear";
	if (policy >> SNP_POLICY_BITS)
		return "has reserved bits set";
	if (abi > (PSP_ABI_MAJOR << 8 | PSP_ABI_MINOR))
		return "wants a firmware newer than the machine's";
	if (policy & SNP_POLICY_AES_256_XTS)
		return "wants AES-256-XTS, which the machine lacks";
	if (policy & SNP_POLICY_RAPL_DISABLED)
		return "wants RAPL to be off, which it is not";
	if (policy & SNP_POLICY_CIPHERTEXT_HIDING)
		return "wants ciphertext hiding, which the machine lacks";
	return NULL;
}

/* host-data=HEX: the host's 32 bytes in the report, in full. */
static void read_host_data(uint8_t out[32])
{
	size_t len;
	const char *text = option_text("host-data", &len);

	if (!text)
		return;
	if (len != 64)
		machine_fault("host-data= wants 64 hexadecimal digits, not %lu characters", len);
	for (size_t i = 0; i < len; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0)
			machine_fault(
				"host-data= has '%c', which is no hexadecimal digit", text[i]);
		out[i / 2] = (uint8_t)(out[i / 2] << 4 | digit);
	}
}

void psp_launch_start(uint64_t policy)
{
	const char *refusal = policy_refusal(policy);
	size_t len;

	random_state = option_number("seed", rdtsc());
	random_fixed = option_text("seed", &len) != NULL;
	if (refusal)
		run_end("refused: guest policy %lx %s", policy, refusal);
	psp_random(psp.channels.key, sizeof(psp.channels.key));
	psp_random(psp.launch.report_id, sizeof(psp.launch.report_id));
	psp_chip_init();
	psp.launch.policy = policy;
	read_host_data(psp.launch.host_data);
	secrets.version = SECRETS_VERSION;
	secrets.fms = psp_family_model_stepping();
	memcpy(secrets.vmpck, psp.channels.key, sizeof(secrets.vmpck));
}

static void extend(uint64_t gpa, enum snp_page_type type, const void *contents)
{
	struct snp_page_info info = {
		.length = sizeof(info),
		.page_type = (uint8_t)type,
		.gpa = gpa,
	};

	memcpy(info.digest, psp.launch.digest, sizeof(info.digest));
	if (type == SNP_PAGE_NORMAL || type == SNP_PAGE_VMSA)
		sha384(contents, PAGE_SIZE, info.contents);
	sha384(&info, sizeof(info), psp.launch.digest);
	COUNT(launch_pages);
}

/* Gives the frame to the guest; its content is written before it is validated. */
static void *assign(uint64_t gpa)
{
	uint64_t gpn = gpa >> PAGE_SHIFT;
	frame_t frame = host_map(gpn);

	if (!IS_ALIGNED(gpa, PAGE_SIZE) || frame == NO_FRAME)
		run_end("refused: the launch places a page at %lx, where the guest has no memory",
			gpa);
	if (rmp_read(frame).flags & RMP_VALIDATED)
		run_end("refused: the launch places two pages at %lx", gpa);
	host_forget_promise(gpn);
	rmp_update(frame, gpn, true, RMP_SIZE_4K);
	return phys(frame_pa(frame));
}

void psp_launch_update(uint64_t gpa, enum snp_page_type type, const void *data)
{
	void *page = assign(gpa);

	memset(page, 0, PAGE_SIZE);
	if (type == SNP_PAGE_SECRETS)
		memcpy(page, &secrets, sizeof(secrets));
	else if (type == SNP_PAGE_CPUID)
		cpuid_page_fill(page);
	else if (data)
		memcpy(page, data, PAGE_SIZE);
	extend(gpa, type, page);
	rmp_launch_page(gpa >> PAGE_SHIFT, false);
}

void psp_launch_vmsa(uint64_t place, uint64_t measured_gpa, const struct vmsa *vmsa)
{
	const char *lacking = sev_features_lacking(vmsa->sev_features);
	void *page;

	if (lacking)
		run_end("refused: SEV_FEATURES %lx of the first vCPU ask for %s, which the machine "
			"lacks",
			vmsa->sev_features, lacking);
	page = assign(place);
	memcpy(page, vmsa, PAGE_SIZE);
	extend(measured_gpa, SNP_PAGE_VMSA, vmsa);
	rmp_launch_page(place >> PAGE_SHIFT, true);
}

void psp_launch_memory(uint64_t gpn, uint64_t pages)
{
	for (uint64_t g = gpn; g < gpn + pages; g++) {
		if (rmp_read(host_map(g)).flags & RMP_VALIDATED)
			continue;
		memset(assign(g << PAGE_SHIFT), 0, PAGE_SIZE);
		rmp_launch_page(g, false);
	}
}

void psp_id_block(const struct igvm_snp_id_block *block)
{
	if (has_identity)
		run_end("refused: IGVM file: two ID blocks");
	id_block_from_igvm(block, psp.launch.policy, &identity);
	has_identity = true;
}

static void check_identity(void)
{
	const char *refusal = id_block_refusal(&identity, &psp.launch);

	if (refusal)
		run_end("refused: %s", refusal);
	id_block_accept(&identity, &psp.launch);
}

void psp_launch_finish(void)
{
	char text[2 * SNP_DIGEST_SIZE + 1];

	if (has_identity)
		check_identity();
	for (uint32_t i = 0; i < SNP_DIGEST_SIZE; i++)
		format(text + 2 * i, 3, "%02x", psp.launch.digest[i]);
	log_print("launch digest: %s\n", text);
}
