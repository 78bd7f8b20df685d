/*
 * shim.c - `docker` inside the workstation: the small front half of the command
 *
 * Keeps the terminal: a stream that is one is only described, and its output comes
 * as frames.  Pipes and files are passed on.  Ends when the server says how docker
 * ended; when it dies itself the server hangs docker up.
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

/* Signals that mean docker, not us. */
static int
catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void
pass_signal(int sock, int signals)
{
	struct signalfd_siginfo info;
	char frame[1 + sizeof(int32_t)] = {WIRE_SIGNAL};
	int32_t signo;

	if (read(signals, &info, sizeof info) != sizeof info)
		return;
	signo = (int32_t)info.ssi_signo;
	memcpy(frame + 1, &signo, sizeof signo);
	if (send(sock, frame, sizeof frame, MSG_NOSIGNAL) < 0)
		_exit(128 + signo);
}

static void
put(int fd, const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno != EINTR)
			_exit(1); /* nobody reads us any more: hang up */
		if (n > 0) {
			s += n;
			len -= (size_t)n;
		}
	}
}

/* One frame from the server; ends the program with docker's exit code. */
static void
take_frame(int sock)
{
	char frame[WIRE_FRAME_MAX + 1];
	ssize_t n = recv(sock, frame, sizeof frame, 0);
	int32_t code;

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		fputs("docker: the connection to the engine was lost\n", stderr);
		exit(1);
	}
	if (frame[0] == WIRE_EXIT && n == 1 + (ssize_t)sizeof code) {
		memcpy(&code, frame + 1, sizeof code);
		exit(code);
	}
	if (frame[0] == WIRE_OUT || frame[0] == WIRE_ERR)
		put(frame[0] == WIRE_OUT ? 1 : 2, frame + 1, (size_t)n - 1);
}

int
main(int argc, char **argv)
{
	struct hello *h = calloc(1, sizeof *h);
	int sock = connect_server(), signals = catch_signals();
	struct pollfd p[] = {
	    {.fd = sock, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

	if (h == NULL)
		return 1;
	make_hello(h, argc, argv);
	if (!send_hello(sock, h)) {
		perror("docker: cannot reach the engine");
		return 1;
	}
	for (;;) {
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents != 0)
			pass_signal(sock, signals);
		if (p[0].revents != 0)
			take_frame(sock);
	}
}
