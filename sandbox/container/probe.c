/*
 * probe.c - running a container's health check
 *
 * A fork of the monitor starts the check as `docker exec` would, gathers its output and
 * hands the result back through a pipe; it dies with the monitor.  Times and texts are
 * moby's (daemon/health.go).
 */
#include "sandbox/container/health.h"
#include "sandbox/container/room.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEFAULT_INTERVAL (30 * NS_PER_S)
#define DEFAULT_START_INTERVAL (5 * NS_PER_S)
#define MS (NS_PER_S / 1000)

static int64_t
or_else(int64_t value, int64_t fallback)
{
	return value != 0 ? value : fallback;
}

static int64_t
wait_before(const struct probe *p)
{
	const struct container_health *h = &p->launch->config->health;
	int64_t age = clock_now() - p->launch->started_at;

	if (age < h->start_period && health_read(p->launch->dir, true) == HEALTH_STARTING)
		return or_else(h->start_interval, DEFAULT_START_INTERVAL);
	return or_else(h->interval, DEFAULT_INTERVAL);
}

/* ---- in the fork --------------------------------------------------------------------
 */

/* What it prints, and at most as much as Docker keeps. */
static void
gather(int fd, struct buf *out)
{
	char data[4096];
	ssize_t n = read(fd, data, sizeof data);

	if (n > 0)
		buf_add(out, data, (size_t)n);
}

/* Until the program has ended; false when it took too long and was killed. */
static bool
watch(const struct runtime_proc *proc, int out, int64_t timeout, struct buf *b)
{
	int64_t give_up = clock_mono() + timeout;

	fcntl(out, F_SETFL, O_NONBLOCK);
	for (;;) {
		int64_t left = (give_up - clock_mono()) / MS;

		if (left <= 0) {
			syscall(SYS_pidfd_send_signal, proc->pidfd, SIGKILL, NULL, 0);
			gather(out, b);
			return false;
		}
		if (fd_wait_readable(out, 0) > 0)
			gather(out, b);
		if (fd_wait_readable(proc->pidfd, left < 20 ? (int)left : 20) > 0)
			break;
	}
	while (fd_wait_readable(out, 0) > 0 && !b->failed) {
		size_t before = b->len;

		gather(out, b);
		if (b->len == before)
			break;
	}
	return true;
}

/* "1m30s", "1.5s", "200ms": a Go duration. */
static void
go_duration(int64_t ns, char out[40])
{
	int64_t minutes = ns / (60 * NS_PER_S), hours = minutes / 60;
	double seconds = (double)(ns % (60 * NS_PER_S)) / NS_PER_S;

	if (ns < NS_PER_S)
		snprintf(out, 40, "%gms", (double)ns / MS);
	else if (minutes == 0)
		snprintf(out, 40, "%gs", seconds);
	else if (hours == 0)
		snprintf(out, 40, "%lldm%gs", (long long)minutes, seconds);
	else
		snprintf(out, 40, "%lldh%lldm%gs", (long long)hours,
		    (long long)minutes % 60, seconds);
}

static void
make_argv(const struct container_health *h, struct vec *argv)
{
	if (str_eq(h->test.v[0], "CMD-SHELL")) {
		vec_add_all(argv, h->shell.v);
		if (argv->len == 0) {
			vec_add(argv, "/bin/sh");
			vec_add(argv, "-c");
		}
	}
	vec_add_all(argv, h->test.v + 1);
}

/* Starts it with one pipe for both of its streams; our end, or -1. */
static int
start_check(const struct launch *l, const struct vec *argv, struct runtime_proc *proc,
    struct err *err)
{
	const struct container_config *c = l->config;
	cleanup_vec struct vec env = VEC_INIT;
	int pair[2];

	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	make_env(c, false, &env);
	struct runtime_spec spec = {.dir = l->dir,
	    .argv = (const char *const *)argv->v,
	    .env = (const char *const *)env.v,
	    .cwd = c->workdir != NULL && *c->workdir ? c->workdir : "/",
	    .user = c->user != NULL ? c->user : "",
	    .groups = (const char *const *)c->group_add.v,
	    .net = room_net(c->network) == RUNTIME_NET_JOIN ? RUNTIME_NET_JOIN
							    : RUNTIME_NET_BRIDGE,
	    .in = -1,
	    .out = theirs,
	    .errfd = theirs};
	if (runtime_join(l->holder, l->proc.pid, l->proc.pidfd, &spec, proc, err) < 0 ||
	    runtime_go(proc, err) < 0)
		return -1;
	return take_fd(&ours);
}

static void
event(const struct launch *l, const char *what, const struct vec *argv, int code)
{
	cleanup_free char *words = argv != NULL ? vec_join(argv, " ") : NULL;
	cleanup_free char *text =
	    words != NULL ? xasprintf("%s: %s", what, words) : xstrdup(what);

	container_event(l->session, l->config, text, code);
}

static void
run_check(const struct launch *l, struct probe_result *r)
{
	const struct container_health *h = &l->config->health;
	int64_t timeout = or_else(h->timeout, DEFAULT_INTERVAL);
	cleanup_vec struct vec argv = VEC_INIT;
	cleanup_buf struct buf out = BUF_INIT(PROBE_OUTPUT);
	struct runtime_proc proc = RUNTIME_PROC_INIT;
	struct err err = ERR_INIT;
	char text[40];

	make_argv(h, &argv);
	event(l, "exec_create", &argv, -1);
	event(l, "exec_start", &argv, -1);
	r->start = clock_now();
	cleanup_fd int fd = start_check(l, &argv, &proc, &err);
	r->code = -1;
	if (fd < 0) {
		word_exec_failure(&err);
		snprintf(r->output, sizeof r->output, "%s", err.text);
	} else if (watch(&proc, fd, timeout, &out)) {
		r->code = proc_wait(proc.pid);
		snprintf(
		    r->output, sizeof r->output, "%s%s", out.s, out.failed ? "..." : "");
	} else {
		proc_wait(proc.pid);
		go_duration(timeout, text);
		snprintf(r->output, sizeof r->output,
		    "Health check exceeded timeout (%s)%s%s", text,
		    out.len > 0 ? ": " : "", out.s);
	}
	r->end = clock_now();
	event(l, "exec_die", NULL, r->code < 0 ? 137 : r->code);
}

/* ---- in the monitor -----------------------------------------------------------------
 */

void
probe_begin(struct probe *p, const struct launch *l)
{
	*p = (struct probe){.launch = l, .fd = -1, .pid = -1};
	if (health_wanted(&l->config->health))
		p->due = clock_mono() + wait_before(p);
}

/* What holds the container up is not the fork's to hold. */
static _Noreturn void
fork_main(struct probe *p, int out)
{
	struct probe_result r = {.code = -1};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(p->launch->lock);
	proc_reset_signals();
	signal(SIGPIPE, SIG_IGN);
	run_check(p->launch, &r);
	_exit(fd_write_all(out, &r, sizeof r) < 0);
}

void
probe_start(struct probe *p)
{
	int pair[2];

	/* a paused container cannot answer */
	if (faccessat(p->launch->dir, PAUSED_MARK, F_OK, 0) == 0 ||
	    pipe2(pair, O_CLOEXEC) < 0) {
		p->due = clock_mono() + wait_before(p);
		return;
	}
	p->due = 0;
	p->pid = fork();
	if (p->pid == 0) {
		close(pair[0]);
		fork_main(p, pair[1]);
	}
	close(pair[1]);
	p->fd = pair[0];
}

void
probe_take(struct probe *p)
{
	const struct launch *l = p->launch;
	struct probe_result *r = xcalloc(1, sizeof *r);
	enum container_healthy before, now;
	cleanup_free char *text = NULL;
	bool whole = fd_read_all(p->fd, r, sizeof *r) == 0;

	fd_close_p(&p->fd);
	proc_wait(p->pid);
	p->pid = -1;
	if (whole) {
		r->output[sizeof r->output - 1] = '\0';
		now = health_note(l->dir, &l->config->health, l->started_at, r, &before);
		text = xasprintf("health_status: %s", container_health_word(now));
		if (now != before)
			container_event(l->session, l->config, text, -1);
	}
	free(r);
	p->due = clock_mono() + wait_before(p);
}

void
probe_end(struct probe *p)
{
	p->due = 0;
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		proc_wait(p->pid);
		p->pid = -1;
	}
	fd_close_p(&p->fd);
}
