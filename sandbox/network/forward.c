/*
 * forward.c - from a published port to the container's eth0
 *
 * Bytes move by splice(2) through a pipe, never through our memory.  A pipe is taken
 * from a pool only while bytes are under way, so a thousand idle connections cost two
 * descriptors each.  All sockets are non-blocking and edge-triggered: on any event of
 * a connection both directions are pumped until neither moves, or one has had its share:
 * then it is asked for again after the others.
 */
#include "sandbox/network/bridge.h"
#include "sandbox/network/datagram.h"
#include "sandbox/network/network.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, CHUNK = 1 << 20, PIPE_SIZE = 1 << 18, POOL = 16, SHARE = 32 };

static const unsigned CONNECTION_EVENTS = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

/* One way of a connection: from `from` to `to`. */
struct flow {
	int from, to;
	int pipe[2]; /* -1 while nothing is under way */
	size_t held; /* bytes in the pipe */
	bool ended;  /* from has no more */
	bool closed; /* and to has been told */
};

enum what { LISTENER, CONNECTION, DATAGRAMS };

/* What an epoll event points to; first member of the kinds that have more. */
struct target {
	enum what what;
};

struct listener {
	struct target target;
	int fd;
	uint16_t container_port;
};

struct connection {
	struct target target;
	struct connection *next;
	int client, server;
	bool connecting, dead;
	struct flow up, down;
};

struct forwarder {
	int epoll;
	char bridge[IFNAMSIZ];
	struct in_addr to;
	struct listener *listeners;
	size_t nlisteners;
	struct connection *connections;
	struct target udp;
	struct datagrams *datagrams;
	int pool[POOL][2];
	size_t npool;
};

/* ---- pipes ------------------------------------------------------------------------- */

static bool
take_pipe(struct forwarder *f, struct flow *w)
{
	if (w->pipe[0] >= 0)
		return true;
	if (f->npool > 0) {
		f->npool--;
		w->pipe[0] = f->pool[f->npool][0];
		w->pipe[1] = f->pool[f->npool][1];
		return true;
	}
	if (pipe2(w->pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
		w->pipe[0] = w->pipe[1] = -1;
		return false;
	}
	(void)fcntl(
	    w->pipe[0], F_SETPIPE_SZ, PIPE_SIZE); /* may be refused: smaller then */
	return true;
}

static void
give_pipe(struct forwarder *f, struct flow *w)
{
	if (w->pipe[0] >= 0 && w->held == 0 && f->npool < POOL) {
		f->pool[f->npool][0] = w->pipe[0];
		f->pool[f->npool][1] = w->pipe[1];
		f->npool++;
		w->pipe[0] = w->pipe[1] = -1;
	}
	fd_close_p(&w->pipe[0]);
	fd_close_p(&w->pipe[1]);
}

/* ---- one direction -------------------------------------------------------------------
 */

/* Moves what can be moved; 1: there may be more, -1: the connection is broken. */
static int
pump(struct forwarder *f, struct flow *w)
{
	const unsigned flags = SPLICE_F_NONBLOCK | SPLICE_F_MOVE;
	bool moved = true;

	for (int share = 0; moved && !w->closed; share++) {
		ssize_t n;

		if (share == SHARE)
			return 1;
		moved = false;
		if (!w->ended && take_pipe(f, w)) {
			n = splice(w->from, NULL, w->pipe[1], NULL, CHUNK, flags);
			if (n > 0)
				w->held += (size_t)n;
			else if (n == 0)
				w->ended = true;
			else if (errno != EAGAIN && errno != EINTR)
				return -1;
			moved = n > 0;
		}
		if (w->held > 0) {
			n = splice(w->pipe[0], NULL, w->to, NULL, w->held, flags);
			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return -1;
			if (n > 0)
				w->held -= (size_t)n;
			moved |= n > 0;
		}
		if (w->held == 0 && w->ended) {
			shutdown(w->to, SHUT_WR);
			w->closed = true;
		}
	}
	if (w->held == 0)
		give_pipe(f, w);
	return 0;
}

/* ---- connections
 * ------------------------------------------------------------------------ */

/* Unlinks; freed after the batch of events, which may name it once more. */
static void
drop(struct forwarder *f, struct connection *c)
{
	c->dead = true;
	give_pipe(f, &c->up);
	give_pipe(f, &c->down);
	fd_close_p(&c->client);
	fd_close_p(&c->server);
}

/* Nobody listens in the container: the client sees a reset, as from docker-proxy,
 * whether it has sent its request by now or not. */
static void
refuse(struct connection *c)
{
	struct linger at_once = {.l_onoff = 1};

	setsockopt(c->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void
sweep(struct forwarder *f)
{
	for (struct connection **at = &f->connections; *at != NULL;) {
		struct connection *c = *at;

		if (!c->dead) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		free(c);
	}
}

/* Its events come once more, after those of others. */
static void
ask_again(struct forwarder *f, struct connection *c, int fd)
{
	struct epoll_event e = {.events = CONNECTION_EVENTS, .data.ptr = &c->target};

	(void)epoll_ctl(f->epoll, EPOLL_CTL_MOD, fd, &e);
}

static void
work_connection(struct forwarder *f, struct connection *c)
{
	int error = 0, up, down;
	socklen_t len = sizeof error;

	if (c->dead)
		return;
	if (c->connecting) {
		struct sockaddr_in peer;
		socklen_t size = sizeof peer;

		if (getsockopt(c->server, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ||
		    error != 0) {
			refuse(c);
			drop(f, c);
			return;
		}
		if (getpeername(c->server, (struct sockaddr *)&peer, &size) < 0)
			return;
		c->connecting = false;
	}
	up = pump(f, &c->up);
	down = up < 0 ? -1 : pump(f, &c->down);
	if (down < 0 || (c->up.closed && c->down.closed))
		drop(f, c);
	else if (up > 0 || down > 0)
		ask_again(f, c, c->client);
}

static int
dial(struct forwarder *f, uint16_t port)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = f->to};
	cleanup_fd int fd =
	    socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	/* Sessions share addresses; the device says which bridge is meant. */
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, f->bridge, sizeof f->bridge) < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
		return -1;
	return take_fd(&fd);
}

static bool
watch(struct forwarder *f, int fd, struct target *target, unsigned events)
{
	struct epoll_event e = {.events = events, .data.ptr = target};

	return epoll_ctl(f->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

static void
add_connection(struct forwarder *f, int client, uint16_t port)
{
	struct connection *c = xcalloc(1, sizeof *c);

	c->target.what = CONNECTION;
	c->client = client;
	c->server = dial(f, port);
	c->connecting = true;
	c->up = (struct flow){.from = c->client, .to = c->server, .pipe = {-1, -1}};
	c->down = (struct flow){.from = c->server, .to = c->client, .pipe = {-1, -1}};
	c->next = f->connections;
	f->connections = c;
	if (c->server < 0 || !watch(f, c->client, &c->target, CONNECTION_EVENTS) ||
	    !watch(f, c->server, &c->target, CONNECTION_EVENTS))
		drop(f, c);
}

static void
accept_all(struct forwarder *f, const struct listener *l)
{
	for (;;) {
		int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		add_connection(f, fd, l->container_port);
	}
}

/* ---- the event loop's guest
 * ----------------------------------------------------------------- */

/* A thousand connections need more than the usual 1024 descriptors. */
static void
allow_many(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

void
forwarder_aim(struct forwarder *f, const char *network_id, struct in_addr to)
{
	bridge_name(network_id, f->bridge);
	f->to = to;
	datagrams_aim(f->datagrams, f->bridge, to);
}

static void
add_listener(struct forwarder *f, const struct network_port *port, int fd)
{
	struct listener *l = &f->listeners[f->nlisteners];

	if (str_eq(port->proto, "udp")) {
		datagrams_add(f->datagrams, fd, port->container_port);
		return;
	}
	f->nlisteners++;
	*l = (struct listener){{LISTENER}, fd, port->container_port};
	watch(f, fd, &l->target, EPOLLIN);
}

struct forwarder *
forwarder_new(const struct network_listener *listeners, size_t count)
{
	struct forwarder *f = xcalloc(1, sizeof *f);

	allow_many();
	f->epoll = epoll_create1(EPOLL_CLOEXEC);
	f->listeners = xcalloc(count * NETWORK_LISTENERS_MAX, sizeof *f->listeners);
	f->datagrams = datagrams_new();
	f->udp.what = DATAGRAMS;
	watch(f, datagrams_fd(f->datagrams), &f->udp, EPOLLIN);
	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < NETWORK_LISTENERS_MAX; k++)
			if (listeners[i].fd[k] >= 0)
				add_listener(f, &listeners[i].port,
				    fcntl(listeners[i].fd[k], F_DUPFD_CLOEXEC, 3));
	return f;
}

void
forwarder_free(struct forwarder *f)
{
	if (f == NULL)
		return;
	for (struct connection *c = f->connections; c != NULL; c = c->next)
		drop(f, c);
	sweep(f);
	datagrams_free(f->datagrams);
	for (size_t i = 0; i < f->nlisteners; i++)
		fd_close_p(&f->listeners[i].fd);
	for (size_t i = 0; i < f->npool; i++) {
		fd_close_p(&f->pool[i][0]);
		fd_close_p(&f->pool[i][1]);
	}
	fd_close_p(&f->epoll);
	free(f->listeners);
	free(f);
}

int
forwarder_fd(const struct forwarder *f)
{
	return f->epoll;
}

void
forwarder_work(struct forwarder *f)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(f->epoll, events, EVENTS, 0);

	for (int i = 0; i < n; i++) {
		struct target *t = events[i].data.ptr;

		if (t->what == DATAGRAMS)
			datagrams_work(f->datagrams);
		else if (t->what == LISTENER)
			accept_all(f, (struct listener *)t);
		else
			work_connection(f, (struct connection *)t);
	}
	sweep(f);
}
