/*
 * call_stat.c - whose a file is, as recorded
 *
 * These are most of all calls that come here: where nothing is recorded the kernel
 * answers, after one look for the xattr by path.
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* 1: *ret is what to tell; 0: the kernel knows it all. */
static int
recorded(struct call *c, struct attr *ret, int *ret_fd)
{
	struct place p;
	int fd;

	if (tracee_place_of(c, &p) < 0)
		return 0;
	if (!c->s->chrooted && owners_none(c->s->owners, p.path, !p.follow))
		return 0;
	fd = tracee_place_open(c, &p);
	if (fd < 0)
		return 0;
	*ret_fd = fd;
	return owners_read(c->s->owners, fd, ret) == 0 && ret->recorded;
}

int64_t
call_stat(struct call *c)
{
	cleanup_fd int fd = -1;
	struct attr a;

	if (!recorded(c, &a, &fd))
		return CALL_CONTINUE;
	return tracee_write(c, c->args[c->row->rest], &a.st, sizeof a.st);
}

int64_t
call_statx(struct call *c)
{
	cleanup_fd int fd = -1;
	struct attr a;
	struct statx x;

	if (!recorded(c, &a, &fd))
		return CALL_CONTINUE;
	if (statx(fd, "", AT_EMPTY_PATH, (unsigned)c->args[3], &x) < 0)
		return -errno;
	x.stx_uid = a.st.st_uid;
	x.stx_gid = a.st.st_gid;
	x.stx_mode = (uint16_t)a.st.st_mode;
	x.stx_rdev_major = major(a.st.st_rdev);
	x.stx_rdev_minor = minor(a.st.st_rdev);
	return tracee_write(c, c->args[4], &x, sizeof x);
}

/* Asked for the real ids, unless a flag says effective. */
int64_t
call_access(struct call *c)
{
	struct ids ids = *call_who(c);
	int want = (int)c->args[c->row->rest];
	bool effective = c->nr == SYS_faccessat2 && ((int)c->args[3] & AT_EACCESS);
	int from = effective ? IDS_EFFECTIVE : IDS_REAL;
	struct place p;
	struct attr a;
	int rc;

	ids.user[IDS_FS] = ids.user[from];
	ids.group[IDS_FS] = ids.group[from];
	if (ids_root(&ids))
		return CALL_CONTINUE;
	rc = tracee_place_of(c, &p);
	if (rc < 0)
		return rc;
	cleanup_fd int fd = tracee_place_open(c, &p);
	if (fd < 0)
		return fd;
	rc = owners_read(c->s->owners, fd, &a);
	return rc < 0 ? rc : rights_check(&ids, &a, want);
}
