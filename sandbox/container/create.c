/*
 * create.c - a container's folder, name and record
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the container's root must write belongs to it; only real root can and need give
 * it away. */
static int
give(int at, const char *name, uid_t owner)
{
	return owner == geteuid() ? 0 : fchownat(at, name, owner, owner, 0);
}

static int
make_folders(struct session *s, const char *id, struct err *err)
{
	static const char *const parts[] = {"u", "w", "m"};
	uid_t owner = idmap_root_uid(store_idmap(session_store(s)));
	int at = session_containers_dir(s);

	if (mkdirat(at, id, 0711) < 0 || give(at, id, owner) < 0)
		return err_sys(err, "cannot make the container's folder");
	cleanup_fd int dir = container_open_dir(s, id, err);
	if (dir < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (mkdirat(dir, parts[i], 0755) < 0 || give(dir, parts[i], owner) < 0)
			return err_sys(err, "cannot make the container's folder");
	return 0;
}

/* config.json is written last: a folder without it does not count. */
static int
write_config(struct session *s, const struct container_config *c, struct err *err)
{
	cleanup_fd int dir = container_open_dir(s, c->id, err), lock = -1;
	cleanup_json json_t *j = config_to_json(c);
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);
	uid_t owner = idmap_root_uid(store_idmap(session_store(s)));

	if (dir < 0)
		return -1;
	lock = openat(dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || give(dir, "lock", owner) < 0)
		return err_sys(err, "cannot make the container's lock");
	cleanup_fd int fd =
	    openat(dir, "config.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		return err_sys(err, "cannot write the container's record");
	return 0;
}

static int
make_volumes(struct session *s, const struct container_config *c, struct err *err)
{
	cleanup_vec struct vec none = VEC_INIT, anonymous = VEC_INIT;

	vec_add(&anonymous, "com.docker.volume.anonymous=");
	for (size_t i = 0; i < c->nmounts; i++) {
		const struct container_mount *m = &c->mounts[i];

		if (m->kind == CONTAINER_VOLUME &&
		    container_volume_make(
			s, m->source, m->anonymous ? &anonymous : &none, err) < 0)
			return -1;
	}
	return 0;
}

int
container_create(struct session *s, struct container_config *c, struct err *err)
{
	str_random_hex(c->id, 64);
	c->created = clock_now();
	if (c->name == NULL)
		c->name = container_invent_name(session_names_dir(s));
	if (c->hostname == NULL)
		c->hostname = xstrndup(c->id, 12);
	if (make_folders(s, c->id, err) < 0)
		return -1;
	if (container_take_name(s, c->name, c->id, err) < 0 ||
	    (c->nmounts > 0 && make_volumes(s, c, err) < 0) ||
	    write_config(s, c, err) < 0) {
		fd_remove_tree(session_containers_dir(s), c->id);
		return -1;
	}
	container_event(s, c, "create", -1);
	return 0;
}

void
container_event(
    struct session *s, const struct container_config *c, const char *action, int code)
{
	json_t *a = json_pack("{s:s, s:s}", "image", c->image, "name", c->name);
	char text[16];

	snprintf(text, sizeof text, "%d", code);
	if (code >= 0)
		json_object_set_new(a, "exitCode", json_string(text));
	session_event(s, "container", action, c->id, a);
}
