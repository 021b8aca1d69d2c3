/* SPDX-License-Identifier: MIT */
/*
 * What the vTPM takes on a plain Linux, for comparison: first program of a kernel in QEMU
 * without the machine. Starts /bin/vtpm as its child, sends it the commands of
 * tpm_script.c by the service's socket, and takes down the time that Linux accounts the
 * child for meanwhile. Under icount a nanosecond is an instruction: the program's own, and
 * the kernel's for its socket, its page faults and the timers that interrupt it. All is
 * printed at the end, for scripts/bench, so that no output is on its way meanwhile.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "services/lib/serve.h"
#include "svsm.h"
#include "tpm_script.h"

#define SERVICE "/bin/vtpm"
#define SOCKET "/vtpm-socket"
/* Two instructions each. */
#define CALIBRATION_ROUNDS 10000000UL
#define FIGURES_MAX 64U

static int stream;
static clockid_t child_clock;

static struct figure {
	enum tpm_mark mark;
	uint64_t ticks, child_ns;
} figures[FIGURES_MAX];
static unsigned int figure_count;

/* The outcome is in the lines that were printed, or are missing. */
static void NORETURN end(const char *what)
{
	printf("bench: %s\n", what);
	fflush(stdout);
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void receive(void *data, size_t size)
{
	uint8_t *at = data;

	while (size > 0) {
		ssize_t got = read(stream, at, size);

		if (got <= 0)
			end("the vTPM has gone");
		at += got;
		size -= (size_t)got;
	}
}

/* Request and payload in one, so that the child is waken up once. */
static void transmit(const uint8_t *command, uint32_t size)
{
	uint8_t message[sizeof(struct service_request) + TPM_SCRIPT_BUFFER];
	const struct service_request request = {
		.kind = SERVICE_REQUEST_CALL, .number = SVSM_VTPM_SEND_COMMAND, .size = size};

	memcpy(message, &request, sizeof(request));
	memcpy(message + sizeof(request), command, size);
	if (write(stream, message, sizeof(request) + size) < 0)
		end("the vTPM does not listen");
}

static uint64_t time_of(clockid_t clock)
{
	struct timespec time;

	if (clock_gettime(clock, &time))
		end("a process has no clock");
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void note(enum tpm_mark mark, uint64_t ticks, uint64_t child_ns)
{
	if (mark && figure_count < FIGURES_MAX)
		figures[figure_count++] = (struct figure){mark, ticks, child_ns};
}

static void send_command(uint8_t buffer[TPM_SCRIPT_BUFFER], uint32_t size, enum tpm_mark mark)
{
	struct service_answer answer;
	uint64_t child_start = time_of(child_clock), start = __rdtsc();

	transmit(buffer, size);
	receive(&answer, sizeof(answer));
	if (answer.result || answer.size > TPM_SCRIPT_BUFFER)
		end("the vTPM refuses a command");
	receive(buffer, answer.size);
	note(mark, __rdtsc() - start, time_of(child_clock) - child_start);
}

static void NORETURN fail(enum tpm_mark mark, uint32_t code)
{
	char text[64];

	snprintf(text, sizeof(text), "the TPM answers 0x%x to the command of mark %u", code,
		(unsigned int)mark);
	end(text);
}

static void start_service(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct service_announcement announcement;
	pid_t child;

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
		listen(listener, 1))
		end("no socket");
	child = fork();
	if (child == 0) {
		setenv(SERVICE_SOCKET_VARIABLE, SOCKET, 1);
		execl(SERVICE, SERVICE, (char *)NULL);
		_exit(1);
	}
	stream = accept(listener, NULL, NULL);
	receive(&announcement, sizeof(announcement));
	if (clock_getcpuclockid(child, &child_clock))
		end("the vTPM has no clock");
}

/* What ticks and nanoseconds of a process are in instructions. */
static void calibrate(void)
{
	unsigned long rounds = CALIBRATION_ROUNDS;
	uint64_t own = time_of(CLOCK_PROCESS_CPUTIME_ID), start = __rdtsc();

	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds));
	start = __rdtsc() - start;
	own = time_of(CLOCK_PROCESS_CPUTIME_ID) - own;
	printf("bench: calibration %lu ticks %lu ns %lu\n", 2 * CALIBRATION_ROUNDS,
		(unsigned long)start, (unsigned long)own);
}

static void print_figures(void)
{
	for (unsigned int i = 0; i < figure_count; i++)
		printf("bench: mark %u ticks %lu ns %lu\n", (unsigned int)figures[i].mark,
			(unsigned long)figures[i].ticks, (unsigned long)figures[i].child_ns);
}

/* The child's, too: what else the kernel has to do comes after them. */
static void take_the_processor(void)
{
	const struct sched_param parameters = {.sched_priority = 1};

	if (sched_setscheduler(0, SCHED_FIFO, &parameters))
		end("no real-time priority");
}

int main(void)
{
	static const struct tpm_script script = {.send = send_command, .fail = fail};

	take_the_processor();
	start_service();
	tpm_script_run(&script, 0);
	calibrate();
	print_figures();
	end("all commands are answered");
}
