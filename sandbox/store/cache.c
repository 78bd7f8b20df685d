/*
 * cache.c - the build cache's entries, the library's tags, which hub is meant
 *
 * Both are small JSON files.  A cache entry that cannot be read is a cache miss.
 */
#include "sandbox/store/private.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
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

int
store_cache_each(struct store *s,
    void (*fn)(void *user, const char *key, const json_t *value, int64_t used),
    void *user, struct err *err)
{
	cleanup_dir DIR *d = NULL;
	struct dirent *e;
	int fd = openat(s->dir, "cache", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (d = fdopendir(fd)) == NULL)
		return err_sys(err, "cannot read the build cache");
	while ((e = readdir(d)) != NULL) {
		cleanup_json json_t *j = NULL;
		struct stat st;

		if (store_is_hex(e->d_name) && fstatat(fd, e->d_name, &st, 0) == 0 &&
		    store_cache_get(s, e->d_name, &j, NULL) == 1)
			fn(user, e->d_name, j,
			    st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec);
	}
	return 0;
}

int
store_cache_remove(struct store *s, const char *key, struct err *err)
{
	cleanup_free char *path = xasprintf("cache/%s", key);

	if (!store_is_hex(key))
		return err_set(err, ERR_INPUT, "invalid cache key '%s'", key);
	return unlinkat(s->dir, path, 0) < 0 ? err_sys(err, "cannot remove %s", path) : 0;
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

/* ---- which hub ----------------------------------------------------------------------
 */

bool
store_hub_is_local(struct store *s)
{
	struct err ignored = ERR_INIT;
	cleanup_json json_t *j = json_read_file(s->home_dir, "hub.json", &ignored);

	return !str_eq(json_get_str(j, "hub", "local"), "docker");
}

int
store_set_hub(struct store *s, const char *which, struct err *err)
{
	cleanup_json json_t *j = json_pack("{s:s}", "hub", which);

	return json_write_file(s->home_dir, "hub.json", j, 0600, err);
}
