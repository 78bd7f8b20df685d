/*
 * registry.c - one registry: how it is spoken to, and what its answers mean
 */
#include "sandbox/registry/private.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Loopback only: what never leaves the machine may go without TLS. */
static bool
is_loopback(const char *host)
{
	cleanup_free char *name = xstrdup(host);
	char *colon = strrchr(name, ':');

	if (colon != NULL && strchr(colon, ']') == NULL)
		*colon = '\0';
	return str_eq(name, "localhost") || str_starts(name, "127.") ||
	       str_eq(name, "[::1]");
}

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static struct registry *
new_registry(const struct registry_where *w)
{
	struct registry *r = xcalloc(1, sizeof *r);

	r->where = *w;
	r->where.host = copy(w->host);
	r->where.socket = copy(w->socket);
	r->where.user = copy(w->user);
	r->where.password = copy(w->password);
	r->where.identity = copy(w->identity);
	r->http = http_new(&r->where);
	return r;
}

void
registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	http_free(r->http);
	challenge_done(&r->asks);
	for (size_t i = 0; i < r->ntokens; i++) {
		free(r->tokens[i].scope);
		free(r->tokens[i].value);
	}
	free((char *)(uintptr_t)r->where.host);
	free((char *)(uintptr_t)r->where.socket);
	free((char *)(uintptr_t)r->where.user);
	free((char *)(uintptr_t)r->where.password);
	free((char *)(uintptr_t)r->where.identity);
	free(r->url);
	free(r->said);
	free(r);
}

void
registry_free_p(struct registry **r)
{
	registry_free(*r);
	*r = NULL;
}

const char *
registry_url(const struct registry *r)
{
	return r->said;
}

/* ---- opening ----------------------------------------------------------------------- */

static void
note_challenges(struct registry *r, const struct http_reply *reply)
{
	struct challenge c = {.bearer = false};

	for (size_t i = 0; i < reply->challenges.len; i++) {
		if (!challenge_parse(reply->challenges.v[i], &c))
			continue;
		if (r->asks.bearer && !c.bearer)
			continue;
		challenge_done(&r->asks);
		r->asks = c;
		c = (struct challenge){.bearer = false};
	}
	challenge_done(&c);
}

static int
ping(struct registry *r, const char *scheme, struct err *err)
{
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *url = NULL;
	struct http_request q = {.method = "GET"};

	free(r->url);
	free(r->said);
	r->url = xasprintf("%s://%s", scheme, r->where.host);
	r->said = xasprintf(
	    "%s://%s", r->where.socket != NULL ? "https" : scheme, r->where.host);
	url = xasprintf("%s/v2/", r->url);
	q.url = url;
	if (http_send(r->http, &q, &reply, err) < 0)
		return -1;
	note_challenges(r, &reply);
	return 0;
}

/* TLS first, as Docker does, also where plain HTTP is allowed. */
int
registry_open(const struct registry_where *where, struct registry **ret, struct err *err)
{
	cleanup_registry struct registry *r = new_registry(where);
	bool plain = where->insecure || is_loopback(where->host);

	if (where->socket != NULL) {
		if (ping(r, "http", err) < 0)
			return -1;
	} else if (ping(r, "https", err) < 0) {
		if (!plain || !http_failed_at_tls(r->http))
			return -1;
		if (ping(r, "http", err) < 0)
			return -1;
	}
	*ret = take_ptr(r);
	return 0;
}

struct registry *
registry_again(const struct registry *r)
{
	struct registry *copied = new_registry(&r->where);

	copied->url = xstrdup(r->url);
	copied->said = xstrdup(r->said);
	copied->asks = (struct challenge){.bearer = r->asks.bearer,
	    .basic = r->asks.basic,
	    .realm = copy(r->asks.realm),
	    .service = copy(r->asks.service)};
	for (size_t i = 0; i < r->ntokens; i++)
		copied->tokens[copied->ntokens++] =
		    (struct token){copy(r->tokens[i].scope), copy(r->tokens[i].value),
			r->tokens[i].until};
	return copied;
}

/* ---- what an answer says ------------------------------------------------------------
 */

/* "NAME_UNKNOWN" -> "name unknown", as errcode's Error() does. */
static void
add_code(struct buf *b, const char *code)
{
	for (; *code != '\0'; code++)
		buf_addc(b, *code == '_'                   ? ' '
			    : *code >= 'A' && *code <= 'Z' ? (char)(*code - 'A' + 'a')
							   : *code);
}

/* The texts that go with codes when the registry sends none. */
static const struct {
	const char *code, *text;
	enum err_kind kind;
} codes[] = {
    {"UNAUTHORIZED", "authentication required", ERR_CONFLICT},
    {"DENIED", "requested access to the resource is denied", ERR_CONFLICT},
    {"NAME_UNKNOWN", "repository name not known to registry", ERR_NOT_FOUND},
    {"MANIFEST_UNKNOWN", "manifest unknown", ERR_NOT_FOUND},
    {"BLOB_UNKNOWN", "blob unknown to registry", ERR_NOT_FOUND},
    {"TOOMANYREQUESTS", "too many requests", ERR_LIMIT},
};

static enum err_kind
kind_of(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (str_eq(code, codes[i].code))
			return codes[i].kind;
	return ERR_CORRUPT;
}

static const char *
text_of(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (str_eq(code, codes[i].code))
			return codes[i].text;
	return "unknown error";
}

static int
word_code(const char *code, const char *message, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(REPLY_MAX);

	add_code(&b, code);
	buf_addf(&b, ": %s", *message != '\0' ? message : text_of(code));
	return err_set(err, kind_of(code), "%s", b.s);
}

/* OAuth's words in the header go before the body's (RFC 6750, 3.1). */
static bool
word_challenge(const struct http_reply *reply, struct err *err)
{
	struct challenge c = {.bearer = false};
	bool said = false;

	for (size_t i = 0; i < reply->challenges.len && !said; i++) {
		const char *code;

		challenge_parse(reply->challenges.v[i], &c);
		if (!c.bearer || c.error == NULL)
			continue;
		code = str_eq(c.error, "insufficient_scope") ? "DENIED"
		       : str_eq(c.error, "invalid_token")    ? "UNAUTHORIZED"
							     : NULL;
		if (code != NULL) {
			word_code(code, c.description != NULL ? c.description : "", err);
			said = true;
		}
	}
	challenge_done(&c);
	return said;
}

int
reply_error(const struct http_reply *reply, struct err *err)
{
	cleanup_json json_t *j = json_loadb(reply->body.s, reply->body.len, 0, NULL);
	const json_t *first = json_array_get(json_object_get(j, "errors"), 0);

	if (reply->status / 100 == 4 && word_challenge(reply, err))
		return -1;
	if (reply->status == HTTP_TOO_MANY && first == NULL)
		return word_code("TOOMANYREQUESTS", json_get_str(j, "details", ""), err);
	if (first != NULL)
		return word_code(json_get_str(first, "code", "UNKNOWN"),
		    json_get_str(first, "message", ""), err);
	if (reply->status == HTTP_UNAUTHORIZED)
		return word_code("UNAUTHORIZED", "", err);
	if (reply->status == HTTP_NOT_FOUND)
		return err_set(err, ERR_NOT_FOUND, "manifest unknown: manifest unknown");
	return err_set(
	    err, ERR_CORRUPT, "received unexpected HTTP status: %d", reply->status);
}

bool
worth_again(const struct http_reply *reply)
{
	return reply->status == 0 || reply->status == HTTP_TOO_MANY ||
	       reply->status >= HTTP_SERVER_FAULT;
}

/* A quarter of a second, then twice as long each time. */
void
wait_before(int n, int retry_after)
{
	int64_t ns = retry_after > 0 ? retry_after * NS_PER_S : (NS_PER_S / 4) << (n - 1);
	struct timespec t = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};

	nanosleep(&t, NULL);
}

/* ---- asking -------------------------------------------------------------------------
 */

static bool
is_fine(int status, const int *fine)
{
	for (; fine != NULL && *fine != 0; fine++)
		if (*fine == status)
			return true;
	return false;
}

/* Once with what we have, and once more with what a 401 asks for.  A registry may send us
 * elsewhere with an upload: what it knows of us stays with it. */
static int
send_authorized(struct registry *r, struct http_request *q, const char *scope,
    struct http_reply *ret, struct err *err)
{
	if (!http_same_host(q->url, r->url))
		return http_send(r->http, q, ret, err);
	for (int i = 0;; i++) {
		cleanup_free char *header = auth_header(r, scope, i > 0, NULL, err);

		if (header == NULL && err->kind != ERR_NONE)
			return -1;
		q->authorization = header;
		if (http_send(r->http, q, ret, err) < 0)
			return -1;
		q->authorization = NULL;
		if (ret->status != HTTP_UNAUTHORIZED || i > 0)
			return 0;
		note_challenges(r, ret);
		if (!r->asks.bearer && !r->asks.basic)
			return 0;
	}
}

int
registry_send(struct registry *r, struct http_request *q, const char *scope,
    const int *fine, struct http_reply *ret, struct err *err)
{
	cleanup_free char *url =
	    q->url[0] == '/' ? xasprintf("%s%s", r->url, q->url) : xstrdup(q->url);
	const char *before = q->url;
	int rc = 0;

	q->url = url;
	for (int n = 1; n <= TRIES; n++) {
		err_clear(err);
		rc = send_authorized(r, q, scope, ret, err);
		/* a body that is half sent is not ours to repeat */
		if (q->in_len > 0 || q->out > 0 || !worth_again(ret) ||
		    (rc < 0 && err->kind != ERR_SYS))
			break;
		if (n < TRIES)
			wait_before(n, ret->retry_after);
	}
	q->url = before;
	if (rc < 0)
		return -1;
	return is_fine(ret->status, fine) ? 0 : reply_error(ret, err);
}
