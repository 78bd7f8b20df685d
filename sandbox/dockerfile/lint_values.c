/*
 * lint_values.c - the rules that need to know variables, bases and the context
 *
 * Each needed stage is walked with the environment that it would have; a stage on
 * a base whose environment nobody knows is walked too, but no variable in it is
 * called undefined.
 */
#include "sandbox/dockerfile/private.h"

static const char default_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct world {
	struct vec env;  /* "K=V" at this point of the stage */
	struct vec args; /* names declared by ARG, also without a value */
	bool known;      /* the base's environment is in env */
};

static void
world_done(struct world *w)
{
	vec_done(&w->env);
	vec_done(&w->args);
}

/* " (did you mean $X?)" or "". */
static char *
did_you_mean(const char *word, const struct vec *env, const char *sigil)
{
	cleanup_vec struct vec names = VEC_INIT;
	const char *near;

	for (size_t i = 0; i < env->len; i++)
		vec_addf(&names, "%.*s", (int)strcspn(env->v[i], "="), env->v[i]);
	near = str_nearest(word, (const char *const *)names.v, 3);
	return near != NULL ? xasprintf(" (did you mean %s%s?)", sigil, near)
			    : xstrdup("");
}

/* Expands a word for its unknown names' sake; gives the result or NULL. */
static char *
expand(struct df_lint *l, struct world *w, const struct dockerfile_instr *in,
    const char *word)
{
	cleanup_vec struct vec undefined = VEC_INIT;
	const struct dockerfile_lex lex = {
	    .escape = l->df->escape, .undefined = &undefined};
	char *result = dockerfile_expand(&lex, word, &w->env, NULL);

	for (size_t i = 0; w->known && i < undefined.len; i++) {
		cleanup_free char *hint = NULL;

		if (vec_has(&w->args, undefined.v[i]))
			continue;
		hint = did_you_mean(undefined.v[i], &w->env, "$");
		df_warn(l, "UndefinedVar", in->lines,
		    "Usage of undefined variable '$%s'%s", undefined.v[i], hint);
	}
	return result;
}

/* ---- FROM ---- */

static void
lint_undeclared(struct df_lint *l, const struct dockerfile_instr *from, const char *word,
    const struct vec *env)
{
	cleanup_vec struct vec undefined = VEC_INIT;
	const struct dockerfile_lex lex = {
	    .escape = l->df->escape, .undefined = &undefined};

	free(dockerfile_expand(&lex, word, env, NULL));
	for (size_t i = 0; i < undefined.len; i++) {
		cleanup_free char *hint = did_you_mean(undefined.v[i], env, "");

		df_warn(l, "UndefinedArgInFrom", from->lines,
		    "FROM argument '%s' is not declared%s", undefined.v[i], hint);
	}
}

/* Can it be no image name at all?  What defaults leave out leaves holes like
 * "busybox:" or ":latest". */
static bool
is_broken_name(const char *name)
{
	size_t len = strlen(name);

	return len == 0 || strchr(":/@", name[0]) != NULL ||
	       strchr(":/@", name[len - 1]) != NULL || strpbrk(name, " \t") != NULL ||
	       strstr(name, "//") != NULL;
}

static void
lint_from(struct df_lint *l, const struct vec *env, const struct vec *defaults)
{
	for (size_t i = 0; i < l->df->n_stages; i++) {
		const struct dockerfile_stage *st = &l->df->stages[i];
		const struct dockerfile_lex lex = {.escape = l->df->escape};
		cleanup_free char *name =
		    dockerfile_expand(&lex, st->base, defaults, NULL);

		l->here = &st->from;
		lint_undeclared(l, &st->from, st->base, env);
		lint_undeclared(l, &st->from, st->platform, env);
		if (strchr(st->base, '$') != NULL && name != NULL && is_broken_name(name))
			df_warn(l, "InvalidDefaultArgInFrom", st->from.lines,
			    "Default value for ARG %s results in empty or invalid base "
			    "image name",
			    st->base);
	}
}

static void
lint_base_platform(struct df_lint *l, const struct dockerfile_plan *plan, size_t at)
{
	const struct dockerfile_plan_stage *ps = &plan->stages[at];
	const char *want = *ps->platform != '\0'
			       ? ps->platform
			       : vec_env_get(&plan->globals, "TARGETPLATFORM");
	const char *have = NULL;

	if (l->in->base_platform != NULL && ps->base_stage < 0 && !ps->scratch)
		have = l->in->base_platform(l->in->user, ps->base);
	if (have != NULL && want != NULL && !str_eq(have, want))
		df_warn(l, "InvalidBaseImagePlatform", l->df->stages[at].from.lines,
		    "Base image %s was pulled with platform \"%s\", expected \"%s\" for "
		    "current "
		    "build",
		    ps->base, have, want);
}

/* ---- the instructions of a stage ---- */

static void
walk_arg(struct df_lint *l, struct world *w, const struct dockerfile_instr *in,
    const struct vec *globals)
{
	const struct dockerfile_input *input = l->in->input;

	for (size_t i = 0; i < in->n_pairs; i++) {
		const struct dockerfile_pair *pair = &in->pairs[i];
		cleanup_free char *value = NULL;
		const char *given = NULL;

		if (input != NULL && input->build_args != NULL)
			given = vec_env_get(input->build_args, pair->key);
		if (given == NULL && pair->value == NULL)
			given = vec_env_get(globals, pair->key);
		if (pair->value != NULL)
			value = expand(l, w, in, pair->value);
		if (given != NULL || value != NULL)
			vec_env_set(&w->env, pair->key, given != NULL ? given : value);
		vec_add(&w->args, pair->key);
	}
}

/* All words see the environment from before the instruction. */
static void
walk_pairs(struct df_lint *l, struct world *w, const struct dockerfile_instr *in)
{
	cleanup_vec struct vec keys = VEC_INIT, values = VEC_INIT;

	for (size_t i = 0; i < in->n_pairs; i++) {
		cleanup_free char *key = expand(l, w, in, in->pairs[i].key);
		cleanup_free char *value = expand(l, w, in, in->pairs[i].value);

		if (key == NULL || value == NULL)
			continue;
		vec_add(&keys, key);
		vec_add(&values, value);
	}
	for (size_t i = 0; i < keys.len && in->kind == DOCKERFILE_ENV; i++)
		vec_env_set(&w->env, keys.v[i], values.v[i]);
}

static void
lint_source(struct df_lint *l, const struct dockerfile_instr *in, const char *word)
{
	cleanup_free char *clean = path_clean_root(word);

	if (l->in->ignore == NULL || ignore_has_exceptions(l->in->ignore) ||
	    dockerfile_flag(in, "from") != NULL || strstr(word, "://") != NULL ||
	    dockerfile_source_heredoc(in, word) != NULL)
		return;
	if (ignore_match(l->in->ignore, clean + 1))
		df_warn(l, "CopyIgnoredFile", in->lines,
		    "Attempting to %s file \"%s\" that is excluded by .dockerignore",
		    in->kind == DOCKERFILE_ADD ? "Add" : "Copy", word);
}

static void
walk_words(struct df_lint *l, struct world *w, const struct dockerfile_instr *in)
{
	bool copies = in->kind == DOCKERFILE_COPY || in->kind == DOCKERFILE_ADD;
	static const char *const expanded[] = {"chown", "chmod", "checksum"};

	for (size_t i = 0; i < in->n_args; i++) {
		cleanup_free char *word = expand(l, w, in, in->args[i]);

		if (copies && word != NULL && i + 1 < in->n_args)
			lint_source(l, in, word);
	}
	for (size_t i = 0; i < ARRAY_LEN(expanded) && copies; i++) {
		const char *value = dockerfile_flag(in, expanded[i]);

		if (value != NULL)
			free(expand(l, w, in, value));
	}
}

static void
walk_stage(struct df_lint *l, struct world *w, const struct dockerfile_stage *st,
    const struct vec *globals)
{
	for (size_t i = 0; i < st->n_instrs; i++) {
		const struct dockerfile_instr *in = &st->instrs[i];

		l->here = in;
		if (in->kind == DOCKERFILE_ARG)
			walk_arg(l, w, in, globals);
		else if (in->n_pairs > 0)
			walk_pairs(l, w, in);
		else if (dockerfile_row(in->kind)->expands)
			walk_words(l, w, in);
	}
}

/* The environment that a stage begins with. */
static void
begin(struct df_lint *l, const struct dockerfile_plan_stage *ps,
    const struct world *worlds, struct world *w)
{
	const struct vec *env = NULL;

	if (ps->base_stage >= 0) {
		const struct world *base = &worlds[ps->base_stage];

		vec_add_all(&w->env, base->env.v);
		vec_add_all(&w->args, base->args.v);
		w->known = base->known;
		return;
	}
	if (!ps->scratch && l->in->base_env != NULL)
		env = l->in->base_env(l->in->user, ps->base);
	if (env != NULL)
		vec_add_all(&w->env, env->v);
	if (vec_env_get(&w->env, "PATH") == NULL)
		vec_env_set(&w->env, "PATH", default_path);
	w->known = ps->scratch || env != NULL;
}

static void
walk_all(struct df_lint *l, const struct dockerfile_plan *plan)
{
	struct world *worlds = xcalloc(plan->n_stages + 1, sizeof *worlds);

	for (size_t i = 0; i < plan->n_stages; i++) {
		worlds[i].env = worlds[i].args = (struct vec)VEC_INIT;
		if (!plan->stages[i].needed)
			continue;
		l->here = &l->df->stages[i].from;
		lint_base_platform(l, plan, i);
		begin(l, &plan->stages[i], worlds, &worlds[i]);
		walk_stage(l, &worlds[i], &l->df->stages[i], &plan->globals);
	}
	for (size_t i = 0; i < plan->n_stages; i++)
		world_done(&worlds[i]);
	free(worlds);
}

void
df_lint_values(struct df_lint *l)
{
	static const struct dockerfile_input nothing = {0};
	const struct dockerfile_input *input =
	    l->in->input != NULL ? l->in->input : &nothing;
	cleanup_vec struct vec env = VEC_INIT, defaults = VEC_INIT, unused = VEC_INIT;
	cleanup_dockerfile_plan struct dockerfile_plan plan = {.globals = VEC_INIT};
	struct dockerfile_range where;

	if (df_globals(l->df, input, true, &env, &unused, &where, NULL) < 0 ||
	    df_globals(l->df, input, false, &defaults, &unused, &where, NULL) < 0)
		return;
	lint_from(l, &env, &defaults);
	/* A file that cannot be planned fails with its own error, not with warnings. */
	if (dockerfile_plan(l->df, input, &plan, &where, NULL) == 0)
		walk_all(l, &plan);
}
