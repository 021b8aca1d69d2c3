# SPDX-License-Identifier: MIT
# The picture of scripts/timeline: reads its records (tab-separated), writes SVG.
# Lengths are pixels; times stay ticks of the run until they are shown.

function escape(text) {
	gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
	gsub(/"/, "\\&quot;", text)
	return text
}

function max(a, b) { return a > b ? a : b }
function seconds(ticks) { return ticks / hz }

# A count in three or four digits.
function short(n) {
	if (n < 10000) return sprintf("%d", n)
	if (n < 1e6) return sprintf("%.0f k", n / 1e3)
	if (n < 1e9) return sprintf("%.4g M", n / 1e6)
	return sprintf("%.4g G", n / 1e9)
}

function percent(part, whole) { return whole ? sprintf("%.0f %%", 100 * part / whole) : "0 %" }
function x_of(time) { return LEFT + time / run_length * PLOT }

# ---- Shapes ----

function text(x, y, class, what) {
	printf "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, class, escape(what)
}

function rect(x, y, w, h, class) {
	printf "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" class=\"%s\"/>\n", x, y, w, h, class
}

# The same with a text that the pointer shows.
function told_rect(x, y, w, h, class, title) {
	printf "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" class=\"%s\"><title>%s</title></rect>\n", \
		x, y, w, h, class, escape(title)
}

function line(x1, y1, x2, y2, class) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class
}

# Roughly: the fonts of browsers differ.
function text_width(what) { return length(what) * 6.6 }

# ---- What the records say ----

function take_run() {
	vcpus = $2; memory = $3; qemu = $4; icount = $5 == "true"; outcome = $6
	hz = $7; bucket = $8; run_length = $9
}

function take_phase() {
	phase_name[++phases] = $2; phase_index[$2] = phases
	start[phases] = $4; end[phases] = $5; instructions[phases] = $6
	exits0[phases] = $7; exits_guest[phases] = $8; calls[phases] = $9; pages[phases] = $10
}

function take_spent(    p, s) {
	p = phase_index[$3]
	for (s = 1; s <= STATES; s++) {
		spent[p, s] += $(3 + s)
		all_spent[s] += $(3 + s)
	}
}

# Columns 1 to STATES are time, then come exits by kind, calls, pages.
function take_bucket(    v, i, c) {
	v = $2; i = $3; buckets = max(buckets, i + 1)
	for (c = 1; c <= COLUMNS; c++)
		column[v, i, c] = $(3 + c)
	for (c = STATES + 1; c < CALLS; c++)
		exits[v, i] += $(3 + c)
	silicon[v, i] = $(3 + STATES + 1) + $(3 + STATES + 2)
	most_exits = max(most_exits, exits[v, i])
	most_calls = max(most_calls, column[v, i, CALLS])
}

# ---- Style: classes, so that light and dark need no second picture ----

function style() {
	print "<style>"
	print ":root { color-scheme: light dark; background: #ffffff }"
	print "text { font: 12px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #212529 }"
	print ".page { fill: #ffffff } .head { font-size: 20px; font-weight: 600 } .strong { font-weight: 600 }"
	print ".dim { fill: #5c636a } .right { text-anchor: end } .middle { text-anchor: middle }"
	print ".on { fill: #ffffff; font-weight: 600 } .small { font-size: 11px }"
	print ".grid { stroke: #868e96; stroke-opacity: .25 } .border { stroke: #495057; stroke-dasharray: 3 3 }"
	print ".frame { fill: #868e96; fill-opacity: .10 } .mark { stroke: #212529; stroke-width: 1.5 }"
	print ".vmpl0 { fill: #e8590c } .guest { fill: #228be6 } .halted { fill: #b4d9f7 } .machine { fill: #adb5bd }"
	print ".off { fill: #868e96; fill-opacity: .14 }"
	print ".exits { fill: #ced4da } .silicon { fill: #495057 } .calls { fill: #e8590c }"
	print ".p-launch { fill: #868e96 } .p-paravisor { fill: #d9480f } .p-firmware { fill: #7048e8 }"
	print ".p-kernel { fill: #1971c2 } .p-user { fill: #2b8a3e }"
	print ".hover { fill: #000000; fill-opacity: 0 } .hover:hover { fill-opacity: .12 }"
	print ".density, .hover { shape-rendering: crispEdges }"
	print "@media (prefers-color-scheme: dark) {"
	print ":root { background: #16181c } text { fill: #dee2e6 } .page { fill: #16181c } .dim { fill: #9aa2ab } .on { fill: #ffffff }"
	print ".grid { stroke-opacity: .35 } .border { stroke: #adb5bd } .mark { stroke: #f8f9fa }"
	print ".halted { fill: #2b4a68 } .machine { fill: #5c636a } .off { fill-opacity: .22 }"
	print ".exits { fill: #495057 } .silicon { fill: #ced4da } .hover { fill: #ffffff }"
	print "} </style>"
}

# ---- Head ----

function facts() {
	return sprintf("%d vCPU%s · %s MiB · QEMU %s · %.1f s%s · %s VMGEXIT and HLT · %s SVSM calls · ended: %s", \
		vcpus, vcpus > 1 ? "s" : "", memory, qemu, seconds(run_length), \
		icount ? " of virtual time (1 ns an instruction)" : "", \
		short(total_exits), short(total_calls), outcome)
}

function head(title,    y) {
	printf "<svg xmlns=\"%s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", \
		NAMESPACE, WIDTH, height, WIDTH, height
	printf "<title>%s</title>\n<desc>%s</desc>\n", escape(title), escape(facts())
	style()
	rect(0, 0, WIDTH, height, "page")
	text(MARGIN, 34, "head", title)
	text(MARGIN, 56, "dim", facts())
}

# ---- Table of phases ----

function what_is(name) {
	if (name == "launch") return "host and secure processor load the image"
	if (name == "paravisor") return "VMPL0, to the guest's first instruction"
	if (name == "firmware") return "UEFI, the kernel's EFI stub"
	if (name == "kernel") return guest_from_firmware ? "to the first instruction of init" : "its own loader, to init"
	return "init to the end"
}

function shown_name(name) { return name == "user" ? "user space" : name }

# The time of all vCPUs, of which @p may be one phase, as a stacked bar.
function share_bar(p, x, y, w, h,    s, sum, part) {
	for (s = 1; s <= STATES; s++)
		sum += p ? spent[p, s] : all_spent[s]
	for (s = 1; s <= STATES; s++) {
		part = p ? spent[p, s] : all_spent[s]
		if (sum && part / sum * w >= .1)
			told_rect(x, y, part / sum * w, h, STATE_CLASS[s], STATE_NAME[s] ": " percent(part, sum) \
				", " sprintf("%.2f s of all vCPUs together", seconds(part)))
		x += sum ? part / sum * w : 0
	}
}

function table_heads(y) {
	text(400, y, "dim small right", "seconds")
	text(455, y, "dim small right", "share")
	text(475, y, "dim small", "where the vCPUs' time went")
	text(815, y, "dim small right", icount ? "VMPL0 instr." : "VMPL0 seconds")
	text(900, y, "dim small right", "VMPL0 exits")
	text(985, y, "dim small right", "guest's exits")
	text(1070, y, "dim small right", "SVSM calls")
	text(WIDTH - MARGIN, y, "dim small right", "pages changed")
}

function table_row(p, y, class) {
	text(400, y, "right " class, sprintf("%.2f", seconds(p ? end[p] - start[p] : run_length)))
	text(455, y, "right " class, percent(p ? end[p] - start[p] : run_length, run_length))
	share_bar(p, 475, y - 10, 260, 12)
	text(815, y, "right " class, icount ? short(p ? instructions[p] : total_instructions) : \
		sprintf("%.2f", seconds(p ? spent[p, 1] : all_spent[1])))
	text(900, y, "right " class, short(p ? exits0[p] : total_exits0))
	text(985, y, "right " class, short(p ? exits_guest[p] : total_exits - total_exits0))
	text(1070, y, "right " class, short(p ? calls[p] : total_calls))
	text(WIDTH - MARGIN, y, "right " class, short(p ? pages[p] : total_pages))
}

function table(y,    p) {
	table_heads(y)
	for (p = 1; p <= phases; p++) {
		y += ROW
		rect(MARGIN, y - 10, 12, 12, "p-" phase_name[p])
		text(MARGIN + 20, y, "strong", shown_name(phase_name[p]))
		text(MARGIN + 100, y, "dim small", what_is(phase_name[p]))
		table_row(p, y, "")
	}
	y += ROW
	line(MARGIN, y - 14, WIDTH - MARGIN, y - 14, "grid")
	text(MARGIN + 20, y, "strong", "all")
	table_row(0, y, "strong")
}

# ---- Time axis ----

# About ten ticks at 1, 2 or 5 times a power of ten.
function tick_step(    step) {
	for (step = 1e-6; seconds(run_length) / step > 12;)
		step *= sprintf("%.0e", step) ~ /^2/ ? 2.5 : 2
	return step
}

function axis(top, bottom,    step, t, x, digits) {
	step = tick_step()
	digits = step >= 1 ? 0 : step >= .1 ? 1 : step >= .01 ? 2 : 3
	for (t = 0; t <= seconds(run_length); t += step) {
		x = x_of(t * hz)
		line(x, top, x, bottom, "grid")
		text(x, bottom + 15, "small middle", sprintf("%.*f", digits, t))
	}
	text(LEFT - 16, bottom + 15, "dim small right", icount ? "virtual s" : "seconds")
}

function phase_bands(y, bottom,    p, x, w, name) {
	text(LEFT - 8, y + 15, "dim small right", "phase")
	for (p = 1; p <= phases; p++) {
		x = x_of(start[p]); w = x_of(end[p]) - x; name = shown_name(phase_name[p])
		told_rect(x, y, w, 20, "p-" phase_name[p], \
			sprintf("%s: %.3f to %.3f s, %.3f s", name, seconds(start[p]), seconds(end[p]), \
				seconds(end[p] - start[p])))
		if (w > text_width(name " 00.0 s") + 8)
			text(x + w / 2, y + 14, "on middle", sprintf("%s %.1f s", name, seconds(end[p] - start[p])))
		else if (w > text_width(name) + 6)
			text(x + w / 2, y + 14, "on middle", name)
		if (p > 1)
			line(x, y + 20, x, bottom, "border")
	}
}

# ---- A vCPU's lane ----

# The share of the first @upto states in bucket @i's time, of @h.
function level(v, i, upto, h,    c, sum, part) {
	for (c = 1; c <= STATES; c++) {
		sum += column[v, i, c]
		if (c <= upto) part += column[v, i, c]
	}
	return sum ? part / sum * h : 0
}

function bucket_x(i) { return x_of(i * bucket > run_length ? run_length : i * bucket) }

# A step more of the outline from the left to the right.
function step_to(i, y) { return sprintf("V%.1fH%.2f", y, bucket_x(i + 1)) }

# Drawn from the widest to the narrowest: each state covers those below it.
function time_density(v, y, h,    s, i, path) {
	for (s = STATES; s >= 1; s--) {
		if (!lane_has(v, s)) continue
		path = sprintf("M%.2f %.1f", LEFT, y + h)
		for (i = 0; i < buckets; i++)
			path = path step_to(i, y + h - level(v, i, s, h))
		printf "<path d=\"%sV%.1fZ\" class=\"density lane-%s %s\"/>\n", path, y + h, v, STATE_CLASS[s]
	}
}

function lane_has(v, c,    i) {
	for (i = 0; i < buckets; i++)
		if (column[v, i, c]) return 1
	return 0
}

# A value of a bucket to draw: 1 all exits, 2 those of silicon, 3 calls.
function value(v, i, which) {
	return which == 1 ? exits[v, i] : which == 2 ? silicon[v, i] : column[v, i, CALLS]
}

# Square roots, so that what is rare is still seen beside a burst.
function bars(v, y, h, which, most, class,    i, path, n) {
	path = sprintf("M%.2f %.1f", LEFT, y + h)
	for (i = 0; i < buckets; i++) {
		n = most ? sqrt(value(v, i, which) / most) * h : 0
		path = path step_to(i, y + h - (n > 0 ? max(n, 1) : 0))
	}
	printf "<path d=\"%sV%.1fZ\" class=\"density %s\"/>\n", path, y + h, class
}

function bucket_title(v, i,    c, sum, what) {
	for (c = 1; c <= STATES; c++) sum += column[v, i, c]
	what = sprintf("vCPU %d, %.3f to %.3f s", v, seconds(i * bucket), seconds((i + 1) * bucket))
	for (c = 1; c <= STATES; c++)
		if (column[v, i, c]) what = what "\n" STATE_NAME[c] " " percent(column[v, i, c], sum)
	for (c = STATES + 1; c <= COLUMNS; c++)
		if (column[v, i, c]) what = what "\n" COLUMN_NAME[c] " " column[v, i, c]
	return what
}

# First entries of VMPL0 and of the guest.
function marks(v, y, h) {
	if (entered0[v]) told_rect(x_of(entered0[v]) - 1, y - 4, 2, h + 4, "mark-vmpl0 vmpl0", \
		sprintf("vCPU %d: VMPL0 first entered at %.3f s", v, seconds(entered0[v])))
	if (entered_guest[v]) told_rect(x_of(entered_guest[v]) - 1, y - 4, 2, h + 4, "mark-guest p-kernel", \
		sprintf("vCPU %d: the guest's VMPL first entered at %.3f s", v, seconds(entered_guest[v])))
}

function lane(v, y,    i) {
	printf "<g id=\"vcpu-%d\">\n", v
	text(LEFT - 8, y + 20, "strong right", "vCPU " v)
	text(LEFT - 8, y + 36, "dim small right", "time")
	rect(LEFT, y, PLOT, TIME_H, "frame")
	time_density(v, y, TIME_H)
	text(LEFT - 8, y + TIME_H + 4 + EXITS_H - 8, "dim small right", "exits")
	rect(LEFT, y + TIME_H + 4, PLOT, EXITS_H, "frame")
	bars(v, y + TIME_H + 4, EXITS_H, 1, most_exits, "exits")
	bars(v, y + TIME_H + 4, EXITS_H, 2, most_exits, "silicon")
	text(LEFT - 8, y + LANE_H - 5, "dim small right", "SVSM calls")
	rect(LEFT, y + LANE_H - CALLS_H, PLOT, CALLS_H, "frame")
	bars(v, y + LANE_H - CALLS_H, CALLS_H, 3, most_calls, "calls")
	for (i = 0; i < buckets; i++)
		told_rect(bucket_x(i), y, bucket_x(i + 1) - bucket_x(i), LANE_H, "hover", bucket_title(v, i))
	marks(v, y, TIME_H)
	print "</g>"
}

# ---- Legend ----

function key(x, y, class, what) {
	rect(x, y - 10, 12, 12, class)
	text(x + 18, y, "small", what)
	return x + 18 + text_width(what) + 14
}

function per_second(n) { return short(n / seconds(bucket)) "/s" }

function legend(y,    x, s) {
	x = LEFT
	text(LEFT - 8, y, "dim small right", "time")
	for (s = 1; s <= STATES; s++)
		x = key(x, y, STATE_CLASS[s], STATE_LEGEND[s])
	y += 20
	text(LEFT - 8, y, "dim small right", "exits")
	x = key(LEFT, y, "silicon", "VMGEXIT and HLT, which leave the guest on silicon too")
	x = key(x, y, "exits", "all of QEMU's SVM: nested faults, intercepts that become #VC, instructions that QEMU lacks")
	y += 20
	text(LEFT - 8, y, "dim small right", "SVSM calls")
	key(LEFT, y, "calls", sprintf("entries of VMPL0 asked for by the guest.   Heights are square roots of rates: full height is %s exits, %s calls of one vCPU.", \
		per_second(most_exits), per_second(most_calls)))
}

function sums(    p) {
	for (p = 1; p <= phases; p++) {
		total_instructions += instructions[p]; total_exits0 += exits0[p]
		total_exits += exits0[p] + exits_guest[p]; total_calls += calls[p]; total_pages += pages[p]
		if (phase_name[p] == "firmware") guest_from_firmware = 1
	}
}

BEGIN {
	NAMESPACE = "http:" "//www.w3.org/2000/svg" # SVG's name, not an address: nothing is fetched
	FS = "\t"; WIDTH = 1200; MARGIN = 24; LEFT = 104; PLOT = WIDTH - LEFT - MARGIN; ROW = 22
	TIME_H = 60; EXITS_H = 26; CALLS_H = 18; LANE_H = TIME_H + EXITS_H + CALLS_H + 8
	STATES = split("VMPL0|guest's VMPL|HLT|host and machine|not running", STATE_NAME, "|")
	split("vmpl0 guest halted machine off", STATE_CLASS, " ")
	split("VMPL0|guest's VMPL|HLT until the exit that follows|host, and what the machine emulates|" \
		"not started, or waiting outside the guest", STATE_LEGEND, "|")
	COLUMNS = STATES + split("VMGEXIT|HLT|nested faults|CPUID|IOIO|MSR|emulated instructions|kicks|other exits|" \
		"SVSM calls|pages changed", name_of, "|")
	for (c = STATES + 1; c <= COLUMNS; c++)
		COLUMN_NAME[c] = name_of[c - STATES]
	CALLS = COLUMNS - 1
}

$1 == "R" { take_run() }
$1 == "P" { take_phase() }
$1 == "V" { entered0[$2] = $3; entered_guest[$2] = $4 }
$1 == "S" { take_spent() }
$1 == "B" { take_bucket() }

END {
	if (!phases || !vcpus || !buckets) exit 1
	sums()
	if ("paravisor" in phase_index) STATE_LEGEND[1] = "VMPL0 (paravisor)"
	table_y = 88
	bands_y = table_y + ROW * (phases + 1) + 26
	lanes_y = bands_y + 34
	bottom = lanes_y + vcpus * (LANE_H + 16) - 8
	height = bottom + 110
	head(ENVIRON["TITLE"])
	table(table_y)
	axis(bands_y + 20, bottom)
	for (v = 0; v < vcpus; v++)
		lane(v, lanes_y + v * (LANE_H + 16))
	phase_bands(bands_y, bottom)
	legend(bottom + 48)
	print "</svg>"
}
