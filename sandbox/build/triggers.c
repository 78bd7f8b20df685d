/*
 * triggers.c - ONBUILD: what a base wants done in the stage that begins with it
 *
 * Triggers may take files from stages of the file and from images that the file itself
 * does not name; so they are read as soon as the base is known, before anything is
 * converted.
 *
 * Facts: BuildKit's dockerfile2llb/convert.go since 0.19; engine 26.1 finds only stages
 * that are needed anyhow.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

static void
list_triggers(const struct builder *b, const struct build_stage *st, struct vec *list)
{
	const struct dockerfile_stage *base =
	    st->base_stage >= 0 ? b->stages[st->base_stage].text : NULL;

	if (base == NULL && st->base != NULL)
		vec_add_all(list, st->base->config.on_build.v);
	for (size_t i = 0; base != NULL && i < base->n_instrs; i++)
		if (base->instrs[i].kind == DOCKERFILE_ONBUILD)
			vec_add(list, base->instrs[i].trigger);
}

static int
parse_triggers(struct builder *b, struct build_stage *st, struct err *err)
{
	cleanup_vec struct vec list = VEC_INIT;

	list_triggers(b, st, &list);
	st->triggers = xcalloc(list.len + 1, sizeof *st->triggers);
	for (size_t i = 0; i < list.len; i++) {
		struct dockerfile_instr *in = &st->triggers[i];
		b->where = st->text->from.lines;
		if (dockerfile_parse_trigger(
			b->df, list.v[i], st->text->from.lines, in, err) < 0)
			return -1;
		st->ntriggers++;
	}
	return 0;
}

static int
refuse_later(
    const struct builder *b, const struct build_stage *st, int from, struct err *err)
{
	const char *own = st->text->name, *other = b->stages[from].text->name;
	cleanup_free char *unnamed = xasprintf("stage-%d", st->number);

	return err_set(err, ERR_INPUT,
	    "cannot copy from stage \"%s\", it needs to be defined before current stage "
	    "\"%s\"",
	    other, *own != '\0' ? own : unnamed);
}

/* A stage or an image that a trigger takes files from.  1 a stage is needed anew. */
static int
need_source(struct builder *b, const struct build_stage *st,
    const struct dockerfile_instr *in, const char *from, struct err *err)
{
	if (from == NULL || *from == '\0')
		return 0;
	int stage = dockerfile_find_stage(b->df, from, err);
	if (stage == -2)
		return -1;
	if (stage < 0)
		return build_load_source(b, in, from, err);
	if (stage >= st->number)
		return refuse_later(b, st, stage, err);
	if (b->stages[stage].needed)
		return 0;
	if (dockerfile_plan_need(b->df, &b->plan, (size_t)stage, &b->where, err) < 0)
		return -1;
	for (size_t i = 0; i < b->nstages; i++)
		b->stages[i].needed = b->plan.stages[i].needed;
	return 1;
}

static int
need_sources(struct builder *b, const struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	int rc = 0;

	b->where = in->lines;
	if (in->kind == DOCKERFILE_COPY)
		return need_source(b, st, in, dockerfile_copy_from(in), err);
	for (size_t i = 0; in->kind == DOCKERFILE_RUN && i < in->n_flags; i++) {
		cleanup_vec struct vec pairs = VEC_INIT;
		if (!str_eq(in->flags[i].name, "mount"))
			continue;
		if (dockerfile_mount(in->flags[i].value, &pairs, err) < 0)
			return -1;
		int got = need_source(b, st, in, vec_env_get(&pairs, "from"), err);
		if (got < 0)
			return -1;
		rc |= got;
	}
	return rc;
}

int
build_triggers(struct builder *b, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < b->nstages; i++) {
		struct build_stage *st = &b->stages[i];
		if (!st->needed || st->triggers != NULL)
			continue;
		if (parse_triggers(b, st, err) < 0)
			return -1;
		for (size_t k = 0; k < st->ntriggers; k++) {
			int got = need_sources(b, st, &st->triggers[k], err);
			if (got < 0)
				return -1;
			rc |= got;
		}
	}
	return rc;
}
