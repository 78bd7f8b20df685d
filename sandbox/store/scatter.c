/*
 * scatter.c - the entries of a tar, made in a folder that is in use  [crypto]
 *
 * For `docker cp`: below a container's root, inside the id map, or below the user's own.
 * Nothing is trusted: each entry's folder is opened below the root (fd_open_in), and
 * nothing is followed at the end of a name.
 */
#include "sandbox/store/owner.h"
#include "sandbox/store/store.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { BLOCK = 65536 };

/* A folder gets its mode and time when nothing is put into it any more. */
struct late {
	char *path;
	struct owner owner;
	struct timespec times[2];
};

struct work {
	const struct store_scatter *s;
	struct archive *in;
	int base;   /* the folder s->path */
	char *full; /* its clean name */
	struct late *late;
	size_t nlate;
};

struct item {
	struct archive_entry *e;
	char *path; /* clean, below base: "/name/..." */
	int at;
	const char *name;
	struct owner owner;
	struct timespec times[2];
	bool device;
};

static int
wrong(struct archive *a, struct err *err)
{
	const char *why = archive_error_string(a);

	return err_set(err, ERR_CORRUPT, "%s", why != NULL ? why : "unexpected EOF");
}

/* ---- owner, mode, time ------------------------------------------------------------- */

static int
set_owner(const struct store_scatter *s, const struct item *i, int fd)
{
	struct owner record = i->owner;

	if (!s->owners)
		return 0;
	record.own = !s->one_id;
	if (record.own && fchown(fd, record.uid, record.gid) < 0)
		return -1;
	if (i->device || (!record.own && (record.uid != 0 || record.gid != 0)))
		return owner_write(fd, &record);
	if (!record.own)
		(void)fremovexattr(fd, OWNER_XATTR);
	return 0;
}

/* Of files and folders; chown goes first, it clears setuid bits. */
static int
set_meta(const struct work *w, const struct item *i, int fd, struct err *err)
{
	if (set_owner(w->s, i, fd) < 0)
		return err_sys(err, "chown %s", i->path);
	if (fchmod(fd, i->owner.mode) < 0)
		return err_sys(err, "chmod %s", i->path);
	(void)futimens(fd, i->times);
	return 0;
}

static void
take_meta(const struct work *w, struct item *i)
{
	const struct store_scatter *s = w->s;

	i->owner.uid = s->chown ? s->uid : (uint32_t)archive_entry_uid(i->e);
	i->owner.gid = s->chown ? s->gid : (uint32_t)archive_entry_gid(i->e);
	i->owner.mode = archive_entry_perm(i->e) & 07777;
	i->times[0].tv_nsec = UTIME_OMIT;
	i->times[1].tv_sec = archive_entry_mtime(i->e);
	i->times[1].tv_nsec = archive_entry_mtime_nsec(i->e);
}

static void
set_xattrs(const struct item *i, int fd)
{
	const char *name;
	const void *value;
	size_t size;

	archive_entry_xattr_reset(i->e);
	while (archive_entry_xattr_next(i->e, &name, &value, &size) == ARCHIVE_OK)
		if (owner_keeps_xattr(name))
			(void)fsetxattr(fd, name, value, size, 0);
}

/* ---- the kinds --------------------------------------------------------------------- */

static int
copy_content(struct work *w, int fd, const struct item *i, struct err *err)
{
	const void *block;
	la_int64_t at;
	size_t len;
	int rc;

	while ((rc = archive_read_data_block(w->in, &block, &len, &at)) == ARCHIVE_OK) {
		const char *p = block;

		while (len > 0) {
			ssize_t n = pwrite(fd, p, len, at);

			if (n < 0)
				return err_sys(err, "write %s", i->path);
			p += n;
			at += n;
			len -= (size_t)n;
		}
	}
	if (rc != ARCHIVE_EOF)
		return wrong(w->in, err);
	return ftruncate(fd, archive_entry_size(i->e)) < 0
		   ? err_sys(err, "write %s", i->path)
		   : 0;
}

static int
make_file(struct work *w, struct item *i, struct err *err)
{
	cleanup_fd int fd = openat(
	    i->at, i->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, "open %s", i->path);
	if (copy_content(w, fd, i, err) < 0)
		return -1;
	str_copy(i->owner.type, sizeof i->owner.type, "file");
	if (set_meta(w, i, fd, err) < 0)
		return -1;
	if (w->s->owners)
		set_xattrs(i, fd);
	return 0;
}

static int
make_folder(struct work *w, struct item *i, struct err *err)
{
	struct late *l;

	if (mkdirat(i->at, i->name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "mkdir %s", i->path);
	str_copy(i->owner.type, sizeof i->owner.type, "dir");
	w->late = xrealloc(w->late, (w->nlate + 1) * sizeof *w->late);
	l = &w->late[w->nlate++];
	*l = (struct late){xstrdup(i->path), i->owner, {i->times[0], i->times[1]}};
	return 0;
}

static int
make_device(struct work *w, struct item *i, struct err *err)
{
	cleanup_fd int fd = openat(
	    i->at, i->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, "mknod %s", i->path);
	i->device = true;
	owner_set_device(&i->owner, archive_entry_filetype(i->e),
	    (unsigned)archive_entry_rdevmajor(i->e),
	    (unsigned)archive_entry_rdevminor(i->e));
	return set_meta(w, i, fd, err);
}

static int
make_other(struct work *w, struct item *i, struct err *err)
{
	mode_t type = archive_entry_filetype(i->e);
	const char *target = archive_entry_symlink(i->e);
	dev_t dev = makedev(archive_entry_rdevmajor(i->e), archive_entry_rdevminor(i->e));
	int rc;

	if (type == S_IFLNK)
		rc = target != NULL ? symlinkat(target, i->at, i->name) : -1;
	else
		rc = mknodat(
		    i->at, i->name, type | i->owner.mode, type == S_IFIFO ? 0 : dev);
	if (rc < 0)
		return err_sys(
		    err, "%s %s", type == S_IFLNK ? "symlink" : "mknod", i->path);
	if (w->s->owners && !w->s->one_id)
		(void)fchownat(
		    i->at, i->name, i->owner.uid, i->owner.gid, AT_SYMLINK_NOFOLLOW);
	(void)utimensat(i->at, i->name, i->times, AT_SYMLINK_NOFOLLOW);
	return 0;
}

/* Entries are renamed by their first name: so are the targets of hard links. */
static char *
renamed(const struct store_scatter *s, const char *name)
{
	cleanup_free char *clean = path_clean_root(name);
	const char *rest = s->from != NULL ? str_after(clean + 1, s->from) : NULL;

	if (s->from != NULL && str_eq(s->from, "."))
		return xasprintf("/%s%s", s->to, str_eq(clean, "/") ? "" : clean);
	if (rest != NULL && (*rest == '\0' || *rest == '/'))
		return xasprintf("/%s%s", s->to, rest);
	return take_ptr(clean);
}

static int
make_link(struct work *w, struct item *i, struct err *err)
{
	cleanup_free char *path = renamed(w->s, archive_entry_hardlink(i->e));
	cleanup_free char *dir = path_dir(path);
	cleanup_fd int from = fd_open_in(w->base, dir, O_PATH | O_DIRECTORY, 0);

	if (from < 0 || linkat(from, path_base(path), i->at, i->name, 0) < 0)
		return err_sys(err, "link %s %s", path, i->path);
	return 0;
}

static int
make(struct work *w, struct item *i, struct err *err)
{
	mode_t type = archive_entry_filetype(i->e);

	if (archive_entry_hardlink(i->e) != NULL)
		return make_link(w, i, err);
	if (w->s->owners && (type == S_IFCHR || type == S_IFBLK))
		return make_device(w, i, err);
	switch (type) {
	case S_IFREG: return make_file(w, i, err);
	case S_IFDIR: return make_folder(w, i, err);
	case S_IFLNK:
	case S_IFIFO:
	case S_IFCHR:
	case S_IFBLK: return make_other(w, i, err);
	default: return 0;
	}
}

/* ---- one entry --------------------------------------------------------------------- */

/* A folder that the archive does not mention. */
static int
open_parent(const struct work *w, const char *dir, struct err *err)
{
	cleanup_vec struct vec parts = VEC_INIT;
	cleanup_fd int at = fcntl(w->base, F_DUPFD_CLOEXEC, 3);
	int whole = fd_open_in(w->base, dir, O_PATH | O_DIRECTORY, 0);

	if (whole >= 0)
		return whole;
	vec_split(&parts, dir, "/");
	for (size_t i = 0; i < parts.len && at >= 0; i++) {
		int next;

		(void)mkdirat(at, parts.v[i], 0755);
		next =
		    openat(at, parts.v[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		fd_close_p(&at);
		at = next;
	}
	return at < 0 ? err_sys(err, "mkdir %s", dir) : take_fd(&at);
}

static int
make_room(const struct work *w, const struct item *i, struct err *err)
{
	bool folder = archive_entry_filetype(i->e) == S_IFDIR &&
		      archive_entry_hardlink(i->e) == NULL;
	cleanup_free char *shown = path_join(w->full, i->path + 1);
	struct stat st;

	if (fstatat(i->at, i->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode) && !folder)
		return err_set(err, ERR_CONFLICT,
		    "cannot overwrite directory \"%s\" with non-directory \"%s\"", shown,
		    w->full);
	if (!S_ISDIR(st.st_mode) && folder)
		return err_set(err, ERR_CONFLICT,
		    "cannot overwrite non-directory \"%s\" with directory \"%s\"", shown,
		    w->full);
	if (!folder && unlinkat(i->at, i->name, 0) < 0)
		return err_sys(err, "unlink %s", shown);
	return 0;
}

static int
put_entry(struct work *w, struct archive_entry *e, struct err *err)
{
	const char *name = archive_entry_pathname(e);
	struct item i = {.e = e};

	if (name == NULL)
		return err_set(err, ERR_CORRUPT, "archive/tar: invalid tar header");
	cleanup_free char *path = renamed(w->s, name);
	cleanup_free char *dir = path_dir(path);
	if (str_eq(path, "/")) /* the folder itself is there and stays as it is */
		return 0;
	cleanup_fd int at = open_parent(w, dir, err);
	if (at < 0)
		return -1;
	i.path = path;
	i.at = at;
	i.name = path_base(path);
	take_meta(w, &i);
	return make_room(w, &i, err) < 0 ? -1 : make(w, &i, err);
}

static int
put_all(struct work *w, struct err *err)
{
	struct archive_entry *e;

	for (;;) {
		int rc = archive_read_next_header(w->in, &e);

		if (rc == ARCHIVE_EOF)
			return 0;
		if (rc == ARCHIVE_RETRY)
			continue;
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return wrong(w->in, err);
		if (put_entry(w, e, err) < 0)
			return -1;
	}
}

static int
finish_folders(struct work *w, struct err *err)
{
	for (size_t n = w->nlate; n-- > 0;) {
		struct late *l = &w->late[n];
		struct item i = {.path = l->path, .owner = l->owner};
		cleanup_fd int fd =
		    fd_open_in_nofollow(w->base, l->path, O_RDONLY | O_DIRECTORY, 0);

		i.times[0] = l->times[0];
		i.times[1] = l->times[1];
		if (fd >= 0 && set_meta(w, &i, fd, err) < 0)
			return -1;
	}
	return 0;
}

int
store_scatter(const struct store_scatter *s, int in, struct err *err)
{
	cleanup_free char *full = path_clean_root(s->path);
	cleanup_fd int base = fd_open_in(s->root, full, O_PATH | O_DIRECTORY, 0);
	struct work w = {.s = s, .base = base, .full = full, .in = archive_read_new()};
	int rc = -1;

	umask(0);
	setlocale(LC_CTYPE, "C.UTF-8"); /* else libarchive gives up on such names */
	archive_read_support_filter_all(w.in);
	archive_read_support_format_tar(w.in);
	archive_read_support_format_empty(w.in);
	if (base < 0)
		err_sys(err, "open %s", full);
	else if (archive_read_open_fd(w.in, in, BLOCK) != ARCHIVE_OK)
		wrong(w.in, err);
	else if (put_all(&w, err) == 0)
		rc = finish_folders(&w, err);
	for (size_t i = 0; i < w.nlate; i++)
		free(w.late[i].path);
	free(w.late);
	archive_read_free(w.in);
	return rc;
}
