/*
 * unpack.c - a tar stream becomes a layer  [crypto]
 *
 * Two children: the pump decompresses and hashes (pump.h), the other one, inside the id
 * map, reads the tar from a pipe and makes the files (entry.h).  We wait, compare the
 * digest and publish.  Whatever goes wrong, the draft is dropped as a whole.
 */
#include "sandbox/store/entry.h"
#include "sandbox/store/layer_tar.h"
#include "sandbox/store/limits.h"
#include "sandbox/store/private.h"
#include "sandbox/store/pump.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

struct unpacking {
	pid_t parent;
	int draft, in;
	struct result {
		char diff[65];
		int64_t size;
	} * result; /* shared */
};

static int
wrong(struct archive *a, struct err *err)
{
	const char *why = archive_error_string(a);

	return err_set(
	    err, ERR_CORRUPT, "no valid tar: %s", why != NULL ? why : "unknown error");
}

static int
read_entries(struct unpack *u, struct err *err)
{
	struct archive_entry *e;

	for (int count = 0;; count++) {
		int rc = archive_read_next_header(u->in, &e);

		if (rc == ARCHIVE_EOF)
			return 0;
		if (rc == ARCHIVE_RETRY)
			continue;
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return wrong(u->in, err);
		if (count >= LIMIT_ENTRIES)
			return err_set(err, ERR_LIMIT, "more than %d files in it",
			    (int)LIMIT_ENTRIES);
		if (unpack_entry(u, e, err) < 0)
			return -1;
	}
}

/* The digest is of the whole stream: read what follows the archive's end. */
static int
drain(int fd, struct err *err)
{
	char block[65536];
	ssize_t n;

	do
		n = read(fd, block, sizeof block);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? err_sys(err, "cannot read the layer") : 0;
}

static int
write_side(const json_t *side, int draft, struct err *err)
{
	return json_object_size(side) == 0
		   ? 0
		   : json_write_file(draft, "side", side, 0600, err);
}

static int
unpack_inside(void *arg, struct err *err)
{
	struct unpacking *j = arg;
	cleanup_fd int root =
	    openat(j->draft, "u", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct archive *a = archive_read_new();
	struct unpack u;
	int rc = -1;

	store_die_with(j->parent);
	umask(0);
	setlocale(LC_CTYPE, "C.UTF-8"); /* else libarchive gives up on such names */
	unpack_init(&u, root, a);
	archive_read_support_filter_none(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_empty(a);
	if (root < 0)
		err_sys(err, "cannot open the new layer");
	else if (archive_read_open_fd(a, j->in, 65536) != ARCHIVE_OK)
		wrong(a, err);
	else if (read_entries(&u, err) == 0 && drain(j->in, err) == 0 &&
		 unpack_set_times(&u, err) == 0)
		rc = write_side(u.side, j->draft, err);
	j->result->size = u.size;
	unpack_done(&u);
	archive_read_free(a);
	return rc;
}

/* Both children; the pump's error goes first unless it only says that the other ended. */
static int
run(struct store *s, struct store_draft *d, int tar_fd, int keep, struct result *result,
    struct err *err)
{
	struct holder *h = store_holder_of(s, d->map, err);
	struct err pumps = ERR_INIT;
	struct store_job job;
	int ends[2], rc, pump_rc;

	if (h == NULL)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	struct pump p = {.in = tar_fd,
	    .out = ends[1],
	    .other = ends[0],
	    .keep = keep,
	    .hex = result->diff};
	struct unpacking u = {
	    .parent = getpid(), .draft = d->dir, .in = ends[0], .result = result};
	rc = store_job_start(&job, pump_run, &p, err);
	close(ends[1]);
	if (rc < 0) {
		close(ends[0]);
		return -1;
	}
	rc = holder_call(h, 0, unpack_inside, &u, err);
	close(ends[0]); /* a pump that still writes learns of it */
	pump_rc = store_job_wait(&job, &pumps);
	if (pump_rc < 0 && (rc == 0 || !err_is_sys(&pumps, EPIPE))) {
		*err = pumps;
		return -1;
	}
	return rc;
}

int
store_draft_fill(struct store *s, struct store_draft *d, int tar_fd, struct err *err)
{
	struct result *r = store_shared_new(sizeof *r);
	int rc = run(s, d, tar_fd, -1, r, err);

	store_shared_free(r, sizeof *r);
	return rc;
}

static int
check_diff(const struct result *r, const char *expect, struct err *err)
{
	if (expect == NULL || str_eq(r->diff, expect))
		return 0;
	return err_set(err, ERR_CORRUPT,
	    "the layer has the digest sha256:%s, not sha256:%s", r->diff, expect);
}

/* Bytes that we would make ourselves need not be kept. */
static int
keep_bytes(struct store *s, struct store_draft *d, const char *diff, struct err *err)
{
	cleanup_free char *target = xasprintf("blobs/%s", diff);
	char again[65];

	if (layer_tar_draft(s, d, again, err) < 0)
		return -1;
	if (str_eq(again, diff) || store_has_blob(s, diff))
		return unlinkat(d->dir, "blob", 0);
	/* publishing syncs, but the layer may be there already */
	if (syncfs(s->dir) < 0 || renameat(d->dir, "blob", s->dir, target) < 0)
		return err_sys(err, "cannot keep the layer's bytes");
	return 0;
}

static int
unpack(struct store *s, struct store_draft *d, int tar_fd, const char *expect,
    bool keep_blob, struct store_layer *ret, struct result *r, struct err *err)
{
	cleanup_fd int keep = -1;

	if (keep_blob) {
		keep = openat(d->dir, "blob",
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (keep < 0)
			return err_sys(err, "cannot keep the layer's bytes");
	}
	if (run(s, d, tar_fd, keep, r, err) < 0 || check_diff(r, expect, err) < 0)
		return -1;
	if (keep_blob && keep_bytes(s, d, r->diff, err) < 0)
		return -1;
	str_copy(ret->diff, sizeof ret->diff, r->diff);
	ret->size = r->size;
	store_chain_id(ret->parent, ret->diff, ret->chain);
	return 0;
}

int
store_layer_unpack(struct store *s, const char *parent, int tar_fd,
    const char *expect_diff, bool keep_blob, struct store_layer *ret, struct err *err)
{
	struct store_draft *d = NULL;
	struct result *r;
	int rc;

	*ret = (struct store_layer){.size = 0};
	if (parent != NULL && *parent != '\0' && !store_is_hex(parent))
		return err_set(err, ERR_INPUT, "invalid chain id '%s'", parent);
	str_copy(ret->parent, sizeof ret->parent, parent != NULL ? parent : "");
	if (store_draft_new(s, &d, err) < 0)
		return -1;
	r = store_shared_new(sizeof *r);
	rc = unpack(s, d, tar_fd, expect_diff, keep_blob, ret, r, err);
	store_shared_free(r, sizeof *r);
	if (rc < 0)
		store_draft_end(s, d);
	else
		rc = store_publish(s, d, ret, err);
	return rc < 0 ? err_while(err, "unpacking a layer") : 0;
}
