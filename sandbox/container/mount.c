/*
 * mount.c - what a container is shown beside its root: its record, and how Docker says it
 *
 * Opens nothing; shown.c does that at a start.
 */
#include "sandbox/container/private.h"
#include <stdlib.h>

static const char *const kinds[] = {[CONTAINER_BIND] = "bind",
    [CONTAINER_VOLUME] = "volume",
    [CONTAINER_TMPFS] = "tmpfs"};

struct container_mount *
container_add_mount(
    struct container_config *c, enum container_mount_kind kind, const char *target)
{
	struct container_mount *m;

	c->mounts = xrealloc(c->mounts, (c->nmounts + 1) * sizeof *c->mounts);
	m = &c->mounts[c->nmounts++];
	*m = (struct container_mount){.kind = kind, .target = path_clean_root(target)};
	return m;
}

struct container_mount *
container_mount_at(const struct container_config *c, const char *target)
{
	cleanup_free char *clean = path_clean_root(target);

	for (size_t i = 0; i < c->nmounts; i++)
		if (str_eq(c->mounts[i].target, clean))
			return &c->mounts[i];
	return NULL;
}

void
mounts_free(struct container_config *c)
{
	for (size_t i = 0; i < c->nmounts; i++) {
		free(c->mounts[i].source);
		free(c->mounts[i].target);
		free(c->mounts[i].options);
	}
	free(c->mounts);
}

json_t *
mounts_to_json(const struct container_config *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < c->nmounts; i++) {
		const struct container_mount *m = &c->mounts[i];

		json_array_append_new(a,
		    json_pack("{s:i, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b}",
			"kind", (int)m->kind, "source", m->source ? m->source : "",
			"target", m->target, "options", m->options ? m->options : "",
			"readonly", m->readonly, "exec", m->exec, "make", m->make, "own",
			m->anonymous, "copy", m->copy, "flag", m->by_mount, "straight",
			m->straight));
	}
	return a;
}

void
mounts_from_json(const json_t *a, struct container_config *c)
{
	size_t i;
	json_t *j;

	json_array_foreach(a, i, j)
	{
		long long kind = json_get_int(j, "kind", -1);

		if (kind < 0 || kind > CONTAINER_TMPFS)
			continue;
		struct container_mount *m = container_add_mount(
		    c, (enum container_mount_kind)kind, json_get_str(j, "target", "/"));
		m->source = xstrdup(json_get_str(j, "source", ""));
		m->options = xstrdup(json_get_str(j, "options", ""));
		m->readonly = json_get_bool(j, "readonly", false);
		m->exec = json_get_bool(j, "exec", false);
		m->make = json_get_bool(j, "make", false);
		m->anonymous = json_get_bool(j, "own", false);
		m->copy = json_get_bool(j, "copy", false);
		m->by_mount = json_get_bool(j, "flag", false);
		m->straight = json_get_bool(j, "straight", false);
	}
}

/* ---- for inspect ----------------------------------------------------------------- */

static json_t *
mount_object(struct session *s, const struct container_mount *m)
{
	json_t *j = json_pack("{s:s}", "Type", kinds[m->kind]);

	if (m->kind == CONTAINER_VOLUME) {
		json_object_set_new(j, "Name", json_string(m->source));
		json_object_set_new(j, "Source",
		    json_sprintf("%s/sessions/%s/volumes/%s/_data",
			store_home(session_store(s)), session_name(s), m->source));
	} else {
		json_object_set_new(
		    j, "Source", json_string(m->kind == CONTAINER_BIND ? m->source : ""));
	}
	json_object_set_new(j, "Destination", json_string(m->target));
	if (m->kind == CONTAINER_VOLUME)
		json_object_set_new(j, "Driver", json_string("local"));
	json_object_set_new(
	    j, "Mode", json_string(m->by_mount || m->options == NULL ? "" : m->options));
	json_object_set_new(j, "RW", json_boolean(!m->readonly));
	json_object_set_new(
	    j, "Propagation", json_string(m->kind == CONTAINER_BIND ? "rprivate" : ""));
	return j;
}

json_t *
mounts_inspect(struct session *s, const struct container_config *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < c->nmounts; i++)
		if (c->mounts[i].kind != CONTAINER_TMPFS || c->mounts[i].by_mount)
			json_array_append_new(a, mount_object(s, &c->mounts[i]));
	return a;
}

json_t *
mounts_tmpfs(const struct container_config *c)
{
	json_t *j = NULL;

	for (size_t i = 0; i < c->nmounts; i++) {
		const struct container_mount *m = &c->mounts[i];

		if (m->kind != CONTAINER_TMPFS || m->by_mount)
			continue;
		if (j == NULL)
			j = json_object();
		json_object_set_new(
		    j, m->target, json_string(m->options ? m->options : ""));
	}
	return j;
}
