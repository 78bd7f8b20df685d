/*
 * links.c - a hash table from inode to its first path
 */
#include "sandbox/store/links.h"
#include "sandbox/base/base.h"
#include <stdlib.h>

struct link {
	dev_t dev;
	ino_t ino;
	char *path; /* NULL: empty place */
};

struct links {
	struct link *table;
	size_t len, cap; /* cap is a power of two, at most half full */
};

struct links *
links_new(void)
{
	struct links *l = xcalloc(1, sizeof *l);

	l->cap = 64;
	l->table = xcalloc(l->cap, sizeof *l->table);
	return l;
}

void
links_free(struct links *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->cap; i++)
		free(l->table[i].path);
	free(l->table);
	free(l);
}

static struct link *
place(struct link *table, size_t cap, dev_t dev, ino_t ino)
{
	size_t i = (size_t)((ino ^ dev << 7) * 0x9e3779b97f4a7c15ULL >> 20) & (cap - 1);

	while (table[i].path != NULL && (table[i].ino != ino || table[i].dev != dev))
		i = (i + 1) & (cap - 1);
	return &table[i];
}

static void
grow(struct links *l)
{
	size_t cap = l->cap * 2;
	struct link *table = xcalloc(cap, sizeof *table);

	for (size_t i = 0; i < l->cap; i++)
		if (l->table[i].path != NULL)
			*place(table, cap, l->table[i].dev, l->table[i].ino) =
			    l->table[i];
	free(l->table);
	l->table = table;
	l->cap = cap;
}

const char *
links_add(struct links *l, const struct stat *st, const char *path)
{
	struct link *at = place(l->table, l->cap, st->st_dev, st->st_ino);

	if (at->path != NULL)
		return at->path;
	*at = (struct link){st->st_dev, st->st_ino, xstrdup(path)};
	if (++l->len * 2 > l->cap)
		grow(l);
	return NULL;
}
