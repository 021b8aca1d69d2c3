/* SPDX-License-Identifier: MIT */
/*
 * Stands before platform/sev-snp/insn.h in host tests of the GHCB code: the
 * test is the host behind VMGEXIT.
 */
#ifndef NACRE_FAKE_SEV_SNP_INSN_H
#define NACRE_FAKE_SEV_SNP_INSN_H

void vmgexit(void);

#endif
