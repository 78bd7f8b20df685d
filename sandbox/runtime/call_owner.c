/*
 * call_owner.c - chown, chmod, extended attributes, times
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

enum { KEEP = -1 };

/* Opens the file of the call and reads who owns it; a descriptor or a negative errno. */
static int
open_file(const struct call *c, struct place *p, struct attr *a)
{
	int rc = tracee_place_of(c, p);

	if (rc < 0)
		return rc;
	cleanup_fd int fd = tracee_place_open(c, p);
	if (fd < 0)
		return fd;
	rc = owners_read(c->s->owners, fd, a);
	return rc < 0 ? rc : take_fd(&fd);
}

/* ---- chown ----------------------------------------------------------------------------
 */

static int
may_chown(const struct ids *i, const struct attr *a, uint32_t uid, uint32_t gid)
{
	if (ids_root(i) && (i->lacks >> CAP_CHOWN & 1) == 0)
		return 0;
	if (a->st.st_uid != i->user[IDS_FS])
		return -EPERM;
	if (uid != (uint32_t)KEEP && uid != a->st.st_uid)
		return -EPERM;
	return gid == (uint32_t)KEEP || gid == a->st.st_gid || ids_in_group(i, gid)
		   ? 0
		   : -EPERM;
}

/* Set-id bits and capabilities go, as in the kernel; the file also comes up into the
 * container's own layer, even when nothing changes. */
static int
touch_inode(int fd, struct attr *a)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, a->st.st_mtim};
	char self[24];

	own_path(fd, self);
	if (a->type == S_IFLNK)
		return utimensat(AT_FDCWD, self, times, 0) < 0 ? -errno : 0;
	if (a->type != S_IFDIR) {
		a->st.st_mode &= ~(mode_t)S_ISUID;
		if (a->st.st_mode & S_IXGRP)
			a->st.st_mode &= ~(mode_t)S_ISGID;
	}
	/* EPERM: a device of the host's, shown in /dev */
	if (chmod(self, a->st.st_mode & 07777) < 0 && errno != EPERM)
		return -errno;
	if (a->type == S_IFREG)
		removexattr(self, "security.capability");
	return 0;
}

/* Root gives to root what has no record, as package managers do with all that they
 * unpack: the kernel can do that itself. */
static bool
kernel_can(struct call *c, uint32_t uid, uint32_t gid)
{
	const struct ids *i = call_who(c);
	struct place p;

	return (uid == 0 || uid == (uint32_t)KEEP) &&
	       (gid == 0 || gid == (uint32_t)KEEP) && ids_root(i) &&
	       (i->lacks >> CAP_CHOWN & 1) == 0 && !c->s->chrooted &&
	       tracee_place_of(c, &p) == 0 &&
	       owners_none(c->s->owners, p.path, !p.follow);
}

int64_t
call_chown(struct call *c)
{
	uint32_t uid = (uint32_t)c->args[c->row->rest],
		 gid = (uint32_t)c->args[c->row->rest + 1];
	struct place p;
	struct attr a;

	if (kernel_can(c, uid, gid))
		return CALL_CONTINUE;
	cleanup_fd int fd = open_file(c, &p, &a);
	int rc = fd < 0 ? fd : may_chown(call_who(c), &a, uid, gid);

	if (rc == 0)
		rc = touch_inode(fd, &a);
	if (rc < 0)
		return rc;
	if (uid != (uint32_t)KEEP)
		a.st.st_uid = uid;
	if (gid != (uint32_t)KEEP)
		a.st.st_gid = gid;
	return owners_write(c->s->owners, fd, &a);
}

/* ---- chmod ----------------------------------------------------------------------------
 */

int64_t
call_chmod(struct call *c)
{
	mode_t mode = (mode_t)c->args[c->row->rest] & 07777;
	const struct ids *i = call_who(c);
	struct place p;
	struct attr a;
	char self[24];
	int rc = tracee_place_of(c, &p);

	if (rc < 0)
		return rc;
	if (ids_root(i) && !c->s->chrooted &&
	    owners_none(c->s->owners, p.path, !p.follow))
		return CALL_CONTINUE;
	cleanup_fd int fd = open_file(c, &p, &a);
	if (fd < 0)
		return fd;
	if (!ids_root(i) && a.st.st_uid != i->user[IDS_FS])
		return -EPERM;
	if (!ids_root(i) && !ids_in_group(i, a.st.st_gid))
		mode &= ~(mode_t)S_ISGID;
	own_path(fd, self);
	if (chmod(self, mode) < 0)
		return -errno;
	a.st.st_mode = (a.st.st_mode & S_IFMT) | mode;
	return a.recorded ? owners_write(c->s->owners, fd, &a) : 0;
}

/* ---- extended attributes --------------------------------------------------------------
 */

static bool
is_acl(const char *name)
{
	return str_starts(name, "system.posix_acl_");
}

/* The name into ret, the file opened: a descriptor or a negative errno. */
static int
open_for_xattr(const struct call *c, char name[XATTR_NAME_MAX + 1], struct attr *a)
{
	const struct ids *i = call_who(c);
	struct place p;
	int rc =
	    tracee_string(c, c->args[c->row->rest], name, XATTR_NAME_MAX + 1, -ERANGE);

	if (rc < 0)
		return rc;
	if (str_eq(name, OWNERS_XATTR))
		return -ENOTSUP;
	cleanup_fd int fd = open_file(c, &p, a);
	if (fd < 0 || ids_root(i) || (is_acl(name) && a->st.st_uid == i->user[IDS_FS]))
		return take_fd(&fd);
	if (!str_starts(name, "user."))
		return -EPERM;
	rc = rights_check(i, a, RIGHT_W);
	return rc < 0 ? rc : take_fd(&fd);
}

/* A list that says no more than the mode has become the mode. */
static int
note_acl_mode(const struct call *c, int fd, struct attr *a)
{
	struct stat now;

	if (!a->recorded)
		return 0;
	if (fstat(fd, &now) < 0)
		return -errno;
	a->st.st_mode = (a->st.st_mode & ~(mode_t)0777) | (now.st_mode & 0777);
	return owners_write(c->s->owners, fd, a);
}

int64_t
call_setxattr(struct call *c)
{
	const uint64_t *rest = c->args + c->row->rest; /* name, value, size, flags */
	char name[XATTR_NAME_MAX + 1], self[24];
	cleanup_free char *value = NULL;
	uint64_t size = rest[2];

	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	struct attr a;
	cleanup_fd int fd = open_for_xattr(c, name, &a);
	if (fd < 0)
		return fd;
	value = xmalloc(size + 1);
	if (size > 0 && tracee_read(c, rest[1], value, size) < 0)
		return -EFAULT;
	own_path(fd, self);
	if (setxattr(self, name, value, size, (int)rest[3]) < 0)
		return -errno;
	return is_acl(name) ? note_acl_mode(c, fd, &a) : 0;
}

int64_t
call_removexattr(struct call *c)
{
	char name[XATTR_NAME_MAX + 1], self[24];
	struct attr a;
	cleanup_fd int fd = open_for_xattr(c, name, &a);

	if (fd < 0)
		return fd == -ENOTSUP ? -ENODATA : fd;
	own_path(fd, self);
	return removexattr(self, name) < 0 ? -errno : 0;
}

/* ---- times ----------------------------------------------------------------------------
 */

static int
read_times(const struct call *c, uint64_t from, struct timespec ret[2])
{
	struct timeval tv[2];
	int rc;

	if (c->nr == SYS_utimensat)
		return tracee_read(c, from, ret, 2 * sizeof *ret);
#ifdef SYS_utime
	if (c->nr == SYS_utime) {
		struct utimbuf b;

		rc = tracee_read(c, from, &b, sizeof b);
		ret[0] = (struct timespec){.tv_sec = b.actime};
		ret[1] = (struct timespec){.tv_sec = b.modtime};
		return rc;
	}
#endif
	rc = tracee_read(c, from, tv, sizeof tv);
	for (int k = 0; k < 2; k++)
		ret[k] = (struct timespec){tv[k].tv_sec, tv[k].tv_usec * 1000};
	return rc;
}

int64_t
call_utimes(struct call *c)
{
	const struct ids *i = call_who(c);
	struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
	static const struct call_row itself = {call_utimes, 0, -1, -1, 0, 2};
	struct place p;
	struct attr a;
	char self[24];
	uint64_t from = c->args[c->row->rest];

	if (ids_root(i))
		return CALL_CONTINUE;
	if (c->row->path > 0 && c->args[1] == 0)
		c->row = &itself; /* without a path: the descriptor's file */
	if (from != 0 && read_times(c, from, times) < 0)
		return -EFAULT;
	cleanup_fd int fd = open_file(c, &p, &a);
	if (fd < 0)
		return fd;
	bool now = times[0].tv_nsec == UTIME_NOW && times[1].tv_nsec == UTIME_NOW;
	if (a.st.st_uid != i->user[IDS_FS]) {
		if (!now)
			return -EPERM;
		if (rights_check(i, &a, RIGHT_W) < 0)
			return -EACCES;
	}
	own_path(fd, self);
	return utimensat(AT_FDCWD, self, times, 0) < 0 ? -errno : 0;
}
