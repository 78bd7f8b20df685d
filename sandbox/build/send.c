/*
 * send.c - the files of a COPY as a tar stream, from whoever may read them
 *
 * Runs in a child of its own: the user's side for a context, inside the holder for
 * another stage.  The receiver (apply.c) has no right to the sender's files and needs
 * none.
 */
#include "sandbox/build/private.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PIECE = 128 * 1024, XATTR_LIST = 16 * 1024, XATTR_VALUE = 64 * 1024 };

struct sender {
	struct archive *a;
	const struct build_tree *tree;
	int root, out;
	bool as_root, for_others, changed;
};

/* A socket, not a pipe: a receiver that has failed must not kill us by SIGPIPE. */
static la_ssize_t
write_piece(struct archive *a, void *user, const void *data, size_t len)
{
	const struct sender *s = user;
	ssize_t n;

	(void)a;
	do
		n = send(s->out, data, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
archive_err(struct archive *a, struct err *err)
{
	const char *text = archive_error_string(a);
	return err_set(err, ERR_SYS, "copying files: %s", text ? text : "unknown error");
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Which xattrs travel: BuildKit copies all it may; ours are those an image can hold. */
static bool
xattr_travels(const char *name)
{
	if (str_starts(name, "user."))
		return !str_starts(name, "user.overlay.") &&
		       !str_starts(name, "user.containers.override_");
	return str_eq(name, "security.capability");
}

static void
add_xattrs(struct archive_entry *ae, int fd)
{
	char names[XATTR_LIST];
	ssize_t len = flistxattr(fd, names, sizeof names);

	for (ssize_t i = 0; i < len; i += (ssize_t)strlen(names + i) + 1) {
		cleanup_free char *value = xmalloc(XATTR_VALUE);
		if (!xattr_travels(names + i))
			continue;
		ssize_t n = fgetxattr(fd, names + i, value, XATTR_VALUE);
		if (n >= 0)
			archive_entry_xattr_add_entry(ae, names + i, value, (size_t)n);
	}
}

/* Writes exactly `size` bytes: a file that shrinks meanwhile is filled up with zeros. */
static int
send_content(struct sender *s, int fd, int64_t size, struct err *err)
{
	cleanup_free char *piece = xmalloc(PIECE);

	while (size > 0) {
		size_t want = size < PIECE ? (size_t)size : PIECE;
		ssize_t n = read(fd, piece, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->changed = true;
			memset(piece, 0, want);
			n = (ssize_t)want;
		}
		if (archive_write_data(s->a, piece, (size_t)n) != n)
			return archive_err(s->a, err);
		size -= n;
	}
	return 0;
}

static int
send_file(struct sender *s, const struct build_entry *e, struct archive_entry *ae,
    struct err *err)
{
	struct stat st;

	if (e->data != NULL) {
		archive_entry_set_size(ae, e->st.st_size);
		if (archive_write_header(s->a, ae) != ARCHIVE_OK)
			return archive_err(s->a, err);
		size_t len = (size_t)e->st.st_size;
		return archive_write_data(s->a, e->data, len) == (la_ssize_t)len
			   ? 0
			   : archive_err(s->a, err);
	}
	cleanup_fd int fd =
	    fd_open_in_nofollow(s->root, e->path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "error from sender: open %s", e->path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_SYS,
		    "error from sender: %s was replaced during the build", e->path);
	if (!is_same(&st, &e->st))
		s->changed = true;
	add_xattrs(ae, fd);
	archive_entry_set_size(ae, st.st_size);
	if (archive_write_header(s->a, ae) != ARCHIVE_OK)
		return archive_err(s->a, err);
	return send_content(s, fd, st.st_size, err);
}

/* The first entry that is the same inode, when there are several names. */
static const struct build_entry *
first_name(const struct sender *s, const struct build_entry *e)
{
	if (e->data != NULL || !S_ISREG(e->st.st_mode) || e->st.st_nlink < 2)
		return NULL;
	for (const struct build_entry *o = s->tree->v; o < e; o++)
		if (o->data == NULL && o->st.st_ino == e->st.st_ino &&
		    o->st.st_dev == e->st.st_dev &&
		    (s->for_others || (o->name[0] == 'd' && e->name[0] == 'd')))
			return o;
	return NULL;
}

static int
send_entry(struct sender *s, const struct build_entry *e, struct err *err)
{
	const struct build_entry *first = first_name(s, e);
	struct archive_entry *ae = archive_entry_new2(s->a);
	int rc = 0;

	archive_entry_set_pathname(ae, e->name);
	archive_entry_set_mode(ae, e->st.st_mode);
	archive_entry_set_mtime(ae, e->st.st_mtim.tv_sec, e->st.st_mtim.tv_nsec);
	archive_entry_set_uid(ae, s->as_root ? 0 : (int64_t)e->st.st_uid);
	archive_entry_set_gid(ae, s->as_root ? 0 : (int64_t)e->st.st_gid);
	if (e->data != NULL && !e->fetched)
		archive_entry_unset_mtime(ae);
	if (first != NULL) {
		archive_entry_set_hardlink(ae, first->name);
	} else if (S_ISLNK(e->st.st_mode)) {
		archive_entry_set_symlink(ae, e->link);
	} else if (S_ISCHR(e->st.st_mode) || S_ISBLK(e->st.st_mode)) {
		archive_entry_set_rdev(ae, e->st.st_rdev);
	}
	if (S_ISREG(e->st.st_mode) && first == NULL)
		rc = send_file(s, e, ae, err);
	else if (archive_write_header(s->a, ae) != ARCHIVE_OK)
		rc = archive_err(s->a, err);
	archive_entry_free(ae);
	return rc;
}

int
build_send(const struct build_tree *t, int root, bool as_root, bool for_others, int out,
    bool *ret_changed, struct err *err)
{
	struct sender s = {.a = archive_write_new(),
	    .tree = t,
	    .root = root,
	    .out = out,
	    .as_root = as_root,
	    .for_others = for_others};
	int rc = 0;

	/* not "restricted": that form drops parts of a second */
	if (for_others) {
		archive_write_set_format_gnutar(s.a);
	} else {
		archive_write_set_format_pax(s.a);
		archive_write_set_options(s.a, "hdrcharset=BINARY");
	}
	archive_write_set_bytes_per_block(s.a, 64 * 1024);
	archive_write_set_bytes_in_last_block(s.a, 1);
	if (archive_write_open(s.a, &s, NULL, write_piece, NULL) != ARCHIVE_OK)
		rc = archive_err(s.a, err);
	for (size_t i = 0; rc == 0 && i < t->len; i++)
		rc = send_entry(&s, &t->v[i], err);
	if (rc == 0 && archive_write_close(s.a) != ARCHIVE_OK)
		rc = archive_err(s.a, err);
	archive_write_free(s.a);
	*ret_changed = s.changed;
	return rc;
}

struct archive *
build_new_reader(void)
{
	struct archive *a = archive_read_new();

	setlocale(LC_CTYPE, "C.UTF-8"); /* else libarchive gives up on such names */
	archive_read_support_format_tar(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	return a;
}

bool
build_is_tar(int fd)
{
	struct archive *a = build_new_reader();
	struct archive_entry *ae;
	bool yes = false;

	if (lseek(fd, 0, SEEK_SET) == 0 &&
	    archive_read_open_fd(a, fd, 64 * 1024) == ARCHIVE_OK) {
		int got = archive_read_next_header(a, &ae);
		yes = got == ARCHIVE_OK || got == ARCHIVE_WARN;
	}
	archive_read_free(a);
	return yes;
}
