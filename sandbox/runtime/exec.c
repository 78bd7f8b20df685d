/*
 * exec.c - the working directory, and becoming the program
 *
 * What can be known before exec is reported in runc's words to the parent; an exec
 * that fails after that speaks on the container's own standard error, as Docker's does
 * (exec /x: exec format error), with exit code 255.
 */
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Closes everything from 3 on but these. */
static void
close_others(const int *keep, size_t n)
{
	unsigned from = 3;

	for (;;) {
		unsigned next = ~0u;

		for (size_t i = 0; i < n; i++)
			if (keep[i] >= (int)from && (unsigned)keep[i] < next)
				next = (unsigned)keep[i];
		if (next > from)
			syscall(SYS_close_range, from, next == ~0u ? next : next - 1, 0);
		if (next == ~0u)
			return;
		from = next + 1;
	}
}

void
exec_close(struct plan *p)
{
	const struct runtime_spec *s = p->spec;
	size_t n = s->nkeep;
	int keep[PLAN_MAX] = {p->sync, p->ids, p->console, s->in, s->out, s->errfd};

	for (size_t i = 0; i < n && i + 6 < PLAN_MAX; i++)
		keep[6 + i] = s->keep[i];
	close_others(keep, 6 + n);
	p->root = -1;
}

/* By the rules of the image's root: /proc/self/fd/7 or a link to it leads nowhere, and a
 * folder that is not below the root has no absolute name (CVE-2024-21626). */
int
exec_folder(const char *path)
{
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), dir = -1;
	char name[PATH_MAX];

	dir = fd_open_in(root, path, O_PATH | O_DIRECTORY, 0);
	if (dir < 0 || fchdir(dir) < 0)
		return -1;
	if (getcwd(name, sizeof name) == NULL || name[0] != '/') {
		(void)!chdir("/");
		errno = ENOENT;
		return -1;
	}
	return 0;
}

/* What is open of the host's is closed first: from here on names of the image's are
 * followed. */
int
step_folder(struct plan *p, const struct step *step, struct err *err)
{
	exec_close(p);
	if (exec_folder(step->target) == 0)
		return 0;
	if (errno == ENOENT && fd_mkdirs(AT_FDCWD, step->target, 0755, NULL) == 0 &&
	    exec_folder(step->target) == 0)
		return 0;
	if (errno == ENOTDIR)
		return err_set(
		    err, ERR_INPUT, "Cannot mkdir: %s is not a directory", step->target);
	return err_sys(err, "cannot enter the working directory '%s'", step->target);
}

/* 0 can be executed; else the errno that says why not. */
static int
executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? EACCES : 0;
}

static int
cannot_exec(const char *name, int why, struct err *err)
{
	switch (why) {
	case EISDIR:
		return err_set(
		    err, ERR_EXEC_DENIED, "exec: \"%s\": is a directory", name);
	case EACCES:
		return err_set(
		    err, ERR_EXEC_DENIED, "exec: \"%s\": permission denied", name);
	default:
		return err_set(err, ERR_EXEC_MISSING, "exec: \"%s\": stat %s: %s", name,
		    name, why == ENOENT ? "no such file or directory" : strerror(why));
	}
}

/* Go's exec.LookPath in the container's PATH.  Gives. */
static char *
look_path(const char *name, const char *path, struct err *err)
{
	cleanup_vec struct vec dirs = VEC_INIT;
	int why, denied = 0;

	if (strchr(name, '/') != NULL) {
		why = executable(name);
		if (why == 0)
			return xstrdup(name);
		cannot_exec(name, why, err);
		return NULL;
	}
	vec_split(&dirs, path != NULL ? path : "", ":");
	for (size_t i = 0; i < dirs.len; i++) {
		cleanup_free char *full = xasprintf("%s/%s", dirs.v[i], name);

		why = executable(full);
		if (why == 0)
			return take_ptr(full);
		if (why == EACCES)
			denied = 1;
	}
	if (denied)
		cannot_exec(name, EACCES, err);
	else
		err_set(err, ERR_EXEC_MISSING,
		    "exec: \"%s\": executable file not found in $PATH", name);
	return NULL;
}

static void
make_env(struct plan *p, struct vec *env)
{
	vec_add_all(env, (char *const *)p->spec->env);
	if (vec_env_get(env, "HOME") == NULL)
		vec_env_set(env, "HOME", p->home);
}

static void
place(int from, int to)
{
	if (from < 0) {
		cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, to);
	} else if (from != to) {
		dup2(from, to);
	} else {
		fcntl(to, F_SETFD, 0);
	}
}

/* Sources are moved above 2 first, so that none is overwritten before its turn. */
static void
place_all(int in, int out, int errfd)
{
	int from[3] = {in, out, errfd};

	for (int i = 0; i < 3; i++)
		if (from[i] >= 0)
			from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 3);
	for (int i = 0; i < 3; i++)
		place(from[i], i);
}

void
exec_streams(struct plan *p)
{
	const struct runtime_spec *s = p->spec;

	if (s->tty) {
		ioctl(p->console, TIOCSCTTY, 0);
		place_all(p->console, p->console, p->console);
	} else {
		place_all(s->in, s->out, s->errfd);
	}
	for (size_t i = 0; i < s->nkeep; i++)
		fcntl(s->keep[i], F_SETFD, 0);
}

/* Set once more: changing the user has cleared it (prctl(2)).  A monitor that has died
 * meanwhile has closed its end of the socket. */
int
step_lifeline(struct plan *p, const struct step *step, struct err *err)
{
	char byte;

	(void)step;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(err, "cannot tie the container to its monitor");
	if (recv(p->sync, &byte, 1, MSG_DONTWAIT) == 0)
		return err_set(err, ERR_SYS, "the monitor has gone");
	return 0;
}

char *
exec_find(struct plan *p, struct vec *env, struct err *err)
{
	make_env(p, env);
	return look_path(p->spec->argv[0], vec_env_get(env, "PATH"), err);
}

_Noreturn void
exec_now(struct plan *p, const char *file, const struct vec *env)
{
	/* Everything else was opened O_CLOEXEC; the parent hears the end of the socket.
	 */
	execve(file, (char *const *)p->spec->argv, env->v);
	dprintf(STDERR_FILENO, "exec %s: %s\n", file,
	    errno == ENOEXEC  ? "exec format error"
	    : errno == ENOENT ? "no such file or directory"
			      : strerror(errno));
	_exit(255);
}

int
step_exec(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_vec struct vec env = VEC_INIT;
	cleanup_free char *file = exec_find(p, &env, err);

	(void)step;
	if (file == NULL)
		return -1;
	exec_streams(p);
	exec_now(p, file, &env);
}
