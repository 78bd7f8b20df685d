/*
 * vec.h - a list of owned strings, always ended by NULL (usable as argv)
 *
 * v.v is never NULL after VEC_INIT: an empty list is { NULL }.
 */
#ifndef DRYDOCK_VEC_H
#define DRYDOCK_VEC_H

#include <stdbool.h>
#include <stddef.h>

struct vec {
	char **v;
	size_t len, cap;
};

extern char *vec_empty[1];

#define VEC_INIT \
	{ \
		.v = vec_empty \
	}
#define cleanup_vec __attribute__((cleanup(vec_done)))

/* Frees all strings; the vec is empty and usable afterwards. */
void vec_done(struct vec *v);
/* Appends a copy / the string itself (takes) / a formatted string. */
void vec_add(struct vec *v, const char *s);
void vec_take(struct vec *v, char *s);
void vec_addf(struct vec *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Appends copies of a NULL-terminated list (NULL is an empty list). */
void vec_add_all(struct vec *v, char *const *list);
/* Inserts a copy before index `at` (at == len appends). */
void vec_insert(struct vec *v, size_t at, const char *s);
/* Removes and frees the string at `at`. */
void vec_remove(struct vec *v, size_t at);
bool vec_has(const struct vec *v, const char *s);
/* Sorts by strcmp (byte order). */
void vec_sort(struct vec *v);
/* Pieces of s between any of the bytes in `seps`; empty pieces are left out. */
void vec_split(struct vec *v, const char *s, const char *seps);
/* Gives one string, joined by sep; free with free(). */
char *vec_join(const struct vec *v, const char *sep);

/* "K=V" lists, as in environments: the value of name or NULL (borrowed);
 * set replaces in place or appends; unset removes. */
const char *vec_env_get(const struct vec *v, const char *name);
void vec_env_set(struct vec *v, const char *name, const char *value);
void vec_env_unset(struct vec *v, const char *name);

#endif
