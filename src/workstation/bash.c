/*
 * bash.c - the conversation with bash
 *
 * bash is interactive (jobs, Ctrl-Z, traps behave as at any prompt), but its standard
 * input is a pipe of ours: each line that we want run is one "__drydock_go" there, and
 * the line itself, ended by NUL, waits on a second pipe.  PROMPT_COMMAND answers on a
 * third.  bash itself thus survives whatever ends a command - Ctrl-C, Ctrl-Z, a syntax
 * error, `set -u` - by the way it always does: it goes on to the next prompt.
 * A Ctrl-C may come at any time.  Each text has a number, which bash says when it has
 * read it: before that no key is handed on, or the signal would tear the reading in two;
 * and what is answered under another number (a prompt that was begun twice) is dropped.
 * The commands get the terminal as standard input and none of these descriptors.
 * The prompt is not bash's: what a command made of PS1 (a venv's activate) is dropped.
 */
#include "src/workstation/private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { INTERRUPT_S = 3 };

/* 195 is BASH_INPUT, 198 BASH_LINE, 199 BASH_STATUS, 196 the commands' standard input.
 * Inner braces silence `set -x` for what is ours. */
static const char startup[] =
    "set +o history +H\n"
    "PS1= PS2= __drydock_last=0 HISTCONTROL= HISTFILE=\n"
    "shopt -s checkwinsize expand_aliases\n"
    "__drydock_status() { return \"$1\"; }\n"
    "__drydock_go() {\n"
    "	{ IFS= builtin read -r -d ';' -u 198 __drydock_number\n"
    "	IFS= builtin read -r -d '' -u 198 __drydock_line\n"
    "	builtin history -s -- \"$__drydock_line\"\n"
    "	builtin printf '%s;' \"$__drydock_number\" >&199\n"
    "	__drydock_status \"$__drydock_last\"; } 2>/dev/null\n"
    "	builtin eval \"$__drydock_line\" <&196 196<&- 198<&- 199>&-\n"
    "}\n"
    "__drydock_ask() {\n"
    "	{ IFS= builtin read -r -d ';' -u 198 __drydock_number\n"
    "	IFS= builtin read -r -d '' -u 198 __drydock_line\n"
    "	builtin printf '%s;' \"$__drydock_number\" >&199\n"
    "	builtin eval \"$__drydock_line\" >&199 </dev/null\n"
    "	__drydock_status \"$__drydock_last\"; } 2>/dev/null\n"
    "}\n"
    "__drydock_ready() {\n"
    "	{ __drydock_last=$?\n"
    "	builtin printf '\\0%s\\0%s\\0' \"$__drydock_last\" \"$PWD\" >&199\n"
    "	builtin jobs -n >&199\n"
    "	builtin printf '\\0ready\\0' >&199\n"
    "	PS1= PS2=; } 2>/dev/null\n"
    "}\n"
    "PROMPT_COMMAND=__drydock_ready\n";

/* A first shell opens what a second one needs and becomes it. */
static const char *const argv_terminal[] = {"bash", "-c",
    "export PS1= PS2=; exec 196<&0 0<&195; "
    "exec bash --noprofile --norc --noediting -i 195<&-",
    NULL};
static const char *const argv_plain[] = {"bash", "-c",
    "export PS1= PS2=; exec 196</dev/null 0<&195; "
    "exec bash --noprofile --norc --noediting -i 195<&-",
    NULL};

const char *const *
bash_argv(bool plain)
{
	return plain ? argv_plain : argv_terminal;
}

void
bash_record_done(struct bash_record *r)
{
	free(r->answer);
	free(r->cwd);
	free(r->jobs);
	*r = (struct bash_record){0};
}

/* "NUMBER;" at the start of an answer; 0 when there is none. */
static unsigned long
number_of(const char *text, const char **ret_rest)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*ret_rest = end > text && *end == ';' ? end + 1 : text;
	return *ret_rest > text ? n : 0;
}

size_t
bash_parse(const char *text, size_t len, struct bash_record *ret)
{
	const char *last[3] = {0}, *at = text, *nul, *answer; /* fields before `at` */
	size_t fields = 0;

	for (; (nul = memchr(at, '\0', len - (size_t)(at - text))) != NULL;
	     at = nul + 1) {
		if (fields > 3 && str_eq(at, "ready")) {
			ret->number = number_of(text, &answer);
			ret->answer = xstrdup(answer);
			ret->status = atoi(last[fields % 3]);
			ret->cwd = xstrdup(last[(fields + 1) % 3]);
			ret->jobs = xstrdup(last[(fields + 2) % 3]);
			return (size_t)(nul + 1 - text);
		}
		last[fields++ % 3] = at;
	}
	return 0;
}

int
bash_open(struct bash *b, bool plain, struct sandbox_box_fd theirs[3], struct err *err)
{
	int input[2], line[2], status[2];

	*b = (struct bash)BASH_INIT;
	b->plain = plain;
	if (pipe2(input, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	b->input = input[1];
	theirs[0] = (struct sandbox_box_fd){input[0], BASH_INPUT};
	if (pipe2(line, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	b->line = line[1];
	theirs[1] = (struct sandbox_box_fd){line[0], BASH_LINE};
	if (pipe2(status, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	b->status = status[0];
	theirs[2] = (struct sandbox_box_fd){status[1], BASH_STATUS};
	fcntl(b->status, F_SETFL, O_NONBLOCK);
	if (fd_write_all(b->input, startup, strlen(startup)) < 0)
		return err_sys(err, "cannot write to bash");
	return 0;
}

void
bash_close(struct bash *b)
{
	fd_close_p(&b->input);
	fd_close_p(&b->line);
	fd_close_p(&b->status);
	fd_close_p(&b->console);
	buf_done(&b->answer);
}

int
bash_send(struct bash *b, bool question, const char *text, struct err *err)
{
	const char *word = question ? "__drydock_ask\n" : "__drydock_go\n";

	char number[32];

	b->begun = false;
	snprintf(number, sizeof number, "%lu;", ++b->number);
	/* The word first: bash is then reading when the text is more than a pipe holds.
	 */
	if (fd_write_all(b->input, word, strlen(word)) < 0 ||
	    fd_write_all(b->line, number, strlen(number)) < 0 ||
	    fd_write_all(b->line, text, strlen(text) + 1) < 0)
		return err_sys(err, "cannot write to bash");
	return 0;
}

void
bash_calm(struct bash *b)
{
	if (!b->calm_known) {
		if (tcgetattr(b->console, &b->calm) < 0)
			return;
		b->calm_known = true;
		if (b->plain) {
			b->calm.c_oflag &= ~(tcflag_t)ONLCR;
			b->calm.c_lflag &= ~(tcflag_t)ECHO;
		}
	}
	/* On the master this sets the other side's modes, and flushes what it has not
	 * read: keys meant for a program that has ended. */
	tcsetattr(b->console, TCSAFLUSH, &b->calm);
}

/* One read of what the pty has; false when it has nothing (now, or any more). */
static bool
read_console(struct bash *b, const struct workstation_io *io)
{
	char data[16 << 10];
	struct pollfd p = {.fd = b->console, .events = POLLIN};
	ssize_t n;

	/* poll also makes the kernel move bytes that the other side has written. */
	if (b->console < 0 || poll(&p, 1, 0) <= 0)
		return false;
	n = read(b->console, data, sizeof data);
	if (n > 0 && io != NULL)
		io->out(io->arg, data, (size_t)n);
	return n > 0;
}

void
bash_drain(struct bash *b, const struct workstation_io *io)
{
	while (read_console(b, io))
		continue;
}

/* Keys go on as bytes: Ctrl-C is the pty's business. */
static bool
relay_keys(struct bash *b, int terminal)
{
	char keys[1024];
	ssize_t n = read(terminal, keys, sizeof keys);

	b->keys_sent |= n > 0;
	if (n > 0 && write(b->console, keys, (size_t)n) < 0 && errno != EAGAIN)
		return false;
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* 1 a record, 0 the end, -1 not yet. */
static int
read_status(struct bash *b, struct bash_record *ret)
{
	const char *rest;
	ssize_t n;
	size_t used;

	while ((n = buf_read(&b->answer, b->status, 64 << 10)) > 0)
		continue;
	while ((used = bash_parse(b->answer.s, b->answer.len, ret)) > 0) {
		buf_eat(&b->answer, used);
		if (ret->number == b->number)
			return 1;
		bash_record_done(ret);
	}
	b->begun = b->answer.len > 0 && number_of(b->answer.s, &rest) == b->number;
	return n == 0 || errno == EFBIG ? 0 : -1;
}

static void
follow_size(struct bash *b, int terminal)
{
	struct winsize now, old;

	if (terminal >= 0 && ioctl(terminal, TIOCGWINSZ, &now) == 0 &&
	    ioctl(b->console, TIOCGWINSZ, &old) == 0 &&
	    (now.ws_row != old.ws_row || now.ws_col != old.ws_col))
		ioctl(b->console, TIOCSWINSZ, &now);
}

/* The window has another size; or true: we are to end, by the same signal once the
 * terminal is itself again. */
static bool
take_signal(struct bash *b, int terminal)
{
	struct signalfd_siginfo info;

	if (read(b->signals, &info, sizeof info) != sizeof info)
		return false;
	follow_size(b, terminal);
	return info.ssi_signo != SIGWINCH && raise((int)info.ssi_signo) == 0;
}

/* How long poll(2) may sleep before the limit (clock_mono; 0: none), in ms. */
static int
until_limit(int64_t limit)
{
	int64_t left = limit - clock_mono();

	if (limit == 0)
		return -1;
	return left > 0 ? (int)(left / (NS_PER_S / 1000)) + 1 : 0;
}

/* The line has run too long: first a Ctrl-C; false when that has not helped. */
static bool
interrupt(struct bash *b, int64_t *limit, bool *interrupted)
{
	if (*interrupted || fd_write_all(b->console, "\003", 1) < 0)
		return false;
	*interrupted = true;
	*limit += INTERRUPT_S * NS_PER_S;
	return true;
}

int
bash_relay(struct bash *b, const struct workstation_io *io, struct bash_record *ret,
    struct err *err)
{
	int terminal = io != NULL ? io->terminal : -1, got = -1;
	int64_t limit =
	    io != NULL && io->limit_s > 0 ? clock_mono() + io->limit_s * NS_PER_S : 0;
	bool interrupted = false;

	follow_size(b, terminal);
	while (got < 0) {
		struct pollfd p[] = {{.fd = b->status, .events = POLLIN},
		    {.fd = b->console, .events = io != NULL ? POLLIN : 0},
		    {.fd = b->begun ? terminal : -1, .events = POLLIN},
		    {.fd = b->signals, .events = POLLIN}};

		if (limit > 0 && clock_mono() >= limit &&
		    !interrupt(b, &limit, &interrupted))
			return 0;
		if (poll(p, ARRAY_LEN(p), until_limit(limit)) < 0) {
			if (errno != EINTR)
				return err_sys(err, "cannot wait for bash");
			continue;
		}
		if ((p[1].revents & POLLIN) && !read_console(b, io))
			got = read_status(b, ret); /* hung up: all of bash has ended */
		if (p[2].revents != 0 && !relay_keys(b, terminal))
			terminal = -1;
		if (got < 0 && p[0].revents != 0)
			got = read_status(b, ret);
		if (p[3].revents != 0 && take_signal(b, terminal))
			got = 0;
		if (got < 0 && (p[1].revents & POLLHUP) && !(p[1].revents & POLLIN))
			got = 0;
	}
	if (io != NULL)
		bash_drain(b, io);
	return got;
}

/* Only bash can read its terminal's queue: it is asked to.  Without -n the terminal would
 * keep a line back that has no end yet; a Ctrl-D stands there as a NUL. */
char *
bash_unread(struct bash *b, struct err *err)
{
	static const char question[] =
	    "while IFS= builtin read -rs -d '' -n 4096 -t 0.01 -u 196 __drydock_keys && "
	    "[ ${#__drydock_keys} -lt 4096 ]; do "
	    "builtin printf '%s\\004' \"$__drydock_keys\"; done; "
	    "builtin printf %s \"$__drydock_keys\"; unset __drydock_keys";
	cleanup_bash_record struct bash_record r = {0};

	if (!b->keys_sent)
		return xstrdup("");
	b->keys_sent = false;
	if (bash_send(b, true, question, err) < 0 || bash_relay(b, NULL, &r, err) != 1)
		return NULL;
	return take_ptr(r.answer);
}
