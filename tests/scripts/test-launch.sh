#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/launch on hosts that are folders, with a QEMU that is a script: the
# command it builds, and what it says of each thing that a host lacks.
# Usage: test-launch.sh REAL-QEMU (one without IGVM)

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"
FAKE_QEMU=$PWD/tests/scripts/fake-qemu
REAL_QEMU=$1
ROOT=$WORK/root
IGVM="$WORK/an image, signed.igvm"
printf 'IGVM the rest' >"$IGVM"

# put FILE TEXT: a file of the host.
put() {
	mkdir -p "$(dirname "$ROOT$1")"
	printf '%b' "$2" >"$ROOT$1"
}

# cpuid EBX: what /dev/cpu/0/cpuid has at 8000_001Fh; four bytes of EBX as \xNN.
cpuid() {
	put /dev/cpu/0/cpuid ''
	printf '%b' '\x3a\0\0\0'"$1"'\0\0\0\0\0\0\0\0' |
		dd of="$ROOT/dev/cpu/0/cpuid" bs=16 oflag=seek_bytes seek=$((0x8000001f)) conv=notrunc status=none
}

# A host that has everything: C-bit 51, one address bit, 4 VMPLs.
good_host() {
	rm -rf "$ROOT"
	put /proc/cpuinfo 'vendor_id\t: AuthenticAMD\nflags\t\t: fpu invlpgb sev sev_es sev_snp debug_swap\n'
	put /proc/meminfo 'MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n'
	put /proc/sys/kernel/osrelease '7.2.0-planes\n'
	put /sys/module/kvm_amd/parameters/sev_snp 'Y\n'
	put /proc/kallsyms '0 t kvm_vm_ioctl\t[kvm]\n0 t kvm_plane_ioctl\t[kvm]\n'
	put /dev/kvm '' && put /dev/sev ''
	cpuid '\x73\x40\0\0'
}

launch() {
	run env LAUNCH_ROOT="$ROOT" FAKE_LACKS="${LACKS:-}" FAKE_VERSION="${VERSION:-}" \
		scripts/launch --qemu "$FAKE_QEMU" --igvm "$IGVM" "$@"
}

# missing NAME TEXT [OPTION]...: on the host as it is now exactly this is missing.
missing() {
	begin "$1"
	launch "${@:3}"
	wants_status 69
	wants_line "launch: not started; 1 missing:"
	wants_line "  1. $2"
	lacks_text 'unbound variable'
	end
	good_host
	LACKS='' VERSION=''
}

# The arguments that QEMU gets with no option but --igvm.
expected() {
	cat <<-END
		-machine
		q35,accel=kvm,confidential-guest-support=sev0,igvm-cfg=igvm0,memory-backend=ram0,kernel-irqchip=split,device-plane=2
		-cpu
		EPYC-v4
		-smp
		1
		-object
		memory-backend-memfd,id=ram0,size=2048M,share=true,prealloc=false,reserve=false
		-object
		sev-snp-guest,id=sev0,cbitpos=51,reduced-phys-bits=1
		-object
		igvm-cfg,id=igvm0,file=${IGVM//,/,,}
		-nodefaults
		-display
		none
		-no-reboot
		-chardev
		stdio,id=console,mux=on,signal=off
		-serial
		chardev:console
		-mon
		chardev=console,mode=readline
	END
}

good_host
begin "launch: a host with everything starts QEMU with exactly this"
launch
wants_status 7
wants_equal arguments "$(expected)" "$(sed '/^launch: not seen/d; /^  - /d' "$WORK/out")"
wants_text 'whether KVM gives an SNP guest plane 2 and switches VMPLs'
end

begin "launch --print: a shell reads back the same, nothing is started"
launch --print
wants_status 0
grep -v -e '^launch: ' -e '^  - ' "$WORK/out" >"$WORK/command"
wants_equal command "$FAKE_QEMU" "$(head -n 1 "$WORK/command" | cut -d ' ' -f 1)"
wants_equal 'arguments read back' "$(expected)" "$(bash "$WORK/command")"
end

begin "launch: every option reaches QEMU, whatever is in the names"
printf 'x' | tee "$WORK/k, 1" "$WORK/i \$x" "$WORK/d'1,2.qcow2" >/dev/null
launch --cpus 4 --mem 512M --cpu EPYC-v4 --net user --kernel "$WORK/k, 1" --initrd "$WORK/i \$x" \
	--append 'a  "b",c' --disk "$WORK/d'1,2.qcow2" --print
wants_status 0
grep -v -e '^launch: ' -e '^  - ' "$WORK/out" >"$WORK/command"
bash "$WORK/command" >"$WORK/out"
wants_line 'EPYC-v4,+invlpgb'
wants_line 'memory-backend-memfd,id=ram0,size=512M,share=true,prealloc=false,reserve=false'
wants_equal 'the end' "-drive
if=none,id=disk0,format=qcow2,file=$WORK/d'1,,2.qcow2
-device
virtio-blk-pci,drive=disk0,bootindex=0,disable-legacy=on,iommu_platform=on
-netdev
user,id=net0
-device
virtio-net-pci,netdev=net0,romfile=,disable-legacy=on,iommu_platform=on
-kernel
$WORK/k, 1
-initrd
$WORK/i \$x
-append
a  \"b\",c" "$(tail -n 14 "$WORK/out")"
end

begin "launch: the files of services"
printf 'x' | tee "$WORK/v,1" "$WORK/t" >/dev/null
launch --service "vtpm=$WORK/v,1" --service "x-2=$WORK/t"
wants_equal 'the end' "-fw_cfg
name=opt/org.nacre/service/vtpm,file=$WORK/v,,1
-fw_cfg
name=opt/org.nacre/service/x-2,file=$WORK/t" "$(tail -n 4 "$WORK/out")"
launch --service "Vtpm=$WORK/t"
wants_status 64
wants_text "--service wants NAME=FILE, not 'Vtpm="
end
missing "launch names a service's file that is not there" "a readable file $WORK/absent" \
	--service "vtpm=$WORK/absent"

begin "launch: a disk is raw unless its name says qcow2; its name is no protocol"
printf 'QFI\xfb' >"$WORK/nbd:disk"
run env -C "$WORK" LAUNCH_ROOT="$ROOT" "$PWD/scripts/launch" --qemu "$FAKE_QEMU" --igvm "$IGVM" \
	--disk nbd:disk
wants_line 'if=none,id=disk0,format=raw,file=./nbd:disk'
end

begin "launch: C-bit and address bits are the processor's"
cpuid '\xaf\x41\0\0'
launch
wants_line 'sev-snp-guest,id=sev0,cbitpos=47,reduced-phys-bits=6'
end
good_host

begin "launch: what it cannot read it takes for granted, and says so"
rm "$ROOT/dev/cpu/0/cpuid" "$ROOT/proc/meminfo" "$ROOT/proc/kallsyms"
launch
wants_status 7
wants_text "whether this kernel's KVM has planes"
wants_text 'whether 2048 MiB of memory are available'
wants_text 'C-bit and number of VMPLs'
wants_line 'sev-snp-guest,id=sev0,cbitpos=51,reduced-phys-bits=1'
end
good_host

put /proc/cpuinfo 'vendor_id\t: GenuineIntel\nflags\t\t: fpu\n'
missing "launch names a processor that is not AMD's" 'an AMD processor'
put /proc/cpuinfo 'vendor_id\t: AuthenticAMD\nflags\t\t: fpu sev sev_es\n'
missing "launch names a processor without SNP" 'SEV-SNP of the processor (no sev_snp in /proc/cpuinfo)'
put /proc/cpuinfo 'vendor_id\t: AuthenticAMD\nflags\t\t: sev_snp fpu\n'
missing "launch names a processor without INVLPGB, for many vCPUs" \
	'INVLPGB of the processor, which the paravisor wants for more than one vCPU' --cpus 2
cpuid '\x73\x10\0\0'
missing "launch names a processor without VMPLs" 'VMPL2 of the processor, which has 1 VMPLs'
put /proc/sys/kernel/osrelease '6.10.9-amd64\n'
missing "launch names an old kernel" 'a kernel with SNP guests: this is 6.10.9-amd64, 6.11 is the first'
rm -r "$ROOT/sys"
missing "launch names a kernel without kvm_amd" \
	'kvm_amd with SNP (no /sys/module/kvm_amd/parameters/sev_snp)'
put /sys/module/kvm_amd/parameters/sev_snp 'N\n'
missing "launch names kvm_amd with SNP off" \
	'SNP in kvm_amd (/sys/module/kvm_amd/parameters/sev_snp is N)'
rm "$ROOT/dev/kvm"
missing "launch names a missing /dev/kvm" /dev/kvm
rm "$ROOT/dev/sev"
missing "launch names a missing /dev/sev" /dev/sev
missing "launch names too little memory" 'memory: 8192 MiB available of 9216 MiB' --mem 9g
missing "launch names a missing image" "a readable file $WORK/absent" --igvm "$WORK/absent"
missing "launch names a file that is no image" "an IGVM file: $FAKE_QEMU is none" --igvm "$FAKE_QEMU"
missing "launch names a missing disk" "a readable file $WORK/absent" --disk "$WORK/absent"
missing "launch names a missing QEMU" "QEMU: no program $WORK/absent" --qemu "$WORK/absent"
missing "launch names a program that is no QEMU" \
	"QEMU: $(type -P true) does not run, or is no QEMU" --qemu true
VERSION=10.0.8
missing "launch names a QEMU that is too old" 'a QEMU with IGVM: this is 10.0.8, 10.1 is the first'
VERSION=9.20.0
missing "launch compares versions as numbers" 'a QEMU with IGVM: this is 9.20.0, 10.1 is the first'
LACKS=igvm-cfg
begin "launch names a QEMU without IGVM: object and property"
launch
wants_status 69
wants_line "launch: not started; 2 missing:"
wants_line "  1. IGVM in $FAKE_QEMU (no object igvm-cfg)"
wants_line "  2. IGVM on machine q35 of $FAKE_QEMU (no property igvm-cfg)"
end
LACKS=sev-snp-guest
missing "launch names a QEMU without SNP" "SEV-SNP in $FAKE_QEMU (no object sev-snp-guest)"
LACKS=device-plane
missing "launch names a QEMU without planes" \
	"VM planes in $FAKE_QEMU (machine q35 has no property device-plane)"
LACKS=invlpgb
missing "launch names a QEMU that cannot name INVLPGB, for many vCPUs" \
	"the CPU feature invlpgb in $FAKE_QEMU, which the paravisor wants for more than one vCPU" --cpus 2
missing "launch names an unknown CPU model" "CPU model EPYC-v9 in $FAKE_QEMU" --cpu EPYC-v9
put /proc/kallsyms '0 t kvm_vm_ioctl\t[kvm]\n0 T drm_plane_init\t[drm]\n'
missing "launch names a kernel without planes" \
	"VM planes in this kernel's KVM (no kvm_plane_ function in /proc/kallsyms)"

begin "launch: one vCPU needs no INVLPGB"
LACKS=invlpgb launch
wants_status 7
end

begin "launch names all at once, each with what to do; --force prints all the same"
rm -r "$ROOT"
LACKS='igvm-cfg sev-snp-guest device-plane' VERSION=9.2.0 launch --cpus 2
wants_status 69
wants_line 'launch: not started; 11 missing:'
wants_equal 'remedies' 11 "$(grep -c '^     ' "$WORK/out")"
LACKS='igvm-cfg sev-snp-guest device-plane' launch --force
wants_status 0
wants_text 'launch: printed only, this host cannot start it;'
wants_text ' -object sev-snp-guest,id=sev0,cbitpos=51'
end
good_host

begin "launch asks a real QEMU in its own words"
launch --qemu "$REAL_QEMU"
wants_status 69
wants_text 'IGVM in '
wants_text 'VM planes in '
lacks_text 'SEV-SNP in '
lacks_text 'CPU model'
lacks_text 'does not run'
end

begin "launch: the real QEMU lists properties that belong to an instance only"
PROGRAM_FOUND=$REAL_QEMU
wants_equal nvdimm nvdimm "$(
	# shellcheck source=../../scripts/lib/host-facts.sh
	. scripts/lib/host-facts.sh
	qemu_machine_properties | grep -x nvdimm
)"
end

# The first block of docs/operators.md in the language $1 that has the text $2.
documented() {
	awk -v fence="^\`\`\`$1\$" -v text="$2" '
		inside && /^```$/ { if (index(block, text)) { printf "%s", block; exit } inside = 0; next }
		inside { block = block $0 "\n" }
		!inside && $0 ~ fence { inside = 1; block = "" }
		!inside && /^```/ && $0 !~ fence { getline; while ($0 != "```" && getline > 0); }' docs/operators.md
}

begin "docs/operators.md has the command that launch builds"
cp "$IGVM" "$WORK/nacre.igvm" && touch "$WORK/guest.qcow2"
read -ra words <<<"$(documented '' 'scripts/launch' | cut -d ' ' -f 2-)"
run env -C "$WORK" LAUNCH_ROOT="$ROOT" "$PWD/scripts/launch" --qemu "$FAKE_QEMU" "${words[@]}" --print
wants_status 0
wants_equal command "$(documented '' '-machine q35' | tail -n +2)" \
	"$(grep '^  -[a-z]' "$WORK/out")"
end

# unbalanced FILE: the first tag of an XML file that opens or closes out of turn.
unbalanced() {
	sed 's/<!--.*-->//' "$1" | grep -oE '</?[a-zA-Z:]+[^>]*>' | awk '
		/\/>$/ { next }
		/^<\// { gsub(/[<\/>]/, ""); if (open[n--] != $1) { print; exit } next }
		{ gsub(/[<>]/, ""); open[++n] = $1 }
		END { if (n) print "open: " n }'
}

begin "docs/operators.md: the libvirt domain is balanced XML and has launch's values"
documented xml '<domain' >"$WORK/domain.xml"
wants_equal 'out of turn' '' "$(unbalanced "$WORK/domain.xml")"
cp "$WORK/domain.xml" "$WORK/out"
for text in "xmlns:qemu='http&#58;//libvirt.org/schemas/domain/qemu/1.0'" \
	'<cbitpos>51</cbitpos>' '<reducedPhysBits>1</reducedPhysBits>' "<ioapic driver='qemu'/>" \
	"<source type='memfd'/>" "'igvm-cfg=igvm0,device-plane=2'"; do
	wants_text "$text"
done
end

begin "docs/nacre.firmware.json has the fields of QEMU's firmware.json"
wants_equal fields true "$(jq '(keys == ["description", "features", "interface-types", "mapping", "tags", "targets"])
	and .mapping.device == "igvm" and (.mapping.filename | startswith("/"))
	and .["interface-types"] == ["uefi"] and .features == ["amd-sev-snp"]
	and all(.targets[]; .architecture == "x86_64" and (.machines | length) > 0)' docs/nacre.firmware.json)"
end

begin "launch: wrong use is told apart"
for options in '--cpus 0' '--cpus 513' '--cpus 1x' '--mem 5x' '--mem 1M' '--net tap' '--cpu a,b' \
	'--initrd x' '--wrong x' '--wrong'; do
	read -ra words <<<"$options"
	launch "${words[@]}"
	wants_status 64
done
run scripts/launch --net user
wants_status 64
wants_text '--igvm is missing'
run scripts/launch --help
wants_status 0
wants_text 'Usage: scripts/launch --igvm FILE'
end
