/*
 * plan.c - which stages are built, and from what
 */
#include "sandbox/dockerfile/private.h"

static bool
add_global(const struct dockerfile *df, const struct vec *build_args,
    const struct dockerfile_pair *pair, struct vec *env, struct vec *globals,
    struct err *err)
{
	const struct dockerfile_lex lex = {.escape = df->escape};
	const char *given =
	    build_args != NULL ? vec_env_get(build_args, pair->key) : NULL;
	cleanup_free char *value = NULL;

	/* what --build-arg replaces is not looked at: its ${X:?} may fail */
	if (pair->value != NULL && given == NULL) {
		value = dockerfile_expand(&lex, pair->value, env, err);
		if (value == NULL)
			return false;
	}
	if (given != NULL || value != NULL)
		vec_env_set(globals, pair->key, given != NULL ? given : value);
	/* Declared without a value it is empty in FROM, but unset in a stage. */
	vec_env_set(env, pair->key, given != NULL ? given : value != NULL ? value : "");
	return true;
}

int
df_globals(const struct dockerfile *df, const struct dockerfile_input *input,
    bool with_build_args, struct vec *env, struct vec *globals,
    struct dockerfile_range *where, struct err *err)
{
	const struct dockerfile_stage *last = &df->stages[df->n_stages - 1];
	const char *target = *last->name != '\0' ? last->name : "default";

	if (input->target != NULL && *input->target != '\0')
		target = input->target;
	if (input->platform_args != NULL)
		vec_add_all(env, input->platform_args->v);
	vec_env_set(env, "TARGETSTAGE", target);
	vec_add_all(globals, env->v);
	for (size_t i = 0; i < df->n_globals; i++)
		for (size_t k = 0; k < df->globals[i].n_pairs; k++)
			if (!add_global(df, with_build_args ? input->build_args : NULL,
				&df->globals[i].pairs[k], env, globals, err)) {
				*where = df->globals[i].lines;
				return -1;
			}
	return 0;
}

static int
by_name(const void *a, const void *b, void *user)
{
	const struct dockerfile *df = user;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	int names = strcmp(df->stages[i].name, df->stages[k].name);

	return names != 0 ? names : (i > k) - (i < k);
}

void
df_index_stages(struct dockerfile *df)
{
	df->by_name = df_alloc(df->arena, df->n_stages * sizeof *df->by_name);
	for (size_t i = 0; i < df->n_stages; i++)
		df->by_name[i] = i;
	qsort_r(df->by_name, df->n_stages, sizeof *df->by_name, by_name, df);
}

int
df_stage_named(const struct dockerfile *df, const char *name, size_t before)
{
	size_t low = 0, high = df->n_stages;

	/* behind the last that is smaller than (name, before) */
	while (low < high) {
		size_t mid = low + (high - low) / 2, at = df->by_name[mid];
		int names = strcmp(df->stages[at].name, name);

		if (names < 0 || (names == 0 && at < before))
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || *name == '\0' ||
	    !str_eq(df->stages[df->by_name[low - 1]].name, name))
		return -1;
	return (int)df->by_name[low - 1];
}

static char *
lowered(const char *s)
{
	char *copy = xstrdup(s);

	for (char *p = copy; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 32;
	return copy;
}

int
dockerfile_find_stage(const struct dockerfile *df, const char *from, struct err *err)
{
	cleanup_free char *lower = lowered(from);
	uint64_t index;

	if (!str_to_u64(from, INT32_MAX, &index))
		return df_stage_named(df, lower, df->n_stages);
	if (index < df->n_stages)
		return (int)index;
	err_set(err, ERR_INPUT, "invalid stage index %s", from);
	return -2;
}

static int
resolve_base(const struct dockerfile *df, size_t i, const struct vec *env,
    struct dockerfile_plan_stage *ret, struct err *err)
{
	const struct dockerfile_lex lex = {.escape = df->escape};
	const struct dockerfile_stage *st = &df->stages[i];

	ret->base = dockerfile_expand(&lex, st->base, env, err);
	if (ret->base == NULL)
		return -1;
	if (*ret->base == '\0')
		return err_set(
		    err, ERR_INPUT, "base name (%s) should not be blank", st->base);
	ret->platform = dockerfile_expand(&lex, st->platform, env, err);
	if (ret->platform == NULL || df_platform_check(ret->platform, err) < 0)
		return -1;
	ret->base_stage = df_stage_named(df, ret->base, i);
	ret->scratch = ret->base_stage < 0 && str_eq(ret->base, "scratch");
	return 0;
}

static int
find_target(const struct dockerfile *df, const char *target, size_t *ret, struct err *err)
{
	cleanup_free char *lower = NULL;
	int found;

	*ret = df->n_stages - 1;
	if (target == NULL || *target == '\0')
		return 0;
	lower = lowered(target);
	found = df_stage_named(df, lower, df->n_stages);
	if (found >= 0) {
		*ret = (size_t)found;
		return 0;
	}
	/* engine 26.1 does not suggest another name here; newer frontends do */
	df_err_quoted(err, "target stage ", target, " could not be found");
	return -1;
}

static int
make_plan(const struct dockerfile *df, const struct dockerfile_input *input,
    struct dockerfile_plan *plan, struct dockerfile_range *where, struct err *err)
{
	cleanup_vec struct vec env = VEC_INIT;
	cleanup_df_graph struct df_graph g = {0};
	cleanup_free bool *marked = xcalloc(df->n_stages + 1, sizeof *marked);

	if (df_globals(df, input, true, &env, &plan->globals, where, err) < 0)
		return -1;
	for (size_t i = 0; i < df->n_stages; i++) {
		*where = df->stages[i].from.lines;
		if (resolve_base(df, i, &env, &plan->stages[i], err) < 0)
			return -1;
	}
	*where = (struct dockerfile_range){0};
	if (find_target(df, input->target, &plan->target, err) < 0 ||
	    df_graph_link(&g, df, plan, where, err) < 0 ||
	    df_graph_refuse_circles(&g, df, marked, where, err) < 0)
		return -1;
	df_graph_mark(&g, marked, df->n_stages, plan->target);
	for (size_t i = 0; i < df->n_stages; i++)
		plan->stages[i].needed = marked[i];
	return df_graph_refuse_forward(&g, df, marked, where, err);
}

int
dockerfile_plan(const struct dockerfile *df, const struct dockerfile_input *input,
    struct dockerfile_plan *ret, struct dockerfile_range *ret_where, struct err *err)
{
	static const struct dockerfile_input nothing = {0};

	*ret_where = (struct dockerfile_range){0};
	*ret = (struct dockerfile_plan){.n_stages = df->n_stages, .globals = VEC_INIT};
	ret->stages = xcalloc(df->n_stages + 1, sizeof *ret->stages);
	if (make_plan(df, input != NULL ? input : &nothing, ret, ret_where, err) == 0)
		return 0;
	dockerfile_plan_done(ret);
	return -1;
}

int
dockerfile_plan_need(const struct dockerfile *df, struct dockerfile_plan *plan,
    size_t stage, struct dockerfile_range *ret_where, struct err *err)
{
	cleanup_df_graph struct df_graph g = {0};
	cleanup_free bool *marked = xcalloc(df->n_stages + 1, sizeof *marked);

	if (df_graph_link(&g, df, plan, ret_where, err) < 0)
		return -1;
	df_graph_mark(&g, marked, df->n_stages, stage);
	for (size_t i = 0; i < df->n_stages; i++)
		plan->stages[i].needed |= marked[i];
	return df_graph_refuse_forward(&g, df, marked, ret_where, err);
}

void
dockerfile_plan_done(struct dockerfile_plan *plan)
{
	for (size_t i = 0; plan->stages != NULL && i < plan->n_stages; i++) {
		free(plan->stages[i].base);
		free(plan->stages[i].platform);
	}
	free(plan->stages);
	if (plan->globals.v != NULL)
		vec_done(&plan->globals);
	*plan = (struct dockerfile_plan){.globals = VEC_INIT};
}
