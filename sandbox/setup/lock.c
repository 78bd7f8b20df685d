/*
 * lock.c - reading lock files
 */
#include "sandbox/setup/lock.h"
#include <stdlib.h>

enum { FIELDS = 7, DEB_MAX = 1 << 30, LOCK_MAX = 4096 };

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define NAME_BYTES LOWER DIGITS "+-."
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

void
lock_done(struct lock *lock)
{
	for (size_t i = 0; i < lock->ndebs; i++) {
		struct lock_deb *d = &lock->debs[i];

		free(d->name);
		free(d->version);
		free(d->arch);
		free(d->sha256);
		free(d->path);
	}
	free(lock->debs);
	*lock = (struct lock)LOCK_INIT;
}

static bool
only(const char *s, const char *bytes)
{
	return *s != '\0' && s[strspn(s, bytes)] == '\0';
}

static bool
path_is_good(const char *path)
{
	const char *rest = str_after(path, "debian/pool/");

	if (rest == NULL)
		rest = str_after(path, "debian-security/pool/");
	return rest != NULL && only(rest, NAME_BYTES UPPER "~_/%") &&
	       strstr(rest, "..") == NULL && str_ends(rest, ".deb");
}

static bool
fields_are_good(char *const *f, uint64_t *size)
{
	uint64_t installed;

	return only(f[0], NAME_BYTES) && only(f[1], NAME_BYTES UPPER "~:") &&
	       only(f[2], LOWER DIGITS) && str_to_u64(f[3], DEB_MAX, size) && *size > 0 &&
	       strlen(f[4]) == 64 && only(f[4], DIGITS "abcdef") && path_is_good(f[5]) &&
	       str_to_u64(f[6], UINT32_MAX, &installed);
}

static bool
is_there(const struct lock *lock, const char *sha256)
{
	for (size_t i = 0; i < lock->ndebs; i++)
		if (str_eq(lock->debs[i].sha256, sha256))
			return true;
	return false;
}

static int
parse_line(const char *line, struct lock *lock)
{
	cleanup_vec struct vec f = VEC_INIT;
	uint64_t size;

	vec_split(&f, line, " \t\r");
	if (f.len == 0 || f.v[0][0] == '#')
		return 0;
	if (f.len != FIELDS || !fields_are_good(f.v, &size) || lock->ndebs >= LOCK_MAX)
		return -1;
	if (is_there(lock, f.v[4]))
		return 0;
	lock->debs = xrealloc(lock->debs, (lock->ndebs + 1) * sizeof *lock->debs);
	lock->debs[lock->ndebs++] = (struct lock_deb){
	    .name = take_ptr(f.v[0]),
	    .version = take_ptr(f.v[1]),
	    .arch = take_ptr(f.v[2]),
	    .sha256 = take_ptr(f.v[4]),
	    .path = take_ptr(f.v[5]),
	    .size = (int64_t)size,
	};
	return 0;
}

int
lock_parse(const char *text, const char *what, struct lock *lock, struct err *err)
{
	for (size_t n = 1; *text != '\0'; n++) {
		size_t len = strcspn(text, "\n");
		cleanup_free char *line = xstrndup(text, len);

		if (parse_line(line, lock) < 0)
			return err_set(err, ERR_INPUT,
			    "%s line %zu is not NAME VERSION "
			    "ARCHITECTURE SIZE SHA256 PATH INSTALLED: %.200s",
			    what, n, line);
		text += len + (text[len] == '\n');
	}
	return 0;
}

const struct lock_deb *
lock_find(const struct lock *lock, const char *name)
{
	for (size_t i = 0; i < lock->ndebs; i++)
		if (str_eq(lock->debs[i].name, name))
			return &lock->debs[i];
	return NULL;
}
