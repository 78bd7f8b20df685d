/*
 * connection.c - one docker command for one shim
 *
 * The hello is data from inside the workstation: every count and length in it is
 * checked before use.
 */
#include "src/workstation/private.h"
#include "src/workstation/wire.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANGUP_GRACE_MS = 2000, STREAMS = 3 };

struct connection {
	int sock;
	int root, cwd;
	int given[STREAMS]; /* streams that came along; -1 */
	struct wire_hello head;
	char *cwd_path; /* in `bytes` */
	struct vec argv, env;
	int carried[STREAMS]; /* 1 and 2: our end of a pipe whose bytes become frames */
	pid_t docker;
};

/* The next string of the hello, or NULL when it is not ended. */
static char *
next_string(char **at, char *end)
{
	char *s = *at, *nul = memchr(s, '\0', (size_t)(end - s));

	if (nul == NULL)
		return NULL;
	*at = nul + 1;
	return s;
}

static bool
parse_strings(struct connection *c, char *at, char *end)
{
	char *s;

	c->cwd_path = next_string(&at, end);
	if (c->cwd_path == NULL || c->cwd_path[0] != '/')
		return false;
	for (uint32_t i = 0; i < c->head.argc; i++) {
		if ((s = next_string(&at, end)) == NULL)
			return false;
		vec_add(&c->argv, s);
	}
	for (uint32_t i = 0; i < c->head.envc; i++) {
		if ((s = next_string(&at, end)) == NULL)
			return false;
		vec_add(&c->env, s);
	}
	return at == end;
}

static bool
place_fds(struct connection *c, const int *fds, size_t nfds)
{
	size_t used = 2;

	if (nfds < 2)
		return false;
	c->root = fds[0];
	c->cwd = fds[1];
	for (int i = 0; i < STREAMS; i++) {
		if (!(c->head.given & (1 << i)))
			continue;
		if (used == nfds)
			return false;
		c->given[i] = fds[used++];
	}
	return used == nfds;
}

static bool
receive_hello(struct connection *c, char *bytes)
{
	int fds[8];
	size_t nfds = 0;
	ssize_t n = fd_recv_fds(c->sock, bytes, WIRE_HELLO_MAX, fds, &nfds);

	if (n < (ssize_t)sizeof c->head)
		return false;
	memcpy(&c->head, bytes, sizeof c->head);
	return c->head.version == WIRE_VERSION && place_fds(c, fds, nfds) &&
	       parse_strings(c, bytes + sizeof c->head, bytes + n);
}

static void
send_frame(struct connection *c, char kind, const void *data, size_t len)
{
	char frame[WIRE_FRAME_MAX];

	frame[0] = kind;
	memcpy(frame + 1, data, len);
	while (send(c->sock, frame, len + 1, MSG_NOSIGNAL) < 0 && errno == EINTR)
		continue;
}

static void
send_exit(struct connection *c, int32_t code)
{
	send_frame(c, WIRE_EXIT, &code, sizeof code);
}

/* Where stream i of docker goes: what came along, a pipe that we carry, or nowhere. */
static int
stream_for(struct connection *c, int i)
{
	int pipes[2];

	if (c->given[i] >= 0 || !(c->head.terminals & (1 << i)))
		return c->given[i];
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -1;
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	c->carried[i] = pipes[0];
	return pipes[1];
}

static int
start_docker(struct connection *c, struct sandbox *s, struct err *err)
{
	bool both = (c->head.terminals & 6) == 6; /* one terminal: keep the order */
	char tty[32];
	struct sandbox_client client = {.root = c->root,
	    .cwd = c->cwd,
	    .cwd_path = c->cwd_path,
	    .in = c->given[0],
	    .env = c->env.v,
	    .tty = c->head.terminals ? tty : NULL};

	snprintf(tty, sizeof tty, "%ux%u:%s%s%s", c->head.cols, c->head.rows,
	    c->head.terminals & 1 ? "i" : "", c->head.terminals & 2 ? "o" : "",
	    c->head.terminals & 4 ? "e" : "");
	client.out = stream_for(c, 1);
	client.errfd = both ? client.out : stream_for(c, 2);
	c->docker = sandbox_docker_start(s, &client, c->argv.v, err);
	if (c->carried[1] >= 0)
		close(client.out);
	if (c->carried[2] >= 0)
		close(client.errfd);
	for (int i = 0; i < STREAMS; i++)
		fd_close_p(&c->given[i]);
	return c->docker < 0 ? -1 : 0;
}

/* Everything that the pipe has now, as frames.  False when the writers are gone. */
static bool
carry(struct connection *c, int i)
{
	char data[WIRE_FRAME_MAX - 1];
	ssize_t n;

	while ((n = read(c->carried[i], data, sizeof data)) > 0)
		send_frame(c, i == 1 ? WIRE_OUT : WIRE_ERR, data, (size_t)n);
	if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		fd_close_p(&c->carried[i]);
		return false;
	}
	return true;
}

/* False when the shim is gone. */
static bool
take_frame(struct connection *c)
{
	char frame[1 + sizeof(int32_t)];
	ssize_t n = recv(c->sock, frame, sizeof frame, 0);
	int32_t signo;

	if (n == sizeof frame && frame[0] == WIRE_SIGNAL) {
		memcpy(&signo, frame + 1, sizeof signo);
		if (signo == SIGINT || signo == SIGTERM || signo == SIGHUP ||
		    signo == SIGQUIT)
			kill(-c->docker, signo);
	}
	return n > 0 || (n < 0 && errno == EINTR);
}

static void
hang_up(struct connection *c, int pidfd)
{
	kill(-c->docker, SIGHUP);
	if (fd_wait_readable(pidfd, HANGUP_GRACE_MS) == 0)
		kill(-c->docker, SIGKILL);
}

static void
converse(struct connection *c)
{
	cleanup_fd int pidfd = proc_pidfd(c->docker);

	for (;;) {
		struct pollfd p[] = {{.fd = c->sock, .events = POLLIN},
		    {.fd = pidfd, .events = POLLIN},
		    {.fd = c->carried[1], .events = POLLIN},
		    {.fd = c->carried[2], .events = POLLIN}};

		if (poll(p, ARRAY_LEN(p), -1) < 0 && errno != EINTR)
			break;
		if (p[2].revents != 0)
			carry(c, 1);
		if (p[3].revents != 0)
			carry(c, 2);
		if (p[0].revents != 0 && !take_frame(c)) {
			hang_up(c, pidfd);
			break;
		}
		if (p[1].revents != 0)
			break;
	}
	for (int i = 1; i < STREAMS; i++)
		if (c->carried[i] >= 0)
			carry(c, i);
	send_exit(c, proc_wait(c->docker));
}

void
connection_serve(struct sandbox *s, int sock)
{
	struct connection c = {.sock = sock,
	    .root = -1,
	    .cwd = -1,
	    .given = {-1, -1, -1},
	    .argv = VEC_INIT,
	    .env = VEC_INIT,
	    .carried = {-1, -1, -1},
	    .docker = -1};
	cleanup_free char *bytes = xmalloc(WIRE_HELLO_MAX);
	struct err err = ERR_INIT;

	if (receive_hello(&c, bytes)) {
		if (start_docker(&c, s, &err) == 0) {
			converse(&c);
		} else {
			strncat(err.text, "\n", sizeof err.text - strlen(err.text) - 1);
			send_frame(&c, WIRE_ERR, err.text, strlen(err.text));
			send_exit(&c, 125);
		}
	}
	for (int i = 0; i < STREAMS; i++)
		fd_close_p(&c.given[i]);
	fd_close_p(&c.root);
	fd_close_p(&c.cwd);
	vec_done(&c.argv);
	vec_done(&c.env);
}
