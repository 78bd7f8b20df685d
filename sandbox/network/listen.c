/*
 * listen.c - the outer half of a published port
 */
#include "sandbox/network/network.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

/* A listening (UDP: bound) socket, or -1 with errno.  *port 0: any, and is filled in. */
static int
listen_on(bool udp, const struct sockaddr *at, socklen_t len, uint16_t *port)
{
	int type = udp ? SOCK_DGRAM : SOCK_STREAM;
	struct sockaddr_storage got;
	socklen_t size = sizeof got;
	int one = 1;
	cleanup_fd int fd = socket(at->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (!udp) /* UDP: two could have the same port then */
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (at->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	if (bind(fd, at, len) < 0 || (!udp && listen(fd, BACKLOG) < 0) ||
	    getsockname(fd, (struct sockaddr *)&got, &size) < 0)
		return -1;
	*port = ntohs(((struct sockaddr_in *)&got)->sin_port); /* same place in IPv6's */
	return take_fd(&fd);
}

static int
listen_v4(bool udp, const char *ip, uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(*port)};

	if (*ip != '\0')
		inet_pton(AF_INET, ip, &a.sin_addr);
	return listen_on(udp, (struct sockaddr *)&a, sizeof a, port);
}

static int
listen_v6(bool udp, const char *ip, uint16_t *port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(*port)};

	if (*ip != '\0')
		inet_pton(AF_INET6, ip, &a.sin6_addr);
	return listen_on(udp, (struct sockaddr *)&a, sizeof a, port);
}

/* RootlessKit's words, which rootless Docker passes on. */
static void
privileged(unsigned port, char *out, size_t size)
{
	cleanup_buf struct buf b = BUF_INIT(64);
	unsigned start = IPPORT_RESERVED;

	if (fd_read_file(
		AT_FDCWD, "/proc/sys/net/ipv4/ip_unprivileged_port_start", &b, NULL) == 0)
		start = (unsigned)strtoul(b.s, NULL, 10);
	if (port < start)
		snprintf(out, size,
		    "error while calling PortManager.AddPort(): cannot expose privileged "
		    "port %u, you can add 'net.ipv4.ip_unprivileged_port_start=%u' to "
		    "/etc/sysctl.conf (currently %u), or set CAP_NET_BIND_SERVICE on "
		    "rootlesskit binary, or choose a larger port number (>= %u): ",
		    port, port, start, start);
}

static int
refused(const struct network_port *port, struct err *err)
{
	const char *ip = *port->host_ip ? port->host_ip : "0.0.0.0";
	const char *version = strchr(ip, ':') ? "6" : "4";
	bool taken = errno == EADDRINUSE, denied = errno == EACCES;
	char advice[512] = "";

	err_sys(
	    err, "listen %s%s %s:%u: bind", port->proto, version, ip, port->host_port);
	if (taken)
		err->kind = ERR_CONFLICT;
	if (denied)
		privileged(port->host_port, advice, sizeof advice);
	if (taken || denied)
		snprintf(err->text, sizeof err->text, "%slisten %s%s %s:%u: bind: %s",
		    advice, port->proto, version, ip, port->host_port,
		    taken ? "address already in use" : "permission denied");
	return -1;
}

int
network_listen(struct network_port *port, struct network_listener *ret, struct err *err)
{
	bool v6_only = strchr(port->host_ip, ':') != NULL,
	     udp = str_eq(port->proto, "udp");

	ret->fd[0] = ret->fd[1] = -1;
	if (!udp && !str_eq(port->proto, "tcp"))
		return err_set(err, ERR_UNSUPPORTED,
		    "publishing %s ports is not possible here", port->proto);
	ret->fd[0] = v6_only ? listen_v6(udp, port->host_ip, &port->host_port)
			     : listen_v4(udp, port->host_ip, &port->host_port);
	if (ret->fd[0] < 0)
		return refused(port, err);
	/* A host without IPv6 is fine; a taken [::] is not, as in Docker. */
	if (*port->host_ip == '\0') {
		ret->fd[1] = listen_v6(udp, "", &port->host_port);
		if (ret->fd[1] < 0 && errno == EADDRINUSE) {
			fd_close_p(&ret->fd[0]);
			errno = EADDRINUSE;
			return refused(port, err);
		}
	}
	ret->port = *port;
	return 0;
}

void
network_listener_done(struct network_listener *l)
{
	for (int i = 0; i < NETWORK_LISTENERS_MAX; i++)
		fd_close_p(&l->fd[i]);
}
