/*
 * private.h - what the files of the registry client share among themselves
 */
#ifndef DRYDOCK_REGISTRY_PRIVATE_H
#define DRYDOCK_REGISTRY_PRIVATE_H

#include "sandbox/registry/registry.h"

enum {
	HTTP_OK = 200,
	HTTP_CREATED = 201,
	HTTP_ACCEPTED = 202,
	HTTP_NO_CONTENT = 204,
	HTTP_PARTIAL = 206,
	HTTP_UNAUTHORIZED = 401,
	HTTP_NOT_FOUND = 404,
	HTTP_NO_METHOD = 405,
	HTTP_NO_SUCH_RANGE = 416,
	HTTP_TOO_MANY = 429,
	HTTP_SERVER_FAULT = 500,

	REPLY_MAX = IMAGE_JSON_MAX, /* of a body that is kept in memory */
	REDIRECTS_MAX = 8,
	TRIES = 5,
};

/* ---- one request (http.c; the only file that knows libcurl) -------------------------
 */

struct http; /* a client with its open connections */

struct http_request {
	const char *method, *url;
	const char *accept, *type; /* headers, or NULL */
	const char *authorization; /* sent to the url's own host only */
	const char *content_range; /* or NULL */
	const char *data;          /* body, or NULL */
	size_t len;
	int in; /* body from this descriptor instead (in_len > 0) */
	int64_t in_at, in_len;
	int out; /* a 2xx body goes here, behind what it holds; 0: to memory */
	int64_t out_max;
	void (*progress)(void *arg, int64_t bytes); /* of the file so far */
	void *arg;
};
struct http_reply {
	int status; /* 0: there was none, *err says why */
	struct buf body;
	struct vec challenges; /* WWW-Authenticate, one each */
	char *location;        /* absolute */
	char *type, *digest, *range, *link;
	int retry_after; /* s, 0: not said */
};
#define HTTP_REPLY_INIT \
	{ \
		.body = BUF_INIT(REPLY_MAX), .challenges = VEC_INIT \
	}
#define cleanup_http_reply __attribute__((cleanup(http_reply_done)))
void http_reply_done(struct http_reply *r);

/* Borrows where for its life. */
struct http *http_new(const struct registry_where *where);
void http_free(struct http *h);
/* Sends it and follows redirects of GET and HEAD.  0 whenever there was an answer,
 * whatever its status; -1 with Go's words when there was none ("Get \"URL\": dial tcp:
 * ...").  *ret is emptied first. */
int http_send(struct http *h, const struct http_request *q, struct http_reply *ret,
    struct err *err);
/* Why the last http_send() failed: the other side speaks no TLS, or nobody answers. */
bool http_failed_at_tls(const struct http *h);
/* Same scheme, host and port? */
bool http_same_host(const char *a, const char *b);

/* ---- challenges (challenge.c; pure) -------------------------------------------------
 */

struct challenge {
	bool bearer, basic;
	char *realm, *service, *scope, *error, *description;
};
void challenge_done(struct challenge *c);
/* Reads one WWW-Authenticate header (RFC 9110, 11.6.1); the last scheme in it that we
 * know stands.  false: none that we know. */
bool challenge_parse(const char *header, struct challenge *ret);

/* ---- a registry (registry.c, auth.c) ------------------------------------------------
 */

struct token {
	char *scope, *value;
	int64_t until; /* monotonic ns */
};
enum { TOKENS_MAX = 16 };

struct registry {
	struct registry_where where; /* own copies */
	char *url, *said;            /* as we speak to it; as the user is told */
	struct http *http;
	struct challenge asks; /* how it wants us to log in */
	struct token tokens[TOKENS_MAX];
	size_t ntokens;
};

/* Sends q (url: a path below /v2/, or absolute) with what the registry wants to see for
 * `scope` ("repository:NAME:pull", several separated by blanks).  Statuses in `fine`
 * (0-terminated) are no error; all others become one in Docker's words. */
int registry_send(struct registry *r, struct http_request *q, const char *scope,
    const int *fine, struct http_reply *ret, struct err *err);
/* The Authorization header for the scope, or NULL for none (err->kind tells them apart).
 * fresh: a token that was kept will not do.  Gives. */
char *auth_header(
    struct registry *r, const char *scope, bool fresh, char **identity, struct err *err);
/* A copy with a connection of its own, for a forked worker. */
struct registry *registry_again(const struct registry *r);
/* What an answer that is no success says (errors.go of the distribution project). */
int reply_error(const struct http_reply *reply, struct err *err);
/* Sleeps before try number `n` (from 1): a time-out or a fault of the server's. */
void wait_before(int n, int retry_after);
bool worth_again(const struct http_reply *reply);

/* ---- side by side (crew.c) ----------------------------------------------------------
 */

struct crew {
	size_t count, at_once;
	/* In a forked process: do item i; say(what, at) reports. */
	int (*work)(void *arg, size_t i, struct err *err);
	/* In the caller: what the workers reported, and that item i is done. */
	void (*heard)(void *arg, size_t i, int what, int64_t at);
	int (*done)(void *arg, size_t i, struct err *err);
	void *arg;
};
/* Works off all items; the first error ends the others. */
int crew_run(const struct crew *c, struct err *err);
/* In a worker: reports to heard().  Cheap: what comes too often is left out, unless it is
 * another `what` than before. */
void crew_say(int what, int64_t at);

#endif
