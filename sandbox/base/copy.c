/*
 * copy.c - copying a tree, see copy.h
 */
#include "sandbox/base/copy.h"
#include "sandbox/base/base.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
	FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	DEPTH_MAX = 200,
	LINK_MAX = 4096,
	NAMES_MAX = 65536,
	VALUE_MAX = 65536,
	NOBODY = 65534,
};

/* One walk. */
struct walk {
	struct copy *c;
	int top;          /* of the target, for hard links */
	struct buf path;  /* below it, of the folder that we are in */
	struct vec links; /* "DEV:INODE=PATH" of files with more names */
};

static int
count(struct copy *c, const struct stat *st)
{
	c->entries++;
	if (S_ISREG(st->st_mode))
		c->bytes += (uint64_t)st->st_blocks * 512;
	if ((c->max_entries > 0 && c->entries > c->max_entries) ||
	    (c->max_bytes > 0 && c->bytes > c->max_bytes)) {
		errno = EFBIG;
		return -1;
	}
	return 0;
}

/* ---- facts ---- */

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

static bool
has_owner(const struct copy *c, const struct stat *st)
{
	return !c->plain || (st->st_uid != NOBODY && st->st_gid != NOBODY);
}

/* Owner before mode: a change of owner takes set-user-id away. */
static int
copy_facts(struct walk *w, int from, int to, const struct stat *st)
{
	struct timespec times[2] = {st->st_atim, st->st_mtim};
	struct stat now;

	copy_attributes(from, to);
	if (fstat(to, &now) < 0)
		return -1;
	if ((now.st_uid != st->st_uid || now.st_gid != st->st_gid) &&
	    has_owner(w->c, st) && fchown(to, st->st_uid, st->st_gid) < 0)
		return -1;
	if (fchmod(to, st->st_mode & 07777) < 0)
		return -1;
	return futimens(to, times);
}

static int
copy_owner(struct walk *w, int to, const char *name, const struct stat *st)
{
	struct stat now;

	if (fstatat(to, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if ((now.st_uid == st->st_uid && now.st_gid == st->st_gid) ||
	    !has_owner(w->c, st))
		return 0;
	return fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW);
}

/* ---- one entry of each kind ---- */

static int
copy_data(int in, int out)
{
	ssize_t n;

	if (ioctl(out, FICLONE, in) == 0)
		return 0;
	while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	return n < 0 ? -1 : 0;
}

/* The first name of the same file in this copy, or NULL; the first time it is noted. */
static const char *
other_name(struct walk *w, const char *name, const struct stat *st)
{
	cleanup_free char *key = xasprintf(
	    "%llu:%llu", (unsigned long long)st->st_dev, (unsigned long long)st->st_ino);
	const char *known = st->st_nlink > 1 ? vec_env_get(&w->links, key) : NULL;

	if (st->st_nlink > 1 && known == NULL)
		vec_addf(&w->links, "%s=%s%s", key, w->path.s, name);
	return known;
}

static int
copy_file(struct walk *w, int from, const char *name, int to, const struct stat *st)
{
	const char *known = other_name(w, name, st);

	if (known != NULL && linkat(w->top, known, to, name, 0) == 0)
		return 0;
	cleanup_fd int in =
	    openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	cleanup_fd int out =
	    openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (in < 0 || out < 0 || copy_data(in, out) < 0)
		return -1;
	return copy_facts(w, in, out, st);
}

static int
copy_link(struct walk *w, int from, const char *name, int to, const struct stat *st)
{
	struct timespec times[2] = {st->st_atim, st->st_mtim};
	char text[LINK_MAX];
	ssize_t n = readlinkat(from, name, text, sizeof text - 1);

	if (n < 0)
		return -1;
	text[n] = '\0';
	if (symlinkat(text, to, name) < 0 || copy_owner(w, to, name, st) < 0)
		return -1;
	return utimensat(to, name, times, AT_SYMLINK_NOFOLLOW);
}

/* A whiteout is what nobody needs a privilege to make. */
static int
copy_node(struct walk *w, const char *name, int to, const struct stat *st)
{
	if (!S_ISFIFO(st->st_mode) && !(S_ISCHR(st->st_mode) && st->st_rdev == 0))
		return 0;
	if (mknodat(to, name, st->st_mode, st->st_rdev) < 0)
		return -1;
	return copy_owner(w, to, name, st);
}

static int copy_folder(
    struct walk *w, int from, int to, const struct stat *st, int depth);

static int
copy_below(
    struct walk *w, int from, const char *name, int to, const struct stat *st, int depth)
{
	cleanup_fd int in = openat(from, name, FOLDER);
	size_t len = w->path.len;
	int rc;

	if (in < 0 || (mkdirat(to, name, 0700) < 0 && errno != EEXIST))
		return -1;
	cleanup_fd int out = openat(to, name, FOLDER);
	if (out < 0)
		return -1;
	buf_addf(&w->path, "%s/", name);
	rc = copy_folder(w, in, out, st, depth);
	buf_cut(&w->path, len);
	return rc;
}

/* ---- what is there already ---- */

static bool
same(const struct stat *a, const struct stat *b)
{
	return (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT) &&
	       a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* 1: the entry is as it should be already; 0: there is room for it; -1. */
static int
make_room(struct walk *w, int to, const char *name, const struct stat *st, int depth)
{
	struct stat now;

	if (w->c->keep && depth == 0)
		return faccessat(to, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (!w->c->update && !w->c->mirror)
		return 0;
	if (fstatat(to, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (S_ISDIR(st->st_mode) && S_ISDIR(now.st_mode))
		return 0;
	if (S_ISREG(st->st_mode) && same(st, &now))
		return 1;
	return fd_remove_tree(to, name);
}

static int
copy_entry(struct walk *w, int from, const char *name, int to, int depth)
{
	struct stat st;
	int there;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1; /* it has just gone */
	if (count(w->c, &st) < 0)
		return -1;
	there = make_room(w, to, name, &st, depth);
	if (there != 0)
		return there < 0 ? -1 : 0;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR: return copy_below(w, from, name, to, &st, depth + 1);
	case S_IFREG: return copy_file(w, from, name, to, &st);
	case S_IFLNK: return copy_link(w, from, name, to, &st);
	default: return copy_node(w, name, to, &st);
	}
}

static DIR *
open_list(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 ? fdopendir(fd) : NULL;
}

/* What `to` has and `from` has not. */
static int
remove_others(int from, int to)
{
	cleanup_dir DIR *d = open_list(to);
	struct dirent *e;

	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL)
		if (path_is_name(e->d_name) &&
		    faccessat(from, e->d_name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno == ENOENT && fd_remove_tree(to, e->d_name) < 0)
			return -1;
	return 0;
}

static int
copy_folder(struct walk *w, int from, int to, const struct stat *st, int depth)
{
	cleanup_dir DIR *d = open_list(from);
	struct dirent *e;

	if (d == NULL)
		return -1;
	if (depth > DEPTH_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (w->c->mirror && remove_others(from, to) < 0)
		return -1;
	while ((e = readdir(d)) != NULL)
		if (path_is_name(e->d_name) &&
		    copy_entry(w, from, e->d_name, to, depth) < 0)
			return -1;
	return depth > 0 || w->c->top ? copy_facts(w, from, to, st) : 0;
}

int
copy_tree(int from, int to, struct copy *c)
{
	struct walk w = {
	    .c = c, .top = to, .path = BUF_INIT(BUF_OURS), .links = VEC_INIT};
	struct stat st;
	int rc;

	buf_adds(&w.path, "");
	rc = fstat(from, &st) < 0 ? -1 : copy_folder(&w, from, to, &st, 0);
	buf_done(&w.path);
	vec_done(&w.links);
	return rc;
}

static int
measure(int from, struct copy *c, int depth)
{
	cleanup_dir DIR *d = open_list(from);
	struct dirent *e;
	struct stat st;

	if (d == NULL || depth > DEPTH_MAX)
		return -1;
	while ((e = readdir(d)) != NULL) {
		if (!path_is_name(e->d_name) ||
		    fstatat(from, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (count(c, &st) < 0)
			return -1;
		if (!S_ISDIR(st.st_mode))
			continue;
		cleanup_fd int below = openat(from, e->d_name, FOLDER);
		if (below >= 0 && measure(below, c, depth + 1) < 0)
			return -1;
	}
	return 0;
}

int
copy_measure(int from, struct copy *c)
{
	return measure(from, c, 0);
}
