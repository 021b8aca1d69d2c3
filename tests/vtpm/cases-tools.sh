# SPDX-License-Identifier: MIT
# Most of tpm2-tools at a TPM that nobody has used since it was made; at the end it is
# cleared. Sourced by run-tools on a desk and by tests/tpm/tools in a guest, after
# cases.sh, in a folder of their own. Where the TPM is, the environment says
# (TPM2TOOLS_TCTI); ROUNDS is how often slots are used up, RECOVERY the seconds in which
# a failed try is forgotten, more than two commands take.

# no_slot_taken: transient objects and sessions that are there, none of which may stay.
no_slot_taken() {
	works tpm2_getcap handles-transient
	lacks_text "0x8"
	works tpm2_getcap handles-loaded-session
	lacks_text "0x"
	works tpm2_getcap handles-saved-session
	lacks_text "0x"
}

begin "startup is the first since manufacture, and the clock runs"
works tpm2_startup -c
works tpm2_readclock
wants_text "reset_count: 1"
wants_text "restart_count: 0"
wants_text "safe: yes"
first=$(awk '/ clock:/ { print $2 }' out)
sleep 0.5
works tpm2_readclock
second=$(awk '/ clock:/ { print $2 }' out)
((second - first >= 450 && second - first <= 5000)) ||
	WRONG+=("half a second was $((second - first)) ms")
end

begin "capabilities: banks of SHA-256, SHA-384, SHA-512, none of SHA-1"
works tpm2_getcap pcrs
wants_text "sha1: [ ]"
for bank in sha256 sha384 sha512; do
	grep -q "$bank: \[ 0, .* 23 \]" out || WRONG+=("no whole bank of $bank")
done
works tpm2_getcap ecc-curves
wants_text "TPM2_ECC_NIST_P256"
wants_text "TPM2_ECC_NIST_P384"
works tpm2_getcap properties-fixed
wants_text 'value: "IBM"'
end

begin "self-test and its result"
works tpm2_selftest -f
works tpm2_gettestresult
grep -q "status: *success" out || WRONG+=("no success")
end

begin "random bytes"
works tpm2_getrandom --hex 32
one=$(<out)
works tpm2_getrandom --hex 32
[[ ${#one} == 64 && $one != "$(<out)" ]] || WRONG+=("twice '$one'")
end

begin "PCRs: read, extend in all banks, as sha256sum has it"
echo "to be signed" >message
works tpm2_pcrread sha256:16+sha1:16
wants_text "0000000000000000000000000000000000000000000000000000000000000000"
lacks_text "sha1: 0x"
digest=$(sha256sum </dev/null | cut -c 1-64)
works tpm2_pcrextend "16:sha256=$digest"
works tpm2_pcrread sha256:16
wanted=$( (head -c 32 /dev/zero && xxd -r -p <<<"$digest") | sha256sum | cut -c 1-64)
wants_text "0x${wanted^^}"
works tpm2_pcrevent 16 message
works tpm2_pcrreset 16
end

begin "primary key, key, load, sign, verify (ECC), here and by openssl"
works tpm2_createprimary -C o -G ecc -c primary
works tpm2_create -C primary -G ecc -u key.pub -r key.priv
works tpm2_flushcontext -t
works tpm2_load -C primary -u key.pub -r key.priv -c key
works tpm2_flushcontext -t
works tpm2_sign -c key -g sha256 -f plain -o signature message
works tpm2_flushcontext -t
works tpm2_readpublic -c key -f pem -o key.pem
works openssl dgst -sha256 -verify key.pem -signature signature message
works tpm2_sign -c key -g sha256 -o signature.tss message
works tpm2_flushcontext -t
works tpm2_verifysignature -c key -g sha256 -m message -s signature.tss
works tpm2_flushcontext -t
end

begin "RSA keys of 2048 and 3072 bits"
works tpm2_createprimary -C o -G rsa2048 -c rsa
works tpm2_flushcontext -t
works tpm2_createprimary -C o -G rsa3072 -c rsa
works tpm2_flushcontext -t
end

begin "quote of PCRs, checked"
works tpm2_quote -c 0x81010020 -l sha256:0,1,7,16 -q 0123456789abcdef -m quote.msg -s quote.sig -o quote.pcrs
works tpm2_readpublic -c 0x81010020 -f pem -o ak.pem
works tpm2_checkquote -u ak.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 0123456789abcdef
refused "Error validating nonce" tpm2_checkquote -u ak.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 0023456789abcdef
end

begin "the AK signs what the TPM made alone"
refused "invalid ticket" tpm2_sign -c 0x81010020 -g sha256 -o signature.ak quote.msg
end

begin "seal under a PCR policy, unseal, and not after the PCR has changed"
works tpm2_createpolicy --policy-pcr -l sha256:16 -L policy
echo "a secret" >secret
works tpm2_create -C primary -L policy -i secret -u seal.pub -r seal.priv
works tpm2_flushcontext -t
works tpm2_load -C primary -u seal.pub -r seal.priv -c seal
works tpm2_flushcontext -t
works tpm2_unseal -c seal -p pcr:sha256:16
wants_line "a secret"
works tpm2_flushcontext -t
works tpm2_pcrextend "16:sha256=$digest"
refused "policy" tpm2_unseal -c seal -p pcr:sha256:16
works tpm2_flushcontext -t
works tpm2_flushcontext -l
end

begin "NV index: define, write, read, undefine"
works tpm2_nvdefine -C o -s 32 -a "ownerread|ownerwrite|authread|authwrite" 0x1500016
echo "thirty-two bytes, less the rest." | head -c 32 >data
works tpm2_nvwrite -C o -i data 0x1500016
works tpm2_nvread -C o -s 32 -o data.read 0x1500016
cmp -s data data.read || WRONG+=("other bytes than were written")
works tpm2_nvundefine -C o 0x1500016
end

begin "a persistent object comes and goes"
works tpm2_evictcontrol -C o -c primary 0x81000100
works tpm2_flushcontext -t
works tpm2_getcap handles-persistent
wants_text "0x81000100"
works tpm2_evictcontrol -C o -c 0x81000100
works tpm2_getcap handles-persistent
lacks_text "0x81000100"
end

begin "dictionary attack: locked out by wrong passwords, freed by lockoutAuth and by time"
works tpm2_dictionarylockout -s -n 2 -t "$RECOVERY" -l 1
works tpm2_create -C primary -G ecc -p right -u da.pub -r da.priv
works tpm2_flushcontext -t
works tpm2_load -C primary -u da.pub -r da.priv -c da
works tpm2_flushcontext -t
for round in auth time; do
	for _ in 1 2; do
		run tpm2_sign -c da -p wrong -g sha256 -o signature.da message
		tpm2_flushcontext -t
	done
	refused "lockout" tpm2_sign -c da -p right -g sha256 -o signature.da message
	works tpm2_flushcontext -t
	if [[ $round == time ]]; then
		sleep $((2 * RECOVERY)).2
	else
		works tpm2_dictionarylockout -c
	fi
	works tpm2_sign -c da -p right -g sha256 -o signature.da message
	works tpm2_flushcontext -t
done
works tpm2_dictionarylockout -s -n 32 -t 600 -l 600
end

begin "all slots are free after use, and rounds of use do not fill them"
no_slot_taken
for ((i = 0; i < ROUNDS; i++)); do
	tpm2_startauthsession -S session && tpm2_flushcontext session || WRONG+=("session $i")
	tpm2_createprimary -C n -G ecc -c round && tpm2_flushcontext -t || WRONG+=("object $i")
done >/dev/null 2>&1
no_slot_taken
end

begin "clear takes the owner's objects and sets resetCount to zero"
works tpm2_createprimary -C o -G ecc -c primary
works tpm2_evictcontrol -C o -c primary 0x81000100
works tpm2_flushcontext -t
works tpm2_clear -c l
works tpm2_getcap handles-persistent
lacks_text "0x81000100"
works tpm2_readclock
wants_text "reset_count: 0"
end
