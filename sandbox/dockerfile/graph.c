/*
 * graph.c - which stage needs which
 *
 * The edges are FROM, COPY --from and RUN --mount=from.  An edge to a stage
 * further down is a mistake; when it also closes a circle, Docker names the
 * circle.
 */
#include "sandbox/dockerfile/private.h"

void
df_graph_done(struct df_graph *g)
{
	free(g->v);
}

static void
graph_add(struct df_graph *g, struct df_edge e)
{
	g->v = xrealloc(g->v, (g->n + 1) * sizeof *g->v);
	g->v[g->n++] = e;
}

/* An edge for a word of --from= or from=, if it means a stage. */
static int
link_word(const struct dockerfile *df, struct df_graph *g, struct df_edge e,
    const char *word, struct err *err)
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
link_mounts(
    const struct dockerfile *df, struct df_graph *g, struct df_edge e, struct err *err)
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
		if (from != NULL && *from != '\0' && link_word(df, g, e, from, err) < 0)
			return -1;
	}
	return 0;
}

static int
link_instr(
    const struct dockerfile *df, struct df_graph *g, struct df_edge e, struct err *err)
{
	const char *from;

	if (e.in->kind == DOCKERFILE_RUN)
		return link_mounts(df, g, e, err);
	from = dockerfile_copy_from(e.in);
	if (from == NULL)
		return 0;
	if (strchr(from, '$') != NULL)
		return err_set(err, ERR_INPUT,
		    "variable expansion is not supported for --from, define a new stage "
		    "with "
		    "FROM using ARG from global scope as a workaround");
	return link_word(df, g, e, from, err);
}

int
df_graph_link(struct df_graph *g, const struct dockerfile *df,
    const struct dockerfile_plan *plan, struct dockerfile_range *where, struct err *err)
{
	for (size_t i = 0; i < df->n_stages; i++) {
		const struct dockerfile_stage *st = &df->stages[i];
		struct df_edge e = {.from = i, .in = &st->from};

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

void
df_graph_mark(const struct df_graph *g, bool *marked, size_t n, size_t start)
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

int
df_graph_refuse_circles(const struct df_graph *g, const struct dockerfile *df,
    bool *marked, struct dockerfile_range *where, struct err *err)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct df_edge *e = &g->v[i];
		cleanup_buf struct buf name = BUF_INIT(ERR_TEXT_MAX);

		if (e->to < e->from)
			continue;
		df_graph_mark(g, marked, df->n_stages, e->to);
		if (!marked[e->from])
			continue;
		*where = e->in->lines;
		add_stage_name(&name, df, e->from);
		return err_set(
		    err, ERR_INPUT, "circular dependency detected on stage: %s", name.s);
	}
	return 0;
}

int
df_graph_refuse_forward(const struct df_graph *g, const struct dockerfile *df,
    const bool *needed, struct dockerfile_range *where, struct err *err)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct df_edge *e = &g->v[i];
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
