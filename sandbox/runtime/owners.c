/*
 * owners.c - the record of a file's owner, mode and device
 *
 * On files and folders it is an xattr in the form that sandbox/store/tar.h names.  What
 * cannot carry one (links, pipes, sockets; file systems without user xattrs) stands in a
 * table here; what of that lies in the container's own layer is also appended to the
 * file `owners` beside it, one line each:
 *
 *     INODE BIRTH UID:GID:0MODE:TYPE
 *
 * by the inode in the upper folder and the nanosecond of its birth, so that neither a
 * rename nor a number used again is mistaken.  The last line of an inode holds.
 *
 * "-:-:-:TYPE" is the record of a device whose owner and mode are the file's own.  Its
 * line in `owners` is there for whoever starts something in the same container later.
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OWN "-:-:-:"

enum { SIDE_MAX = 1 << 20, FILE_MAX = 64 << 20 };

struct key {
	uint64_t dev, ino; /* dev 0: the upper folder's */
	int64_t birth;
};

struct side {
	struct key key;
	struct owner_text {
		char text[96];
	} record;
	bool used;
};

/* A layer that has a side table, or one above such. */
struct lower {
	const char *name;
	json_t *side; /* {path: text}, or NULL */
};

struct owners {
	int dir, upper, file, lowers_at; /* file: -1 until there is something to note */
	struct lower *lowers;
	size_t nlowers, nsides;
	dev_t root_dev;
	struct side *table; /* open addressing; cap is a power of two */
	size_t len, cap;
};

/* ---- text ---------------------------------------------------------------------------
 */

static const struct {
	const char *name;
	mode_t type;
} types[] = {{"file", S_IFREG}, {"dir", S_IFDIR}, {"symlink", S_IFLNK}, {"pipe", S_IFIFO},
    {"socket", S_IFSOCK}};

static void
print(const struct attr *a, char text[96])
{
	mode_t type = a->st.st_mode & S_IFMT;
	int n = snprintf(text, 96, "%u:%u:0%o:", a->st.st_uid, a->st.st_gid,
	    (unsigned)a->st.st_mode & 07777);

	if (type == S_IFCHR || type == S_IFBLK)
		snprintf(text + n, (size_t)(96 - n), "%s-%u-%u",
		    type == S_IFCHR ? "char" : "block", major(a->st.st_rdev),
		    minor(a->st.st_rdev));
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].type == type)
			snprintf(text + n, (size_t)(96 - n), "%s", types[i].name);
}

/* The recorded type counts only for a device that an empty file stands for. */
static void
apply_type(const char *type, struct attr *a)
{
	unsigned hi, lo;
	char kind[8];

	if (a->type != S_IFREG || a->st.st_size != 0 ||
	    sscanf(type, "%7[a-z]-%u-%u", kind, &hi, &lo) != 3)
		return;
	a->recorded = true;
	a->st.st_mode =
	    (str_eq(kind, "char") ? S_IFCHR : S_IFBLK) | (a->st.st_mode & 07777);
	a->st.st_rdev = makedev(hi, lo);
}

static void
apply(const char *text, struct attr *a)
{
	const char *own = str_after(text, OWN);
	unsigned uid, gid, mode;
	int n = 0;

	if (own != NULL) {
		apply_type(own, a);
		return;
	}
	if (sscanf(text, "%u:%u:%o:%n", &uid, &gid, &mode, &n) != 3 || n == 0)
		return;
	a->recorded = true;
	a->st.st_uid = uid;
	a->st.st_gid = gid;
	a->st.st_mode = (a->st.st_mode & S_IFMT) | (mode & 07777);
	apply_type(text + n, a);
}

/* ---- the table ------------------------------------------------------------------------
 */

static struct side *
find(const struct owners *o, const struct key *k)
{
	size_t i = (size_t)((k->ino ^ k->dev << 7) * 0x9e3779b97f4a7c15ULL >> 20);

	for (;; i++) {
		struct side *s = &o->table[i & (o->cap - 1)];

		if (!s->used || (s->key.ino == k->ino && s->key.dev == k->dev &&
				    s->key.birth == k->birth))
			return s;
	}
}

static void
grow(struct owners *o)
{
	struct side *old = o->table;
	size_t cap = o->cap;

	o->cap = cap ? cap * 2 : 64;
	o->table = xcalloc(o->cap, sizeof *o->table);
	for (size_t i = 0; i < cap; i++)
		if (old[i].used)
			*find(o, &old[i].key) = old[i];
	free(old);
}

static int
put(struct owners *o, const struct key *k, const char *text)
{
	struct side *s;

	if (o->len == SIDE_MAX)
		return -ENOSPC;
	if ((o->len + 1) * 2 > o->cap)
		grow(o);
	s = find(o, k);
	o->len += !s->used;
	s->used = true;
	s->key = *k;
	snprintf(s->record.text, sizeof s->record.text, "%s", text);
	return 0;
}

static void
load(struct owners *o)
{
	cleanup_buf struct buf b = BUF_INIT(FILE_MAX);
	char *save = NULL;

	if (fd_slurp(o->file, "owners", &b, NULL) < 0)
		return;
	for (char *l = strtok_r(b.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		struct key k = {0};
		int n = 0;

		if (sscanf(l, "%" SCNu64 " %" SCNd64 " %n", &k.ino, &k.birth, &n) == 2 &&
		    n > 0)
			put(o, &k, l + n);
	}
}

static void
load_lowers(struct owners *o, const char *const *names, size_t n)
{
	o->lowers = xcalloc(n + 1, sizeof *o->lowers);
	o->nlowers = n;
	for (size_t i = 0; i < n; i++) {
		cleanup_free char *file = xasprintf("%s.side", names[i]);
		struct err ignored = ERR_INIT;

		o->lowers[i].name = names[i];
		if (faccessat(o->lowers_at, file, F_OK, 0) == 0)
			o->lowers[i].side = json_read_file(o->lowers_at, file, &ignored);
		o->nsides += o->lowers[i].side != NULL;
	}
}

struct owners *
owners_open(
    int dir, dev_t root_dev, int lowers_at, const char *const *lowers, size_t nlowers)
{
	struct owners *o = xcalloc(1, sizeof *o);

	o->root_dev = root_dev;
	o->lowers_at = lowers_at;
	load_lowers(o, lowers, nlowers);
	o->upper = openat(dir, "u", O_PATH | O_DIRECTORY | O_CLOEXEC);
	o->dir = dir;
	o->file = openat(dir, "owners", O_RDWR | O_APPEND | O_CLOEXEC);
	grow(o);
	if (o->file >= 0)
		load(o);
	return o;
}

static int
key_at(int at, const char *path, int flags, bool upper, struct key *ret)
{
	struct statx x;

	if (statx(at, path, flags, STATX_INO | STATX_BTIME, &x) < 0)
		return -1;
	ret->dev = upper ? 0 : makedev(x.stx_dev_major, x.stx_dev_minor);
	ret->ino = x.stx_ino;
	ret->birth = x.stx_mask & STATX_BTIME
			 ? x.stx_btime.tv_sec * NS_PER_S + x.stx_btime.tv_nsec
			 : 0;
	return 0;
}

/* Through the overlay an inode may get another number later: ask the upper folder. */
static int
key_of(const struct owners *o, int fd, const struct stat *st, struct key *ret)
{
	char self[24], path[PATH_MAX];
	ssize_t n = -1;

	own_path(fd, self);
	if (st->st_dev == o->root_dev)
		n = readlink(self, path, sizeof path - 1);
	if (n > 1 && path[0] == '/') {
		path[n] = '\0';
		if (key_at(o->upper, path + 1, AT_SYMLINK_NOFOLLOW, true, ret) == 0)
			return 0;
	}
	return key_at(fd, "", AT_EMPTY_PATH, false, ret);
}

/* The topmost layer that has the path decides; NULL: no record, or it is not a layer's.
 */
static const char *
lower_record(const struct owners *o, int fd, const struct stat *st)
{
	char self[24], path[PATH_MAX];
	ssize_t n = -1;
	struct stat there;

	own_path(fd, self);
	if (o->nsides > 0 && st->st_dev == o->root_dev)
		n = readlink(self, path, sizeof path - 1);
	if (n <= 1 || path[0] != '/')
		return NULL;
	path[n] = '\0';
	if (fstatat(o->upper, path + 1, &there, AT_SYMLINK_NOFOLLOW) == 0)
		return NULL;
	for (size_t i = 0; i < o->nlowers; i++) {
		const struct lower *l = &o->lowers[i];
		cleanup_free char *full = xasprintf("%s%s", l->name, path);

		if (fstatat(o->lowers_at, full, &there, AT_SYMLINK_NOFOLLOW) == 0) {
			cleanup_free char *key = json_key(path + 1);

			return l->side ? json_get_str(l->side, key, NULL) : NULL;
		}
	}
	return NULL;
}

/* Borrowed until the next write. */
static const char *
side_record(const struct owners *o, int fd, const struct stat *st)
{
	struct key k;

	if (o->len > 0 && key_of(o, fd, st, &k) == 0) {
		const struct side *s = find(o, &k);

		if (s->used)
			return s->record.text;
	}
	return lower_record(o, fd, st);
}

/* ---- reading
 * ---------------------------------------------------------------------------
 */

static bool
can_carry(mode_t mode)
{
	return S_ISREG(mode) || S_ISDIR(mode);
}

bool
owners_none(const struct owners *o, const char *path, bool nofollow)
{
	struct stat st;
	char byte;
	ssize_t n = nofollow ? lgetxattr(path, OWNERS_XATTR, &byte, 0)
			     : getxattr(path, OWNERS_XATTR, &byte, 0);

	if (n >= 0)
		return false;
	if (errno != ENODATA && errno != ENOTSUP && errno != EPERM)
		return true; /* not there, or not to be reached: the kernel says so */
	if (o->len == 0 && o->nsides == 0)
		return true;
	return fstatat(AT_FDCWD, path, &st, nofollow ? AT_SYMLINK_NOFOLLOW : 0) < 0 ||
	       (can_carry(st.st_mode) && errno == ENODATA);
}

bool
owners_moving(const struct owners *o)
{
	return o->nsides > 0;
}

int
owners_read(struct owners *o, int fd, struct attr *ret)
{
	char self[24], text[128];
	ssize_t n = -1;

	*ret = (struct attr){0};
	if (fstat(fd, &ret->st) < 0)
		return -errno;
	ret->type = ret->st.st_mode & S_IFMT;
	own_path(fd, self);
	if (can_carry(ret->st.st_mode))
		n = getxattr(self, OWNERS_XATTR, text, sizeof text - 1);
	if (n > 0) {
		text[n] = '\0';
		apply(text, ret);
	} else {
		const char *noted = side_record(o, fd, &ret->st);

		if (noted != NULL)
			apply(noted, ret);
	}
	return 0;
}

/* ---- writing
 * ---------------------------------------------------------------------------
 */

/* A line of the file `owners`. */
static int
append(struct owners *o, const struct key *k, const char *text)
{
	char line[192];
	int n = snprintf(
	    line, sizeof line, "%" PRIu64 " %" PRId64 " %s\n", k->ino, k->birth, text);

	if (o->file < 0)
		o->file = openat(
		    o->dir, "owners", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return o->file >= 0 && write(o->file, line, (size_t)n) == n ? 0 : -EIO;
}

static int
write_side(struct owners *o, int fd, const struct attr *a, const char *text)
{
	struct key k;
	int rc;

	if (key_of(o, fd, &a->st, &k) < 0)
		return -errno;
	rc = put(o, &k, text);
	return rc < 0 || k.dev != 0 ? rc : append(o, &k, text);
}

int
owners_write(struct owners *o, int fd, const struct attr *a)
{
	char self[24], text[96];
	bool root =
	    a->st.st_uid == 0 && a->st.st_gid == 0 && (a->st.st_mode & S_IFMT) == a->type;

	own_path(fd, self);
	print(a, text);
	if (!can_carry(a->type))
		return root && !a->recorded ? 0 : write_side(o, fd, a, text);
	if (root)
		return removexattr(self, OWNERS_XATTR) < 0 && errno != ENODATA &&
			       errno != ENOTSUP
			   ? -errno
			   : 0;
	if (setxattr(self, OWNERS_XATTR, text, strlen(text), 0) == 0)
		return 0;
	return errno == ENOTSUP || errno == EPERM ? write_side(o, fd, a, text) : -errno;
}

int
owners_write_device(struct owners *o, int fd, mode_t type, dev_t dev)
{
	char self[24], text[96];
	struct attr a = {0};
	struct key k;

	snprintf(text, sizeof text, OWN "%s-%u-%u", type == S_IFCHR ? "char" : "block",
	    major(dev), minor(dev));
	own_path(fd, self);
	if (fstat(fd, &a.st) < 0)
		return -errno;
	if (setxattr(self, OWNERS_XATTR, text, strlen(text), 0) < 0)
		return errno == ENOTSUP || errno == EPERM ? write_side(o, fd, &a, text)
							  : -errno;
	return key_of(o, fd, &a.st, &k) == 0 && k.dev == 0 ? append(o, &k, text) : 0;
}
