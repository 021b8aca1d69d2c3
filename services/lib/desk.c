/* SPDX-License-Identifier: MIT */
/*
 * A service's requests over a Unix socket; see services/lib/serve.h for the frames.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "services/lib/desk.h"
#include "services/lib/serve.h"

static int stream = -1;

bool desk_connected(void)
{
	return stream >= 0;
}

static int send_all(const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t sent = send(stream, at, size, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		at += sent;
		size -= (size_t)sent;
	}
	return 0;
}

static int receive_all(void *data, size_t size)
{
	uint8_t *at = data;

	while (size > 0) {
		ssize_t got = recv(stream, at, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -EPIPE;
		at += got;
		size -= (size_t)got;
	}
	return 0;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (stream < 0)
		return -errno;
	if (connect(stream, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	int error = -errno;

	close(stream);
	stream = -1;
	return error;
}

int desk_announce(const struct service_announcement *announcement)
{
	const char *path = getenv(SERVICE_SOCKET_VARIABLE);
	int error;

	if (!path)
		return -ENOSYS;
	if (desk_connected())
		return -EBUSY;
	error = connect_to(path);
	return error ? error : send_all(announcement, sizeof(*announcement));
}

int desk_wait(struct service_request *request, void *payload, size_t room)
{
	int error = receive_all(request, sizeof(*request));

	if (error)
		return error;
	if (request->size > room)
		return -EMSGSIZE;
	return receive_all(payload, request->size);
}

int desk_reply(uint32_t result, const void *payload, size_t size)
{
	struct service_answer answer = {.result = result, .size = (uint32_t)size};
	int error;

	if (size > SERVICE_PAYLOAD_MAX)
		return -EINVAL;
	error = send_all(&answer, sizeof(answer));
	return error ? error : send_all(payload, size);
}
