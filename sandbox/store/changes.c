/*
 * changes.c - what a container has changed of its image, for `docker diff`
 *
 * The upper folder is held against the layers below it, folder by folder, inside the id
 * map.  As Docker compares: a folder is changed when its owner or mode is another or
 * something in it is; anything else also by size and time.
 */
#include "sandbox/store/owner.h"
#include "sandbox/store/private.h"
#include "sandbox/store/white.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHANGES_MAX = 64 << 20, FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct looking {
	struct runtime_spec spec;
	int out; /* a file: "A /path" and a NUL, for each */
};

struct walk {
	struct buf path, lines; /* path: of the folder at hand, without '/' at the end */
};

static int compare(struct walk *w, int upper, int lower, struct err *err);

static void
say(struct walk *w, char kind, const char *name)
{
	buf_addf(&w->lines, "%c %s/%s", kind, w->path.s, name);
	buf_addc(&w->lines, '\0');
}

static int
list(int fd, struct vec *names, struct err *err)
{
	bool first = names->len == 0;
	int copy = openat(fd, ".", FOLDER);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	if (d == NULL)
		return err_sys(err, "cannot read a folder");
	while ((e = readdir(d)) != NULL)
		if (path_is_name(e->d_name) && (first || !vec_has(names, e->d_name)))
			vec_add(names, e->d_name);
	vec_sort(names);
	return 0;
}

/* Owner and mode, the recorded ones first. */
static struct owner
owner_at(int at, const char *name, const struct stat *st)
{
	struct owner o = {
	    .uid = st->st_uid, .gid = st->st_gid, .mode = st->st_mode & 07777};
	cleanup_fd int fd = S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)
				? openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
				: -1;

	if (fd >= 0)
		owner_read(fd, &o);
	return o;
}

static bool
differs(
    int upper, int lower, const char *name, const struct stat *a, const struct stat *b)
{
	struct owner x = owner_at(upper, name, a), y = owner_at(lower, name, b);

	if (((a->st_mode ^ b->st_mode) & S_IFMT) != 0 || x.uid != y.uid ||
	    x.gid != y.gid || x.mode != y.mode || a->st_rdev != b->st_rdev)
		return true;
	return !S_ISDIR(a->st_mode) &&
	       (a->st_size != b->st_size || a->st_mtim.tv_sec != b->st_mtim.tv_sec ||
		   a->st_mtim.tv_nsec != b->st_mtim.tv_nsec);
}

/* lower is -1 where nothing of the image counts. */
static int
compare_folder(struct walk *w, int upper, int lower, const char *name, struct err *err)
{
	cleanup_fd int up = openat(upper, name, FOLDER);
	cleanup_fd int low = lower >= 0 ? openat(lower, name, FOLDER) : -1;
	size_t len = w->path.len;
	int rc;

	if (up < 0)
		return err_sys(err, "cannot open '%s/%s'", w->path.s, name);
	buf_addf(&w->path, "/%s", name);
	if (w->path.failed)
		return err_set(err, ERR_LIMIT, "a path is too long");
	rc = compare(w, up, low, err);
	buf_cut(&w->path, len);
	return rc;
}

static int
compare_node(struct walk *w, int upper, int lower, const char *name, struct err *err)
{
	size_t before = w->lines.len;
	struct stat a, b;
	bool below = lower >= 0 && fstatat(lower, name, &b, AT_SYMLINK_NOFOLLOW) == 0;

	if (fstatat(upper, name, &a, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, "cannot look at '%s/%s'", w->path.s, name);
	if (white_is(&a)) {
		if (below)
			say(w, 'D', name);
		return 0;
	}
	if (!below || differs(upper, lower, name, &a, &b)) {
		say(w, below ? 'C' : 'A', name);
		return S_ISDIR(a.st_mode)
			   ? compare_folder(w, upper,
				 below && S_ISDIR(b.st_mode) ? lower : -1, name, err)
			   : 0;
	}
	if (!S_ISDIR(a.st_mode))
		return 0;
	/* in front of what is found below it, if something is */
	say(w, 'C', name);
	size_t after = w->lines.len;
	if (compare_folder(w, upper, lower, name, err) < 0)
		return -1;
	if (w->lines.len == after)
		buf_cut(&w->lines, before);
	return 0;
}

static int
compare(struct walk *w, int upper, int lower, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;

	if (list(upper, &names, err) < 0)
		return -1;
	/* a folder that was removed and made anew shows nothing of the old one */
	if (lower >= 0 && white_is_opaque(upper) && list(lower, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		struct stat st;

		if (fstatat(upper, names.v[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			say(w, 'D', names.v[i]);
		else if (compare_node(w, upper, lower, names.v[i], err) < 0)
			return -1;
	}
	return 0;
}

static int
look(void *arg, struct err *err)
{
	struct looking *l = arg;
	cleanup_fd int upper = openat(l->spec.dir, "u", FOLDER);
	cleanup_fd int below = runtime_look(&l->spec, LOOK_LOWERS, err);
	cleanup_fd int lower = below >= 0 ? openat(below, ".", FOLDER) : -1;
	struct walk w = {.path = BUF_INIT(PATH_MAX), .lines = BUF_INIT(CHANGES_MAX)};
	int rc = -1;

	if (upper < 0 || (below >= 0 && lower < 0))
		err_sys(err, "cannot open the container's files");
	else if (lower >= 0)
		rc = compare(&w, upper, lower, err);
	if (rc == 0 && w.lines.failed)
		rc = err_set(err, ERR_LIMIT, "more changes than fit");
	if (rc == 0 && fd_write_all(l->out, w.lines.s, w.lines.len) < 0)
		rc = err_sys(err, "cannot list the changes");
	buf_done(&w.path);
	buf_done(&w.lines);
	return rc;
}

int
store_changes(
    struct store *s, int dir, const struct vec *chains, struct vec *ret, struct err *err)
{
	struct holder *h = store_holder(s, err);
	cleanup_buf struct buf lines = BUF_INIT(CHANGES_MAX);
	cleanup_fd int file = openat(s->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct looking l = {.spec = {.lowers = (const char *const *)chains->v,
				.nlowers = chains->len,
				.dir = dir},
	    .out = file};

	l.spec.lowers_at = store_layers_dir(s, err);
	if (h == NULL || l.spec.lowers_at < 0)
		return -1;
	if (file < 0)
		return err_sys(err, "cannot make a file");
	if (holder_call(h, HOLDER_MOUNTS, look, &l, err) < 0)
		return -1;
	if (lseek(file, 0, SEEK_SET) < 0)
		return err_sys(err, "cannot read the changes");
	if (fd_slurp(file, "the changes", &lines, err) < 0)
		return -1;
	for (const char *p = lines.s; p < lines.s + lines.len; p += strlen(p) + 1)
		vec_add(ret, p);
	return 0;
}
