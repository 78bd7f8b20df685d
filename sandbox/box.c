/*
 * box.c - the workstation's container, and the keeper that is its parent
 *
 * The keeper is forked from the tutor, enters the holder, and becomes the parent of
 * the box.  It never execs.  It watches three things: the box, the tutor (by a
 * pidfd: not even kill -9 leaves a box behind), and the report socket, whose end
 * means "stop".
 */
#include "sandbox/private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Folders of boxes whose keeper was killed: nobody holds their lock. */
static void
sweep(struct keeper *k)
{
	cleanup_dir DIR *dir = NULL;
	int fd = openat(k->boxes, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;

	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		cleanup_fd int box =
		    e->d_name[0] == '.'
			? -1
			: openat(k->boxes, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (box >= 0 && flock(box, LOCK_EX | LOCK_NB) == 0)
			fd_remove_tree(k->boxes, e->d_name);
	}
}

/* The box has ended; who waits for us need not wait for the removal. */
static _Noreturn void
leave(struct keeper *k)
{
	fd_close_p(
	    &k->dir); /* its lock too, in both of us: the sweep takes our box first */
	if (fork() == 0) {
		fd_close_p(&k->report);
		runtime_done(&k->proc);
		if (k->boxes >= 0)
			sweep(k);
	}
	_exit(0);
}

static void
watch(struct keeper *k)
{
	struct pollfd p[] = {{.fd = k->proc.pidfd, .events = POLLIN},
	    {.fd = k->tutor, .events = POLLIN}, {.fd = k->report, .events = POLLIN}};

	while (poll(p, ARRAY_LEN(p), -1) < 0 && errno == EINTR)
		continue;
	kill(k->proc.pid, SIGKILL);
	proc_wait(k->proc.pid);
}

static _Noreturn void
keeper_main(struct keeper *k)
{
	struct err err = ERR_INIT;

	setsid();
	proc_reset_signals();
	signal(SIGPIPE, SIG_IGN);
	if (box_prepare(k, &err) < 0) {
		if (fd_send_fds(k->report, "e", 1, NULL, 0) == 1)
			err_send(k->report, &err);
		leave(k);
	}
	/* The program's descriptors must have no other holder: their end is a message. */
	for (size_t i = 0; i < k->spec->nfds; i++) {
		close(k->spec->fds[i].fd);
		close(k->spec->fds[i].number);
	}
	fd_send_fds(k->report, "c", 1, &k->proc.console, 1);
	fd_close_p(&k->proc.console);
	watch(k);
	leave(k);
}

int
sandbox_box_start(struct sandbox *s, const struct sandbox_box_spec *spec,
    struct sandbox_box *ret, struct err *err)
{
	struct keeper k = {.s = s,
	    .spec = spec,
	    .boxes = -1,
	    .dir = -1,
	    .workspace = -1,
	    .sockets = -1,
	    .shim = -1,
	    .lent = OFFLINE_INIT,
	    .etc = {-1, -1},
	    .proc = RUNTIME_PROC_INIT};
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int ours = pair[0], theirs = pair[1], tutor = proc_pidfd(getpid());
	if (tutor < 0)
		return err_sys(err, "cannot watch this process");
	*ret = (struct sandbox_box)SANDBOX_BOX_INIT;
	ret->keeper = fork();
	if (ret->keeper < 0)
		return err_sys(err, "cannot fork");
	if (ret->keeper == 0) {
		close(ours);
		k.report = theirs;
		k.tutor = tutor;
		keeper_main(&k);
	}
	ret->report = take_fd(&ours);
	return 0;
}

int
sandbox_box_wait(struct sandbox_box *b, struct err *err)
{
	int fds[8];
	size_t nfds = 0;
	char kind = 0;
	ssize_t n;

	if (b->console >= 0)
		return 0;
	if (b->report < 0)
		return err_set(err, ERR_NOT_FOUND, "the workstation was not started");
	n = fd_recv_fds(b->report, &kind, 1, fds, &nfds);
	if (n == 1 && kind == 'c' && nfds == 1) {
		b->console = fds[0];
		return 0;
	}
	if (n == 1 && kind == 'e' && err_recv(b->report, err) == 1)
		return err_while(err, "starting the workstation");
	return err_set(err, ERR_SYS, "the workstation ended while it was starting");
}

void
sandbox_box_stop(struct sandbox_box *b)
{
	fd_close_p(&b->console);
	fd_close_p(&b->report);
	if (b->keeper > 0)
		proc_wait(b->keeper);
	*b = (struct sandbox_box)SANDBOX_BOX_INIT;
}
