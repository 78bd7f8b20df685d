/*
 * token.c - tokens: who may do what, signed, for five minutes
 *
 * "payload.signature", both in URL-safe base64:
 * {"sub":USER,"access":[{"name","actions"}], "exp":s} and its HMAC-SHA256.  Nothing is
 * remembered, so a hub that was started anew goes on believing the tokens that it gave.
 */
#include "sandbox/hub/private.h"
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <stdlib.h>

enum { MAC = 32, SCOPES_MAX = 16, TOKEN_MAX = 16384 };

/* ---- making and reading
 * ----------------------------------------------------------------- */

static char *
sign(const struct hub *h, const char *payload)
{
	unsigned char mac[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, strlen(h->secret), (const uint8_t *)h->secret);
	hmac_sha256_update(&ctx, strlen(payload), (const uint8_t *)payload);
	hmac_sha256_digest(&ctx, sizeof mac, mac);
	return base64_encode_url(mac, sizeof mac);
}

static char *
make_token(const struct hub *h, const char *user, json_t *access)
{
	cleanup_json json_t *j = json_pack("{s:s, s:o, s:I}", "sub", user, "access",
	    access, "exp", (json_int_t)(clock_now() / NS_PER_S + TOKEN_SECONDS));
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);
	cleanup_free char *payload = base64_encode_url(text, strlen(text));
	cleanup_free char *mac = sign(h, payload);

	return xasprintf("%s.%s", payload, mac);
}

/* What a token of ours says, or NULL.  Gives. */
static json_t *
read_token(const struct hub *h, const char *token)
{
	cleanup_buf struct buf text = BUF_INIT(TOKEN_MAX);
	const char *dot = strchr(token, '.');
	cleanup_free char *payload = NULL, *mac = NULL;
	json_t *j;

	if (dot == NULL || strlen(token) > TOKEN_MAX)
		return NULL;
	payload = xstrndup(token, (size_t)(dot - token));
	mac = sign(h, payload);
	if (strlen(mac) != strlen(dot + 1) || !memeql_sec(mac, dot + 1, strlen(mac)) ||
	    !base64_decode(payload, &text))
		return NULL;
	j = json_loadb(text.s, text.len, 0, NULL);
	if (json_get_int(j, "exp", 0) >= clock_now() / NS_PER_S)
		return j;
	json_decref(j);
	return NULL;
}

/* ---- giving
 * ----------------------------------------------------------------------------- */

/* Whose repository: the part before the first '/'. */
static bool
owns(const char *user, const char *name)
{
	size_t n = strlen(user);

	return n > 0 && strncmp(name, user, n) == 0 && name[n] == '/';
}

/* "repository:student/app:pull,push" -> what of it the user gets: of what is not there
 * nothing, as on Docker Hub, which does not say whether it is there. */
static void
grant(struct hub *h, json_t *access, const char *user, const char *scope)
{
	const char *name = str_after(scope, "repository:"), *end;
	cleanup_free char *repository = NULL;
	json_t *actions;

	end = name != NULL ? strrchr(name, ':') : NULL;
	if (end == NULL)
		return;
	repository = xstrndup(name, (size_t)(end - name));
	if (!repo_name_ok(repository))
		return;
	actions = json_array();
	if (repo_exists(h, repository) || owns(user, repository))
		json_array_append_new(actions, json_string("pull"));
	if (owns(user, repository)) {
		json_array_append_new(actions, json_string("push"));
		json_array_append_new(actions, json_string("delete"));
	}
	json_array_append_new(
	    access, json_pack("{s:s, s:o}", "name", repository, "actions", actions));
}

/* The user that Basic names, checked: 1, 0 nobody is named, -1 answered. */
static int
basic_user(struct request *q, struct buf *pair)
{
	const char *header = request_header(q, "Authorization");
	const char *code = header != NULL ? str_after(header, "Basic ") : NULL;
	struct err err = ERR_INIT;
	char *colon;
	int right;

	if (code == NULL)
		return 0;
	colon = base64_decode(code, pair) ? strchr(pair->s, ':') : NULL;
	if (colon == NULL) {
		answer_json(
		    q, 401, json_pack("{s:s}", "details", "malformed credentials"));
		return -1;
	}
	*colon = '\0';
	right = hub_account_check(q->hub->dir, pair->s, colon + 1, &err);
	if (right < 0)
		answer_fault(q, &err);
	else if (right == 0)
		answer_json(q, 401,
		    json_pack("{s:s}", "details", "incorrect username or password"));
	return right > 0 ? 1 : -1;
}

void
token_give(struct request *q)
{
	cleanup_buf struct buf pair = BUF_INIT(TOKEN_MAX);
	cleanup_vec struct vec scopes = VEC_INIT;
	cleanup_free char *token = NULL;
	json_t *access = json_array();
	char now[CLOCK_TEXT];
	int named = basic_user(q, &pair);

	if (named < 0) {
		json_decref(access);
		return;
	}
	request_query_all(q, "scope", &scopes);
	for (size_t i = 0; i < scopes.len && i < SCOPES_MAX; i++)
		grant(q->hub, access, named > 0 ? pair.s : "", scopes.v[i]);
	token = make_token(q->hub, named > 0 ? pair.s : "", access);
	clock_format(clock_now(), now);
	answer_json(q, 200,
	    json_pack("{s:s, s:s, s:i, s:s}", "token", token, "access_token", token,
		"expires_in", (int)TOKEN_SECONDS, "issued_at", now));
}

/* ---- asking
 * ----------------------------------------------------------------------------- */

static void
challenge(struct request *q, const char *action, const char *error)
{
	cleanup_free char *scope = NULL;
	bool push = str_eq(action, "push");

	if (q->name[0] != '\0')
		scope = xasprintf(
		    ",scope=\"repository:%s:%s\"", q->name, push ? "pull,push" : action);
	answer_error(q, 401, error != NULL ? "DENIED" : "UNAUTHORIZED",
	    error != NULL ? "requested access to the resource is denied"
			  : "authentication required");
	answer_header(q, "WWW-Authenticate",
	    "Bearer realm=\"http://%s/token\",service=\"drydock-hub\"%s%s%s%s", q->host,
	    scope != NULL ? scope : "", error != NULL ? ",error=\"" : "",
	    error != NULL ? error : "", error != NULL ? "\"" : "");
}

static bool
has_action(const json_t *token, const char *name, const char *action)
{
	const json_t *one, *word;
	size_t i, k;

	json_array_foreach(json_object_get(token, "access"), i, one)
	{
		if (!str_eq(json_get_str(one, "name", ""), name))
			continue;
		json_array_foreach(json_object_get(one, "actions"), k,
		    word) if (str_eq(json_string_value(word), action)) return true;
	}
	return false;
}

bool
token_allows(struct request *q, const char *action)
{
	const char *header = request_header(q, "Authorization");
	const char *text = header != NULL ? str_after(header, "Bearer ") : NULL;
	cleanup_json json_t *token = text != NULL ? read_token(q->hub, text) : NULL;

	if (token == NULL) {
		challenge(q, action, text != NULL ? "invalid_token" : NULL);
		return false;
	}
	if (q->name[0] == '\0' || has_action(token, q->name, action))
		return true;
	challenge(q, action, "insufficient_scope");
	return false;
}

void
version_check(struct request *q)
{
	if (token_allows(q, ""))
		answer_json(q, 200, json_object());
}
