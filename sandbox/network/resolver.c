/*
 * resolver.c - the name server at 127.0.0.11
 *
 * Its sockets are made inside the container's network and served from outside: no
 * process of ours is in the container.  What is not ours goes to the outer servers, one
 * after the other; behaviour and words: moby, libnetwork/resolver.go.
 */
#include "sandbox/network/dns.h"
#include "sandbox/network/network.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { PENDING = 256, STREAMS = 32, PATIENCE_S = 2, PORT = 53, SERVERS_MAX = 8 };

#define LISTEN_ADDRESS 0x7f00000b /* 127.0.0.11 */

/* Where an answer goes: a datagram's sender, or a stream. */
struct client {
	struct sockaddr_in from;
	int stream; /* its slot, -1: none */
};

struct pending {
	bool used;
	uint16_t id, theirs; /* ours, and the client's own */
	size_t server;
	int64_t since;
	struct client client;
	unsigned char query[512];
	size_t len;
};

/* A client that asks by TCP: one question at a time. */
struct stream {
	int fd;
	unsigned char in[2 + DNS_MESSAGE_MAX];
	size_t have;
};

struct resolver {
	int epoll, timer;
	int udp, tcp; /* inside: 127.0.0.11:53 */
	int out[4];   /* to outer servers: IPv4 and IPv6, from outside and from inside */
	struct resolver_server servers[SERVERS_MAX];
	size_t nservers;
	struct resolver_ask ask;
	struct pending pending[PENDING];
	struct stream streams[STREAMS];
};

/* ---- answers -------------------------------------------------------------------------
 */

static void
close_stream(struct resolver *r, int slot)
{
	fd_close_p(&r->streams[slot].fd);
	r->streams[slot].have = 0;
	for (size_t i = 0; i < PENDING; i++)
		if (r->pending[i].used && r->pending[i].client.stream == slot)
			r->pending[i].used = false;
}

static void
reply(struct resolver *r, const struct client *c, const unsigned char *m, size_t len)
{
	unsigned char head[2] = {(unsigned char)(len >> 8), (unsigned char)len};

	if (c->stream < 0) {
		sendto(r->udp, m, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		    (const struct sockaddr *)&c->from, sizeof c->from);
		return;
	}
	/* a client that does not read what it has asked for loses its stream */
	if (send(r->streams[c->stream].fd, head, 2, MSG_DONTWAIT | MSG_NOSIGNAL) != 2 ||
	    send(r->streams[c->stream].fd, m, len, MSG_DONTWAIT | MSG_NOSIGNAL) !=
		(ssize_t)len)
		close_stream(r, c->stream);
}

static void
rotate(struct in_addr *list, size_t count)
{
	unsigned char byte = 0;
	struct in_addr first;

	if (count < 2 || getrandom(&byte, 1, GRND_NONBLOCK) != 1)
		return;
	for (size_t times = byte % count; times > 0; times--) {
		first = list[0];
		memmove(list, list + 1, (count - 1) * sizeof *list);
		list[count - 1] = first;
	}
}

/* What we know ourselves; 0 when it is not ours. */
static size_t
answer(struct resolver *r, const unsigned char *m, const struct dns_question *q,
    unsigned char *out)
{
	struct in_addr found[RESOLVER_ADDRESSES_MAX], ip;
	char name[RESOLVER_NAME_MAX];
	size_t n;

	if (q->class != DNS_CLASS_IN)
		return 0;
	if (q->type == DNS_PTR && dns_reverse(q->name, &ip) &&
	    r->ask.name(r->ask.arg, ip, name))
		return dns_answer_name(m, q, name, out);
	if (q->type != DNS_A && q->type != DNS_AAAA)
		return 0;
	n = r->ask.addresses(r->ask.arg, q->name, found);
	rotate(found, n);
	return n == 0 ? 0
		      : dns_answer(m, q, DNS_OK, found, q->type == DNS_A ? n : 0, out);
}

/* ---- what is not ours -----------------------------------------------------------------
 */

static void
arm(const struct resolver *r, bool on)
{
	struct itimerspec t = {.it_interval.tv_sec = on, .it_value.tv_sec = on};

	timerfd_settime(r->timer, 0, &t, NULL);
}

static void
fail(struct resolver *r, struct pending *p)
{
	unsigned char out[DNS_MESSAGE_MAX];
	struct dns_question q;
	size_t n;

	p->used = false;
	if (!dns_parse(p->query, p->len, &q))
		return;
	n = dns_answer(p->query, &q, DNS_SERVFAIL, NULL, 0, out);
	out[0] = (unsigned char)(p->theirs >> 8);
	out[1] = (unsigned char)p->theirs;
	reply(r, &p->client, out, n);
}

/* To the server that is next, or the one behind it; nobody is left: it has failed. */
static void
send_on(struct resolver *r, struct pending *p)
{
	for (; p->server < r->nservers; p->server++) {
		const struct resolver_server *s = &r->servers[p->server];
		bool six = s->address.ss_family == AF_INET6;
		socklen_t len =
		    six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

		if (sendto(r->out[2 * s->inside + six], p->query, p->len,
			MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&s->address,
			len) == (ssize_t)p->len) {
			p->since = clock_mono();
			return;
		}
	}
	fail(r, p);
}

static void
forward(struct resolver *r, const struct client *c, const unsigned char *m, size_t len,
    const struct dns_question *q)
{
	struct pending *p = NULL;

	for (size_t i = 0; p == NULL && i < PENDING; i++)
		if (!r->pending[i].used)
			p = &r->pending[i];
	/* with all in use, or a question of unusual size, the client asks again */
	if (p == NULL || len > sizeof p->query)
		return;
	*p = (struct pending){.used = true, .theirs = q->id, .client = *c, .len = len};
	if (getrandom(&p->id, sizeof p->id, GRND_NONBLOCK) != sizeof p->id)
		p->id = (uint16_t)clock_mono();
	memcpy(p->query, m, len);
	p->query[0] = (unsigned char)(p->id >> 8);
	p->query[1] = (unsigned char)p->id;
	send_on(r, p);
	if (p->used)
		arm(r, true);
}

static void
on_question(struct resolver *r, const struct client *c, unsigned char *m, size_t len)
{
	unsigned char out[DNS_MESSAGE_MAX];
	struct dns_question q;
	size_t n;

	if (!dns_parse(m, len, &q))
		return;
	n = answer(r, m, &q, out);
	if (n > 0)
		reply(r, c, out, n);
	else
		forward(r, c, m, len, &q);
}

static bool
same_server(const struct resolver_server *s, const struct sockaddr_storage *from)
{
	const struct sockaddr_in *a = (const void *)&s->address, *b = (const void *)from;
	const struct sockaddr_in6 *x = (const void *)&s->address, *y = (const void *)from;

	if (s->address.ss_family != from->ss_family)
		return false;
	return from->ss_family == AF_INET
		   ? a->sin_port == b->sin_port &&
			 a->sin_addr.s_addr == b->sin_addr.s_addr
		   : x->sin6_port == y->sin6_port &&
			 memcmp(&x->sin6_addr, &y->sin6_addr, 16) == 0;
}

static void
on_outer_answer(struct resolver *r, int fd)
{
	unsigned char m[DNS_MESSAGE_MAX];
	struct sockaddr_storage from;
	socklen_t size = sizeof from;
	ssize_t n =
	    recvfrom(fd, m, sizeof m, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	uint16_t id = (uint16_t)(n >= 2 ? m[0] << 8 | m[1] : 0);

	for (size_t i = 0; n >= 12 && i < PENDING; i++) {
		struct pending *p = &r->pending[i];

		if (!p->used || p->id != id ||
		    !same_server(&r->servers[p->server], &from))
			continue;
		p->used = false;
		m[0] = (unsigned char)(p->theirs >> 8);
		m[1] = (unsigned char)p->theirs;
		reply(r, &p->client, m, (size_t)n);
		return;
	}
}

static void
on_timer(struct resolver *r)
{
	uint64_t times;
	bool any = false;

	(void)!read(r->timer, &times, sizeof times);
	for (size_t i = 0; i < PENDING; i++) {
		struct pending *p = &r->pending[i];

		if (p->used && clock_mono() - p->since >= PATIENCE_S * NS_PER_S) {
			p->server++;
			send_on(r, p);
		}
		any |= p->used;
	}
	if (!any)
		arm(r, false);
}

/* ---- clients -------------------------------------------------------------------------
 */

static bool
watch(const struct resolver *r, int fd, int64_t tag)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = (uint64_t)tag};

	return fd < 0 || epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

/* Tags of events: streams by their slot, the others below. */
enum { TAG_UDP = STREAMS, TAG_TCP, TAG_TIMER, TAG_OUT };

static void
on_datagram(struct resolver *r)
{
	unsigned char m[DNS_MESSAGE_MAX];
	struct client c = {.stream = -1};
	socklen_t size = sizeof c.from;
	ssize_t n = recvfrom(
	    r->udp, m, sizeof m, MSG_DONTWAIT, (struct sockaddr *)&c.from, &size);

	if (n > 0)
		on_question(r, &c, m, (size_t)n);
}

static void
on_connection(struct resolver *r)
{
	cleanup_fd int fd = accept4(r->tcp, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (int i = 0; fd >= 0 && i < STREAMS; i++) {
		if (r->streams[i].fd >= 0)
			continue;
		r->streams[i].fd = take_fd(&fd);
		r->streams[i].have = 0;
		watch(r, r->streams[i].fd, i);
	}
}

static void
on_stream(struct resolver *r, int slot)
{
	struct stream *s = &r->streams[slot];
	struct client c = {.stream = slot};
	ssize_t n = recv(s->fd, s->in + s->have, sizeof s->in - s->have, MSG_DONTWAIT);
	size_t len;

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_stream(r, slot);
		return;
	}
	s->have += (size_t)n;
	len = s->have >= 2 ? (size_t)(s->in[0] << 8 | s->in[1]) : 0;
	if (len > DNS_MESSAGE_MAX)
		close_stream(r, slot);
	if (s->have < 2 || s->have < len + 2)
		return;
	s->have = 0;
	on_question(r, &c, s->in + 2, len);
}

void
resolver_work(struct resolver *r)
{
	struct epoll_event events[32];
	int n = epoll_wait(r->epoll, events, 32, 0);

	for (int i = 0; i < n; i++) {
		uint64_t tag = events[i].data.u64;

		if (tag < STREAMS && r->streams[tag].fd >= 0)
			on_stream(r, (int)tag);
		else if (tag == TAG_UDP)
			on_datagram(r);
		else if (tag == TAG_TCP)
			on_connection(r);
		else if (tag == TAG_TIMER)
			on_timer(r);
		else if (tag >= TAG_OUT)
			on_outer_answer(r, r->out[tag - TAG_OUT]);
	}
}

/* ---- from beginning to end ------------------------------------------------------------
 */

static int
bind_one(int type, struct err *err)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons(PORT),
	    .sin_addr.s_addr = htonl(LISTEN_ADDRESS)};
	int one = 1;
	cleanup_fd int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_sys(err, "cannot make the name server's socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    (type == SOCK_STREAM && listen(fd, STREAMS) < 0))
		return err_sys(err, "cannot bind the name server");
	return take_fd(&fd);
}

static int
open_inside(struct resolver *r, int netns, struct err *err)
{
	cleanup_fd int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int rc = 0;

	if (home < 0 || setns(netns, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot enter the container's network");
	r->udp = bind_one(SOCK_DGRAM, err);
	r->tcp = r->udp < 0 ? -1 : bind_one(SOCK_STREAM, err);
	r->out[2] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r->out[3] = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (r->tcp < 0)
		rc = -1;
	if (setns(home, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot come back from the container's network");
	return rc;
}

struct resolver *
resolver_new(int netns, const int outer_sockets[2], const struct resolver_server *servers,
    size_t nservers, const struct resolver_ask *ask, struct err *err)
{
	struct resolver *r = xcalloc(1, sizeof *r);

	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	r->udp = r->tcp = r->out[2] = r->out[3] = -1;
	for (int i = 0; i < 2; i++)
		r->out[i] = outer_sockets[i] >= 0
				? fcntl(outer_sockets[i], F_DUPFD_CLOEXEC, 3)
				: -1;
	for (int i = 0; i < STREAMS; i++)
		r->streams[i].fd = -1;
	r->nservers = nservers < SERVERS_MAX ? nservers : SERVERS_MAX;
	memcpy(r->servers, servers, r->nservers * sizeof *servers);
	r->ask = *ask;
	if (open_inside(r, netns, err) < 0) {
		resolver_free(r);
		return NULL;
	}
	watch(r, r->udp, TAG_UDP);
	watch(r, r->tcp, TAG_TCP);
	watch(r, r->timer, TAG_TIMER);
	for (int i = 0; i < 4; i++)
		watch(r, r->out[i], TAG_OUT + i);
	return r;
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < STREAMS; i++)
		fd_close_p(&r->streams[i].fd);
	for (int i = 0; i < 4; i++)
		fd_close_p(&r->out[i]);
	fd_close_p(&r->udp);
	fd_close_p(&r->tcp);
	fd_close_p(&r->timer);
	fd_close_p(&r->epoll);
	free(r);
}

int
resolver_fd(const struct resolver *r)
{
	return r->epoll;
}
