/*
 * share.c - a container among the processes of another, or with another's shared memory
 *
 * Who shares a pid namespace shares the user namespace that owns it: else the kernel
 * shows no /proc of it.  The guide, a child of the caller, goes there, makes the other
 * namespaces, and its child, which is the caller's, is init.  What runs there already
 * must not look into either: the guide is not among them, init is not dumpable until the
 * program runs (CVE-2016-9962), and what both leave open for the caller travels as
 * descriptors.
 */
#include "sandbox/runtime/plan.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A first process that is not root may itself live in one further below. */
int
share_owner(pid_t first, struct err *err)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)first);
	cleanup_fd int mounts = open(path, O_RDONLY | O_CLOEXEC);
	int owner = mounts < 0 ? -1 : ioctl(mounts, NS_GET_USERNS);

	if (owner < 0)
		err_sys(err, "cannot look into the container");
	return owner;
}

/* ---- shared memory ------------------------------------------------------------------
 */

/* In a child: a mount is copied by who stands in its mount namespace. */
static _Noreturn void
hand_trees(int pidfd, int to)
{
	int fds[2] = {-1, -1};
	char kind = 's';
	bool shm;

	prctl(PR_SET_DUMPABLE, 0);
	if (setns(pidfd, CLONE_NEWNS) < 0)
		_exit(1);
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW;
	fds[0] = (int)syscall(SYS_open_tree, AT_FDCWD, "/dev/mqueue", flags);
	fds[1] = (int)syscall(SYS_open_tree, AT_FDCWD, "/dev/shm", flags);
	shm = fds[1] >= 0;
	if (fds[0] < 0 || fd_send_fds(to, &kind, 1, fds, shm ? 2 : 1) < 0)
		_exit(1);
	_exit(0);
}

int
share_ipc(struct plan *p, struct err *err)
{
	const struct runtime_other *o = p->spec->ipc;
	int pair[2], fds[8];
	size_t nfds = 0;
	char kind;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int from = pair[0], to = pair[1];
	pid = fork();
	if (pid == 0)
		hand_trees(o->pidfd, to);
	fd_close_p(&to);
	if (pid < 0 || fd_recv_fds(from, &kind, 1, fds, &nfds) != 1 || nfds == 0) {
		if (pid > 0)
			proc_wait(pid);
		return err_set(err, ERR_CONFLICT, "cannot share the container's memory");
	}
	proc_wait(pid);
	p->mqueue = fds[0];
	p->shm = nfds > 1 ? fds[1] : -1;
	return setns(o->pidfd, CLONE_NEWIPC) < 0
		   ? err_sys(err, "cannot join the container's memory")
		   : 0;
}

/* ---- processes ----------------------------------------------------------------------
 */

static int
enter(const struct plan *p, struct err *err)
{
	const struct runtime_spec *s = p->spec;
	cleanup_fd int owner = share_owner(s->pids->first, err);
	int spaces = CLONE_NEWNS | (s->ipc != NULL ? 0 : CLONE_NEWIPC) |
		     (s->net == RUNTIME_NET_JOIN ? 0 : CLONE_NEWNET) |
		     (s->host_uts ? 0 : CLONE_NEWUTS);

	if (owner < 0)
		return -1;
	if (fd_wait_readable(s->pids->pidfd, 0) != 0) /* the number may be another's */
		return err_set(err, ERR_CONFLICT, "the container has ended");
	if (setns(s->pids->pidfd, CLONE_NEWPID) < 0 || setns(owner, CLONE_NEWUSER) < 0)
		return err_sys(err, "cannot join the container");
	if (unshare(spaces) < 0)
		return err_sys(err, "cannot make the container's namespaces");
	return 0;
}

static int
give_birth(struct plan *p, int to, void (*init)(struct plan *p), struct err *err)
{
	int fds[3] = {-1, open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC),
	    open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
	struct clone_args args = {
	    .flags = CLONE_PIDFD | CLONE_PARENT | CLONE_CLEAR_SIGHAND,
	    .pidfd = (uint64_t)(uintptr_t)&fds[0]};
	struct born born = {'b', -1};

	if (fds[1] < 0 || fds[2] < 0)
		return err_sys(err, "cannot keep the container's namespaces");
	born.pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (born.pid < 0)
		return err_sys(err, "cannot start a process in the container");
	if (born.pid == 0) {
		close(to);
		init(p);
		_exit(125);
	}
	if (fd_send_fds(to, &born, sizeof born, fds, 3) < 0)
		return err_sys(err, "cannot reach the monitor");
	return 0;
}

pid_t
guide_hear(int from, int fds[8], size_t *nfds, struct err *err)
{
	struct err said = ERR_INIT;
	struct born born;
	ssize_t n = fd_recv_fds(from, &said, sizeof said, fds, nfds);

	if (n == (ssize_t)sizeof born && *nfds > 0) {
		memcpy(&born, &said, sizeof born);
		return born.pid;
	}
	if (n != (ssize_t)sizeof said)
		return err_set(err, ERR_SYS, "the way into the container was lost");
	if (err != NULL)
		*err = said;
	return -1;
}

pid_t
share_init(struct plan *p, struct runtime_proc *ret, void (*init)(struct plan *p),
    struct err *err)
{
	int *const kept[] = {&ret->pidfd, &ret->mntns, &ret->netns};
	int pair[2], fds[8];
	size_t nfds = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int from = pair[0], to = pair[1];
	pid_t pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0) {
		struct err mine = ERR_INIT;

		prctl(PR_SET_DUMPABLE, 0);
		if (enter(p, &mine) < 0 || give_birth(p, to, init, &mine) < 0)
			err_send(to, &mine);
		_exit(0);
	}
	fd_close_p(&to);
	pid_t born = guide_hear(from, fds, &nfds, err);
	proc_wait(pid);
	if (born < 0 || nfds != ARRAY_LEN(kept))
		return -1;
	for (size_t i = 0; i < nfds; i++)
		*kept[i] = fds[i];
	return born;
}

/* ---- signals ------------------------------------------------------------------------
 */

/* One look at all processes; how many were signalled. */
static size_t
signal_once(const struct stat *mounts, pid_t first, int signo)
{
	cleanup_dir DIR *d = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		pid_t pid = (pid_t)atoi(e->d_name);
		struct stat st;
		char path[64];

		if (!isdigit((unsigned char)e->d_name[0]) || pid == first)
			continue;
		cleanup_fd int pidfd = proc_pidfd(pid);
		snprintf(path, sizeof path, "%d/ns/mnt", (int)pid);
		if (pidfd >= 0 && fstatat(dirfd(d), path, &st, 0) == 0 &&
		    st.st_ino == mounts->st_ino && st.st_dev == mounts->st_dev &&
		    syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0) == 0)
			n++;
	}
	return n;
}

void
runtime_signal_mounts(int mntns, pid_t first, int signo)
{
	enum { ROUNDS = 100 };
	struct stat mounts;

	if (fstat(mntns, &mounts) < 0)
		return;
	/* whoever was missed was just born: by now its parent is dead, or stands still */
	for (int i = 0; i < ROUNDS && signal_once(&mounts, first, signo) > 0; i++)
		if (signo != SIGKILL && i > 0)
			return;
}
