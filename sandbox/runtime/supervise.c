/*
 * supervise.c - the watcher, the supervisor's loop, and who answers which call
 */
#include "sandbox/runtime/supervise.h"
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#define SYNC_WAKE_UP 1ull /* Linux 6.6: caller and supervisor take turns on one CPU */

enum {
	SOCK_AT = 3,
	INIT_AT,
	DIR_AT,
	LOWERS_AT,
	FREE_AT,
	WAKE_MS = 50,
	SLOW_MS = 1000,
	NOFOLLOW = AT_SYMLINK_NOFOLLOW
};

/* Descriptors: 0-2 /dev/null, then the four above, nothing else of the caller's. */
static void
keep_only(int sock, int init, const struct runtime_spec *spec)
{
	int from[] = {sock, init, spec->dir, spec->lowers_at};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_LEN(from); i++)
		from[i] = fcntl(from[i], F_DUPFD, 64);
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	for (int i = 0; i < (int)ARRAY_LEN(from); i++)
		if (dup3(from[i], SOCK_AT + i, O_CLOEXEC) < 0)
			close(SOCK_AT + i);
	close_range(FREE_AT, ~0U, 0);
}

static void
kill_container(void)
{
	syscall(SYS_pidfd_send_signal, INIT_AT, SIGKILL, NULL, 0);
}

/* ---- the supervisor -------------------------------------------------------------------
 */

/* Without the watcher nobody would notice our own end. */
static void
on_watcher_death(int signo)
{
	(void)signo;
	kill_container();
	_exit(1);
}

static void
on_wake(int signo)
{
	(void)signo;
}

bool
call_valid(const struct call *c)
{
	return ioctl(c->s->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &c->id) == 0;
}

static const struct call_row rows[] = {
#ifdef SYS_stat
    [SYS_stat] = {call_stat, -1, 0, -1, 0, 1},
    [SYS_lstat] = {call_stat, -1, 0, -1, NOFOLLOW, 1},
    [SYS_open] = {call_open, -1, 0, -1, 0, 1},
    [SYS_creat] = {call_open, -1, 0, -1, 0, 1},
    [SYS_access] = {call_access, -1, 0, -1, 0, 1},
    [SYS_chown] = {call_chown, -1, 0, -1, 0, 1},
    [SYS_lchown] = {call_chown, -1, 0, -1, NOFOLLOW, 1},
    [SYS_chmod] = {call_chmod, -1, 0, -1, 0, 1},
    [SYS_mknod] = {call_mknod, -1, 0, -1, NOFOLLOW, 1},
    [SYS_mkdir] = {call_mkdir, -1, 0, -1, NOFOLLOW, 1},
    [SYS_rmdir] = {call_unlink, -1, 0, -1, NOFOLLOW, 1},
    [SYS_unlink] = {call_unlink, -1, 0, -1, NOFOLLOW, 1},
    [SYS_rename] = {call_rename, -1, 0, -1, NOFOLLOW, 1},
    [SYS_link] = {call_link, -1, 0, -1, NOFOLLOW, 1},
    [SYS_symlink] = {call_symlink, -1, 1, -1, NOFOLLOW, 0},
    [SYS_utime] = {call_utimes, -1, 0, -1, 0, 1},
    [SYS_utimes] = {call_utimes, -1, 0, -1, 0, 1},
    [SYS_futimesat] = {call_utimes, 0, 1, -1, 0, 2},
    [SYS_getrlimit] = {call_limit, -1, -1, -1, 0, 1},
#endif
    [SYS_fstat] = {call_stat, 0, -1, -1, 0, 1},
    [SYS_newfstatat] = {call_stat, 0, 1, 3, 0, 2},
    [SYS_statx] = {call_statx, 0, 1, 2, 0, 3},
    [SYS_openat] = {call_open, 0, 1, -1, 0, 2},
    [SYS_truncate] = {call_truncate, -1, 0, -1, 0, 1},
    [SYS_faccessat] = {call_access, 0, 1, -1, 0, 2},
    [SYS_faccessat2] = {call_access, 0, 1, 3, 0, 2},
    [SYS_fchown] = {call_chown, 0, -1, -1, 0, 1},
    [SYS_fchownat] = {call_chown, 0, 1, 4, 0, 2},
    [SYS_fchmod] = {call_chmod, 0, -1, -1, 0, 1},
    [SYS_fchmodat] = {call_chmod, 0, 1, -1, 0, 2},
    [452] = {call_chmod, 0, 1, 3, 0, 2}, /* fchmodat2 */
    [SYS_setxattr] = {call_setxattr, -1, 0, -1, 0, 1},
    [SYS_lsetxattr] = {call_setxattr, -1, 0, -1, NOFOLLOW, 1},
    [SYS_fsetxattr] = {call_setxattr, 0, -1, -1, 0, 1},
    [SYS_removexattr] = {call_removexattr, -1, 0, -1, 0, 1},
    [SYS_lremovexattr] = {call_removexattr, -1, 0, -1, NOFOLLOW, 1},
    [SYS_fremovexattr] = {call_removexattr, 0, -1, -1, 0, 1},
    [SYS_utimensat] = {call_utimes, 0, 1, 3, 0, 2},
    [SYS_mknodat] = {call_mknod, 0, 1, -1, NOFOLLOW, 2},
    [SYS_mkdirat] = {call_mkdir, 0, 1, -1, NOFOLLOW, 2},
    [SYS_unlinkat] = {call_unlink, 0, 1, -1, NOFOLLOW, 2},
    [SYS_renameat] = {call_rename, 0, 1, -1, NOFOLLOW, 2},
    [SYS_renameat2] = {call_rename, 0, 1, -1, NOFOLLOW, 2},
    [SYS_linkat] = {call_link, 0, 1, -1, NOFOLLOW, 2},
    [SYS_symlinkat] = {call_symlink, 1, 2, -1, NOFOLLOW, 0},
    [SYS_chroot] = {call_chroot, -1, 0, -1, 0, 1},
    [SYS_setuid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setgid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setreuid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setregid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setresuid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setresgid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setfsuid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setfsgid] = {call_change, -1, -1, -1, 0, 0},
    [SYS_setgroups] = {call_setgroups, -1, -1, -1, 0, 0},
    [SYS_getgroups] = {call_getgroups, -1, -1, -1, 0, 0},
    [SYS_getuid] = {call_get_id, -1, -1, -1, 0, 0},
    [SYS_geteuid] = {call_get_id, -1, -1, -1, 0, 0},
    [SYS_getgid] = {call_get_id, -1, -1, -1, 0, 0},
    [SYS_getegid] = {call_get_id, -1, -1, -1, 0, 0},
    [SYS_getresuid] = {call_get_three, -1, -1, -1, 0, 0},
    [SYS_getresgid] = {call_get_three, -1, -1, -1, 0, 0},
    [SYS_prlimit64] = {call_limit, -1, -1, -1, 0, 3},
};

/* Into the container's file systems, with the host's /proc under our feet. */
static int
move_in(struct supervisor *s)
{
	const struct runtime_spec *spec = s->spec;
	cleanup_fd int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (proc < 0 || setns(INIT_AT, CLONE_NEWNS) < 0 || fchdir(proc) < 0 ||
	    stat("/", &st) < 0)
		return -1;
	umask(0);
	s->root_dev = st.st_dev;
	s->owners =
	    owners_open(DIR_AT, st.st_dev, LOWERS_AT, spec->lowers, spec->nlowers);
	return 0;
}

static int64_t
answer_of(struct supervisor *s)
{
	const struct seccomp_notif *q = s->request;
	struct call c = {.s = s, .id = q->id, .pid = (pid_t)q->pid, .nr = q->data.nr};

	memcpy(c.args, q->data.args, sizeof c.args);
	if (c.nr < 0 || c.nr >= (int)ARRAY_LEN(rows) || rows[c.nr].fn == NULL)
		return -ENOSYS;
	c.row = &rows[c.nr];
	/* with many ids one comes late: until the program runs its memory is closed */
	if (s->owners == NULL && move_in(s) < 0)
		return c.row->fn == call_mknod ? -EPERM : CALL_CONTINUE;
	return c.row->fn(&c);
}

static void
serve_one(struct supervisor *s)
{
	int64_t rc;

	memset(s->request, 0, s->request_size);
	if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_RECV, s->request) < 0) {
		struct pollfd p = {.fd = s->listener, .events = POLLIN};

		/* the caller has gone; or all have, and so may we */
		if (errno != ENOENT && errno != EINTR)
			_exit(1);
		if (poll(&p, 1, 0) > 0 && (p.revents & POLLHUP))
			_exit(0);
		return;
	}
	rc = answer_of(s);
	if (rc == CALL_ANSWERED)
		return;
	memset(s->answer, 0, s->answer_size);
	s->answer->id = s->request->id;
	if (rc == CALL_CONTINUE)
		s->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (rc < 0)
		s->answer->error = (int)rc;
	else
		s->answer->val = rc;
	/* it fails when the caller has gone: nobody waits then */
	ioctl(s->listener, SECCOMP_IOCTL_NOTIF_SEND, s->answer);
}

/* Nobody wakes us at the end before Linux 6.11. */
static void
await(const struct supervisor *s)
{
	struct pollfd p[2] = {
	    {.fd = s->listener, .events = POLLIN}, {.fd = s->init, .events = POLLIN}};

	while (poll(p, p[1].revents ? 1 : 2, p[1].revents ? SLOW_MS : -1) < 0 ||
	       p[0].revents == 0)
		;
	if (p[0].revents & POLLHUP)
		_exit(0);
}

static void
allocate(struct supervisor *s)
{
	struct seccomp_notif_sizes sizes = {0};

	syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes);
	s->request_size = sizes.seccomp_notif > sizeof *s->request ? sizes.seccomp_notif
								   : sizeof *s->request;
	s->answer_size = sizes.seccomp_notif_resp > sizeof *s->answer
			     ? sizes.seccomp_notif_resp
			     : sizeof *s->answer;
	s->request = xcalloc(1, s->request_size);
	s->answer = xcalloc(1, s->answer_size);
}

static _Noreturn void
supervisor_main(pid_t watcher, const struct plan *p)
{
	struct supervisor s = {.listener = -1,
	    .init = INIT_AT,
	    .many = p->holder->map == IDMAP_RANGE,
	    .alone = watcher == 0,
	    .spec = p->spec};
	struct sigaction end = {.sa_handler = on_watcher_death};
	struct sigaction wake = {.sa_handler = on_wake};
	struct ids first;
	int fds[8];
	size_t nfds = 0;

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGUSR1, &wake, NULL);
	if (!s.alone) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != watcher)
			on_watcher_death(SIGTERM);
	}
	/* it may end before, and with many ids do without us */
	if (fd_recv_fds(SOCK_AT, &first, sizeof first, fds, &nfds) != sizeof first ||
	    nfds != 1)
		_exit(s.many ? 0 : 1);
	s.listener = fds[0];
	ids_init(&s.ids, &first);
	allocate(&s);
	if ((!s.many && move_in(&s) < 0) || fd_write_all(SOCK_AT, "s", 1) < 0)
		_exit(1);
	close(SOCK_AT);
	(void)ioctl(s.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP);
	for (;;) {
		if (s.alone)
			await(&s);
		serve_one(&s);
	}
}

/* ---- the watcher ----------------------------------------------------------------------
 */

/* The supervisor ends well only when nobody is left who could call it. */
static _Noreturn void
watch(pid_t child)
{
	struct pollfd p[2] = {{.fd = proc_pidfd(child), .events = POLLIN},
	    {.fd = INIT_AT, .events = POLLIN}};
	int status;

	close(SOCK_AT);
	close(DIR_AT);
	close(LOWERS_AT);
	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	/* Before Linux 6.11 it has to be woken to see that. */
	while (poll(p, 1, WAKE_MS) == 0)
		kill(child, SIGUSR1);
	if (waitpid(child, &status, 0) < 0 || status != 0)
		kill_container();
	_exit(0);
}

static _Noreturn void
watcher_main(int sock, int init, const struct plan *p)
{
	pid_t self, child;

	proc_reset_signals();
	setsid(); /* a Ctrl-C is not for us */
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "drydock-ids");
	keep_only(sock, init, p->spec);
	if (p->holder->map == IDMAP_RANGE && !p->told)
		supervisor_main(0, p);
	self = getpid();
	child = fork();
	if (child == 0)
		supervisor_main(self, p);
	if (child < 0)
		kill_container();
	watch(child);
}

pid_t
supervisor_start(int sock, int init, const struct plan *p, struct err *err)
{
	pid_t pid = fork();

	if (pid == 0)
		watcher_main(sock, init, p);
	if (pid < 0)
		err_sys(err, "cannot fork");
	return pid;
}

int
supervisor_hand(int sock, int listener, const struct ids *first, struct err *err)
{
	char byte;

	if (fd_send_fds(sock, first, sizeof *first, &listener, 1) != sizeof *first ||
	    fd_read_all(sock, &byte, 1) < 0)
		return err_set(err, ERR_SYS, "the supervisor of ids has gone");
	return 0;
}
