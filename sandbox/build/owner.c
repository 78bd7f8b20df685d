/*
 * owner.c - whose a file is, and its mode
 *
 * Names are looked up in the image's own passwd(5) and group(5), never by the host's
 * name services.  Where the id map has only one id, ownership cannot be changed: it is
 * recorded in an xattr that the store's tar reads (sandbox/store/tar.h).
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OWNER_XATTR "user.containers.override_stat"

enum { FILE_MAX = 1 << 20, ID_MAX = 0x7fffffff };

/* The line of /etc/passwd or /etc/group whose field 0 is `name` or, with by_id, whose
 * field 2 is.  Its fields 2 and 3 as numbers. */
static bool
find_line(int root, const char *path, const char *name, bool by_id, unsigned ids[2])
{
	cleanup_buf struct buf text = BUF_INIT(FILE_MAX);
	cleanup_fd int fd = fd_open_in(root, path, O_RDONLY | O_NONBLOCK, 0);

	if (fd < 0 || fd_slurp(fd, path, &text, NULL) < 0)
		return false;
	for (char *rest = text.s, *line; (line = strsep(&rest, "\n")) != NULL;) {
		char *field[4] = {NULL};
		for (size_t i = 0; i < 4 && line != NULL; i++)
			field[i] = strsep(&line, ":");
		if (field[3] == NULL || !str_eq(field[by_id ? 2 : 0], name))
			continue;
		ids[0] = (unsigned)strtoul(field[2], NULL, 10);
		ids[1] = (unsigned)strtoul(field[3], NULL, 10);
		return true;
	}
	return false;
}

struct build_owner
build_owner_find(int root, const char *text, bool same_group)
{
	cleanup_free char *copy = xstrdup(text);
	char *group = copy, *user = strsep(&group, ":");
	struct build_owner o = {0, 0};
	unsigned ids[2];
	uint64_t n;

	if (str_to_u64(user, ID_MAX, &n)) {
		o.uid = (uid_t)n;
		if (same_group)
			o.gid = (gid_t)n;
		else if (find_line(root, "/etc/passwd", user, true, ids))
			o.gid = ids[1];
	} else if (find_line(root, "/etc/passwd", user, false, ids)) {
		o = (struct build_owner){ids[0], ids[1]};
	}
	if (group == NULL || *group == '\0')
		return o;
	if (str_to_u64(group, ID_MAX, &n))
		o.gid = (gid_t)n;
	else
		o.gid = find_line(root, "/etc/group", group, false, ids) ? ids[0] : 0;
	return o;
}

static int
record_owner(int fd, const struct stat *st, struct build_owner owner, mode_t mode)
{
	cleanup_free char *path = xasprintf("/proc/self/fd/%d", fd);
	const char *type = S_ISDIR(st->st_mode) ? "dir" : "file";
	cleanup_free char *text =
	    xasprintf("%u:%u:0%o:%s", owner.uid, owner.gid, mode & 07777, type);

	if (owner.uid == 0 && owner.gid == 0) {
		removexattr(path, OWNER_XATTR);
		return 0;
	}
	/* all else cannot carry it: see build_owner_note() */
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)
		   ? setxattr(path, OWNER_XATTR, text, strlen(text), 0)
		   : 0;
}

int
build_owner_set(int fd, struct build_owner owner, mode_t mode, bool one_id)
{
	cleanup_free char *path = xasprintf("/proc/self/fd/%d", fd);
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (one_id ? record_owner(fd, &st, owner, mode) < 0
		   : fchownat(fd, "", owner.uid, owner.gid, AT_EMPTY_PATH) < 0)
		return -1;
	/* after chown, which takes setuid bits away */
	return S_ISLNK(st.st_mode) ? 0 : chmod(path, mode & 07777);
}

int
build_owner_device(int fd, struct build_owner owner, mode_t mode, dev_t dev, bool one_id)
{
	const char *kind = S_ISCHR(mode) ? "char" : "block";
	cleanup_free char *own =
	    one_id ? xasprintf("%u:%u:0%o:", owner.uid, owner.gid, mode & 07777)
		   : xstrdup("-:-:-:");
	cleanup_free char *text =
	    xasprintf("%s%s-%u-%u", own, kind, major(dev), minor(dev));

	return fsetxattr(fd, OWNER_XATTR, text, strlen(text), 0);
}

int
build_owner_note(int draft, int fd, struct build_owner owner, mode_t mode)
{
	struct statx x;
	const char *type = S_ISLNK(mode) ? "symlink" : S_ISFIFO(mode) ? "pipe" : "socket";
	cleanup_fd int file =
	    openat(draft, "owners", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (file < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &x) < 0)
		return -1;
	int64_t birth = x.stx_mask & STATX_BTIME
			    ? x.stx_btime.tv_sec * NS_PER_S + x.stx_btime.tv_nsec
			    : 0;
	cleanup_free char *line = xasprintf("%" PRIu64 " %" PRId64 " %u:%u:0%o:%s\n",
	    (uint64_t)x.stx_ino, birth, owner.uid, owner.gid, mode & 07777, type);
	return fd_write_all(file, line, strlen(line));
}

/* The recorded type counts for a device that an empty file stands for. */
static void
take_type(const char *type, struct stat *st)
{
	unsigned hi, lo;
	char kind[8];

	if (!S_ISREG(st->st_mode) || st->st_size != 0 ||
	    sscanf(type, "%7[a-z]-%u-%u", kind, &hi, &lo) != 3)
		return;
	st->st_mode = (str_eq(kind, "char") ? S_IFCHR : S_IFBLK) | (st->st_mode & 07777);
	st->st_rdev = makedev(hi, lo);
}

/* "UID:GID:0MODE:TYPE", or "-:-:-:TYPE". */
static void
take_record(const char *text, struct stat *st)
{
	unsigned uid, gid, mode;
	int type = 0;

	if (str_starts(text, "-:-:-:")) {
		take_type(text + strlen("-:-:-:"), st);
		return;
	}
	if (sscanf(text, "%u:%u:%o:%n", &uid, &gid, &mode, &type) != 3)
		return;
	st->st_uid = uid;
	st->st_gid = gid;
	st->st_mode = (st->st_mode & S_IFMT) | (mode & 07777);
	take_type(text + type, st);
}

void
build_owner_read(int root, const char *path, struct stat *st)
{
	cleanup_fd int fd = fd_open_in_nofollow(root, path, O_PATH, 0);
	cleanup_free char *self = xasprintf("/proc/self/fd/%d", fd);
	char text[128];
	ssize_t n = fd < 0 || S_ISLNK(st->st_mode)
			? -1
			: getxattr(self, OWNER_XATTR, text, sizeof text - 1);

	if (n <= 0)
		return;
	text[n] = '\0';
	take_record(text, st);
}

/* ---- side tables of layers ----------------------------------------------------------
 */

void
build_sides_open(struct build_sides *s, int layers, const struct vec *chains)
{
	*s = (struct build_sides){
	    layers, chains, xcalloc(chains->len + 1, sizeof(json_t *))};
	for (size_t i = 0; i < chains->len; i++) {
		cleanup_free char *name = xasprintf("%s.side", chains->v[i]);
		struct err ignored = ERR_INIT;

		if (faccessat(layers, name, F_OK, 0) == 0)
			s->tables[i] = json_read_file(layers, name, &ignored);
	}
}

void
build_sides_done(struct build_sides *s)
{
	for (size_t i = 0; s->tables != NULL && i < s->chains->len; i++)
		json_decref(s->tables[i]);
	free(take_ptr(s->tables));
}

/* The topmost layer that has the path decides. */
void
build_sides_read(const struct build_sides *s, const char *path, struct stat *st)
{
	cleanup_free char *key = json_key(path);
	struct stat there;

	for (size_t i = 0; i < s->chains->len; i++) {
		cleanup_free char *full = xasprintf("%s/%s", s->chains->v[i], path);

		if (fstatat(s->layers, full, &there, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (s->tables[i] != NULL)
			take_record(json_get_str(s->tables[i], key, ""), st);
		return;
	}
}
