/*
 * config.c - from the options of run and create to a container's configuration
 *
 * How image and user's wishes are merged: moby, daemon/commit.go merge().
 */
#include "sandbox/docker/mounts.h"
#include "sandbox/docker/run.h"
#include <stdlib.h>

static struct container_config *
new_config(void)
{
	struct container_config *c = xmalloc(sizeof *c);

	*c = (struct container_config){
	    .entrypoint = VEC_INIT,
	    .cmd = VEC_INIT,
	    .env = VEC_INIT,
	    .labels = VEC_INIT,
	    .binds = VEC_INIT,
	    .exposed = VEC_INIT,
	    .group_add = VEC_INIT,
	    .ulimits = VEC_INIT,
	    .sysctls = VEC_INIT,
	    .annotations = VEC_INIT,
	    .volumes_from = VEC_INIT,
	    .devices = VEC_INIT,
	    .log_opts = VEC_INIT,
	    .health = {.test = VEC_INIT, .shell = VEC_INIT},
	    .links = VEC_INIT,
	    .extra_hosts = VEC_INIT,
	    .dns = VEC_INIT,
	    .dns_search = VEC_INIT,
	    .dns_option = VEC_INIT,
	    .cap_add = VEC_INIT,
	    .cap_drop = VEC_INIT,
	    .security = VEC_INIT,
	    .stop_timeout = -1,
	};
	return c;
}

static char *
maybe_dup(const char *s)
{
	return s != NULL && s[0] != '\0' ? xstrdup(s) : NULL;
}

/* Is PORT/PROTO among the first n that are published? */
static bool
is_published(const struct container_config *c, size_t n, const char *exposed)
{
	for (size_t i = 0; i < n; i++) {
		cleanup_free char *one =
		    xasprintf("%u/%s", c->ports[i].container_port, c->ports[i].proto);

		if (str_eq(one, exposed))
			return true;
	}
	return false;
}

static int
take_ports(
    struct docker *d, struct container_config *c, const json_t *image, struct err *err)
{
	const char *key, *v;
	json_t *value;

	for (size_t i = 0; (v = opts_next(&d->opts, "publish", &i)) != NULL;)
		if (docker_parse_publish(v, c, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(&d->opts, "expose", &i)) != NULL;)
		if (docker_parse_expose(v, &c->exposed, err) < 0)
			return -1;
	json_object_foreach(json_object_get(image, "ExposedPorts"), key, value)
	{
		if (docker_parse_expose(key, &c->exposed, err) < 0)
			return -1;
	}
	if (!opts_on(&d->opts, "publish-all"))
		return 0;
	for (size_t i = 0, n = c->exposed.len, given = c->nports; i < n; i++)
		if (!is_published(c, given, c->exposed.v[i]) &&
		    docker_parse_publish(c->exposed.v[i], c, err) < 0)
			return -1;
	return 0;
}

/* --entrypoint drops the image's command too; an argument list only replaces that. */
static int
take_command(
    struct docker *d, struct container_config *c, const json_t *image, struct err *err)
{
	const char *entrypoint = opts_str(&d->opts, "entrypoint");

	if (entrypoint != NULL && entrypoint[0] != '\0')
		vec_add(&c->entrypoint, entrypoint);
	vec_add_all(&c->cmd, d->opts.args + 1);
	if (entrypoint == NULL) {
		json_get_vec(image, "Entrypoint", &c->entrypoint);
		if (c->cmd.len == 0)
			json_get_vec(image, "Cmd", &c->cmd);
	}
	if (c->entrypoint.len + c->cmd.len == 0)
		return err_set(err, ERR_INPUT, "no command specified");
	return 0;
}

static void
take_simple(const struct opts *o, struct container_config *c, const json_t *image)
{
	const char *v;

	c->name = maybe_dup(opts_str(o, "name"));
	c->image = xstrdup(o->args[0]);
	v = opts_str(o, "workdir");
	c->workdir = maybe_dup(v != NULL ? v : json_get_str(image, "WorkingDir", ""));
	v = opts_str(o, "user");
	c->user = maybe_dup(v != NULL ? v : json_get_str(image, "User", ""));
	v = opts_str(o, "stop-signal");
	c->stop_signal = maybe_dup(v != NULL ? v : json_get_str(image, "StopSignal", ""));
	c->hostname = maybe_dup(opts_str(o, "hostname"));
	c->restart = maybe_dup(opts_str(o, "restart"));
	if (opts_given(o, "stop-timeout"))
		c->stop_timeout = opts_int(o, "stop-timeout");
	c->tty = opts_on(o, "tty");
	c->open_stdin = opts_on(o, "interactive");
	c->auto_remove = opts_on(o, "rm");
	c->readonly_root = opts_on(o, "read-only");
	c->init = opts_on(o, "init");
}

int
docker_check_config(struct docker *d)
{
	struct container_config probe = {.exposed = VEC_INIT};
	const struct opts *o = &d->opts;
	struct err err = ERR_INIT;
	int rc;

	if (run_check_flags(d, &err) < 0)
		return docker_wrong_flag(d, &err);
	rc = take_ports(d, &probe, NULL, &err) < 0 || run_check_client(o, &err) < 0 ||
	     run_check_able(o, &err) < 0;
	free(probe.ports);
	vec_done(&probe.exposed);
	return rc ? docker_run_failed(d, &err) : 0;
}

/* Docker's order: the engine's own complaints, then the look for the image. */
static int
find_image(struct docker *d, struct container_config *c, struct store_image *image,
    struct err *err)
{
	const struct opts *o = &d->opts;
	const char *pull = opts_str(o, "pull");

	if (run_check_engine(o, err) < 0)
		return docker_run_refused(d, err);
	/* until there is a container that needs the image, see run.c */
	if (docker_session(d, err) == NULL || store_hold(d->store, err) == NULL)
		return docker_run_refused(d, err);
	if (docker_need_image(d, o->args[0], *pull != '\0' ? pull : "missing",
		opts_on(o, "quiet"), c->image_id, err) == 0 &&
	    store_load_image(d->store, c->image_id, image, err) == 0)
		return 0;
	return err->kind == ERR_INPUT ? docker_run_failed(d, err)
				      : docker_run_refused(d, err);
}

struct container_config *
docker_make_config(struct docker *d, int *exit_code)
{
	cleanup_container_config struct container_config *c = new_config();
	cleanup_store_image struct store_image image = STORE_IMAGE_INIT;
	struct err err = ERR_INIT;

	if (docker_read_limits(&d->opts, &c->limits, &err) < 0) {
		*exit_code = docker_wrong_flag(d, &err);
		return NULL;
	}
	/* files are read by the command line, before the engine is asked */
	if (run_take_env(d, c, &err) < 0 || run_take_labels(d, c, &err) < 0 ||
	    docker_check_rights(d, &err) < 0) {
		*exit_code = docker_run_failed(d, &err);
		return NULL;
	}
	*exit_code = find_image(d, c, &image, &err);
	if (*exit_code != 0)
		return NULL;
	take_simple(&d->opts, c, image.config);
	run_merge_env(c, image.config);
	run_merge_labels(c, image.config);
	run_take_health(&d->opts, c, image.config);
	if (take_ports(d, c, image.config, &err) < 0 ||
	    take_command(d, c, image.config, &err) < 0 ||
	    docker_take_networking(d, c, &err) < 0 || run_take_host(d, c, &err) < 0 ||
	    docker_take_rights(d, c, &err) < 0 || docker_take_limits(d, c, &err) < 0 ||
	    docker_take_mounts(d, c, image.config, &err) < 0) {
		*exit_code = docker_run_refused(d, &err);
		return NULL;
	}
	return take_ptr(c);
}
