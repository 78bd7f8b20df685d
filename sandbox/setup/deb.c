/*
 * deb.c - reading packages and wheels; see deb.h
 */
#include "sandbox/setup/deb.h"
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { PIECE = 65536, ENTRIES_MAX = 100000, FILE_BYTES_MAX = 64 << 20 };

static void
archive_free_p(struct archive **a)
{
	archive_read_free(*a);
}
#define cleanup_archive __attribute__((cleanup(archive_free_p)))

static int
archive_err(struct archive *a, struct err *err)
{
	const char *text = archive_error_string(a);

	return err_set(err, ERR_CORRUPT, "%s", text != NULL ? text : "damaged archive");
}

static bool
has_dotdot(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")) != NULL; p += 2)
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			return true;
	return false;
}

char *
deb_path(const char *name, bool merged_usr)
{
	static const char *const merged[] = {"/bin", "/sbin", "/lib", "/lib64"};
	cleanup_free char *path = path_clean_root(name);

	if (has_dotdot(name))
		return NULL;
	for (size_t i = 0; merged_usr && i < ARRAY_LEN(merged); i++)
		if (path_is_inside(path, merged[i]))
			return xasprintf("/usr%s", path);
	return take_ptr(path);
}

/* All of the current entry's bytes into e->data.  Reading once more at the end is what
 * makes libarchive compare a zip member's checksum. */
static int
read_data(struct archive *a, int64_t size, struct deb_entry *e, struct err *err)
{
	char more;
	ssize_t n = 1;

	if (size < 0 || size > FILE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "%s is too big", e->path);
	e->len = (size_t)size;
	e->data = size > 0 ? xmalloc(e->len) : NULL;
	for (size_t at = 0; at < e->len && n > 0; at += n > 0 ? (size_t)n : 0)
		n = archive_read_data(a, e->data + at, e->len - at);
	if (n == 0)
		return err_set(err, ERR_CORRUPT, "%s is cut short", e->path);
	if (n > 0)
		n = archive_read_data(a, &more, 1);
	return n < 0 ? archive_err(a, err) : 0;
}

static const char *
entry_name(struct archive_entry *ae)
{
	const char *name = archive_entry_pathname(ae);

	return name != NULL ? name : archive_entry_pathname_utf8(ae);
}

static int
entry_type(struct archive_entry *ae, enum deb_type *type)
{
	if (archive_entry_hardlink(ae) != NULL)
		*type = DEB_HARD;
	else if (archive_entry_filetype(ae) == AE_IFREG)
		*type = DEB_FILE;
	else if (archive_entry_filetype(ae) == AE_IFDIR)
		*type = DEB_DIR;
	else if (archive_entry_filetype(ae) == AE_IFLNK)
		*type = DEB_LINK;
	else
		return -1;
	return 0;
}

static int
one_entry(struct archive *a, struct archive_entry *ae, const struct deb_visit *v,
    struct err *err)
{
	const char *name = entry_name(ae);
	cleanup_free char *path = name != NULL ? deb_path(name, false) : NULL;
	cleanup_free char *target = NULL, *data = NULL;
	struct deb_entry e = {.path = path,
	    .mode = archive_entry_perm(ae),
	    .uid = (uid_t)archive_entry_uid(ae),
	    .gid = (gid_t)archive_entry_gid(ae),
	    .mtime = archive_entry_mtime(ae)};
	int r = 0;

	if (path == NULL || entry_type(ae, &e.type) < 0)
		return err_set(err, ERR_CORRUPT, "unexpected entry %.200s",
		    name != NULL ? name : "without a name");
	if (e.type == DEB_HARD)
		e.target = target = deb_path(archive_entry_hardlink(ae), false);
	else if (e.type == DEB_LINK)
		e.target = archive_entry_symlink(ae);
	else if (e.type == DEB_FILE)
		r = read_data(a, archive_entry_size(ae), &e, err);
	if (r == 0 && (e.type == DEB_HARD || e.type == DEB_LINK) && e.target == NULL)
		r = err_set(err, ERR_CORRUPT, "%s is a link to nowhere", path);
	if (r == 0)
		r = v->fn(v->arg, &e, err);
	data = e.data;
	return r;
}

static int
each_entry(struct archive *a, const struct deb_visit *v, struct err *err)
{
	struct archive_entry *ae;
	int r;

	for (size_t n = 0; (r = archive_read_next_header(a, &ae)) != ARCHIVE_EOF; n++) {
		if (r < ARCHIVE_WARN)
			return archive_err(a, err);
		if (n >= ENTRIES_MAX)
			return err_set(err, ERR_LIMIT, "too many entries");
		if (one_entry(a, ae, v, err) < 0)
			return -1;
	}
	return 0;
}

/* The member of the .deb that the inner archive reads from. */
struct member {
	struct archive *outer;
	char piece[PIECE];
};

static la_ssize_t
read_member(struct archive *a, void *arg, const void **data)
{
	struct member *m = arg;
	ssize_t n = archive_read_data(m->outer, m->piece, sizeof m->piece);

	if (n < 0)
		archive_set_error(
		    a, archive_errno(m->outer), "%s", archive_error_string(m->outer));
	*data = m->piece;
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int
read_inner(struct archive *outer, const struct deb_visit *v, struct err *err)
{
	cleanup_archive struct archive *inner = archive_read_new();
	cleanup_free struct member *m = xcalloc(1, sizeof *m);

	m->outer = outer;
	archive_read_support_format_tar(inner);
	archive_read_support_filter_gzip(inner);
	archive_read_support_filter_xz(inner);
	archive_read_support_filter_zstd(inner);
	if (archive_read_open(inner, m, NULL, read_member, NULL) < ARCHIVE_WARN)
		return archive_err(inner, err);
	return each_entry(inner, v, err);
}

int
deb_read(int fd, const char *member, const struct deb_visit *v, struct err *err)
{
	cleanup_archive struct archive *outer = archive_read_new();
	struct archive_entry *ae;
	int r;

	archive_read_support_format_ar(outer);
	if (archive_read_open_fd(outer, fd, PIECE) < ARCHIVE_WARN)
		return archive_err(outer, err);
	while ((r = archive_read_next_header(outer, &ae)) != ARCHIVE_EOF) {
		const char *rest;

		if (r < ARCHIVE_WARN)
			return archive_err(outer, err);
		rest = str_after(archive_entry_pathname(ae), member);
		if (rest != NULL && str_starts(rest, ".tar"))
			return read_inner(outer, v, err);
	}
	return err_set(err, ERR_CORRUPT, "the package has no %s.tar", member);
}

int
zip_read(const void *zip, size_t len, const struct deb_visit *v, struct err *err)
{
	cleanup_archive struct archive *a = archive_read_new();

	archive_read_support_format_zip_seekable(a);
	if (archive_read_open_memory(a, zip, len) < ARCHIVE_WARN)
		return archive_err(a, err);
	return each_entry(a, v, err);
}
