/*
 * effect.c - what instructions without a layer do to an image's config
 *
 * A table from kind to function.  Each sees the environment that the instructions before
 * it left, changes the config, and adds its line to the history.
 *
 * Facts: BuildKit's dockerfile2llb/convert.go; engine 26.1.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

char *
build_expand(
    struct builder *b, const struct build_stage *st, const char *word, struct err *err)
{
	const struct dockerfile_lex lex = {.escape = b->df->escape};

	return dockerfile_expand(&lex, word, &st->env, err);
}

size_t
build_add_history(struct build_stage *st, const struct dockerfile_instr *in,
    const struct dockerfile_done *done, bool empty)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	dockerfile_history(&text, in, done);
	image_config_add_history(
	    &st->config, IMAGE_NO_TIME, text.s, "buildkit.dockerfile.v0", empty);
	return st->config.nhistory - 1;
}

static int
done_words(
    struct build_stage *st, const struct dockerfile_instr *in, const struct vec *words)
{
	const struct dockerfile_done done = {.words = words};

	build_add_history(st, in, &done, true);
	return 0;
}

/* Expands all words one to one. */
static int
expand_args(struct builder *b, const struct build_stage *st,
    const struct dockerfile_instr *in, struct vec *out, struct err *err)
{
	for (size_t i = 0; i < in->n_args; i++) {
		char *word = build_expand(b, st, in->args[i], err);
		if (word == NULL)
			return -1;
		vec_take(out, word);
	}
	return 0;
}

/* Expands keys and values to "K=V": all before any of them takes effect. */
static int
expand_pairs(struct builder *b, const struct build_stage *st,
    const struct dockerfile_instr *in, struct vec *out, struct err *err)
{
	for (size_t i = 0; i < in->n_pairs; i++) {
		const struct dockerfile_pair *p = &in->pairs[i];
		cleanup_free char *key = build_expand(b, st, p->key, err);
		if (key == NULL)
			return -1;
		cleanup_free char *value =
		    build_expand(b, st, p->value != NULL ? p->value : "", err);
		if (value == NULL)
			return -1;
		vec_addf(out, "%s=%s", key, value);
	}
	return 0;
}

/* vec_env_set with a whole "K=V". */
static void
set_pair(struct vec *list, const char *pair)
{
	const char *eq = strchr(pair, '=');
	cleanup_free char *key = xstrndup(pair, (size_t)(eq - pair));

	vec_env_set(list, key, eq + 1);
}

static int
do_env(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	if (expand_pairs(b, st, in, &words, err) < 0)
		return -1;
	for (size_t i = 0; i < words.len; i++) {
		set_pair(&st->config.env, words.v[i]);
		set_pair(&st->env, words.v[i]);
	}
	return done_words(st, in, &words);
}

static int
do_label(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	if (expand_pairs(b, st, in, &words, err) < 0)
		return -1;
	for (size_t i = 0; i < words.len; i++)
		set_pair(&st->config.labels, words.v[i]);
	return done_words(st, in, &words);
}

/* --build-arg wins, then the default, then the ARG before the first FROM. */
static int
arg_value(struct builder *b, const struct build_stage *st,
    const struct dockerfile_pair *pair, char **ret, struct err *err)
{
	const char *given = b->spec->build_args != NULL
				? vec_env_get(b->spec->build_args, pair->key)
				: NULL;

	*ret = NULL;
	if (given != NULL) {
		*ret = xstrdup(given);
	} else if (pair->value != NULL) {
		*ret = build_expand(b, st, pair->value, err);
		return *ret != NULL ? 0 : -1;
	} else {
		const char *global = vec_env_get(&b->plan.globals, pair->key);
		*ret = global != NULL ? xstrdup(global) : NULL;
	}
	return 0;
}

static int
do_arg(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	for (size_t i = 0; i < in->n_pairs; i++) {
		const char *key = in->pairs[i].key;
		cleanup_free char *value = NULL;
		if (arg_value(b, st, &in->pairs[i], &value, err) < 0)
			return -1;
		if (!vec_has(&st->args, key))
			vec_add(&st->args, key);
		if (value != NULL)
			vec_env_set(&st->env, key, value);
		vec_addf(&words, "%s%s%s", key, value != NULL ? "=" : "",
		    value != NULL ? value : "");
	}
	return done_words(st, in, &words);
}

static void
replace_words(struct vec *to, const struct vec *words)
{
	vec_done(to);
	vec_add_all(to, words->v);
}

static int
do_cmd(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	cleanup_vec struct vec argv = VEC_INIT;

	(void)b;
	(void)err;
	dockerfile_shell_argv(
	    in, st->config.shell.len > 0 ? &st->config.shell : NULL, &argv);
	replace_words(&st->config.cmd, &argv);
	st->config.args_escaped = true;
	st->cmd_set = true;
	return done_words(st, in, &argv);
}

static int
do_entrypoint(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	cleanup_vec struct vec argv = VEC_INIT;

	(void)b;
	(void)err;
	dockerfile_shell_argv(
	    in, st->config.shell.len > 0 ? &st->config.shell : NULL, &argv);
	replace_words(&st->config.entrypoint, &argv);
	if (!st->cmd_set)
		vec_done(&st->config.cmd);
	return done_words(st, in, &argv);
}

static int
do_shell(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	(void)b;
	(void)err;
	vec_add_all(&words, in->args);
	replace_words(&st->config.shell, &words);
	return done_words(st, in, &words);
}

static int
do_expose(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	const struct dockerfile_lex lex = {.escape = b->df->escape};
	cleanup_vec struct vec words = VEC_INIT, ports = VEC_INIT;

	for (size_t i = 0; i < in->n_args; i++)
		if (dockerfile_expand_words(&lex, in->args[i], &st->env, &words, err) < 0)
			return -1;
	if (dockerfile_ports(&words, &ports, err) < 0)
		return -1;
	for (size_t i = 0; i < ports.len; i++)
		if (!vec_has(&st->config.exposed_ports, ports.v[i]))
			vec_add(&st->config.exposed_ports, ports.v[i]);
	return done_words(st, in, &ports);
}

static int
do_volume(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	if (expand_args(b, st, in, &words, err) < 0)
		return -1;
	for (size_t i = 0; i < words.len; i++) {
		if (*words.v[i] == '\0')
			return err_set(err, ERR_INPUT,
			    "VOLUME specified can not be an empty string");
		if (!vec_has(&st->config.volumes, words.v[i]))
			vec_add(&st->config.volumes, words.v[i]);
	}
	return done_words(st, in, &words);
}

static int
do_user(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	if (expand_args(b, st, in, &words, err) < 0)
		return -1;
	image_set(&st->config.user, words.len > 0 ? words.v[0] : "");
	return done_words(st, in, &words);
}

static int
do_stopsignal(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	if (expand_args(b, st, in, &words, err) < 0)
		return -1;
	const char *name = words.len > 0 ? words.v[0] : "";
	if (proc_signal_number(name) == 0)
		return err_set(err, ERR_INPUT, "Invalid signal: %s", name);
	image_set(&st->config.stop_signal, name);
	return done_words(st, in, &words);
}

static int
do_maintainer(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	(void)b;
	(void)err;
	vec_add_all(&words, in->args);
	image_set(&st->config.author, words.len > 0 ? words.v[0] : "");
	return done_words(st, in, &words);
}

static int
do_healthcheck(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	const struct dockerfile_health *from = &in->health;
	struct image_health *to = &st->config.health;

	(void)b;
	(void)err;
	vec_done(&to->test);
	vec_add_all(&to->test, from->test);
	to->set = true;
	to->interval = from->interval;
	to->timeout = from->timeout;
	to->start_period = from->start_period;
	to->start_interval = from->start_interval;
	to->retries = from->retries;
	return done_words(st, in, NULL);
}

static int
do_onbuild(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	(void)b;
	(void)err;
	vec_add(&st->config.on_build, in->trigger);
	return 0;
}

static int (*const effects[DOCKERFILE_KINDS])(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err) = {
    [DOCKERFILE_ARG] = do_arg,
    [DOCKERFILE_CMD] = do_cmd,
    [DOCKERFILE_ENTRYPOINT] = do_entrypoint,
    [DOCKERFILE_ENV] = do_env,
    [DOCKERFILE_EXPOSE] = do_expose,
    [DOCKERFILE_HEALTHCHECK] = do_healthcheck,
    [DOCKERFILE_LABEL] = do_label,
    [DOCKERFILE_MAINTAINER] = do_maintainer,
    [DOCKERFILE_ONBUILD] = do_onbuild,
    [DOCKERFILE_SHELL] = do_shell,
    [DOCKERFILE_STOPSIGNAL] = do_stopsignal,
    [DOCKERFILE_USER] = do_user,
    [DOCKERFILE_VOLUME] = do_volume,
};

int
build_effect(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	return effects[in->kind] != NULL ? effects[in->kind](b, st, in, err) : 0;
}
