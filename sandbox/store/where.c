/*
 * where.c - names from an archive to places below the layer's folder
 */
#include "sandbox/store/entry.h"
#include "sandbox/store/limits.h"
#include "sandbox/store/white.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
entry_path(const char *name, char *out, struct err *err)
{
	size_t len = 0;

	while (*name != '\0') {
		size_t n = strcspn(name, "/");

		if (n == 2 && memcmp(name, "..", 2) == 0)
			return err_set(err, ERR_CORRUPT, "a name in it climbs out: '..'");
		if (n > 0 && !(n == 1 && *name == '.')) {
			if (len + n + 1 > LIMIT_PATH)
				return err_set(
				    err, ERR_LIMIT, "a name in it is too long");
			if (len > 0)
				out[len++] = '/';
			memcpy(out + len, name, n);
			len += n;
		}
		name += n;
		name += *name == '/';
	}
	out[len] = '\0';
	return 0;
}

void
entry_forget_parent(struct unpack *u)
{
	fd_close_p(&u->parent);
	free(take_ptr(u->parent_path));
}

int
entry_add_time(struct unpack *u, const char *path, struct timespec mtime, struct err *err)
{
	u->times_bytes += strlen(path) + sizeof *u->times;
	if (u->times_bytes > LIMIT_TIMES)
		return err_set(err, ERR_LIMIT, "too many folders in it");
	if (u->ntimes == u->times_cap) {
		u->times_cap = u->times_cap * 2 + 64;
		u->times = xrealloc(u->times, u->times_cap * sizeof *u->times);
	}
	u->times[u->ntimes++] = (struct entry_time){xstrdup(path), mtime};
	return 0;
}

/* A folder that the archive does not mention.  One in place of a whiteout shows nothing
 * of what is below. */
static int
make_missing(
    struct unpack *u, int at, const char *name, const char *path, struct err *err)
{
	cleanup_fd int fd = -1;
	bool white = false;
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		white = white_is(&st);
		if (!white)
			return 0;
		if (unlinkat(at, name, 0) < 0)
			return err_sys(err, "cannot replace a whiteout");
	}
	if (mkdirat(at, name, 0755) < 0)
		return err_sys(err, "cannot create folder '%s'", path);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchown(fd, 0, 0) < 0 || (white && white_set_opaque(fd) < 0))
		return err_sys(err, "cannot create folder '%s'", path);
	return entry_add_time(u, path, (struct timespec){0}, err);
}

static int
make_parents(struct unpack *u, const char *dir, struct err *err)
{
	cleanup_free char *path = xstrdup(dir);
	char *end = path;

	for (bool more = true; more;) {
		cleanup_free char *above = NULL;
		cleanup_fd int at = -1;

		end += strcspn(end, "/");
		more = *end != '\0';
		*end = '\0';
		above = path_dir(path);
		at = fd_open_in(u->root, above, O_RDONLY | O_DIRECTORY, 0);
		if (at < 0)
			return err_sys(err, "cannot open folder '%s'", above);
		if (make_missing(u, at, path_base(path), path, err) < 0)
			return -1;
		if (more)
			*end++ = '/';
	}
	return 0;
}

static int
open_parent(struct unpack *u, const char *dir, struct err *err)
{
	int fd = fd_open_in(u->root, dir, O_RDONLY | O_DIRECTORY, 0);

	if (fd >= 0)
		return fd;
	if (make_parents(u, dir, err) < 0)
		return -1;
	fd = fd_open_in(u->root, dir, O_RDONLY | O_DIRECTORY, 0);
	return fd < 0 ? err_sys(err, "cannot open folder '%s'", dir) : fd;
}

int
entry_parent(struct unpack *u, const char *path, const char **name, struct err *err)
{
	cleanup_free char *dir = path_dir(path);

	*name = path_base(path);
	if (u->parent_path != NULL && str_eq(u->parent_path, dir))
		return u->parent;
	entry_forget_parent(u);
	u->parent = open_parent(u, dir, err);
	if (u->parent >= 0)
		u->parent_path = take_ptr(dir);
	return u->parent;
}
