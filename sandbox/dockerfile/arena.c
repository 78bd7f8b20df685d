/*
 * arena.c - memory that is freed in one call, with the struct dockerfile
 */
#include "sandbox/dockerfile/private.h"

enum { CHUNK = 8192 };

struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

struct dockerfile_arena {
	struct chunk *chunks;
};

struct dockerfile_arena *
df_arena_new(void)
{
	return xcalloc(1, sizeof(struct dockerfile_arena));
}

void
df_arena_free(struct dockerfile_arena *a)
{
	if (a == NULL)
		return;
	for (struct chunk *c = a->chunks, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

void *
df_alloc(struct dockerfile_arena *a, size_t size)
{
	size_t align = _Alignof(max_align_t);
	size_t need = (size + align - 1) / align * align;
	struct chunk *c = a->chunks;

	if (c == NULL || c->size - c->used < need) {
		size_t room = need > CHUNK ? need : CHUNK;

		c = xcalloc(1, sizeof *c + room);
		c->size = room;
		c->next = a->chunks;
		a->chunks = c;
	}
	c->used += need;
	return c->data + c->used - need;
}

char *
df_dup(struct dockerfile_arena *a, const char *s, size_t len)
{
	char *copy = df_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}

void *
df_push(struct dockerfile_arena *a, void *array, size_t *n, size_t size)
{
	size_t have = *n + 1; /* the spare element counts */

	/* Full exactly when n + 1 is a power of two: then it doubles. */
	if (array == NULL || (have & (have - 1)) == 0) {
		char *bigger = df_alloc(a, have * 2 * size);

		if (*n > 0)
			memcpy(bigger, array, *n * size);
		array = bigger;
	}
	(*n)++;
	return array;
}
