/*
 * cache.c - the build cache's entries and the library's tags
 *
 * Both are small JSON files.  A cache entry that cannot be read is a cache miss.
 */
#include "sandbox/store/private.h"
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int
store_cache_get(struct store *s, const char *key, json_t **ret, struct err *err)
{
	cleanup_free char *path = xasprintf("cache/%s", key);
	struct err ignored = ERR_INIT;
	json_t *j;

	if (!store_is_hex(key))
		return err_set(err, ERR_INPUT, "invalid cache key '%s'", key);
	j = json_read_file(s->dir, path, &ignored);
	if (j == NULL)
		return 0;
	*ret = j;
	return 1;
}

int
store_cache_put(struct store *s, const char *key, const json_t *value, struct err *err)
{
	if (!store_is_hex(key))
		return err_set(err, ERR_INPUT, "invalid cache key '%s'", key);
	return store_write_json(s, "cache", key, value, false, err);
}

json_t *
store_library(struct store *s, struct err *err)
{
	json_t *j;

	if (faccessat(s->dir, "library.json", F_OK, 0) < 0)
		return json_object();
	j = json_read_file(s->dir, "library.json", err);
	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		err_set(err, ERR_CORRUPT, "'library.json' holds no object");
		return NULL;
	}
	return j;
}

int
store_library_set(struct store *s, const char *canonical, const char *id, struct err *err)
{
	cleanup_fd int lock =
	    openat(s->dir, "library.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cleanup_json json_t *j = NULL;

	if (!store_is_hex(id))
		return err_set(err, ERR_INPUT, "invalid image id '%s'", id);
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return err_sys(err, "cannot lock the library");
	j = store_library(s, err);
	if (j == NULL)
		return -1;
	json_object_set_new(j, canonical, json_string(id));
	return store_write_json(s, ".", "library.json", j, true, err);
}
