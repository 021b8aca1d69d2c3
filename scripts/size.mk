# SPDX-License-Identifier: MIT
# make size. A room adds IGVM files to SIZE_IGVMS, ELF files to SIZE_ELFS, ARCHIVE=ELF to
# SIZE_PARTS for what an archive has of an ELF file, other files to SIZE_FILES.

.PHONY: size
size: all
	@scripts/size --tool $(BUILD)/tools/nacre-igvm $(addprefix --igvm ,$(SIZE_IGVMS)) \
		$(addprefix --elf ,$(SIZE_ELFS)) $(addprefix --part ,$(SIZE_PARTS)) \
		$(addprefix --file ,$(SIZE_FILES))
