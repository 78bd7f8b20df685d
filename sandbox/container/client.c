/*
 * client.c - the terminal's side of a container that is attached
 *
 * Carries output to our standard streams, input (with -i) and signals to the monitor,
 * and gives its exit code.  With a terminal (-t) ours is raw meanwhile.
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

struct client {
	const struct container_attach *a;
	size_t matched; /* so many of the detach keys have been typed */
	int sock, signals;
	bool in;  /* our input is wanted and has not ended */
	bool raw; /* our terminal is raw: `saved` restores it */
	struct termios saved;
	int code;       /* -1 until it is known */
	int interrupts; /* Ctrl-C and SIGTERM so far */
};

/* What `docker run` passes on (--sig-proxy): all but what concerns ourselves. */
static void
catch_signals(sigset_t *set, sigset_t *old)
{
	static const int not_ours[] = {SIGCHLD, SIGPIPE, SIGURG, SIGTSTP, SIGTTIN,
	    SIGTTOU, SIGCONT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};

	sigfillset(set);
	for (size_t i = 0; i < ARRAY_LEN(not_ours); i++)
		sigdelset(set, not_ours[i]);
	sigprocmask(SIG_BLOCK, set, old);
}

static void
send_size(const struct client *c)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		wire_send(c->sock, WIRE_SIZE, &size, sizeof size, 0);
}

/* A first process without a handler ignores them for ever: at the third, docker leaves
 * it behind. */
static void
count_interrupt(struct client *c)
{
	static const char text[] = "\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n";

	if (++c->interrupts < 3)
		return;
	(void)fd_write_all(STDERR_FILENO, text, strlen(text));
	c->code = 1;
}

static void
pass_signal(struct client *c)
{
	struct signalfd_siginfo info;
	int signo;

	if (read(c->signals, &info, sizeof info) != sizeof info)
		return;
	signo = (int)info.ssi_signo;
	if (signo == SIGWINCH)
		send_size(c);
	else if (c->a->keep_signals)
		c->code = 128 + signo;
	else
		wire_send(c->sock, WIRE_SIGNAL, &signo, sizeof signo, 0);
	if (!c->a->keep_signals && (signo == SIGINT || signo == SIGTERM))
		count_interrupt(c);
}

/* Docker sends detach keys on only when they turn out not to be a whole sequence.  Writes
 * to out (room for n and the keys) what goes to the program; true: the user leaves. */
static bool
find_detach_keys(struct client *c, const char *data, size_t n, char *out, size_t *len)
{
	const char *keys = c->a->tty ? c->a->detach_keys : "";

	*len = 0;
	for (size_t i = 0; i < n; i++) {
		if (*keys != '\0' && data[i] == keys[c->matched]) {
			if (keys[++c->matched] == '\0')
				return true;
			continue;
		}
		memcpy(out + *len, keys, c->matched);
		*len += c->matched;
		c->matched = 0;
		out[(*len)++] = data[i];
	}
	return false;
}

static void
pass_input(struct client *c)
{
	char data[WIRE_MAX / 2], out[WIRE_MAX];
	ssize_t n = read(STDIN_FILENO, data, sizeof data);
	size_t len;

	if (n < 0 && errno == EINTR)
		return;
	if (n > 0) {
		if (find_detach_keys(c, data, (size_t)n, out, &len))
			c->code = CONTAINER_DETACHED;
		if (len > 0)
			wire_send(c->sock, WIRE_IN, out, len, 0);
		return;
	}
	c->in = false;
	wire_send(c->sock, WIRE_EOF, NULL, 0, 0);
}

/* One message; false when there is nothing more to come. */
static bool
hear(struct client *c)
{
	char data[WIRE_MAX];
	size_t len = 0;
	int kind = wire_recv(c->sock, data, &len, 0);

	switch (kind) {
	case WIRE_OUT:
		if (!c->a->no_stdout)
			(void)fd_write_all(STDOUT_FILENO, data, len);
		return true;
	case WIRE_ERR:
		if (!c->a->no_stderr)
			(void)fd_write_all(STDERR_FILENO, data, len);
		return true;
	case WIRE_ENDED: memcpy(&c->code, data, sizeof c->code); return false;
	default: return kind > 0;
	}
}

static void
make_raw(struct client *c)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &c->saved) < 0)
		return;
	t = c->saved;
	cfmakeraw(&t);
	c->raw = tcsetattr(STDIN_FILENO, TCSANOW, &t) == 0;
	send_size(c);
}

static void
relay(struct client *c)
{
	while (c->code < 0) {
		struct pollfd p[3] = {{.fd = c->sock, .events = POLLIN},
		    {.fd = c->signals, .events = POLLIN},
		    {.fd = c->in ? STDIN_FILENO : -1, .events = POLLIN}};

		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return;
		if (p[1].revents)
			pass_signal(c);
		if (p[2].revents)
			pass_input(c);
		if (p[0].revents && !hear(c))
			return;
	}
}

int
client_follow(int sock, const struct container_attach *a, struct err *err)
{
	struct client c = {.a = a, .sock = sock, .in = a->in, .code = -1};
	sigset_t set, old;

	catch_signals(&set, &old);
	c.signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (a->tty && a->in && isatty(STDIN_FILENO))
		make_raw(&c);
	relay(&c);
	if (c.raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &c.saved);
	fd_close_p(&c.signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (c.code < 0)
		return err_set(err, ERR_SYS, "the container's monitor was killed");
	return c.code;
}
