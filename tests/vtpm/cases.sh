# SPDX-License-Identifier: MIT
# What cases of tpm2-tools are made of, wherever the TPM is (tests/scripts/expect.sh has
# the rest). Sourced before cases-*.sh.

# shellcheck source=../scripts/expect.sh
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/expect.sh"

# shellcheck disable=SC2034 # for those who source this
# name, persistent handle, NV index of the certificate
KEYS=("rsa2048 0x81010001 0x1c00002" "p256 0x81010002 0x1c0000a" "p384 0x81010016 0x1c00016"
	"ak 0x81010020 0x1c10002")

# read_certificate INDEX NAME: from NV to NAME.der and NAME.pem.
read_certificate() {
	works tpm2_nvread "$1" -o "$2.der"
	works openssl x509 -inform DER -in "$2.der" -out "$2.pem"
}

# public_of HANDLE-OR-FILE: its public key, as PEM.
public_of() {
	tpm2_readpublic -Q -c "$1" -f pem -o public.pem && cat public.pem
	tpm2_flushcontext -t
}

certified() {
	openssl x509 -in "$1.pem" -noout -pubkey
}

# works COMMAND...: a command that must succeed; its output is in $WORK/out.
works() {
	run "$@"
	((STATUS == 0)) || WRONG+=("status $STATUS of: $*")
}

# refused TEXT COMMAND...: one that must fail and say so.
refused() {
	run "${@:2}"
	((STATUS != 0)) || WRONG+=("succeeded: ${*:2}")
	wants_text "$1"
}
