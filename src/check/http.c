/*
 * http.c - asks once what a web address of the session's localhost answers
 *
 * A child enters the session's outer network, connects, and copies what comes, up to a
 * limit in bytes and time.  No other host is ever asked: a lesson is data from the net.
 */
#include "src/check/private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 256 << 10 };

struct address {
	char host[80], path[1024];
	int port;
};

/* 0, or -1: not an address of this machine's localhost by http. */
static int
parse_url(const char *url, struct address *ret)
{
	const char *rest = str_after(url, "http://"), *colon;
	size_t n = rest != NULL ? strcspn(rest, "/?#") : 0;
	uint64_t port = 80;
	char hostport[80];

	if (rest == NULL || n == 0 || n >= sizeof hostport)
		return -1;
	memcpy(hostport, rest, n);
	hostport[n] = '\0';
	snprintf(ret->host, sizeof ret->host, "%s", hostport);
	colon = strrchr(hostport, ':');
	if (colon != NULL && strchr(colon, ']') == NULL) {
		if (!str_to_u64(colon + 1, 65535, &port) || port == 0)
			return -1;
		hostport[colon - hostport] = '\0';
	}
	ret->port = (int)port;
	snprintf(ret->path, sizeof ret->path, "%s%.*s", rest[n] == '/' ? "" : "/",
	    (int)strcspn(rest + n, "#"), rest + n);
	return str_eq(hostport, "localhost") || str_eq(hostport, "127.0.0.1") ||
		       str_eq(hostport, "0.0.0.0") || str_eq(hostport, "[::1]")
		   ? 0
		   : -1;
}

int
collect_port(const char *url)
{
	struct address a;

	return parse_url(url, &a) == 0 ? a.port : 0;
}

/* ---- in the child ---- */

static int
dial(int port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
	    .sin6_port = htons((uint16_t)port),
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&v4, sizeof v4) == 0)
		return fd;
	fd_close_p(&fd);
	fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&v6, sizeof v6) == 0)
		return fd;
	fd_close_p(&fd);
	return -1;
}

/* "r" refused, "!" not in the network, else "+" and what came. */
static void
converse(struct sandbox *s, int port, const char *request, int out)
{
	char data[16384];
	size_t all = 0;
	ssize_t n;

	signal(SIGPIPE, SIG_IGN);
	if (s != NULL && sandbox_enter_outer(s, NULL) < 0) {
		fd_write_all(out, "!", 1);
		return;
	}
	cleanup_fd int fd = dial(port);
	if (fd < 0) {
		fd_write_all(out, "r", 1);
		return;
	}
	fd_write_all(out, "+", 1);
	if (fd_write_all(fd, request, strlen(request)) < 0)
		return;
	while (all < ANSWER_MAX && (n = read(fd, data, sizeof data)) > 0) {
		if (fd_write_all(out, data, (size_t)n) < 0)
			return;
		all += (size_t)n;
	}
}

/* ---- in the tutor ---- */

enum end { END_CLOSED, END_TIME, END_FAILED };

static bool
whole_answer(const struct buf *b)
{
	return b->len >= b->max;
}

/* Appends what the child copied, from its first letter on. */
static enum end
exchange(struct sandbox *s, int port, const char *request, int timeout_ms, int stop,
    struct buf *b)
{
	int64_t end = clock_mono() + timeout_ms * (NS_PER_S / 1000);
	enum end how = END_CLOSED;
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return END_FAILED;
	cleanup_fd int ours = pipes[0], theirs = pipes[1];
	pid = fork();
	if (pid < 0)
		return END_FAILED;
	if (pid == 0) {
		converse(s, port, request, theirs);
		_exit(0);
	}
	fd_close_p(&theirs);
	while (!whole_answer(b)) {
		int64_t left = (end - clock_mono()) / (NS_PER_S / 1000);
		struct pollfd both[] = {{ours, POLLIN, 0}, {stop, POLLIN, 0}};

		if (left <= 0 || poll(both, 2, (int)left) == 0 || both[1].revents != 0) {
			how = END_TIME;
			break;
		}
		if (buf_read(b, ours, b->max - b->len) <= 0)
			break;
	}
	kill(pid, SIGKILL);
	proc_wait(pid);
	return how;
}

/* Chunks joined, in place; what is damaged ends there. */
static void
join_chunks(char *body)
{
	char *to = body, *from = body, *end = body + strlen(body);

	for (;;) {
		unsigned long n = strtoul(from, &from, 16);
		char *data = strstr(from, "\r\n");

		if (n == 0 || data == NULL || n > (unsigned long)(end - data - 2))
			break;
		memmove(to, data + 2, n);
		to += n;
		from = data + 2 + n;
		from += strspn(from, "\r\n");
	}
	*to = '\0';
}

static bool
is_chunked(const char *head, const char *body)
{
	cleanup_free char *text = xstrndup(head, (size_t)(body - head));

	return strcasestr(text, "\r\nTransfer-Encoding: chunked") != NULL;
}

/* "HTTP/1.1 200 OK\r\n...": the fact. */
static json_t *
read_answer(char *text)
{
	char *body = strstr(text, "\r\n\r\n"), *space = strchr(text, ' ');
	long code;
	json_t *shown;

	if (!str_starts(text, "HTTP/") || space == NULL)
		return json_pack("{s:s}", "failed", "garbled");
	code = strtol(space + 1, NULL, 10);
	if (body != NULL && is_chunked(text, body + 2))
		join_chunks(body + 4);
	shown = json_string(body != NULL ? body + 4 : "");
	return json_pack("{s:i, s:o}", "code", (int)code, "body",
	    shown != NULL ? shown : json_string(""));
}

/* NUL bytes would end the text early. */
static void
no_nuls(struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->s[i] == '\0')
			b->s[i] = ' ';
}

json_t *
http_ask(struct sandbox *s, const char *method, const char *url, int timeout_ms, int stop)
{
	cleanup_buf struct buf got = BUF_INIT(ANSWER_MAX);
	cleanup_free char *request = NULL;
	struct address a;
	enum end end;

	if (parse_url(url, &a) < 0)
		return json_pack("{s:s}", "error",
		    "only http://localhost is looked at: nothing outside of this "
		    "session");
	request =
	    xasprintf("%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: drydock\r\n"
		      "Accept: */*\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		method, a.path, a.host);
	end = exchange(s, a.port, request, timeout_ms, stop, &got);
	no_nuls(&got);
	if (end == END_FAILED || got.s[0] == '!')
		return json_pack(
		    "{s:s}", "error", "the session's network cannot be entered");
	if (got.s[0] == 'r')
		return json_pack("{s:s}", "failed", "refused");
	if (got.len > 1)
		return read_answer(got.s + 1);
	return json_pack("{s:s}", "failed", end == END_TIME ? "silent" : "empty");
}

json_t *
http_probe(struct sandbox *s, int port, int timeout_ms, int stop)
{
	cleanup_buf struct buf got = BUF_INIT(4096);
	enum end end = exchange(s, port,
	    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", timeout_ms,
	    stop, &got);

	if (end == END_FAILED || got.s[0] == '!')
		return json_pack(
		    "{s:s}", "error", "the session's network cannot be entered");
	if (got.s[0] == 'r')
		return json_pack("{s:s}", "failed", "refused");
	/* Silence is somebody who listens and does not speak HTTP. */
	if (got.len > 1 || end == END_TIME)
		return json_pack("{s:b}", "answers", 1);
	return json_pack("{s:s}", "failed", "empty");
}
