/*
 * web_test.c - requests are read as RFC 9112 says, and refused when they are not; answers
 * over a real connection
 */
#include "sandbox/web/web.h"
#include "tests/unit/test.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
requests_are_read(void)
{
	static const struct {
		const char *text, *path;
		int status;
		bool head, last;
	} rows[] = {
	    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "/", 200, false, false},
	    {"HEAD /a/b HTTP/1.1\r\n\r\n", "/a/b", 200, true, false},
	    {"GET /a%20b?q=1 HTTP/1.1\r\n\r\n", "/a b", 200, false, false},
	    {"GET /a HTTP/1.0\r\n\r\n", "/a", 200, false, true},
	    {"GET /a HTTP/1.1\r\nCONNECTION: Close\r\n\r\n", "/a", 200, false, true},
	    {"POST /a HTTP/1.1\r\n\r\n", "", 405, false, true},
	    {"GET a HTTP/1.1\r\n\r\n", NULL, 400, false, true},
	    {"GET /%0 HTTP/1.1\r\n\r\n", NULL, 400, false, true},
	    {"GET /%00x HTTP/1.1\r\n\r\n", NULL, 400, false, true},
	    {"GET /\r\n\r\n", NULL, 400, false, true},
	    {"\r\n\r\n", NULL, 400, false, true},
	    {"GET / FTP/1.1\r\n\r\n", NULL, 400, false, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t len = strlen(rows[i].text);
		struct web_request r;

		CHECK_INT(web_parse(rows[i].text, len, &r), len);
		CHECK_INT(r.status, rows[i].status);
		CHECK_INT(r.last, rows[i].last);
		CHECK_INT(r.head, rows[i].head);
		if (r.status == 200)
			CHECK_STR(r.path, rows[i].path);
		for (size_t cut = 0; cut < len; cut++)
			CHECK_INT(web_parse(rows[i].text, cut, &r), 0);
	}
}

static void
only_the_first_is_taken(void)
{
	static const char two[] = "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n";
	struct web_request r;

	CHECK_INT(web_parse(two, sizeof two - 1, &r), (sizeof two - 1) / 2);
	CHECK_STR(r.path, "/1");
}

static void
long_ones_are_refused(void)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	struct web_request r;

	buf_adds(&b, "GET /");
	while (b.len < WEB_PATH_MAX + 10)
		buf_addc(&b, 'a');
	buf_adds(&b, " HTTP/1.1\r\n\r\n");
	CHECK_INT(web_parse(b.s, b.len, &r), b.len);
	CHECK_INT(r.status, 414);
	buf_clear(&b);
	while (b.len < WEB_HEAD_MAX)
		buf_addc(&b, 'a');
	CHECK_INT(web_parse(b.s, b.len, &r), b.len);
	CHECK_INT(r.status, 400);
}

/* ---- a server ------------------------------------------------------------------------
 */

static void
get(void *arg, const char *path, struct web_reply *reply)
{
	(void)arg;
	if (str_eq(path, "/text")) {
		reply->status = 200;
		reply->type = "text/plain";
		buf_adds(&reply->text, "hello");
	} else if (str_eq(path, "/moved")) {
		reply->status = 301;
		buf_adds(&reply->text, "/text");
	} else if (str_eq(path, "/file")) {
		reply->status = 200;
		reply->fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	}
}

static pid_t
serve(uint16_t *ret_port)
{
	static const struct web_site site = {.get = get};
	struct sockaddr_in addr;
	socklen_t len = sizeof addr;
	int fd = web_listen(0, NULL);
	pid_t pid;

	CHECK(fd >= 0);
	CHECK(getsockname(fd, (struct sockaddr *)&addr, &len) == 0);
	*ret_port = ntohs(addr.sin_port);
	pid = fork();
	if (pid == 0)
		web_serve(fd, &site);
	close(fd);
	return pid;
}

/* Sends text on a connection of its own and reads to the end. */
static void
ask(uint16_t port, const char *text, struct buf *out)
{
	const struct sockaddr_in addr = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(connect(fd, (const struct sockaddr *)&addr, sizeof addr) == 0);
	CHECK(fd_write_all(fd, text, strlen(text)) == 0);
	buf_clear(out);
	CHECK(fd_slurp(fd, "answer", out, NULL) == 0);
}

static void
answers(void)
{
	cleanup_buf struct buf out = BUF_INIT(64 << 20), self = BUF_INIT(64 << 20);
	uint16_t port;
	pid_t pid = serve(&port);

	ask(port,
	    "GET /text HTTP/1.1\r\n\r\nHEAD /text HTTP/1.1\r\n\r\n"
	    "GET /moved HTTP/1.1\r\n\r\nGET /none HTTP/1.0\r\n\r\n",
	    &out);
	CHECK_STR(out.s,
	    "HTTP/1.1 200 OK\r\nServer: drydock\r\nContent-Length: 5\r\n"
	    "Content-Type: text/plain\r\n\r\nhello"
	    "HTTP/1.1 200 OK\r\nServer: drydock\r\nContent-Length: 5\r\n"
	    "Content-Type: text/plain\r\n\r\n"
	    "HTTP/1.1 301 Moved Permanently\r\nServer: drydock\r\nContent-Length: 0\r\n"
	    "Location: /text\r\n\r\n"
	    "HTTP/1.1 404 Not Found\r\nServer: drydock\r\nContent-Length: 0\r\n"
	    "Connection: close\r\n\r\n");
	CHECK(fd_read_file(AT_FDCWD, "/proc/self/exe", &self, NULL) == 0);
	ask(port, "GET /file HTTP/1.0\r\n\r\n", &out);
	CHECK(out.len > self.len);
	CHECK(memcmp(out.s + out.len - self.len, self.s, self.len) == 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
a_port_is_taken_once(void)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof addr;
	struct err err = ERR_INIT;
	cleanup_fd int fd = web_listen(0, NULL);

	CHECK(getsockname(fd, (struct sockaddr *)&addr, &len) == 0);
	CHECK(web_listen(ntohs(addr.sin_port), &err) < 0);
	CHECK(err.kind == ERR_CONFLICT);
}

TEST_MAIN({"requests are read, whole or not at all", requests_are_read},
    {"of two requests the first is taken", only_the_first_is_taken},
    {"long requests are refused", long_ones_are_refused},
    {"texts, files and places are answered on one connection", answers},
    {"a taken port is a conflict", a_port_is_taken_once})
