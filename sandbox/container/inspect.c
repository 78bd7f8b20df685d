/*
 * inspect.c - the object of `docker inspect`, as engine 26.1 gives it
 *
 * Member order is that engine's; values that this engine has no counterpart for are
 * what Docker says by default.
 */
#include "sandbox/container/private.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char zero_time[] = "0001-01-01T00:00:00Z";

static json_t *
time_text(int64_t t)
{
	char text[CLOCK_TEXT];

	if (t == 0)
		return json_string(zero_time);
	clock_format(t, text);
	return json_string(text);
}

json_t *
list_or_null(const struct vec *v)
{
	return v->len > 0 ? json_from_vec(v) : json_null();
}

static json_t *
state_object(const struct container_state *st)
{
	static const char *const words[] = {[CONTAINER_CREATED] = "created",
	    [CONTAINER_RUNNING] = "running",
	    [CONTAINER_EXITED] = "exited"};
	json_t *j = json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:i, s:i, s:s}", "Status",
	    st->paused       ? "paused"
	    : st->restarting ? "restarting"
			     : words[st->status],
	    "Running", st->status == CONTAINER_RUNNING || st->restarting, "Paused",
	    st->paused, "Restarting", st->restarting, "OOMKilled", st->oom_killed, "Dead",
	    0, "Pid", (int)st->pid, "ExitCode", st->exit_code, "Error",
	    st->error != NULL ? st->error : "");

	json_object_set_new(j, "StartedAt", time_text(st->started_at));
	json_object_set_new(j, "FinishedAt", time_text(st->finished_at));
	return j;
}

/* "80/tcp" of a port. */
static void
port_key(const struct network_port *p, char out[16])
{
	snprintf(out, 16, "%u/%s", p->container_port, p->proto);
}

static void
add_binding(json_t *map, const char *key, const char *ip, uint16_t port)
{
	char number[8];
	json_t *list = json_object_get(map, key);

	snprintf(number, sizeof number, "%u", port);
	if (!json_is_array(list)) {
		json_object_set_new(map, key, json_array());
		list = json_object_get(map, key);
	}
	json_array_append_new(
	    list, json_pack("{s:s, s:s}", "HostIp", ip, "HostPort", number));
}

/* As asked for (HostConfig), or as bound (NetworkSettings: both address families). */
json_t *
ports_inspect(const struct network_port *ports, size_t n, bool bound)
{
	json_t *map = json_object();

	for (size_t i = 0; i < n; i++) {
		const struct network_port *p = &ports[i];
		char key[16];

		port_key(p, key);
		if (!bound || *p->host_ip) {
			add_binding(map, key, p->host_ip, p->host_port);
			continue;
		}
		add_binding(map, key, "0.0.0.0", p->host_port);
		add_binding(map, key, "::", p->host_port);
	}
	return map;
}

const char *
network_mode(const struct container_config *c)
{
	return c->network != NULL ? c->network : "bridge";
}

/* Sets are maps with empty objects in Docker's JSON. */
static json_t *
set_object(const struct vec *v)
{
	json_t *j = json_object();

	for (size_t i = 0; i < v->len; i++)
		json_object_set_new(j, v->v[i], json_object());
	return j;
}

static json_t *
labels_object(const struct vec *v)
{
	json_t *j = json_object();

	for (size_t i = 0; i < v->len; i++) {
		const char *eq = strchr(v->v[i], '=');
		cleanup_free char *key =
		    eq ? xstrndup(v->v[i], (size_t)(eq - v->v[i])) : xstrdup(v->v[i]);

		json_object_set_new(j, key, json_string(eq ? eq + 1 : ""));
	}
	return j;
}

static json_t *
health_config(const struct container_health *h)
{
	const struct {
		const char *name;
		int64_t value;
	} numbers[] = {{"Interval", h->interval}, {"Timeout", h->timeout},
	    {"StartPeriod", h->start_period}, {"StartInterval", h->start_interval},
	    {"Retries", h->retries}};
	json_t *j = json_pack("{s:o}", "Test", json_from_vec(&h->test));

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (numbers[i].value != 0)
			json_object_set_new(
			    j, numbers[i].name, json_integer(numbers[i].value));
	return j;
}

static json_t *
config_object(const struct container_config *c)
{
	json_t *j = json_object();

	json_object_set_new(j, "Hostname", json_string(c->hostname));
	json_object_set_new(
	    j, "Domainname", json_string(c->domainname != NULL ? c->domainname : ""));
	json_object_set_new(j, "User", json_string(c->user != NULL ? c->user : ""));
	json_object_set_new(j, "AttachStdin", json_boolean(c->attach_in));
	json_object_set_new(j, "AttachStdout", json_boolean(c->attach_out));
	json_object_set_new(j, "AttachStderr", json_boolean(c->attach_err));
	if (c->exposed.len > 0)
		json_object_set_new(j, "ExposedPorts", set_object(&c->exposed));
	json_object_set_new(j, "Tty", json_boolean(c->tty));
	json_object_set_new(j, "OpenStdin", json_boolean(c->open_stdin));
	json_object_set_new(j, "StdinOnce", json_boolean(c->open_stdin && c->attach_in));
	json_object_set_new(j, "Env", list_or_null(&c->env));
	json_object_set_new(j, "Cmd", list_or_null(&c->cmd));
	if (c->health.test.len > 0)
		json_object_set_new(j, "Healthcheck", health_config(&c->health));
	json_object_set_new(j, "Image", json_string(c->image));
	json_object_set_new(j, "Volumes", json_null());
	json_object_set_new(j, "WorkingDir", json_string(c->workdir ? c->workdir : ""));
	json_object_set_new(j, "Entrypoint", list_or_null(&c->entrypoint));
	json_object_set_new(j, "OnBuild", json_null());
	json_object_set_new(j, "Labels", labels_object(&c->labels));
	if (c->stop_signal != NULL)
		json_object_set_new(j, "StopSignal", json_string(c->stop_signal));
	if (c->stop_timeout >= 0)
		json_object_set_new(j, "StopTimeout", json_integer(c->stop_timeout));
	return j;
}

/* Docker's old members, about the network called bridge only. */
static void
add_bridge(json_t *j, const struct container_config *c, const struct container_state *st)
{
	const struct container_address none = {.bits = 0}, *a = &none;

	for (size_t i = 0; i < c->nendpoints; i++)
		for (size_t k = 0; k < st->naddresses; k++)
			if (str_eq(c->endpoints[i].network, "bridge") &&
			    str_eq(
				c->endpoints[i].network_id, st->addresses[k].network_id))
				a = &st->addresses[k];
	json_object_set_new(j, "EndpointID", json_string(a->endpoint_id));
	json_object_set_new(j, "Gateway", json_string(a->gateway));
	json_object_set_new(j, "GlobalIPv6Address", json_string(""));
	json_object_set_new(j, "GlobalIPv6PrefixLen", json_integer(0));
	json_object_set_new(j, "IPAddress", json_string(a->ip));
	json_object_set_new(j, "IPPrefixLen", json_integer(a->bits));
	json_object_set_new(j, "IPv6Gateway", json_string(""));
	json_object_set_new(j, "MacAddress", json_string(a->mac));
}

static json_t *
network_settings(
    struct session *s, const struct container_config *c, const struct container_state *st)
{
	json_t *j = json_object(), *ports = ports_inspect(st->ports, st->nports, true);

	for (size_t i = 0; st->status == CONTAINER_RUNNING && i < c->exposed.len; i++)
		if (json_object_get(ports, c->exposed.v[i]) == NULL)
			json_object_set_new(ports, c->exposed.v[i], json_null());
	json_object_set_new(j, "Bridge", json_string(""));
	json_object_set_new(j, "Ports", ports);
	add_bridge(j, c, st);
	json_object_set_new(j, "Networks", endpoints_inspect(s, c, st));
	return j;
}

/* What runs: the first word of entrypoint and cmd, and the rest. */
static void
add_command(json_t *j, const struct container_config *c)
{
	cleanup_vec struct vec argv = VEC_INIT;

	vec_add_all(&argv, c->entrypoint.v);
	vec_add_all(&argv, c->cmd.v);
	json_object_set_new(j, "Path", json_string(argv.len > 0 ? argv.v[0] : ""));
	if (argv.len > 0)
		vec_remove(&argv, 0);
	json_object_set_new(j, "Args", json_from_vec(&argv));
}

json_t *
container_inspect(struct session *s, const char *id, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int dir = container_open_dir(s, id, err);
	struct restart_policy restart;
	json_t *j;

	if (dir < 0 || container_load(s, id, &c, err) < 0 ||
	    container_state(s, id, &st, err) < 0)
		return NULL;
	restart_policy(dir, c, &restart);
	cleanup_free char *digest = xasprintf("sha256:%s", c->image_id);
	cleanup_free char *name = xasprintf("/%s", c->name);
	cleanup_free char *folder = xasprintf("%s/sessions/%s/containers/%s",
	    store_home(session_store(s)), session_name(s), id);
	j = json_object();
	json_object_set_new(j, "Id", json_string(c->id));
	json_object_set_new(j, "Created", time_text(c->created));
	add_command(j, c);
	json_object_set_new(j, "State", state_object(&st));
	if (st.health != HEALTH_NONE)
		json_object_set_new(json_object_get(j, "State"), "Health",
		    health_state(dir, st.status == CONTAINER_RUNNING));
	json_object_set_new(j, "Image", json_string(digest));
	json_object_set_new(j, "ResolvConfPath", json_sprintf("%s/resolv.conf", folder));
	json_object_set_new(j, "HostnamePath", json_sprintf("%s/hostname", folder));
	json_object_set_new(j, "HostsPath", json_sprintf("%s/hosts", folder));
	json_object_set_new(j, "LogPath", json_sprintf("%s/log.json", folder));
	json_object_set_new(j, "Name", json_string(name));
	json_object_set_new(j, "RestartCount", json_integer(st.restarts));
	json_object_set_new(j, "Driver", json_string("overlay2"));
	json_object_set_new(j, "Platform", json_string("linux"));
	json_object_set_new(j, "MountLabel", json_string(""));
	json_object_set_new(j, "ProcessLabel", json_string(""));
	json_object_set_new(j, "AppArmorProfile", json_string(""));
	json_object_set_new(j, "ExecIDs", json_null());
	json_object_set_new(j, "HostConfig", host_config_object(c, &restart));
	json_object_set_new(j, "GraphDriver",
	    json_pack("{s:{s:o}, s:s}", "Data", "UpperDir", json_sprintf("%s/u", folder),
		"Name", "overlay2"));
	json_object_set_new(j, "Mounts", mounts_inspect(s, c));
	json_object_set_new(j, "Config", config_object(c));
	json_object_set_new(j, "NetworkSettings", network_settings(s, c, &st));
	return j;
}
