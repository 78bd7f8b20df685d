/*
 * http.c - one request and its answer, by libcurl
 *
 * Redirects are followed here and not by libcurl: the Authorization header goes to the
 * host that it was made for and to no other one, and only answers to reads are followed.
 * Failures are worded as Go's net/http words them, because that is what Docker prints.
 */
#include "sandbox/registry/private.h"
#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum { CONNECT_SECONDS = 15, STALL_SECONDS = 60, STALL_RATE = 10 };

struct http {
	const struct registry_where *where;
	CURL *curl;
	CURLcode code; /* of the last transfer */
};

/* One transfer under way. */
struct transfer {
	struct http *http;
	const struct http_request *q;
	struct http_reply *reply;
	const char *url;
	int64_t sent, got;
	bool too_big;
	int file_errno;
};

struct http *
http_new(const struct registry_where *where)
{
	struct http *h = xcalloc(1, sizeof *h);

	h->where = where;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	h->curl = curl_easy_init();
	return h;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	free(h);
}

void
http_reply_done(struct http_reply *r)
{
	buf_done(&r->body);
	vec_done(&r->challenges);
	free(r->location);
	free(r->type);
	free(r->digest);
	free(r->range);
	free(r->link);
	*r = (struct http_reply)HTTP_REPLY_INIT;
}

/* ---- what comes ------------------------------------------------------------------ */

static int
status_of(struct http *h)
{
	long status = 0;

	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static size_t
on_data(char *data, size_t one, size_t len, void *arg)
{
	struct transfer *t = arg;
	int status = status_of(t->http);

	(void)one;
	if (t->q->out <= 0 || status / 100 != 2) {
		buf_add(&t->reply->body, data, len);
		t->too_big = t->reply->body.failed;
		return t->too_big ? 0 : len;
	}
	if (t->got == 0 && t->q->in_at > 0 && status != HTTP_PARTIAL) {
		/* it sends all of it, not the rest */
		if (ftruncate(t->q->out, 0) < 0 || lseek(t->q->out, 0, SEEK_SET) < 0) {
			t->file_errno = errno;
			return 0;
		}
		t->got = -t->q->in_at;
	}
	if (t->q->in_at + t->got + (int64_t)len > t->q->out_max) {
		t->too_big = true;
		return 0;
	}
	if (fd_write_all(t->q->out, data, len) < 0) {
		t->file_errno = errno;
		return 0;
	}
	t->got += (int64_t)len;
	if (t->q->progress != NULL)
		t->q->progress(t->q->arg, t->q->in_at + t->got);
	return len;
}

static void
set_text(char **member, const char *value)
{
	free(*member);
	*member = xstrdup(value);
}

static size_t
on_header(char *data, size_t one, size_t len, void *arg)
{
	struct transfer *t = arg;
	struct http_reply *r = t->reply;
	cleanup_free char *line = xstrndup(data, len);
	char *value = strchr(line, ':');
	uint64_t seconds;
	const struct {
		const char *name;
		char **member;
	} all[] = {{"location", &r->location}, {"content-type", &r->type},
	    {"docker-content-digest", &r->digest}, {"range", &r->range},
	    {"link", &r->link}};

	(void)one;
	if (value == NULL)
		return len;
	*value = '\0';
	value = str_trim(value + 1);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcasecmp(line, all[i].name) == 0)
			set_text(all[i].member, value);
	if (strcasecmp(line, "www-authenticate") == 0)
		vec_add(&r->challenges, value);
	if (strcasecmp(line, "retry-after") == 0 && str_to_u64(value, 3600, &seconds))
		r->retry_after = (int)seconds;
	return len;
}

/* ---- what goes ------------------------------------------------------------------- */

static size_t
on_read(char *data, size_t one, size_t len, void *arg)
{
	struct transfer *t = arg;
	int64_t left = t->q->in_len - t->sent;
	ssize_t n;

	(void)one;
	if ((int64_t)len > left)
		len = (size_t)left;
	n = pread(t->q->in, data, len, t->q->in_at + t->sent);
	if (n < 0 || (n == 0 && left > 0)) {
		t->file_errno = n < 0 ? errno : EIO;
		return CURL_READFUNC_ABORT;
	}
	t->sent += n;
	if (t->q->progress != NULL)
		t->q->progress(t->q->arg, t->q->in_at + t->sent);
	return (size_t)n;
}

/* libcurl rewinds when it has to send again on a fresh connection. */
static int
on_seek(void *arg, curl_off_t offset, int origin)
{
	struct transfer *t = arg;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	t->sent = offset;
	return CURL_SEEKFUNC_OK;
}

static curl_socket_t
on_dial(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	const struct registry_where *w = arg;
	int fd;

	(void)purpose;
	if (w->dial != NULL && address->family != AF_UNIX)
		fd = w->dial(
		    w->dial_arg, address->family, address->socktype, address->protocol);
	else
		fd = socket(
		    address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static struct curl_slist *
add_header(struct curl_slist *list, const char *name, const char *value)
{
	cleanup_free char *line = NULL;

	if (value == NULL)
		return list;
	line = xasprintf("%s: %s", name, value);
	return curl_slist_append(list, line);
}

static struct curl_slist *
make_headers(const struct transfer *t, bool authorize)
{
	const struct http_request *q = t->q;
	struct curl_slist *list = NULL;

	list = add_header(list, "Accept", q->accept);
	list = add_header(list, "Content-Type", q->type);
	list = add_header(list, "Content-Range", q->content_range);
	list = add_header(list, "Authorization", authorize ? q->authorization : NULL);
	return curl_slist_append(list, "Expect:"); /* no round trip before a body */
}

static void
set_body(struct transfer *t)
{
	const struct http_request *q = t->q;
	CURL *c = t->http->curl;

	if (str_eq(q->method, "HEAD"))
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else if (!str_eq(q->method, "GET"))
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
	if (q->in_len > 0) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(c, CURLOPT_READDATA, t);
		curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(c, CURLOPT_SEEKDATA, t);
		curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->in_len);
	} else if (q->data != NULL || !str_eq(q->method, "GET")) {
		if (str_eq(q->method, "HEAD") || str_eq(q->method, "DELETE"))
			return;
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->data != NULL ? q->data : "");
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->len);
	}
}

static void
set_options(struct transfer *t, struct curl_slist *headers, char *message)
{
	const struct registry_where *w = t->http->where;
	CURL *c = t->http->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, t->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_RATE);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 512L * 1024);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "drydock/" VERSION);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_dial);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, w);
	if (w->socket != NULL)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, w->socket);
	if (w->insecure) {
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	set_body(t);
}

/* ---- words ------------------------------------------------------------------------ */

/* Go's name of a method in an error: "Get", "Head", "Put". */
static void
go_method(const char *method, char out[16])
{
	str_copy(out, 16, method);
	for (char *p = out + (out[0] != '\0'); *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
}

static void
word_failure(struct transfer *t, CURLcode code, const char *message, struct err *err)
{
	cleanup_free char *host = NULL;
	char method[16], *port = NULL, *bare = NULL;
	CURLU *u = curl_url();

	go_method(t->q->method, method);
	curl_url_set(u, CURLUPART_URL, t->url, 0);
	curl_url_get(u, CURLUPART_HOST, &bare, 0);
	curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
	host = xstrdup(bare != NULL ? bare : t->http->where->host);
	err_set(err, ERR_SYS, "%s \"%s\": %s", method, t->url,
	    *message != '\0' ? message : curl_easy_strerror(code));
	if (code == CURLE_COULDNT_RESOLVE_HOST)
		err_set(err, ERR_SYS, "%s \"%s\": dial tcp: lookup %s: no such host",
		    method, t->url, host);
	else if (code == CURLE_COULDNT_CONNECT)
		err_set(err, ERR_SYS,
		    "%s \"%s\": dial tcp %s:%s: connect: connection refused", method,
		    t->url, str_eq(host, "localhost") ? "127.0.0.1" : host,
		    port != NULL ? port : "");
	else if (code == CURLE_OPERATION_TIMEDOUT)
		err_set(err, ERR_SYS,
		    "%s \"%s\": net/http: request canceled (Client.Timeout exceeded "
		    "while awaiting headers)",
		    method, t->url);
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		err_set(err, ERR_SYS,
		    "%s \"%s\": tls: failed to verify certificate: x509: %s", method,
		    t->url, message);
	else if (code == CURLE_SSL_CONNECT_ERROR)
		err_set(err, ERR_SYS,
		    "%s \"%s\": http: server gave HTTP response to HTTPS client", method,
		    t->url);
	else if (code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
		 code == CURLE_PARTIAL_FILE)
		err_set(err, ERR_SYS, "%s \"%s\": EOF", method, t->url);
	curl_free(bare);
	curl_free(port);
	curl_url_cleanup(u);
}

static int
judge(struct transfer *t, CURLcode code, const char *message, struct err *err)
{
	t->http->code = code;
	t->reply->status = code == CURLE_OK ? status_of(t->http) : 0;
	if (code == CURLE_OK)
		return 0;
	if (t->file_errno != 0) {
		errno = t->file_errno;
		return err_sys(err, "transferring %s", t->url);
	}
	if (t->too_big)
		return err_set(
		    err, ERR_LIMIT, "%s: the registry sends more than it said", t->url);
	word_failure(t, code, message, err);
	return -1;
}

/* ---- sending ---------------------------------------------------------------------- */

static int
send_once(struct http *h, const struct http_request *q, const char *url, bool authorize,
    struct http_reply *ret, struct err *err)
{
	struct transfer t = {.http = h, .q = q, .reply = ret, .url = url};
	char message[CURL_ERROR_SIZE] = "", range[32];
	struct curl_slist *headers = make_headers(&t, authorize);
	int rc;

	http_reply_done(ret);
	set_options(&t, headers, message);
	if (q->out > 0 && q->in_at > 0) {
		snprintf(range, sizeof range, "%lld-", (long long)q->in_at);
		curl_easy_setopt(h->curl, CURLOPT_RANGE, range);
	}
	rc = judge(&t, curl_easy_perform(h->curl), message, err);
	curl_slist_free_all(headers);
	return rc;
}

/* The address that `location` means, seen from base.  Gives, or NULL. */
static char *
resolve(const char *base, const char *location)
{
	CURLU *u = curl_url();
	char *text = NULL, *ret = NULL;

	if (curl_url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_URL, location, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK)
		ret = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(u);
	return ret;
}

bool
http_same_host(const char *a, const char *b)
{
	const char *x = strstr(a, "://"), *y = strstr(b, "://");
	size_t n, m;

	if (x == NULL || y == NULL)
		return false;
	n = (size_t)(x - a) + 3 + strcspn(x + 3, "/?#");
	m = (size_t)(y - b) + 3 + strcspn(y + 3, "/?#");
	return n == m && strncasecmp(a, b, n) == 0;
}

int
http_send(
    struct http *h, const struct http_request *q, struct http_reply *ret, struct err *err)
{
	bool read_only = str_eq(q->method, "GET") || str_eq(q->method, "HEAD");
	cleanup_free char *url = xstrdup(q->url);

	for (int i = 0; i <= REDIRECTS_MAX; i++) {
		char *next;

		if (send_once(h, q, url, http_same_host(url, q->url), ret, err) < 0)
			return -1;
		if (ret->location == NULL)
			return 0;
		next = resolve(url, ret->location);
		if (next == NULL)
			return err_set(err, ERR_CORRUPT,
			    "%s: the registry sends us to '%.200s'", url, ret->location);
		set_text(&ret->location, next);
		if (!read_only || ret->status / 100 != 3) {
			free(next);
			return 0;
		}
		free(url);
		url = next;
	}
	return err_set(
	    err, ERR_LIMIT, "%s: more than %d redirects", q->url, (int)REDIRECTS_MAX);
}

bool
http_failed_at_tls(const struct http *h)
{
	return h->code == CURLE_SSL_CONNECT_ERROR || h->code == CURLE_COULDNT_CONNECT ||
	       h->code == CURLE_GOT_NOTHING || h->code == CURLE_RECV_ERROR;
}
