/*
 * convert.c - stages become configs, histories and steps
 *
 * Nothing is built here: afterwards it is known of each needed stage what its config
 * says and which steps, with which words, make its layers.
 *
 * Facts: BuildKit's dockerfile2llb/convert.go; engine 26.1.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static void
step_done(struct build_step *s)
{
	free(s->title);
	free(s->cwd);
	free(s->user);
	free(s->chown);
	free(s->chmod);
	free(s->checksum);
	free(s->missing);
	vec_done(&s->words);
	vec_done(&s->env);
	vec_done(&s->secret);
	build_tree_done(&s->tree);
	for (size_t i = 0; i < s->nmounts; i++)
		build_mount_done(&s->mounts[i]);
	free(s->mounts);
	for (size_t i = 0; i < s->ndocs; i++)
		free(s->docs[i]);
	free(s->docs);
}

void
build_stage_done(struct build_stage *st)
{
	for (size_t i = 0; i < st->nsteps; i++)
		step_done(&st->steps[i]);
	free(st->steps);
	free(st->triggers);
	image_config_done(&st->config);
	vec_done(&st->env);
	vec_done(&st->args);
	vec_done(&st->chains);
}

/* ---- names of steps
 * -------------------------------------------------------------------- */

/* COPY --from=image counts as a stage of its own: names then carry the stage. */
static bool
names_stages(const struct builder *b)
{
	for (size_t i = 0; i < b->nimages; i++)
		if (b->images[i]->used_from)
			return true;
	return b->df->n_stages > 1;
}

void
build_step_prefix(
    const struct builder *b, const struct build_stage *st, int i, struct buf *out)
{
	cleanup_free char *name = *st->text->name != '\0'
				      ? xstrdup(st->text->name)
				      : xasprintf("stage-%d", st->number);

	dockerfile_step_prefix(out, names_stages(b) ? name : NULL, i, st->steps_total);
}

/* ---- stages
 * --------------------------------------------------------------------------------- */

static int
convert_instr(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	b->where = in->lines;
	/* said before thousands of stages carry it on */
	if (st->config.nhistory >= IMAGE_HISTORY_MAX)
		return err_set(err, ERR_LIMIT,
		    "an image cannot have more than %d instructions", IMAGE_HISTORY_MAX);
	switch (in->kind) {
	case DOCKERFILE_WORKDIR: return build_convert_workdir(b, st, in, err);
	case DOCKERFILE_ADD:
	case DOCKERFILE_COPY: return build_convert_copy(b, st, in, err);
	case DOCKERFILE_RUN: return build_convert_run(b, st, in, err);
	default: return build_effect(b, st, in, err);
	}
}

static void
begin_stage(struct builder *b, struct build_stage *st)
{
	if (st->base_stage >= 0) {
		const struct build_stage *from = &b->stages[st->base_stage];
		image_config_copy(&st->config, &from->config);
		vec_add_all(&st->env, from->env.v);
		vec_add_all(&st->args, from->args.v);
		return;
	}
	if (st->base != NULL) {
		image_config_copy(&st->config, &st->base->config);
	} else {
		image_set(&st->config.os, "linux");
		image_set(
		    &st->config.architecture, vec_env_get(&b->platform, "TARGETARCH"));
		image_set(&st->config.working_dir, "/");
	}
	if (vec_env_get(&st->config.env, "PATH") == NULL)
		vec_env_set(&st->config.env, "PATH", DEFAULT_PATH);
	vec_add_all(&st->env, st->config.env.v);
}

static int
convert_stage(struct builder *b, struct build_stage *st, struct err *err)
{
	bool from_image = st->base != NULL;

	b->where = st->text->from.lines;
	begin_stage(b, st);
	st->steps_total = dockerfile_steps(st->text, from_image);
	st->step_next = from_image ? 2 : 1;
	vec_done(&st->config.on_build);
	for (size_t i = 0; i < st->ntriggers; i++)
		st->steps_total += dockerfile_row(st->triggers[i].kind)->layer;
	for (size_t i = 0; i < st->ntriggers; i++)
		if (convert_instr(b, st, &st->triggers[i], err) < 0)
			return -1;
	for (size_t i = 0; i < st->text->n_instrs; i++)
		if (convert_instr(b, st, &st->text->instrs[i], err) < 0)
			return -1;
	return 0;
}

int
build_load_source(struct builder *b, const struct dockerfile_instr *in, const char *from,
    struct err *err)
{
	if (from == NULL || *from == '\0' ||
	    dockerfile_find_stage(b->df, from, NULL) != -1)
		return 0;
	struct build_image *image = build_image_get(b, from, in->lines, err);
	if (image == NULL)
		return -1;
	image->used_from = true;
	return 0;
}

/* The images that COPY --from and RUN --mount=from name. */
static int
load_sources(struct builder *b, const struct dockerfile_instr *in, struct err *err)
{
	if (in->kind == DOCKERFILE_COPY)
		return build_load_source(b, in, dockerfile_copy_from(in), err);
	for (size_t i = 0; in->kind == DOCKERFILE_RUN && i < in->n_flags; i++) {
		cleanup_vec struct vec pairs = VEC_INIT;
		if (!str_eq(in->flags[i].name, "mount"))
			continue;
		if (dockerfile_mount(in->flags[i].value, &pairs, err) < 0 ||
		    build_load_source(b, in, vec_env_get(&pairs, "from"), err) < 0)
			return -1;
	}
	return 0;
}

/* Metadata of all images first: Docker reads them side by side, before any stage. */
static int
load_images(struct builder *b, struct err *err)
{
	for (size_t i = 0; i < b->nstages; i++) {
		struct build_stage *st = &b->stages[i];
		if (!st->needed || st->base_stage >= 0 || st->scratch)
			continue;
		st->base =
		    build_image_get(b, b->plan.stages[i].base, st->text->from.lines, err);
		if (st->base == NULL)
			return -1;
	}
	for (size_t i = 0; i < b->nstages; i++) {
		const struct dockerfile_stage *text = b->stages[i].text;
		for (size_t k = 0; b->stages[i].needed && k < text->n_instrs; k++)
			if (load_sources(b, &text->instrs[k], err) < 0)
				return -1;
	}
	return 0;
}

int
build_convert(struct builder *b, struct err *err)
{
	b->nstages = b->df->n_stages;
	b->stages = xcalloc(b->nstages, sizeof *b->stages);
	for (size_t i = 0; i < b->nstages; i++)
		b->stages[i] = (struct build_stage){.text = &b->df->stages[i],
		    .number = (int)i,
		    .base_stage = b->plan.stages[i].base_stage,
		    .needed = b->plan.stages[i].needed,
		    .scratch = b->plan.stages[i].scratch,
		    .config = IMAGE_CONFIG_INIT,
		    .env = VEC_INIT,
		    .args = VEC_INIT,
		    .chains = VEC_INIT};
	int more;
	do {
		if (load_images(b, err) < 0)
			return -1;
		more = build_triggers(b, err);
	} while (more > 0);
	if (more < 0)
		return -1;
	for (size_t i = 0; i < b->nstages; i++)
		if (b->stages[i].needed && convert_stage(b, &b->stages[i], err) < 0)
			return -1;
	return 0;
}
