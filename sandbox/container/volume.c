/*
 * volume.c - volumes: sessions/S/volumes/NAME with volume.json and _data
 *
 * They belong to the map's root, as containers' folders do, so that the monitor, which
 * is inside the map, can take them away as well.
 */
#include "sandbox/container/private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define VOLUMES "volumes"

static int
give(int at, const char *name, uid_t owner)
{
	return owner == geteuid() ? 0 : fchownat(at, name, owner, owner, 0);
}

/* The folder of all, or -1 (none was ever made). */
static int
open_all(struct session *s)
{
	return openat(session_dir(s), VOLUMES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int
no_such(const char *name, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "get %s: no such volume", name);
}

static int
open_volume(struct session *s, const char *name, struct err *err)
{
	cleanup_fd int all = open_all(s);
	int fd = -1;

	if (container_name_ok(name))
		fd = openat(all, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? no_such(name, err) : fd;
}

int
volume_open(struct session *s, const char *name, struct err *err)
{
	cleanup_fd int dir = open_volume(s, name, err);
	int fd;

	if (dir < 0)
		return -1;
	fd = openat(dir, "_data", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? no_such(name, err) : fd;
}

/* Below a name that is no volume's yet. */
static int
make_parts(int all, const char *draft, uid_t owner, const json_t *facts, struct err *err)
{
	if (mkdirat(all, draft, 0711) < 0)
		return err_sys(err, "cannot make the volume's folder");
	cleanup_fd int dir = openat(all, draft, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || mkdirat(dir, "_data", 0755) < 0 || give(dir, "_data", owner) < 0)
		return err_sys(err, "cannot make the volume's folder");
	if (json_write_file(dir, "volume.json", facts, 0644, err) < 0)
		return -1;
	return give(dir, ".", owner) < 0
		   ? err_sys(err, "cannot hand over the volume's folder")
		   : 0;
}

int
container_volume_check(const char *name, struct err *err)
{
	if (container_name_ok(name))
		return 0;
	if (strlen(name) == 1)
		return err_set(err, ERR_INPUT,
		    "create %s: volume name is too short, names should be at least two "
		    "alphanumeric characters",
		    name);
	return err_set(err, ERR_INPUT,
	    "create %s: \"%s\" includes invalid characters for a local volume name, only "
	    "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host "
	    "directory, use absolute path",
	    name, name);
}

int
container_volume_make(
    struct session *s, const char *name, const struct vec *labels, struct err *err)
{
	uid_t owner = idmap_root_uid(store_idmap(session_store(s)));
	cleanup_json json_t *facts = json_pack("{s:I, s:o}", "created",
	    (json_int_t)clock_now(), "labels", json_from_vec(labels));
	char tail[17], draft[24];
	int rc;

	if (container_volume_check(name, err) < 0)
		return -1;
	if (fd_mkdirs(session_dir(s), VOLUMES, 0711, err) < 0 ||
	    give(session_dir(s), VOLUMES, owner) < 0)
		return err_sys(err, "cannot make the volumes' folder");
	cleanup_fd int all = open_all(s);
	if (faccessat(all, name, F_OK, 0) == 0)
		return 0;
	str_random_hex(tail, 16);
	snprintf(draft, sizeof draft, ".%s", tail);
	rc = make_parts(all, draft, owner, facts, err);
	if (rc == 0 && renameat2(all, draft, all, name, RENAME_NOREPLACE) < 0 &&
	    errno != EEXIST)
		rc = err_sys(err, "cannot make the volume '%s'", name);
	fd_remove_tree(all, draft); /* what is left of it */
	if (rc == 0)
		session_event(
		    s, "volume", "create", name, json_pack("{s:s}", "driver", "local"));
	return rc;
}

int
container_volume_list(struct session *s, struct vec *names)
{
	int all = open_all(s);
	cleanup_dir DIR *d = all >= 0 ? fdopendir(all) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (container_name_ok(e->d_name))
			vec_add(names, e->d_name);
	vec_sort(names);
	return 0;
}

int
container_volume_labels(
    struct session *s, const char *name, struct vec *labels, struct err *err)
{
	cleanup_fd int dir = open_volume(s, name, err);
	cleanup_json json_t *facts =
	    dir >= 0 ? json_read_file(dir, "volume.json", err) : NULL;

	json_get_vec(facts, "labels", labels);
	return facts == NULL ? -1 : 0;
}

json_t *
container_volume_inspect(struct session *s, const char *name, struct err *err)
{
	cleanup_fd int dir = open_volume(s, name, err);
	cleanup_json json_t *facts =
	    dir >= 0 ? json_read_file(dir, "volume.json", err) : NULL;
	cleanup_vec struct vec labels = VEC_INIT;
	char at[CLOCK_TEXT];
	json_t *j, *map = json_null();

	if (facts == NULL)
		return NULL;
	json_get_vec(facts, "labels", &labels);
	if (labels.len > 0)
		map = json_object();
	for (size_t i = 0; i < labels.len; i++) {
		cleanup_free char *key = xstrndup(labels.v[i], strcspn(labels.v[i], "="));

		json_object_set_new(map, key, json_string(vec_env_get(&labels, key)));
	}
	clock_format(json_get_int(facts, "created", 0) / NS_PER_S * NS_PER_S, at);
	j = json_pack(
	    "{s:s, s:s, s:o}", "CreatedAt", at, "Driver", "local", "Labels", map);
	json_object_set_new(j, "Mountpoint",
	    json_sprintf("%s/sessions/%s/" VOLUMES "/%s/_data",
		store_home(session_store(s)), session_name(s), name));
	json_object_set_new(j, "Name", json_string(name));
	json_object_set_new(j, "Options", json_null());
	json_object_set_new(j, "Scope", json_string("local"));
	return j;
}

/* ---- use and end ------------------------------------------------------------------ */

void
container_volume_users(struct session *s, const char *name, struct vec *ids)
{
	cleanup_vec struct vec all = VEC_INIT;

	container_list(s, &all, NULL);
	for (size_t i = 0; i < all.len; i++) {
		cleanup_container_config struct container_config *c = NULL;

		if (container_load(s, all.v[i], &c, NULL) < 0)
			continue;
		for (size_t k = 0; k < c->nmounts; k++)
			if (c->mounts[k].kind == CONTAINER_VOLUME &&
			    str_eq(c->mounts[k].source, name) && !vec_has(ids, c->id))
				vec_add(ids, c->id);
	}
}

/* One rename: from then on it is gone. */
static int
to_trash(struct session *s, const char *name)
{
	cleanup_fd int all = open_all(s);
	char entry[33];

	str_random_hex(entry, 32);
	if (renameat(all, name, session_trash_dir(s), entry) < 0)
		return -1;
	session_event(
	    s, "volume", "destroy", name, json_pack("{s:s}", "driver", "local"));
	return 0;
}

int
container_volume_remove(struct session *s, const char *name, struct err *err)
{
	cleanup_fd int dir = open_volume(s, name, err);
	cleanup_vec struct vec users = VEC_INIT;
	cleanup_free char *list = NULL;

	if (dir < 0)
		return -1;
	container_volume_users(s, name, &users);
	list = vec_join(&users, ", ");
	if (users.len > 0)
		return err_set(
		    err, ERR_CONFLICT, "remove %s: volume is in use - [%s]", name, list);
	if (to_trash(s, name) < 0)
		return err_sys(err, "cannot remove the volume '%s'", name);
	container_trash_now(s);
	return 0;
}

void
volumes_to_trash(struct session *s, const struct container_config *c)
{
	for (size_t i = 0; i < c->nmounts; i++) {
		cleanup_vec struct vec users = VEC_INIT;

		if (c->mounts[i].kind != CONTAINER_VOLUME || !c->mounts[i].anonymous)
			continue;
		container_volume_users(s, c->mounts[i].source, &users);
		if (users.len == 0)
			(void)to_trash(s, c->mounts[i].source);
	}
}
