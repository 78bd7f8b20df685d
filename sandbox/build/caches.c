/*
 * caches.c - the folders of RUN --mount=type=cache
 *
 *     store/mounts/MAP/KEY/       the cache's content, the map's root's
 *     store/mounts/MAP/KEY.lock   flock: shared by its users, alone with sharing=locked
 *
 * KEY says id, the first owner and mode, and what it was seeded from.  sharing=private
 * takes the first of KEY, KEY-1, KEY-2, ... that nobody uses.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PRIVATE_MAX = 64 };

static void
cache_key(const struct builder *b, const struct build_mount *m, char key[HASH_HEX + 1])
{
	const struct vec *from = build_mount_chains(b, m);
	cleanup_free char *text = xasprintf("%s\n%o %u:%u\n%s\n%s", m->id, m->mode,
	    m->uid, m->gid, from != NULL && from->len > 0 ? from->v[0] : "", m->source);

	hash_data(text, strlen(text), key);
}

/* Only named, not opened: it may be closed to us. */
static int
open_folder(int at, const char *name, mode_t mode, uid_t owner, struct err *err)
{
	bool made = mkdirat(at, name, mode) == 0;
	cleanup_fd int fd =
	    openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "opening a cache mount");
	if (made && (fchmodat(at, name, mode, 0) < 0 ||
			(geteuid() == 0 && owner != 0 &&
			    fchownat(fd, "", owner, owner, AT_EMPTY_PATH) < 0)))
		return err_sys(err, "making a cache mount");
	return take_fd(&fd);
}

/* Waits in small steps, so that a signal can end it. */
static int
wait_lock(struct builder *b, int fd, int how)
{
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

	while (flock(fd, how | LOCK_NB) < 0) {
		if (errno != EINTR && (errno != EWOULDBLOCK || (how & LOCK_NB) != 0))
			return -1;
		if (build_is_canceled(b)) {
			errno = EINTR;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int
lock_cache(struct builder *b, int at, const char *name, enum build_sharing sharing,
    struct err *err)
{
	cleanup_free char *file = xasprintf("%s.lock", name);
	cleanup_fd int fd = openat(at, file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int how = sharing == BUILD_SHARED    ? LOCK_SH
		  : sharing == BUILD_PRIVATE ? LOCK_EX | LOCK_NB
					     : LOCK_EX;

	if (fd < 0)
		return err_sys(err, "opening a cache mount's lock");
	if (wait_lock(b, fd, how) < 0)
		return errno == EINTR ? err_set(err, ERR_INTERRUPTED, "context canceled")
				      : err_sys(err, "locking a cache mount");
	return take_fd(&fd);
}

/* 1 it was there, 0 made now. */
static int
open_locked(struct builder *b, int at, const char *name, enum build_sharing sharing,
    uid_t owner, int *ret_fd, int *ret_lock, struct err *err)
{
	cleanup_fd int lock = lock_cache(b, at, name, sharing, err);

	if (lock < 0)
		return -1;
	bool there = faccessat(at, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	*ret_fd = open_folder(at, name, 0755, owner, err);
	if (*ret_fd < 0)
		return -1;
	*ret_lock = take_fd(&lock);
	return there;
}

int
build_cache_open(struct builder *b, const struct build_mount *m, int *ret_lock,
    bool *ret_fresh, struct err *err)
{
	enum idmap map = store_idmap(b->store);
	uid_t root = idmap_root_uid(map);
	char key[HASH_HEX + 1];
	int fd = -1, rc = -1;

	cleanup_fd int all =
	    open_folder(store_home_dir(b->store), "store/mounts", 0711, 0, err);
	cleanup_fd int at =
	    all < 0 ? -1 : open_folder(all, idmap_name(map), 0711, 0, err);
	if (at < 0)
		return -1;
	cache_key(b, m, key);
	for (int i = 0; i < PRIVATE_MAX && rc < 0; i++) {
		cleanup_free char *name =
		    i == 0 ? xstrdup(key) : xasprintf("%s-%d", key, i);
		rc = open_locked(b, at, name, m->sharing, root, &fd, ret_lock, err);
		if (rc < 0 &&
		    !(m->sharing == BUILD_PRIVATE && err_is_sys(err, EWOULDBLOCK)))
			return -1;
	}
	*ret_fresh = rc == 0;
	return fd;
}
