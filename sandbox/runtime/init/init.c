/*
 * init.c - the first process of a container that was run with --init
 *
 * A program of its own, shown in the container as /sbin/docker-init: starts the program,
 * passes every signal on to it, waits for whatever ends below, and ends as it ends.  Its
 * words and codes are tini's (krallin/tini), which Docker has in this place.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is our own business. */
static const int kept[] = {
    SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU};

static _Noreturn void
become(char **argv, const sigset_t *old)
{
	int why;

	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpgrp()); /* without a terminal there is none to have */
	sigprocmask(SIG_SETMASK, old, NULL);
	signal(SIGTTIN, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	execvp(argv[0], argv);
	why = errno;
	fprintf(stderr, "[FATAL tini (%d)] exec %s failed: %s\n", (int)getpid(), argv[0],
	    strerror(why));
	_exit(why == ENOENT ? 127 : why == EACCES ? 126 : 1);
}

/* All that have ended; the exit code when our program is among them, else -1. */
static int
reap(pid_t program)
{
	int status, code = -1;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == program)
			code = WIFEXITED(status) ? WEXITSTATUS(status)
						 : 128 + WTERMSIG(status);
	return code;
}

int
main(int argc, char **argv)
{
	int skip = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1, code = -1, signo;
	sigset_t set, old;
	pid_t program;

	if (argc <= skip) {
		fprintf(stderr, "usage: docker-init -- PROGRAM [ARG...]\n");
		return 1;
	}
	sigfillset(&set);
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		sigdelset(&set, kept[i]);
	sigprocmask(SIG_SETMASK, &set, &old);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	program = fork();
	if (program == 0)
		become(argv + skip, &old);
	if (program < 0)
		return 1;
	while (code < 0) {
		if (sigwait(&set, &signo) == 0 && signo != SIGCHLD)
			kill(program, signo);
		code = reap(program);
	}
	return code;
}
