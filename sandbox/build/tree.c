/*
 * tree.c - which files a source of COPY means, and what they contain
 *
 * Works on any root folder by its descriptor: the context as the user sees it, or a
 * stage's file system inside the holder.  Links in a named source are followed below
 * the root; links met inside a folder stay links.  What .dockerignore leaves out does
 * not exist: a folder that is left out exists when something in it survives.
 */
#include "sandbox/build/private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ENTRIES_MAX = 1 << 20, DEPTH_MAX = 256 };

static void
entry_done(struct build_entry *e)
{
	free(e->name);
	free(e->path);
	free(e->link);
	if (e->fetched && e->st.st_size > 0)
		munmap((void *)e->data, (size_t)e->st.st_size);
}

void
build_tree_done(struct build_tree *t)
{
	for (size_t i = 0; i < t->len; i++)
		entry_done(&t->v[i]);
	free(t->v);
	*t = (struct build_tree){0};
}

static struct build_entry *
add_entry(struct build_tree *t, const char *path, const char *name, const struct stat *st)
{
	if (t->len == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->v = xrealloc(t->v, t->cap * sizeof *t->v);
	}
	struct build_entry *e = &t->v[t->len++];
	*e =
	    (struct build_entry){.path = xstrdup(path), .name = xstrdup(name), .st = *st};
	return e;
}

/* Forgets all entries from `len` on. */
static void
cut_entries(struct build_tree *t, size_t len)
{
	while (t->len > len)
		entry_done(&t->v[--t->len]);
}

void
build_tree_add_data(struct build_tree *t, const char *name, const char *data)
{
	struct stat st = {.st_mode = S_IFREG | 0644, .st_size = (off_t)strlen(data)};
	cleanup_free char *as = xasprintf("f/%s", name);
	struct build_entry *e = add_entry(t, name, as, &st);
	e->data = data;
	hash_data(data, strlen(data), e->digest);
}

int
build_tree_add_fetched(struct build_tree *t, const char *name, int fd, struct err *err)
{
	cleanup_fd int file = fd;
	cleanup_free char *as = xasprintf("f/%s", name);
	char digest[HASH_HEX + 1];
	struct stat st;

	if (fstat(file, &st) < 0 || hash_fd(file, digest, err) < 0)
		return err_sys(err, "reading %s", name);
	/* as BuildKit's HTTP source, when the server says no time */
	const struct stat shown = {.st_mode = S_IFREG | 0600, .st_size = st.st_size};
	void *data = st.st_size == 0 ? (void *)""
				     : mmap(NULL, (size_t)st.st_size, PROT_READ,
					   MAP_PRIVATE, file, 0);
	if (data == MAP_FAILED)
		return err_sys(err, "mapping %s", name);
	struct build_entry *e = add_entry(t, name, as, &shown);
	e->data = data;
	e->fetched = true;
	memcpy(e->digest, digest, sizeof digest);
	return 0;
}

/* errno as Go words it: without the capital letter. */
static int
sender_failed(const char *what, const char *path, struct err *err)
{
	cleanup_free char *why = xstrdup(strerror(errno));

	if (*why >= 'A' && *why <= 'Z')
		*why += 'a' - 'A';
	return err_set(
	    err, ERR_SYS, "error from sender: %s %s: %s", what, *path ? path : ".", why);
}

/* ---- one file -------------------------------------------------------------------------
 */

static int
read_link(int at, const char *path, char **ret)
{
	char target[4096];
	ssize_t n = readlinkat(at, path, target, sizeof target);

	if (n < 0 || n == (ssize_t)sizeof target)
		return -1;
	*ret = xstrndup(target, (size_t)n);
	return 0;
}

static int
look(const struct build_root *root, const char *path, struct stat *st)
{
	if (fstatat(root->fd, path, st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (root->recorded || (root->devices && S_ISREG(st->st_mode) && st->st_size == 0))
		build_owner_read(root->fd, path, st);
	if (root->recorded && root->sides != NULL && !S_ISREG(st->st_mode) &&
	    !S_ISDIR(st->st_mode))
		build_sides_read(root->sides, path, st);
	return 0;
}

static int
digest_file(struct build_tree *t, const struct build_root *root, struct build_entry *e,
    struct err *err)
{
	const char *known =
	    root->cache != NULL ? build_statcache_get(root->cache, &e->st) : NULL;

	if (known != NULL) {
		memcpy(e->digest, known, sizeof e->digest);
		return 0;
	}
	cleanup_fd int fd =
	    fd_open_in_nofollow(root->fd, e->path, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return sender_failed("open", e->path, err);
	if (hash_fd(fd, e->digest, err) < 0)
		return err_while(err, "error from sender: %s", e->path);
	t->read += e->st.st_size;
	if (root->cache != NULL)
		build_statcache_put(root->cache, &e->st, e->digest);
	return 0;
}

/* No image can hold a socket.  From the context it arrives as an empty file, as with
 * Docker, whose client sends it as one. */
static void
add_socket(struct build_tree *t, const struct build_root *root, const char *path,
    const char *name, const struct stat *st)
{
	struct stat empty = *st;

	if (!root->sent)
		return;
	empty.st_mode = S_IFREG | (st->st_mode & 07777);
	empty.st_size = 0;
	struct build_entry *e = add_entry(t, path, name, &empty);
	e->data = "";
	hash_data("", 0, e->digest);
}

/* Adds one thing that is no folder.  0 added or of a kind that no image can hold. */
static int
add_leaf(struct build_tree *t, const struct build_root *root, const char *path,
    const char *name, const struct stat *st, struct err *err)
{
	if (t->len >= ENTRIES_MAX)
		return err_set(
		    err, ERR_LIMIT, "more than %d files in one build step", ENTRIES_MAX);
	if (S_ISSOCK(st->st_mode)) {
		add_socket(t, root, path, name, st);
		return 0;
	}
	struct build_entry *e = add_entry(t, path, name, st);
	if (S_ISLNK(st->st_mode))
		return read_link(root->fd, path, &e->link) < 0
			   ? err_sys(err, "error from sender: readlink %s", path)
			   : 0;
	return S_ISREG(st->st_mode) && !root->unread ? digest_file(t, root, e, err) : 0;
}

/* ---- folders
 * ---------------------------------------------------------------------------- */

static int
list_names(const struct build_root *root, const char *path, struct vec *names)
{
	cleanup_fd int fd =
	    fd_open_in_nofollow(root->fd, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return -1;
	cleanup_dir DIR *dir = fdopendir(fd);
	if (dir == NULL)
		return -1;
	(void)take_fd(&fd);
	for (struct dirent *d; (d = readdir(dir)) != NULL;)
		if (path_is_name(d->d_name))
			vec_add(names, d->d_name);
	vec_sort(names);
	return 0;
}

/* What is called `name` in a folder; "" is the root.  (printf would be a twentieth of a
 * build of ten thousand files.)  Gives. */
static char *
child_path(const char *folder, const char *name)
{
	size_t before = strlen(folder), len = strlen(name);
	char *path = xmalloc(before + 1 + len + 1);

	memcpy(path, folder, before);
	if (before > 0)
		path[before++] = '/';
	memcpy(path + before, name, len + 1);
	return path;
}

static int add_folder(struct build_tree *t, const struct build_root *root,
    const char *path, const char *name, int depth, struct err *err);

/* One name of a folder; rel is its path below the folder that COPY named. */
static int
add_child(struct build_tree *t, const struct build_root *root, const char *path,
    const char *rel, int depth, struct err *err)
{
	cleanup_free char *name = child_path("d", rel);
	bool out = ignore_match(root->ignore, path) || ignore_match(root->exclude, rel);
	struct stat st;

	if (look(root, path, &st) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "error from sender: %s", path);
	if (!S_ISDIR(st.st_mode))
		return out ? 0 : add_leaf(t, root, path, name, &st, err);
	if (out && (root->ignore == NULL || ignore_may_prune(root->ignore, path)) &&
	    (root->exclude == NULL || ignore_may_prune(root->exclude, rel)))
		return 0;
	size_t before = t->len;
	add_entry(t, path, name, &st);
	if (add_folder(t, root, path, rel, depth + 1, err) < 0)
		return -1;
	if (out && t->len == before + 1)
		cut_entries(t, before);
	return 0;
}

/* The content of the folder `path`, which is `rel` below what COPY named. */
static int
add_folder(struct build_tree *t, const struct build_root *root, const char *path,
    const char *rel, int depth, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;

	if (depth > DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "folders nested too deep: %.200s", path);
	if (list_names(root, path, &names) < 0)
		return sender_failed("open", path, err);
	for (size_t i = 0; i < names.len; i++) {
		const char *n = names.v[i];
		cleanup_free char *p = child_path(path, n);
		cleanup_free char *r = child_path(rel, n);
		if (add_child(t, root, p, r, depth, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- a named source
 * ------------------------------------------------------------------------ */

/* Where the path leads below the root, links followed, without leading '/'.  Gives. */
static char *
real_path(int root, const char *path)
{
	cleanup_fd int fd = fd_open_in(root, *path ? path : ".", O_PATH, 0);
	char link[32];
	cleanup_free char *top = NULL, *at = NULL;

	if (fd < 0)
		return NULL;
	snprintf(link, sizeof link, "/proc/self/fd/%d", root);
	if (read_link(AT_FDCWD, link, &top) < 0)
		return NULL;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (read_link(AT_FDCWD, link, &at) < 0 || !path_is_inside(at, top))
		return NULL;
	const char *rest = at + (str_eq(top, "/") ? 0 : strlen(top));
	return xstrdup(*rest == '/' ? rest + 1 : rest);
}

static bool
has_archive_magic(const unsigned char *b, size_t n)
{
	static const struct {
		size_t at;
		const char *bytes;
		size_t len;
	} magics[] = {{257, "ustar", 5}, {0, "\x1f\x8b", 2}, {0, "BZh", 3},
	    {0,
		"\xfd"
		"7zXZ",
		5},
	    {0, "\x28\xb5\x2f\xfd", 4}};

	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (n >= magics[i].at + magics[i].len &&
		    memcmp(b + magics[i].at, magics[i].bytes, magics[i].len) == 0)
			return true;
	return false;
}

static bool
is_archive(const struct build_root *root, const char *path)
{
	cleanup_fd int fd = fd_open_in(root->fd, path, O_RDONLY | O_NONBLOCK, 0);
	unsigned char head[512];
	ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;

	if (n <= 0 || !has_archive_magic(head, (size_t)n))
		return false;
	return build_is_tar(fd);
}

/* With --parents: the folders of `path` behind the pivot, each as itself; then `name`'s
 * first part is theirs.  Gives the name below the destination. */
static char *
add_parents(struct build_tree *t, const struct build_root *root, const char *path)
{
	const char *rel =
	    path + (strlen(path) < root->pivot ? strlen(path) : root->pivot);

	rel += *rel == '/';
	for (const char *end = rel; (end = strchr(end, '/')) != NULL; end++) {
		cleanup_free char *name = xasprintf("d/%.*s", (int)(end - rel), rel);
		cleanup_free char *folder = xstrndup(path, (size_t)(end - path));
		struct stat st;
		bool there = false;

		for (size_t i = 0; i < t->len && !there; i++)
			there = str_eq(t->v[i].name, name);
		if (!there && look(root, folder, &st) == 0 && S_ISDIR(st.st_mode))
			add_entry(t, folder, name, &st);
	}
	return xstrdup(rel);
}

/* A source without pattern.  1 added, 0 there is no such file. */
static int
add_plain(struct build_tree *t, const struct build_root *root, const char *path,
    struct err *err)
{
	cleanup_free char *at = root->fd >= 0 ? real_path(root->fd, path) : NULL;
	size_t before = t->len;
	struct stat st;

	if (root->fd < 0 && *path == '\0') {
		add_entry(t, "", "d/", &(struct stat){.st_mode = S_IFDIR | 0755});
		return 1;
	}
	if (at == NULL || look(root, *at ? at : ".", &st) < 0)
		return 0;
	bool out = *at != '\0' && ignore_match(root->ignore, at);
	if (S_ISDIR(st.st_mode)) {
		if (out && ignore_may_prune(root->ignore, at))
			return 0;
		/* the folder itself: it decides that the destination is one */
		cleanup_free char *rel =
		    root->parents ? add_parents(t, root, path) : xstrdup("");
		cleanup_free char *name = xasprintf("d/%s", rel);
		before = t->len;
		add_entry(t, at, name, &st);
		if (add_folder(t, root, at, rel, 0, err) < 0)
			return -1;
		if (out && t->len == before + 1)
			cut_entries(t, before);
		return t->len > before;
	}
	if (out || ignore_match(root->exclude, path_base(path)))
		return !out;
	if (root->parents) {
		cleanup_free char *rel = add_parents(t, root, path);
		cleanup_free char *below = xasprintf("d/%s", rel);
		return add_leaf(t, root, at, below, &st, err) < 0 ? -1 : 1;
	}
	bool unpack = root->unpack && S_ISREG(st.st_mode) && is_archive(root, at);
	cleanup_free char *name = xasprintf("%c/%s", unpack ? 'a' : 'f', path_base(path));
	return add_leaf(t, root, at, name, &st, err) < 0 ? -1 : 1;
}

static int add_matches(struct build_tree *t, const struct build_root *root,
    const char *base, const struct vec *parts, size_t i, struct err *err);

/* "**" of --parents: no folder, or any number of them. */
static int
add_any_depth(struct build_tree *t, const struct build_root *root, const char *base,
    const struct vec *parts, size_t i, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;
	struct stat st;

	if (i + 1 == parts->len)
		return add_plain(t, root, base, err) < 0 ? -1 : 0;
	if (add_matches(t, root, base, parts, i + 1, err) < 0)
		return -1;
	if (list_names(root, base, &names) < 0)
		return 0;
	for (size_t n = 0; n < names.len; n++) {
		cleanup_free char *next = child_path(base, names.v[n]);
		if (look(root, next, &st) < 0 || !S_ISDIR(st.st_mode) ||
		    (ignore_match(root->ignore, next) &&
			ignore_may_prune(root->ignore, next)))
			continue;
		if (add_any_depth(t, root, next, parts, i, err) < 0)
			return -1;
	}
	return 0;
}

/* `base` exists; pattern parts from `i` on are to be matched below it. */
static int
add_matches(struct build_tree *t, const struct build_root *root, const char *base,
    const struct vec *parts, size_t i, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;

	if (i == parts->len)
		return add_plain(t, root, base, err) < 0 ? -1 : 0;
	if (root->parents && str_eq(parts->v[i], "**"))
		return add_any_depth(t, root, base, parts, i, err);
	if (!dockerfile_is_glob(parts->v[i])) {
		cleanup_free char *next = child_path(base, parts->v[i]);
		return add_matches(t, root, next, parts, i + 1, err);
	}
	cleanup_free char *at = root->fd >= 0 ? real_path(root->fd, base) : NULL;
	if (at == NULL || list_names(root, at, &names) < 0)
		return 0;
	for (size_t n = 0; n < names.len; n++) {
		if (!dockerfile_glob(parts->v[i], names.v[n]))
			continue;
		cleanup_free char *next = child_path(base, names.v[n]);
		if (add_matches(t, root, next, parts, i + 1, err) < 0)
			return -1;
	}
	return 0;
}

/* How much of a --parents source is not kept: what stands before "/./". */
static size_t
pivot_of(const char *source)
{
	const char *at = strstr(source, "/./");
	cleanup_free char *before = NULL, *clean = NULL;

	if (at == NULL || at == source)
		return 0;
	before = xstrndup(source, (size_t)(at - source));
	clean = path_clean_root(before);
	return strlen(clean) - 1;
}

int
build_tree_add(struct build_tree *t, const struct build_root *from, const char *source,
    struct err *err)
{
	cleanup_free char *clean = path_clean_root(source);
	cleanup_vec struct vec parts = VEC_INIT;
	struct build_root at = *from;
	const struct build_root *root = &at;

	at.pivot = from->parents ? pivot_of(source) : 0;

	if (dockerfile_is_glob(clean)) {
		vec_split(&parts, clean, "/");
		return add_matches(t, root, "", &parts, 0, err);
	}
	int rc = add_plain(t, root, clean + 1, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "\"%s\": not found", clean);
	return rc < 0 ? -1 : 0;
}

/* ---- digest
 * ------------------------------------------------------------------------------------ */

void
build_tree_digest(const struct build_tree *t, bool owners, char out[HASH_HEX + 1])
{
	struct hash *h = hash_new();

	for (size_t i = 0; i < t->len; i++) {
		const struct build_entry *e = &t->v[i];
		long long size = S_ISREG(e->st.st_mode) ? (long long)e->st.st_size : 0;
		cleanup_free char *line =
		    xasprintf("%o %lld %u:%u %llx %s ", e->st.st_mode, size,
			owners ? e->st.st_uid : 0, owners ? e->st.st_gid : 0,
			S_ISCHR(e->st.st_mode) || S_ISBLK(e->st.st_mode)
			    ? (unsigned long long)e->st.st_rdev
			    : 0,
			e->digest);
		hash_add(h, line, strlen(line));
		/* with their NULs: no two lists of names read the same */
		hash_add(h, e->name, strlen(e->name) + 1);
		hash_add(h, e->link ? e->link : "", (e->link ? strlen(e->link) : 0) + 1);
	}
	hash_hex(h, out);
}
