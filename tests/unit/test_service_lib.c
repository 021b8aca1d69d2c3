/* SPDX-License-Identifier: MIT */
/*
 * The service library: what it makes of the calls' results, and its frames on a socket
 * where ENOSYS says that there is no paravisor.
 */
#include "tests/unit/unit_test.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "services/lib/call.h"
#include "services/lib/serve.h"

static long call_result;
static uint32_t call_number;

long service_call(uint32_t number, long first, long second, long third)
{
	(void)first;
	(void)second;
	(void)third;
	call_number = number;
	return call_result;
}

static const struct service_announcement announcement = {.protocol = 2, .last_version = 1};

static void test_calls(void **state)
{
	struct service_request request;
	uint8_t bytes[8];

	(void)state;
	call_result = 0;
	assert_int_equal(service_announce(&announcement), 0);
	assert_int_equal(call_number, 0x10001);
	assert_int_equal(service_wait(&request, bytes, sizeof(bytes)), 0);
	assert_int_equal(call_number, 0x10002);
	assert_int_equal(service_reply(0, bytes, sizeof(bytes)), 0);
	assert_int_equal(call_number, 0x10003);
	call_result = 12345;
	assert_int_equal(service_clock(), 12345);
	assert_int_equal(call_number, 0x20001);
	call_result = -EAGAIN;
	assert_int_equal(service_report(NULL, NULL, 0), -EAGAIN);
	assert_int_equal(call_number, 0x20002);
	call_result = -EFAULT;
	assert_int_equal(service_seed(bytes, sizeof(bytes)), -EFAULT);
	assert_int_equal(call_number, 0x20003);
	assert_int_equal(service_wait(&request, bytes, sizeof(bytes)), -EFAULT);
}

/* Without a paravisor below. */
static void test_linux(void **state)
{
	uint8_t seed[SERVICE_SEED_MAX + 1] = {0}, zeros[sizeof(seed)] = {0};
	uint64_t before;

	(void)state;
	call_result = -ENOSYS;
	assert_int_equal(service_report(NULL, NULL, 0), -ENODEV);
	assert_int_equal(service_seed(seed, sizeof(seed)), -EINVAL);
	assert_memory_equal(seed, zeros, sizeof(seed));
	assert_int_equal(service_seed(seed, SERVICE_SEED_MAX), 0);
	assert_memory_not_equal(seed, zeros, SERVICE_SEED_MAX);
	before = service_clock();
	assert_true(before > 0 && service_clock() >= before);
	unsetenv(SERVICE_SOCKET_VARIABLE);
	assert_int_equal(service_announce(&announcement), -ENOSYS);
	setenv(SERVICE_SOCKET_VARIABLE, "/nonexistent/socket", 1);
	assert_int_equal(service_announce(&announcement), -ENOENT);
}

static int listen_at(struct sockaddr_un *address)
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path, sizeof(address->sun_path), "/tmp/nacre-service-%d", getpid());
	unlink(address->sun_path);
	assert_int_equal(bind(listener, (struct sockaddr *)address, sizeof(*address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	return listener;
}

static void check_request(int client)
{
	struct service_request sent = {.kind = SERVICE_REQUEST_CALL, .number = 8, .size = 5}, got;
	struct service_answer answer;
	char bytes[8] = {0};

	assert_int_equal(write(client, &sent, sizeof(sent)), sizeof(sent));
	assert_int_equal(write(client, "hello", 5), 5);
	assert_int_equal(service_wait(&got, bytes, sizeof(bytes)), 0);
	assert_memory_equal(&got, &sent, sizeof(got));
	assert_string_equal(bytes, "hello");
	assert_int_equal(service_reply(7, "world!", 6), 0);
	assert_int_equal(read(client, &answer, sizeof(answer)), sizeof(answer));
	assert_int_equal(answer.result, 7);
	assert_int_equal(answer.size, 6);
	assert_int_equal(read(client, bytes, sizeof(bytes)), 6);
	assert_memory_equal(bytes, "world!", 6);
	assert_int_equal(service_reply(0, bytes, SERVICE_PAYLOAD_MAX + 1), -EINVAL);
}

static void test_socket(void **state)
{
	struct service_announcement got;
	struct service_request request = {.size = 9};
	struct sockaddr_un address;
	uint8_t bytes[8];
	int listener = listen_at(&address), client;

	(void)state;
	setenv(SERVICE_SOCKET_VARIABLE, address.sun_path, 1);
	assert_int_equal(service_announce(&announcement), 0);
	client = accept(listener, NULL, NULL);
	assert_int_equal(read(client, &got, sizeof(got)), sizeof(got));
	assert_memory_equal(&got, &announcement, sizeof(got));
	assert_int_equal(service_announce(&announcement), -EBUSY);
	check_request(client);
	assert_int_equal(write(client, &request, sizeof(request)), sizeof(request));
	assert_int_equal(service_wait(&request, bytes, sizeof(bytes)), -EMSGSIZE);
	close(client);
	assert_int_equal(service_wait(&request, bytes, sizeof(bytes)), -EPIPE);
	close(listener);
	unlink(address.sun_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_linux),
		cmocka_unit_test(test_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
