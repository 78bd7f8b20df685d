/*
 * call_device.c - devices, which nobody here can make
 *
 * An empty file with a record stands for one: stat and the layer's tar tell it as the
 * device.  That it can be opened to no effect is less than Docker gives; what is opened
 * in practice stands in /dev already.
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <unistd.h>

enum { NEW = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC };

/* The folder that it is to be in, and its name; a descriptor or a negative errno. */
static int
open_folder(struct call *c, char base[NAME_MAX + 1])
{
	struct place p;
	struct stat st;
	bool slash;
	int rc = tracee_place_of(c, &p);

	if (rc < 0)
		return rc;
	cleanup_fd int dir = tracee_place_open_parent(c, &p, base, &slash);
	if (dir < 0)
		return dir;
	return fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0 ? -EEXIST
								 : take_fd(&dir);
}

/* ---- one id: the recorded ids -------------------------------------------------------
 */

static int64_t
make_as_recorded(struct call *c, mode_t mode, dev_t dev)
{
	const struct ids *i = call_who(c);
	char base[NAME_MAX + 1];
	struct attr folder, a;
	int rc;

	if (!ids_root(i) || (i->lacks >> CAP_MKNOD & 1))
		return -EPERM;
	cleanup_fd int dir = open_folder(c, base);
	rc = dir < 0 ? dir : owners_read(c->s->owners, dir, &folder);
	if (rc < 0)
		return rc;
	cleanup_fd int fd = openat(dir, base, NEW, mode & 07777);
	if (fd < 0)
		return -errno;
	rc = owners_read(c->s->owners, fd, &a);
	if (rc < 0)
		return rc;
	a.st.st_mode = mode;
	a.st.st_rdev = dev;
	a.st.st_uid = 0;
	a.st.st_gid = folder.st.st_mode & S_ISGID ? folder.st.st_gid : i->group[IDS_FS];
	return owners_write(c->s->owners, fd, &a);
}

/* ---- many ids: the kernel's ---------------------------------------------------------
 */

/* With the caller's ids of the file system, and so its rights. */
static int
create(struct call *c, const struct tracee_creds *who, mode_t mode)
{
	char base[NAME_MAX + 1];
	int fd;

	setfsgid(who->gid);
	setfsuid(who->uid);
	cleanup_fd int dir = open_folder(c, base);
	fd = dir < 0 ? dir : openat(dir, base, NEW, mode & 07777);
	if (dir >= 0 && fd < 0)
		fd = -errno;
	setfsuid(0);
	setfsgid(0);
	return fd;
}

static int64_t
make_as_kernel(struct call *c, mode_t mode, dev_t dev)
{
	struct tracee_creds who;

	if (!tracee_creds(c, &who) || (who.caps >> CAP_MKNOD & 1) == 0)
		return -EPERM;
	cleanup_fd int fd = create(c, &who, mode);
	return fd < 0 ? fd : owners_write_device(c->s->owners, fd, mode & S_IFMT, dev);
}

int64_t
device_make(struct call *c, mode_t mode, dev_t dev)
{
	if (dev == 0) /* overlay's own mark for "removed" */
		return -EPERM;
	mode &= ~tracee_umask(c) | S_IFMT;
	return c->s->many ? make_as_kernel(c, mode, dev) : make_as_recorded(c, mode, dev);
}
