# SPDX-License-Identifier: MIT
# Prints the length of each function of the C files given, as "LENGTH FILE:LINE".
# It counts from the first line of the signature to the closing brace. It relies
# on the project's format: a function's braces stand in column one, and nothing
# else opens one there.

FNR == 1 {
	start = 0
	inside = 0
}

# The first line of a declaration at file level.
!inside && !start && /^[A-Za-z_]/ && !/;[ \t]*$/ {
	start = FNR
}

!inside && /^\{/ {
	inside = 1
	next
}

inside && /^\}/ {
	if (start)
		print FNR - start + 1, FILENAME ":" start
	inside = 0
	start = 0
	next
}

# A declaration that ended without becoming a function.
!inside && (/;[ \t]*$/ || /^\}/ || /^$/ || /^#/) {
	start = 0
}
