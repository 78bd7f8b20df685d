/*
 * rights.c - what the recorded owner and mode allow whom
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>

const struct ids *
call_who(const struct call *c)
{
	return ids_get(&c->s->ids, c->pid);
}

bool
ids_root(const struct ids *i)
{
	return i->user[IDS_FS] == 0;
}

int
rights_check(const struct ids *i, const struct attr *a, int want)
{
	mode_t mode = a->st.st_mode;

	if (ids_root(i))
		return 0;
	if (a->st.st_uid == i->user[IDS_FS])
		mode >>= 6;
	else if (ids_in_group(i, a->st.st_gid))
		mode >>= 3;
	return (mode & (mode_t)want) == (mode_t)want ? 0 : -EACCES;
}

int
rights_in_folder(const struct call *c, const struct ids *i, int dir, struct attr *ret_dir)
{
	struct attr a;
	int rc = owners_read(c->s->owners, dir, &a);

	if (rc == 0)
		rc = rights_check(i, &a, RIGHT_W | RIGHT_X);
	if (ret_dir != NULL)
		*ret_dir = a;
	return rc;
}

int
rights_remove(const struct call *c, const struct ids *i, int dir, const char *base)
{
	struct attr folder, entry;
	int rc = rights_in_folder(c, i, dir, &folder);

	if (rc < 0)
		return rc;
	cleanup_fd int fd = openat(dir, base, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ids_root(i) || (folder.st.st_mode & S_ISVTX) == 0 ||
	    folder.st.st_uid == i->user[IDS_FS])
		return 0;
	rc = owners_read(c->s->owners, fd, &entry);
	if (rc == 0 && entry.st.st_uid != i->user[IDS_FS])
		rc = -EPERM;
	return rc;
}

int
rights_made(const struct call *c, const struct ids *i, const struct attr *dir, int fd)
{
	struct attr a;
	int rc = owners_read(c->s->owners, fd, &a);

	if (rc < 0)
		return rc;
	a.st.st_uid = i->user[IDS_FS];
	a.st.st_gid = dir->st.st_mode & S_ISGID ? dir->st.st_gid : i->group[IDS_FS];
	return owners_write(c->s->owners, fd, &a);
}
