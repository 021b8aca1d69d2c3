#!/bin/bash
# SPDX-License-Identifier: MIT
# make help and README.md against the make files: neither may lack a target or a
# variable that a person is to use, nor name one that is not there.

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"
HELP=scripts/help.txt
mapfile -t MAKE_FILES < <(git ls-files -co --exclude-standard -- Makefile '*.mk')

# Targets that are called by their name, but for the suites' own (test-NAME; the
# TEST chain is none of them).
targets() {
	sed -n 's/^\.PHONY: //p' "${MAKE_FILES[@]}" | tr ' ' '\n' |
		sed -E '/^test-chain$/b; /^(FORCE|all|test-.*)$/d; s/^fuzz-\$\(1\)$/fuzz-NAME/' | sort -u
}

targets_of_help() {
	sed -nE 's/^  make ([A-Za-z-]+) .*/\1/p' "$HELP"
	sed -n 's/^Parts of the build: make //p' "$HELP" | tr -d ',' | tr ' ' '\n'
}

# Variables a person may set: what make files use and never set, but for make's
# own, and what they set only if nobody has, but for those of a room (with _).
variables() {
	local used set
	used=$(grep -ohE '\$\$?\([A-Z][A-Z_0-9]*\)|origin [A-Z]+' "${MAKE_FILES[@]}" |
		sed -E '/^\$\$/d; s/[^A-Z_0-9]//g' | sort -u)
	set=$(grep -ohE '^[a-z$(){}/_ :]*[A-Z][A-Z_0-9]* *(\?=|:=|\+=|=)|: [A-Z_]+ :=' "${MAKE_FILES[@]}" |
		grep -oE '[A-Z][A-Z_0-9]* *(\?=|:=|\+=|=)$' | sed -E 's/ *[?:+]?=//' | sort -u)
	comm -23 <(echo "$used") <(echo "$set") | grep -vxE 'AR|LD|CURDIR|MAKE|MAKECMDGOALS|MAKE_TERMOUT'
	grep -ohE '^([A-Z]+|FUZZ_[A-Z]+) *\?=' "${MAKE_FILES[@]}" | tr -d ' ?='
}

variables_of_help() {
	sed -nE 's/^  ([A-Z][A-Z_]*)=.*/\1/p' "$HELP"
}

# Those of make run, in the help's order.
variables_of_run() {
	sed -nE '/^Variables of make run/,/^$/s/^  ([A-Z][A-Z_]*)=.*/\1/p' "$HELP"
}

# The words of trace= that the machine knows.
trace_words() {
	sed -nE 's/^\t*\{"([a-z]+)", (TRACE_[A-Z]+|~0U)\},$/\1/p' tests/machine/core/main.c | sort | xargs
}

begin "make help names every target and no other"
wants_equal targets "$(targets | xargs)" "$(targets_of_help | sort -u | xargs)"
end

begin "make help names every variable and no other"
wants_equal variables "$(variables | sort -u | xargs)" "$(variables_of_help | sort -u | xargs)"
end

begin "make help's defaults are the make files'"
for name in CPUS MEM GUEST QEMU BUILD DEPS FUZZ_SECONDS FUZZ_CLANG; do
	wants_equal "$name" "$(sed -nE "s/^$name *\?= *//p" "${MAKE_FILES[@]}")" \
		"$(sed -nE "s/^  $name=([^ ]*).*/\1/p" "$HELP")"
done
wants_equal APPEND "$(sed -nE 's/^APPEND *\?= *//p' scripts/run.mk)" \
	"$(sed -nE 's/^  APPEND=.*"(.*)"$/\1/p' "$HELP")"
end

begin "TRACE has the machine's words in make help and scripts/machine"
for file in "$HELP" scripts/machine; do
	wants_equal "$file" "$(trace_words)" \
		"$(sed -nE 's/.* (exits,[a-z,]+) or (all)$/\1,\2/p' "$file" | tr ',' '\n' | sort | xargs)"
done
end

begin "README.md has make run's variables"
wants_equal variables "$(variables_of_run | sort | xargs)" "$(
	sed -n '/^### Variables of make run/,/^## /s/^| \(`.*`\) |.*/\1/p' README.md |
		cut -d '|' -f 1 | tr -d '`,' | xargs -n 1 | sort | xargs
)"
end

begin "README.md names no target that is not there"
while read -r name; do
	targets | sed 's/^fuzz-NAME$/fuzz-igvm/' | grep -qx -e "$name" || WRONG+=("make $name")
done < <(grep -ohE '`make [a-z-]+' README.md docs/*.md | cut -d ' ' -f 2 | sort -u)
end
