# SPDX-License-Identifier: MIT
# What the tests of the scripts share: a folder of their own, and cases that
# print "ok NAME" or, after what was wrong, "not ok NAME". Sourced by them.

set -uo pipefail

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
STATUS=0

# begin NAME: a new case; its checks follow, then end.
begin() {
	CASE=$1
	WRONG=()
	rm -f "$WORK/out"
}

end() {
	((${#WRONG[@]})) || { echo "ok $CASE" && return; }
	printf '  %s\n' "${WRONG[@]}"
	[[ ! -e $WORK/out ]] || sed 's/^/  output: /' "$WORK/out"
	echo "not ok $CASE"
}

# run COMMAND...: its output goes to $WORK/out, its status to STATUS.
run() {
	STATUS=0
	"$@" >"$WORK/out" 2>&1 </dev/null || STATUS=$?
}

wants_status() {
	((STATUS == $1)) || WRONG+=("status $STATUS, wanted $1")
}

# wants_line LINE: the output has this line, whole. Not grep -q, which would leave
# tr writing into a closed pipe.
wants_line() {
	tr -d '\r' <"$WORK/out" | grep -xF -e "$1" >/dev/null || WRONG+=("no line '$1'")
}

# wants_text TEXT: the output has this text.
wants_text() {
	grep -qaF -e "$1" "$WORK/out" || WRONG+=("no '$1'")
}

lacks_text() {
	! grep -qaF -e "$1" "$WORK/out" || WRONG+=("has '$1'")
}

# wants_equal NAME WANTED FOUND
wants_equal() {
	[[ $2 == "$3" ]] || WRONG+=("$1 is '$3', wanted '$2'")
}
