/*
 * start.c - clone init, map its ids, let it go
 */
#include "sandbox/runtime/plan.h"
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPACES = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID };

/* The kernel mounts from and onto what was opened in our own mount namespace only. */
static void
rehome_all(const struct plan *p)
{
	const struct runtime_spec *s = p->spec;

	holder_rehome(p->holder, s->dir);
	holder_rehome(p->holder, s->lowers_at);
	for (size_t i = 0; i < s->nmounts; i++)
		if (s->mounts[i].kind == MOUNT_BIND && !s->mounts[i].detached)
			holder_rehome(p->holder, s->mounts[i].source);
}

static void
init(struct plan *p)
{
	struct err err = ERR_INIT;
	char byte;

	if (p->spec->pids != NULL) /* see share.c */
		prctl(PR_SET_DUMPABLE, 0);
	for (size_t i = 0; i < ARRAY_LEN(p->parents); i++)
		fd_close_p(&p->parents[i]);
	proc_unblock_signals();
	signal(
	    SIGPIPE, SIG_DFL); /* the monitor ignores it, and that would be inherited */
	setsid();
	if (fd_read_all(p->sync, &byte, 1) < 0) /* ids are mapped now */
		_exit(125);
	/* We must not outlive the monitor; a program that shakes this off is found by
	 * the next command through its record. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	rehome_all(p);
	if (plan_run(p, &err) < 0) {
		if (write(p->sync, "e", 1) == 1)
			err_send(p->sync, &err);
	}
	_exit(125);
}

static pid_t
clone_init(struct plan *p, struct runtime_proc *ret, struct err *err)
{
	struct clone_args args = {
	    .flags = SPACES | CLONE_PIDFD | CLONE_CLEAR_SIGHAND |
		     (p->spec->net == RUNTIME_NET_JOIN ? 0 : (unsigned)CLONE_NEWNET) |
		     (p->spec->ipc != NULL ? 0 : (unsigned)CLONE_NEWIPC) |
		     (p->spec->host_uts ? 0 : (unsigned)CLONE_NEWUTS),
	    .pidfd = (uint64_t)(uintptr_t)&ret->pidfd,
	    .exit_signal = SIGCHLD,
	};
	pid_t pid;

	if (p->spec->pids != NULL)
		return share_init(p, ret, init, err);
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (pid < 0)
		err_sys(err, "cannot make the container's namespaces");
	if (pid == 0) {
		init(p);
		_exit(125);
	}
	return pid;
}

/* Beside init, with its own socket to it. */
static int
start_supervisor(
    const struct plan *p, struct runtime_proc *r, int *theirs, struct err *err)
{
	cleanup_fd int sock = take_fd(theirs);

	r->watcher = supervisor_start(sock, r->pidfd, p, err);
	return r->watcher < 0 ? -1 : 0;
}

static int
keep_mounts(struct runtime_proc *r)
{
	char path[64];

	if (r->mntns >= 0)
		return r->mntns;
	snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)r->pid);
	r->mntns = open(path, O_RDONLY | O_CLOEXEC);
	return r->mntns;
}

int
runtime_prepare(const struct holder *h, const struct runtime_spec *spec,
    struct runtime_proc *ret, struct err *err)
{
	struct plan plan;
	int pair[2];

	*ret = (struct runtime_proc)RUNTIME_PROC_INIT;
	if (plan_make(&plan, h, spec, err) < 0)
		return -1;
	if (spec->net == RUNTIME_NET_JOIN && spec->netns >= 0 &&
	    setns(spec->netns, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot join the network");
	if (fchdir(h->home) < 0)
		return err_sys(err, "cannot enter DRYDOCK_HOME");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int ours = pair[0], theirs = pair[1], asks = -1, answers = -1;
	cleanup_fd int shm = -1, mqueue = -1;
	if (spec->ipc != NULL && share_ipc(&plan, err) < 0)
		return -1;
	shm = plan.shm;
	mqueue = plan.mqueue;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	asks = pair[0];
	answers = pair[1];
	plan.sync = theirs;
	plan.ids = asks;
	plan.parents[0] = ours;
	plan.parents[1] = answers;
	ret->pid = clone_init(&plan, ret, err);
	if (ret->pid < 0)
		return -1;
	fd_close_p(&theirs);
	fd_close_p(&asks);
	if (start_supervisor(&plan, ret, &answers, err) < 0 ||
	    (spec->pids == NULL && idmap_write_child(h, ret->pid, err) < 0) ||
	    keep_mounts(ret) < 0 || fd_write_all(ours, "m", 1) < 0) {
		if (err != NULL && err->kind == ERR_NONE)
			err_sys(err, "cannot start the container's first process");
		kill(ret->pid, SIGKILL);
		proc_wait(ret->pid);
		runtime_done(ret);
		return -1;
	}
	ret->go = take_fd(&ours);
	return 0;
}

int
runtime_go(struct runtime_proc *p, struct err *err)
{
	char kind;
	int fds[8];
	size_t nfds;
	ssize_t n;

	if (fd_write_all(p->go, "n", 1) < 0 && errno != EPIPE)
		return err_sys(err, "cannot reach the container's first process");
	while ((n = fd_recv_fds(p->go, &kind, 1, fds, &nfds)) == 1 && kind == 't' &&
	       nfds == 1)
		p->console = fds[0];
	if (n == 1 && kind == 'e' && err_recv(p->go, err) == 1) {
		fd_close_p(&p->go);
		proc_wait(p->pid);
		return -1;
	}
	fd_close_p(&p->go);
	return 0;
}

void
runtime_done(struct runtime_proc *p)
{
	if (p->watcher > 0 && fd_wait_readable(p->pidfd, 0) == 1) {
		proc_wait(p->watcher);
		p->watcher = -1;
	}
	fd_close_p(&p->go);
	fd_close_p(&p->console);
	fd_close_p(&p->mntns);
	fd_close_p(&p->netns);
	fd_close_p(&p->pidfd);
}
