/*
 * enter.c - join the holder, and do one thing there in a child
 */
#include "sandbox/runtime/holder.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int
holder_enter(const struct holder *h, bool net, struct err *err)
{
	if (setns(h->pidfd, CLONE_NEWUSER | (net ? CLONE_NEWNET : 0)) < 0)
		return err_sys(err, "cannot join the holder");
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return err_sys(err, "cannot become root of the id map");
	/* Else /proc/PID of our children belongs to the host's root, and their maps
	 * cannot be written. */
	prctl(PR_SET_DUMPABLE, 1);
	return 0;
}

int
holder_enter_net(const struct holder *h, struct err *err)
{
	return setns(h->pidfd, CLONE_NEWNET) < 0
		   ? err_sys(err, "cannot join the holder's network")
		   : 0;
}

/* Our own parents may be closed to the mapped root, DRYDOCK_HOME itself is not: what
 * lies below it is reached from the working directory, which follows into the new
 * namespace. */
void
holder_rehome(const struct holder *h, int fd)
{
	char self[32], path[PATH_MAX];
	const char *name = path;
	struct stat before, after;
	ssize_t n;

	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	n = readlink(self, path, sizeof path - 1);
	if (n <= 0 || path[0] != '/' || fstat(fd, &before) < 0)
		return;
	path[n] = '\0';
	if (path_is_inside(path, h->home_path)) {
		name += strlen(h->home_path);
		name += *name == '/';
		if (*name == '\0')
			name = ".";
	}
	cleanup_fd int anew = open(name, O_PATH | O_CLOEXEC);
	if (anew < 0 || fstat(anew, &after) < 0 || before.st_dev != after.st_dev ||
	    before.st_ino != after.st_ino)
		return;
	dup3(anew, fd, fcntl(fd, F_GETFD) & FD_CLOEXEC ? O_CLOEXEC : 0);
}

static void
rehome_folders(const struct holder *h)
{
	cleanup_dir DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		int fd = atoi(e->d_name);
		struct stat st;

		if (fd > 2 && fd != dirfd(d) && fstat(fd, &st) == 0 &&
		    S_ISDIR(st.st_mode))
			holder_rehome(h, fd);
	}
}

int
holder_own_mounts(const struct holder *h, struct err *err)
{
	if (fchdir(h->home) < 0)
		return err_sys(err, "cannot enter DRYDOCK_HOME");
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return err_sys(err, "cannot make a mount namespace");
	rehome_folders(h);
	return 0;
}

int
holder_call(const struct holder *h, unsigned flags, int (*fn)(void *arg, struct err *err),
    void *arg, struct err *err)
{
	cleanup_fd int line = -1;
	pid_t pid = proc_fork(&line, err);

	if (pid < 0)
		return -1;
	if (pid == 0) {
		struct err child = ERR_INIT;
		int rc = holder_enter(h, flags & HOLDER_NET, &child);

		if (rc == 0 && (flags & HOLDER_MOUNTS))
			rc = holder_own_mounts(h, &child);
		if (rc == 0)
			rc = fn(arg, &child);
		if (rc < 0)
			err_send(line, &child);
		_exit(rc < 0);
	}
	int got = err_recv(line, err);
	int code = proc_wait(pid);
	if (got != 0)
		return -1;
	if (code != 0)
		return err_set(err, ERR_SYS, "a child process ended with code %d", code);
	return 0;
}
