/*
 * statcache.c - digests of files that have not changed since they were last read
 *
 * One text file per context folder, a line a file: device, inode, size, mtime, ctime,
 * digest.  A file whose ctime is too young is not remembered: it could change again
 * within the clock's grain.  The file is a hint: what cannot be read or parsed is as
 * if it were not there.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
	FILES_MAX = 400000,
	LINE_MAX_BYTES = 6 * 21 + HASH_HEX + 2,
	GRAIN_NS = 20 * 1000 * 1000, /* the kernel's file times move by a tick, 1-10 ms */
};

struct known {
	uint64_t dev, ino;
	int64_t size, mtime, ctime;
	char digest[HASH_HEX + 1];
};

struct build_statcache {
	int dir;
	char name[HASH_HEX + 8];
	struct known *v;
	size_t old, len, cap; /* the first `old` are sorted and came from the file */
	bool changed;
};

static int64_t
nanoseconds(struct timespec t)
{
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int
by_inode(const void *pa, const void *pb)
{
	const struct known *a = pa, *b = pb;

	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	return a->ino < b->ino ? -1 : a->ino > b->ino;
}

static void
add_known(struct build_statcache *c, const struct known *k)
{
	if (c->len >= FILES_MAX)
		return;
	if (c->len == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		c->v = xrealloc(c->v, c->cap * sizeof *c->v);
	}
	c->v[c->len++] = *k;
}

/* One field of a line and the blank behind it; false when there is no number.  (sscanf
 * takes half of the time of a build of ten thousand files.) */
static bool
read_number(const char **p, int64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoll(*p, &end, 10);
	if (end == *p || *end != ' ' || errno != 0)
		return false;
	*p = end + 1;
	return true;
}

static bool
read_line(const char *line, struct known *k)
{
	int64_t dev, ino;

	if (!read_number(&line, &dev) || !read_number(&line, &ino) ||
	    !read_number(&line, &k->size) || !read_number(&line, &k->mtime) ||
	    !read_number(&line, &k->ctime) || strlen(line) != HASH_HEX ||
	    strspn(line, "0123456789abcdef") != HASH_HEX)
		return false;
	k->dev = (uint64_t)dev;
	k->ino = (uint64_t)ino;
	memcpy(k->digest, line, HASH_HEX + 1);
	return true;
}

static void
load(struct build_statcache *c, char *text)
{
	for (char *line; (line = strsep(&text, "\n")) != NULL && *line != '\0';) {
		struct known k;
		if (read_line(line, &k))
			add_known(c, &k);
	}
	qsort(c->v, c->len, sizeof *c->v, by_inode);
	c->old = c->len;
}

struct build_statcache *
build_statcache_open(int dir, int context)
{
	struct build_statcache *c = xcalloc(1, sizeof *c);
	cleanup_buf struct buf text = BUF_INIT((size_t)FILES_MAX * LINE_MAX_BYTES);
	struct stat st = {0};
	struct err ignored = ERR_INIT;

	(void)fstat(context, &st);
	c->dir = dir;
	snprintf(c->name, sizeof c->name, "files-%llx-%llx",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	if (fd_read_file(dir, c->name, &text, &ignored) == 0 && text.len > 0)
		load(c, text.s);
	return c;
}

const char *
build_statcache_get(struct build_statcache *c, const struct stat *st)
{
	struct known want = {.dev = st->st_dev, .ino = st->st_ino};
	struct known *k =
	    c->old > 0 ? bsearch(&want, c->v, c->old, sizeof want, by_inode) : NULL;

	if (k == NULL || k->size != st->st_size || k->mtime != nanoseconds(st->st_mtim) ||
	    k->ctime != nanoseconds(st->st_ctim))
		return NULL;
	return k->digest;
}

void
build_statcache_put(struct build_statcache *c, const struct stat *st, const char *digest)
{
	struct known k = {.dev = st->st_dev,
	    .ino = st->st_ino,
	    .size = st->st_size,
	    .mtime = nanoseconds(st->st_mtim),
	    .ctime = nanoseconds(st->st_ctim)};

	if (clock_now() - k.ctime < GRAIN_NS || clock_now() - k.mtime < GRAIN_NS)
		return;
	snprintf(k.digest, sizeof k.digest, "%s", digest);
	add_known(c, &k);
	c->changed = true;
}

/* Drops what a newer entry replaces. */
static void
forget_replaced(struct build_statcache *c)
{
	for (size_t i = c->old; i < c->len; i++) {
		struct known *k =
		    c->old > 0 ? bsearch(&c->v[i], c->v, c->old, sizeof *k, by_inode)
			       : NULL;
		if (k != NULL)
			k->size = -1;
	}
}

void
build_statcache_close(struct build_statcache *c)
{
	cleanup_buf struct buf out = BUF_INIT((size_t)FILES_MAX * LINE_MAX_BYTES);
	struct err ignored = ERR_INIT;

	if (c == NULL)
		return;
	if (c->changed) {
		forget_replaced(c);
		for (size_t i = 0; i < c->len; i++) {
			const struct known *k = &c->v[i];
			if (k->size < 0)
				continue;
			buf_addf(&out,
			    "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
			    " %s\n",
			    (int64_t)k->dev, (int64_t)k->ino, k->size, k->mtime, k->ctime,
			    k->digest);
		}
		(void)fd_write_file(c->dir, c->name, out.s, out.len, 0600, &ignored);
	}
	fd_close_p(&c->dir);
	free(c->v);
	free(c);
}
