/*
 * raw.c - lending the user's terminal to the pty
 */
#include "src/workstation/private.h"
#include <sys/signalfd.h>
#include <unistd.h>

void
raw_begin(struct raw *r, int terminal)
{
	struct termios raw;
	sigset_t watched;

	*r = (struct raw){.terminal = terminal, .signals = -1};
	if (terminal < 0 || tcgetattr(terminal, &r->saved) < 0)
		return;
	sigemptyset(&watched);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGHUP);
	sigaddset(&watched, SIGWINCH);
	sigprocmask(SIG_BLOCK, &watched, &r->before);
	r->signals = signalfd(-1, &watched, SFD_CLOEXEC);
	raw = r->saved;
	cfmakeraw(&raw);
	tcsetattr(terminal, TCSADRAIN, &raw);
	r->on = true;
}

void
raw_end(struct raw *r)
{
	if (!r->on)
		return;
	tcsetattr(r->terminal, TCSADRAIN, &r->saved);
	fd_close_p(&r->signals);
	sigprocmask(SIG_SETMASK, &r->before, NULL);
}
