/*
 * call_name.c - making, removing and renaming entries of folders, by who is not root
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* An entry that the caller wants to make or remove. */
struct entry {
	char base[NAME_MAX + 1];
	bool slash;
	struct attr folder;
};

/* Opens the folder of an entry to be made, in which the caller may write: a descriptor
 * or a negative errno.  "Exists" goes before "denied": mkdir -p relies on it. */
static int
open_folder(struct call *c, struct place *p, struct entry *e)
{
	cleanup_fd int dir = tracee_place_open_parent(c, p, e->base, &e->slash);
	struct stat st;

	if (dir < 0)
		return dir;
	if (fstatat(dir, e->base, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	int rc = rights_in_folder(c, call_who(c), dir, &e->folder);
	return rc < 0 ? rc : take_fd(&dir);
}

static int
open_folder_of(struct call *c, struct entry *e)
{
	struct place p;
	int rc = tracee_place_of(c, &p);

	return rc < 0 ? rc : open_folder(c, &p, e);
}

/* What has just been made belongs to the caller. */
static int64_t
record_new(struct call *c, int dir, const struct entry *e)
{
	cleanup_fd int fd = openat(dir, e->base, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : rights_made(c, call_who(c), &e->folder, fd);
}

int64_t
call_mkdir(struct call *c)
{
	mode_t mode = (mode_t)c->args[c->row->rest];
	struct entry e;

	if (ids_root(call_who(c)))
		return CALL_CONTINUE;
	cleanup_fd int dir = open_folder_of(c, &e);
	if (dir < 0)
		return dir;
	if (mkdirat(dir, e.base, mode & ~tracee_umask(c) & 01777) < 0)
		return -errno;
	return record_new(c, dir, &e);
}

int64_t
call_symlink(struct call *c)
{
	char target[PATH_MAX];
	struct entry e;
	int rc;

	if (ids_root(call_who(c)))
		return CALL_CONTINUE;
	rc = tracee_string(c, c->args[0], target, sizeof target, -ENAMETOOLONG);
	if (rc < 0)
		return rc;
	cleanup_fd int dir = open_folder_of(c, &e);
	if (dir < 0)
		return dir;
	if (symlinkat(target, dir, e.base) < 0)
		return -errno;
	return record_new(c, dir, &e);
}

/* ---- mknod
 * ------------------------------------------------------------------------------
 */

int64_t
call_mknod(struct call *c)
{
	mode_t mode = (mode_t)c->args[c->row->rest];
	uint32_t code = (uint32_t)c->args[c->row->rest + 1];
	dev_t dev = makedev(code >> 8 & 0xfff, (code & 0xff) | (code >> 12 & 0xfff00));
	struct entry e;

	if (S_ISCHR(mode) || S_ISBLK(mode))
		return device_make(c, mode, dev);
	if (c->s->many || ids_root(call_who(c)))
		return CALL_CONTINUE;
	cleanup_fd int dir = open_folder_of(c, &e);
	if (dir < 0)
		return dir;
	if (mknodat(dir, e.base, mode & ~tracee_umask(c), 0) < 0)
		return -errno;
	return record_new(c, dir, &e);
}

/* ---- removing and renaming
 * ------------------------------------------------------------- */

/* Opens the folder of an entry that the caller may take out of it. */
static int
open_removable(struct call *c, struct place *p, struct entry *e)
{
	cleanup_fd int dir = tracee_place_open_parent(c, p, e->base, &e->slash);
	int rc = dir < 0 ? dir : rights_remove(c, call_who(c), dir, e->base);

	if (rc < 0)
		return rc == -EEXIST ? -EBUSY : rc;
	return take_fd(&dir);
}

int64_t
call_unlink(struct call *c)
{
	int flags = c->nr == SYS_unlinkat ? (int)c->args[2] : 0;
	struct place p;
	struct entry e;
	int rc;

	if (ids_root(call_who(c)))
		return CALL_CONTINUE;
#ifdef SYS_rmdir
	if (c->nr == SYS_rmdir)
		flags = AT_REMOVEDIR;
#endif
	rc = tracee_place_of(c, &p);
	if (rc < 0)
		return rc;
	cleanup_fd int dir = open_removable(c, &p, &e);
	if (dir < 0)
		return dir;
	if (e.slash && (flags & AT_REMOVEDIR) == 0)
		return -ENOTDIR;
	return unlinkat(dir, e.base, flags) < 0 ? -errno : 0;
}

/* Where the second path of a call with two of them is told. */
static int
second_place(struct call *c, bool at, int flags, struct place *ret)
{
	return tracee_place_read(c, at ? (int)c->args[2] : AT_FDCWD, c->args[at ? 3 : 1],
	    flags | AT_SYMLINK_NOFOLLOW, ret);
}

/* A folder that changes its parent is written to as well: its ".." changes. */
static int
may_move(struct call *c, int dir, const char *base)
{
	cleanup_fd int fd = openat(dir, base, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct attr a;
	int rc = fd < 0 ? -errno : owners_read(c->s->owners, fd, &a);

	return rc < 0 || !S_ISDIR(a.type) ? rc : rights_check(call_who(c), &a, RIGHT_W);
}

static bool
same_folder(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* A link of a layer below comes up as a new inode: its record has to follow. */
static int64_t
move(struct call *c, int old_dir, const char *old, int new_dir, const char *new,
    unsigned flags)
{
	cleanup_fd int fd = openat(old_dir, old, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct attr a;
	bool note = fd >= 0 && owners_read(c->s->owners, fd, &a) == 0 && a.recorded &&
		    a.type != S_IFREG && a.type != S_IFDIR;

	if (renameat2(old_dir, old, new_dir, new, flags) < 0)
		return -errno;
	if (note) {
		cleanup_fd int moved =
		    openat(new_dir, new, O_PATH | O_NOFOLLOW | O_CLOEXEC);

		if (moved >= 0)
			return owners_write(c->s->owners, moved, &a);
	}
	return 0;
}

int64_t
call_rename(struct call *c)
{
	bool at = c->row->dir >= 0;
	unsigned flags = c->nr == SYS_renameat2 ? (unsigned)c->args[4] : 0;
	struct place from, to;
	struct entry old, new;
	int rc;

	if (ids_root(call_who(c)) && !owners_moving(c->s->owners))
		return CALL_CONTINUE;
	rc = tracee_place_of(c, &from);
	if (rc == 0)
		rc = second_place(c, at, 0, &to);
	if (rc < 0)
		return rc;
	cleanup_fd int old_dir = open_removable(c, &from, &old);
	if (old_dir < 0)
		return old_dir;
	cleanup_fd int new_dir = tracee_place_open_parent(c, &to, new.base, &new.slash);
	if (new_dir < 0)
		return new_dir == -EEXIST ? -EBUSY : new_dir;
	rc = rights_remove(c, call_who(c), new_dir, new.base);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (!same_folder(old_dir, new_dir) && (rc = may_move(c, old_dir, old.base)) < 0)
		return rc;
	return move(c, old_dir, old.base, new_dir, new.base, flags);
}

/* As with fs.protected_hardlinks: one's own file, or an ordinary one that one may read
 * and write. */
static int
may_link(const struct ids *i, const struct attr *a)
{
	if (a->st.st_uid == i->user[IDS_FS])
		return 0;
	if (!S_ISREG(a->st.st_mode) || (a->st.st_mode & S_ISUID) ||
	    (a->st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		return -EPERM;
	return rights_check(i, a, RIGHT_R | RIGHT_W) < 0 ? -EPERM : 0;
}

int64_t
call_link(struct call *c)
{
	bool at = c->row->dir >= 0;
	int flags = at ? (int)c->args[4] : 0;
	struct place from, to;
	struct attr a;
	struct entry e;
	char self[24];
	int rc;

	if (ids_root(call_who(c)))
		return CALL_CONTINUE;
	rc = tracee_place_read(c, at ? (int)c->args[0] : AT_FDCWD, c->args[at ? 1 : 0],
	    flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW, &from);
	if (rc == 0)
		rc = second_place(c, at, 0, &to);
	if (rc < 0)
		return rc;
	cleanup_fd int file = tracee_place_open(c, &from);
	rc = file < 0 ? file : owners_read(c->s->owners, file, &a);
	if (rc == 0)
		rc = may_link(call_who(c), &a);
	if (rc < 0)
		return rc;
	cleanup_fd int dir = open_folder(c, &to, &e);
	if (dir < 0)
		return dir;
	own_path(file, self);
	return linkat(AT_FDCWD, self, dir, e.base, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}
