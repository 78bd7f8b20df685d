/*
 * network_test.c - addresses, listening, private networks; forwarding is e2e/20-ports.t
 */
#include "sandbox/network/network.h"
#include "sandbox/runtime/runtime.h"
#include "tests/unit/test.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
temp_folder(char name[32])
{
	strcpy(name, "/tmp/drydock-test-XXXXXX");
	CHECK(mkdtemp(name) != NULL);
	return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
addresses_are_taken_and_given_back(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	struct network_address a = NETWORK_ADDRESS_INIT, b = NETWORK_ADDRESS_INIT;
	struct network_address c = NETWORK_ADDRESS_INIT;
	struct err err = ERR_INIT;

	CHECK_INT(network_address_take(dir, &a, &err), 0);
	CHECK_INT(network_address_take(dir, &b, &err), 0);
	CHECK_STR(inet_ntoa(a.ip), "172.17.0.2");
	CHECK_STR(inet_ntoa(b.ip), "172.17.0.3");
	fd_close_p(&a.lock);
	CHECK_INT(network_address_take(dir, &c, &err), 0);
	CHECK_STR(inet_ntoa(c.ip), "172.17.0.2");
	fd_close_p(&b.lock);
	fd_close_p(&c.lock);
	CHECK_STR(inet_ntoa(network_gateway()), "172.17.0.1");
	fd_remove_tree(AT_FDCWD, name);
}

static void
an_address_goes_with_its_process(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	struct network_address a = NETWORK_ADDRESS_INIT;
	int ready[2];
	char byte;
	pid_t pid;

	CHECK(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		network_address_take(dir, &a, NULL);
		byte = 'x';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	CHECK(read(ready[0], &byte, 1) == 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK_INT(network_address_take(dir, &a, NULL), 0);
	CHECK_STR(inet_ntoa(a.ip), "172.17.0.2");
	fd_close_p(&a.lock);
	close(ready[0]);
	close(ready[1]);
	fd_remove_tree(AT_FDCWD, name);
}

static void
ports_are_found_and_refused(void)
{
	struct network_port port = {
	    .container_port = 80, .proto = "tcp", .host_ip = "127.0.0.1"};
	struct network_port udp = {.container_port = 53, .proto = "udp", .host_ip = ""};
	struct network_listener l, second;
	struct err err = ERR_INIT;

	CHECK_INT(network_listen(&port, &l, &err), 0);
	CHECK(port.host_port > 0 && l.port.host_port == port.host_port);
	CHECK_INT(network_listen(&port, &second, &err), -1);
	CHECK_INT(err.kind, ERR_CONFLICT);
	CHECK(strstr(err.text, "bind: address already in use") != NULL);
	network_listener_done(&l);
	CHECK_INT(network_listen(&port, &l, &err), 0);
	network_listener_done(&l);
	CHECK_INT(network_listen(&udp, &l, &err), -1);
	CHECK_INT(err.kind, ERR_UNSUPPORTED);
}

static void
a_private_network_lives_as_long_as_its_line(void)
{
	char name[32], path[64];
	cleanup_fd int dir = temp_folder(name);
	cleanup_holder struct holder *h = NULL;
	struct err err = ERR_INIT;
	struct stat ours, theirs;
	int line[2];
	pid_t pid;

	if (holder_open(dir, &h, &err) < 0)
		SKIP(err.text);
	CHECK(pipe2(line, O_CLOEXEC) == 0);
	pid = network_keep(h, line[0], &err);
	CHECK(pid > 0);
	close(line[0]);
	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	CHECK(stat("/proc/self/ns/net", &ours) == 0);
	if (stat(path, &theirs) == 0)
		CHECK(ours.st_ino != theirs.st_ino);
	close(line[1]);
	CHECK_INT(proc_wait(pid), 0);
	holder_stop(dir, holder_idmap(h));
	fd_remove_tree(AT_FDCWD, name);
}

TEST_MAIN({"the lowest free address is taken", addresses_are_taken_and_given_back},
    {"a killed process gives its address back", an_address_goes_with_its_process},
    {"ports are found, and refused when taken", ports_are_found_and_refused},
    {"a private network ends with its lifeline",
	a_private_network_lives_as_long_as_its_line})
