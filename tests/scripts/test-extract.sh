#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/attestation/extract: takes out what is whole, and nothing else.
# Usage: test-extract.sh

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"

# evidence NAME/FILE TEXT [DIGEST]: as a guest's console has it.
evidence() {
	local digest
	digest=$(printf %s "$2" | sha256sum | cut -d ' ' -f 1)
	printf 'evidence: begin %s\r\n' "$1"
	printf %s "$2" | base64 | sed 's/$/\r/'
	printf 'evidence: end %s %s\r\n' "$1" "${3:-$digest}"
}

# extract: of the console on standard input.
extract() {
	cat >"$WORK/console"
	rm -rf "$WORK/folder"
	run tests/attestation/extract "$WORK/console" "$WORK/folder"
}

begin "files of two reports"
LONG=$(printf 'line %s\n' {1..99})
extract < <(echo Linux && evidence own/outblob "$LONG" && echo between &&
	evidence own/auxblob '' && evidence least/outblob other && evidence own/quotexsig no &&
	evidence own/quote.sig yes)
wants_status 0
wants_equal 'the first' "$LONG" "$(cat "$WORK/folder/own/outblob")"
wants_equal 'the empty one' '' "$(cat "$WORK/folder/own/auxblob")"
wants_equal 'the other' other "$(cat "$WORK/folder/least/outblob")"
wants_equal 'one with an extension' yes "$(cat "$WORK/folder/own/quote.sig")"
end

begin "a damaged file is named"
extract < <(evidence own/outblob text "$(printf %064d 0)")
wants_status 1
wants_text 'own/outblob is damaged'
extract < <(evidence own/outblob text | sed '2s/^./[ 1.0] a message of the kernel/')
wants_status 1
wants_text 'own/outblob is not base64'
end

begin "a name leads nowhere else, and without evidence there is an error"
extract < <(evidence ../own/outblob text && evidence own/../../outblob text &&
	evidence own/.. text && evidence own/.outblob text)
wants_status 1
wants_text 'no evidence'
end
