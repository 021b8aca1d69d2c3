# SPDX-License-Identifier: MIT
# The checks of scripts/check on the size of files and functions.

FILE_LIMIT=800
FUNCTION_LIMIT=100
FUNCTION_P90=40
FUNCTION_MEDIAN=12

check_file_lengths() {
	local lengths
	lengths=$(files '*.c' '*.h' '*.S' '*.sh' '*.awk' '*.mk' Makefile 'scripts/*' |
		xargs wc -l | awk '$2 != "total"')
	verdict "files under $FILE_LIMIT lines" \
		"$(awk -v limit=$FILE_LIMIT '$1 >= limit { print $2 ": " $1 " lines" }' <<<"$lengths")" \
		"$(distribution <<<"$lengths")"
}

# distribution: median, 90th percentile and maximum of the numbers in column one.
distribution() {
	sort -n | awk '{ n[NR] = $1 } END {
		if (NR) printf "median %d, p90 %d, max %d", n[int((NR + 1) / 2)], n[int((NR * 9 + 9) / 10)], n[NR]
	}'
}

check_function_lengths() {
	local lengths facts median p90
	lengths=$(files '*.c' '*.h' | xargs awk -f "$HERE/lib/function-lengths.awk")
	facts=$(distribution <<<"$lengths")
	read -r median p90 < <(sed -n 's/median \([0-9]*\), p90 \([0-9]*\),.*/\1 \2/p' <<<"$facts")
	verdict "functions at most $FUNCTION_LIMIT lines" \
		"$(awk -v limit=$FUNCTION_LIMIT '$1 > limit { print $2 ": " $1 " lines" }' <<<"$lengths")" \
		"$(grep -c . <<<"$lengths") functions"
	verdict "function lengths ($facts)" "$(
		((${median:-99} <= FUNCTION_MEDIAN)) || echo "the median is over $FUNCTION_MEDIAN"
		((${p90:-99} <= FUNCTION_P90)) || echo "the 90th percentile is over $FUNCTION_P90"
	)"
}
