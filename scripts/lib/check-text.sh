# SPDX-License-Identifier: MIT
# The checks of scripts/check on what the files say: licence lines, no names of
# hosts, no paths of somebody's machine. The patterns are written so that they
# do not find themselves.

# matches PATTERN: lines of the tracked text files that match, as FILE:LINE:TEXT.
matches() {
	files | grep -vxF LICENSE | tr '\n' '\0' | xargs -0 grep -nIE -e "$1" --
}

check_licence() {
	local list licensed
	list=$(files '*.c' '*.h' '*.S' '*.ld' '*.sh' '*.mk' '*.awk' Makefile && shell_scripts)
	licensed=$(xargs awk '
		/SPDX-License-Identifier: MIT/ { print FILENAME }
		FNR == 3 { nextfile }' <<<"$list")
	verdict "licence lines" \
		"$(comm -23 <(sort -u <<<"$list") <(sort -u <<<"$licensed") | sed 's/$/: no SPDX line/')"
}

check_names() {
	verdict "no URLs, no host names" "$(
		matches '(https?|ftp|git|ssh):[/]/'
		matches '[a-z0-9-]+[.](debian|ubuntu|github|gitlab|pypi|kernel|gnu|npmjs|crates)[.](org|com|net|io)'
	)"
}

check_paths() {
	verdict "no paths of one machine" \
		"$(matches '(^|[^A-Za-z0-9_./$)}-])[/](home|work|root|Users|mnt|srv|opt)[/][A-Za-z0-9]')"
}
