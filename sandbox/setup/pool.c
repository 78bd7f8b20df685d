/*
 * pool.c - see pool.h
 */
#include "sandbox/setup/pool.h"
#include "sandbox/base/hash.h"
#include "sandbox/setup/added.h"
#include "sandbox/setup/assets.h"
#include "sandbox/setup/deb.h"
#include "sandbox/setup/dpkg.h"
#include "sandbox/setup/recipe.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX "pool.json"
#define UNFINISHED ".new"

/* Raised when the way in which pools are made changes. */
enum { FORM = 2, MADE_FROM = HASH_HEX + 16 };

const char *const pool_suites[] = {"bullseye", "bookworm"};
const size_t pool_suites_count = ARRAY_LEN(pool_suites);

void
pool_stanza(struct buf *out, const char *control, const struct lock_deb *deb)
{
	size_t len = strlen(control);

	while (len > 0 && control[len - 1] == '\n')
		len--;
	buf_add(out, control, len);
	buf_addf(out, "\nFilename: ./p/%s\nSize: %lld\nSHA256: %s\n\n",
	    path_base(deb->path), (long long)deb->size, deb->sha256);
}

/* Packages is one file for both forms of an archive: flat, and below dists/SUITE.  The
 * date is one for all: the same locks shall give the same bytes. */
void
pool_release(
    struct buf *out, const char *suite, const char *packages, size_t packages_len)
{
	char hex[HASH_HEX + 1];

	hash_data(packages, packages_len, hex);
	buf_addf(out,
	    "Origin: Debian\nLabel: Drydock\nSuite: %s\nCodename: %s\n"
	    "Date: Thu, 01 Jan 2026 00:00:00 UTC\nArchitectures: amd64\n"
	    "Components: main\nSHA256:\n"
	    " %s %zu Packages\n %s %zu main/binary-amd64/Packages\n",
	    suite, suite, hex, packages_len, hex, packages_len);
}

static void
made_from(const char *lock, char out[MADE_FROM])
{
	size_t len;
	const char *text = asset(lock, &len);

	hash_data(text, len, out);
	snprintf(out + HASH_HEX, MADE_FROM - HASH_HEX, ".%d", FORM);
}

bool
pool_is_made(int home, const char *suite)
{
	char wanted[MADE_FROM];
	cleanup_free char *lock = xasprintf("locks/pool-%s", suite);
	cleanup_free char *path = xasprintf("apt/%s/" INDEX, suite);
	cleanup_json json_t *index = json_read_file(home, path, NULL);

	made_from(lock, wanted);
	return index != NULL && str_eq(json_get_str(index, "made-from", ""), wanted);
}

/* One pool on its way. */
struct filling {
	int home, debs, dir, p;
	struct buf packages;
	json_t *versions; /* {"gcc": "4:10.2.1-1", ...} */
};

static int
on_control(void *arg, struct deb_entry *e, struct err *err)
{
	char **control = arg;

	(void)err;
	if (e->type == DEB_FILE && *control == NULL && e->len > 0 &&
	    str_eq(path_base(e->path), "control"))
		*control = xstrndup(e->data, e->len);
	return 0;
}

/* Some file systems have no hard links; the packages then lie there twice. */
static int
copy_deb(const struct filling *f, const struct lock_deb *deb, struct err *err)
{
	cleanup_buf struct buf data = BUF_INIT(BUF_OURS);

	if (fd_read_file(f->debs, deb->sha256, &data, err) < 0)
		return -1;
	return fd_write_file(f->p, path_base(deb->path), data.s, data.len, 0644, err);
}

/* It is read by the map's root, who may be another user: readable by all. */
static int
place_deb(const struct filling *f, const struct lock_deb *deb, struct err *err)
{
	const char *name = path_base(deb->path);

	if (linkat(f->debs, deb->sha256, f->p, name, 0) < 0)
		return copy_deb(f, deb, err);
	return fchmodat(f->p, name, 0644, 0) < 0 ? err_sys(err, "opening %s", name) : 0;
}

/* fd: the package, read from its begin.  Gives its control file. */
static char *
read_control(int fd, const struct lock_deb *deb, struct err *err)
{
	cleanup_free char *control = NULL;

	if (deb_read(fd, "control", &(struct deb_visit){on_control, &control}, err) < 0)
		err_while(err, "reading the package %s", deb->name);
	else if (control == NULL)
		err_set(err, ERR_CORRUPT, "%s has no control file", deb->name);
	return take_ptr(control);
}

static int
add_deb(struct filling *f, const struct lock_deb *deb, struct err *err)
{
	cleanup_fd int fd = dpkg_open(f->debs, deb, err);
	cleanup_free char *control = fd < 0 ? NULL : read_control(fd, deb, err);

	if (control == NULL)
		return -1;
	pool_stanza(&f->packages, control, deb);
	json_object_set_new(f->versions, deb->name, json_string(deb->version));
	return place_deb(f, deb, err);
}

/* The value of a field in a control file; gives. */
static char *
field(const char *control, const char *name)
{
	const char *at = strstr(control, name);

	return at == NULL ? xstrdup("")
			  : xstrndup(at + strlen(name), strcspn(at + strlen(name), "\n"));
}

/* A package that somebody added: what a lock says is read from itself. */
static int
add_one_added(struct filling *f, int folder, char *name, struct err *err)
{
	char sum[HASH_HEX + 1];
	struct stat st;
	struct lock_deb deb = {.name = name, .sha256 = sum, .path = name};
	cleanup_fd int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0 || hash_fd(fd, sum, err) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "reading %s", name);
	if (faccessat(f->p, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0; /* the lock's */
	cleanup_free char *control = read_control(fd, &deb, err);
	if (control == NULL)
		return -1;
	cleanup_free char *package = field(control, "Package: ");
	cleanup_free char *version = field(control, "Version: ");
	deb.size = st.st_size;
	pool_stanza(&f->packages, control, &deb);
	json_object_set_new(f->versions, package, json_string(version));
	if (linkat(folder, name, f->p, name, 0) == 0)
		return 0;
	cleanup_buf struct buf data = BUF_INIT(BUF_OURS);
	return fd_read_file(folder, name, &data, err) < 0
		   ? -1
		   : fd_write_file(f->p, name, data.s, data.len, 0644, err);
}

static int
add_added(struct filling *f, const char *suite, struct err *err)
{
	cleanup_free char *path = xasprintf(ADDED_APT "/%s", suite);
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_fd int folder =
	    openat(f->home, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (folder < 0)
		return 0;
	added_list(f->home, path, ".deb", &names);
	for (size_t i = 0; i < names.len; i++)
		if (add_one_added(f, folder, names.v[i], err) < 0)
			return -1;
	return 0;
}

static int
add_all(struct filling *f, const char *suite, struct err *err)
{
	cleanup_lock struct lock lock = LOCK_INIT;
	cleanup_free char *name = xasprintf("pool-%s", suite);
	cleanup_buf struct buf release = BUF_INIT(BUF_OURS);

	if (recipe_load_lock(name, &lock, err) < 0)
		return -1;
	for (size_t i = 0; i < lock.ndebs; i++)
		if (add_deb(f, &lock.debs[i], err) < 0)
			return -1;
	if (add_added(f, suite, err) < 0)
		return -1;
	pool_release(&release, suite, f->packages.s, f->packages.len);
	if (fd_write_file(f->dir, "Packages", f->packages.s, f->packages.len, 0644, err) <
	    0)
		return -1;
	return fd_write_file(f->dir, "Release", release.s, release.len, 0644, err);
}

static int
fill(int home, int apt, int debs, const char *suite, struct err *err)
{
	char from[MADE_FROM];
	cleanup_free char *lock = xasprintf("locks/pool-%s", suite);
	cleanup_fd int dir = -1, p = -1;
	cleanup_json json_t *index = json_object();
	struct filling f = {.home = home,
	    .debs = debs,
	    .packages = BUF_INIT(BUF_OURS),
	    .versions = json_object()};
	int r;

	made_from(lock, from);
	json_object_set_new(index, "made-from", json_string(from));
	json_object_set_new(index, "packages", f.versions);
	if (fd_mkdirs(apt, UNFINISHED "/p", 0755, err) < 0)
		return -1;
	dir = openat(apt, UNFINISHED, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p = openat(apt, UNFINISHED "/p", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || p < 0 || fchmod(dir, 0755) < 0 || fchmod(p, 0755) < 0)
		return err_sys(err, "opening the folder of packages");
	f.dir = dir;
	f.p = p;
	r = add_all(&f, suite, err);
	buf_done(&f.packages);
	return r < 0 ? -1 : json_write_file(dir, INDEX, index, 0644, err);
}

int
pool_make(int home, int debs, const char *suite, struct err *err)
{
	cleanup_fd int apt = -1;

	if (fd_mkdirs(home, "apt", 0755, err) < 0)
		return -1;
	apt = openat(home, "apt", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (apt < 0 || fchmod(apt, 0755) < 0 || fd_remove_tree(apt, UNFINISHED) < 0)
		return err_sys(err, "opening the folder of packages for apt");
	if (fill(home, apt, debs, suite, err) < 0)
		return -1;
	if (fd_remove_tree(apt, suite) < 0 || renameat(apt, UNFINISHED, apt, suite) < 0)
		return err_sys(err, "replacing the packages for apt");
	return 0;
}
