/*
 * run_env.c - environment and labels, from options, files and the image
 *
 * Facts: docker/cli, opts/file.go, opts/parse.go and opts/env.go.  A NAME alone takes the
 * value from the user's environment; without one there it stays alone, which takes the
 * image's own variable away.
 */
#include "sandbox/docker/run.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static void
add_env(const struct docker *d, struct vec *env, const char *text)
{
	const char *value =
	    strchr(text, '=') == NULL ? client_getenv(&d->client, text) : NULL;

	if (value != NULL)
		vec_addf(env, "%s=%s", text, value);
	else
		vec_add(env, text);
}

/* In an env file a NAME that the user does not have is left out. */
static void
add_env_line(const struct docker *d, struct vec *env, const char *text)
{
	if (strchr(text, '=') != NULL || client_getenv(&d->client, text) != NULL)
		add_env(d, env, text);
}

static void
add_label_line(const struct docker *d, struct vec *labels, const char *text)
{
	size_t n = strcspn(text, "=");
	cleanup_free char *name = xstrndup(text, n);

	(void)d;
	vec_env_set(labels, name, text[n] == '=' ? text + n + 1 : "");
}

typedef void add_fn(const struct docker *d, struct vec *out, const char *text);

static int
read_line(const struct docker *d, const char *file, char *line, struct vec *out,
    add_fn *add, struct err *err)
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
	add(d, out, line);
	return 0;
}

/* A file of NAME=VALUE lines. */
static int
read_pairs(
    struct docker *d, const char *file, struct vec *out, add_fn *add, struct err *err)
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
		if (read_line(d, file, lines.v[i], out, add, err) < 0)
			return -1;
	return 0;
}

int
docker_read_env(struct docker *d, struct vec *env, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "env-file", &i)) != NULL;)
		if (read_pairs(d, v, env, add_env_line, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(&d->opts, "env", &i)) != NULL;)
		if (v[0] != '\0')
			add_env(d, env, v);
	return 0;
}

/* Is there a line for the variable, with a value or alone? */
static bool
names(const struct vec *env, const char *name)
{
	return vec_env_get(env, name) != NULL || vec_has(env, name);
}

int
run_take_env(struct docker *d, struct container_config *c, struct err *err)
{
	return docker_read_env(d, &c->env, err);
}

void
run_merge_env(struct container_config *c, const json_t *image)
{
	cleanup_vec struct vec from_image = VEC_INIT;

	json_get_vec(image, "Env", &from_image);
	for (size_t i = 0; i < from_image.len; i++) {
		const char *line = from_image.v[i];
		cleanup_free char *name = xstrndup(line, strcspn(line, "="));

		if (!names(&c->env, name))
			vec_add(&c->env, line);
	}
}

int
run_take_labels(struct docker *d, struct container_config *c, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "label-file", &i)) != NULL;)
		if (read_pairs(d, v, &c->labels, add_label_line, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(&d->opts, "label", &i)) != NULL;)
		add_label_line(d, &c->labels, v);
	return 0;
}

void
run_merge_labels(struct container_config *c, const json_t *image)
{
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(image, "Labels"), key, value)
	{
		if (vec_env_get(&c->labels, key) == NULL)
			vec_env_set(&c->labels, key, json_string_value(value));
	}
}
