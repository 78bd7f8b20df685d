/*
 * raw.c - lending the user's terminal to the pty
 */
#include "src/workstation/private.h"
#include <sys/signalfd.h>
#include <unistd.h>

/* A signal that only interrupts poll(2), so that a new window size is seen. */
static void
on_winch(int signo)
{
	(void)signo;
}

void
raw_begin(struct raw *r, int terminal)
{
	struct termios raw;
	struct sigaction action = {.sa_handler = on_winch};

	sigset_t ends;

	*r = (struct raw){.terminal = terminal, .signals = -1};
	if (terminal < 0 || tcgetattr(terminal, &r->saved) < 0)
		return;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &r->before);
	r->signals = signalfd(-1, &ends, SFD_CLOEXEC);
	raw = r->saved;
	cfmakeraw(&raw);
	sigaction(SIGWINCH, &action, &r->winch);
	tcsetattr(terminal, TCSADRAIN, &raw);
	r->on = true;
}

void
raw_end(struct raw *r)
{
	if (!r->on)
		return;
	tcsetattr(r->terminal, TCSADRAIN, &r->saved);
	sigaction(SIGWINCH, &r->winch, NULL);
	fd_close_p(&r->signals);
	sigprocmask(SIG_SETMASK, &r->before, NULL);
}
