/*
 * auth.c - tokens and passwords
 *
 * A bearer registry names a realm that gives tokens, each for a scope; they are kept as
 * long as they hold.  Docker's token protocol: GET with Basic credentials, or, with an
 * identity token, POST as OAuth2 wants it.
 */
#include "sandbox/registry/private.h"
#include <stdlib.h>

enum { TOKEN_SECONDS = 60, TOKEN_MARGIN = 5 };

static const char *
kept_token(const struct registry *r, const char *scope)
{
	for (size_t i = 0; i < r->ntokens; i++)
		if (str_eq(r->tokens[i].scope, scope) &&
		    r->tokens[i].until > clock_mono())
			return r->tokens[i].value;
	return NULL;
}

static void
keep_token(struct registry *r, const char *scope, const char *value, long long seconds)
{
	struct token *t = NULL;

	for (size_t i = 0; i < r->ntokens; i++)
		if (str_eq(r->tokens[i].scope, scope))
			t = &r->tokens[i];
	if (t == NULL)
		t = &r->tokens[r->ntokens < TOKENS_MAX ? r->ntokens++ : 0];
	free(t->scope);
	free(t->value);
	*t = (struct token){xstrdup(scope), xstrdup(value),
	    clock_mono() + (seconds - TOKEN_MARGIN) * NS_PER_S};
}

/* Percent-encoded, for a query or a form. */
static void
add_encoded(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, "%s%s=", b->len > 0 ? "&" : "", name);
	for (const unsigned char *p = (const unsigned char *)value; *p != '\0'; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
			     (*p >= 'A' && *p <= 'Z') || strchr("-_.~", *p) != NULL;

		if (plain)
			buf_addc(b, (char)*p);
		else
			buf_addf(b, "%%%02X", *p);
	}
}

static void
add_scopes(struct buf *b, const char *scope)
{
	cleanup_vec struct vec all = VEC_INIT;

	vec_split(&all, scope, " ");
	for (size_t i = 0; i < all.len; i++)
		add_encoded(b, "scope", all.v[i]);
}

static char *
basic_header(const struct registry *r)
{
	cleanup_free char *pair = xasprintf("%s:%s", r->where.user, r->where.password);
	cleanup_free char *code = base64_encode(pair, strlen(pair));

	return xasprintf("Basic %s", code);
}

/* With a password, or as nobody. */
static int
ask_plainly(struct registry *r, const char *scope, bool offline, struct http_reply *reply,
    struct err *err)
{
	cleanup_buf struct buf query = BUF_INIT(REPLY_MAX);
	cleanup_free char *header = NULL, *url = NULL;
	struct http_request q = {.method = "GET"};

	if (r->where.user != NULL) {
		header = basic_header(r);
		add_encoded(&query, "account", r->where.user);
	}
	if (offline) {
		add_encoded(&query, "client_id", "docker");
		add_encoded(&query, "offline_token", "true");
	}
	add_scopes(&query, scope);
	if (r->asks.service != NULL)
		add_encoded(&query, "service", r->asks.service);
	url = xasprintf("%s%c%s", r->asks.realm,
	    strchr(r->asks.realm, '?') != NULL ? '&' : '?', query.s);
	q.url = url;
	q.authorization = header;
	return http_send(r->http, &q, reply, err);
}

/* With an identity token. */
static int
ask_oauth(
    struct registry *r, const char *scope, struct http_reply *reply, struct err *err)
{
	cleanup_buf struct buf form = BUF_INIT(REPLY_MAX);
	struct http_request q = {.method = "POST",
	    .url = r->asks.realm,
	    .type = "application/x-www-form-urlencoded"};

	add_encoded(&form, "grant_type", "refresh_token");
	add_encoded(&form, "refresh_token", r->where.identity);
	add_encoded(&form, "client_id", "docker");
	add_encoded(&form, "scope", scope);
	if (r->asks.service != NULL)
		add_encoded(&form, "service", r->asks.service);
	q.data = form.s;
	q.len = form.len;
	return http_send(r->http, &q, reply, err);
}

/* The realm may say "incorrect username or password" in two ways. */
static int
refused(const struct http_reply *reply, struct err *err)
{
	cleanup_json json_t *j = json_loadb(reply->body.s, reply->body.len, 0, NULL);
	const char *details = json_get_str(j, "details", NULL);

	if (reply->status == HTTP_UNAUTHORIZED && details != NULL)
		return err_set(err, ERR_CONFLICT, "unauthorized: %s", details);
	return reply_error(reply, err);
}

/* Fetches and keeps a token; borrowed from r. */
static const char *
fetch_token(struct registry *r, const char *scope, char **identity, struct err *err)
{
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_json json_t *j = NULL;
	const char *value;
	int rc = r->where.identity != NULL
		     ? ask_oauth(r, scope, &reply, err)
		     : ask_plainly(r, scope, identity != NULL, &reply, err);

	if (rc < 0)
		return NULL;
	if (reply.status != HTTP_OK) {
		refused(&reply, err);
		return NULL;
	}
	j = json_loadb(reply.body.s, reply.body.len, 0, NULL);
	value = json_get_str(j, "token", json_get_str(j, "access_token", NULL));
	if (value == NULL || strpbrk(value, "\r\n") != NULL) {
		err_set(err, ERR_CORRUPT,
		    "authorization server did not include a token in the response");
		return NULL;
	}
	if (identity != NULL && json_get_str(j, "refresh_token", NULL) != NULL)
		*identity = xstrdup(json_get_str(j, "refresh_token", ""));
	keep_token(r, scope, value, json_get_int(j, "expires_in", TOKEN_SECONDS));
	return kept_token(r, scope);
}

char *
auth_header(
    struct registry *r, const char *scope, bool fresh, char **identity, struct err *err)
{
	const char *token;

	if (r->asks.bearer && r->asks.realm != NULL) {
		token = fresh ? NULL : kept_token(r, scope);
		if (token == NULL)
			token = fetch_token(r, scope, identity, err);
		return token != NULL ? xasprintf("Bearer %s", token) : NULL;
	}
	if (r->asks.basic && r->where.user != NULL)
		return basic_header(r);
	if (r->asks.basic && fresh)
		err_set(err, ERR_CONFLICT, "no basic auth credentials");
	return NULL;
}

int
registry_login(struct registry *r, char **ret_identity, struct err *err)
{
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *header = NULL, *url = xasprintf("%s/v2/", r->url);
	cleanup_free char *said = xasprintf("%s/v2/", registry_url(r));
	struct http_request q = {.method = "GET", .url = url};

	*ret_identity = NULL;
	header = auth_header(r, "", true, ret_identity, err);
	if (header == NULL && err->kind != ERR_NONE)
		return err_while(err, "Get \"%s\"", said);
	q.authorization = header;
	if (http_send(r->http, &q, &reply, err) < 0)
		return -1;
	if (reply.status == HTTP_OK)
		return 0;
	if (reply.status == HTTP_UNAUTHORIZED && r->asks.basic)
		return err_set(err, ERR_CONFLICT,
		    "login attempt to %s failed with status: 401 Unauthorized", said);
	reply_error(&reply, err);
	return err_while(err, "Get \"%s\"", said);
}
