/*
 * datagram.c - see datagram.h
 */
#include "sandbox/network/datagram.h"
#include "sandbox/base/clock.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	EVENTS = 64,
	BATCH = 64, /* of one socket, before the others have their turn */
	DATAGRAM_MAX = 65536,
	CLIENTS_MAX = 1024,
	IDLE_S = 90,
	BUFFER = 1 << 20
};

enum what { PORT, CLIENT };

/* What an epoll event points to; first member of both kinds. */
struct target {
	enum what what;
};

struct port {
	struct target target;
	struct port *next;
	int fd;
	uint16_t container_port;
};

struct client {
	struct target target;
	struct client *next; /* the one heard of longest ago comes last */
	struct port *port;
	struct sockaddr_in6 address; /* or a sockaddr_in */
	socklen_t size;
	int fd; /* to the container; -1: to be swept */
	int64_t heard;
};

struct datagrams {
	int epoll;
	char device[IFNAMSIZ];
	struct in_addr to;
	struct port *ports;
	struct client *clients;
	size_t nclients;
	char buffer[DATAGRAM_MAX];
};

static bool
watch(struct datagrams *d, int fd, struct target *target)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = target};

	return epoll_ctl(d->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

/* ---- clients ------------------------------------------------------------------------
 */

static int
dial(const struct datagrams *d, uint16_t port)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = d->to};
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int size = BUFFER;

	/* Sessions share addresses; the device says which bridge is meant. */
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, d->device, sizeof d->device) < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	return connect(fd, (struct sockaddr *)&to, sizeof to) < 0 ? -1 : take_fd(&fd);
}

/* Frees who has been idle for long, the idlest of too many, and who cannot be reached; an
 * event that still names one is why this comes after a batch of them. */
static void
sweep(struct datagrams *d, int64_t now)
{
	size_t n = 0;

	for (struct client **at = &d->clients; *at != NULL;) {
		struct client *c = *at;

		if (c->fd >= 0 && now - c->heard < IDLE_S * NS_PER_S && n < CLIENTS_MAX) {
			at = &c->next;
			n++;
			continue;
		}
		*at = c->next;
		fd_close_p(&c->fd);
		free(c);
	}
	d->nclients = n;
}

static bool
is_client(const struct client *c, const struct port *p, const struct sockaddr_in6 *from,
    socklen_t size)
{
	return c->fd >= 0 && c->port == p && c->size == size &&
	       memcmp(&c->address, from, size) == 0;
}

/* The client who sends to the port, the first of the list from now on; NULL when there
 * can be no more. */
static struct client *
client_of(
    struct datagrams *d, struct port *p, const struct sockaddr_in6 *from, socklen_t size)
{
	struct client **at = &d->clients, *c;

	while (*at != NULL && !is_client(*at, p, from, size))
		at = &(*at)->next;
	c = *at;
	if (c != NULL) {
		*at = c->next;
	} else {
		int fd = d->nclients < 2 * CLIENTS_MAX ? dial(d, p->container_port) : -1;

		if (fd < 0)
			return NULL;
		c = xcalloc(1, sizeof *c);
		*c = (struct client){.target = {CLIENT},
		    .port = p,
		    .address = *from,
		    .size = size,
		    .fd = fd};
		d->nclients++;
		if (!watch(d, fd, &c->target))
			fd_close_p(&c->fd);
	}
	c->next = d->clients;
	d->clients = c;
	return c;
}

/* ---- both ways -----------------------------------------------------------------------
 */

/* What cannot be passed on at once is lost, as datagrams may be. */
static void
inwards(struct datagrams *d, struct port *p, int64_t now)
{
	for (int i = 0; i < BATCH; i++) {
		struct sockaddr_in6 from;
		socklen_t size = sizeof from;
		struct client *c;

		memset(&from, 0, sizeof from);
		ssize_t n = recvfrom(p->fd, d->buffer, sizeof d->buffer, 0,
		    (struct sockaddr *)&from, &size);

		if (n < 0)
			return;
		c = client_of(d, p, &from, size);
		if (c == NULL || c->fd < 0)
			continue;
		c->heard = now;
		/* an earlier one was refused: that error is told instead of sending */
		if (send(c->fd, d->buffer, (size_t)n, 0) < 0 && errno == ECONNREFUSED)
			(void)!send(c->fd, d->buffer, (size_t)n, 0);
	}
}

/* Nobody listens there: the client hears nothing, as from docker-proxy. */
static void
outwards(struct datagrams *d, struct client *c, int64_t now)
{
	for (int i = 0; i < BATCH && c->fd >= 0; i++) {
		ssize_t n = recv(c->fd, d->buffer, sizeof d->buffer, 0);

		if (n < 0)
			return;
		c->heard = now;
		(void)!sendto(c->port->fd, d->buffer, (size_t)n, 0,
		    (struct sockaddr *)&c->address, c->size);
	}
}

/* ---- the guest ------------------------------------------------------------------------
 */

struct datagrams *
datagrams_new(void)
{
	struct datagrams *d = xcalloc(1, sizeof *d);

	d->epoll = epoll_create1(EPOLL_CLOEXEC);
	return d;
}

void
datagrams_add(struct datagrams *d, int fd, uint16_t container_port)
{
	struct port *p = xcalloc(1, sizeof *p);
	int size = BUFFER;

	*p = (struct port){.target = {PORT},
	    .fd = fd,
	    .container_port = container_port,
	    .next = d->ports};
	d->ports = p;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	watch(d, fd, &p->target);
}

void
datagrams_aim(struct datagrams *d, const char device[IFNAMSIZ], struct in_addr to)
{
	memcpy(d->device, device, IFNAMSIZ);
	d->to = to;
	for (struct client *c = d->clients; c != NULL; c = c->next)
		fd_close_p(&c->fd);
	sweep(d, 0);
}

void
datagrams_free(struct datagrams *d)
{
	if (d == NULL)
		return;
	for (struct client *c = d->clients; c != NULL; c = c->next)
		fd_close_p(&c->fd);
	sweep(d, 0);
	for (struct port *p; (p = d->ports) != NULL;) {
		d->ports = p->next;
		fd_close_p(&p->fd);
		free(p);
	}
	fd_close_p(&d->epoll);
	free(d);
}

int
datagrams_fd(const struct datagrams *d)
{
	return d->epoll;
}

void
datagrams_work(struct datagrams *d)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(d->epoll, events, EVENTS, 0);
	int64_t now = clock_mono();

	for (int i = 0; i < n; i++) {
		struct target *t = events[i].data.ptr;

		if (t->what == PORT)
			inwards(d, (struct port *)t, now);
		else
			outwards(d, (struct client *)t, now);
	}
	sweep(d, now);
}
