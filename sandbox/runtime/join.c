/*
 * join.c - one more program in a container that runs
 *
 * A child of the caller, the guide, goes into the container's namespaces, finds terminal
 * and user there, and makes the program's process, which is born in its pid namespace as
 * a child of the caller.  From the first moment on nobody inside may look into either of
 * them (CVE-2016-9962, CVE-2019-5736): not dumpable, and of our descriptors the new
 * process keeps its streams alone.
 */
#include "sandbox/runtime/plan.h"
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* ---- into the namespaces ------------------------------------------------------------
 */

/* With --uts host it has ours, which is nobody's to enter. */
static int
enter_name(pid_t first, int pidfd)
{
	struct stat own, its;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/uts", (int)first);
	if (stat("/proc/self/ns/uts", &own) == 0 && stat(path, &its) == 0 &&
	    own.st_ino == its.st_ino)
		return 0;
	return setns(pidfd, CLONE_NEWUTS);
}

static int
enter(pid_t first, int pidfd, bool net, struct err *err)
{
	int spaces = CLONE_NEWNS | CLONE_NEWPID;
	cleanup_fd int owner = share_owner(first, err);

	if (owner < 0)
		return -1;
	if (fd_wait_readable(pidfd, 0) != 0) /* else the number may be another's */
		return err_set(err, ERR_CONFLICT, "the container has ended");
	/* another container's memory is below that one's user namespace: entered from
	 * ours */
	if (setns(pidfd, CLONE_NEWIPC) < 0 || enter_name(first, pidfd) < 0 ||
	    setns(owner, CLONE_NEWUSER) < 0 ||
	    setns(pidfd, spaces | (net ? CLONE_NEWNET : 0)) < 0)
		return err_sys(err, "cannot join the container");
	return 0;
}

/* ---- terminal and user
 * -------------------------------------------------------------- */

/* Its own devpts, and nothing that somebody inside put in its place. */
static int
open_console(struct plan *p, int root, int *master, struct err *err)
{
	struct winsize size = {.ws_row = p->spec->rows, .ws_col = p->spec->cols};
	cleanup_fd int fd = fd_open_in(root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0);
	struct statfs fs;
	int zero = 0;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != DEVPTS_SUPER_MAGIC ||
	    ioctl(fd, TIOCSPTLCK, &zero) < 0)
		return err_sys(err, "cannot make a terminal");
	p->console = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->console < 0)
		return err_sys(err, "cannot open the terminal");
	if (size.ws_row > 0 && size.ws_col > 0)
		ioctl(fd, TIOCSWINSZ, &size);
	*master = take_fd(&fd);
	return 0;
}

static int
become(struct plan *p, int *master, struct err *err)
{
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (p->spec->tty && open_console(p, root, master, err) < 0)
		return -1;
	if (user_find(p, root, p->spec->user != NULL ? p->spec->user : "", err) < 0)
		return -1;
	user_give_streams(p);
	return 0;
}

/* ---- the new process
 * ------------------------------------------------------------------ */

static int
enter_folder(const char *cwd, struct err *err)
{
	if (exec_folder(cwd) == 0)
		return 0;
	return err_set(err, ERR_EXEC_DENIED,
	    "chdir to cwd (\"%s\") set in config.json failed: %s", cwd,
	    errno == ENOENT    ? "no such file or directory"
	    : errno == ENOTDIR ? "not a directory"
			       : "permission denied");
}

/* The supervisor comes into our mounts by way of us, for which we must be dumpable; as
 * long as we have all capabilities nobody inside can make use of that. */
static int
load_filter(struct plan *p, const struct step *step, struct err *err)
{
	int rc;

	if (p->holder->map == IDMAP_ONE)
		prctl(PR_SET_DUMPABLE, 1);
	rc = step_filter(p, step, err);
	prctl(PR_SET_DUMPABLE, 0);
	return rc;
}

/* With one id the program is looked for before the supervisor watches: from the filter on
 * it would have to read our memory, which is closed.  With many, as the user. */
static int
become_program(struct plan *p, struct err *err)
{
	const struct runtime_spec *s = p->spec;
	cleanup_vec struct vec env = VEC_INIT;
	cleanup_free char *file = NULL;
	struct step step = {.kind = STEP_EXEC, .target = s->argv[0]};
	bool early = p->holder->map == IDMAP_ONE;

	if (enter_folder(s->cwd != NULL ? s->cwd : "/", err) < 0)
		return -1;
	if (early && (file = exec_find(p, &env, err)) == NULL)
		return -1;
	exec_streams(p);
	if (load_filter(p, &step, err) < 0 || step_capabilities(p, &step, err) < 0 ||
	    step_self(p, &step, err) < 0)
		return -1;
	if (!early && (file = exec_find(p, &env, err)) == NULL)
		return -1;
	exec_now(p, file, &env);
}

static _Noreturn void
child(struct plan *p)
{
	struct err err = ERR_INIT;
	char byte;

	exec_close(p);
	proc_reset_signals();
	setsid();
	umask(022);
	if (fd_read_all(p->sync, &byte, 1) == 0 && become_program(p, &err) < 0 &&
	    write(p->sync, "e", 1) == 1)
		err_send(p->sync, &err);
	_exit(125);
}

static int
give_birth(struct plan *p, int master, int to, struct err *err)
{
	int fds[2] = {-1, master};
	struct clone_args args = {
	    .flags = CLONE_PIDFD | CLONE_PARENT, /* with CLONE_PARENT no exit_signal */
	    .pidfd = (uint64_t)(uintptr_t)&fds[0]};
	struct born born = {'b', (pid_t)syscall(SYS_clone3, &args, sizeof args)};

	if (born.pid < 0)
		return err_sys(err, "cannot start a process in the container");
	if (born.pid == 0)
		child(p);
	if (fd_send_fds(to, &born, sizeof born, fds, master < 0 ? 1 : 2) < 0)
		return err_sys(err, "cannot reach the keeper");
	return 0;
}

static _Noreturn void
guide(struct plan *p, pid_t first, int pidfd, int to)
{
	struct err err = ERR_INIT;
	int master = -1;

	prctl(PR_SET_DUMPABLE, 0);
	if (enter(first, pidfd, p->spec->net != RUNTIME_NET_JOIN, &err) < 0 ||
	    become(p, &master, &err) < 0 || give_birth(p, master, to, &err) < 0)
		err_send(to, &err);
	_exit(0);
}

static int
hear(int from, struct runtime_proc *ret, struct err *err)
{
	int fds[8];
	size_t nfds = 0;

	ret->pid = guide_hear(from, fds, &nfds, err);
	if (ret->pid < 0)
		return -1;
	ret->pidfd = fds[0];
	ret->console = nfds > 1 ? fds[1] : -1;
	return 0;
}

/* The first process of the container has a supervisor of its own: a filter's listener
 * serves only whom that filter was loaded by. */
static int
add_supervisor(
    const struct runtime_proc *r, int *sock, const struct plan *p, struct err *err)
{
	cleanup_fd int theirs = take_fd(sock);

	/* Nobody waits for it: it serves what the program leaves behind, too. */
	return supervisor_start(theirs, r->pidfd, p, err) < 0 ? -1 : 0;
}

int
runtime_join(const struct holder *h, pid_t first, int pidfd,
    const struct runtime_spec *spec, struct runtime_proc *ret, struct err *err)
{
	int guides[2] = {-1, -1}, syncs[2] = {-1, -1}, ids[2] = {-1, -1};
	struct plan plan;
	pid_t pid;

	*ret = (struct runtime_proc)RUNTIME_PROC_INIT;
	if (plan_make(&plan, h, spec, err) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, guides) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, syncs) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ids) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int from = guides[0], to = guides[1], ours = syncs[0],
		       theirs = syncs[1], asks = ids[0], answers = ids[1];
	plan.sync = theirs;
	plan.ids = asks;
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0)
		guide(&plan, first, pidfd, to);
	fd_close_p(&to);
	fd_close_p(&theirs);
	fd_close_p(&asks);
	int rc = hear(from, ret, err);
	proc_wait(pid);
	if (rc < 0 || add_supervisor(ret, &answers, &plan, err) < 0)
		return -1;
	ret->go = take_fd(&ours);
	return 0;
}

/* ---- signals to all ---------------------------------------------------------------- */

static _Noreturn void
signal_inside(pid_t first, int pidfd, int signo)
{
	cleanup_fd int owner = share_owner(first, NULL);
	pid_t pid;

	prctl(PR_SET_DUMPABLE, 0);
	if (owner < 0 || setns(owner, CLONE_NEWUSER) < 0 ||
	    setns(pidfd, CLONE_NEWPID) < 0)
		_exit(1);
	pid = fork();
	if (pid == 0) /* "all but us and process 1" is what kill(2) means by -1 */
		_exit(kill(-1, signo) < 0 && errno != ESRCH);
	_exit(pid < 0 ? 1 : proc_wait(pid));
}

int
runtime_signal_others(pid_t first, int pidfd, int signo, struct err *err)
{
	pid_t pid = fork();

	if (pid == 0)
		signal_inside(first, pidfd, signo);
	if (pid < 0 || proc_wait(pid) != 0)
		return err_set(err, ERR_SYS, "cannot signal the container's processes");
	return 0;
}
