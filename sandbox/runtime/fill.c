/*
 * fill.c - an empty volume begins with what the image has at its place
 *
 * Done by init, as the container's root, with the new root already there: owners, modes,
 * times and what the supervisor has recorded in attributes come along.  Links are not
 * followed; devices and sockets stay behind.
 */
#include "sandbox/runtime/plan.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { DEPTH_MAX = 200, LINK_MAX = 4096, NAMES_MAX = 65536, VALUE_MAX = 65536 };

static void
copy_attributes(int from, int to)
{
	cleanup_free char *names = xmalloc(NAMES_MAX), *value = xmalloc(VALUE_MAX);
	ssize_t len = flistxattr(from, names, NAMES_MAX);

	for (ssize_t i = 0; i < len; i += (ssize_t)strlen(names + i) + 1) {
		ssize_t n = str_starts(names + i, "user.")
				? fgetxattr(from, names + i, value, VALUE_MAX)
				: -1;

		if (n >= 0)
			(void)fsetxattr(to, names + i, value, (size_t)n, 0);
	}
}

/* Owner before mode: a change of owner takes set-user-id away. */
static int
copy_facts(int from, int to, const struct stat *st)
{
	struct timespec times[2] = {st->st_atim, st->st_mtim};

	copy_attributes(from, to);
	if (fchown(to, st->st_uid, st->st_gid) < 0 || fchmod(to, st->st_mode & 07777) < 0)
		return -1;
	return futimens(to, times);
}

static int
copy_file(int from, const char *name, int to, const struct stat *st)
{
	cleanup_fd int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_fd int out =
	    openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n = -1;

	if (in < 0 || out < 0)
		return -1;
	while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	return n < 0 ? -1 : copy_facts(in, out, st);
}

static int
copy_link(int from, const char *name, int to, const struct stat *st)
{
	char text[LINK_MAX];
	ssize_t n = readlinkat(from, name, text, sizeof text - 1);

	if (n < 0)
		return -1;
	text[n] = '\0';
	if (symlinkat(text, to, name) < 0)
		return -1;
	return fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW);
}

static int copy_folder(int from, int to, const struct stat *st, int depth);

static int
copy_below(int from, const char *name, int to, const struct stat *st, int depth)
{
	cleanup_fd int in =
	    openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (in < 0 || mkdirat(to, name, 0700) < 0)
		return -1;
	cleanup_fd int out =
	    openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return out < 0 ? -1 : copy_folder(in, out, st, depth);
}

static int
copy_entry(int from, const char *name, int to, int depth)
{
	struct stat st;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR: return copy_below(from, name, to, &st, depth + 1);
	case S_IFREG: return copy_file(from, name, to, &st);
	case S_IFLNK: return copy_link(from, name, to, &st);
	case S_IFIFO: return mkfifoat(to, name, st.st_mode & 07777);
	default: return 0;
	}
}

static int
copy_folder(int from, int to, const struct stat *st, int depth)
{
	int fd = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (d == NULL || depth > DEPTH_MAX)
		return -1;
	while ((e = readdir(d)) != NULL)
		if (path_is_name(e->d_name) && copy_entry(from, e->d_name, to, depth) < 0)
			return -1;
	return copy_facts(from, to, st);
}

static bool
is_empty(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (path_is_name(e->d_name))
			return false;
	return d != NULL;
}

int
root_fill(struct plan *p, const struct runtime_mount *m, struct err *err)
{
	cleanup_fd int from = fd_open_in(p->root, m->target, O_RDONLY | O_DIRECTORY, 0);
	cleanup_fd int to = openat(m->source, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (to < 0)
		return err_sys(err, "cannot open the volume for '%s'", m->target);
	if (from < 0 || !is_empty(to))
		return 0;
	if (fstat(from, &st) < 0 || copy_folder(from, to, &st, 0) < 0)
		return err_sys(err, "cannot copy '%s' to its volume", m->target);
	return 0;
}
