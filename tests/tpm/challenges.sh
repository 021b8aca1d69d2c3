# SPDX-License-Identifier: MIT
# Challenges (docs/attestation.md) to the guest that has measured its boot: it runs
# answer-challenges, QEMU starts the program verifier when the guest wants to talk to it,
# and what came of it is judged here. Sourced by boot-tests, whose variables these use.

RECIPE=$BOOT_OUT/recipe
VERIFIER=$(realpath -m "$BOOT_OUT/verifier")
VERIFIER_IMAGE=$(realpath -m "$EVIDENCE/nacre.igvm")
VERIFIER_TOOLS=$(realpath "$BUILD/tools")
export VERIFIER VERIFIER_IMAGE VERIFIER_TOOLS

# page_commands WHO N: the Nth commands that the page has for the guest or the verifier.
page_commands() {
	awk -v tag="\`\`\`sh $1" -v wanted="$2" '/^```$/ { on = 0 } on { print }
		$0 == tag { on = ++n == wanted }' docs/attestation.md
}

# prepare_challenges LAUNCH: LAUNCH has evidence of another launch. Sets
# CHALLENGE_OPTIONS, for scripts/evidence.
prepare_challenges() {
	local name
	rm -rf "$RECIPE" "$VERIFIER"
	mkdir -p "$RECIPE" "$VERIFIER"
	for name in guest-1 guest-2 verifier-1 verifier-2; do
		page_commands "${name%-*}" "${name#*-}" >"$RECIPE/$name"
	done
	cp "$BOOT_OUT/nonce" "$CHAIN/root.pem" "$RECIPE"/verifier-* "$VERIFIER"
	cp "$1/ek.pub" "$VERIFIER/other.pub" || echo "no endorsement key of another launch"
	# shellcheck disable=SC2034 # for boot-tests
	CHALLENGE_OPTIONS=(--net "$PWD/tests/tpm/verifier" --file "$RECIPE/guest-1=recipe/guest-1"
		--file "$RECIPE/guest-2=recipe/guest-2" --file tests/attestation/extract=tests/attestation/extract
		--file scripts/lib/say.sh=scripts/lib/say.sh --file tests/tpm/answer-challenges=bin/answer-challenges)
}

# page_verdicts: both of the page's, and what respond says. False without them.
page_verdicts() {
	local name="a key of the guest's own, by the page's commands: challenge, answer, quote, verdict"
	grep -q '^verdict: accepted' "$VERIFIER/verdict-1" && grep -q '^verdict: accepted' "$VERIFIER/verdict" &&
		grep -q '^accepted: the TPM with that endorsement key has the key' "$VERIFIER/verdict" &&
		grep -q 'it answered a challenge by its endorsement key' "$VERIFIER/verdict" &&
		echo "ok $name" && return
	tail -n 40 "$VERIFIER"/{said,verdict-1,verdict} || true
	grep -a '^answer-challenges: ' "$EVIDENCE/console" || true
	echo "not ok $name"
	[[ -s $VERIFIER/verdict ]]
}

# challenged KEY QUOTE OPTION...: verify that quote by that key of the guest's own, with
# further options; ak and quote, or key and key.
challenged() {
	verify "$BOOT_OUT/nonce" "$BOOT_OUT/nonce" --event-log "$VERIFIER/log" --quote "$VERIFIER/$2.msg" \
		--quote-signature "$VERIFIER/$2.sig" --ak "$VERIFIER/$1.pub" "${@:3}"
}

# does_not_answer NAME WHAT TEXT: the TPM did not, and said so.
does_not_answer() {
	local why=$VERIFIER/$2.why
	grep -q "$3" "$why" && ! grep -qE '^(answered|has a secret)' "$why" && echo "ok $1" && return
	sed 's/^/  the TPM: /' "$why"
	echo "not ok $1"
}

# respond_refuses NAME STATE RESPONSE
respond_refuses() {
	local status=0
	"$VERIFIER_TOOLS/nacre-verify" respond "$2" "$3" >"$BOOT_OUT/respond" 2>&1 || status=$?
	((status == 1)) && grep -q '^REFUSED: that is not the secret of the challenge' "$BOOT_OUT/respond" &&
		echo "ok $1" && return
	sed "s/^/  status $status: /" "$BOOT_OUT/respond"
	echo "not ok $1"
}

# What other answers, and answers to other challenges, are worth.
wrong_answers() {
	local state=$VERIFIER/state response=$VERIFIER/response
	does_not_answer "a challenge for another attestation key: the TPM refuses" key 'integrity check failed'
	challenged key key --challenge "$state" --response "$response"
	judged "a challenge for another attestation key: the verifier refuses" 1 key-origin \
		'the challenge was for another attestation key'
	does_not_answer "a challenge to another launch's endorsement key: the TPM refuses" launch \
		'parameter(2):value is out of range'
	jq -r .secret "$VERIFIER/launch.state" | xxd -r -p >"$BOOT_OUT/launch.response"
	challenged ak quote --challenge "$VERIFIER/launch.state" --response "$BOOT_OUT/launch.response"
	judged "another launch's TPM answers in its place: the verifier refuses" 1 key-origin \
		"the challenge was for another endorsement key than the manifest's"
	does_not_answer "a credential changed on its way: the TPM refuses" changed 'integrity check failed'
	tr '\0-\377' '\1-\377\0' <"$response" >"$BOOT_OUT/changed.response"
	respond_refuses "another secret: respond refuses" "$state" "$BOOT_OUT/changed.response"
	challenged ak quote --challenge "$state" --response "$BOOT_OUT/changed.response"
	judged "another secret: the verifier refuses" 1 key-origin "the challenge's answer is wrong"
}

challenges() {
	page_verdicts || return 0
	challenged ak quote
	judged "a key of the guest's own without a challenge" 1 key-origin 'and no --challenge'
	challenged ak quote --challenge "$VERIFIER/p256.state" --response "$VERIFIER/p256.response"
	judged "a key of the guest's own, by a challenge to the P-256 endorsement key" 0 ''
	wrong_answers
}
