/*
 * connection.c - one docker command for one shim
 *
 * The hello is data from inside the workstation: every count and length in it is
 * checked before use.
 */
#include "src/workstation/private.h"
#include <errno.h>
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
	struct terminal terminal;
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

static int
start_docker(struct connection *c, struct sandbox *s, struct err *err)
{
	struct sandbox_client client = {
	    .root = c->root, .cwd = c->cwd, .cwd_path = c->cwd_path, .env = c->env.v};
	cleanup_fd int slave = -1;
	int *streams[STREAMS] = {&client.in, &client.out, &client.errfd};

	if (c->head.terminals != 0 &&
	    terminal_open(&c->terminal, c->head.rows, c->head.cols, &slave, err) < 0)
		return -1;
	for (int i = 0; i < STREAMS; i++)
		*streams[i] = c->given[i] < 0 && (c->head.terminals & (1 << i))
				  ? slave
				  : c->given[i];
	client.reads = c->terminal.tell;
	c->docker = sandbox_docker_start(s, &client, c->argv.v, err);
	for (int i = 0; i < STREAMS; i++)
		fd_close_p(&c->given[i]);
	return c->docker < 0 ? -1 : 0;
}

/* What docker prints on its terminal, and how it has set it, as frames. */
static void
carry(struct connection *c)
{
	char kind = c->head.terminals & 2 ? WIRE_OUT : WIRE_ERR;
	char frame[WIRE_FRAME_MAX];
	ssize_t n;

	while ((n = terminal_read(&c->terminal, frame, sizeof frame)) != 0) {
		if (terminal_mode_changed(&c->terminal))
			send_frame(c, WIRE_RAW, &(char){c->terminal.raw}, 1);
		if (n > 1)
			send_frame(c, kind, frame + 1, (size_t)n - 1);
		if (n < 0) {
			fd_close_p(&c->terminal.master); /* nobody has it open */
			break;
		}
	}
}

static void
pass_signal(struct connection *c, int32_t signo)
{
	if (signo == SIGINT || signo == SIGTERM || signo == SIGHUP || signo == SIGQUIT)
		kill(-c->docker, signo);
}

/* False when the shim is gone. */
static bool
take_frame(struct connection *c)
{
	char frame[1 + WIRE_INPUT_MAX];
	ssize_t n = recv(c->sock, frame, sizeof frame, 0);
	uint16_t size[2];
	int32_t signo;

	if (n <= 0)
		return n < 0 && errno == EINTR;
	if (frame[0] == WIRE_SIGNAL && n == 1 + (ssize_t)sizeof signo) {
		memcpy(&signo, frame + 1, sizeof signo);
		pass_signal(c, signo);
	} else if (frame[0] == WIRE_SIZE && n == 1 + (ssize_t)sizeof size) {
		memcpy(size, frame + 1, sizeof size);
		terminal_resize(&c->terminal, size[1], size[0]);
		kill(-c->docker, SIGWINCH); /* it is nobody's controlling terminal */
	} else if (frame[0] == WIRE_IN) {
		terminal_type(&c->terminal, frame + 1, (size_t)n - 1);
	}
	return true;
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
	struct terminal *t = &c->terminal;

	for (;;) {
		struct pollfd p[] = {{.fd = c->sock, .events = POLLIN},
		    {.fd = pidfd, .events = POLLIN},
		    {.fd = t->master,
			.events = POLLIN | POLLPRI | (t->keys.len > 0 ? POLLOUT : 0)},
		    {.fd = t->told, .events = POLLIN}};

		if (poll(p, ARRAY_LEN(p), -1) < 0 && errno != EINTR)
			break;
		if (p[2].revents != 0)
			carry(c);
		terminal_flush(t);
		if (p[0].revents != 0 && !take_frame(c)) {
			terminal_close(t);
			hang_up(c, pidfd);
			break;
		}
		if (terminal_wants(t))
			send_frame(c, WIRE_WANT, "", 0);
		if (p[1].revents != 0)
			break;
	}
	carry(c);
	send_exit(c, proc_wait(c->docker));
	terminal_close(t);
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
	    .terminal = TERMINAL_INIT,
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
