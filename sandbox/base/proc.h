/*
 * proc.h - processes: start, wait, signal
 *
 * A child made here starts with no blocked signals and default handlers, and
 * never returns up the caller's stack.
 */
#ifndef DRYDOCK_PROC_H
#define DRYDOCK_PROC_H

#include "sandbox/base/buf.h"
#include "sandbox/base/err.h"
#include <stdbool.h>
#include <sys/types.h>

struct proc_spec {
	char *const *argv;  /* argv[0] is looked up in PATH unless it has a '/' */
	char *const *env;   /* NULL: ours */
	int cwd;            /* a folder, or 0 for ours */
	int in, out, errfd; /* descriptors to become 0, 1, 2; 0 means inherit for all
			     * three (so never pass descriptor 0 itself), -1 /dev/null */
	const int *keep;    /* further descriptors to inherit under their numbers */
	size_t nkeep;
	bool group; /* in a process group of its own, whose id is its pid */
};

/* fork(2) with a line for one error: the child gets 0 and the end to err_send() on, the
 * parent the pid and the end to err_recv() from.  Both give it with *ret_line; -1: no
 * child. */
pid_t proc_fork(int *ret_line, struct err *err);

/* Forks and execs.  An exec that fails is reported here, by *err.  Returns the pid. */
pid_t proc_start(const struct proc_spec *spec, struct err *err);
/* Waits (EINTR is waited out); returns the exit code, 128 + signal, or -1. */
int proc_wait(pid_t pid);
/* proc_start + proc_wait. */
int proc_run(const struct proc_spec *spec, struct err *err);
/* Runs and appends standard output to out (bounded by out->max). */
int proc_capture(const struct proc_spec *spec, struct buf *out, struct err *err);

/* All handlers to default, all signals unblocked; for a child before exec. */
void proc_reset_signals(void);
/* Only the second half: for a child cloned with CLONE_CLEAR_SIGHAND (64 calls less). */
void proc_unblock_signals(void);
/* pidfd_open(2): a descriptor or -1 with errno. */
int proc_pidfd(pid_t pid);
/* Start time of pid in clock ticks since boot (/proc/PID/stat field 22), 0 if gone:
 * a pid with the same start time is the same process. */
unsigned long long proc_start_time(pid_t pid);
/* It has ended, is ending, or was killed and has not noticed yet (its locks may still be
 * held). */
bool proc_is_ending(pid_t pid);
/* Exit status of waitpid as docker counts it: code, or 128 + signal. */
int proc_exit_code(int status);
/* "TERM", "SIGTERM", "15" to a number; 0 when there is no such signal. */
int proc_signal_number(const char *name);
/* "SIGTERM" for 15; borrowed, NULL when unknown. */
const char *proc_signal_name(int signo);
/* Folder of the running program, resolved (/proc/self/exe).  Gives; free(). */
char *proc_exe_dir(void);
/* Path of a program of ours: "drydock", or one of libexec/drydock's ("build", "init",
 * ...), whether we run in place (build/), are installed (bin/), are one of libexec's
 * ourselves or a test beside them.  Gives; NULL and ERR_UNSUPPORTED: it is missing. */
char *proc_program(const char *name, struct err *err);

#endif
