/*
 * serve.c - the HTTP side, by libmicrohttpd
 *
 * One thread, one loop.  The only file that knows the library: a route sees a struct
 * request.  Bodies of uploads go to their file as they come; all others are bounded.
 */
#include "sandbox/hub/private.h"
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 1000, CONNECTIONS = 256, TIMEOUT_S = 120, BUFFER = 1 << 18 };

/* ---- what routes see
 * ---------------------------------------------------------------------- */

const char *
request_query(const struct request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *
request_header(const struct request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

struct lookup {
	const char *name;
	struct vec *ret;
};

static enum MHD_Result
on_argument(void *arg, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct lookup *l = arg;

	(void)kind;
	if (str_eq(key, l->name) && value != NULL)
		vec_add(l->ret, value);
	return MHD_YES;
}

void
request_query_all(const struct request *q, const char *name, struct vec *ret)
{
	struct lookup l = {name, ret};

	MHD_get_connection_values(q->connection, MHD_GET_ARGUMENT_KIND, on_argument, &l);
}

void
answer_header(struct request *q, const char *name, const char *fmt, ...)
{
	cleanup_buf struct buf value = BUF_INIT(BODY_MAX);
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&value, fmt, ap);
	va_end(ap);
	/* what a client sent must not become a header of its own */
	for (char *p = value.s; *p != '\0'; p++)
		if (*p == '\r' || *p == '\n')
			*p = ' ';
	vec_addf(&q->answer.headers, "%s: %s", name, value.s);
}

void
answer_json(struct request *q, int status, json_t *takes)
{
	cleanup_free char *text = json_dumps(takes, JSON_COMPACT);

	json_decref(takes);
	buf_clear(&q->answer.body);
	buf_adds(&q->answer.body, text != NULL ? text : "{}");
	q->answer.status = status;
	q->answer.type = "application/json";
}

void
answer_error(struct request *q, int status, const char *code, const char *message)
{
	answer_json(q, status,
	    json_pack("{s:[{s:s, s:s, s:n}]}", "errors", "code", code, "message", message,
		"detail"));
}

void
answer_fault(struct request *q, const struct err *err)
{
	fprintf(stderr, "hub: %s %s: %s\n", q->method, q->path, err->text);
	answer_error(q, 500, "UNKNOWN", err->text);
}

/* ---- answering
 * ---------------------------------------------------------------------------- */

/* "bytes=5-" or "bytes=5-9": the part of the file that is wanted. */
static void
take_range(struct request *q)
{
	const char *range = request_header(q, "Range");
	const char *text = range != NULL ? str_after(range, "bytes=") : NULL;
	struct answer *a = &q->answer;
	cleanup_free char *first = NULL;
	uint64_t from, to;

	if (text == NULL || a->status != 200 || strchr(text, ',') != NULL)
		return;
	first = xstrndup(text, strcspn(text, "-"));
	if (!str_to_u64(first, INT64_MAX, &from) || text[strlen(first)] != '-')
		return;
	if (!str_to_u64(text + strlen(first) + 1, INT64_MAX, &to) ||
	    (int64_t)to >= a->size)
		to = (uint64_t)a->size - 1;
	if ((int64_t)from >= a->size || to < from) {
		a->status = 416;
		fd_close_p(&a->fd);
		return;
	}
	answer_header(q, "Content-Range", "bytes %llu-%llu/%lld",
	    (unsigned long long)from, (unsigned long long)to, (long long)a->size);
	a->status = 206;
	a->at = (int64_t)from;
	a->size = (int64_t)(to - from + 1);
}

static struct MHD_Response *
make_response(struct request *q)
{
	struct answer *a = &q->answer;

	if (a->fd >= 0)
		take_range(q);
	if (a->fd >= 0)
		return MHD_create_response_from_fd_at_offset64(
		    (uint64_t)a->size, take_fd(&a->fd), (uint64_t)a->at);
	return MHD_create_response_from_buffer(
	    a->body.len, a->body.s, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result
send_answer(struct request *q)
{
	struct answer *a = &q->answer;
	struct MHD_Response *r = make_response(q);
	enum MHD_Result rc;
	bool typed = false;

	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(r, "Docker-Distribution-Api-Version", "registry/2.0");
	for (size_t i = 0; i < a->headers.len; i++) {
		char *value = strstr(a->headers.v[i], ": ");

		*value = '\0';
		typed = typed || str_eq(a->headers.v[i], "Content-Type");
		MHD_add_response_header(r, a->headers.v[i], value + 2);
	}
	if (a->type != NULL && !typed)
		MHD_add_response_header(r, "Content-Type", a->type);
	rc = MHD_queue_response(q->connection, (unsigned)a->status, r);
	MHD_destroy_response(r);
	return rc;
}

/* ---- a request's life
 * ---------------------------------------------------------------------- */

static struct request *
new_request(struct hub *h, struct MHD_Connection *c, const char *method, const char *path)
{
	struct request *q = xcalloc(1, sizeof *q);

	q->hub = h;
	q->connection = c;
	q->is_head = str_eq(method, "HEAD");
	q->method = method;
	q->path = path;
	q->body = (struct buf)BUF_INIT(BODY_MAX);
	q->upload = -1;
	q->answer =
	    (struct answer){.body = BUF_INIT(BUF_OURS), .fd = -1, .headers = VEC_INIT};
	q->host = request_header(q, "Host");
	q->host = q->host != NULL && strpbrk(q->host, "\"\\ ") == NULL ? q->host : "";
	return q;
}

static void
on_done(void *arg, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode how)
{
	struct request *q = *state;

	(void)arg, (void)c, (void)how;
	if (q == NULL)
		return;
	fd_close_p(&q->upload);
	fd_close_p(&q->answer.fd);
	buf_done(&q->body);
	buf_done(&q->answer.body);
	vec_done(&q->answer.headers);
	free(q);
	*state = NULL;
}

static void
take_data(struct request *q, const char *data, size_t len)
{
	if (q->answer.status != 0) /* refused already: what comes is dropped */
		return;
	if (q->upload >= 0) {
		struct err err = ERR_INIT;

		if (fd_write_all(q->upload, data, len) < 0) {
			err_sys(&err, "cannot keep an upload");
			answer_fault(q, &err);
			return;
		}
		q->upload_at += (int64_t)len;
		return;
	}
	buf_add(&q->body, data, len);
	if (q->body.failed)
		answer_error(q, 413, "SIZE_INVALID", "the body is too large");
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *path, const char *method,
    const char *version, const char *data, size_t *len, void **state)
{
	struct hub *h = arg;
	struct request *q = *state;

	(void)version;
	h->last = clock_mono();
	if (q == NULL) {
		q = *state = new_request(h, c, method, path);
		q->path = path;
		route_begin(q);
		return MHD_YES;
	}
	q->path = path;
	q->method = method;
	if (*len > 0) {
		take_data(q, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (q->answer.status == 0)
		route_end(q);
	return send_answer(q);
}

/* ---- the server
 * ----------------------------------------------------------------------------- */

static volatile sig_atomic_t ended;

static void
on_signal(int signo)
{
	(void)signo;
	ended = 1;
}

/* Made once; 64 random hex digits. */
static int
read_secret(struct hub *h, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(sizeof h->secret);

	if (faccessat(h->dir, "key", F_OK, 0) < 0) {
		str_random_hex(h->secret, sizeof h->secret - 1);
		return fd_write_file(
		    h->dir, "key", h->secret, strlen(h->secret), 0600, err);
	}
	if (fd_read_file(h->dir, "key", &b, err) < 0)
		return -1;
	str_copy(h->secret, sizeof h->secret, b.s);
	return strlen(h->secret) == sizeof h->secret - 1
		   ? 0
		   : err_set(err, ERR_CORRUPT, "the hub's key is damaged");
}

static bool
is_idle(const struct hub *h, struct MHD_Daemon *d)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(d, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return h->spec->idle_s > 0 &&
	       clock_mono() - h->last > h->spec->idle_s * NS_PER_S &&
	       (info == NULL || info->num_connections == 0);
}

int
hub_serve(const struct hub_spec *spec, struct err *err)
{
	struct hub h = {
	    .spec = spec, .store = spec->store, .dir = spec->dir, .last = clock_mono()};
	struct sigaction end = {.sa_handler = on_signal};
	struct MHD_Daemon *d;

	if (read_secret(&h, err) < 0)
		return -1;
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	d = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ITC, 0, NULL, NULL, on_request, &h,
	    MHD_OPTION_LISTEN_SOCKET, spec->listener, MHD_OPTION_NOTIFY_COMPLETED,
	    on_done, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)BUFFER, MHD_OPTION_END);
	if (d == NULL)
		return err_set(err, ERR_SYS, "the hub's server does not start");
	while (!ended && !is_idle(&h, d))
		MHD_run_wait(d, WAIT_MS);
	MHD_stop_daemon(d);
	return 0;
}
