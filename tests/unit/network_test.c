/*
 * network_test.c - addresses, listening, private networks; forwarding is e2e/20-ports.t
 */
#include "sandbox/network/dns.h"
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

static struct network_subnet
subnet_of(const char *net, unsigned bits)
{
	struct network_subnet s = {.bits = bits};

	inet_pton(AF_INET, net, &s.net);
	s.gateway.s_addr = htonl(ntohl(s.net.s_addr) | 1);
	return s;
}

static const struct in_addr any;

static void
addresses_are_taken_and_given_back(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	struct network_address a = NETWORK_ADDRESS_INIT, b = NETWORK_ADDRESS_INIT;
	struct network_address c = NETWORK_ADDRESS_INIT;
	struct network_subnet net = subnet_of("172.17.0.0", 16);
	struct err err = ERR_INIT;

	CHECK_INT(network_address_take(dir, &net, any, &a, &err), 0);
	CHECK_INT(network_address_take(dir, &net, any, &b, &err), 0);
	CHECK_STR(inet_ntoa(a.ip), "172.17.0.2");
	CHECK_STR(inet_ntoa(b.ip), "172.17.0.3");
	fd_close_p(&a.lock);
	CHECK_INT(network_address_take(dir, &net, any, &c, &err), 0);
	CHECK_STR(inet_ntoa(c.ip), "172.17.0.2");
	fd_close_p(&b.lock);
	fd_close_p(&c.lock);
	fd_remove_tree(AT_FDCWD, name);
}

static void
a_wanted_address_is_had_once(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	struct network_subnet net = subnet_of("10.9.8.0", 30);
	struct network_address a = NETWORK_ADDRESS_INIT, b = NETWORK_ADDRESS_INIT;
	struct in_addr wanted, gateway, outside;
	struct err err = ERR_INIT;

	inet_pton(AF_INET, "10.9.8.2", &wanted);
	inet_pton(AF_INET, "10.9.8.1", &gateway);
	inet_pton(AF_INET, "10.9.9.2", &outside);
	CHECK(network_subnet_has(&net, wanted));
	CHECK(!network_subnet_has(&net, outside));
	CHECK(!network_address_taken(dir, &net, wanted));
	CHECK_INT(network_address_take(dir, &net, wanted, &a, &err), 0);
	CHECK(network_address_taken(dir, &net, wanted));
	CHECK_INT(network_address_take(dir, &net, wanted, &b, &err), -1);
	CHECK_STR(err.text, "Address already in use");
	CHECK_INT(network_address_take(dir, &net, gateway, &b, &err), -1);
	/* two hosts, one of them the gateway: full */
	CHECK_INT(network_address_take(dir, &net, any, &b, &err), -1);
	CHECK_INT(err.kind, ERR_LIMIT);
	fd_close_p(&a.lock);
	fd_remove_tree(AT_FDCWD, name);
}

/* A query for `name` (one label) of the type. */
static size_t
make_query(unsigned char *m, const char *name, unsigned type)
{
	size_t len = strlen(name);

	memset(m, 0, 64);
	m[0] = 0x12;
	m[1] = 0x34;
	m[2] = 1; /* recursion desired */
	m[5] = 1;
	m[12] = (unsigned char)len;
	memcpy(m + 13, name, len);
	m[15 + len] = (unsigned char)type;
	m[17 + len] = 1;
	return 18 + len;
}

static void
questions_are_read_and_answered(void)
{
	unsigned char m[64], out[DNS_MESSAGE_MAX];
	struct in_addr ip = {htonl(0x0a090802)}, back;
	struct dns_question q;
	size_t n = make_query(m, "Alpha", DNS_A), len;

	CHECK(dns_parse(m, n, &q));
	CHECK_STR(q.name, "alpha");
	CHECK_INT(q.type, DNS_A);
	len = dns_answer(m, &q, DNS_OK, &ip, 1, out);
	CHECK_INT(len, n + 16);
	CHECK_INT(out[7], 1);           /* one answer */
	CHECK_INT(out[2] & 0x80, 0x80); /* it is one */
	CHECK(memcmp(out + len - 4, &ip, 4) == 0);
	CHECK_INT(dns_answer(m, &q, DNS_SERVFAIL, NULL, 0, out), n);
	CHECK_INT(out[3] & 15, DNS_SERVFAIL);
	/* not whole, an answer, a label longer than the message: none is a question */
	for (size_t cut = 0; cut < n; cut++)
		CHECK(!dns_parse(m, cut, &q));
	m[2] |= 0x80;
	CHECK(!dns_parse(m, n, &q));
	m[2] = 1;
	m[12] = 63;
	CHECK(!dns_parse(m, n, &q));
	CHECK(dns_reverse("2.8.9.10.in-addr.arpa", &back) && back.s_addr == ip.s_addr);
	CHECK(!dns_reverse("2.8.9.999.in-addr.arpa", &back));
	CHECK(!dns_reverse("2.8.9.10.in-addr.arpa.x", &back));
}

static void
an_address_goes_with_its_process(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	struct network_address a = NETWORK_ADDRESS_INIT;
	struct network_subnet net = subnet_of("172.17.0.0", 16);
	int ready[2];
	char byte;
	pid_t pid;

	CHECK(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		network_address_take(dir, &net, any, &a, NULL);
		byte = 'x';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	CHECK(read(ready[0], &byte, 1) == 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK_INT(network_address_take(dir, &net, any, &a, NULL), 0);
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
	struct network_port sctp = {.container_port = 9, .proto = "sctp"};
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
	CHECK_INT(network_listen(&udp, &l, &err), 0);
	CHECK_INT(network_listen(&udp, &second, &err), -1);
	CHECK(strstr(err.text, "listen udp4 0.0.0.0:") != NULL);
	network_listener_done(&l);
	CHECK_INT(network_listen(&sctp, &l, &err), -1);
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
    {"a wanted address is had once", a_wanted_address_is_had_once},
    {"questions about names are read and answered", questions_are_read_and_answered},
    {"a killed process gives its address back", an_address_goes_with_its_process},
    {"ports are found, and refused when taken", ports_are_found_and_refused},
    {"a private network ends with its lifeline",
	a_private_network_lives_as_long_as_its_line})
