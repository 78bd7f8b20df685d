/*
 * pause.c - all processes of a container stand still, or go on
 *
 * Docker uses the freezer of its cgroup; without one, SIGSTOP: it cannot be caught, and
 * the kernel lets no process fork while one is pending, so none slips through.
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

struct signal_args {
	pid_t first;
	int pidfd;
	bool stop, among; /* among: it shares another's processes */
};

/* The first process is stopped first, and goes on last. */
static int
signal_all(void *arg, struct err *err)
{
	struct signal_args *a = arg;
	int signo = a->stop ? SIGSTOP : SIGCONT;

	if (a->stop && syscall(SYS_pidfd_send_signal, a->pidfd, signo, NULL, 0) < 0)
		return err_sys(err, "cannot pause the container");
	if (a->among) {
		char path[64];

		snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)a->first);
		cleanup_fd int mntns = open(path, O_RDONLY | O_CLOEXEC);
		runtime_signal_mounts(mntns, a->first, signo);
	} else if (runtime_signal_others(a->first, a->pidfd, signo, err) < 0) {
		return -1;
	}
	if (!a->stop && syscall(SYS_pidfd_send_signal, a->pidfd, signo, NULL, 0) < 0)
		return err_sys(err, "cannot unpause the container");
	return 0;
}

static int
mark(int dir, const struct container_state *st, bool paused, struct err *err)
{
	char text[32];

	snprintf(text, sizeof text, "%llu\n", st->start_time);
	if (paused)
		return fd_write_file(dir, PAUSED_MARK, text, strlen(text), 0600, err);
	return unlinkat(dir, PAUSED_MARK, 0) < 0 && errno != ENOENT
		   ? err_sys(err, "cannot unpause the container")
		   : 0;
}

static int
change(struct session *s, const char *id, bool pause, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int dir = container_open_dir(s, id, err);
	struct holder *h;

	if (dir < 0 || container_load(s, id, &c, err) < 0 ||
	    container_state(s, id, &st, err) < 0)
		return -1;
	cleanup_fd int first = open_first(&st);
	if (first < 0)
		return err_set(err, ERR_CONFLICT,
		    pause ? "container %s is not running" : "Container %s is not paused",
		    id);
	if (st.paused == pause)
		return err_set(err, ERR_CONFLICT,
		    pause ? "container %s is already paused"
			  : "Container %s is not paused",
		    id);
	h = store_holder(session_store(s), err);
	struct signal_args a = {st.pid, first, pause, c->pid != NULL};
	if (h == NULL || holder_call(h, 0, signal_all, &a, err) < 0 ||
	    mark(dir, &st, pause, err) < 0)
		return -1;
	container_event(s, c, pause ? "pause" : "unpause", -1);
	return 0;
}

int
container_pause(struct session *s, const char *id, struct err *err)
{
	return change(s, id, true, err);
}

int
container_unpause(struct session *s, const char *id, struct err *err)
{
	return change(s, id, false, err);
}
