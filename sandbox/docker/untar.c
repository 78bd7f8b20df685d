/*
 * untar.c - an archive from outside, put into a folder of ours
 *
 * Entry by entry: folders, files, links.  Every path goes through fd_open_in, so a
 * link inside the archive cannot lead out of the folder.
 */
#include "sandbox/docker/untar.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 65536, ENTRIES_MAX = 500000 };
#define BYTES_MAX (64LL << 30)

struct source {
	int fd;
	const char *head;
	size_t len;
	char block[BLOCK];
};

static void
archive_free_p(struct archive **a)
{
	if (*a != NULL)
		archive_read_free(*a);
}

static la_ssize_t
read_block(struct archive *a, void *arg, const void **ret)
{
	struct source *s = arg;
	ssize_t n;

	if (s->len > 0) {
		*ret = s->head;
		n = (ssize_t)s->len;
		s->len = 0;
		return n;
	}
	do
		n = read(s->fd, s->block, sizeof s->block);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		archive_set_error(a, errno, "%s", strerror(errno));
	*ret = s->block;
	return n;
}

bool
untar_looks_like(const char *head, size_t len)
{
	static const struct {
		size_t at, len;
		const char *magic;
	} kinds[] = {{257, 5, "ustar"}, {0, 2, "\x1f\x8b"}, {0, 3, "BZh"},
	    {0, 6,
		"\xfd"
		"7zXZ"},
	    {0, 4, "\x28\xb5\x2f\xfd"}};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (len >= kinds[i].at + kinds[i].len &&
		    memcmp(head + kinds[i].at, kinds[i].magic, kinds[i].len) == 0)
			return true;
	return false;
}

/* Makes the folders above path, each inside root. */
static int
make_parents(int root, const char *path)
{
	cleanup_free char *copy = xstrdup(path);

	for (char *slash = copy; (slash = strchr(slash + 1, '/')) != NULL;) {
		cleanup_fd int parent = -1;
		cleanup_free char *above = NULL;

		*slash = '\0';
		above = path_dir(copy);
		parent = fd_open_in(root, above, O_RDONLY | O_DIRECTORY, 0);
		if (parent < 0 ||
		    (mkdirat(parent, path_base(copy), 0755) < 0 && errno != EEXIST))
			return -1;
		*slash = '/';
	}
	return 0;
}

static int
copy_data(struct archive *a, int fd, long long *left, struct err *err)
{
	const void *data;
	size_t size;
	la_int64_t at;
	int rc;

	while ((rc = archive_read_data_block(a, &data, &size, &at)) == ARCHIVE_OK) {
		const char *p = data;

		*left -= (long long)size;
		if (*left < 0)
			return err_set(err, ERR_LIMIT, "the archive is too big");
		while (size > 0) {
			ssize_t n = pwrite(fd, p, size, at);

			if (n < 0 && errno != EINTR)
				return err_sys(
				    err, "cannot write what is in the archive");
			n = n < 0 ? 0 : n;
			p += n;
			at += n;
			size -= (size_t)n;
		}
	}
	if (rc != ARCHIVE_EOF)
		return err_set(err, ERR_CORRUPT, "%s", archive_error_string(a));
	return 0;
}

/* The rights and times that a build's cache keys and layers look at. */
static void
set_meta(int fd, const struct archive_entry *e)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
	    {archive_entry_mtime((struct archive_entry *)e),
		archive_entry_mtime_nsec((struct archive_entry *)e)}};

	fchmod(fd, (archive_entry_perm((struct archive_entry *)e) & 0777) | 0400);
	futimens(fd, times);
}

static int
put_file(struct archive *a, struct archive_entry *e, int parent, const char *name,
    long long *left, struct err *err)
{
	cleanup_fd int fd = -1;

	unlinkat(parent, name, 0);
	fd = openat(
	    parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", name);
	if (archive_entry_size_is_set(e))
		(void)ftruncate(
		    fd, archive_entry_size(e) <= *left ? archive_entry_size(e) : 0);
	if (copy_data(a, fd, left, err) < 0)
		return -1;
	set_meta(fd, e);
	return 0;
}

static int
put_hardlink(int root, int parent, const char *name, const char *target, struct err *err)
{
	cleanup_free char *clean = path_clean_root(target), *above = path_dir(clean);
	cleanup_fd int from = fd_open_in(root, above, O_RDONLY | O_DIRECTORY, 0);

	unlinkat(parent, name, 0);
	if (from < 0 || linkat(from, path_base(clean), parent, name, 0) < 0)
		return err_sys(err, "cannot link '%s'", name);
	return 0;
}

static int
put_folder(int parent, const char *name, const struct archive_entry *e, struct err *err)
{
	cleanup_fd int fd = -1;

	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "cannot create folder '%s'", name);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		fchmod(fd, (archive_entry_perm((struct archive_entry *)e) & 0777) | 0700);
	return 0;
}

static int
put_entry(struct archive *a, struct archive_entry *e, int root, long long *left,
    struct err *err)
{
	const char *path = archive_entry_pathname(e), *name;
	cleanup_free char *clean = NULL, *above = NULL;
	cleanup_fd int parent = -1;

	if (path == NULL)
		return err_set(err, ERR_CORRUPT, "an entry of the archive has no name");
	clean = path_clean_root(path);
	if (str_eq(clean, "/"))
		return 0;
	above = path_dir(clean);
	name = path_base(clean);
	if (make_parents(root, clean) < 0 ||
	    (parent = fd_open_in(root, above, O_RDONLY | O_DIRECTORY, 0)) < 0)
		return err_sys(err, "cannot make the folder of '%s'", path);
	if (archive_entry_hardlink(e) != NULL)
		return put_hardlink(root, parent, name, archive_entry_hardlink(e), err);
	switch (archive_entry_filetype(e)) {
	case AE_IFDIR: return put_folder(parent, name, e, err);
	case AE_IFREG: return put_file(a, e, parent, name, left, err);
	case AE_IFLNK:
		unlinkat(parent, name, 0);
		if (symlinkat(archive_entry_symlink(e), parent, name) < 0)
			return err_sys(err, "cannot make the link '%s'", path);
		return 0;
	default: return 0; /* devices and the like have no place in a context */
	}
}

static int
put_all(struct archive *a, int root, struct err *err)
{
	long long left = BYTES_MAX;
	struct archive_entry *e;
	int rc;

	for (long count = 0; (rc = archive_read_next_header(a, &e)) == ARCHIVE_OK;
	     count++) {
		if (count == ENTRIES_MAX)
			return err_set(
			    err, ERR_LIMIT, "the archive has too many entries");
		if (put_entry(a, e, root, &left, err) < 0)
			return -1;
	}
	if (rc != ARCHIVE_EOF)
		return err_set(err, ERR_CORRUPT, "%s", archive_error_string(a));
	return 0;
}

void
untar_folder_done(struct untar_folder *f)
{
	fd_close_p(&f->fd);
	if (f->name[0] != '\0')
		fd_remove_tree(store_home_dir(f->store), f->name);
	f->name[0] = '\0';
}

static int
make_folder(struct store *store, struct untar_folder *ret, struct err *err)
{
	char tail[17];
	int home = store_home_dir(store);

	str_random_hex(tail, 16);
	ret->store = store;
	if (fd_mkdirs(home, "store/tmp", 0711, err) < 0)
		return -1;
	snprintf(ret->name, sizeof ret->name, "store/tmp/archive-%s", tail);
	if (mkdirat(home, ret->name, 0700) < 0)
		return err_sys(err, "cannot make a folder in '%s'", store_home(store));
	ret->fd = openat(home, ret->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* locked: the store sweeps away what nobody holds */
	if (ret->fd < 0 || flock(ret->fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(err, "cannot open '%s'", ret->name);
	return 0;
}

int
untar_folder(struct store *store, int fd, const char *head, size_t len,
    struct untar_folder *ret, struct err *err)
{
	__attribute__((cleanup(archive_free_p))) struct archive *a = archive_read_new();
	struct source s = {.fd = fd, .head = head, .len = len};

	if (a == NULL)
		return err_set(err, ERR_LIMIT, "out of memory");
	archive_read_support_format_tar(a);
	archive_read_support_filter_all(a);
	if (archive_read_open(a, &s, NULL, read_block, NULL) != ARCHIVE_OK)
		return err_set(err, ERR_CORRUPT, "%s", archive_error_string(a));
	if (make_folder(store, ret, err) < 0)
		return -1;
	return put_all(a, ret->fd, err);
}
