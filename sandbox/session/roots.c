/*
 * roots.c - which images the sessions need
 *
 * Nothing is opened or made as by session_open(): this only looks, at all sessions and
 * their checkpoints.  A file that is there and cannot be read is an error: who asks is
 * about to take away what is not named here.
 */
#include "sandbox/session/private.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct looking {
	void (*fn)(void *user, const char *id);
	void *user;
};

/* Opens a folder for listing; *ret NULL when there is none. */
static int
open_list(int at, const char *name, DIR **ret, struct err *err)
{
	int fd = openat(at, name, FOLDER);

	*ret = fd >= 0 ? fdopendir(fd) : NULL;
	return *ret != NULL || errno == ENOENT
		   ? 0
		   : err_sys(err, "cannot look into '%s' of a session", name);
}

/* A JSON file; *ret NULL when there is none. */
static int
read_json(int at, const char *path, json_t **ret, struct err *err)
{
	*ret = NULL;
	if (faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return 0;
	*ret = json_read_file(at, path, err);
	return *ret != NULL ? 0 : -1;
}

static int
look_at_tags(const struct looking *l, int at, struct err *err)
{
	cleanup_json json_t *j = NULL;
	const char *key;
	json_t *value;

	if (read_json(at, "tags.json", &j, err) < 0)
		return -1;
	json_object_foreach(json_object_get(j, "images"), key, value) l->fn(l->user, key);
	json_object_foreach(json_object_get(j, "tags"), key,
	    value) if (json_is_string(value)) l->fn(l->user, json_string_value(value));
	return 0;
}

static int
look_at_containers(const struct looking *l, int at, struct err *err)
{
	cleanup_dir DIR *d = NULL;
	struct dirent *e;

	if (open_list(at, "containers", &d, err) < 0)
		return -1;
	while (d != NULL && (e = readdir(d)) != NULL) {
		cleanup_free char *path = xasprintf("%s/config.json", e->d_name);
		cleanup_json json_t *j = NULL;

		if (!path_is_name(e->d_name))
			continue;
		if (read_json(dirfd(d), path, &j, err) < 0)
			return -1;
		l->fn(l->user, json_get_str(j, "image_id", ""));
	}
	return 0;
}

static int
look_at(const struct looking *l, int at, const char *name, struct err *err)
{
	cleanup_fd int dir = openat(at, name, FOLDER);

	if (dir < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot open '%s'", name);
	return look_at_tags(l, dir, err) < 0 ? -1 : look_at_containers(l, dir, err);
}

static int
look_at_checkpoints(const struct looking *l, int session, struct err *err)
{
	cleanup_dir DIR *d = NULL;
	struct dirent *e;

	if (open_list(session, "checkpoints", &d, err) < 0)
		return -1;
	while (d != NULL && (e = readdir(d)) != NULL)
		if (session_name_ok(e->d_name) &&
		    look_at(l, dirfd(d), e->d_name, err) < 0)
			return -1;
	return 0;
}

int
session_roots(struct store *store, void (*fn)(void *user, const char *id), void *user,
    struct err *err)
{
	const struct looking l = {fn, user};
	cleanup_dir DIR *d = NULL;
	struct dirent *e;

	if (open_list(store_home_dir(store), "sessions", &d, err) < 0)
		return -1;
	while (d != NULL && (e = readdir(d)) != NULL) {
		cleanup_fd int dir = -1;

		if (!session_name_ok(e->d_name))
			continue;
		if (look_at(&l, dirfd(d), e->d_name, err) < 0)
			return -1;
		dir = openat(dirfd(d), e->d_name, FOLDER);
		if (dir >= 0 && look_at_checkpoints(&l, dir, err) < 0)
			return -1;
	}
	return 0;
}
