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

	if (dir < 0 || endpoints_write(dir, c, err) < 0)
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

/* Of the container whose network it shares; NULL: it shares none. */
static char *
other_hostname(struct session *s, const struct container_config *c)
{
	cleanup_container_config struct container_config *other = NULL;
	const char *id = c->network != NULL ? str_after(c->network, "container:") : NULL;

	return id != NULL && container_load(s, id, &other, NULL) == 0
		   ? take_ptr(other->hostname)
		   : NULL;
}

/* A network that is not there yet is missed at the start, as in Docker. */
static void
find_networks(struct session *s, struct container_config *c)
{
	if (c->nendpoints == 0 && c->network == NULL)
		(void)container_add_endpoint(c, "bridge");
	for (size_t i = 0; i < c->nendpoints; i++) {
		cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;
		struct container_endpoint *e = &c->endpoints[i];

		if (session_network_find(s, e->network, &n, NULL) < 0)
			continue;
		str_copy(e->network_id, sizeof e->network_id, n.id);
		free(e->network);
		e->network = take_ptr(n.name);
	}
}

int
container_create(struct session *s, struct container_config *c, struct err *err)
{
	str_random_hex(c->id, 64);
	c->created = clock_now();
	if (c->name == NULL)
		c->name = container_invent_name(session_names_dir(s));
	if (c->hostname == NULL)
		c->hostname = other_hostname(s, c);
	if (c->hostname == NULL)
		c->hostname = xstrndup(c->id, 12);
	find_networks(s, c);
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

/* What has its volumes: mounted before a start, unmounted before its end is told. */
static void
volume_events(struct session *s, const struct container_config *c, bool mount)
{
	for (size_t i = 0; i < c->nmounts; i++) {
		const struct container_mount *m = &c->mounts[i];
		json_t *a;

		if (m->kind != CONTAINER_VOLUME)
			continue;
		a = json_pack("{s:s, s:s}", "container", c->id, "driver", "local");
		if (mount) {
			json_object_set_new(a, "destination", json_string(m->target));
			json_object_set_new(a, "propagation", json_string(""));
			json_object_set_new(
			    a, "read/write", json_string(m->readonly ? "false" : "true"));
		}
		session_event(s, "volume", mount ? "mount" : "unmount", m->source, a);
	}
}

/* Whole seconds of the run that has just ended. */
static void
add_duration(struct session *s, const struct container_config *c, json_t *a)
{
	struct container_state st;

	if (container_state(s, c->id, &st, NULL) < 0)
		return;
	if (st.started_at > 0) {
		int64_t end =
		    st.finished_at > st.started_at ? st.finished_at : clock_now();

		json_object_set_new(a, "execDuration",
		    json_sprintf("%lld", (long long)((end - st.started_at) / NS_PER_S)));
	}
	container_state_done(&st);
}

/* Labels that say that an image is our own: the one that it stands for has none. */
static bool
is_ours(const struct container_config *c, const char *key)
{
	return vec_env_get(&c->labels, "drydock.made-from") != NULL &&
	       (str_starts(key, "drydock.") ||
		   str_starts(key, "org.opencontainers.image."));
}

/* Its present name: a monitor knows the one that it was started with. */
static json_t *
name_now(struct session *s, const struct container_config *c)
{
	cleanup_free char *path = xasprintf("%s/name", c->id);
	cleanup_buf struct buf name = BUF_INIT(256);

	if (fd_read_file(session_containers_dir(s), path, &name, NULL) < 0)
		return json_string(c->name);
	return json_string(name.s);
}

void
container_event_more(
    struct session *s, const struct container_config *c, const char *action, json_t *more)
{
	json_t *a = json_object();

	for (size_t i = 0; i < c->labels.len; i++) {
		const char *eq = strchr(c->labels.v[i], '=');
		cleanup_free char *key =
		    xstrndup(c->labels.v[i], strcspn(c->labels.v[i], "="));

		if (!is_ours(c, key))
			json_object_set_new(
			    a, key, json_string(eq != NULL ? eq + 1 : ""));
	}
	json_object_set_new(a, "image", json_string(c->image));
	json_object_set_new(a, "name", name_now(s, c));
	if (more != NULL) {
		json_object_update(a, more);
		json_decref(more);
	}
	session_event(s, "container", action, c->id, a);
}

void
container_event(
    struct session *s, const struct container_config *c, const char *action, int code)
{
	json_t *more =
	    code >= 0 ? json_pack("{s:o}", "exitCode", json_sprintf("%d", code)) : NULL;

	if (str_eq(action, "die"))
		add_duration(s, c, more);
	if (str_eq(action, "start") || str_eq(action, "die"))
		volume_events(s, c, str_eq(action, "start"));
	container_event_more(s, c, action, more);
}

int
container_unlink(struct session *s, const char *id, const char *alias, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_fd int dir = container_open_dir(s, id, err);

	if (dir < 0 || container_load(s, id, &c, err) < 0)
		return -1;
	for (size_t i = 0; i < c->links.len; i++) {
		const char *own = strchr(c->links.v[i], ':');

		if (own == NULL || !str_eq(own + 1, alias))
			continue;
		vec_remove(&c->links, i);
		cleanup_json json_t *j = config_to_json(c);
		return json_write_file(dir, "config.json", j, 0600, err);
	}
	return err_set(err, ERR_NOT_FOUND, "no link %s", alias);
}
