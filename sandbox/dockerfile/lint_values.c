/*
 * lint_values.c - the rules that need to know variables, bases and the context
 *
 * Each stage that is asked for is walked with the environment that it would have; a
 * stage on a base whose environment nobody knows is walked too, but no variable in it
 * is called undefined.
 */
#include "sandbox/dockerfile/private.h"

static const char default_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static void
world_done(struct df_world *w)
{
	vec_done(&w->env);
	vec_done(&w->args);
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
		cleanup_free char *hint = df_did_you_mean(undefined.v[i], env, "");

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
	const char *path = strrchr(name, '/');

	/* Capitals may stand in a host's name and a tag only. */
	path = path != NULL ? path + 1 : name;
	for (size_t i = 0, end = strcspn(path, ":@"); i < end; i++)
		if (path[i] >= 'A' && path[i] <= 'Z')
			return true;
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

static void
walk_stage(struct df_lint *l, struct df_world *w, const struct dockerfile_stage *st,
    const struct vec *globals)
{
	for (size_t i = 0; i < st->n_instrs; i++)
		df_walk_instr(l, w, &st->instrs[i], globals);
}

/* Names that stages have from others: thousands of stages on one another would copy
 * thousands of names each. */
enum { NAMES_MAX = 1 << 20 };

/* The environment that a stage begins with. */
static void
begin(struct df_lint *l, const struct dockerfile_plan_stage *ps,
    const struct df_world *worlds, struct df_world *w)
{
	const struct vec *env = NULL;

	if (ps->base_stage >= 0) {
		const struct df_world *base = &worlds[ps->base_stage];

		if (l->names > NAMES_MAX) {
			w->full = true;
		} else {
			vec_add_all(&w->env, base->env.v);
			vec_add_all(&w->args, base->args.v);
			l->names += w->env.len + w->args.len;
		}
		w->known = base->known && !w->full;
		w->full |= base->full;
		w->workdir = base->workdir;
		w->shell = base->shell;
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
walk_all(struct df_lint *l, const struct dockerfile_plan *plan, bool all)
{
	struct df_world *worlds = xcalloc(plan->n_stages + 1, sizeof *worlds);

	for (size_t i = 0; i < plan->n_stages; i++) {
		worlds[i].env = worlds[i].args = (struct vec)VEC_INIT;
		if (!plan->stages[i].needed && !all)
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
		walk_all(l, &plan, input->target == NULL || *input->target == '\0');
}
