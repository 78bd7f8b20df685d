/*
 * holder.c - the process that owns the id map and the network namespace
 *
 * Two lock files a map:
 *
 *   holder.MAP        EX-locked by the holder as long as it lives; its text is
 *                     "pid start-time ids", written when the holder is ready
 *   holder.MAP.users  SH-locked by everybody who uses it.  The holder now and
 *                     then tries EX; when it has had it for a minute it leaves,
 *                     still holding it, so that a new user waits until it is gone
 *
 * A user takes the second before it looks at the first: whoever sees a live
 * holder then also keeps it alive.
 */
#include "sandbox/runtime/holder.h"
#include "sandbox/base/netlink.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	ROOT_RANGE_START = 1879048192,
	LINGER_S = 60,
	LOOK_EVERY_S = 5,
	START_WAIT_MS = 10000
};

static const char *const map_names[] = {[IDMAP_RANGE] = "range", [IDMAP_ONE] = "one"};

const char *
idmap_name(enum idmap map)
{
	return map_names[map];
}

enum idmap
idmap_choose(int home)
{
	const char *forced = getenv("DRYDOCK_IDMAP");
	struct idmap_range uids, gids;

	if (forced != NULL && str_eq(forced, "one"))
		return IDMAP_ONE;
	if (forced != NULL && str_eq(forced, "range"))
		return IDMAP_RANGE;
	if (geteuid() == 0)
		return IDMAP_RANGE;
	if (faccessat(home, "holder.no-range", F_OK, 0) == 0)
		return IDMAP_ONE;
	return idmap_find_ranges(&uids, &gids) ? IDMAP_RANGE : IDMAP_ONE;
}

uid_t
idmap_root_uid(enum idmap map)
{
	return map == IDMAP_RANGE && geteuid() == 0 ? ROOT_RANGE_START : geteuid();
}

enum idmap
holder_idmap(const struct holder *h)
{
	return h->map;
}

uid_t
holder_root_uid(const struct holder *h)
{
	return idmap_root_uid(h->map);
}

gid_t
holder_root_gid(const struct holder *h)
{
	return h->map == IDMAP_RANGE && geteuid() == 0 ? ROOT_RANGE_START : getegid();
}

/* ---- the holder's own life ------------------------------------------------------- */

static void
bring_up_lo(void)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = netlink_open();

	netlink_up(&b, 1);
	(void)netlink_send(nl, &b, "lo", NULL);
}

/* `ps` would show the command line of whoever came first, and a student who looks for
 * leftovers would end it: our arguments lie where the kernel says (proc(5), stat). */
static void
rename_self(void)
{
	static const char name[] = "drydock-holder";
	cleanup_buf struct buf b = BUF_INIT(4096);
	unsigned long from = 0, to = 0;
	const char *p;

	prctl(PR_SET_NAME, name);
	if (fd_read_file(AT_FDCWD, "/proc/self/stat", &b, NULL) < 0)
		return;
	p = strrchr(b.s, ')');
	for (int field = 2; p != NULL && field < 48; field++)
		p = strchr(p + 1, ' ');
	if (p == NULL || sscanf(p, "%lu %lu", &from, &to) != 2 || to - from < sizeof name)
		return;
	memset((char *)from, 0, to - from);
	memcpy((char *)from, name, sizeof name);
}

/* Forwarding between bridges stays off; replies may leave by the bridge they came on. */
static _Noreturn void
hold(int lock, int users)
{
	int idle = 0;

	rename_self();
	for (;;) {
		struct timespec nap = {.tv_sec = LOOK_EVERY_S};
		struct stat st;

		nanosleep(&nap, NULL);
		if (fstat(lock, &st) < 0 || st.st_nlink == 0)
			_exit(0);
		if (flock(users, LOCK_EX | LOCK_NB) < 0) {
			idle = 0;
			continue;
		}
		idle += LOOK_EVERY_S;
		if (idle >= LINGER_S)
			_exit(0);
		flock(users, LOCK_UN);
	}
}

/* Nothing of the caller may be kept: an open pipe would make $(docker run ...) wait. */
static void
keep_only(int *lock, int *users)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int a = fcntl(*lock, F_DUPFD, 10), b = fcntl(*users, F_DUPFD, 10);

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	dup2(a, 3);
	dup2(b, 4);
	close_range(5, ~0U, 0);
	*lock = 3;
	*users = 4;
	if (chdir("/") < 0)
		_exit(1);
}

static _Noreturn void
holder_main(const struct holder *h, int lock, int go)
{
	char path[32];
	int users;
	char byte;

	setsid();
	proc_reset_signals();
	/* The starter writes our map, then says so; its death is an end of file. */
	if (read(go, &byte, 1) != 1)
		_exit(1);
	snprintf(path, sizeof path, "holder.%s.users", idmap_name(h->map));
	users = openat(h->home, path, O_RDWR | O_CLOEXEC);
	bring_up_lo();
	if (users < 0 || write(go, "r", 1) != 1)
		_exit(1);
	keep_only(&lock, &users);
	hold(lock, users);
}

/* ---- starting it ------------------------------------------------------------------ */

static int
write_ready(int lock, pid_t pid, unsigned ids)
{
	char text[80];
	int len = snprintf(
	    text, sizeof text, "%d %llu %u\n", (int)pid, proc_start_time(pid), ids);

	return pwrite(lock, text, (size_t)len, 0) == len ? 0 : -1;
}

static int
refused(struct err *err)
{
	int sys = errno;

	err_sys(err, "this machine does not let you make a user namespace");
	if (sys == ENOSPC)
		return err_hint(err,
		    "user.max_user_namespaces is used up or 0; ask for: sysctl "
		    "user.max_user_namespaces=15000");
	return err_hint(
	    err, "'drydock doctor' tells what this machine allows and the way out");
}

/* Takes nothing; the lock is ours.  Writes its text when the holder is ready. */
static int
start_holder(const struct holder *h, int lock, struct err *err)
{
	struct clone_args args = {
	    .flags = CLONE_NEWUSER | CLONE_NEWNET, .exit_signal = SIGCHLD};
	unsigned ids = 1;
	int pair[2];
	char byte;
	pid_t pid;

	if (ftruncate(lock, 0) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot start the holder");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (pid < 0)
		return refused(err);
	if (pid == 0) {
		close(ours);
		holder_main(h, lock, theirs);
	}
	fd_close_p(&theirs);
	if (idmap_write(h->map, pid, &ids, err) < 0 || write(ours, "m", 1) != 1 ||
	    read(ours, &byte, 1) != 1 || write_ready(lock, pid, ids) < 0) {
		if (err != NULL && err->kind == ERR_NONE)
			err_set(err, ERR_SYS, "the holder ended while it started");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return -1;
	}
	return 0;
}

/* Read the ready text: 1 complete, 0 not yet. */
static int
read_ready(int lock, struct holder *h)
{
	char text[80];
	unsigned long long start = 0;
	unsigned ids = 0;
	int pid = 0;
	ssize_t n = pread(lock, text, sizeof text - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	if (text[n - 1] != '\n' || sscanf(text, "%d %llu %u", &pid, &start, &ids) != 3)
		return 0;
	h->pidfd = proc_pidfd(pid);
	if (h->pidfd < 0 || proc_start_time(pid) != start || proc_is_ending(pid)) {
		fd_close_p(&h->pidfd);
		return 0;
	}
	h->pid = pid;
	h->ids = ids;
	return 1;
}

static int
find_or_start(struct holder *h, struct err *err)
{
	int64_t give_up = clock_mono() + START_WAIT_MS * (NS_PER_S / 1000);
	char path[32];

	snprintf(path, sizeof path, "holder.%s", idmap_name(h->map));
	while (clock_mono() < give_up) {
		cleanup_fd int lock =
		    openat(h->home, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		struct timespec nap = {.tv_nsec = 500000};

		if (lock < 0)
			return err_sys(err, "cannot open '%s'", path);
		if (flock(lock, LOCK_EX | LOCK_NB) == 0 && start_holder(h, lock, err) < 0)
			return -1;
		if (read_ready(lock, h))
			return 0;
		nanosleep(&nap, NULL); /* somebody else is starting it */
	}
	return err_set(err, ERR_SYS, "the holder does not get ready");
}

/* As /proc/self/fd spells it: what holder_rehome compares with. */
static char *
kernel_path(int fd)
{
	char self[32], path[PATH_MAX] = "";

	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	if (readlink(self, path, sizeof path - 1) < 0)
		path[0] = '\0';
	return xstrdup(path);
}

static int
open_map(int home, enum idmap map, struct holder **ret, struct err *err)
{
	struct holder *h = xcalloc(1, sizeof *h);
	char path[32];

	h->map = map;
	h->pidfd = -1;
	h->home = fcntl(home, F_DUPFD_CLOEXEC, 3);
	h->home_path = kernel_path(home);
	snprintf(path, sizeof path, "holder.%s.users", idmap_name(map));
	h->users = openat(home, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (h->users < 0 || flock(h->users, LOCK_SH) < 0)
		err_sys(err, "cannot lock '%s'", path);
	else if (find_or_start(h, err) == 0) {
		*ret = h;
		return 0;
	}
	holder_free(h);
	return -1;
}

int
holder_open(int home, struct holder **ret, struct err *err)
{
	enum idmap map = idmap_choose(home);
	cleanup_fd int note = -1;

	if (open_map(home, map, ret, err) == 0)
		return 0;
	if (map != IDMAP_RANGE || getenv("DRYDOCK_IDMAP") != NULL || geteuid() == 0)
		return -1;
	/* newuidmap refused what /etc/subuid promises: live with one id, and remember it.
	 */
	err_clear(err);
	if (open_map(home, IDMAP_ONE, ret, err) < 0)
		return -1;
	note = openat(home, "holder.no-range", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return 0;
}

void
holder_free(struct holder *h)
{
	if (h == NULL)
		return;
	fd_close_p(&h->pidfd);
	fd_close_p(&h->users);
	fd_close_p(&h->home);
	free(h->home_path);
	free(h);
}

void
holder_free_p(struct holder **h)
{
	holder_free(*h);
	*h = NULL;
}

int
holder_pidfd(const struct holder *h)
{
	return h->pidfd;
}

bool
holder_runs(int home, enum idmap map)
{
	char path[32];

	snprintf(path, sizeof path, "holder.%s", idmap_name(map));
	cleanup_fd int lock = openat(home, path, O_RDONLY | O_CLOEXEC);
	return lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) < 0;
}

void
holder_stop(int home, enum idmap map)
{
	struct holder h = {.pidfd = -1};
	char path[32];

	snprintf(path, sizeof path, "holder.%s", idmap_name(map));
	cleanup_fd int lock = openat(home, path, O_RDWR | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0 || !read_ready(lock, &h))
		return;
	syscall(SYS_pidfd_send_signal, h.pidfd, SIGKILL, NULL, 0);
	fd_wait_readable(h.pidfd, 2000);
	fd_close_p(&h.pidfd);
}
