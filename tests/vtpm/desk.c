/* SPDX-License-Identifier: MIT */
/*
 * A service without a paravisor: starts it with a socket, and hands on to it what
 * clients ask, one request after the other. A client's request and its answer have the
 * form that the service's have (services/lib/serve.h).
 *
 *   desk serve DIR SERVICE          until the service ends, with its status
 *   desk serve DIR                  the same for a service that somebody else starts, as
 *                                   in a debugger, with NACRE_SERVICE_SOCKET=DIR/service
 *   desk tpm DIR                    one TPM command after another from standard input,
 *                                   answers to standard output (a "cmd" TCTI)
 *   desk call DIR NUMBER            a call with the payload of standard input
 *   desk manifest DIR NUMBER        a manifest
 *   desk idle DIR                   time for work that nobody waits for
 *
 * The last three write the answer's payload to standard output, and end with 1 and its
 * result on standard error if that is not success. Used by tests/vtpm/run-vtpm.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/lib/serve.h"
#include "svsm.h"
#include "tpm2.h"

static uint8_t payload[SERVICE_PAYLOAD_MAX];

static void NORETURN die(const char *what)
{
	fprintf(stderr, "desk: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* False at the end of the stream. */
static bool read_all(int from, void *data, size_t size)
{
	uint8_t *at = data;

	while (size > 0) {
		ssize_t got = read(from, at, size);

		if (got <= 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}

static bool write_all(int to, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t put = write(to, at, size);

		if (put < 0)
			return false;
		at += put;
		size -= (size_t)put;
	}
	return true;
}

static struct sockaddr_un address_of(const char *dir, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", dir, name) >=
		sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		die(dir);
	}
	return address;
}

static int listen_at(const struct sockaddr_un *address)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(address->sun_path);
	if (listener < 0 || bind(listener, (const struct sockaddr *)address, sizeof(*address)) ||
		listen(listener, 16))
		die(address->sun_path);
	return listener;
}

static int connect_to(const char *dir)
{
	struct sockaddr_un address = address_of(dir, "clients");
	int stream = socket(AF_UNIX, SOCK_STREAM, 0);

	if (stream < 0 || connect(stream, (const struct sockaddr *)&address, sizeof(address)))
		die(address.sun_path);
	return stream;
}

/* One request at the service; its answer's payload is in payload[]. */
static bool ask(int stream, const struct service_request *request, struct service_answer *answer)
{
	return write_all(stream, request, sizeof(*request)) &&
	       write_all(stream, payload, request->size) &&
	       read_all(stream, answer, sizeof(*answer)) && answer->size <= sizeof(payload) &&
	       read_all(stream, payload, answer->size);
}

/* Hands on a client's requests until it goes; false if the service has gone. */
static bool attend(int client, int service)
{
	struct service_request request;
	struct service_answer answer;

	while (read_all(client, &request, sizeof(request)) && request.size <= sizeof(payload) &&
		read_all(client, payload, request.size)) {
		if (!ask(service, &request, &answer))
			return false;
		if (!write_all(client, &answer, sizeof(answer)) ||
			!write_all(client, payload, answer.size))
			break;
	}
	return true;
}

static pid_t start(const char *program, const struct sockaddr_un *address)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0) {
		setenv(SERVICE_SOCKET_VARIABLE, address->sun_path, 1);
		execl(program, program, (char *)NULL);
		die(program);
	}
	return child;
}

/* Its end while nobody has connected is noticed by the signal. Of no child nothing is known. */
static int status_of(pid_t child)
{
	int status;

	if (!child)
		return 0;
	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void nothing(int signal)
{
	(void)signal;
}

/* @program is NULL if it is not to be started here. */
static int serve(const char *dir, const char *program)
{
	struct sockaddr_un at_service = address_of(dir, "service");
	struct sockaddr_un at_clients = address_of(dir, "clients");
	int listener = listen_at(&at_service), clients, service, client;
	struct service_announcement announcement;
	struct sigaction ended = {.sa_handler = nothing};
	pid_t child = 0;

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGCHLD, &ended, NULL);
	if (program)
		child = start(program, &at_service);
	service = accept(listener, NULL, NULL);
	if (service < 0 || !read_all(service, &announcement, sizeof(announcement)))
		return status_of(child);
	clients = listen_at(&at_clients);
	printf("protocol %u, manifests %u to %u\n", announcement.protocol,
		announcement.first_manifest, announcement.last_manifest);
	fflush(stdout);
	while ((client = accept(clients, NULL, NULL)) >= 0) {
		bool alive = attend(client, service);

		close(client);
		if (!alive)
			break;
	}
	return status_of(child);
}

static uint32_t size_in(const uint8_t *header)
{
	return (uint32_t)header[2] << 24 | (uint32_t)header[3] << 16 | (uint32_t)header[4] << 8 |
	       header[5];
}

/* The command's own size says how much of the input it is. */
static int pass_commands(int stream)
{
	struct service_request request = {
		.kind = SERVICE_REQUEST_CALL, .number = SVSM_VTPM_SEND_COMMAND};
	struct service_answer answer;

	while (read_all(STDIN_FILENO, payload, TPM_HEADER_SIZE)) {
		request.size = size_in(payload);
		if (request.size < TPM_HEADER_SIZE || request.size > sizeof(payload) ||
			!read_all(STDIN_FILENO, payload + TPM_HEADER_SIZE,
				request.size - TPM_HEADER_SIZE) ||
			!ask(stream, &request, &answer) || answer.result != 0 ||
			!write_all(STDOUT_FILENO, payload, answer.size))
			return 1;
	}
	return 0;
}

static int ask_once(int stream, uint32_t kind, uint32_t number)
{
	struct service_request request = {.kind = kind, .number = number};
	struct service_answer answer;
	ssize_t got;

	if (kind == SERVICE_REQUEST_CALL) {
		while ((got = read(STDIN_FILENO, payload + request.size,
				sizeof(payload) - request.size)) > 0)
			request.size += (uint32_t)got;
	}
	if (!ask(stream, &request, &answer))
		die("the service has ended");
	write_all(STDOUT_FILENO, payload, answer.size);
	if (answer.result)
		fprintf(stderr, "result 0x%x\n", answer.result);
	return answer.result != 0;
}

static int usage(void)
{
	fputs("usage: desk serve DIR [SERVICE] | tpm DIR | call DIR NUMBER | manifest DIR NUMBER | "
	      "idle DIR\n",
		stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *word = argc > 2 ? argv[1] : "";
	uint32_t number = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 0) : 0;

	if (!strcmp(word, "serve") && (argc == 3 || argc == 4))
		return serve(argv[2], argv[3]);
	if (!strcmp(word, "tpm") && argc == 3)
		return pass_commands(connect_to(argv[2]));
	if (!strcmp(word, "call") && argc == 4)
		return ask_once(connect_to(argv[2]), SERVICE_REQUEST_CALL, number);
	if (!strcmp(word, "manifest") && argc == 4)
		return ask_once(connect_to(argv[2]), SERVICE_REQUEST_MANIFEST, number);
	if (!strcmp(word, "idle") && argc == 3)
		return ask_once(connect_to(argv[2]), SERVICE_REQUEST_IDLE, 0);
	return usage();
}
