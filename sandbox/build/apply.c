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
#include "sandbox/build/private.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { LINKS_MAX = 40, PIECE = 64 * 1024 };

/* A folder whose mode and times are set when its content is complete. */
struct late {
	char *path;
	struct build_owner owner;
	mode_t mode;
	struct timespec mtime;
};

struct target {
	int root, base; /* base: the destination as a folder, or -1 */
	const struct build_copy *copy;
	bool one_id, replace; /* replace: what is in an archive's way goes */
	struct build_owner owner;
	struct late *late;
	size_t nlate, late_cap;
};

/* ---- folders on the way
 * ------------------------------------------------------------------ */

static int
make_folder(
    int root, const char *prefix, struct build_owner owner, bool one_id, struct err *err)
{
	cleanup_free char *parent = path_dir(prefix);
	cleanup_fd int at = fd_open_in(root, parent, O_PATH | O_DIRECTORY, 0);

	if (at < 0 || mkdirat(at, path_base(prefix), 0755) < 0)
		return err_sys(err, "mkdir %s", prefix);
	cleanup_fd int fd =
	    openat(at, path_base(prefix), O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || build_owner_set(fd, owner, 0755, one_id) < 0)
		return err_sys(err, "chown %s", prefix);
	return 0;
}

static int
make_folders(
    int root, const char *path, struct build_owner owner, bool one_id, struct err *err)
{
	cleanup_vec struct vec parts = VEC_INIT;
	cleanup_buf struct buf prefix = BUF_INIT(BUF_OURS);

	vec_split(&parts, path, "/");
	for (size_t i = 0; i < parts.len; i++) {
		buf_addf(&prefix, "/%s", parts.v[i]);
		cleanup_fd int fd = fd_open_in(root, prefix.s, O_PATH | O_DIRECTORY, 0);
		if (fd >= 0)
			continue;
		if (errno == ENOTDIR)
			return err_set(
			    err, ERR_INPUT, "mkdir %s: not a directory", prefix.s);
		if (make_folder(root, prefix.s, owner, one_id, err) < 0)
			return -1;
	}
	return 0;
}

int
build_mkdirs(int root, const char *path, const char *user, bool one_id, struct err *err)
{
	cleanup_free char *clean = path_clean_root(path);
	struct build_owner owner = build_owner_find(root, user, false);

	umask(0);
	return make_folders(root, clean, owner, one_id, err);
}

/* ---- one entry
 * ------------------------------------------------------------------------------ */

static struct build_owner
owner_of(const struct target *t, struct archive_entry *ae)
{
	if (t->copy->chown != NULL)
		return t->owner;
	return (struct build_owner){
	    (uid_t)archive_entry_uid(ae), (gid_t)archive_entry_gid(ae)};
}

static mode_t
mode_of(const struct target *t, struct archive_entry *ae)
{
	mode_t mode = archive_entry_mode(ae);

	if (t->copy->chmod != NULL)
		mode = (mode & S_IFMT) |
		       dockerfile_chmod(t->copy->chmod, mode & 07777, S_ISDIR(mode));
	return mode;
}

static struct timespec
mtime_of(struct archive_entry *ae)
{
	if (!archive_entry_mtime_is_set(ae))
		return (struct timespec){.tv_nsec = UTIME_NOW};
	return (struct timespec){archive_entry_mtime(ae), archive_entry_mtime_nsec(ae)};
}

static int
place_folder(struct target *t, int at, const char *name, const char *rel,
    struct archive_entry *ae, struct err *err)
{
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISDIR(st.st_mode) && !t->replace)
			return err_set(
			    err, ERR_INPUT, "cannot copy to non-directory: %s", rel);
		if (!S_ISDIR(st.st_mode) &&
		    (unlinkat(at, name, 0) < 0 || mkdirat(at, name, 0755) < 0))
			return err_sys(err, "mkdir %s", rel);
	} else if (mkdirat(at, name, 0755) < 0) {
		return err_sys(err, "mkdir %s", rel);
	}
	if (t->nlate == t->late_cap) {
		t->late_cap = t->late_cap ? t->late_cap * 2 : 16;
		t->late = xrealloc(t->late, t->late_cap * sizeof *t->late);
	}
	t->late[t->nlate++] =
	    (struct late){xstrdup(rel), owner_of(t, ae), mode_of(t, ae), mtime_of(ae)};
	return 0;
}

static int
clear_place(
    const struct target *t, int at, const char *name, const char *rel, struct err *err)
{
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(at, name, 0) < 0 ? err_sys(err, "unlink %s", rel) : 0;
	if (!t->replace)
		return err_set(
		    err, ERR_INPUT, "cannot replace to directory %s with file", rel);
	return fd_remove_tree(at, name) < 0 ? err_sys(err, "remove %s", rel) : 0;
}

static int
write_content(struct archive *a, int fd, const char *rel, struct err *err)
{
	cleanup_free char *piece = xmalloc(PIECE);

	for (;;) {
		la_ssize_t n = archive_read_data(a, piece, PIECE);
		if (n == 0)
			return 0;
		if (n < 0)
			return err_set(err, ERR_SYS, "reading %s: %s", rel,
			    archive_error_string(a) ? archive_error_string(a) : "?");
		if (fd_write_all(fd, piece, (size_t)n) < 0)
			return err_sys(err, "write %s", rel);
	}
}

static void
set_xattrs(int fd, struct archive_entry *ae)
{
	const char *name;
	const void *value;
	size_t len;

	/* as BuildKit: what cannot be set is left out */
	archive_entry_xattr_reset(ae);
	while (archive_entry_xattr_next(ae, &name, &value, &len) == ARCHIVE_OK)
		if (!str_starts(name, "user.overlay."))
			(void)fsetxattr(fd, name, value, len, 0);
}

static int
place_file(const struct target *t, struct archive *a, int at, const char *name,
    const char *rel, struct archive_entry *ae, struct err *err)
{
	cleanup_fd int fd =
	    openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, "open %s", rel);
	if (write_content(a, fd, rel, err) < 0)
		return -1;
	set_xattrs(fd, ae);
	if (build_owner_set(fd, owner_of(t, ae), mode_of(t, ae), t->one_id) < 0)
		return err_sys(err, "chown %s", rel);
	struct timespec times[2] = {mtime_of(ae), mtime_of(ae)};
	return futimens(fd, times) < 0 ? err_sys(err, "utimes %s", rel) : 0;
}

/* Links, pipes and devices: made by name, then dressed by name. */
static int
place_special(const struct target *t, int at, const char *name, const char *rel,
    struct archive_entry *ae, struct err *err)
{
	mode_t mode = mode_of(t, ae);
	int rc = S_ISLNK(archive_entry_mode(ae))
		     ? symlinkat(archive_entry_symlink(ae), at, name)
		     : mknodat(at, name, mode, archive_entry_rdev(ae));

	if (rc < 0)
		return err_sys(err, "create %s", rel);
	cleanup_fd int fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || build_owner_set(fd, owner_of(t, ae), mode, t->one_id) < 0)
		return err_sys(err, "chown %s", rel);
	struct timespec times[2] = {mtime_of(ae), mtime_of(ae)};
	(void)utimensat(at, name, times, AT_SYMLINK_NOFOLLOW);
	return 0;
}

/* Another name of a file that came before, which is `link` below the destination. */
static int
place_hardlink(const struct target *t, int at, const char *name, const char *link,
    const char *rel, struct err *err)
{
	cleanup_free char *clean = path_clean_root(link), *dir = path_dir(clean);
	cleanup_fd int from = fd_open_in(t->base, dir, O_PATH | O_DIRECTORY, 0);

	if (from < 0 || linkat(from, path_base(clean), at, name, 0) < 0)
		return err_sys(err, "link %s", rel);
	return 0;
}

/* Puts the entry at name in the folder `at`; rel is what errors call it. */
static int
place(struct target *t, struct archive *a, int at, const char *name, const char *rel,
    struct archive_entry *ae, struct err *err)
{
	mode_t type = archive_entry_mode(ae) & S_IFMT;
	const char *link = archive_entry_hardlink(ae);

	if (S_ISDIR(type))
		return place_folder(t, at, name, rel, ae, err);
	if (clear_place(t, at, name, rel, err) < 0)
		return -1;
	if (link != NULL)
		return place_hardlink(t, at, name,
		    t->replace || str_after(link, "d/") == NULL ? link
								: str_after(link, "d/"),
		    rel, err);
	if (S_ISREG(type))
		return place_file(t, a, at, name, rel, ae, err);
	return place_special(t, at, name, rel, ae, err);
}

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
open_base(struct target *t, struct err *err)
{
	cleanup_free char *dest = path_clean_root(t->copy->dest);
	struct stat st;

	if (t->base >= 0)
		return 0;
	cleanup_fd int there = fd_open_in(t->root, dest, O_PATH, 0);
	if (there >= 0 && fstat(there, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(err, ERR_INPUT, "cannot copy to non-directory: %s", dest);
	if (make_folders(t->root, dest, t->owner, t->one_id, err) < 0)
		return -1;
	t->base = fd_open_in(t->root, dest, O_PATH | O_DIRECTORY, 0);
	return t->base < 0 ? err_sys(err, "open %s", dest) : 0;
}

/* The destination's parents, or itself when it is written as a folder. */
static int
ensure_parents(const struct target *t, struct err *err)
{
	const char *dest = t->copy->dest, *last = path_base(dest);
	bool folder = *last == '\0' || str_eq(last, ".");
	cleanup_free char *clean = path_clean_root(dest);
	cleanup_free char *dir = folder ? xstrdup(clean) : path_dir(clean);

	return make_folders(t->root, dir, t->owner, t->one_id, err);
}

/* A file named as a source. */
static int
put_file(struct target *t, struct archive *a, const char *name, struct archive_entry *ae,
    struct err *err)
{
	cleanup_free char *dest = follow_dest(t->root, t->copy->dest);
	cleanup_fd int into = fd_open_in(t->root, dest, O_PATH | O_DIRECTORY, 0);

	if (into >= 0) {
		cleanup_free char *rel = path_join(dest, name);
		return place(t, a, into, name, rel, ae, err);
	}
	cleanup_free char *dir = path_dir(dest);
	if (make_folders(t->root, dir, t->owner, t->one_id, err) < 0)
		return -1;
	cleanup_fd int at = fd_open_in(t->root, dir, O_PATH | O_DIRECTORY, 0);
	if (at < 0)
		return err_sys(err, "open %s", dir);
	return place(t, a, at, path_base(dest), dest, ae, err);
}

/* Something at `rel` below the destination folder. */
static int
put_below(struct target *t, struct archive *a, const char *rel, struct archive_entry *ae,
    struct err *err)
{
	cleanup_free char *clean = path_clean_root(rel), *dir = path_dir(clean);

	if (open_base(t, err) < 0)
		return -1;
	if (str_eq(clean, "/"))
		return 0;
	if (t->replace && make_folders(t->base, dir, t->owner, t->one_id, err) < 0)
		return -1;
	cleanup_fd int at = fd_open_in(t->base, dir, O_PATH | O_DIRECTORY, 0);
	if (at < 0)
		return err_sys(err, "open %s", dir);
	return place(t, a, at, path_base(clean), clean + 1, ae, err);
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

static struct archive *
new_reader(void)
{
	struct archive *a = archive_read_new();

	archive_read_support_format_tar(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	return a;
}

static int
unpack(struct target *t, struct archive *outer, const char *name, struct err *err)
{
	struct nested *n = xcalloc(1, sizeof *n);
	struct archive *a = new_reader();
	struct archive_entry *ae;
	int rc = open_base(t, err), got = ARCHIVE_OK;

	n->outer = outer;
	t->replace = true;
	if (rc == 0)
		got = archive_read_open(a, n, NULL, read_nested, NULL);
	while (rc == 0 && got == ARCHIVE_OK) {
		got = archive_read_next_header(a, &ae);
		if (got == ARCHIVE_OK || got == ARCHIVE_WARN) {
			got = ARCHIVE_OK;
			rc = put_below(t, a, archive_entry_pathname(ae), ae, err);
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

/* Folders get their modes and times last, deepest first. */
static int
finish_folders(struct target *t, struct err *err)
{
	int rc = 0;

	for (size_t i = t->nlate; i-- > 0;) {
		struct late *l = &t->late[i];
		cleanup_free char *path = xasprintf("/%s", l->path);
		cleanup_fd int fd =
		    t->base < 0 ? -1 : fd_open_in(t->base, path, O_PATH | O_DIRECTORY, 0);
		cleanup_free char *self = xasprintf("/proc/self/fd/%d", fd);
		struct timespec times[2] = {l->mtime, l->mtime};
		if (rc == 0 &&
		    (fd < 0 || build_owner_set(fd, l->owner, l->mode, t->one_id) < 0 ||
			utimensat(AT_FDCWD, self, times, 0) < 0))
			rc = err_sys(err, "finishing %s", l->path);
		free(l->path);
	}
	free(t->late);
	return rc;
}

static int
put_entry(struct target *t, struct archive *a, struct archive_entry *ae, struct err *err)
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
build_apply(int in, int root, const struct build_copy *copy, bool one_id, struct err *err)
{
	struct target t = {.root = root, .base = -1, .copy = copy, .one_id = one_id};
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
	if (finish_folders(&t, rc == 0 ? err : NULL) < 0)
		rc = -1;
	fd_close_p(&t.base);
	archive_read_free(a);
	return rc;
}
