/*
 * draft.c - a layer being made
 *
 * A draft is a folder store/tmp/MAP/d-RANDOM, locked with flock(2) by whoever makes
 * it.  A process that dies loses the lock, and the next draft sweeps the folder away.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	mode_t mode;
} parts[] = {{"u", 0755}, {"w", 0700}, {"m", 0755}};

static int
give_away(int fd, enum idmap map)
{
	uid_t root = idmap_root_uid(map);

	return geteuid() != 0 || root == 0 ? 0 : fchown(fd, root, root);
}

static int
make_parts(int dir, enum idmap map, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		cleanup_fd int fd = -1;

		if (store_make_dir(dir, parts[i].name, parts[i].mode, err) < 0)
			return -1;
		fd = openat(
		    dir, parts[i].name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || give_away(fd, map) < 0)
			return err_sys(err, "cannot make '%s'", parts[i].name);
	}
	return give_away(dir, map) < 0 ? err_sys(err, "cannot give a layer away") : 0;
}

/* A sweeper may take the folder between mkdir and flock: then it is gone, or locked. */
static int
make_locked(int tmp, char *name)
{
	struct stat a, b;

	for (int tries = 0; tries < 8; tries++) {
		cleanup_fd int fd = -1;

		memcpy(name, "d-", 2);
		str_random_hex(name + 2, 16);
		if (mkdirat(tmp, name, 0700) < 0)
			return -1;
		fd = openat(tmp, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &a) == 0 &&
		    fstatat(tmp, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
		    a.st_ino == b.st_ino)
			return take_fd(&fd);
	}
	return -1;
}

int
store_draft_new(struct store *s, struct store_draft **ret, struct err *err)
{
	struct store_draft *d = xcalloc(1, sizeof *d);
	int tmp;

	d->map = store_idmap(s);
	d->dir = -1;
	store_sweep(s, d->map);
	tmp = store_tmp_of(s, d->map, err);
	if (tmp >= 0) {
		d->dir = make_locked(tmp, d->name);
		if (d->dir < 0)
			err_sys(err, "cannot make a folder for a new layer");
	}
	if (d->dir < 0 || make_parts(d->dir, d->map, err) < 0) {
		store_draft_end(s, d);
		return -1;
	}
	*ret = d;
	return 0;
}

int
store_draft_dir(const struct store_draft *d)
{
	return d->dir;
}

void
store_draft_end(struct store *s, struct store_draft *d)
{
	struct err ignored = ERR_INIT;

	if (d == NULL)
		return;
	/* removed while it is locked: no sweeper interferes */
	if (d->dir >= 0)
		store_remove_tree(s, s->tmp[d->map], d->name, &ignored);
	fd_close_p(&d->dir);
	free(d);
}

void
store_draft_drop(struct store *s, struct store_draft *d)
{
	store_draft_end(s, d);
}
