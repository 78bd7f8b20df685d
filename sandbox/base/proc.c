/*
 * proc.c - processes: start, wait, signal
 */
#include "sandbox/base/proc.h"
#include "sandbox/base/fd.h"
#include "sandbox/base/mem.h"
#include "sandbox/base/path.h"
#include "sandbox/base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void
proc_unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
proc_reset_signals(void)
{
	/* the kernel's struct; sigaction(3) keeps 32 and 33 to itself, and a caller may
	 * have them ignored */
	static const unsigned long dfl[4];

	for (int s = 1; s < NSIG; s++)
		syscall(SYS_rt_sigaction, s, dfl, NULL, sizeof(uint64_t));
	proc_unblock_signals();
}

/* Where 0, 1 or 2 of the child comes from; a copy above 2, so that moving one
 * does not overwrite another. */
static int
stdio_source(int wanted)
{
	if (wanted == 0)
		return -1;
	if (wanted < 0)
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	return fcntl(wanted, F_DUPFD_CLOEXEC, 3);
}

static _Noreturn void
child(const struct proc_spec *spec, int report)
{
	int source[3] = {
	    stdio_source(spec->in), stdio_source(spec->out), stdio_source(spec->errfd)};
	struct err err = ERR_INIT;

	proc_reset_signals();
	if (spec->group)
		setpgid(0, 0);
	for (int i = 0; i < 3; i++)
		if (source[i] >= 0)
			dup2(source[i], i);
	for (size_t i = 0; i < spec->nkeep; i++)
		fcntl(spec->keep[i], F_SETFD, 0);
	if (spec->cwd > 0 && fchdir(spec->cwd) < 0) {
		err_sys(&err, "cannot enter the folder of '%s'", spec->argv[0]);
	} else {
		execvpe(spec->argv[0], spec->argv, spec->env ? spec->env : environ);
		err_sys(&err, "cannot run '%s'", spec->argv[0]);
	}
	err_send(report, &err);
	_exit(127);
}

pid_t
proc_fork(int *ret_line, struct err *err)
{
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	cleanup_fd int in = pipes[0], out = pipes[1];
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	*ret_line = take_fd(pid == 0 ? &out : &in);
	return pid;
}

pid_t
proc_start(const struct proc_spec *spec, struct err *err)
{
	cleanup_fd int line = -1;
	pid_t pid = proc_fork(&line, err);

	if (pid < 0)
		return -1;
	if (pid == 0)
		child(spec, line);
	if (err_recv(line, err) != 0) {
		proc_wait(pid);
		return -1;
	}
	return pid;
}

int
proc_exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int
proc_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return proc_exit_code(status);
}

int
proc_run(const struct proc_spec *spec, struct err *err)
{
	pid_t pid = proc_start(spec, err);

	return pid < 0 ? -1 : proc_wait(pid);
}

int
proc_capture(const struct proc_spec *spec, struct buf *out, struct err *err)
{
	struct proc_spec with_pipe = *spec;
	int pipes[2], rc;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	cleanup_fd int from = pipes[0], to = pipes[1];
	with_pipe.out = to;
	pid = proc_start(&with_pipe, err);
	if (pid < 0)
		return -1;
	fd_close_p(&to);
	rc = fd_slurp(from, spec->argv[0], out, err);
	fd_close_p(&from);
	if (rc < 0) {
		proc_wait(pid);
		return -1;
	}
	return proc_wait(pid);
}

int
proc_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Field `number` (3 or more) of /proc/PID/stat, as proc(5) counts; NULL without one. */
static const char *
stat_field(pid_t pid, int number, struct buf *b)
{
	char path[64];
	const char *p;

	buf_clear(b);
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (pid <= 0 || fd_read_file(AT_FDCWD, path, b, NULL) < 0)
		return NULL;
	/* the command name may hold blanks and parentheses: count from the last one */
	p = strrchr(b->s, ')');
	for (int field = 2; p != NULL && field < number; field++)
		p = strchr(p + 1, ' ');
	return p != NULL ? p + 1 : NULL;
}

unsigned long long
proc_start_time(pid_t pid)
{
	cleanup_buf struct buf b = BUF_INIT(4096);
	const char *field = stat_field(pid, 22, &b);

	return field != NULL ? strtoull(field, NULL, 10) : 0;
}

bool
proc_is_ending(pid_t pid)
{
	enum { FLAG_EXITING = 0x4 };
	cleanup_buf struct buf b = BUF_INIT(4096);
	const char *field = stat_field(pid, 3, &b);

	if (field == NULL || strchr("ZX", *field) != NULL)
		return true;
	field = stat_field(pid, 9, &b);
	if (field == NULL || (strtoul(field, NULL, 10) & FLAG_EXITING) != 0)
		return true;
	field = stat_field(pid, 31, &b);
	return field == NULL || (strtoul(field, NULL, 10) & 1UL << (SIGKILL - 1)) != 0;
}

int
proc_signal_number(const char *name)
{
	uint64_t n;

	if (str_to_u64(name, NSIG - 1, &n))
		return (int)n;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (int s = 1; s < NSIG; s++) {
		const char *abbrev = sigabbrev_np(s);
		if (abbrev != NULL && strcasecmp(abbrev, name) == 0)
			return s;
	}
	return 0;
}

const char *
proc_signal_name(int signo)
{
	static char names[NSIG][16];
	const char *abbrev = sigabbrev_np(signo);

	if (abbrev == NULL)
		return NULL;
	snprintf(names[signo], sizeof names[signo], "SIG%s", abbrev);
	return names[signo];
}

char *
proc_exe_dir(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	if (n <= 0)
		return xstrdup(".");
	path[n] = '\0'; /* of a program that was replaced meanwhile: "... (deleted)" */
	return path_dir(path);
}

char *
proc_program(const char *name, struct err *err)
{
	static const char *const main_at[] = {".", "..", "../..", "../../bin"};
	static const char *const helper_at[] = {
	    ".", "libexec/drydock", "../libexec/drydock"};
	bool is_main = str_eq(name, "drydock");
	const char *const *at = is_main ? main_at : helper_at;
	size_t count = is_main ? ARRAY_LEN(main_at) : ARRAY_LEN(helper_at);
	cleanup_free char *here = proc_exe_dir();
	struct stat st;

	for (size_t i = 0; i < count; i++) {
		cleanup_free char *path = xasprintf("%s/%s/%s", here, at[i], name);

		/* libexec/drydock is a folder beside us */
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(path, X_OK) == 0)
			return path_clean(path);
	}
	err_set(err, ERR_UNSUPPORTED,
	    "the program '%s' is missing from this copy of Drydock (looked beside %s)",
	    name, here);
	return NULL;
}
