/*
 * listen.c - the outer half of a published port
 */
#include "sandbox/network/network.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

/* A listening socket, or -1 with errno.  *port 0: any, and is filled in. */
static int
listen_on(const struct sockaddr *at, socklen_t len, uint16_t *port)
{
	struct sockaddr_storage got;
	socklen_t size = sizeof got;
	int one = 1;
	cleanup_fd int fd =
	    socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (at->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	if (bind(fd, at, len) < 0 || listen(fd, BACKLOG) < 0 ||
	    getsockname(fd, (struct sockaddr *)&got, &size) < 0)
		return -1;
	*port = ntohs(((struct sockaddr_in *)&got)->sin_port); /* same place in IPv6's */
	return take_fd(&fd);
}

static int
listen_v4(const char *ip, uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(*port)};

	if (*ip != '\0')
		inet_pton(AF_INET, ip, &a.sin_addr);
	return listen_on((struct sockaddr *)&a, sizeof a, port);
}

static int
listen_v6(const char *ip, uint16_t *port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(*port)};

	if (*ip != '\0')
		inet_pton(AF_INET6, ip, &a.sin6_addr);
	return listen_on((struct sockaddr *)&a, sizeof a, port);
}

static int
refused(const struct network_port *port, struct err *err)
{
	const char *ip = *port->host_ip ? port->host_ip : "0.0.0.0";
	bool taken = errno == EADDRINUSE, denied = errno == EACCES;

	err_sys(err, "listen tcp%s %s:%u: bind", strchr(ip, ':') ? "6" : "4", ip,
	    port->host_port);
	if (taken)
		err->kind = ERR_CONFLICT;
	if (taken || denied)
		snprintf(err->text, sizeof err->text, "listen tcp%s %s:%u: bind: %s",
		    strchr(ip, ':') ? "6" : "4", ip, port->host_port,
		    taken ? "address already in use" : "permission denied");
	return -1;
}

int
network_listen(struct network_port *port, struct network_listener *ret, struct err *err)
{
	bool v6_only = strchr(port->host_ip, ':') != NULL;

	ret->fd[0] = ret->fd[1] = -1;
	if (!str_eq(port->proto, "tcp"))
		return err_set(err, ERR_UNSUPPORTED,
		    "publishing %s ports is not possible here yet", port->proto);
	ret->fd[0] = v6_only ? listen_v6(port->host_ip, &port->host_port)
			     : listen_v4(port->host_ip, &port->host_port);
	if (ret->fd[0] < 0)
		return refused(port, err);
	/* A host without IPv6 is fine; a taken [::] is not, as in Docker. */
	if (*port->host_ip == '\0') {
		ret->fd[1] = listen_v6("", &port->host_port);
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
