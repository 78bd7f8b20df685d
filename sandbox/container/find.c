/*
 * find.c - from what the user types to a container, and all of them
 */
#include "sandbox/container/private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static bool
is_hex(const char *s)
{
	return *s != '\0' && strspn(s, "0123456789abcdef") == strlen(s);
}

int
container_ids(struct session *s, struct vec *ids)
{
	int fd =
	    openat(session_containers_dir(s), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strlen(e->d_name) == 64 && is_hex(e->d_name))
			vec_add(ids, e->d_name);
	return d != NULL ? 0 : -1;
}

static int
find_by_name(struct session *s, const char *name, char id[65])
{
	ssize_t n;

	if (!path_is_name(name))
		return -1;
	n = readlinkat(session_names_dir(s), name, id, 64);
	if (n != 64)
		return -1;
	id[64] = '\0';
	return faccessat(session_containers_dir(s), id, F_OK, AT_SYMLINK_NOFOLLOW);
}

int
container_find(struct session *s, const char *name, char id[65], struct err *err)
{
	cleanup_vec struct vec ids = VEC_INIT;
	const char *found = NULL;

	if (strlen(name) == 64 && is_hex(name) &&
	    faccessat(session_containers_dir(s), name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		memcpy(id, name, 65);
		return 0;
	}
	if (find_by_name(s, *name == '/' ? name + 1 : name, id) == 0)
		return 0;
	if (is_hex(name))
		container_ids(s, &ids);
	for (size_t i = 0; i < ids.len; i++) {
		if (!str_starts(ids.v[i], name))
			continue;
		if (found != NULL)
			return err_set(err, ERR_INPUT,
			    "multiple IDs found with provided prefix: %s", name);
		found = ids.v[i];
	}
	if (found == NULL)
		return err_set(err, ERR_NOT_FOUND, "No such container: %s", name);
	memcpy(id, found, 65);
	return 0;
}

int
container_load_at(int dir, const char *id, struct container_config **ret, struct err *err)
{
	cleanup_json json_t *j = json_read_file(dir, "config.json", err);
	cleanup_buf struct buf name = BUF_INIT(256);

	if (j == NULL)
		return err_set(err, ERR_NOT_FOUND, "No such container: %s", id);
	*ret = config_from_json(j);
	endpoints_read(dir, *ret);
	limits_read_update(dir, &(*ret)->limits);
	/* a rename leaves config.json as it is */
	if (fd_read_file(dir, "name", &name, NULL) == 0) {
		free((*ret)->name);
		(*ret)->name = buf_take(&name);
	}
	return 0;
}

int
container_load(
    struct session *s, const char *id, struct container_config **ret, struct err *err)
{
	cleanup_fd int dir = container_open_dir(s, id, err);

	return dir < 0 ? -1 : container_load_at(dir, id, ret, err);
}

int
container_look(struct session *s, const char *id, struct container_config **config,
    struct container_state *state, struct err *err)
{
	cleanup_fd int dir = container_open_dir(s, id, err);

	if (dir < 0 || container_load_at(dir, id, config, err) < 0)
		return -1;
	container_state_at(dir, state);
	return 0;
}

struct dated {
	char *id;
	int64_t created;
};

static int
newest_first(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	return x->created < y->created   ? 1
	       : x->created > y->created ? -1
					 : strcmp(x->id, y->id);
}

int
container_list(struct session *s, struct vec *ids, struct err *err)
{
	cleanup_vec struct vec found = VEC_INIT;
	cleanup_free struct dated *list = NULL;
	size_t n = 0;

	if (container_ids(s, &found) < 0)
		return err_sys(err, "cannot list the containers");
	list = xcalloc(found.len, sizeof *list);
	for (size_t i = 0; i < found.len; i++) {
		cleanup_container_config struct container_config *c = NULL;

		/* one without a record is being made or was never finished */
		if (container_load(s, found.v[i], &c, NULL) == 0)
			list[n++] = (struct dated){found.v[i], c->created};
	}
	if (n > 1)
		qsort(list, n, sizeof *list, newest_first);
	for (size_t i = 0; i < n; i++)
		vec_add(ids, list[i].id);
	return 0;
}
