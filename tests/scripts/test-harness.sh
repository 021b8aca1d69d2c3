#!/bin/bash
# SPDX-License-Identifier: MIT
# The scripts that test others: a harness that cannot report a failure would
# make every other result worthless.

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"
TOP=$PWD

# suites TEXT NAME...: runs scripts/run-tests with a makefile of these rules.
suites() {
	printf '%b' "$1" >"$WORK/Makefile"
	shift
	run env -u MAKEFLAGS -u MAKELEVEL MAKE=make bash -c \
		'cd "$0" && "$1/scripts/run-tests" --log log "${@:2}"' "$WORK" "$TOP" "$@"
}

begin "run-tests counts what passed"
suites 'test-a:\n\t@echo ok one; echo ok two, 3 cases\ntest-b:\n\t@echo ok three\n' a b
wants_status 0
wants_equal 'the last line' '3 passed, 0 failed' "$(tail -n 1 "$WORK/out")"
end

begin "run-tests reports a failed test and what it said"
suites 'test-a:\n\t@echo ok one; echo because; echo not ok two\n' a
wants_status 1
wants_line '  | because'
wants_line '1 passed, 1 failed'
end

begin "run-tests: a suite that dies has failed"
suites 'test-a:\n\t@echo ok one; exit 3\n' a
wants_status 1
wants_line '1 passed, 1 failed'
end

begin "run-tests: a suite without a test has failed"
suites 'test-a:\n\t@echo nothing\n' a
wants_status 1
wants_line '0 passed, 1 failed'
end

begin "run-tests: a suite that does not exist has failed, the others run"
suites 'test-a:\n\t@echo ok one\n' nope a
wants_status 1
wants_line '1 passed, 1 failed'
end

begin "run-tests: a skipped test has failed"
suites 'test-a:\n\t@echo "ok 1 - one # SKIP no reason"\n' a
wants_status 1
wants_line '0 passed, 1 failed'
end

begin "run-tests names what failed just before the last line"
suites 'test-a:\n\t@echo not ok one; echo ok two\ntest-b:\n\t@exit 3\n' a b
wants_status 1
wants_equal 'the end' $'failed  a: one\nfailed  b: the suite ended with status 2\n1 passed, 2 failed' \
	"$(tail -n 3 "$WORK/out")"
end

begin "run-tests: a suite that hangs is ended"
SUITE_SECONDS=1 suites 'test-a:\n\t@echo ok one; sleep 60\n' a
wants_status 1
wants_line '1 passed, 1 failed'
end

# ci DEPS TEXT: runs .ci/run in a tree of its own with this scripts/deps and makefile.
ci() {
	rm -rf "$WORK/tree"
	mkdir -p "$WORK/tree/scripts" "$WORK/tree/.ci"
	cp .ci/run "$WORK/tree/.ci"
	cp -r scripts/run-tests scripts/lib "$WORK/tree/scripts"
	printf '#!/bin/sh\n%s\n' "$1" >"$WORK/tree/scripts/deps"
	chmod +x "$WORK/tree/scripts/deps"
	printf 'suites:\n\t@echo a\ntest-check:\n\t@echo ok form\n%b' "$2" >"$WORK/tree/Makefile"
	run env -u MAKELEVEL -u MAKE "$WORK/tree/.ci/run"
}

begin ".ci/run ends with the numbers, whatever fails"
ci true 'all:\ntest-a:\n\t@echo ok one\n'
wants_status 0
wants_equal 'the last line' '2 passed, 0 failed' "$(tail -n 1 "$WORK/out")"
ci true 'all:\ntest-a:\n\t@echo not ok one\n'
wants_status 1
wants_equal 'the end' $'failed  a: one\n1 passed, 1 failed' "$(tail -n 2 "$WORK/out")"
ci true 'all:\n\t@false\n'
wants_status 1
wants_equal 'the end' $'failed  make all\n0 passed, 1 failed' "$(tail -n 2 "$WORK/out")"
ci 'exit 3' 'all:\n'
wants_status 1
wants_equal 'the end' $'failed  scripts/deps\n0 passed, 1 failed' "$(tail -n 2 "$WORK/out")"
end

# unit TEXT: runs scripts/run-unit on a program that prints it and exits with $2.
unit() {
	printf '#!/bin/bash\nprintf "%s"\nexit %d\n' "$1" "$2" >"$WORK/test_x"
	chmod +x "$WORK/test_x"
	run scripts/run-unit "$WORK/test_x"
}

begin "run-unit tells a whole run from a broken one"
unit '1..2\\nok 1 - a\\nok 2 - b\\n' 0
wants_line 'ok x (2 cases)'
unit '1..2\\nok 1 - a\\n' 0
wants_line 'not ok x (1 of 2 cases passed, status 0)'
unit '1..1\\nok 1 - a\\n' 1
wants_line 'not ok x (1 of 1 cases passed, status 1)'
unit '1..2\\nok 1 - a\\nnot ok 2 - b\\n' 1
wants_line 'not ok x (1 of 2 cases passed, status 1)'
unit '' 0
wants_line 'not ok x (0 of 0 cases passed, status 0)'
end

# judged OUTCOME CONSOLE WANTED...: boot_verdict on a run that left these.
judged() {
	mkdir -p "$WORK/boot"
	printf '%s\n' "$1" >"$WORK/boot/a.result"
	printf '%s\r\n' "$2" >"$WORK/boot/a.console"
	run bash -euc '. tests/lib/boot.sh; boot_begin build "$0"; boot_verdict a "$@"' \
		"$WORK/boot" "${@:3}"
	wants_status 0
}

begin "boot_verdict wants the outcome and every pattern"
judged 'exit 0' 'at VMPL2' 'exit 0'
wants_line 'ok a'
judged 'exit 0' 'at VMPL2' 'exit *' 'VMPL[0-9]' '^at'
wants_line 'ok a'
judged 'exit 1' 'at VMPL2' 'exit 0' 'VMPL2'
wants_line 'outcome: exit 1, expected: exit 0'
wants_line 'not ok a'
judged 'exit 0' 'at VMPL2' 'exit 0' 'VMPL2' 'VMPL0'
wants_line 'the console does not show: VMPL0'
wants_line 'not ok a'
end

begin "boot_verdict: a run that left nothing has failed"
run bash -euc '. tests/lib/boot.sh; boot_begin build "$0"; boot_verdict none "none*" x' "$WORK/boot"
wants_status 0
wants_line 'not ok none'
end

begin "function lengths count from the signature to the closing brace"
cat >"$WORK/lengths.c" <<'END'
struct a {
	int b;
};

static int first(int x,
	int y)
{
	return x + y;
}

const int table[] = {
	1,
};

void declared(void);

void second(void)
{
}
END
wants_equal lengths "5 $WORK/lengths.c:5"$'\n'"3 $WORK/lengths.c:17" \
	"$(awk -f scripts/lib/function-lengths.awk "$WORK/lengths.c")"
end

# check_of FILE TEXT: scripts/check on a repository with that one file.
check_of() {
	rm -rf "$WORK/repo"
	mkdir -p "$WORK/repo"
	git -C "$WORK/repo" init -q
	printf '%b' "$2" >"$WORK/repo/$1"
	cp .clang-format "$WORK/repo"
	run env CC=gcc CFLAGS=-Wall BUILD="$WORK/build" UNIT_TESTS= \
		bash -c 'cd "$0" && "$1/scripts/check"' "$WORK/repo" "$TOP"
}

SPDX='/* SPDX-License-Identifier: MIT */\n'

begin "check finds bad format"
check_of a.c "$SPDX"'int  f(void);\n'
wants_line 'not ok clang-format'
wants_text 'ok licence lines'
end

begin "check finds what cppcheck finds"
check_of a.c "$SPDX"'int f(void);\nint f(void)\n{\n\tint a[2];\n\ta[0] = 0;\n\treturn a[2];\n}\n'
wants_line 'not ok cppcheck'
end

begin "check finds a header that needs another"
check_of a.h "$SPDX"'#ifndef A_H\n#define A_H\nuint8_t f(void);\n#endif\n'
wants_line 'not ok headers stand alone'
end

begin "check finds a header that cannot be included twice"
check_of a.h "$SPDX"'struct a {\n\tint b;\n};\n'
wants_line 'not ok headers stand alone'
end

begin "check finds what shellcheck finds"
check_of a.sh '# SPDX-License-Identifier: MIT\nrm $1\n'
wants_line 'not ok shellcheck'
end

begin "check finds a missing licence line"
check_of a.c 'int a;\n'
wants_line 'not ok licence lines'
end

begin "check finds names of hosts and paths of a machine"
check_of a.mk '# SPDX-License-Identifier: MIT\nA := http:''//x/\n'
wants_line 'not ok no URLs, no host names'
check_of a.mk '# SPDX-License-Identifier: MIT\nA := deb.''debian.org\n'
wants_line 'not ok no URLs, no host names'
check_of a.mk '# SPDX-License-Identifier: MIT\nA := /hom''e/me/x\n'
wants_line 'not ok no paths of one machine'
end

begin "check finds long functions and long files"
check_of a.c "$SPDX"'int f(void);\nint f(void)\n{\n'"$(printf '\\n%.0s' {1..100})"'\treturn 0;\n}\n'
wants_line 'not ok functions at most 100 lines'
check_of a.c "$SPDX$(printf '/**/\\n%.0s' {1..800})"
wants_line 'not ok files under 800 lines'
end

begin "check finds a unit test that is not listed"
mkdir -p "$WORK/repo/tests/unit"
echo 'int a;' >"$WORK/repo/tests/unit/test_a.c"
run env CC=gcc CFLAGS=-Wall BUILD="$WORK/build" UNIT_TESTS='b' \
	bash -c 'cd "$0" && "$1/scripts/check"' "$WORK/repo" "$TOP"
wants_line 'not ok unit tests are all listed'
end
