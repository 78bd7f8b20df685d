/*
 * statcache.c - digests of files that have not changed since they were last read
 *
 * One file per context folder: a mark, then a record per file, sorted by device and
 * inode, in this machine's own form, so that ten thousand are found where they lie
 * instead of being read.  A file whose ctime is too young is not remembered: it could
 * change again within the clock's grain.  All is a hint: what does not look right is as
 * if it were not there.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	FILES_MAX = 400000,
	GRAIN_NS = 20 * 1000 * 1000, /* the kernel's file times move by a tick, 1-10 ms */
};

struct known {
	uint64_t dev, ino;
	int64_t size, mtime, ctime;
	char digest[HASH_HEX + 8];
};

/* What the file begins with; the size of a record is part of it. */
struct mark {
	char name[12];
	uint32_t record;
};
static const struct mark our_mark = {"drydock-stat", sizeof(struct known)};

struct build_statcache {
	int dir;
	char name[HASH_HEX + 8];
	struct mark *file; /* mapped, or NULL */
	size_t bytes;
	const struct known *old; /* in it */
	struct known *v;         /* new */
	size_t nold, len, cap;
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

/* Files are replaced, never written in place: what is mapped stays as it is. */
static void
map(struct build_statcache *c)
{
	cleanup_fd int fd = openat(c->dir, c->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	void *at;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= (off_t)sizeof our_mark ||
	    st.st_size > (off_t)(sizeof our_mark + FILES_MAX * sizeof *c->old))
		return;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (at == MAP_FAILED)
		return;
	c->file = at;
	c->bytes = (size_t)st.st_size;
	if (memcmp(c->file, &our_mark, sizeof our_mark) != 0)
		return;
	c->old = (const struct known *)(c->file + 1);
	c->nold = (c->bytes - sizeof our_mark) / sizeof *c->old;
}

struct build_statcache *
build_statcache_open(int dir, int context)
{
	struct build_statcache *c = xcalloc(1, sizeof *c);
	struct stat st = {0};

	(void)fstat(context, &st);
	c->dir = dir;
	snprintf(c->name, sizeof c->name, "files-%llx-%llx",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	map(c);
	return c;
}

static const struct known *
find(const struct build_statcache *c, const struct known *like)
{
	return c->nold == 0 ? NULL
			    : bsearch(like, c->old, c->nold, sizeof *like, by_inode);
}

const char *
build_statcache_get(struct build_statcache *c, const struct stat *st)
{
	const struct known want = {.dev = st->st_dev, .ino = st->st_ino};
	const struct known *k = find(c, &want);

	if (k == NULL || k->size != st->st_size || k->mtime != nanoseconds(st->st_mtim) ||
	    k->ctime != nanoseconds(st->st_ctim) || k->digest[HASH_HEX] != '\0' ||
	    strspn(k->digest, "0123456789abcdef") != HASH_HEX)
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

	if (clock_now() - k.ctime < GRAIN_NS || clock_now() - k.mtime < GRAIN_NS ||
	    c->len >= FILES_MAX)
		return;
	snprintf(k.digest, HASH_HEX + 1, "%s", digest);
	if (c->len == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		c->v = xrealloc(c->v, c->cap * sizeof *c->v);
	}
	c->v[c->len++] = k;
}

/* Old and new in their order; of what was put twice either will do: what has changed in
 * between is found out by its times. */
static void
merge(struct build_statcache *c, struct buf *out)
{
	size_t o = 0;

	qsort(c->v, c->len, sizeof *c->v, by_inode);
	buf_add(out, &our_mark, sizeof our_mark);
	for (size_t n = 0; n < c->len; n++) {
		while (o < c->nold && by_inode(&c->old[o], &c->v[n]) < 0)
			buf_add(out, &c->old[o++], sizeof *c->old);
		if (o < c->nold && by_inode(&c->old[o], &c->v[n]) == 0)
			o++;
		if (n + 1 == c->len || by_inode(&c->v[n], &c->v[n + 1]) != 0)
			buf_add(out, &c->v[n], sizeof *c->v);
	}
	if (o < c->nold)
		buf_add(out, &c->old[o], (c->nold - o) * sizeof *c->old);
}

void
build_statcache_close(struct build_statcache *c)
{
	cleanup_buf struct buf out =
	    BUF_INIT(sizeof our_mark + (size_t)FILES_MAX * sizeof(struct known));
	struct err ignored = ERR_INIT;

	if (c == NULL)
		return;
	if (c->nold + c->len > FILES_MAX)
		c->nold = 0;
	if (c->len > 0) {
		merge(c, &out);
		(void)fd_write_file(c->dir, c->name, out.s, out.len, 0600, &ignored);
	}
	if (c->file != NULL)
		munmap(c->file, c->bytes);
	fd_close_p(&c->dir);
	free(c->v);
	free(c);
}
