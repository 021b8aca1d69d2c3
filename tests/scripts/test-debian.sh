#!/bin/bash
# SPDX-License-Identifier: MIT
# The parts of the scripts for Debian's disk image that need neither packages nor
# root: the disk's layout, what lies on its partitions, the command disk, and what
# is refused. The image itself is tested by booting it.

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"

# part FILE START SIZE: a partition of it, in MiB.
part() {
	dd if="$1" bs=1M skip="$2" count="$3" status=none
}

# make_small_disk FILE
make_small_disk() {
	run bash -euc 'PROGRAM=test
		. scripts/lib/say.sh; . scripts/lib/debian-tree.sh; . scripts/lib/debian-disk.sh
		make_disk "$1" "$2/esp" "$2/root"' - "$1" "$WORK"
}

mkdir -p "$WORK/esp/EFI/BOOT" "$WORK/root/etc"
echo 'a boot program' >"$WORK/esp/EFI/BOOT/BOOTX64.EFI"
echo 'a file' >"$WORK/root/etc/file"
chmod 640 "$WORK/root/etc/file"

begin "debian disk: a GPT with an EFI system partition and a root"
make_small_disk "$WORK/disk"
wants_status 0
run sfdisk --dump "$WORK/disk"
wants_text 'label: gpt'
wants_text 'start=        2048, size=       69632, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B'
wants_text 'start=       71680, size=     1269760, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4'
end

begin "debian disk: the firmware finds the boot program"
run mcopy -i "$WORK/disk@@1M" ::/EFI/BOOT/BOOTX64.EFI -
wants_status 0
wants_line 'a boot program'
end

begin "debian disk: the root is a sound ext4 with the tree's files and modes"
part "$WORK/disk" 35 564 >"$WORK/root.img"
run e2fsck -fn "$WORK/root.img"
wants_status 0
run debugfs -R 'cat /etc/file' "$WORK/root.img"
wants_line 'a file'
run debugfs -R 'stat /etc/file' "$WORK/root.img"
wants_text 'Mode:  0640'
rm "$WORK/root.img"
end

begin "debian disk: the root has the identity by which GRUB and the kernel find it"
part "$WORK/disk" 35 564 >"$WORK/root.img"
run dumpe2fs -h "$WORK/root.img"
wants_text 'Filesystem UUID:          6e616372-6500-4000-8000-000000000004'
rm "$WORK/root.img"
end

begin "debian disk: a tree that does not fit is refused, with the tool's reason"
truncate -s 600M "$WORK/esp/EFI/BOOT/large"
make_small_disk "$WORK/disk"
wants_status 1
wants_text 'mcopy failed'
rm "$WORK/esp/EFI/BOOT/large"
end

begin "debian-command: the text, in whole sectors"
run scripts/debian-command --output "$WORK/command" "echo 'a b'; exit 3"
wants_status 0
wants_equal size 512 "$(stat -c %s "$WORK/command")"
wants_equal text "echo 'a b'; exit 3" "$(tr -d '\0' <"$WORK/command")"
end

begin "debian-command: a text without a place is refused"
run scripts/debian-command 'exit 3'
wants_status 64
wants_text 'wants --output FILE TEXT'
end

begin "debian-image: an unknown kernel is refused"
run scripts/debian-image --kernel 5.10 --output "$WORK/image"
wants_status 64
wants_text "--kernel wants 6.12 or 7, not '5.10'"
end

begin "debian-image: without its base it says what to do"
run scripts/debian-image --kernel 7 --output "$WORK/image" --base "$WORK/absent"
wants_status 1
wants_line "debian-image: no $WORK/absent; run: make debian-image"
end

begin "debian-base: without packages it says what to do"
run scripts/debian-base --output "$WORK/base" --packages "$WORK/absent"
wants_status 1
wants_line "debian-base: no packages in $WORK/absent; run: scripts/deps debian"
end
