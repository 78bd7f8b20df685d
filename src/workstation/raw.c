/*
 * raw.c - lending the user's terminal to the pty
 */
#include "src/workstation/private.h"
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

	*r = (struct raw){.terminal = terminal};
	if (terminal < 0 || tcgetattr(terminal, &r->saved) < 0)
		return;
	raw = r->saved;
	cfmakeraw(&raw);
	sigaction(SIGWINCH, &action, &r->winch);
	r->on = tcsetattr(terminal, TCSADRAIN, &raw) == 0;
}

void
raw_end(struct raw *r)
{
	if (!r->on)
		return;
	tcsetattr(r->terminal, TCSADRAIN, &r->saved);
	sigaction(SIGWINCH, &r->winch, NULL);
}
