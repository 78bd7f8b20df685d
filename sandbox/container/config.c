/*
 * config.c - config.json, the part of a container that never changes
 */
#include "sandbox/container/private.h"
#include <stdlib.h>

void
container_config_free(struct container_config *c)
{
	if (c == NULL)
		return;
	vec_done(&c->entrypoint);
	vec_done(&c->cmd);
	vec_done(&c->env);
	vec_done(&c->labels);
	vec_done(&c->binds);
	vec_done(&c->exposed);
	mounts_free(c);
	free(c->name);
	free(c->image);
	free(c->workdir);
	free(c->user);
	free(c->hostname);
	free(c->restart);
	free(c->stop_signal);
	free(c->network);
	free(c->ports);
	free(c);
}

void
container_config_free_p(struct container_config **c)
{
	container_config_free(*c);
	*c = NULL;
}

json_t *
ports_to_json(const struct network_port *ports, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    a, json_pack("{s:i, s:i, s:s, s:s}", "container",
			   (int)ports[i].container_port, "host", (int)ports[i].host_port,
			   "proto", ports[i].proto, "ip", ports[i].host_ip));
	return a;
}

size_t
ports_from_json(const json_t *a, struct network_port **ret)
{
	size_t n = json_array_size(a), i;
	json_t *p;

	*ret = xcalloc(n, sizeof **ret);
	json_array_foreach(a, i, p)
	{
		struct network_port *port = &(*ret)[i];

		port->container_port = (uint16_t)json_get_int(p, "container", 0);
		port->host_port = (uint16_t)json_get_int(p, "host", 0);
		snprintf(port->proto, sizeof port->proto, "%s",
		    json_get_str(p, "proto", "tcp"));
		snprintf(
		    port->host_ip, sizeof port->host_ip, "%s", json_get_str(p, "ip", ""));
	}
	return n;
}

/* Members that are plain strings and lists: one row serves both directions. */
static const struct {
	const char *key;
	size_t offset;
} strings[] =
    {
	{"name", offsetof(struct container_config, name)},
	{"image", offsetof(struct container_config, image)},
	{"workdir", offsetof(struct container_config, workdir)},
	{"user", offsetof(struct container_config, user)},
	{"hostname", offsetof(struct container_config, hostname)},
	{"restart", offsetof(struct container_config, restart)},
	{"stop_signal", offsetof(struct container_config, stop_signal)},
	{"network", offsetof(struct container_config, network)},
},
  lists[] =
      {
	  {"entrypoint", offsetof(struct container_config, entrypoint)},
	  {"cmd", offsetof(struct container_config, cmd)},
	  {"env", offsetof(struct container_config, env)},
	  {"labels", offsetof(struct container_config, labels)},
	  {"binds", offsetof(struct container_config, binds)},
	  {"exposed", offsetof(struct container_config, exposed)},
},
  flags[] = {
      {"tty", offsetof(struct container_config, tty)},
      {"open_stdin", offsetof(struct container_config, open_stdin)},
      {"auto_remove", offsetof(struct container_config, auto_remove)},
      {"detach", offsetof(struct container_config, detach)},
      {"readonly_root", offsetof(struct container_config, readonly_root)},
      {"init", offsetof(struct container_config, init)},
};

#define MEMBER(type, c, row) ((type *)((char *)(c) + (row).offset))

json_t *
config_to_json(const struct container_config *c)
{
	json_t *j =
	    json_pack("{s:s, s:s, s:I, s:i}", "id", c->id, "image_id", c->image_id,
		"created", (json_int_t)c->created, "stop_timeout", c->stop_timeout);

	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		const char *s = *MEMBER(char *const, c, strings[i]);

		if (s != NULL)
			json_object_set_new(j, strings[i].key, json_string(s));
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		json_object_set_new(j, lists[i].key,
		    json_from_vec(MEMBER(const struct vec, c, lists[i])));
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		json_object_set_new(
		    j, flags[i].key, json_boolean(*MEMBER(const bool, c, flags[i])));
	json_object_set_new(j, "ports", ports_to_json(c->ports, c->nports));
	if (c->nmounts > 0)
		json_object_set_new(j, "mounts", mounts_to_json(c));
	return j;
}

struct container_config *
config_from_json(const json_t *j)
{
	struct container_config *c = xcalloc(1, sizeof *c);

	snprintf(c->id, sizeof c->id, "%s", json_get_str(j, "id", ""));
	snprintf(c->image_id, sizeof c->image_id, "%s", json_get_str(j, "image_id", ""));
	c->created = json_get_int(j, "created", 0);
	c->stop_timeout = (int)json_get_int(j, "stop_timeout", -1);
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		const char *s = json_get_str(j, strings[i].key, NULL);

		*MEMBER(char *, c, strings[i]) = s != NULL ? xstrdup(s) : NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct vec *v = MEMBER(struct vec, c, lists[i]);

		*v = (struct vec)VEC_INIT;
		json_get_vec(j, lists[i].key, v);
	}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		*MEMBER(bool, c, flags[i]) = json_get_bool(j, flags[i].key, false);
	c->nports = ports_from_json(json_object_get(j, "ports"), &c->ports);
	mounts_from_json(json_object_get(j, "mounts"), c);
	return c;
}
