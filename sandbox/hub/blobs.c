/*
 * blobs.c - blobs and their uploads
 *
 * A blob is seen through a repository that has it, never by its digest alone.  What has
 * come of an upload is a file that survives the server; its name says whose it is.
 */
#include "sandbox/base/hash.h"
#include "sandbox/hub/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID = 32 };

/* ---- blobs
 * ------------------------------------------------------------------------------- */

void
blob_get(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	const char *hex = image_digest_hex(q->reference);
	struct err err = ERR_INIT;
	struct stat st;

	if (hex == NULL || json_object_get(json_object_get(repo, "blobs"), hex) == NULL ||
	    !store_has_blob(q->hub->store, hex)) {
		answer_error(q, 404, "BLOB_UNKNOWN", "blob unknown to registry");
		return;
	}
	q->answer.fd = store_open_blob(q->hub->store, hex, &err);
	if (q->answer.fd < 0 || fstat(q->answer.fd, &st) < 0) {
		answer_fault(q, &err);
		return;
	}
	q->answer.status = 200;
	q->answer.type = "application/octet-stream";
	q->answer.size = st.st_size;
	answer_header(q, "Docker-Content-Digest", "%s", q->reference);
	answer_header(q, "ETag", "\"%s\"", q->reference);
}

void
blob_delete(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	const char *hex = image_digest_hex(q->reference);
	struct err err = ERR_INIT;

	if (hex == NULL || json_object_del(json_object_get(repo, "blobs"), hex) < 0)
		answer_error(q, 404, "BLOB_UNKNOWN", "blob unknown to registry");
	else if (repo_save(q->hub, q->name, repo, &err) < 0)
		answer_fault(q, &err);
	else
		q->answer.status = 202;
}

/* The repository has the blob from now on. */
static int
note_blob(struct request *q, const char *hex, int64_t size, struct err *err)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);

	json_object_set_new(json_object_get(repo, "blobs"), hex, json_integer(size));
	return repo_save(q->hub, q->name, repo, err);
}

static void
answer_created(struct request *q, const char *digest)
{
	q->answer.status = 201;
	answer_header(q, "Location", "/v2/%s/blobs/%s", q->name, digest);
	answer_header(q, "Docker-Content-Digest", "%s", digest);
}

/* ---- uploads
 * ------------------------------------------------------------------------------ */

/* "uploads/student+app~ID".  Gives. */
static char *
upload_file(const struct request *q, const char *id)
{
	cleanup_free char *file = repo_file(q->name);
	size_t before = strlen("repos/"), len = strlen(file) - before - strlen(".json");

	return xasprintf("uploads/%.*s~%s", (int)len, file + before, id);
}

static bool
is_id(const char *s)
{
	return strlen(s) == ID && strspn(s, "0123456789abcdef") == ID;
}

static int
open_upload(struct request *q)
{
	cleanup_free char *file = upload_file(q, q->reference);
	int fd = is_id(q->reference)
		     ? openat(q->hub->dir, file, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
		     : -1;

	if (fd < 0)
		answer_error(
		    q, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
	return fd;
}

static void
answer_accepted(struct request *q, int status, const char *id, int64_t size)
{
	q->answer.status = status;
	answer_header(q, "Location", "/v2/%s/blobs/uploads/%s", q->name, id);
	answer_header(q, "Range", "0-%lld", (long long)(size > 0 ? size - 1 : 0));
	answer_header(q, "Docker-Upload-UUID", "%s", id);
}

/* From another repository of this hub: true when that is done. */
static bool
mount_blob(struct request *q)
{
	const char *digest = request_query(q, "mount"), *from = request_query(q, "from");
	const char *hex = digest != NULL ? image_digest_hex(digest) : NULL;
	cleanup_hold struct store *held = NULL;
	cleanup_json json_t *repo = NULL;
	const json_t *size;
	struct err err = ERR_INIT;

	if (hex == NULL || from == NULL || !repo_name_ok(from))
		return false;
	held = store_hold(q->hub->store, &err);
	repo = repo_load(q->hub, from); /* everybody may read everything here */
	size = json_object_get(json_object_get(repo, "blobs"), hex);
	if (held == NULL || size == NULL || !store_has_blob(q->hub->store, hex))
		return false;
	if (note_blob(q, hex, json_integer_value(size), &err) < 0)
		answer_fault(q, &err);
	else
		answer_created(q, digest);
	return true;
}

void
upload_start(struct request *q)
{
	struct err err = ERR_INIT;
	cleanup_free char *file = NULL;
	cleanup_fd int fd = -1;
	char id[ID + 1];

	if (mount_blob(q))
		return;
	str_random_hex(id, ID);
	file = upload_file(q, id);
	if (fd_mkdirs(q->hub->dir, "uploads", 0700, &err) < 0) {
		answer_fault(q, &err);
		return;
	}
	fd = openat(q->hub->dir, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_sys(&err, "cannot begin an upload");
		answer_fault(q, &err);
		return;
	}
	answer_accepted(q, 202, id, 0);
}

/* A piece must go on where the last one ended. */
void
upload_patch_begin(struct request *q)
{
	const char *range = request_header(q, "Content-Range");
	int fd = open_upload(q);
	int64_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
	cleanup_free char *first = NULL;
	uint64_t start;

	if (fd < 0)
		return;
	q->upload = fd;
	q->upload_at = size;
	if (range == NULL)
		return;
	range = str_after(range, "bytes ") != NULL ? range + strlen("bytes ") : range;
	first = xstrndup(range, strcspn(range, "-"));
	if (!str_to_u64(first, INT64_MAX, &start) || (int64_t)start != size) {
		answer_error(q, 416, "BLOB_UPLOAD_INVALID", "range does not match");
		answer_header(
		    q, "Location", "/v2/%s/blobs/uploads/%s", q->name, q->reference);
		answer_header(q, "Range", "0-%lld", (long long)(size > 0 ? size - 1 : 0));
	}
}

void
upload_patch(struct request *q)
{
	answer_accepted(q, 202, q->reference, q->upload_at);
}

void
upload_state(struct request *q)
{
	cleanup_fd int fd = open_upload(q);

	if (fd >= 0)
		answer_accepted(q, 204, q->reference, lseek(fd, 0, SEEK_END));
}

static void
drop_upload(struct request *q)
{
	cleanup_free char *file = upload_file(q, q->reference);

	unlinkat(q->hub->dir, file, 0);
}

void
upload_cancel(struct request *q)
{
	cleanup_fd int fd = open_upload(q);

	if (fd < 0)
		return;
	drop_upload(q);
	q->answer.status = 204;
}

/* The store hashes the bytes itself: what has another digest never gets the name. */
void
upload_finish(struct request *q)
{
	const char *digest = request_query(q, "digest");
	const char *hex = digest != NULL ? image_digest_hex(digest) : NULL;
	struct err err = ERR_INIT;
	char real[HASH_HEX + 1];
	cleanup_hold struct store *held = NULL;
	int rc;

	if (hex == NULL) {
		answer_error(q, 400, "DIGEST_INVALID",
		    "provided digest did not match uploaded content");
		return;
	}
	held = store_hold(q->hub->store, &err);
	rc = held == NULL ? -1 : store_blob_adopt(held, q->upload, hex, real, &err);
	if (rc == 0 && !str_eq(real, hex)) {
		drop_upload(q);
		answer_error(q, 400, "DIGEST_INVALID",
		    "provided digest did not match uploaded content");
		return;
	}
	if (rc < 0 || note_blob(q, hex, q->upload_at, &err) < 0) {
		answer_fault(q, &err);
		return;
	}
	drop_upload(q);
	answer_created(q, digest);
}
