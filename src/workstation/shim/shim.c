/*
 * shim.c - `docker` inside the workstation: the small front half of the command
 *
 * Keeps the terminal: a stream that is one is only described.  What docker prints there
 * comes as frames; keys and the window's size go as frames; when docker makes its own
 * terminal raw this one becomes it too.  All of it is an ordinary job for bash: in the
 * background, reading or changing modes stops us.  Pipes and files are passed on.  Ends
 * when the server says how docker ended; when it dies itself the server hangs docker up.
 *
 * A program of its own: static, nothing of ours linked.
 */
#include "src/workstation/wire.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

struct hello {
	char bytes[WIRE_HELLO_MAX];
	size_t len;
	int fds[WIRE_FDS_MAX];
	int nfds;
};

static int
connect_server(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = WIRE_SOCKET};
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (sock < 0 || connect(sock, (struct sockaddr *)&to, sizeof to) < 0) {
		fputs("Cannot connect to the Docker daemon at "
		      "unix:///var/run/docker.sock. Is the docker daemon running?\n",
		    stderr);
		exit(1);
	}
	return sock;
}

static bool
add(struct hello *h, const char *s)
{
	size_t len = strlen(s) + 1;

	if (len > sizeof h->bytes - h->len)
		return false;
	memcpy(h->bytes + h->len, s, len);
	h->len += len;
	return true;
}

static void
add_streams(struct hello *h, struct wire_hello *head)
{
	struct winsize size = {0};

	for (int i = 0; i < 3; i++) {
		if (isatty(i)) {
			head->terminals |= (uint8_t)(1 << i);
			if (ioctl(i, TIOCGWINSZ, &size) == 0) {
				head->cols = size.ws_col;
				head->rows = size.ws_row;
			}
		} else if (fcntl(i, F_GETFD) >= 0) {
			head->given |= (uint8_t)(1 << i);
			h->fds[h->nfds++] = i;
		}
	}
}

static void
make_hello(struct hello *h, int argc, char **argv)
{
	struct wire_hello head = {.version = WIRE_VERSION};
	char cwd[PATH_MAX];

	h->len = sizeof head;
	h->fds[h->nfds++] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	h->fds[h->nfds++] = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (getcwd(cwd, sizeof cwd) == NULL || h->fds[0] < 0 || h->fds[1] < 0) {
		fputs("docker: the working folder is gone\n", stderr);
		exit(1);
	}
	add_streams(h, &head);
	add(h, cwd);
	for (int i = 1; i < argc; i++, head.argc++) {
		if (!add(h, argv[i])) {
			fputs("docker: the argument list is too long\n", stderr);
			exit(1);
		}
	}
	/* An environment too big loses its tail: docker reads little of it. */
	for (char **e = environ; *e != NULL && add(h, *e); e++)
		head.envc++;
	memcpy(h->bytes, &head, sizeof head);
}

static bool
send_hello(int sock, struct hello *h)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof h->fds)];
	} control = {0};
	struct iovec data = {.iov_base = h->bytes, .iov_len = h->len};
	size_t size = (size_t)h->nfds * sizeof(int);
	struct msghdr m = {.msg_iov = &data,
	    .msg_iovlen = 1,
	    .msg_control = control.space,
	    .msg_controllen = CMSG_SPACE(size)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(c), h->fds, size);
	return sendmsg(sock, &m, MSG_NOSIGNAL) == (ssize_t)h->len;
}

struct shim {
	int sock, signals;
	int terminal; /* the stream that is one, input first; -1: none */
	bool wanted;  /* one read of the terminal */
	bool raw;     /* docker wants it raw; saved is how it was */
	struct termios saved;
};

static void
set_raw(const struct shim *s)
{
	struct termios raw = s->saved;

	cfmakeraw(&raw);
	tcsetattr(s->terminal, TCSANOW, &raw);
}

static void
change_mode(struct shim *s, bool raw)
{
	if (s->terminal < 0 || raw == s->raw)
		return;
	if (raw && tcgetattr(s->terminal, &s->saved) < 0)
		return;
	s->raw = raw;
	if (raw)
		set_raw(s);
	else
		tcsetattr(s->terminal, TCSANOW, &s->saved);
}

static _Noreturn void
end(struct shim *s, int code)
{
	change_mode(s, false);
	_exit(code);
}

static void
send_frame(struct shim *s, char kind, const void *data, size_t len)
{
	char frame[1 + WIRE_INPUT_MAX] = {kind};

	memcpy(frame + 1, data, len);
	while (send(s->sock, frame, 1 + len, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return; /* then take_frame() sees it too */
}

/* Signals that mean docker, not us, and two that concern the terminal. */
static int
catch_signals(void)
{
	static const int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		sigaddset(&set, ours[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void
send_size(struct shim *s)
{
	struct winsize size;
	uint16_t both[2];

	if (s->terminal < 0 || ioctl(s->terminal, TIOCGWINSZ, &size) < 0)
		return;
	both[0] = size.ws_col;
	both[1] = size.ws_row;
	send_frame(s, WIRE_SIZE, both, sizeof both);
}

static void
take_signal(struct shim *s)
{
	struct signalfd_siginfo info;
	int32_t signo;

	if (read(s->signals, &info, sizeof info) != sizeof info)
		return;
	signo = (int32_t)info.ssi_signo;
	/* Whoever stopped us has set the terminal as he likes it. */
	if (signo == SIGCONT && s->raw)
		set_raw(s);
	if (signo == SIGCONT || signo == SIGWINCH)
		send_size(s);
	else
		send_frame(s, WIRE_SIGNAL, &signo, sizeof signo);
}

/* One read is one frame: where the terminal ends it is told apart. */
static void
take_keys(struct shim *s)
{
	char keys[WIRE_INPUT_MAX];
	ssize_t n = read(STDIN_FILENO, keys, sizeof keys);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	s->wanted = false;
	send_frame(s, WIRE_IN, keys, n > 0 ? (size_t)n : 0);
}

static void
put(struct shim *s, int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			end(s, 1); /* nobody reads us any more: hang up */
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

/* One frame from the server; ends the program with docker's exit code. */
static void
take_frame(struct shim *s)
{
	char frame[WIRE_FRAME_MAX + 1];
	ssize_t n = recv(s->sock, frame, sizeof frame, 0);
	int32_t code;

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		change_mode(s, false);
		fputs("docker: the connection to the engine was lost\n", stderr);
		end(s, 1);
	}
	if (frame[0] == WIRE_EXIT && n == 1 + (ssize_t)sizeof code) {
		memcpy(&code, frame + 1, sizeof code);
		end(s, code);
	}
	if (frame[0] == WIRE_OUT || frame[0] == WIRE_ERR)
		put(s, frame[0] == WIRE_OUT ? 1 : 2, frame + 1, (size_t)n - 1);
	else if (frame[0] == WIRE_RAW && n == 2)
		change_mode(s, frame[1] != 0);
	else if (frame[0] == WIRE_WANT)
		s->wanted = isatty(STDIN_FILENO);
}

static _Noreturn void
converse(struct shim *s)
{
	for (;;) {
		struct pollfd p[] = {{.fd = s->sock, .events = POLLIN},
		    {.fd = s->signals, .events = POLLIN},
		    {.fd = s->wanted ? STDIN_FILENO : -1, .events = POLLIN}};

		if (poll(p, 3, -1) < 0)
			continue;
		if (p[1].revents != 0)
			take_signal(s);
		if (p[0].revents != 0)
			take_frame(s);
		else if (p[2].revents != 0)
			take_keys(s);
	}
}

int
main(int argc, char **argv)
{
	struct hello *h = calloc(1, sizeof *h);
	struct shim s = {
	    .sock = connect_server(), .signals = catch_signals(), .terminal = -1};

	if (h == NULL)
		return 1;
	for (int i = 2; i >= 0; i--)
		if (isatty(i))
			s.terminal = i;
	make_hello(h, argc, argv);
	if (!send_hello(s.sock, h)) {
		perror("docker: cannot reach the engine");
		return 1;
	}
	free(h);
	converse(&s);
}
