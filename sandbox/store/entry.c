/*
 * entry.c - making files, folders, links and devices of an archive's entries
 */
#include "sandbox/store/entry.h"
#include "sandbox/store/limits.h"
#include "sandbox/store/owner.h"
#include "sandbox/store/white.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

/* One entry on its way. */
struct item {
	struct archive_entry *e;
	char path[LIMIT_PATH + 1]; /* below the root */
	int at;                    /* its parent */
	const char *name;          /* in there */
	struct owner owner;
	struct timespec times[2];
	bool fresh;  /* stands where a whiteout stood */
	bool device; /* only stands for it */
};

void
unpack_init(struct unpack *u, int root, struct archive *in)
{
	*u = (struct unpack){.root = root, .in = in, .parent = -1, .side = json_object()};
}

void
unpack_done(struct unpack *u)
{
	entry_forget_parent(u);
	for (size_t i = 0; i < u->ntimes; i++)
		free(u->times[i].path);
	free(take_ptr(u->times));
	json_decref_p(&u->side);
}

/* ---- owner, mode, attributes ------------------------------------------------------- */

static int
set_xattrs(struct item *i, int fd, struct err *err)
{
	const char *name;
	const void *value;
	size_t size;

	archive_entry_xattr_reset(i->e);
	while (archive_entry_xattr_next(i->e, &name, &value, &size) == ARCHIVE_OK) {
		if (!owner_keeps_xattr(name))
			continue;
		if (fsetxattr(fd, name, value, size, 0) < 0 && errno != ENOTSUP &&
		    errno != EPERM)
			return err_sys(err, "cannot set '%s' of '%s'", name, i->path);
	}
	return 0;
}

/* For files and folders.  chown first: it clears setuid bits and capabilities. */
static int
set_meta(struct item *i, int fd, struct err *err)
{
	bool owned = fchown(fd, i->owner.uid, i->owner.gid) == 0;
	struct stat st;

	if (fchmod(fd, i->owner.mode) < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "cannot set the mode of '%s'", i->path);
	if (set_xattrs(i, fd, err) < 0)
		return -1;
	i->owner.own = owned && (st.st_mode & 07777) == i->owner.mode;
	if ((!i->owner.own || i->device) && owner_write(fd, &i->owner) < 0)
		return err_sys(err, "cannot record the owner of '%s'", i->path);
	return futimens(fd, i->times) < 0
		   ? err_sys(err, "cannot set the time of '%s'", i->path)
		   : 0;
}

/* For all else. */
static int
set_meta_special(struct unpack *u, struct item *i, struct err *err)
{
	if (fchownat(i->at, i->name, i->owner.uid, i->owner.gid, AT_SYMLINK_NOFOLLOW) < 0)
		owner_record(u->side, i->path, &i->owner);
	return utimensat(i->at, i->name, i->times, AT_SYMLINK_NOFOLLOW) < 0
		   ? err_sys(err, "cannot set the time of '%s'", i->path)
		   : 0;
}

static int
take_meta(struct item *i, struct err *err)
{
	int64_t uid = archive_entry_uid(i->e), gid = archive_entry_gid(i->e);

	if (uid < 0 || gid < 0 || uid >= UINT32_MAX || gid >= UINT32_MAX)
		return err_set(err, ERR_CORRUPT, "'%s' has an impossible owner", i->path);
	i->owner.uid = (uint32_t)uid;
	i->owner.gid = (uint32_t)gid;
	i->owner.mode = archive_entry_mode(i->e) & 07777;
	i->times[0].tv_nsec = UTIME_OMIT;
	i->times[1].tv_sec = archive_entry_mtime(i->e);
	i->times[1].tv_nsec = archive_entry_mtime_nsec(i->e);
	return 0;
}

/* ---- the kinds
 * ------------------------------------------------------------------------- */

/* Blocks with holes between them: a sparse file stays one. */
static int
copy_content(struct unpack *u, int fd, int64_t size, const char *path, struct err *err)
{
	const void *block;
	size_t len;
	la_int64_t at;
	int rc;

	while ((rc = archive_read_data_block(u->in, &block, &len, &at)) == ARCHIVE_OK) {
		const char *p = block;

		while (len > 0) {
			ssize_t n = pwrite(fd, p, len, at);

			if (n < 0)
				return err_sys(err, "cannot write '%s'", path);
			p += n;
			at += n;
			len -= (size_t)n;
		}
	}
	if (rc != ARCHIVE_EOF)
		return err_set(err, ERR_CORRUPT, "'%s': %s", path,
		    archive_error_string(u->in) ? archive_error_string(u->in) : "broken");
	return ftruncate(fd, size) < 0 ? err_sys(err, "cannot write '%s'", path) : 0;
}

static int
make_file(struct unpack *u, struct item *i, struct err *err)
{
	int64_t size = archive_entry_size(i->e);
	cleanup_fd int fd = -1;

	if (size < 0 || size > LIMIT_TOTAL || u->declared > LIMIT_TOTAL - size)
		return err_set(err, ERR_LIMIT, "the files in it are too big");
	u->declared += size;
	fd = openat(
	    i->at, i->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", i->path);
	if (copy_content(u, fd, size, i->path, err) < 0)
		return -1;
	u->size += size;
	str_copy(i->owner.type, sizeof i->owner.type, "file");
	return set_meta(i, fd, err);
}

static int
make_folder(struct unpack *u, struct item *i, struct err *err)
{
	cleanup_fd int fd = -1;

	if (mkdirat(i->at, i->name, 0700) < 0 && errno != EEXIST)
		return err_sys(err, "cannot create folder '%s'", i->path);
	fd = openat(i->at, i->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "cannot open folder '%s'", i->path);
	if (i->fresh && white_set_opaque(fd) < 0)
		return err_sys(err, "cannot make '%s' opaque", i->path);
	str_copy(i->owner.type, sizeof i->owner.type, "dir");
	if (set_meta(i, fd, err) < 0)
		return -1;
	return entry_add_time(u, i->path, i->times[1], err);
}

static int
make_symlink(struct unpack *u, struct item *i, struct err *err)
{
	const char *target = archive_entry_symlink(i->e);

	if (target == NULL || *target == '\0')
		return err_set(err, ERR_CORRUPT, "the link '%s' points nowhere", i->path);
	if (symlinkat(target, i->at, i->name) < 0)
		return err_sys(err, "cannot create the link '%s'", i->path);
	i->owner.mode = 0777;
	str_copy(i->owner.type, sizeof i->owner.type, "symlink");
	return set_meta_special(u, i, err);
}

static int
make_pipe(struct unpack *u, struct item *i, struct err *err)
{
	str_copy(i->owner.type, sizeof i->owner.type, "pipe");
	return mknodat(i->at, i->name, S_IFIFO | i->owner.mode, 0) < 0
		   ? err_sys(err, "cannot create '%s'", i->path)
		   : set_meta_special(u, i, err);
}

static int
make_device(struct unpack *u, struct item *i, struct err *err)
{
	mode_t type = archive_entry_filetype(i->e);
	unsigned hi = (unsigned)archive_entry_rdevmajor(i->e);
	unsigned lo = (unsigned)archive_entry_rdevminor(i->e);

	/* a whiteout has its own form in a tar */
	if (type == S_IFCHR && hi == 0 && lo == 0)
		return 0;
	cleanup_fd int fd = openat(
	    i->at, i->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", i->path);
	owner_set_device(&i->owner, type, hi, lo);
	i->device = true;
	if (set_meta(i, fd, err) < 0)
		return -1;
	if (i->owner.own)
		owner_record(u->side, i->path, &i->owner);
	return 0;
}

/* The target must be a file of this very layer. */
static int
make_link(struct unpack *u, struct item *i, struct err *err)
{
	char path[LIMIT_PATH + 1];
	cleanup_free char *dir = NULL;
	cleanup_fd int at = -1;
	struct stat st;

	if (entry_path(archive_entry_hardlink(i->e), path, err) < 0)
		return -1;
	dir = path_dir(path);
	at = fd_open_in(u->root, dir, O_RDONLY | O_DIRECTORY, 0);
	if (at < 0 || fstatat(at, path_base(path), &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISDIR(st.st_mode) || white_is(&st))
		return err_set(err, ERR_CORRUPT,
		    "'%s' is a hard link to '%s', which is not there", i->path, path);
	if (linkat(at, path_base(path), i->at, i->name, 0) < 0)
		return err_sys(err, "cannot link '%s' to '%s'", i->path, path);
	return 0;
}

/* ---- whiteouts
 * --------------------------------------------------------------------------- */

static int
make_white(struct item *i, const char *hidden, struct err *err)
{
	cleanup_fd int fd = -1;
	struct stat st;

	if (!path_is_name(hidden))
		return err_set(err, ERR_CORRUPT, "invalid whiteout '%s'", i->path);
	if (fstatat(i->at, hidden, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (mknodat(i->at, hidden, S_IFCHR, 0) < 0)
			return err_sys(err, "cannot make a whiteout of '%s'", i->path);
		return 0;
	}
	/* what this layer has itself stays; a folder must not show the lower one */
	if (!S_ISDIR(st.st_mode))
		return 0;
	fd = openat(i->at, hidden, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || white_set_opaque(fd) < 0)
		return err_sys(err, "cannot hide what is below '%s'", i->path);
	return 0;
}

/* 1: it was a whiteout or other bookkeeping and is done. */
static int
try_white(struct item *i, struct err *err)
{
	const char *hidden = str_after(i->name, ".wh.");

	if (hidden == NULL)
		return 0;
	if (str_eq(hidden, ".wh..opq"))
		return white_set_opaque(i->at) < 0
			   ? err_sys(err, "cannot make '%s' opaque", i->path)
			   : 1;
	if (str_starts(hidden, ".wh.")) /* aufs kept its own files under such names */
		return 1;
	return make_white(i, hidden, err) < 0 ? -1 : 1;
}

/* ---- one entry
 * -------------------------------------------------------------------------------- */

/* A folder meets a folder: they merge.  Everything else is replaced. */
static int
make_room(struct unpack *u, struct item *i, struct err *err)
{
	bool folder = archive_entry_filetype(i->e) == S_IFDIR &&
		      archive_entry_hardlink(i->e) == NULL;
	struct stat st;

	json_object_del(u->side, i->path);
	if (fstatat(i->at, i->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot look at '%s'", i->path);
	if (S_ISDIR(st.st_mode) && folder)
		return 0;
	i->fresh = white_is(&st);
	if (S_ISREG(st.st_mode) && st.st_nlink == 1)
		u->size -= st.st_size;
	if (fd_remove_tree(i->at, i->name) < 0)
		return err_sys(err, "cannot replace '%s'", i->path);
	return 0;
}

static int
make(struct unpack *u, struct item *i, struct err *err)
{
	mode_t type = archive_entry_filetype(i->e);

	if (archive_entry_hardlink(i->e) != NULL)
		return make_link(u, i, err);
	switch (type) {
	case S_IFREG: return make_file(u, i, err);
	case S_IFDIR: return make_folder(u, i, err);
	case S_IFLNK: return make_symlink(u, i, err);
	case S_IFIFO: return make_pipe(u, i, err);
	case S_IFCHR:
	case S_IFBLK: return make_device(u, i, err);
	case S_IFSOCK: return 0;
	default: return err_set(err, ERR_CORRUPT, "'%s' is of an unknown kind", i->path);
	}
}

int
unpack_entry(struct unpack *u, struct archive_entry *e, struct err *err)
{
	struct item i = {.e = e};
	const char *name = archive_entry_pathname(e);
	int white;

	if (name == NULL)
		return err_set(err, ERR_CORRUPT, "an entry has no readable name");
	if (entry_path(name, i.path, err) < 0)
		return -1;
	if (i.path[0] == '\0') /* the root folder itself: the container has its own */
		return 0;
	i.at = entry_parent(u, i.path, &i.name, err);
	if (i.at < 0)
		return -1;
	white = try_white(&i, err);
	if (white != 0)
		return white < 0 ? -1 : 0;
	if (take_meta(&i, err) < 0 || make_room(u, &i, err) < 0)
		return -1;
	if (make(u, &i, err) < 0)
		return -1;
	return 0;
}

int
unpack_set_times(struct unpack *u, struct err *err)
{
	for (size_t i = 0; i < u->ntimes; i++) {
		struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, u->times[i].mtime};
		cleanup_fd int fd = fd_open_in_nofollow(
		    u->root, u->times[i].path, O_RDONLY | O_DIRECTORY, 0);

		/* gone: a later entry has replaced it */
		if (fd >= 0 && futimens(fd, t) < 0)
			return err_sys(
			    err, "cannot set the time of '%s'", u->times[i].path);
	}
	return 0;
}
