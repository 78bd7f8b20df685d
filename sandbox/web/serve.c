/*
 * serve.c - connections and answers
 */
#include "sandbox/web/web.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 16, BACKLOG = 64, SILENCE_S = 120, FILE_PIECE = 1 << 20 };

static const struct {
	int status;
	const char *phrase;
} phrases[] = {{200, "OK"}, {301, "Moved Permanently"}, {400, "Bad Request"},
    {404, "Not Found"}, {405, "Method Not Allowed"}, {414, "URI Too Long"}};

static const char *
phrase(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Error";
}

int
web_listen(uint16_t port, struct err *err)
{
	const struct sockaddr_in addr = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(err, "making a socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	/* a new namespace has no addresses before its lo is up */
	setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
	if (bind(fd, (const struct sockaddr *)&addr, sizeof addr) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return errno == EADDRINUSE
			   ? err_set(err, ERR_CONFLICT, "port %u is taken", port)
			   : err_sys(err, "listening on port %u", port);
	return take_fd(&fd);
}

static int
send_file(int conn, int fd, off_t size)
{
	for (off_t at = 0; at < size;) {
		size_t piece = size - at < FILE_PIECE ? (size_t)(size - at) : FILE_PIECE;
		ssize_t n = sendfile(conn, fd, &at, piece);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
	}
	return 0;
}

static int
send_reply(int conn, const struct web_request *r, struct web_reply *reply)
{
	cleanup_buf struct buf head = BUF_INIT(BUF_OURS);
	struct stat st = {.st_size = 0};
	bool moved = reply->status == 301;
	off_t size = moved ? 0 : (off_t)reply->text.len;

	if (reply->fd >= 0) {
		if (fstat(reply->fd, &st) < 0)
			return -1;
		size = st.st_size;
	}
	buf_addf(&head, "HTTP/1.1 %d %s\r\nServer: drydock\r\nContent-Length: %lld\r\n",
	    reply->status, phrase(reply->status), (long long)size);
	if (reply->type != NULL)
		buf_addf(&head, "Content-Type: %s\r\n", reply->type);
	if (moved)
		buf_addf(&head, "Location: %s\r\n", reply->text.s);
	buf_addf(&head, "%s\r\n", r->last ? "Connection: close\r\n" : "");
	if (!r->head && reply->fd < 0 && !moved)
		buf_add(&head, reply->text.s, reply->text.len);
	if (fd_write_all(conn, head.s, head.len) < 0)
		return -1;
	return r->head || reply->fd < 0 ? 0 : send_file(conn, reply->fd, size);
}

static int
answer(int conn, const struct web_request *r, const struct web_site *site)
{
	struct web_reply reply = {.status = 404, .text = BUF_INIT(BUF_OURS), .fd = -1};
	int rc;

	if (r->status != 200)
		reply.status = r->status;
	else
		site->get(site->arg, r->path, &reply);
	rc = send_reply(conn, r, &reply);
	buf_done(&reply.text);
	fd_close_p(&reply.fd);
	return rc;
}

static void
talk(int conn, const struct web_site *site)
{
	cleanup_buf struct buf in = BUF_INIT(2 * WEB_HEAD_MAX);
	struct web_request r;

	for (;;) {
		size_t n = in.len > 0 ? web_parse(in.s, in.len, &r) : 0;

		if (n > 0) {
			if (answer(conn, &r, site) < 0 || r.last)
				return;
			buf_eat(&in, n);
			continue;
		}
		ssize_t got = buf_read(&in, conn, WEB_HEAD_MAX - in.len);
		if (got == 0 || (got < 0 && errno != EINTR))
			return;
	}
}

static _Noreturn void
connection_main(int conn, pid_t parent, const struct web_site *site)
{
	const struct timeval silence = {.tv_sec = SILENCE_S};
	int on = 1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
	setsockopt(conn, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
	setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	talk(conn, site);
	_exit(0);
}

/* Takes up children that have ended; waits for one when there are too many. */
static size_t
reap(size_t running)
{
	while (running > 0) {
		pid_t pid = waitpid(-1, NULL, running < CONNECTIONS_MAX ? WNOHANG : 0);

		if (pid == 0 || (pid < 0 && errno != EINTR))
			break;
		running -= pid > 0;
	}
	return running;
}

_Noreturn void
web_serve(int listener, const struct web_site *site)
{
	pid_t self = getpid();
	size_t running = 0;

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		running = reap(running);
		cleanup_fd int conn = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (conn < 0 && errno != EINTR && errno != ECONNABORTED)
			_exit(1);
		if (conn < 0)
			continue;
		pid_t pid = fork();
		if (pid == 0)
			connection_main(conn, self, site);
		running += pid > 0;
	}
}
