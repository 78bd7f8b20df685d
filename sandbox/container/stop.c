/*
 * stop.c - signals, the end, and what is left of a container
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_TIMEOUT_S = 10, FOREVER = -1, AFTER_KILL_MS = 10000 };

static int
not_running(const struct container_config *c, struct err *err)
{
	return err_set(err, ERR_CONFLICT, "container %s is not running", c->id);
}

int
open_first(const struct container_state *st)
{
	int fd =
	    st->status == CONTAINER_RUNNING && st->pid > 0 ? proc_pidfd(st->pid) : -1;

	if (fd >= 0 && proc_start_time(st->pid) != st->start_time)
		fd_close_p(&fd);
	return fd;
}

struct kill_args {
	int pidfd, signo;
};

static int
kill_inside(void *arg, struct err *err)
{
	struct kill_args *k = arg;

	if (syscall(SYS_pidfd_send_signal, k->pidfd, k->signo, NULL, 0) < 0 &&
	    errno != ESRCH)
		return err_sys(err, "cannot signal the container");
	return 0;
}

/* Its process may run under an id that is not ours: ask from inside the holder. */
static int
send_signal(struct session *s, int pidfd, int signo, struct err *err)
{
	struct kill_args k = {pidfd, signo};
	struct holder *h;

	if (syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0) == 0 || errno == ESRCH)
		return 0;
	h = store_holder(session_store(s), err);
	return h == NULL ? -1 : holder_call(h, 0, kill_inside, &k, err);
}

/* Waits until the monitor has written how it ended.  1 ended, 0 time-out. */
static int
wait_end(int dir, int pidfd, int timeout_ms)
{
	int64_t give_up = clock_mono() + timeout_ms * (NS_PER_S / 1000);
	struct timespec nap = {.tv_nsec = 1000000};

	if (pidfd >= 0 && fd_wait_readable(pidfd, timeout_ms) == 0)
		return 0;
	/* the process has gone; its monitor has a moment's work left */
	while (container_monitored(dir) && faccessat(dir, "running.json", F_OK, 0) == 0) {
		if (timeout_ms >= 0 && clock_mono() > give_up + NS_PER_S)
			return 0;
		nanosleep(&nap, NULL);
	}
	return 1;
}

/* A restart policy has to know that the next end is wanted.  A monitor that is about to
 * start another run then does not, or it has already: *st is what is so now. */
static int
forbid_restart(struct session *s, int dir, const struct container_config *c,
    struct container_state *st, struct err *err)
{
	struct timespec nap = {.tv_nsec = 1000000};
	struct restart_policy p;

	restart_policy(dir, c, &p);
	if (p.kind == RESTART_NO && !st->restarting)
		return 0;
	if (restart_forbid(dir, err) < 0)
		return -1;
	do {
		container_state_done(st);
		if (container_state(s, c->id, st, err) < 0)
			return -1;
		if (st->restarting)
			nanosleep(&nap, NULL);
	} while (st->restarting);
	return 0;
}

static int
stop_signal(const struct container_config *c)
{
	int signo = c->stop_signal != NULL ? proc_signal_number(c->stop_signal) : 0;

	return signo > 0 ? signo : SIGTERM;
}

/* A container that is to be told something. */
struct target {
	struct container_config *config;
	struct container_state state;
	int dir;   /* its folder */
	int pidfd; /* of its first process, -1 when it does not run */
};

static void
target_done(struct target *t)
{
	container_config_free(t->config);
	container_state_done(&t->state);
	fd_close_p(&t->dir);
	fd_close_p(&t->pidfd);
}
#define cleanup_target __attribute__((cleanup(target_done)))

/* signo 0: it is to end, whatever its signal is.  Also forbids the next run when signo
 * is one that ends it for good. */
static int
open_target(
    struct target *t, struct session *s, const char *id, int signo, struct err *err)
{
	*t = (struct target){.dir = container_open_dir(s, id, err), .pidfd = -1};
	if (t->dir < 0 || container_load(s, id, &t->config, err) < 0 ||
	    container_state(s, id, &t->state, err) < 0)
		return -1;
	if ((signo == 0 || signo == SIGKILL || signo == stop_signal(t->config)) &&
	    forbid_restart(s, t->dir, t->config, &t->state, err) < 0)
		return -1;
	t->pidfd = open_first(&t->state);
	return 0;
}

static void
kill_event(struct session *s, const struct container_config *c, int signo)
{
	container_event_more(
	    s, c, "kill", json_pack("{s:o}", "signal", json_sprintf("%d", signo)));
}

int
container_signal(struct session *s, const char *id, int signo, struct err *err)
{
	cleanup_target struct target t;

	if (open_target(&t, s, id, signo, err) < 0)
		return -1;
	if (t.pidfd < 0)
		return not_running(t.config, err);
	kill_event(s, t.config, signo);
	if (send_signal(s, t.pidfd, signo, err) < 0)
		return -1;
	if (signo == SIGKILL)
		wait_end(t.dir, t.pidfd, AFTER_KILL_MS);
	return 0;
}

int
container_stop(struct session *s, const char *id, int timeout, struct err *err)
{
	return container_stop_by(s, id, 0, timeout, err);
}

int
container_stop_by(
    struct session *s, const char *id, int signo, int timeout, struct err *err)
{
	cleanup_target struct target t;

	if (open_target(&t, s, id, 0, err) < 0)
		return -1;
	if (t.pidfd < 0)
		return 0;
	if (timeout < 0)
		timeout = t.config->stop_timeout >= 0 ? (int)t.config->stop_timeout
						      : DEFAULT_TIMEOUT_S;
	if (signo <= 0)
		signo = stop_signal(t.config);
	kill_event(s, t.config, signo); /* before its end is told */
	if (send_signal(s, t.pidfd, signo, err) < 0)
		return -1;
	if (!wait_end(t.dir, t.pidfd, timeout * 1000)) {
		kill_event(s, t.config, SIGKILL);
		if (send_signal(s, t.pidfd, SIGKILL, err) < 0)
			return -1;
		if (!wait_end(t.dir, t.pidfd, AFTER_KILL_MS))
			return err_set(err, ERR_SYS,
			    "cannot stop container: %s: it does not end", t.config->name);
	}
	container_event(s, t.config, "stop", -1);
	return 0;
}

int
container_wait(struct session *s, const char *id, struct err *err)
{
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int dir = container_open_dir(s, id, err);

	if (dir < 0 || container_state(s, id, &st, err) < 0)
		return -1;
	if (st.status == CONTAINER_RUNNING) {
		cleanup_fd int pidfd = open_first(&st);

		wait_end(dir, pidfd, FOREVER);
		container_state_done(&st);
		bool was_running;
		record_read(
		    dir, &st, &was_running); /* the folder may be in the trash by now */
	}
	return st.exit_code;
}
