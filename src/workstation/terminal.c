/*
 * terminal.c - what docker has in place of the shim's terminal
 *
 * A pty of our own, so that all that docker does with a terminal - asking for its size,
 * making it raw - works as it stands.  It has no echo and changes no byte: the
 * shim's terminal does that already.  It is in packet mode, where the kernel tells at
 * once that docker made it raw (by IXON, which that clears): the shim then does the same.
 *
 * Keys are asked for, one read at a time, and only while docker reads: those that nobody
 * asks for are the next command's.
 */
#include "src/workstation/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { END_KEY = 4, START_KEY = 17, STOP_KEY = 19, QUOTE_KEY = 22 };

static int
set_modes(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return -1;
	cfmakeraw(&t);
	t.c_iflag |= IXON;
	t.c_lflag |= ICANON | IEXTEN;
	memset(t.c_cc, _POSIX_VDISABLE, sizeof t.c_cc);
	t.c_cc[VEOF] = END_KEY;
	t.c_cc[VSTART] = START_KEY;
	t.c_cc[VSTOP] = STOP_KEY;
	t.c_cc[VLNEXT] = QUOTE_KEY;
	return tcsetattr(fd, TCSANOW, &t);
}

int
terminal_open(struct terminal *t, unsigned short rows, unsigned short cols,
    int *ret_slave, struct err *err)
{
	cleanup_fd int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK),
		       slave = -1;
	int on = 1, pipes[2];

	if (master < 0 || unlockpt(master) < 0 ||
	    (slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 ||
	    set_modes(slave) < 0 || ioctl(master, TIOCPKT, &on) < 0)
		return err_sys(err, "cannot make a terminal");
	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(err, "cannot make a pipe");
	t->master = take_fd(&master);
	t->told = pipes[0];
	t->tell = pipes[1];
	t->keys = (struct buf)BUF_INIT(2 * WIRE_INPUT_MAX + 1);
	terminal_resize(t, rows, cols);
	*ret_slave = take_fd(&slave);
	return 0;
}

void
terminal_close(struct terminal *t)
{
	fd_close_p(&t->master);
	fd_close_p(&t->told);
	fd_close_p(&t->tell);
	buf_done(&t->keys);
}

void
terminal_resize(struct terminal *t, unsigned short rows, unsigned short cols)
{
	struct winsize size = {.ws_row = rows, .ws_col = cols};

	if (t->master >= 0)
		ioctl(t->master, TIOCSWINSZ, &size);
}

/* Asked of the master this is how docker has set it. */
static bool
is_raw(const struct terminal *t)
{
	struct termios now;

	return tcgetattr(t->master, &now) == 0 && !(now.c_lflag & ICANON);
}

bool
terminal_mode_changed(struct terminal *t)
{
	bool before = t->raw;

	if (t->master >= 0)
		t->raw = is_raw(t);
	return t->raw != before;
}

ssize_t
terminal_read(struct terminal *t, char *frame, size_t size)
{
	struct pollfd p = {.fd = t->master, .events = POLLIN | POLLPRI};
	ssize_t n;

	/* poll also makes the kernel move bytes that docker has written. */
	if (t->master < 0 || poll(&p, 1, 0) <= 0)
		return 0;
	n = read(t->master, frame, size);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n > 0 && frame[0] != TIOCPKT_DATA)
		return 1; /* only a change of state */
	return n;
}

bool
terminal_wants(struct terminal *t)
{
	char told[16];
	ssize_t n = t->told < 0 ? 0 : read(t->told, told, sizeof told);

	if (n > 0) {
		t->all |= memchr(told, '*', (size_t)n) != NULL;
		t->once = true;
	}
	if (t->asked || t->ended || t->keys.len > 0 || !(t->once || t->all))
		return false;
	t->once = false;
	t->asked = true;
	return true;
}

void
terminal_type(struct terminal *t, const char *keys, size_t len)
{
	static const char special[] = {END_KEY, START_KEY, STOP_KEY, QUOTE_KEY};

	if (!t->asked || t->master < 0)
		return; /* not asked for: nothing that this shim would do */
	t->asked = false;
	t->ended = len == 0;
	if (is_raw(t)) {
		buf_add(&t->keys, keys, len);
	} else {
		for (size_t i = 0; i < len; i++) {
			if (memchr(special, keys[i], sizeof special) != NULL)
				buf_addc(&t->keys, QUOTE_KEY);
			buf_addc(&t->keys, keys[i]);
		}
		/* What the user's terminal gave is whole: a line, or ended by Ctrl-D. */
		if (len == 0 || keys[len - 1] != '\n')
			buf_addc(&t->keys, END_KEY);
	}
	terminal_flush(t);
}

void
terminal_flush(struct terminal *t)
{
	ssize_t n = t->keys.len == 0 || t->master < 0
			? 0
			: write(t->master, t->keys.s, t->keys.len);

	if (n > 0)
		buf_eat(&t->keys, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		buf_clear(&t->keys);
}
