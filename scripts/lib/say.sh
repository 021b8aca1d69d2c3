# SPDX-License-Identifier: MIT
# What the scripts say and how: one form for messages, colour only on a
# terminal, and the few helpers that several scripts share. Sourced by the
# scripts of this folder; PROGRAM is the name a message starts with.

PROGRAM=${PROGRAM:-${0##*/}}

# The same order and the same decimal point everywhere.
export LC_ALL=C.UTF-8

# shellcheck disable=SC2034 # the colours are for the scripts that source this
if [[ -t 1 && -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
	GREEN=$'\e[32m' RED=$'\e[31m' BOLD=$'\e[1m' DIM=$'\e[2m' PLAIN=$'\e[0m'
else
	GREEN='' RED='' BOLD='' DIM='' PLAIN=''
fi

say() {
	printf '%s: %s\n' "$PROGRAM" "$*"
}

complain() {
	printf '%s: %s\n' "$PROGRAM" "$*" >&2
}

die() {
	complain "$@"
	exit 1
}

# usage_error TEXT: a wrong use of the script itself; 64 is EX_USAGE.
usage_error() {
	complain "$* (see $PROGRAM --help)"
	exit 64
}

# print_head_comment FILE: the description at the top of a script is its --help.
print_head_comment() {
	sed -n '/^# SPDX/d; 1d; /^#/!q; s/^# \{0,1\}//; p' "$1"
}

# show_growth DIR PID: on a terminal, how much is in DIR until PID ends.
show_growth() {
	[[ -t 1 ]] || return 0
	while kill -0 "$2" 2>/dev/null; do
		printf '\r%s: %s so far ' "$PROGRAM" "$(du -sh "$1" | cut -f 1)"
		sleep 0.3
	done
	printf '\r\e[K'
}

# On a terminal, a line that the next output replaces.
progress() {
	[[ -z $GREEN ]] || printf '\r\e[K%s%s%s' "$DIM" "$1" "$PLAIN"
}
