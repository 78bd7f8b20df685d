/*
 * signals.c - Ctrl-C and SIGTERM during a build
 *
 * Before the first step nothing needs an end in order, and the signals act as ever.
 * After that they are waited for beside a RUN's output and asked about between steps.
 */
#include "sandbox/build/private.h"
#include <sys/signalfd.h>
#include <unistd.h>

void
build_signals_begin(struct builder *b, sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, before);
	b->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void
build_signals_end(struct builder *b, const sigset_t *before)
{
	fd_close_p(&b->signals);
	sigprocmask(SIG_SETMASK, before, NULL);
}

bool
build_is_canceled(struct builder *b)
{
	struct signalfd_siginfo info;

	if (!b->canceled && b->signals >= 0 &&
	    read(b->signals, &info, sizeof info) == sizeof info)
		b->canceled = true;
	return b->canceled;
}

int
build_set_canceled(struct err *err)
{
	return err_set(err, ERR_INTERRUPTED, "Canceled: context canceled");
}
