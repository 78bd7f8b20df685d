/*
 * fetch_test.c - a tiny HTTP server in a thread, and what fetch makes of its answers
 */
#include "sandbox/base/hash.h"
#include "sandbox/fetch/fetch.h"
#include "tests/unit/test.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BODY = 200000 };

/* What the server does and what it saw; one test at a time. */
struct server {
	int listener;
	unsigned port;
	pthread_t thread;
	bool no_range; /* answers 200 with everything, whatever was asked */
	int requests;
	long long range; /* of the last request, -1: none */
	char body[BODY];
};

struct place {
	struct server server;
	char dir[64], dest[128], part[160], url[64], sum[HASH_HEX + 1];
	struct fetch_client *client;
	struct fetch_job job;
};

static void
answer(struct server *s, int fd)
{
	cleanup_buf struct buf in = BUF_INIT(65536), out = BUF_INIT(BODY + 65536);
	const char *range;
	long long from = 0;

	while (strstr(in.s, "\r\n\r\n") == NULL)
		if (buf_read(&in, fd, 4096) <= 0)
			return;
	s->requests++;
	s->range = -1;
	if ((range = strstr(in.s, "Range: bytes=")) != NULL)
		s->range = strtoll(range + strlen("Range: bytes="), NULL, 10);
	if (!str_starts(in.s, "GET /body ")) {
		buf_adds(&out, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope");
	} else {
		if (s->range >= 0 && !s->no_range)
			from = s->range;
		buf_addf(&out, "HTTP/1.1 %s\r\nContent-Length: %lld\r\n",
		    from > 0 ? "206 Partial Content" : "200 OK", BODY - from);
		if (from > 0)
			buf_addf(&out, "Content-Range: bytes %lld-%d/%d\r\n", from,
			    BODY - 1, BODY);
		buf_adds(&out, "\r\n");
		buf_add(&out, s->body + from, (size_t)(BODY - from));
	}
	fd_write_all(fd, out.s, out.len);
}

static void *
serve(void *arg)
{
	struct server *s = arg;
	int fd;

	while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
		answer(s, fd);
		shutdown(fd, SHUT_WR);
		close(fd);
	}
	return NULL;
}

static void
server_start(struct server *s)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;

	for (size_t i = 0; i < BODY; i++)
		s->body[i] = (char)(i * 7 + i / 251);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(bind(s->listener, (struct sockaddr *)&a, sizeof a) == 0);
	CHECK(listen(s->listener, 8) == 0);
	CHECK(getsockname(s->listener, (struct sockaddr *)&a, &len) == 0);
	s->port = ntohs(a.sin_port);
	CHECK(pthread_create(&s->thread, NULL, serve, s) == 0);
}

static struct place *
place_new(const char *path)
{
	struct place *p = xcalloc(1, sizeof *p);

	unsetenv("http_proxy");
	server_start(&p->server);
	strcpy(p->dir, "/tmp/fetch-test.XXXXXX");
	CHECK(mkdtemp(p->dir) != NULL);
	snprintf(p->dest, sizeof p->dest, "%s/a file", p->dir);
	snprintf(p->part, sizeof p->part, "%s.part", p->dest);
	snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u%s", p->server.port, path);
	hash_data(p->server.body, BODY, p->sum);
	p->client = fetch_client_new();
	p->job = (struct fetch_job){
	    .url = p->url, .size = BODY, .sha256 = p->sum, .dest = p->dest};
	return p;
}

static void
place_free(struct place *p)
{
	fetch_client_free(p->client);
	shutdown(p->server.listener, SHUT_RDWR);
	pthread_join(p->server.thread, NULL);
	close(p->server.listener);
	fd_remove_tree(AT_FDCWD, p->dir);
	free(p);
}

static void
write_part(struct place *p, const char *data, size_t len)
{
	CHECK(fd_write_file(AT_FDCWD, p->part, data, len, 0644, NULL) == 0);
}

static bool
dest_is_body(const struct place *p)
{
	cleanup_buf struct buf b = BUF_INIT(BODY + 1);

	return fd_read_file(AT_FDCWD, p->dest, &b, NULL) == 0 && b.len == BODY &&
	       memcmp(b.s, p->server.body, BODY) == 0;
}

static void
remember_most(void *arg, int64_t bytes)
{
	int64_t *most = arg;

	if (bytes > *most)
		*most = bytes;
}

static void
fetches_and_checks(void)
{
	struct place *p = place_new("/body");
	struct err err = ERR_INIT;
	int64_t most = 0, network = 0;

	CHECK_INT(fetch_url(p->client, &p->job, remember_most, &most, &network, &err),
	    FETCH_OK);
	CHECK_STR(err.text, "");
	CHECK(dest_is_body(p));
	CHECK_INT(most, BODY);
	CHECK_INT(network, BODY);
	CHECK(access(p->part, F_OK) != 0);
	place_free(p);
}

static void
refuses_wrong_sum(void)
{
	struct place *p = place_new("/body");
	struct err err = ERR_INIT;

	p->sum[0] = p->sum[0] == '0' ? '1' : '0';
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, &err), FETCH_BAD);
	CHECK(strstr(err.text, "SHA-256") != NULL);
	CHECK(access(p->part, F_OK) != 0 && access(p->dest, F_OK) != 0);
	place_free(p);
}

static void
refuses_wrong_size(void)
{
	struct place *p = place_new("/body");
	struct err err = ERR_INIT;

	p->job.size = BODY - 10;
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, &err), FETCH_BAD);
	CHECK(strstr(err.text, "bigger") != NULL);
	p->job.size = BODY + 10;
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, &err), FETCH_BAD);
	CHECK(access(p->part, F_OK) != 0 && access(p->dest, F_OK) != 0);
	place_free(p);
}

static void
continues(void)
{
	struct place *p = place_new("/body");
	int64_t network = 0;

	write_part(p, p->server.body, 150000);
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, &network, NULL), FETCH_OK);
	CHECK_INT(p->server.range, 150000);
	CHECK_INT(network, 50000);
	CHECK(dest_is_body(p));
	place_free(p);
}

static void
continues_when_all_is_there(void)
{
	struct place *p = place_new("/body");

	write_part(p, p->server.body, BODY);
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, NULL), FETCH_OK);
	CHECK_INT(p->server.requests, 0);
	CHECK(dest_is_body(p));
	place_free(p);
}

static void
server_without_ranges(void)
{
	struct place *p = place_new("/body");

	p->server.no_range = true;
	write_part(p, p->server.body, 150000);
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, NULL), FETCH_OK);
	CHECK(dest_is_body(p));
	place_free(p);
}

static void
foreign_part_is_thrown_away(void)
{
	struct place *p = place_new("/body");

	write_part(p, "something else entirely", 23);
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, NULL), FETCH_OK);
	CHECK_INT(p->server.requests, 2);
	CHECK(dest_is_body(p));
	place_free(p);
}

static void
tells_gone_from_unreachable(void)
{
	struct place *p = place_new("/nothing");
	struct err err = ERR_INIT;

	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, &err), FETCH_GONE);
	CHECK(strstr(err.text, "404") != NULL);
	strcpy(p->url, "http://127.0.0.1:1/body");
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, &err), FETCH_NET);
	place_free(p);
}

static void
local_files(void)
{
	struct place *p = place_new("/body");
	char url[200], from[160];

	snprintf(from, sizeof from, "%s/from", p->dir);
	snprintf(url, sizeof url, "file://%s", from);
	p->job.url = url;
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, NULL), FETCH_GONE);
	CHECK(fd_write_file(AT_FDCWD, from, p->server.body, BODY, 0644, NULL) == 0);
	CHECK_INT(fetch_url(p->client, &p->job, NULL, NULL, NULL, NULL), FETCH_OK);
	CHECK(dest_is_body(p));
	place_free(p);
}

static void
job_lines(void)
{
	static const char *const wrong[] = {
	    "", "u", "u 1", "u 1 -", "u x - d", "u 1 abc d", "u -1 - d", " 1 - d"};
	cleanup_buf struct buf out = BUF_INIT(4096);
	struct fetch_job job;

	CHECK(fetch_job_parse("http://h/a - - a file", &job, NULL) == 0);
	CHECK_STR(job.dest, "a file");
	CHECK(job.size == -1 && job.sha256 == NULL);
	job.size = 7;
	fetch_job_format(&job, &out);
	CHECK_STR(out.s, "http://h/a 7 - a file\n");
	fetch_job_done(&job);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK(fetch_job_parse(wrong[i], &job, NULL) < 0);
}

static void
report_lines(void)
{
	static const char *const wrong[] = {
	    "", "at", "at x", "done", "fail", "fail gone", "fail odd x"};
	cleanup_buf struct buf out = BUF_INIT(4096);
	struct fetch_report r = {
	    .what = FETCH_FAILED, .kind = FETCH_GONE, .text = "two\nlines"};

	fetch_report_format(&r, &out);
	CHECK_STR(out.s, "fail gone two lines\n");
	CHECK(fetch_report_parse("fail gone two lines", &r, NULL) == 0);
	CHECK(r.what == FETCH_FAILED && r.kind == FETCH_GONE);
	CHECK_STR(r.text, "two lines");
	CHECK(fetch_report_parse("at 12", &r, NULL) == 0 && r.what == FETCH_AT);
	CHECK_INT(r.bytes, 12);
	CHECK(fetch_report_parse("done 3", &r, NULL) == 0 && r.what == FETCH_DONE);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK(fetch_report_parse(wrong[i], &r, NULL) < 0);
}

TEST_MAIN({"a file is fetched and its size and sum are checked", fetches_and_checks},
    {"a wrong sum leaves nothing behind", refuses_wrong_sum},
    {"a wrong size leaves nothing behind", refuses_wrong_size},
    {"an interrupted download goes on where it stopped", continues},
    {"a part that is complete asks the server nothing", continues_when_all_is_there},
    {"a server that knows no ranges is taken from the start", server_without_ranges},
    {"a part of another file is thrown away once", foreign_part_is_thrown_away},
    {"a file that is gone is told from a server that is", tells_gone_from_unreachable},
    {"file:// works like http://", local_files},
    {"job lines are read and written", job_lines},
    {"report lines are read and written", report_lines})
