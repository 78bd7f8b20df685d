/*
 * tar_walk.c - a folder to entries in the order of tar.h  [crypto]
 *
 * Runs inside the id map, over a tree that nobody changes any more.
 */
#include "sandbox/store/links.h"
#include "sandbox/store/owner.h"
#include "sandbox/store/tar.h"
#include "sandbox/store/white.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { XATTRS_MAX = 4 << 20, LIST_MAX = 65536 };

struct state {
	struct tar_walk *w;
	struct buf path; /* of the entry at hand, without '/' at the end */
	struct links *links;
};

static int walk_folder(struct state *s, int fd, struct err *err);

/* ---- attributes ------------------------------------------------------------------- */

static int
add_xattr(int fd, const char *name, struct buf *ret, struct err *err)
{
	cleanup_free char *value = xmalloc(XATTR_SIZE_MAX);
	cleanup_free char *key = xasprintf("SCHILY.xattr.%s", name);
	ssize_t n = fgetxattr(fd, name, value, XATTR_SIZE_MAX);

	if (n < 0)
		return err_sys(err, "cannot read the attribute '%s'", name);
	tar_pax_record(ret, key, value, (size_t)n);
	return 0;
}

static int
read_xattrs(int fd, struct buf *ret, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;
	char list[LIST_MAX];
	ssize_t n = flistxattr(fd, list, sizeof list);

	if (n < 0)
		return errno == ENOTSUP ? 0 : err_sys(err, "cannot list attributes");
	for (ssize_t i = 0; i < n; i += (ssize_t)strlen(list + i) + 1)
		if (owner_keeps_xattr(list + i))
			vec_add(&names, list + i);
	vec_sort(&names);
	for (size_t i = 0; i < names.len; i++)
		if (add_xattr(fd, names.v[i], ret, err) < 0)
			return -1;
	return 0;
}

/* ---- times --------------------------------------------------------------------------
 */

/* The disk gets the clamped time as well: the layer's tar can be asked for again. */
static int64_t
clamped(struct state *s, int at, const char *name, const struct stat *st)
{
	struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = s->w->epoch}};

	if (s->w->epoch < 0 || st->st_mtim.tv_sec < s->w->epoch ||
	    (st->st_mtim.tv_sec == s->w->epoch && st->st_mtim.tv_nsec == 0))
		return st->st_mtim.tv_sec;
	utimensat(at, name, t, AT_SYMLINK_NOFOLLOW);
	return s->w->epoch;
}

/* ---- one entry ------------------------------------------------------------------------
 */

/* Gives the record, for who asks more of it. */
static struct owner
describe(struct state *s, int at, const char *name, int fd, const struct stat *st,
    struct tar_entry *e)
{
	struct owner o = {
	    .uid = st->st_uid, .gid = st->st_gid, .mode = st->st_mode & 07777};

	if (fd >= 0)
		owner_read(fd, &o);
	else
		owner_find(s->w->side, s->path.s, &o);
	if (s->w->has_root_id && o.uid == s->w->root_id)
		o.uid = o.gid = 0;
	e->path = s->path.s;
	e->uid = o.uid;
	e->gid = o.gid;
	e->mode = o.mode;
	e->mtime = clamped(s, at, name, st);
	return o;
}

static int
put_content(struct state *s, int fd, int64_t size, struct err *err)
{
	char block[65536];
	int64_t left = size;

	while (left > 0) {
		size_t want = left < (int64_t)sizeof block ? (size_t)left : sizeof block;
		ssize_t n = read(fd, block, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot read '%s'", s->path.s);
		if (n == 0)
			return err_set(
			    err, ERR_CORRUPT, "'%s' became shorter", s->path.s);
		if (tar_put(s->w->out, block, (size_t)n, err) < 0)
			return -1;
		left -= n;
	}
	return tar_put_padding(s->w->out, size, err);
}

/* The entry of a device that an empty file stands for. */
static void
put_device(struct state *s, const struct owner *o, struct tar_entry *e)
{
	e->xattrs = NULL;
	if (s->w->devices != NULL && o->own)
		owner_record(s->w->devices, s->path.s, o);
}

static int
put_file(
    struct state *s, int at, const char *name, const struct stat *st, struct err *err)
{
	cleanup_buf struct buf xattrs = BUF_INIT(XATTRS_MAX);
	struct tar_entry e = {.type = '0', .size = st->st_size, .xattrs = &xattrs};
	cleanup_fd int fd =
	    openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", s->path.s);
	if (read_xattrs(fd, &xattrs, err) < 0)
		return -1;
	struct owner o = describe(s, at, name, fd, st, &e);
	if (st->st_size == 0 && owner_stands_for(&o, &e.type, &e.major, &e.minor))
		put_device(s, &o, &e);
	s->w->size += st->st_size;
	return tar_put_entry(s->w->out, &e, err) < 0
		   ? -1
		   : put_content(s, fd, st->st_size, err);
}

static int
put_link(struct state *s, int at, const char *name, const struct stat *st,
    const char *first, struct err *err)
{
	struct tar_entry e = {.type = '1', .link = first};
	cleanup_fd int fd =
	    S_ISREG(st->st_mode)
		? openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
		: -1;

	describe(s, at, name, fd, st, &e);
	return tar_put_entry(s->w->out, &e, err);
}

static int
put_symlink(
    struct state *s, int at, const char *name, const struct stat *st, struct err *err)
{
	char target[PATH_MAX];
	struct tar_entry e = {.type = '2', .link = target};
	ssize_t n = readlinkat(at, name, target, sizeof target - 1);

	if (n < 0)
		return err_sys(err, "cannot read the link '%s'", s->path.s);
	target[n] = '\0';
	describe(s, at, name, -1, st, &e);
	return tar_put_entry(s->w->out, &e, err);
}

static int
put_special(
    struct state *s, int at, const char *name, const struct stat *st, struct err *err)
{
	struct tar_entry e = {.type = S_ISFIFO(st->st_mode)  ? '6'
				      : S_ISCHR(st->st_mode) ? '3'
							     : '4'};

	if (e.type != '6') {
		e.major = major(st->st_rdev);
		e.minor = minor(st->st_rdev);
	}
	describe(s, at, name, -1, st, &e);
	return tar_put_entry(s->w->out, &e, err);
}

/* ---- whiteouts ------------------------------------------------------------------------
 */

static int
put_white(struct state *s, const char *name, struct err *err)
{
	size_t before = s->path.len - strlen(name);
	cleanup_free char *path = xasprintf("%.*s.wh.%s", (int)before, s->path.s, name);
	struct tar_entry e = {.path = path, .type = '0'};

	return tar_put_entry(s->w->out, &e, err);
}

static int
put_opaque(struct state *s, int fd, struct err *err)
{
	cleanup_free char *path =
	    xasprintf("%s%s.wh..wh..opq", s->path.s, s->path.len > 0 ? "/" : "");
	struct tar_entry e = {.path = path, .type = '0'};

	if (!white_is_opaque(fd))
		return 0;
	/* overlay marks every new folder, whether or not it hides something */
	if (s->w->lowers != NULL && s->path.len > 0 &&
	    white_below(s->w->layers, s->w->lowers, s->path.s) != WHITE_FOLDER) {
		fremovexattr(fd, WHITE_OPAQUE);
		return 0;
	}
	return tar_put_entry(s->w->out, &e, err);
}

/* ---- the walk
 * ----------------------------------------------------------------------------- */

static int
put_folder(
    struct state *s, int at, const char *name, const struct stat *st, struct err *err)
{
	cleanup_buf struct buf xattrs = BUF_INIT(XATTRS_MAX);
	struct tar_entry e = {.type = '5', .xattrs = &xattrs};
	cleanup_free char *path = xasprintf("%s/", s->path.s);
	cleanup_fd int fd =
	    openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", s->path.s);
	if (read_xattrs(fd, &xattrs, err) < 0)
		return -1;
	describe(s, at, name, fd, st, &e);
	e.path = path;
	if (tar_put_entry(s->w->out, &e, err) < 0 || walk_folder(s, fd, err) < 0)
		return -1;
	return 0;
}

static int
put_node(struct state *s, int at, const char *name, struct err *err)
{
	const char *first;
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, "cannot look at '%s'", s->path.s);
	if (white_is(&st)) /* may share its inode with others: no hard link */
		return put_white(s, name, err);
	if (S_ISDIR(st.st_mode))
		return put_folder(s, at, name, &st, err);
	if (S_ISSOCK(st.st_mode))
		return 0;
	first = st.st_nlink > 1 ? links_add(s->links, &st, s->path.s) : NULL;
	if (first != NULL)
		return put_link(s, at, name, &st, first, err);
	if (S_ISREG(st.st_mode))
		return put_file(s, at, name, &st, err);
	if (S_ISLNK(st.st_mode))
		return put_symlink(s, at, name, &st, err);
	return put_special(s, at, name, &st, err);
}

static int
list(struct state *s, int fd, struct vec *names, struct err *err)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	if (d == NULL)
		return err_sys(err, "cannot read the folder '%s'", s->path.s);
	for (errno = 0; (e = readdir(d)) != NULL; errno = 0)
		if (path_is_name(e->d_name))
			vec_add(names, e->d_name);
	if (errno != 0)
		return err_sys(err, "cannot read the folder '%s'", s->path.s);
	vec_sort(names);
	return 0;
}

/* Removes whiteouts of what no lower has; the folder keeps its time. */
static int
drop_stale(struct state *s, int fd, const struct stat *folder, struct vec *names,
    struct err *err)
{
	struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, folder->st_mtim};
	bool dropped = false;

	for (size_t i = names->len; i > 0; i--) {
		const char *name = names->v[i - 1];
		cleanup_free char *path =
		    xasprintf("%s%s%s", s->path.s, s->path.len > 0 ? "/" : "", name);
		struct stat st;

		if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !white_is(&st) ||
		    white_below(s->w->layers, s->w->lowers, path) != WHITE_NOTHING)
			continue;
		if (unlinkat(fd, name, 0) < 0)
			return err_sys(err, "cannot drop a whiteout '%s'", path);
		vec_remove(names, i - 1);
		dropped = true;
	}
	if (dropped && futimens(fd, t) < 0)
		return err_sys(err, "cannot set a time");
	return 0;
}

static int
walk_folder(struct state *s, int fd, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;
	size_t len = s->path.len;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, "cannot look at '%s'", s->path.s);
	if (list(s, fd, &names, err) < 0)
		return -1;
	if (s->w->lowers != NULL && drop_stale(s, fd, &st, &names, err) < 0)
		return -1;
	if (put_opaque(s, fd, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		if (len > 0)
			buf_addc(&s->path, '/');
		buf_adds(&s->path, names.v[i]);
		if (s->path.failed)
			return err_set(
			    err, ERR_LIMIT, "a path is too long: '%.200s...'", s->path.s);
		if (put_node(s, fd, names.v[i], err) < 0)
			return -1;
		buf_cut(&s->path, len);
	}
	return 0;
}

int
tar_walk(struct tar_walk *w, struct err *err)
{
	struct state s = {.w = w, .path = BUF_INIT(PATH_MAX), .links = links_new()};
	int rc = walk_folder(&s, w->root, err);

	buf_done(&s.path);
	links_free(s.links);
	return rc;
}

int
tar_walk_one(struct tar_walk *w, const char *name, const char *as, struct err *err)
{
	struct state s = {.w = w, .path = BUF_INIT(PATH_MAX), .links = links_new()};
	int rc;

	buf_adds(&s.path, as);
	rc = put_node(&s, w->root, name, err);
	buf_done(&s.path);
	links_free(s.links);
	return rc;
}
