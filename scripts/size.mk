# SPDX-License-Identifier: MIT
# make size. A room adds its ELF files to SIZE_ELFS, other files to SIZE_FILES.

.PHONY: size
size: all
	@scripts/size $(addprefix --elf ,$(SIZE_ELFS)) $(addprefix --file ,$(SIZE_FILES))
