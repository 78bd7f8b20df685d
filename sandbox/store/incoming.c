/*
 * incoming.c - blobs that arrive in pieces  [crypto]
 *
 * Bytes from a network are collected in store/incoming/HEX, named by the digest that they
 * must have, and become a blob when they have it.  What a broken transfer leaves is gone
 * on with; what has the wrong digest is thrown away.  No name of a blob ever shows bytes
 * that were not hashed by us.
 */
#include "sandbox/base/hash.h"
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
incoming_path(const char *hex)
{
	return xasprintf("incoming/%s", hex);
}

/* Is fd still the file of that name?  (Who waited for the lock may hold an old one.) */
static bool
still_named(int dir, const char *path, int fd)
{
	struct stat by_name, by_fd;

	return fstat(fd, &by_fd) == 0 &&
	       fstatat(dir, path, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
	       by_name.st_ino == by_fd.st_ino && by_name.st_dev == by_fd.st_dev;
}

int
store_incoming_open(struct store *s, const char *hex, struct err *err)
{
	cleanup_free char *path = incoming_path(hex);

	if (!store_is_hex(hex))
		return err_set(err, ERR_INPUT, "'%s' is no digest", hex);
	if (store_make_dir(s->dir, "incoming", 0700, err) < 0)
		return -1;
	for (;;) {
		cleanup_fd int fd =
		    openat(s->dir, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0)
			return err_sys(err, "cannot create 'store/%s'", path);
		if (flock(fd, LOCK_EX) < 0)
			return err_sys(err, "cannot lock 'store/%s'", path);
		if (still_named(s->dir, path, fd))
			return take_fd(&fd);
		if (store_has_blob(s, hex)) /* the other one was faster */
			return store_incoming_temp(s, err);
	}
}

int
store_incoming_temp(struct store *s, struct err *err)
{
	int fd = openat(s->dir, "tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(err, "cannot make a file in 'store/tmp'") : fd;
}

/* The bytes are on the disk before the name is. */
static int
publish(struct store *s, int fd, const char *path, const char *hex, struct err *err)
{
	cleanup_free char *target = xasprintf("blobs/%s", hex);
	char self[32];
	int rc;

	if (fdatasync(fd) < 0)
		return err_sys(err, "cannot keep the blob %.12s", hex);
	if (path != NULL && still_named(s->dir, path, fd)) {
		rc = renameat(s->dir, path, s->dir, target);
	} else {
		snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
		rc = linkat(AT_FDCWD, self, s->dir, target, AT_SYMLINK_FOLLOW);
		if (rc < 0 && errno == EEXIST)
			rc = 0;
	}
	return rc < 0 ? err_sys(err, "cannot keep the blob %.12s", hex) : 0;
}

int
store_incoming_keep(struct store *s, const char *hex, int fd, struct err *err)
{
	cleanup_free char *path = hex != NULL ? incoming_path(hex) : NULL;
	char real[HASH_HEX + 1];

	if (store_has_blob(s, hex)) {
		unlinkat(s->dir, path, 0);
		return 0;
	}
	if (lseek(fd, 0, SEEK_SET) < 0 || hash_fd(fd, real, err) < 0)
		return err_sys(err, "cannot read the blob %.12s", hex);
	if (!str_eq(real, hex)) {
		unlinkat(s->dir, path, 0);
		return err_set(err, ERR_CORRUPT,
		    "filesystem layer verification failed for digest sha256:%s", hex);
	}
	return publish(s, fd, path, hex, err);
}

int
store_blob_adopt(
    struct store *s, int fd, const char *expect, char hex[65], struct err *err)
{
	if (lseek(fd, 0, SEEK_SET) < 0 || hash_fd(fd, hex, err) < 0)
		return err_sys(err, "cannot read what is to be a blob");
	if (store_has_blob(s, hex) || (expect != NULL && !str_eq(expect, hex)))
		return 0;
	return publish(s, fd, NULL, hex, err);
}
