/*
 * blob.c - the large bodies: blobs to and from a registry
 *
 * A transfer that breaks is gone on with where it was: a download by Range, an upload by
 * asking the registry how much it has.
 */
#include "sandbox/registry/private.h"
#include <stdlib.h>
#include <unistd.h>

/* One piece of an upload.  Large, since most registries are near or have no trouble;
 * small enough that little is sent twice. */
enum { PIECE = 64 << 20 };

static char *
blob_url(const char *name, const char *digest)
{
	return xasprintf("/v2/%s/blobs/%s", name, digest);
}

static char *
scope_of(const char *name, const char *actions)
{
	return xasprintf("repository:%s:%s", name, actions);
}

/* ---- down ---------------------------------------------------------------------------
 */

int
registry_blob_get(struct registry *r, const char *name, const char *digest, int64_t size,
    int fd, void (*progress)(void *arg, int64_t bytes), void *arg, struct err *err)
{
	static const int fine[] = {HTTP_OK, HTTP_PARTIAL, 0};
	cleanup_free char *url = blob_url(name, digest), *scope = scope_of(name, "pull");
	struct http_request q = {.method = "GET",
	    .url = url,
	    .out = fd,
	    .out_max = size,
	    .progress = progress,
	    .arg = arg};

	for (int n = 1;; n++) {
		cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;

		q.in_at = lseek(fd, 0, SEEK_END);
		if (q.in_at > size) {
			if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
				return err_sys(err, "cannot begin a blob anew");
			q.in_at = 0;
		}
		if (q.in_at == size && size > 0)
			return 0;
		err_clear(err);
		if (registry_send(r, &q, scope, fine, &reply, err) == 0) {
			if (lseek(fd, 0, SEEK_END) == size)
				return 0;
			err_set(err, ERR_SYS, "unexpected EOF");
		} else if (!worth_again(&reply) || err->kind == ERR_LIMIT) {
			return -1;
		}
		if (n == TRIES)
			return -1;
		wait_before(n, reply.retry_after);
	}
}

int
registry_blob_has(
    struct registry *r, const char *name, const char *digest, struct err *err)
{
	static const int fine[] = {HTTP_OK, HTTP_NOT_FOUND, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *url = blob_url(name, digest),
			  *scope = scope_of(name, "pull,push");
	struct http_request q = {.method = "HEAD", .url = url};

	if (registry_send(r, &q, scope, fine, &reply, err) < 0)
		return -1;
	return reply.status == HTTP_OK;
}

/* ---- up -----------------------------------------------------------------------------
 */

int
registry_blob_mount(struct registry *r, const char *name, const char *digest,
    const char *from, struct err *err)
{
	static const int fine[] = {
	    HTTP_CREATED, HTTP_ACCEPTED, HTTP_NOT_FOUND, HTTP_NO_METHOD, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *url =
	    xasprintf("/v2/%s/blobs/uploads/?mount=%s&from=%s", name, digest, from);
	cleanup_free char *scope =
	    xasprintf("repository:%s:pull,push repository:%s:pull", name, from);
	struct http_request q = {.method = "POST", .url = url};

	if (registry_send(r, &q, scope, fine, &reply, err) < 0)
		return -1;
	if (reply.status == HTTP_ACCEPTED && reply.location != NULL) {
		/* it would rather have an upload: not this one */
		struct http_request cancel = {.method = "DELETE", .url = reply.location};
		cleanup_http_reply struct http_reply ignored = HTTP_REPLY_INIT;
		struct err unheard = ERR_INIT;
		cleanup_free char *there = xstrdup(reply.location);

		cancel.url = there;
		registry_send(r, &cancel, scope, NULL, &ignored, &unheard);
	}
	return reply.status == HTTP_CREATED;
}

struct upload {
	struct registry *r;
	char *location, *scope;
	int fd;
	int64_t at, size;
	void (*progress)(void *arg, int64_t bytes);
	void *arg;
};

static void
moved(struct upload *u, const struct http_reply *reply)
{
	if (reply->location == NULL)
		return;
	free(u->location);
	u->location = xstrdup(reply->location);
}

static int
begin(struct upload *u, const char *name, struct err *err)
{
	static const int fine[] = {HTTP_ACCEPTED, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *url = xasprintf("/v2/%s/blobs/uploads/", name);
	struct http_request q = {.method = "POST", .url = url};

	if (registry_send(u->r, &q, u->scope, fine, &reply, err) < 0)
		return -1;
	if (reply.location == NULL)
		return err_set(
		    err, ERR_CORRUPT, "the registry does not say where to upload to");
	moved(u, &reply);
	u->at = 0;
	return 0;
}

/* How many bytes does it have?  -1: it knows nothing of the upload any more. */
static int64_t
ask_range(struct upload *u)
{
	static const int fine[] = {HTTP_NO_CONTENT, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	struct http_request q = {.method = "GET", .url = u->location};
	struct err ignored = ERR_INIT;
	const char *last;
	uint64_t end;

	if (registry_send(u->r, &q, u->scope, fine, &reply, &ignored) < 0)
		return -1;
	moved(u, &reply);
	last = reply.range != NULL ? strchr(reply.range, '-') : NULL;
	if (last == NULL || !str_to_u64(last + 1, INT64_MAX - 1, &end))
		return 0;
	return end == 0 ? 0 : (int64_t)end + 1;
}

static int
send_piece(struct upload *u, struct http_reply *reply, struct err *err)
{
	static const int fine[] = {HTTP_ACCEPTED, HTTP_CREATED, HTTP_NO_CONTENT, 0};
	int64_t len = u->size - u->at < PIECE ? u->size - u->at : PIECE;
	cleanup_free char *range =
	    xasprintf("%lld-%lld", (long long)u->at, (long long)(u->at + len - 1));
	struct http_request q = {.method = "PATCH",
	    .url = u->location,
	    .type = "application/octet-stream",
	    .content_range = range,
	    .in = u->fd,
	    .in_at = u->at,
	    .in_len = len,
	    .progress = u->progress,
	    .arg = u->arg};

	if (registry_send(u->r, &q, u->scope, fine, reply, err) < 0)
		return -1;
	moved(u, reply);
	u->at += len;
	return 0;
}

static int
finish(struct upload *u, const char *digest, struct err *err)
{
	static const int fine[] = {HTTP_CREATED, HTTP_NO_CONTENT, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *url = xasprintf("%s%cdigest=%s", u->location,
	    strchr(u->location, '?') != NULL ? '&' : '?', digest);
	struct http_request q = {.method = "PUT", .url = url};

	return registry_send(u->r, &q, u->scope, fine, &reply, err);
}

static int
upload(struct upload *u, const char *name, const char *digest, struct err *err)
{
	if (begin(u, name, err) < 0)
		return -1;
	for (int n = 1; u->at < u->size;) {
		cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
		int64_t has;

		err_clear(err);
		if (send_piece(u, &reply, err) == 0)
			continue;
		if ((!worth_again(&reply) && reply.status != HTTP_NO_SUCH_RANGE) ||
		    n == TRIES)
			return -1;
		wait_before(n++, reply.retry_after);
		has = ask_range(u);
		if (has >= 0 && has <= u->size)
			u->at = has;
		else if (begin(u, name, err) < 0)
			return -1;
	}
	return finish(u, digest, err);
}

int
registry_blob_put(struct registry *r, const char *name, const char *digest, int fd,
    int64_t size, void (*progress)(void *arg, int64_t bytes), void *arg, struct err *err)
{
	struct upload u = {.r = r,
	    .scope = scope_of(name, "pull,push"),
	    .fd = fd,
	    .size = size,
	    .progress = progress,
	    .arg = arg};
	int rc = upload(&u, name, digest, err);

	free(u.location);
	free(u.scope);
	return rc;
}
