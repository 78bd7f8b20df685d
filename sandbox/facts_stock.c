/*
 * facts_stock.c - what set-up has put here for pip and apt
 */
#include "sandbox/offline/offline.h"
#include "sandbox/private.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

enum { POOL_MAX = 1 << 20 };

json_t *
sandbox_fact_wheels(struct sandbox *s)
{
	cleanup_fd int wheels = offline_wheels(store_home_dir(s->store));
	int fd =
	    wheels < 0 ? -1 : openat(wheels, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	cleanup_vec struct vec names = VEC_INIT;
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (str_ends(e->d_name, ".whl"))
			vec_add(&names, e->d_name);
	vec_sort(&names);
	return json_from_vec(&names);
}

json_t *
sandbox_fact_debs(struct sandbox *s)
{
	int fd = openat(
	    store_home_dir(sandbox_store(s)), "apt", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	cleanup_json json_t *names = json_object();
	cleanup_vec struct vec sorted = VEC_INIT;
	struct dirent *e;
	const char *name;
	json_t *version;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		cleanup_free char *path = xasprintf("%s/pool.json", e->d_name);
		cleanup_buf struct buf text = BUF_INIT(POOL_MAX);
		cleanup_json json_t *pool = NULL;

		if (e->d_name[0] == '.' ||
		    fd_read_file(dirfd(dir), path, &text, NULL) < 0)
			continue;
		pool = json_loadb(text.s, text.len, 0, NULL);
		json_object_update(names, json_object_get(pool, "packages"));
	}
	json_object_foreach(names, name, version) vec_add(&sorted, name);
	vec_sort(&sorted);
	return json_from_vec(&sorted);
}
