/*
 * apply.c - a tar stream put below a root as COPY and ADD do
 *
 * Runs inside the holder, where the layers' files may be written.  The first part of a
 * name says what the entry is (see struct build_entry).  Every path is resolved below
 * the root or the destination by the kernel, so neither the image's links nor an
 * archive's names lead out.
 *
 * Facts: BuildKit's solver/llbsolver/file and fsutil's copy.go; engine 26.1.
 */
#include "sandbox/build/place.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINKS_MAX = 40, PIECE = 64 * 1024 };

/* ---- where
 * -------------------------------------------------------------------------------------
 */

/* The destination with the link at its very end followed.  Gives. */
static char *
follow_dest(int root, const char *dest)
{
	char *path = path_clean_root(dest);

	for (int i = 0; i < LINKS_MAX; i++) {
		cleanup_free char *dir = path_dir(path);
		cleanup_fd int at = fd_open_in(root, dir, O_PATH | O_DIRECTORY, 0);
		char target[4096];
		ssize_t n =
		    at < 0 ? -1
			   : readlinkat(at, path_base(path), target, sizeof target - 1);
		if (n < 0)
			break;
		target[n] = '\0';
		cleanup_free char *joined = path_join(dir, target);
		free(path);
		path = path_clean_root(joined);
	}
	return path;
}

static int
open_base(struct place_target *t, struct err *err)
{
	cleanup_free char *dest = path_clean_root(t->copy->dest);
	struct stat st;

	if (t->base >= 0)
		return 0;
	cleanup_fd int there = fd_open_in(t->root, dest, O_PATH, 0);
	if (there >= 0 && fstat(there, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(err, ERR_INPUT, "cannot copy to non-directory: %s", dest);
	if (place_folders(t->root, dest, t->owner, t->one_id, err) < 0)
		return -1;
	t->base = fd_open_in(t->root, dest, O_PATH | O_DIRECTORY, 0);
	return t->base < 0 ? err_sys(err, "open %s", dest) : 0;
}

/* The destination's parents, or itself when it is written as a folder. */
static int
ensure_parents(const struct place_target *t, struct err *err)
{
	const char *dest = t->copy->dest, *last = path_base(dest);
	bool folder = *last == '\0' || str_eq(last, ".");
	cleanup_free char *clean = path_clean_root(dest);
	cleanup_free char *dir = folder ? xstrdup(clean) : path_dir(clean);

	return place_folders(t->root, dir, t->owner, t->one_id, err);
}

/* A file named as a source. */
static int
put_file(struct place_target *t, struct archive *a, const char *name,
    struct archive_entry *ae, struct err *err)
{
	cleanup_free char *dest = follow_dest(t->root, t->copy->dest);
	cleanup_fd int into = fd_open_in(t->root, dest, O_PATH | O_DIRECTORY, 0);

	if (into >= 0) {
		cleanup_free char *rel = path_join(dest, name);
		return place_entry(t, a, into, name, rel, ae, err);
	}
	cleanup_free char *dir = path_dir(dest);
	if (place_folders(t->root, dir, t->owner, t->one_id, err) < 0)
		return -1;
	cleanup_fd int at = fd_open_in(t->root, dir, O_PATH | O_DIRECTORY, 0);
	if (at < 0)
		return err_sys(err, "open %s", dir);
	return place_entry(t, a, at, path_base(dest), dest, ae, err);
}

/* Something at `rel` below the destination folder. */
static int
put_below(struct place_target *t, struct archive *a, const char *rel,
    struct archive_entry *ae, struct err *err)
{
	cleanup_free char *clean = path_clean_root(rel), *dir = path_dir(clean);

	if (open_base(t, err) < 0)
		return -1;
	if (str_eq(clean, "/"))
		return 0;
	if (t->replace && place_folders(t->base, dir, t->owner, t->one_id, err) < 0)
		return -1;
	cleanup_fd int at = fd_open_in(t->base, dir, O_PATH | O_DIRECTORY, 0);
	if (at < 0)
		return err_sys(err, "open %s", dir);
	return place_entry(t, a, at, path_base(clean), clean + 1, ae, err);
}

/* ---- archives (ADD)
 * ------------------------------------------------------------------------------- */

struct nested {
	struct archive *outer;
	char piece[PIECE];
};

static la_ssize_t
read_nested(struct archive *a, void *user, const void **ret)
{
	struct nested *n = user;

	(void)a;
	*ret = n->piece;
	return archive_read_data(n->outer, n->piece, sizeof n->piece);
}

static int
unpack(struct place_target *t, struct archive *outer, const char *name, struct err *err)
{
	struct nested *n = xcalloc(1, sizeof *n);
	struct archive *a = build_new_reader();
	struct archive_entry *ae;
	int rc = open_base(t, err), got = ARCHIVE_OK;

	n->outer = outer;
	t->replace = true;
	if (rc == 0)
		got = archive_read_open(a, n, NULL, read_nested, NULL);
	while (rc == 0 && got == ARCHIVE_OK) {
		got = archive_read_next_header(a, &ae);
		if (got == ARCHIVE_OK || got == ARCHIVE_WARN) {
			const char *inner = archive_entry_pathname(ae);
			got = ARCHIVE_OK;
			rc = inner == NULL ? err_set(err, ERR_CORRUPT,
						 "unpacking %s: a name is damaged", name)
					   : put_below(t, a, inner, ae, err);
		}
	}
	if (rc == 0 && got != ARCHIVE_EOF)
		rc = err_set(err, ERR_INPUT, "unpacking %s: %s", name,
		    archive_error_string(a) ? archive_error_string(a) : "not a tar");
	t->replace = false;
	archive_read_free(a);
	free(n);
	return rc;
}

/* ---- all of it
 * --------------------------------------------------------------------------------------
 */

static int
put_entry(
    struct place_target *t, struct archive *a, struct archive_entry *ae, struct err *err)
{
	const char *name = archive_entry_pathname(ae);

	if (name == NULL || name[0] == '\0' || name[1] != '/')
		return err_set(err, ERR_CORRUPT, "copying files: a name is damaged");
	switch (name[0]) {
	case 'f': return put_file(t, a, name + 2, ae, err);
	case 'd': return put_below(t, a, name + 2, ae, err);
	case 'a': return unpack(t, a, name + 2, err);
	default: return err_set(err, ERR_CORRUPT, "copying files: a name is damaged");
	}
}

int
build_apply(int in, int root, const struct build_copy *copy, bool one_id, int draft,
    struct err *err)
{
	struct place_target t = {
	    .root = root, .base = -1, .draft = draft, .copy = copy, .one_id = one_id};
	struct archive *a = archive_read_new();
	struct archive_entry *ae;
	int rc, got;

	umask(0);
	archive_read_support_format_tar(a);
	archive_read_support_format_empty(a);
	archive_read_set_options(a, "hdrcharset=BINARY");
	if (copy->chown != NULL)
		t.owner = build_owner_find(root, copy->chown, true);
	got = archive_read_open_fd(a, in, PIECE);
	rc = got == ARCHIVE_OK ? ensure_parents(&t, err) : 0;
	while (rc == 0 && got == ARCHIVE_OK) {
		got = archive_read_next_header(a, &ae);
		if (got == ARCHIVE_WARN)
			got = ARCHIVE_OK;
		if (got == ARCHIVE_OK)
			rc = put_entry(&t, a, ae, err);
	}
	if (rc == 0 && got != ARCHIVE_EOF)
		rc = err_set(err, ERR_SYS, "copying files: %s",
		    archive_error_string(a) ? archive_error_string(a) : "broken stream");
	if (place_finish(&t, rc == 0 ? err : NULL) < 0)
		rc = -1;
	fd_close_p(&t.base);
	archive_read_free(a);
	return rc;
}
