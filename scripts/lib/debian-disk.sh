# SPDX-License-Identifier: MIT
# The disk of scripts/debian-image: a GPT, an EFI system partition and an ext4
# root, each made in its place of one sparse file, with identities that are always
# the same. Sourced by scripts/debian-image.

DISK_UUID=6e616372-6500-4000-8000-000000000001
ESP_UUID=6e616372-6500-4000-8000-000000000002
ROOT_PART_UUID=6e616372-6500-4000-8000-000000000003
ROOT_UUID=6e616372-6500-4000-8000-000000000004
HASH_SEED=6e616372-6500-4000-8000-000000000005
ESP_SERIAL=6e616372

# In MiB. The last MiB of the disk has the second copy of the GPT.
ESP_START=1
ESP_SIZE=34
ROOT_START=$((ESP_START + ESP_SIZE))
ROOT_SIZE=620
DISK_SIZE=$((ROOT_START + ROOT_SIZE + 1))

# make_disk FILE ESP_DIR ROOT_DIR
make_disk() {
	truncate -s "${DISK_SIZE}M" "$1"
	write_partition_table "$1"
	write_esp "$1" "$2"
	write_root "$1" "$3"
}

write_partition_table() {
	disk_tool "$1" sfdisk --quiet --no-reread --no-tell-kernel "$1" <<-END
		label: gpt
		label-id: $DISK_UUID
		start=${ESP_START}MiB, size=${ESP_SIZE}MiB, type=uefi, uuid=$ESP_UUID, name=ESP
		start=${ROOT_START}MiB, size=${ROOT_SIZE}MiB, type=linux, uuid=$ROOT_PART_UUID, name=root
	END
}

# write_esp FILE DIR: FAT with what is in DIR.
write_esp() {
	local place=$1@@${ESP_START}M
	settle_dates "$2"
	disk_tool "$1" mformat -i "$place" -T $((ESP_SIZE * 2048)) -h 64 -s 32 -N "$ESP_SERIAL" -v ESP ::
	disk_tool "$1" mcopy -i "$place" -s -m "$2"/* ::
}

# write_root FILE DIR: ext4 with what is in DIR.
write_root() {
	settle_dates "$2"
	E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH disk_tool "$1" mke2fs -q -F -t ext4 -m 0 -b 4096 \
		-U "$ROOT_UUID" -L root -E "offset=$((ROOT_START << 20)),hash_seed=$HASH_SEED" \
		-d "$2" "$1" "${ROOT_SIZE}m"
}

# disk_tool FILE COMMAND...: its output is shown only if it fails.
disk_tool() {
	local file=$1
	shift
	"$@" >"$file.log" 2>&1 || {
		sed 's/^/  /' "$file.log" >&2
		die "$1 failed (its output above)"
	}
	rm -f "$file.log"
}
