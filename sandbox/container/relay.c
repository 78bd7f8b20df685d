/*
 * relay.c - between a program's streams and whoever is attached to it
 */
#include "sandbox/container/relay.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum slot {
	SLOT_PROC,
	SLOT_OUT,
	SLOT_ERR,
	SLOT_IN,
	SLOT_LISTEN,
	SLOT_GUESTS,
	SLOTS = SLOT_GUESTS + RELAY_GUESTS
};

void
relay_init(struct relay *r)
{
	*r = (struct relay){.pidfd = -1,
	    .in = -1,
	    .out = -1,
	    .errfd = -1,
	    .console = -1,
	    .listener = -1,
	    .input = BUF_INIT(4 * WIRE_MAX)};
	for (size_t i = 0; i < RELAY_GUESTS; i++)
		r->guests[i].fd = -1;
}

void
relay_add_client(struct relay *r, int sock, bool in, bool out)
{
	if (r->nclients == RELAY_CLIENTS) {
		fd_close_p(&sock);
		return;
	}
	r->clients[r->nclients++] = (struct relay_client){
	    .sock = sock, .in = in, .out = out, .unsent = BUF_INIT(WIRE_MAX)};
}

/* Without the one who wrote to it nobody ends the program's input. */
static void
drop_client(struct relay *r, struct relay_client *c)
{
	if (c->in && r->in_once)
		fd_close_p(&r->in);
	c->in = c->out = false;
	fd_close_p(&c->sock);
	buf_done(&c->unsent);
}

/* Closed ones leave the list; called where nobody holds a pointer into it. */
static void
sweep_clients(struct relay *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nclients; i++)
		if (r->clients[i].sock >= 0)
			r->clients[n++] = r->clients[i];
	r->nclients = n;
}

static void
to_client(struct relay *r, struct relay_client *c, enum wire_kind kind, const char *data,
    size_t len)
{
	if (!c->out || wire_send(c->sock, kind, data, len, MSG_DONTWAIT) == 0)
		return;
	if (errno != EAGAIN) {
		drop_client(r, c);
		return;
	}
	buf_add(&c->unsent, data, len);
	c->unsent_kind = kind;
}

static void
send_unsent(struct relay *r, struct relay_client *c)
{
	if (wire_send(
		c->sock, c->unsent_kind, c->unsent.s, c->unsent.len, MSG_DONTWAIT) == 0)
		buf_clear(&c->unsent);
	else if (errno != EAGAIN)
		drop_client(r, c);
}

/* One read of the program's output; false when it has ended. */
static bool
take_output(struct relay *r, int *fd, int stream)
{
	char data[WIRE_MAX];
	ssize_t n = read(*fd, data, sizeof data);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0) {
		fd_close_p(fd);
		return false;
	}
	if (r->log != NULL)
		log_writer_add(r->log, stream, data, (size_t)n);
	for (size_t i = 0; i < r->nclients; i++)
		to_client(r, &r->clients[i], stream == 1 ? WIRE_OUT : WIRE_ERR, data,
		    (size_t)n);
	return true;
}

static void
give_input(struct relay *r)
{
	ssize_t n = r->input.len > 0 ? write(r->in, r->input.s, r->input.len) : 0;

	if (n > 0)
		buf_eat(&r->input, (size_t)n);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		fd_close_p(&r->in);
		buf_clear(&r->input);
	}
	if (r->input.len == 0 && r->input_ended)
		fd_close_p(&r->in);
}

static void
take_input(struct relay *r, const char *data, size_t len)
{
	if (r->in < 0)
		return;
	buf_add(&r->input, data, len);
	give_input(r);
}

static void
end_input(struct relay *r, struct relay_client *c)
{
	c->in = false;
	if (!r->in_once)
		return;
	r->input_ended = true;
	if (r->in >= 0)
		give_input(r);
}

/* A whole message of any client would fit. */
static bool
can_hear(const struct relay *r)
{
	return r->input.max - r->input.len >= WIRE_MAX;
}

/* The one who asks waits for the answer. */
static void
change(struct relay *r, const struct relay_client *c, const char *text, size_t len)
{
	struct err err = ERR_INIT;

	if (r->change == NULL)
		err_set(&err, ERR_UNSUPPORTED, "this program has no networks");
	else
		r->change(r->arg, text, len, &err);
	if (err.kind == ERR_NONE)
		wire_send(c->sock, WIRE_STARTED, NULL, 0, MSG_DONTWAIT);
	else
		wire_send(c->sock, WIRE_FAILED, &err, sizeof err, MSG_DONTWAIT);
}

static void
hear_client(struct relay *r, struct relay_client *c)
{
	char data[WIRE_MAX];
	size_t len = 0;
	int signo, kind;

	/* Another client may just have used up the room: this one has to wait. */
	if (!can_hear(r))
		return;
	kind = wire_recv(c->sock, data, &len, MSG_DONTWAIT);

	switch (kind) {
	case WIRE_HELLO:
		c->in = len > 0 && (data[0] & WIRE_HELLO_IN);
		c->out = len > 0 && (data[0] & WIRE_HELLO_OUT);
		break;
	case WIRE_IN: take_input(r, data, len); break;
	case WIRE_EOF: end_input(r, c); break;
	case WIRE_SIGNAL:
		memcpy(&signo, data, sizeof signo);
		if (r->pass_signals && len == sizeof signo)
			syscall(SYS_pidfd_send_signal, r->pidfd, signo, NULL, 0);
		break;
	case WIRE_NETWORK: change(r, c, data, len); break;
	case WIRE_SIZE:
		if (len == sizeof(struct winsize) && r->console >= 0)
			ioctl(r->console, TIOCSWINSZ, data);
		break;
	case -1:
		if (errno == EAGAIN)
			break;
		/* fallthrough */
	case 0: drop_client(r, c);
	}
}

static void
welcome(struct relay *r)
{
	int sock = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC);

	if (sock >= 0)
		relay_add_client(r, sock, false, false);
}

static bool
has_room(const struct relay *r)
{
	for (size_t i = 0; i < r->nclients; i++)
		if (r->clients[i].unsent.len > 0)
			return false;
	return true;
}

static size_t
arrange(const struct relay *r, struct pollfd p[SLOTS + RELAY_CLIENTS])
{
	bool room = has_room(r);
	/* With a full input buffer the clients have to wait. */
	short hear = can_hear(r) ? POLLIN : 0;

	p[SLOT_PROC] = (struct pollfd){r->pidfd, POLLIN, 0};
	p[SLOT_OUT] = (struct pollfd){room ? r->out : -1, POLLIN, 0};
	p[SLOT_ERR] = (struct pollfd){room ? r->errfd : -1, POLLIN, 0};
	for (size_t i = 0; i < RELAY_GUESTS; i++)
		p[SLOT_GUESTS + i] = (struct pollfd){r->guests[i].fd, POLLIN, 0};
	p[SLOT_IN] = (struct pollfd){r->input.len > 0 ? r->in : -1, POLLOUT, 0};
	p[SLOT_LISTEN] =
	    (struct pollfd){r->nclients < RELAY_CLIENTS ? r->listener : -1, POLLIN, 0};
	for (size_t i = 0; i < r->nclients; i++)
		p[SLOTS + i] = (struct pollfd){r->clients[i].sock,
		    (short)(hear | (r->clients[i].unsent.len > 0 ? POLLOUT : 0)), 0};
	return SLOTS + r->nclients;
}

/* Milliseconds until something is due, rounded up; -1: never. */
static int
patience(const struct relay *r)
{
	int64_t left = r->due - clock_mono();

	if (r->due == 0)
		return -1;
	return left <= 0 ? 0 : (int)(left / 1000000) + 1;
}

static void
work_clients(struct relay *r, const struct pollfd *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct relay_client *c = &r->clients[i];

		if (p[i].revents & POLLOUT)
			send_unsent(r, c);
		if (c->sock >= 0 && (p[i].revents & (POLLIN | POLLHUP | POLLERR)))
			hear_client(r, c);
	}
	sweep_clients(r);
}

static void
watch(struct relay *r)
{
	struct pollfd p[SLOTS + RELAY_CLIENTS];

	for (;;) {
		size_t n = arrange(r, p), clients = r->nclients;

		if (poll(p, n, patience(r)) < 0)
			continue;
		for (size_t i = 0; i < RELAY_GUESTS; i++)
			if (p[SLOT_GUESTS + i].revents)
				r->guests[i].work(r->arg);
		if (p[SLOT_OUT].revents)
			take_output(r, &r->out, 1);
		/* The other stream may just have used up the room. */
		if (p[SLOT_ERR].revents && has_room(r))
			take_output(r, &r->errfd, 2);
		if (p[SLOT_IN].revents && r->in >= 0)
			give_input(r);
		work_clients(r, p + SLOTS, clients);
		if (p[SLOT_LISTEN].revents)
			welcome(r);
		if (p[SLOT_PROC].revents)
			return;
		if (r->due != 0 && clock_mono() >= r->due)
			r->due = r->tick(r, r->arg);
	}
}

/* However slow they read: `docker run ... | less` sees all of it. */
static void
flush_clients(struct relay *r)
{
	for (size_t i = 0; i < r->nclients; i++) {
		struct relay_client *c = &r->clients[i];
		struct pollfd p = {.fd = c->sock, .events = POLLOUT};

		while (c->sock >= 0 && c->unsent.len > 0) {
			poll(&p, 1, -1);
			send_unsent(r, c);
		}
	}
	sweep_clients(r);
}

/* All writers have ended with the program: what is in the pipes is the rest. */
static void
drain(struct relay *r)
{
	int *fds[2] = {&r->out, &r->errfd};

	flush_clients(r); /* first what came first */
	for (int i = 0; i < 2; i++) {
		if (*fds[i] >= 0)
			fcntl(*fds[i], F_SETFL, O_NONBLOCK);
		while (*fds[i] >= 0 && fd_wait_readable(*fds[i], 0) > 0) {
			if (!take_output(r, fds[i], i + 1))
				break;
			flush_clients(r);
		}
	}
	flush_clients(r);
}

void
relay_run(struct relay *r)
{
	if (r->in >= 0)
		fcntl(r->in, F_SETFL, O_NONBLOCK);
	watch(r);
	drain(r);
}

void
relay_done(struct relay *r, int code)
{
	for (size_t i = 0; i < r->nclients; i++) {
		wire_send(r->clients[i].sock, WIRE_ENDED, &code, sizeof code, 0);
		drop_client(r, &r->clients[i]);
	}
	r->nclients = 0;
	fd_close_p(&r->in);
	fd_close_p(&r->out);
	fd_close_p(&r->errfd);
	fd_close_p(&r->listener);
	buf_done(&r->input);
}
