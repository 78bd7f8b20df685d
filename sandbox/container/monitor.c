/*
 * monitor.c - the container's parent, from its start to its end
 *
 * One poll loop: its output goes to the log and to an attached client, a client's
 * input and signals go to it, connections to published ports are forwarded.  When it
 * has ended: write how, answer, and only then pay for the clean-up.
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum slot { SLOT_PROC, SLOT_OUT, SLOT_ERR, SLOT_CLIENT, SLOT_PORTS, SLOT_IN, SLOTS };

struct monitor {
	struct launch *l;
	struct forwarder *ports; /* NULL: none published */
	struct log_writer log;
	int client;
	/* Output that the client's socket had no room for: nothing more is read until it
	 * has gone, so a slow terminal slows the container, as it should. */
	struct buf unsent;
	enum wire_kind unsent_kind;
	struct buf input; /* what the container has not read yet */
	bool input_ended;
};

static void
drop_client(struct monitor *m)
{
	fd_close_p(&m->client);
	buf_clear(&m->unsent);
}

static void
to_client(struct monitor *m, enum wire_kind kind, const char *data, size_t len)
{
	if (m->client < 0 || wire_send(m->client, kind, data, len, MSG_DONTWAIT) == 0)
		return;
	if (errno != EAGAIN) {
		drop_client(m);
		return;
	}
	buf_add(&m->unsent, data, len);
	m->unsent_kind = kind;
}

static void
send_unsent(struct monitor *m)
{
	if (wire_send(
		m->client, m->unsent_kind, m->unsent.s, m->unsent.len, MSG_DONTWAIT) == 0)
		buf_clear(&m->unsent);
	else if (errno != EAGAIN)
		drop_client(m);
}

/* One read of the container's output; false when it has ended. */
static bool
take_output(struct monitor *m, int *fd, int stream)
{
	char data[WIRE_MAX];
	ssize_t n = read(*fd, data, sizeof data);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0) {
		fd_close_p(fd);
		return false;
	}
	log_writer_add(&m->log, stream, data, (size_t)n);
	to_client(m, stream == 1 ? WIRE_OUT : WIRE_ERR, data, (size_t)n);
	return true;
}

static void
give_input(struct monitor *m)
{
	int fd = m->l->in;
	ssize_t n = write(fd, m->input.s, m->input.len);

	if (n > 0)
		buf_eat(&m->input, (size_t)n);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		fd_close_p(&m->l->in);
		buf_clear(&m->input);
	}
	if (m->input.len == 0 && m->input_ended)
		fd_close_p(&m->l->in);
}

static void
hear_client(struct monitor *m)
{
	char data[WIRE_MAX];
	size_t len = 0;
	int signo, kind = wire_recv(m->client, data, &len, MSG_DONTWAIT);

	switch (kind) {
	case WIRE_IN:
		buf_add(&m->input, data, len);
		if (m->l->in >= 0)
			give_input(m);
		break;
	case WIRE_EOF:
		m->input_ended = true;
		if (m->l->in >= 0)
			give_input(m);
		break;
	case WIRE_SIGNAL:
		memcpy(&signo, data, sizeof signo);
		syscall(SYS_pidfd_send_signal, m->l->proc.pidfd, signo, NULL, 0);
		break;
	case WIRE_SIZE:
		if (len == sizeof(struct winsize) && m->l->proc.console >= 0)
			ioctl(m->l->proc.console, TIOCSWINSZ, data);
		break;
	case -1:
		if (errno == EAGAIN)
			break;
		/* fallthrough */
	case 0: /* the client has gone; without it nobody writes to the container */
		drop_client(m);
		fd_close_p(&m->l->in);
	}
}

static void
arrange(struct monitor *m, struct pollfd p[SLOTS])
{
	bool room = m->unsent.len == 0;

	p[SLOT_PROC] = (struct pollfd){m->l->proc.pidfd, POLLIN, 0};
	p[SLOT_OUT] = (struct pollfd){room ? m->l->out : -1, POLLIN, 0};
	p[SLOT_ERR] = (struct pollfd){room ? m->l->errfd : -1, POLLIN, 0};
	/* With a full input buffer the client has to wait. */
	p[SLOT_CLIENT] = (struct pollfd){m->client,
	    (short)((m->input.len < WIRE_MAX ? POLLIN : 0) | (room ? 0 : POLLOUT)), 0};
	p[SLOT_PORTS] =
	    (struct pollfd){m->ports != NULL ? forwarder_fd(m->ports) : -1, POLLIN, 0};
	p[SLOT_IN] = (struct pollfd){m->input.len > 0 ? m->l->in : -1, POLLOUT, 0};
}

static void
watch(struct monitor *m)
{
	struct pollfd p[SLOTS];

	for (;;) {
		arrange(m, p);
		if (poll(p, SLOTS, -1) < 0)
			continue;
		if (p[SLOT_PORTS].revents)
			forwarder_work(m->ports);
		if (p[SLOT_OUT].revents)
			take_output(m, &m->l->out, 1);
		if (p[SLOT_ERR].revents)
			take_output(m, &m->l->errfd, 2);
		if (p[SLOT_IN].revents && m->l->in >= 0)
			give_input(m);
		if (p[SLOT_CLIENT].revents & POLLOUT)
			send_unsent(m);
		if (m->client >= 0 &&
		    (p[SLOT_CLIENT].revents & (POLLIN | POLLHUP | POLLERR)))
			hear_client(m);
		if (p[SLOT_PROC].revents)
			return;
	}
}

/* All writers have ended with the container: what is in the pipes is the rest. */
static void
drain(struct monitor *m)
{
	int *fds[2] = {&m->l->out, &m->l->errfd};

	for (int i = 0; i < 2; i++) {
		if (*fds[i] >= 0)
			fcntl(*fds[i], F_SETFL, O_NONBLOCK);
		while (*fds[i] >= 0) {
			struct pollfd p = {.fd = m->client, .events = POLLOUT};

			if (m->unsent.len > 0) {
				poll(&p, 1, -1);
				send_unsent(m);
				continue;
			}
			if (fd_wait_readable(*fds[i], 0) <= 0 ||
			    !take_output(m, fds[i], i + 1))
				break;
		}
	}
	while (m->unsent.len > 0) {
		struct pollfd p = {.fd = m->client, .events = POLLOUT};

		poll(&p, 1, -1);
		send_unsent(m);
	}
}

static void
answer(struct monitor *m, int code)
{
	if (m->client >= 0)
		wire_send(m->client, WIRE_ENDED, &code, sizeof code, 0);
	fd_close_p(&m->client);
}

/* How it ended, for others; then the answer; then what costs time. */
static void
finish(struct monitor *m, int code)
{
	struct launch *l = m->l;
	const struct container_config *c = l->config;
	struct container_state end = {.status = CONTAINER_EXITED,
	    .exit_code = code,
	    .started_at = l->started_at,
	    .finished_at = clock_now()};
	cleanup_free char *trash = NULL;

	log_writer_done(&m->log);
	forwarder_free(m->ports);
	fd_close_p(&l->address.lock);
	container_event(l->session, c, "die", code);
	if (c->auto_remove) {
		trash = container_to_trash(l->session, c);
		container_event(l->session, c, "destroy", -1);
	} else {
		record_exited(l->dir, &end, NULL);
	}
	answer(m, code);
	setpriority(PRIO_PROCESS, 0, 19); /* nobody waits any more */
	fd_close_p(&l->proc.mntns);       /* the last reference: unmounts */
	if (trash != NULL)
		container_empty_trash(l->session, trash);
}

static void
prepare_streams(struct monitor *m)
{
	struct launch *l = m->l;

	if (l->proc.console >= 0) { /* one descriptor for both directions */
		l->out = fcntl(l->proc.console, F_DUPFD_CLOEXEC, 3);
		l->in = fcntl(l->proc.console, F_DUPFD_CLOEXEC, 3);
	}
	if (l->in >= 0)
		fcntl(l->in, F_SETFL, O_NONBLOCK);
	if (l->in >= 0 && m->client < 0 && l->proc.console < 0)
		fd_close_p(
		    &l->in); /* -d -i: kept for attach, which comes with its issue */
}

void
monitor_run(struct launch *l, int client)
{
	struct monitor m = {.l = l,
	    .client = client,
	    .unsent = BUF_INIT(WIRE_MAX),
	    .input = BUF_INIT(4 * WIRE_MAX)};

	log_writer_init(&m.log, l->dir);
	prepare_streams(&m);
	if (l->nlisteners > 0)
		m.ports = forwarder_new(
		    session_name(l->session), l->address.ip, l->listeners, l->nlisteners);
	watch(&m);
	drain(&m);
	finish(&m, proc_wait(l->proc.pid));
	buf_done(&m.unsent);
	buf_done(&m.input);
}
