#!/bin/bash
# SPDX-License-Identifier: MIT
# nacre-verify as a script calls it: exit statuses, on AMD's own evidence; and
# whether its manual page has the policy's keys and the checks (its options the
# suite "manual" looks at).
# Usage: test-verify.sh NACRE-VERIFY DATA (of scripts/deps, part sev-guest)

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"
VERIFY=$1
DATA=$2
PAGE=docs/man/nacre-verify.1
MEASUREMENT=$(dd if="$DATA/report.bin" bs=1 skip=144 count=48 status=none | od -An -v -tx1 | tr -d ' \n')
EVIDENCE=("$DATA/report.bin" --certificates "$DATA/vcek.der" --certificates "$DATA/milan.pem"
	--time 2026-11-23T15:00:00Z)
echo '{"version": 1, "allow_debug": true}' >"$WORK/policy"

begin "AMD's report is accepted where debugging is, without a root given"
run "$VERIFY" "${EVIDENCE[@]}" --measurement "$MEASUREMENT" --nonce 0102030405 --policy "$WORK/policy"
wants_status 0
wants_text "AMD's ARK-Milan, by its digest"
wants_text "verdict: accepted"
end

begin "verify is the command that needs no name"
run "$VERIFY" verify "${EVIDENCE[@]}" --measurement "$MEASUREMENT" --policy "$WORK/policy"
wants_status 0
end

begin "refused is status 1"
run "$VERIFY" "${EVIDENCE[@]}" --measurement "$MEASUREMENT"
wants_status 1
wants_text "debugging            REFUSED"
run "$VERIFY" "${EVIDENCE[@]}" --measurement "${MEASUREMENT//0/1}" --policy "$WORK/policy"
wants_status 1
wants_text "measurement          REFUSED"
end

begin "nothing judged is status 2"
run "$VERIFY" "${EVIDENCE[@]}"
wants_status 2
run "$VERIFY"
wants_status 2
run "$VERIFY" judge "$DATA/report.bin"
wants_status 2
run "$VERIFY" explain "$WORK/absent"
wants_status 2
wants_text "$WORK/absent: cannot be opened"
end

begin "a verdict that cannot be printed is status 2"
run bash -c '"$@" >/dev/full' verify "$VERIFY" "${EVIDENCE[@]}" --measurement "$MEASUREMENT" \
	--policy "$WORK/policy"
wants_status 2
wants_text "standard output cannot be written"
end

begin "explain prints AMD's report and certificates"
run "$VERIFY" explain "$DATA/report.bin"
wants_status 0
wants_line "  0x000  version              2"
run "$VERIFY" explain "$DATA/vcek.der"
wants_line "  TCB            bootloader 2, tee 0, snp 5, microcode 68"
run "$VERIFY" explain "$DATA/milan-vlek.pem"
wants_line "  known as       AMD's root ARK-Milan, by its digest"
end

begin "the manual page has every key of the policy, and every check's name"
while read -r key; do
	grep -qE "^\.BR? .*\b$key\b" "$PAGE" || WRONG+=("no $key")
done < <(sed -n '/^static const struct key keys/,/^}/s/^\t{"\([a-z_]*\)".*/\1/p' tools/verify/policy.c)
while read -r name; do
	grep -qE "\b$name\b" "$PAGE" || WRONG+=("no $name")
done < <(sed -nE 's/^\t\[CHECK_[A-Z_]*\] = \{"([a-z-]+)".*/\1/p' tools/verify/checks.c)
end

begin "the manual page has a title and known requests only"
wants_equal title .TH "$(sed -n '2s/ .*//p' "$PAGE")"
wants_equal requests "" "$(grep -oE '^\.[^ ]*' "$PAGE" |
	grep -vxE '\.(\\"|TH|SH|SS|TP|PP|B|BI|BR|I|IR|RB|RI|br|nf|fi)' | xargs)"
end
