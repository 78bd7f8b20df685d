/*
 * vec.c - a list of owned strings, always ended by NULL
 */
#include "sandbox/base/vec.h"
#include "sandbox/base/buf.h"
#include "sandbox/base/mem.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *vec_empty[1];

void
vec_done(struct vec *v)
{
	int keep = errno;

	if (v->cap > 0) {
		for (size_t i = 0; i < v->len; i++)
			free(v->v[i]);
		free(v->v);
	}
	v->v = vec_empty;
	v->len = v->cap = 0;
	errno = keep;
}

void
vec_take(struct vec *v, char *s)
{
	if (v->len + 2 > v->cap) {
		size_t cap = v->cap ? 2 * v->cap : 8;

		v->v = xrealloc(v->cap ? v->v : NULL, cap * sizeof *v->v);
		v->cap = cap;
	}
	v->v[v->len++] = s;
	v->v[v->len] = NULL;
}

void
vec_add(struct vec *v, const char *s)
{
	vec_take(v, xstrdup(s));
}

void
vec_addf(struct vec *v, const char *fmt, ...)
{
	struct buf b = BUF_INIT(BUF_OURS);
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	vec_take(v, buf_take(&b));
}

void
vec_add_all(struct vec *v, char *const *list)
{
	for (; list != NULL && *list != NULL; list++)
		vec_add(v, *list);
}

void
vec_insert(struct vec *v, size_t at, const char *s)
{
	char *last;

	vec_add(v, s);
	last = v->v[v->len - 1];
	memmove(v->v + at + 1, v->v + at, (v->len - 1 - at) * sizeof *v->v);
	v->v[at] = last;
}

void
vec_remove(struct vec *v, size_t at)
{
	free(v->v[at]);
	memmove(v->v + at, v->v + at + 1, (v->len - at) * sizeof *v->v);
	v->len--;
}

bool
vec_has(const struct vec *v, const char *s)
{
	for (size_t i = 0; i < v->len; i++)
		if (strcmp(v->v[i], s) == 0)
			return true;
	return false;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
vec_sort(struct vec *v)
{
	if (v->len > 1)
		qsort(v->v, v->len, sizeof *v->v, by_bytes);
}

void
vec_split(struct vec *v, const char *s, const char *seps)
{
	for (;;) {
		size_t len;

		s += strspn(s, seps);
		len = strcspn(s, seps);
		if (len == 0)
			return;
		vec_take(v, xstrndup(s, len));
		s += len;
	}
}

char *
vec_join(const struct vec *v, const char *sep)
{
	struct buf b = BUF_INIT(BUF_OURS);

	for (size_t i = 0; i < v->len; i++) {
		if (i > 0)
			buf_adds(&b, sep);
		buf_adds(&b, v->v[i]);
	}
	return buf_take(&b);
}

static char **
env_find(const struct vec *v, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < v->len; i++)
		if (strncmp(v->v[i], name, len) == 0 && v->v[i][len] == '=')
			return &v->v[i];
	return NULL;
}

const char *
vec_env_get(const struct vec *v, const char *name)
{
	char **e = env_find(v, name);

	return e != NULL ? *e + strlen(name) + 1 : NULL;
}

void
vec_env_set(struct vec *v, const char *name, const char *value)
{
	char **e = env_find(v, name);

	if (e == NULL) {
		vec_addf(v, "%s=%s", name, value);
		return;
	}
	/* value may point into the old string */
	char *fresh = xasprintf("%s=%s", name, value);
	free(*e);
	*e = fresh;
}

void
vec_env_unset(struct vec *v, const char *name)
{
	char **e = env_find(v, name);

	if (e != NULL)
		vec_remove(v, (size_t)(e - v->v));
}
