/*
 * monitor.c - the container's parent, from its start to its end
 *
 * Its output goes to the log and to attached clients, their input and signals go to it,
 * connections to published ports are forwarded (relay.c).  When it has ended: write how,
 * answer, and only then pay for the clean-up.
 */
#include "sandbox/container/health.h"
#include "sandbox/container/joints.h"
#include "sandbox/container/relay.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SETTLE_MS = 20, WATCH_MS = 50 };

struct monitor {
	struct launch *l;
	int events;              /* epoll of the guests: ports and names */
	struct forwarder *ports; /* NULL: none published */
	struct log_writer log;
	struct log_options log_options;
	struct relay relay;
	struct probe probe;
	int64_t settle_at; /* 0: done */
	int64_t watch_at;
	int64_t memory; /* to be watched: there is no group for it; 0: no */
	bool oom;       /* it has wanted more */
};

/* A packet waits there.  That the link has gone down (packet(7): ENETDOWN, once) is none:
 * it is what the end of every container does to it. */
static bool
tap_heard(int tap)
{
	struct pollfd p = {.fd = tap, .events = POLLIN};
	socklen_t len = sizeof(int);
	int down;

	if (poll(&p, 1, 0) != 1)
		return false;
	if (p.revents & POLLERR)
		(void)getsockopt(tap, SOL_SOCKET, SO_ERROR, &down, &len);
	return p.revents == POLLIN;
}

/* The container's first packet to the world: from now on somebody carries them on, or
 * there is no way. */
static void
serve_outlet(struct launch *l)
{
	struct joint *outlet = joints_outlet(l);
	struct err err = ERR_INIT;

	if (l->tap < 0 || outlet == NULL || !tap_heard(l->tap))
		return;
	if (l->outlet < 0) {
		network_outlet_refuse(l->tap, &outlet->link.subnet);
		return;
	}
	if (network_outlet_serve(
		l->outlet, take_fd(&l->tap), &outlet->link.subnet, &err) < 0)
		log_debug("%s", err.text);
}

/* Without its holder no command reaches the container any more, nor any new one its
 * network: it goes down, too, and the next command sees to the rest (recover.c). */
static void
follow_holder(const struct monitor *m)
{
	if (fd_wait_readable(holder_pidfd(m->l->holder), 0) != 1)
		return;
	kill(m->l->proc.pid, SIGKILL);
	proc_wait(m->l->proc.pid);
	_exit(1);
}

static void
work_guests(void *arg)
{
	struct monitor *m = arg;

	follow_holder(m);
	if (m->ports != NULL)
		forwarder_work(m->ports);
	if (m->l->names != NULL)
		resolver_work(m->l->names);
	serve_outlet(m->l);
}

/* Ports lead to where the way out is. */
static void
aim_ports(struct monitor *m)
{
	const struct joint *outlet = joints_outlet(m->l);

	if (m->ports != NULL && outlet != NULL)
		forwarder_aim(m->ports, outlet->network.id, outlet->address.ip);
}

static void
add_guest(struct monitor *m, int fd)
{
	struct epoll_event e = {.events = EPOLLIN};

	(void)epoll_ctl(m->events, EPOLL_CTL_ADD, fd, &e);
}

static int
change_networks(void *arg, const char *text, size_t len, struct err *err)
{
	struct monitor *m = arg;
	const struct resolver *before = m->l->names;
	int rc = joints_change(m->l, text, len, err);

	aim_ports(m);
	if (m->l->names != NULL && m->l->names != before)
		add_guest(m, resolver_fd(m->l->names));
	if (m->l->tap >= 0)
		add_guest(m, m->l->tap);
	return rc;
}

/* A socket in its folder: who connects is attached. */
static int
open_door(int dir)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	cleanup_fd int sock =
	    socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	attach_address(dir, &a);
	unlinkat(dir, ATTACH_SOCKET, 0);
	if (sock < 0 || bind(sock, (struct sockaddr *)&a, sizeof a) < 0 ||
	    listen(sock, RELAY_CLIENTS) < 0) {
		log_debug("the container cannot be attached to: %s", strerror(errno));
		return -1;
	}
	return take_fd(&sock);
}

/* The sooner of two times; 0 is never. */
static int64_t
sooner(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static int64_t
next_time(const struct monitor *m)
{
	return sooner(sooner(m->settle_at, m->watch_at), m->probe.due);
}

static void
take_probe(void *arg)
{
	struct monitor *m = arg;

	probe_take(&m->probe);
	m->relay.guests[RELAY_PROBE].fd = -1;
	m->relay.due = next_time(m);
}

/* The door is what a container that ends at once does not need to pay for. */
static int64_t
tick(struct relay *r, void *arg)
{
	struct monitor *m = arg;
	int64_t now = clock_mono();

	if (m->settle_at != 0 && now >= m->settle_at) {
		m->settle_at = 0;
		if (r->listener < 0)
			r->listener = open_door(m->l->dir);
	}
	if (m->probe.due != 0 && now >= m->probe.due) {
		probe_start(&m->probe);
		r->guests[RELAY_PROBE].fd = m->probe.fd;
	}
	if (m->watch_at != 0 && now >= m->watch_at) {
		m->oom |= limits_watch_memory(m->l->proc.pid, m->memory);
		m->watch_at = now + WATCH_MS * (NS_PER_S / 1000);
	}
	return next_time(m);
}

/* It goes on with another run: says so, answers, waits, starts.  False: it does not. */
static bool
run_again(struct monitor *m, struct restart_history *h, int code)
{
	struct launch *l = m->l;
	struct container_state end = {.status = CONTAINER_EXITED,
	    .exit_code = code,
	    .started_at = l->started_at,
	    .finished_at = clock_now(),
	    .restarting = true,
	    .oom_killed = m->oom,
	    .restarts = l->restarts};
	struct restart_policy p;
	struct err err = ERR_INIT;

	restart_policy(l->dir, l->config, &p);
	while (restart_due(h, l->dir, &p, code, clock_now() - l->started_at)) {
		log_writer_done(&m->log);
		container_event(l->session, l->config, "die", code);
		record_exited(l->dir, &end, NULL);
		relay_done(&m->relay, code);
		launch_ended(l);
		if (!restart_wait(h, l->dir))
			return false;
		if (launch_again(l, &err) == 0) {
			container_event(l->session, l->config, "start", -1);
			return true;
		}
		log_debug("starting again: %s", err.text);
		code = 128;
	}
	return false;
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
	    .finished_at = clock_now(),
	    .oom_killed = m->oom,
	    .restarts = l->restarts};
	cleanup_free char *trash = NULL;

	log_writer_done(&m->log);
	for (size_t i = 0; i < l->nlisteners; i++)
		network_listener_done(&l->listeners[i]);
	joints_leave(l, false);
	limits_remove(&l->groups);
	container_event(l->session, c, "die", code);
	if (c->auto_remove) {
		trash = container_to_trash(l->session, c);
		volumes_to_trash(l->session, c);
		container_event(l->session, c, "destroy", -1);
	} else {
		record_exited(l->dir, &end, NULL);
	}
	relay_done(&m->relay, code);
	setpriority(PRIO_PROCESS, 0, 19); /* nobody waits any more */
	fd_close_p(&l->proc.mntns);       /* the last reference: unmounts */
	if (trash != NULL)
		container_empty_trash(l->session, trash);
}

/* The relay owns the streams from here on. */
static void
prepare_relay(struct monitor *m, int client, bool in)
{
	struct launch *l = m->l;
	struct relay *r = &m->relay;

	relay_init(r);
	if (l->proc.console >= 0) { /* one descriptor for both directions */
		l->out = fcntl(l->proc.console, F_DUPFD_CLOEXEC, 3);
		l->in = fcntl(l->proc.console, F_DUPFD_CLOEXEC, 3);
	}
	r->pidfd = l->proc.pidfd;
	r->in = take_fd(&l->in);
	r->out = take_fd(&l->out);
	r->errfd = take_fd(&l->errfd);
	r->console = l->proc.console;
	/* run -i: its input ends with us; run -d -i: it waits for whoever attaches */
	r->in_once = !l->config->detach && !l->config->tty;
	r->pass_signals = true;
	r->log = &m->log;
	m->settle_at = clock_mono() + SETTLE_MS * (NS_PER_S / 1000);
	r->due = next_time(m);
	r->tick = tick;
	r->guests[RELAY_PROBE].work = take_probe;
	r->arg = m;
	if (client >= 0)
		relay_add_client(r, client, in, true);
}

/* Did this run want more memory than it may have? */
static void
look_for_oom(struct monitor *m)
{
	unsigned long long kills = limits_oom_kills(&m->l->groups);

	m->oom |= kills > m->l->oom_kills;
	m->l->oom_kills = kills;
	if (m->oom)
		container_event(m->l->session, m->l->config, "oom", -1);
}

/* One run, until the program has ended.  Returns its exit code. */
static int
run(struct monitor *m, int client, bool in)
{
	struct launch *l = m->l;
	const struct container_limits *limits = &l->config->limits;

	log_writer_init(&m->log, l->dir, &m->log_options);
	m->memory = l->groups.held & LIMIT_MEMORY ? 0 : limits->memory;
	m->watch_at = m->memory > 0 ? clock_mono() + WATCH_MS * (NS_PER_S / 1000) : 0;
	m->oom = false;
	probe_begin(&m->probe, l);
	prepare_relay(m, client, in);
	m->events = epoll_create1(EPOLL_CLOEXEC);
	m->relay.guests[RELAY_NETWORK] = (struct relay_guest){m->events, work_guests};
	m->relay.change = change_networks;
	if (l->nlisteners > 0) {
		m->ports = forwarder_new(l->listeners, l->nlisteners);
		add_guest(m, forwarder_fd(m->ports));
		aim_ports(m);
	}
	if (l->names != NULL)
		add_guest(m, resolver_fd(l->names));
	if (l->tap >= 0)
		add_guest(m, l->tap);
	add_guest(m, holder_pidfd(l->holder));
	relay_run(&m->relay);
	probe_end(&m->probe);
	forwarder_free(m->ports);
	m->ports = NULL;
	fd_close_p(&m->events);
	int code = proc_wait(l->proc.pid);
	if (l->config->pid != NULL) /* among others' processes its own go with it */
		runtime_signal_mounts(l->proc.mntns, 0, SIGKILL);
	look_for_oom(m);
	return code;
}

void
monitor_run(struct launch *l, int client, bool in)
{
	struct monitor m = {.l = l};
	struct restart_history h = {.count = 0};

	(void)log_options_parse(
	    l->config, &m.log_options, NULL); /* checked at the start */
	int code = run(&m, client, in);
	while (!l->config->auto_remove && run_again(&m, &h, code))
		code = run(&m, -1, false);
	finish(&m, code);
}
