/*
 * place.c - one entry of a tar stream becomes a file, folder, link or device
 *
 * What is in the way decides: COPY writes into folders that are there and replaces files,
 * never one by the other; an archive replaces whatever it meets.
 */
#include "sandbox/build/place.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, LINKS_MAX = 40 };

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

/* The path that a link at the end of prefix, which leads nowhere yet, stands for; NULL
 * when there is none.  Gives. */
static char *
dangling(int root, const char *prefix)
{
	cleanup_free char *parent = path_dir(prefix);
	cleanup_fd int at = fd_open_in(root, parent, O_PATH | O_DIRECTORY, 0);
	char target[4096];
	ssize_t n =
	    at < 0 ? -1 : readlinkat(at, path_base(prefix), target, sizeof target - 1);

	if (n < 0)
		return NULL;
	target[n] = '\0';
	cleanup_free char *joined = path_join(parent, target);
	return path_clean_root(joined);
}

static int
folders(int root, const char *path, struct build_owner owner, bool one_id, int links,
    struct err *err)
{
	cleanup_vec struct vec parts = VEC_INIT;
	cleanup_buf struct buf prefix = BUF_INIT(BUF_OURS);

	if (links > LINKS_MAX) {
		errno = ELOOP;
		return err_sys(err, "mkdir %s", path);
	}
	vec_split(&parts, path, "/");
	for (size_t i = 0; i < parts.len; i++) {
		buf_addf(&prefix, "/%s", parts.v[i]);
		cleanup_fd int fd = fd_open_in(root, prefix.s, O_PATH | O_DIRECTORY, 0);
		if (fd >= 0)
			continue;
		if (errno == ENOTDIR)
			return err_set(
			    err, ERR_INPUT, "mkdir %s: not a directory", prefix.s);
		/* what a link leads to is made instead of it */
		cleanup_free char *behind = dangling(root, prefix.s);
		int rc = behind != NULL
			     ? folders(root, behind, owner, one_id, links + 1, err)
			     : make_folder(root, prefix.s, owner, one_id, err);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int
place_folders(
    int root, const char *path, struct build_owner owner, bool one_id, struct err *err)
{
	return folders(root, path, owner, one_id, 0, err);
}

int
build_mkdirs(int root, const char *path, const char *user, bool one_id, struct err *err)
{
	cleanup_free char *clean = path_clean_root(path);
	struct build_owner owner = build_owner_find(root, user, false);

	umask(0);
	return place_folders(root, clean, owner, one_id, err);
}

/* ---- one entry
 * ------------------------------------------------------------------------------ */

static struct build_owner
owner_of(const struct place_target *t, struct archive_entry *ae)
{
	if (t->copy->chown != NULL)
		return t->owner;
	return (struct build_owner){
	    (uid_t)archive_entry_uid(ae), (gid_t)archive_entry_gid(ae)};
}

static mode_t
mode_of(const struct place_target *t, struct archive_entry *ae)
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
place_folder(struct place_target *t, int at, const char *name, const char *rel,
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
	t->late[t->nlate++] = (struct place_late){
	    xstrdup(rel), owner_of(t, ae), mode_of(t, ae), mtime_of(ae)};
	return 0;
}

static int
clear_place(const struct place_target *t, int at, const char *name, const char *rel,
    struct err *err)
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
place_file(const struct place_target *t, struct archive *a, int at, const char *name,
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

/* An empty file stands for it, as nobody here can make one. */
static int
place_device(const struct place_target *t, int at, const char *name, const char *rel,
    struct archive_entry *ae, struct err *err)
{
	struct timespec times[2] = {mtime_of(ae), mtime_of(ae)};
	cleanup_fd int fd =
	    openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, "create %s", rel);
	if (build_owner_set(fd, owner_of(t, ae), mode_of(t, ae), t->one_id) < 0 ||
	    build_owner_device(fd, owner_of(t, ae), mode_of(t, ae),
		archive_entry_rdev(ae), t->one_id) < 0)
		return err_sys(err, "chown %s", rel);
	(void)futimens(fd, times);
	return 0;
}

/* Links and pipes: made by name, then dressed by name. */
static int
place_special(const struct place_target *t, int at, const char *name, const char *rel,
    struct archive_entry *ae, struct err *err)
{
	mode_t mode = mode_of(t, ae);
	const char *link = archive_entry_symlink(ae);

	if (S_ISLNK(archive_entry_mode(ae)) && link == NULL)
		return err_set(err, ERR_CORRUPT, "link %s leads nowhere", rel);
	int rc = S_ISLNK(archive_entry_mode(ae)) ? symlinkat(link, at, name)
						 : mknodat(at, name, mode, 0);

	if (rc < 0)
		return err_sys(err, "create %s", rel);
	cleanup_fd int fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct build_owner owner = owner_of(t, ae);
	if (fd < 0 || build_owner_set(fd, owner, mode, t->one_id) < 0 ||
	    (t->one_id && t->draft >= 0 && owner.uid + owner.gid > 0 &&
		build_owner_note(t->draft, fd, owner, mode) < 0))
		return err_sys(err, "chown %s", rel);
	struct timespec times[2] = {mtime_of(ae), mtime_of(ae)};
	(void)utimensat(at, name, times, AT_SYMLINK_NOFOLLOW);
	return 0;
}

/* Another name of a file that came before, which is `link` below the destination. */
static int
place_hardlink(const struct place_target *t, int at, const char *name, const char *link,
    const char *rel, struct err *err)
{
	cleanup_free char *clean = path_clean_root(link), *dir = path_dir(clean);
	cleanup_fd int from = fd_open_in(t->base, dir, O_PATH | O_DIRECTORY, 0);

	if (from < 0 || linkat(from, path_base(clean), at, name, 0) < 0)
		return err_sys(err, "link %s", rel);
	return 0;
}

int
place_entry(struct place_target *t, struct archive *a, int at, const char *name,
    const char *rel, struct archive_entry *ae, struct err *err)
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
	if (S_ISCHR(type) || S_ISBLK(type))
		return place_device(t, at, name, rel, ae, err);
	return place_special(t, at, name, rel, ae, err);
}

int
place_finish(struct place_target *t, struct err *err)
{
	int rc = 0;

	for (size_t i = t->nlate; i-- > 0;) {
		struct place_late *l = &t->late[i];
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
