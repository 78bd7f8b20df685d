/*
 * plan.c - which stages are built, and from what
 *
 * The edges of the graph are FROM, COPY --from and RUN --mount=from.  An edge to
 * a stage further down is a mistake; when it also closes a circle, Docker names
 * the circle.
 */
#include "sandbox/dockerfile/private.h"

struct edge {
	size_t from, to; /* stages */
	const struct dockerfile_instr *in;
	const char *mount_target; /* NULL for COPY and FROM */
};

struct graph {
	struct edge *v;
	size_t n;
};

#define cleanup_graph __attribute__((cleanup(graph_done)))

static void
graph_done(struct graph *g)
{
	free(g->v);
}

static void
graph_add(struct graph *g, struct edge e)
{
	g->v = xrealloc(g->v, (g->n + 1) * sizeof *g->v);
	g->v[g->n++] = e;
}

static bool
add_global(const struct dockerfile *df, const struct vec *build_args,
    const struct dockerfile_pair *pair, struct vec *env, struct vec *globals,
    struct err *err)
{
	const struct dockerfile_lex lex = {.escape = df->escape};
	const char *given =
	    build_args != NULL ? vec_env_get(build_args, pair->key) : NULL;
	cleanup_free char *value = NULL;

	if (pair->value != NULL) {
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

/* The last stage before `before` of exactly this name, or -1. */
static int
stage_named(const struct dockerfile *df, const char *name, size_t before)
{
	for (size_t i = before; i-- > 0;)
		if (*name != '\0' && str_eq(df->stages[i].name, name))
			return (int)i;
	return -1;
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
		return stage_named(df, lower, df->n_stages);
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
	if (ret->platform == NULL)
		return -1;
	ret->base_stage = stage_named(df, ret->base, i);
	ret->scratch = ret->base_stage < 0 && str_eq(ret->base, "scratch");
	return 0;
}

static int
find_target(const struct dockerfile *df, const char *target, size_t *ret, struct err *err)
{
	cleanup_free char *lower = NULL;
	cleanup_free const char **names = NULL;
	size_t n = 0;
	int found;

	*ret = df->n_stages - 1;
	if (target == NULL || *target == '\0')
		return 0;
	lower = lowered(target);
	found = stage_named(df, lower, df->n_stages);
	if (found >= 0) {
		*ret = (size_t)found;
		return 0;
	}
	names = xcalloc(df->n_stages + 1, sizeof *names);
	for (size_t i = 0; i < df->n_stages; i++)
		if (*df->stages[i].name != '\0')
			names[n++] = df->stages[i].name;
	df_err_quoted(err, "target stage ", target, " could not be found");
	df_suggest(err, lower, names);
	return -1;
}

/* An edge for a word of --from= or from=, if it means a stage. */
static int
link_word(const struct dockerfile *df, struct graph *g, struct edge e, const char *word,
    struct err *err)
{
	int to = dockerfile_find_stage(df, word, err);

	if (to == -2)
		return -1;
	if (to >= 0) {
		e.to = (size_t)to;
		graph_add(g, e);
	}
	return 0;
}

static int
link_mounts(const struct dockerfile *df, struct graph *g, struct edge e, struct err *err)
{
	for (size_t i = 0; i < e.in->n_flags; i++) {
		cleanup_vec struct vec pairs = VEC_INIT;
		const char *from, *target = NULL;
		static const char *const targets[] = {"target", "dst", "destination"};

		if (!str_eq(e.in->flags[i].name, "mount"))
			continue;
		if (dockerfile_mount(e.in->flags[i].value, &pairs, err) < 0)
			return -1;
		from = vec_env_get(&pairs, "from");
		for (size_t k = 0; k < ARRAY_LEN(targets) && target == NULL; k++)
			target = vec_env_get(&pairs, targets[k]);
		e.mount_target =
		    target != NULL ? df_dup(df->arena, target, strlen(target)) : "";
		if (from != NULL && link_word(df, g, e, from, err) < 0)
			return -1;
	}
	return 0;
}

static int
link_instr(const struct dockerfile *df, struct graph *g, struct edge e, struct err *err)
{
	const char *from;

	if (e.in->kind == DOCKERFILE_RUN)
		return link_mounts(df, g, e, err);
	if (e.in->kind != DOCKERFILE_COPY)
		return 0;
	from = dockerfile_flag(e.in, "from");
	if (from == NULL)
		return 0;
	if (strchr(from, '$') != NULL)
		return err_set(err, ERR_INPUT,
		    "variable expansion is not supported for --from, define a new stage "
		    "with "
		    "FROM using ARG from global scope as a workaround");
	return link_word(df, g, e, from, err);
}

static int
link_all(const struct dockerfile *df, const struct dockerfile_plan *plan, struct graph *g,
    struct dockerfile_range *where, struct err *err)
{
	for (size_t i = 0; i < df->n_stages; i++) {
		const struct dockerfile_stage *st = &df->stages[i];
		struct edge e = {.from = i, .in = &st->from};

		if (plan->stages[i].base_stage >= 0) {
			e.to = (size_t)plan->stages[i].base_stage;
			graph_add(g, e);
		}
		for (size_t k = 0; k < st->n_instrs; k++) {
			e.in = &st->instrs[k];
			*where = e.in->lines;
			if (link_instr(df, g, e, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* Marks all that `start` is made from, itself included. */
static void
mark(const struct graph *g, bool *marked, size_t n, size_t start)
{
	bool more = true;

	memset(marked, 0, n);
	marked[start] = true;
	while (more) {
		more = false;
		/* Backwards: edges mostly lead up the file, so one round is the rule. */
		for (size_t i = g->n; i-- > 0;) {
			if (!marked[g->v[i].from] || marked[g->v[i].to])
				continue;
			marked[g->v[i].to] = more = true;
		}
	}
}

static void
add_stage_name(struct buf *b, const struct dockerfile *df, size_t i)
{
	if (*df->stages[i].name != '\0')
		buf_adds(b, df->stages[i].name);
	else
		buf_addf(b, "stage-%zu", i);
}

static int
refuse_circles(const struct dockerfile *df, const struct graph *g, bool *marked,
    struct dockerfile_range *where, struct err *err)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct edge *e = &g->v[i];
		cleanup_buf struct buf name = BUF_INIT(ERR_TEXT_MAX);

		if (e->to < e->from)
			continue;
		mark(g, marked, df->n_stages, e->to);
		if (!marked[e->from])
			continue;
		*where = e->in->lines;
		add_stage_name(&name, df, e->from);
		return err_set(
		    err, ERR_INPUT, "circular dependency detected on stage: %s", name.s);
	}
	return 0;
}

/* Edges of needed stages to stages that do not exist yet. */
static int
refuse_forward(const struct dockerfile *df, const struct graph *g, const bool *needed,
    struct dockerfile_range *where, struct err *err)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct edge *e = &g->v[i];
		cleanup_buf struct buf from = BUF_INIT(ERR_TEXT_MAX);
		cleanup_buf struct buf to = BUF_INIT(ERR_TEXT_MAX);

		if (e->to < e->from || !needed[e->from])
			continue;
		*where = e->in->lines;
		add_stage_name(&from, df, e->from);
		add_stage_name(&to, df, e->to);
		if (e->mount_target != NULL)
			return err_set(err, ERR_INPUT,
			    "cannot mount from stage \"%s\" to \"%s\", stage needs to be "
			    "defined "
			    "before current command",
			    to.s, e->mount_target);
		return err_set(err, ERR_INPUT,
		    "cannot copy from stage \"%s\", it needs to be defined before "
		    "current "
		    "stage \"%s\"",
		    to.s, from.s);
	}
	return 0;
}

static int
make_plan(const struct dockerfile *df, const struct dockerfile_input *input,
    struct dockerfile_plan *plan, struct dockerfile_range *where, struct err *err)
{
	cleanup_vec struct vec env = VEC_INIT;
	cleanup_graph struct graph g = {0};
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
	    link_all(df, plan, &g, where, err) < 0 ||
	    refuse_circles(df, &g, marked, where, err) < 0)
		return -1;
	mark(&g, marked, df->n_stages, plan->target);
	for (size_t i = 0; i < df->n_stages; i++)
		plan->stages[i].needed = marked[i];
	return refuse_forward(df, &g, marked, where, err);
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
