/*
 * config.c - from the options of run and create to a container's configuration
 *
 * How image and user's wishes are merged: moby, daemon/commit.go merge().
 */
#include "sandbox/docker/mounts.h"
#include <errno.h>
#include <fcntl.h>
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
	    .stop_timeout = -1,
	};
	return c;
}

static char *
maybe_dup(const char *s)
{
	return s != NULL && s[0] != '\0' ? xstrdup(s) : NULL;
}

/* NAME alone takes the value from our environment, or is left out. */
static void
add_env(const struct docker *d, struct vec *env, const char *text)
{
	const char *eq = strchr(text, '=');
	const char *value = eq != NULL ? eq + 1 : client_getenv(&d->client, text);
	cleanup_free char *name = xstrndup(text, eq ? (size_t)(eq - text) : strlen(text));

	if (value != NULL)
		vec_env_set(env, name, value);
}

static int
env_line(const struct docker *d, const char *file, char *line, struct vec *env,
    struct err *err)
{
	size_t name;

	line[strcspn(line, "\r")] = '\0';
	while (*line == ' ' || *line == '\t')
		line++;
	name = strcspn(line, "=");
	if (*line == '\0' || *line == '#')
		return 0;
	if (name == 0)
		return err_set(err, ERR_INPUT,
		    "invalid env file (%s): no variable name on line '%s'", file, line);
	if (strcspn(line, " \t") < name)
		return err_set(err, ERR_INPUT,
		    "invalid env file (%s): variable '%.*s' contains whitespaces", file,
		    (int)name, line);
	add_env(d, env, line);
	return 0;
}

/* A file of NAME=VALUE lines (opts/file.go). */
static int
read_pairs(struct docker *d, const char *file, struct vec *out, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(1 << 20);
	cleanup_fd int fd = client_open(&d->client, file, O_RDONLY, 0);
	cleanup_vec struct vec lines = VEC_INIT;

	if (fd < 0)
		return err_set(
		    err, ERR_INPUT, "open %s: %s", file, docker_errno_text(errno));
	if (fd_slurp(fd, file, &b, err) < 0)
		return -1;
	vec_split(&lines, b.s, "\n");
	for (size_t i = 0; i < lines.len; i++)
		if (env_line(d, file, lines.v[i], out, err) < 0)
			return -1;
	return 0;
}

int
docker_read_env(struct docker *d, struct vec *env, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "env-file", &i)) != NULL;)
		if (read_pairs(d, v, env, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(&d->opts, "env", &i)) != NULL;)
		add_env(d, env, v);
	return 0;
}

static int
take_env(
    struct docker *d, struct container_config *c, const json_t *image, struct err *err)
{
	cleanup_vec struct vec from_image = VEC_INIT;

	if (docker_read_env(d, &c->env, err) < 0)
		return -1;
	json_get_vec(image, "Env", &from_image);
	for (size_t i = 0; i < from_image.len; i++) {
		const char *line = from_image.v[i];
		cleanup_free char *name = xstrndup(line, strcspn(line, "="));

		if (vec_env_get(&c->env, name) == NULL)
			vec_add(&c->env, line);
	}
	return 0;
}

static int
take_labels(
    struct docker *d, struct container_config *c, const json_t *image, struct err *err)
{
	const char *key, *v;
	json_t *value;

	json_object_foreach(json_object_get(image, "Labels"), key, value)
	    vec_env_set(&c->labels, key, json_string_value(value));
	for (size_t i = 0; (v = opts_next(&d->opts, "label-file", &i)) != NULL;)
		if (read_pairs(d, v, &c->labels, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(&d->opts, "label", &i)) != NULL;) {
		size_t n = strcspn(v, "=");
		cleanup_free char *name = xstrndup(v, n);

		vec_env_set(&c->labels, name, v[n] == '=' ? v + n + 1 : "");
	}
	return 0;
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
	for (size_t i = 0, n = c->exposed.len; i < n; i++)
		if (docker_parse_publish(c->exposed.v[i], c, err) < 0)
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

static int
take_network(struct docker *d, struct container_config *c, struct err *err)
{
	static const char *const known[] = {"bridge", "none", "host"};
	const char *name = opts_str(&d->opts, "network");

	if (name == NULL)
		name = opts_str(&d->opts, "net");
	if (name == NULL || str_eq(name, "default"))
		name = "bridge";
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_eq(name, known[i])) {
			c->network = xstrdup(name);
			return 0;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "network %s not found", name);
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
		c->stop_timeout = (int)opts_int(o, "stop-timeout");
	c->tty = opts_on(o, "tty");
	c->open_stdin = opts_on(o, "interactive");
	c->auto_remove = opts_on(o, "rm");
	c->readonly_root = opts_on(o, "read-only");
	c->init = opts_on(o, "init");
}

/* --mount is read as an option, so it is complained about as one. */
static int
check_mounts(const struct docker *d, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "mount", &i)) != NULL;) {
		cleanup_mount_flag struct mount_flag f = {0};
		struct err why = ERR_INIT;

		if (mount_flag_parse(&f, v, &why) < 0)
			return err_set(err, ERR_INPUT,
			    "invalid argument \"%.400s\" for \"--mount\" flag: %.1000s",
			    v, why.text);
	}
	return 0;
}

/* What the command line itself finds wrong, before the engine is asked. */
static int
check(const struct opts *o, struct err *err)
{
	const char *restart = opts_str(o, "restart"), *pull = opts_str(o, "pull");
	const char *dir = opts_str(o, "workdir"), *v;

	for (size_t i = 0; (v = opts_next(o, "volume", &i)) != NULL;)
		if (docker_check_volume(v, err) < 0)
			return -1;

	if (!str_eq(pull, "always") && !str_eq(pull, "missing") && !str_eq(pull, "never"))
		return err_set(err, ERR_INPUT,
		    "invalid pull option: '%s': must be one of \"always\", \"missing\" "
		    "or "
		    "\"never\"",
		    pull);
	if (dir != NULL && dir[0] != '/')
		return err_set(err, ERR_INPUT,
		    "the working directory '%s' is invalid, it needs to be an absolute "
		    "path",
		    dir);
	if (str_eq(restart, "no") || restart[0] == '\0')
		return 0;
	if (container_check_restart(restart, err) < 0)
		return -1;
	if (opts_on(o, "rm"))
		return err_set(err, ERR_INPUT,
		    "conflicting options: cannot specify both --restart and --rm");
	return 0;
}

struct container_config *
docker_make_config(struct docker *d, int *exit_code)
{
	cleanup_container_config struct container_config *c = new_config();
	cleanup_store_image struct store_image image = STORE_IMAGE_INIT;
	const struct opts *o = &d->opts;
	struct container_config probe = {.exposed = VEC_INIT};
	struct err err = ERR_INIT;
	int rc = 0;

	/* the command line's own complaints come before any look for the image */
	if (check_mounts(d, &err) < 0) {
		*exit_code = docker_wrong_flag(d, &err);
		return NULL;
	}
	rc = check(o, &err);
	if (rc == 0)
		rc = take_ports(d, &probe, NULL, &err);
	free(probe.ports);
	vec_done(&probe.exposed);
	if (rc < 0) {
		*exit_code = docker_run_failed(d, &err);
		return NULL;
	}
	if (docker_need_image(d, o->args[0], opts_str(o, "pull"), opts_on(o, "quiet"),
		c->image_id, &err) < 0 ||
	    store_load_image(d->store, c->image_id, &image, &err) < 0) {
		*exit_code = err.kind == ERR_INPUT ? docker_run_failed(d, &err)
						   : docker_run_refused(d, &err);
		return NULL;
	}
	take_simple(o, c, image.config);
	if (take_env(d, c, image.config, &err) < 0 ||
	    take_labels(d, c, image.config, &err) < 0 ||
	    take_ports(d, c, image.config, &err) < 0) {
		*exit_code = docker_run_failed(d, &err);
		return NULL;
	}
	if (take_command(d, c, image.config, &err) < 0 || take_network(d, c, &err) < 0 ||
	    docker_take_mounts(d, c, image.config, &err) < 0) {
		*exit_code = docker_run_refused(d, &err);
		return NULL;
	}
	return take_ptr(c);
}
