/*
 * private.h - what the files of the hub share among themselves
 */
#ifndef DRYDOCK_HUB_PRIVATE_H
#define DRYDOCK_HUB_PRIVATE_H

#include "sandbox/hub/hub.h"

enum {
	NAME_MAX_BYTES = 255,
	BODY_MAX = IMAGE_JSON_MAX, /* of a manifest or a form */
	TOKEN_SECONDS = 300,
};

/* ---- a request, whatever carries it (serve.c) -----------------------------------------
 */

struct hub;
struct request;

/* What a route answers.  Texts are copied when they are set. */
struct answer {
	int status;
	const char *type; /* static text */
	struct buf body;
	int fd; /* a file instead, taken; -1: none */
	int64_t at, size;
	struct vec headers; /* "Name: value" */
};

struct request {
	struct hub *hub;
	const char *method, *path; /* borrowed */
	const char *host;          /* Host header, "" if none */
	bool is_head;
	struct buf body; /* of what is no upload */
	int upload;      /* where the body of an upload goes; -1: none */
	int64_t upload_at;
	struct answer answer;
	/* of the route */
	char name[NAME_MAX_BYTES + 1];      /* repository */
	char reference[NAME_MAX_BYTES + 1]; /* tag, digest, upload id */
	/* internal: of serve.c */
	void *connection;
	bool routed, failed;
};

struct hub {
	const struct hub_spec *spec;
	struct store *store;
	int dir;
	char secret[65];
	int64_t last; /* monotonic ns of the last request */
};

/* A query argument / a header; NULL: none.  Borrowed. */
const char *request_query(const struct request *q, const char *name);
const char *request_header(const struct request *q, const char *name);
/* All query arguments of that name, appended. */
void request_query_all(const struct request *q, const char *name, struct vec *ret);

/* Answers. */
void answer_header(struct request *q, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void answer_json(struct request *q, int status, json_t *takes);
/* The spec's error body; code: "NAME_UNKNOWN". */
void answer_error(struct request *q, int status, const char *code, const char *message);
/* Our own fault: 500, and what it was goes to standard error. */
void answer_fault(struct request *q, const struct err *err);

/* ---- routes (route.c)
 * ------------------------------------------------------------------ */

/* Before the body: finds the route, checks who asks, and says where a body goes.  What is
 * answered already has a status. */
void route_begin(struct request *q);
/* When all of the body is here. */
void route_end(struct request *q);

/* What a route does; begin may be NULL. */
void blob_get(struct request *q);
void blob_delete(struct request *q);
void upload_start(struct request *q);
void upload_patch_begin(struct request *q);
void upload_patch(struct request *q);
void upload_state(struct request *q);
void upload_finish(struct request *q);
void upload_cancel(struct request *q);
void manifest_get(struct request *q);
void manifest_put(struct request *q);
void manifest_delete(struct request *q);
void tags_list(struct request *q);
void referrers_list(struct request *q);
void catalog_list(struct request *q);
void search_list(struct request *q);
void token_give(struct request *q);
void version_check(struct request *q);
void page_front(struct request *q);
void page_repository(struct request *q);
void page_signup(struct request *q);
void page_signed_up(struct request *q);

/* ---- who asks (token.c)
 * ---------------------------------------------------------------- */

/* May the request do action ("pull", "push") on q->name?  false: it is answered, with a
 * challenge in the Hub's words.  name "" asks for nothing but a valid token. */
bool token_allows(struct request *q, const char *action);

/* ---- repositories (repo.c)
 * ------------------------------------------------------------- */

/* Is it a name of a repository: components of [a-z0-9] with single separators? */
bool repo_name_ok(const char *name);
json_t *repo_load(struct hub *h, const char *name);
int repo_save(struct hub *h, const char *name, const json_t *repo, struct err *err);
bool repo_exists(struct hub *h, const char *name);
/* 64 digits of the manifest that a tag or a digest names, or NULL.  Borrowed. */
const char *repo_resolve(const json_t *repo, const char *reference);
/* "student/app" as the name of a file.  Gives. */
char *repo_file(const char *name);

#endif
