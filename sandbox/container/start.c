/*
 * start.c - fork the monitor, wait for its word
 */
#include "sandbox/container/private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_WAIT_MS = 3000 };

/* What our caller's caller left open is not ours to keep: a pipe in the monitor's hands
 * would make $(docker run -d ...) wait for the container.  Ours are all O_CLOEXEC. */
static void
let_go_of_foreign(void)
{
	cleanup_dir DIR *d = opendir("/proc/self/fd");
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		int fd = atoi(e->d_name);

		if (fd > 2 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0)
			close(fd);
	}
	for (int i = 0; i < 3; i++)
		dup2(null, i);
}

void
become_keeper(void)
{
	setsid();
	let_go_of_foreign();
	proc_reset_signals();
}

/* An earlier monitor may still be unmounting: its lock goes when it has done so. */
static int
take_lock(int dir, struct err *err)
{
	cleanup_fd int lock = openat(dir, "lock", O_RDWR | O_CLOEXEC);
	int64_t give_up = clock_mono() + LOCK_WAIT_MS * (NS_PER_S / 1000);
	struct timespec nap = {.tv_nsec = 500000};

	if (lock < 0)
		return err_sys(err, "cannot open the container's lock");
	while (flock(lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK || clock_mono() > give_up)
			return err_set(err, ERR_CONFLICT,
			    "the container is being started or stopped");
		nanosleep(&nap, NULL);
	}
	return take_fd(&lock);
}

static int
exit_code_of(const struct err *err)
{
	return err->kind == ERR_EXEC_MISSING  ? 127
	       : err->kind == ERR_EXEC_DENIED ? 126
					      : 128;
}

/* As in Docker: it stays "Created", with the error and a code. */
static void
record_failure(struct launch *l, const struct err *err)
{
	struct container_state state = {.status = CONTAINER_CREATED,
	    .exit_code = exit_code_of(err),
	    .error = (char *)err->text};

	record_exited(l->dir, &state, NULL);
}

static _Noreturn void
monitor_main(struct launch *l, const struct store_image *image, int sock,
    const struct container_attach *a)
{
	struct err err = ERR_INIT;

	setsid();
	let_go_of_foreign();
	proc_reset_signals();
	signal(SIGPIPE, SIG_IGN); /* whoever we write to may leave in the middle */
	l->lock = take_lock(l->dir, &err);
	if (!l->config->auto_remove)
		restart_allow(l->dir);
	if (l->lock < 0 || launch_run(l, image, &err) < 0) {
		if (l->lock >= 0)
			record_failure(l, &err);
		fd_close_p(&l->lock);
		wire_send(sock, WIRE_FAILED, &err, sizeof err, 0);
		_exit(1);
	}
	container_event(l->session, l->config, "start", -1);
	wire_send(sock, WIRE_STARTED, NULL, 0, 0);
	if (!a->in && !a->out)
		fd_close_p(&sock);
	monitor_run(l, sock, a->in);
	_exit(0);
}

int
wait_started(int sock, struct err *err)
{
	char data[WIRE_MAX];
	size_t len = 0;
	int kind = wire_recv(sock, data, &len, 0);

	if (kind == WIRE_STARTED)
		return 0;
	if (kind == WIRE_FAILED && len == sizeof *err) {
		memcpy(err, data, sizeof *err);
		return -1;
	}
	return err_set(
	    err, ERR_SYS, "the container's monitor was killed while it started");
}

int
container_start(
    struct session *s, const char *id, const struct container_attach *a, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_store_image struct store_image image = {0};
	cleanup_container_state struct container_state state = {0};
	struct launch l = {.session = s,
	    .in = -1,
	    .out = -1,
	    .errfd = -1,
	    .lock = -1,
	    .other_netns = -1,
	    .pids.pidfd = -1,
	    .ipc.pidfd = -1,
	    .outlet = -1,
	    .tap = -1,
	    .outer_dns = {-1, -1},
	    .files = {-1, -1, -1},
	    .proc = RUNTIME_PROC_INIT};
	int pair[2];
	pid_t pid;

	if (container_load(s, id, &c, err) < 0 || container_state(s, id, &state, err) < 0)
		return -1;
	if (state.status == CONTAINER_RUNNING)
		return 0;
	if (store_load_image(session_store(s), c->image_id, &image, err) < 0 ||
	    store_holder(session_store(s), err) == NULL)
		return -1;
	cleanup_fd int dir = container_open_dir(s, id, err);
	if (dir < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	l.config = c;
	l.dir = dir;
	l.rows = a->rows;
	l.cols = a->cols;
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0) {
		close(ours);
		monitor_main(&l, &image, theirs, a);
	}
	fd_close_p(&theirs);
	if (wait_started(ours, err) < 0)
		return -1;
	return a->in || a->out ? client_follow(ours, a, err) : 0;
}
