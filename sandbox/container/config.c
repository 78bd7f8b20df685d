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
	vec_done(&c->group_add);
	vec_done(&c->ulimits);
	vec_done(&c->sysctls);
	vec_done(&c->annotations);
	vec_done(&c->volumes_from);
	vec_done(&c->devices);
	vec_done(&c->log_opts);
	vec_done(&c->health.test);
	vec_done(&c->health.shell);
	vec_done(&c->links);
	vec_done(&c->extra_hosts);
	vec_done(&c->dns);
	vec_done(&c->dns_search);
	vec_done(&c->dns_option);
	vec_done(&c->cap_add);
	vec_done(&c->cap_drop);
	vec_done(&c->security);
	free(c->limits.cpuset);
	mounts_free(c);
	endpoints_free(c);
	free(c->name);
	free(c->image);
	free(c->workdir);
	free(c->user);
	free(c->hostname);
	free(c->restart);
	free(c->stop_signal);
	free(c->log_driver);
	free(c->pid);
	free(c->ipc);
	free(c->uts);
	free(c->domainname);
	free(c->cidfile);
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
	{"log_driver", offsetof(struct container_config, log_driver)},
	{"pid", offsetof(struct container_config, pid)},
	{"ipc", offsetof(struct container_config, ipc)},
	{"uts", offsetof(struct container_config, uts)},
	{"domainname", offsetof(struct container_config, domainname)},
	{"cidfile", offsetof(struct container_config, cidfile)},
},
  lists[] =
      {
	  {"entrypoint", offsetof(struct container_config, entrypoint)},
	  {"cmd", offsetof(struct container_config, cmd)},
	  {"env", offsetof(struct container_config, env)},
	  {"labels", offsetof(struct container_config, labels)},
	  {"binds", offsetof(struct container_config, binds)},
	  {"exposed", offsetof(struct container_config, exposed)},
	  {"group_add", offsetof(struct container_config, group_add)},
	  {"ulimits", offsetof(struct container_config, ulimits)},
	  {"sysctls", offsetof(struct container_config, sysctls)},
	  {"annotations", offsetof(struct container_config, annotations)},
	  {"volumes_from", offsetof(struct container_config, volumes_from)},
	  {"devices", offsetof(struct container_config, devices)},
	  {"log_opts", offsetof(struct container_config, log_opts)},
	  {"health", offsetof(struct container_config, health.test)},
	  {"health_shell", offsetof(struct container_config, health.shell)},
	  {"links", offsetof(struct container_config, links)},
	  {"extra_hosts", offsetof(struct container_config, extra_hosts)},
	  {"dns", offsetof(struct container_config, dns)},
	  {"dns_search", offsetof(struct container_config, dns_search)},
	  {"dns_option", offsetof(struct container_config, dns_option)},
	  {"cap_add", offsetof(struct container_config, cap_add)},
	  {"cap_drop", offsetof(struct container_config, cap_drop)},
	  {"security", offsetof(struct container_config, security)},
},
  flags[] =
      {
	  {"tty", offsetof(struct container_config, tty)},
	  {"open_stdin", offsetof(struct container_config, open_stdin)},
	  {"auto_remove", offsetof(struct container_config, auto_remove)},
	  {"detach", offsetof(struct container_config, detach)},
	  {"readonly_root", offsetof(struct container_config, readonly_root)},
	  {"init", offsetof(struct container_config, init)},
	  {"privileged", offsetof(struct container_config, privileged)},
	  {"publish_all", offsetof(struct container_config, publish_all)},
	  {"attach_in", offsetof(struct container_config, attach_in)},
	  {"attach_out", offsetof(struct container_config, attach_out)},
	  {"attach_err", offsetof(struct container_config, attach_err)},
},
  numbers[] = {
      {"shm_size", offsetof(struct container_config, shm_size)},
      {"oom_score_adj", offsetof(struct container_config, oom_score_adj)},
      {"health_interval", offsetof(struct container_config, health.interval)},
      {"health_timeout", offsetof(struct container_config, health.timeout)},
      {"health_start_period", offsetof(struct container_config, health.start_period)},
      {"health_start_interval", offsetof(struct container_config, health.start_interval)},
};

#define MEMBER(type, c, row) ((type *)((char *)(c) + (row).offset))

json_t *
config_to_json(const struct container_config *c)
{
	json_t *j = json_pack("{s:s, s:s, s:I, s:I, s:i}", "id", c->id, "image_id",
	    c->image_id, "created", (json_int_t)c->created, "stop_timeout",
	    (json_int_t)c->stop_timeout, "health_retries", c->health.retries);

	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		const char *s = *MEMBER(char *const, c, strings[i]);

		if (s != NULL)
			json_object_set_new(j, strings[i].key, json_string(s));
	}
	/* short: every `ps` reads all of them */
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct vec *v = MEMBER(const struct vec, c, lists[i]);

		if (v->len > 0)
			json_object_set_new(j, lists[i].key, json_from_vec(v));
	}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (*MEMBER(const bool, c, flags[i]))
			json_object_set_new(j, flags[i].key, json_true());
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		int64_t n = *MEMBER(const int64_t, c, numbers[i]);

		if (n != 0)
			json_object_set_new(j, numbers[i].key, json_integer(n));
	}
	json_object_set_new(j, "ports", ports_to_json(c->ports, c->nports));
	limits_to_json(&c->limits, j);
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
	c->stop_timeout = json_get_int(j, "stop_timeout", -1);
	c->health.retries = (int)json_get_int(j, "health_retries", 0);
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
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		*MEMBER(int64_t, c, numbers[i]) = json_get_int(j, numbers[i].key, 0);
	c->nports = ports_from_json(json_object_get(j, "ports"), &c->ports);
	limits_from_json(j, &c->limits);
	mounts_from_json(json_object_get(j, "mounts"), c);
	return c;
}
