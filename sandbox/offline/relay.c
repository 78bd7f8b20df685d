/*
 * relay.c - an HTTP proxy from a RUN's 127.0.0.1 into this machine's network
 *
 * For pip and apt when `drydock setup --online on` was said: they ask for CONNECT (https)
 * or for whole addresses (http).  Where this machine itself has a proxy (http_proxy),
 * what they say goes there as it is.  It looks up names, which a static program does not
 * do well (getaddrinfo(3) loads libraries): it is run by the program net.
 */
#include "sandbox/offline/private.h"
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MAX = 16384 };

static bool
host_and_port(const char *from, size_t len, const char *port, struct relay_target *ret)
{
	const char *colon = memrchr(from, ':', len);
	size_t host = colon != NULL ? (size_t)(colon - from) : len;

	if (host == 0 || host >= sizeof ret->host || memchr(from, '[', len) != NULL)
		return false;
	snprintf(ret->host, sizeof ret->host, "%.*s", (int)host, from);
	snprintf(ret->port, sizeof ret->port, "%.*s",
	    colon != NULL ? (int)(len - host - 1) : (int)strlen(port),
	    colon != NULL ? colon + 1 : port);
	return ret->port[0] != '\0' && ret->port[strspn(ret->port, "0123456789")] == '\0';
}

bool
relay_parse(const char *head, struct relay_target *ret)
{
	const char *space = strchr(head, ' '), *from, *end;

	if (space == NULL)
		return false;
	from = space + 1;
	ret->tunnel = str_starts(head, "CONNECT ");
	if (ret->tunnel)
		return host_and_port(from, strcspn(from, " \r\n"), "443", ret);
	if (strncasecmp(from, "http://", 7) != 0)
		return false;
	from += 7;
	end = from + strcspn(from, "/ \r\n");
	ret->path = (size_t)(end - head);
	return *end == '/' && host_and_port(from, (size_t)(end - from), "80", ret);
}

static int
dial(const char *host, const char *port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &all) != 0)
		return -1;
	for (const struct addrinfo *a = all; a != NULL && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0)
			fd_close_p(&fd);
	}
	freeaddrinfo(all);
	return fd;
}

/* The machine's own proxy, "http://HOST:PORT"; -2: it has none. */
static int
dial_proxy(void)
{
	const char *proxy = getenv("http_proxy");
	struct relay_target t;

	if (proxy == NULL || *proxy == '\0')
		return -2;
	cleanup_free char *line = xasprintf("GET %s/ HTTP/1.1", proxy);
	return relay_parse(line, &t) ? dial(t.host, t.port) : -1;
}

/* Up to the empty line; what follows it came along. */
static bool
read_head(int fd, struct buf *head)
{
	while (head->len == 0 || strstr(head->s, "\r\n\r\n") == NULL)
		if (head->len >= HEAD_MAX || buf_read(head, fd, HEAD_MAX) <= 0)
			return false;
	return true;
}

/* One request a connection: the next one may be for another host. */
static void
send_request(int to, const struct buf *head, const struct relay_target *t)
{
	cleanup_buf struct buf out = BUF_INIT(4 * HEAD_MAX);
	const char *line = head->s, *end;

	buf_add(&out, head->s, strcspn(head->s, " ") + 1);
	buf_adds(&out, head->s + t->path);
	buf_cut(&out, out.len - strlen(strstr(head->s, "\r\n")) + 2);
	line = strstr(head->s, "\r\n") + 2;
	for (; (end = strstr(line, "\r\n")) != NULL && end != line; line = end + 2)
		if (strncasecmp(line, "Connection:", 11) != 0 &&
		    strncasecmp(line, "Proxy-", 6) != 0)
			buf_add(&out, line, (size_t)(end - line) + 2);
	buf_adds(&out, "Connection: close\r\n");
	buf_adds(&out, line);
	(void)!fd_write_all(to, out.s, out.len);
}

static _Noreturn void
connection_main(int client)
{
	static const char failed[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: "
				     "0\r\nConnection: close\r\n\r\n";
	static const char made[] = "HTTP/1.1 200 Connection established\r\n\r\n";
	cleanup_buf struct buf head = BUF_INIT(2 * HEAD_MAX);
	struct relay_target t;
	int to;

	if (!read_head(client, &head))
		_exit(1);
	to = dial_proxy();
	if (to >= 0) {
		(void)!fd_write_all(to, head.s, head.len);
	} else if (to == -1 || !relay_parse(head.s, &t) ||
		   (to = dial(t.host, t.port)) < 0) {
		(void)!fd_write_all(client, failed, sizeof failed - 1);
		_exit(1);
	} else if (t.tunnel) {
		(void)!fd_write_all(client, made, sizeof made - 1);
	} else {
		send_request(to, &head, &t);
	}
	fd_carry(client, to);
	_exit(0);
}

int
offline_relay_main(int sock)
{
	struct pollfd p[2] = {
	    {.fd = sock, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
	int fds[8];
	size_t n = 0;
	char byte;

	proc_reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (fd_recv_fds(sock, &byte, 1, fds, &n) != 1 || n != 1)
		return 0;
	p[1].fd = fds[0];
	while (poll(p, 2, -1) > 0 || errno == EINTR) {
		if (p[0].revents != 0)
			return 0;
		int client =
		    p[1].revents != 0 ? accept4(p[1].fd, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (client < 0)
			continue;
		if (fork() == 0)
			connection_main(client);
		close(client);
	}
	return 0;
}
