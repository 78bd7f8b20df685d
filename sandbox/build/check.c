/*
 * check.c - docker build --check: the file is judged, nothing is built
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

/* A warning for each of a million lines, with its frame. */
enum { CHECK_MAX = 1 << 30 };

static const struct build_image *
find_image(const struct builder *b, const char *name)
{
	for (size_t i = 0; i < b->nimages; i++)
		if (str_eq(b->images[i]->name, name))
			return b->images[i];
	return NULL;
}

static const struct vec *
base_env(void *user, const char *base)
{
	const struct build_image *i = find_image(user, base);

	return i != NULL ? &i->config.env : NULL;
}

static int
set_fatal(const struct dockerfile_warnings *w, struct err *err)
{
	cleanup_vec struct vec rules = VEC_INIT;

	for (size_t i = 0; i < w->len; i++)
		if (!vec_has(&rules, w->v[i].rule))
			vec_add(&rules, w->v[i].rule);
	cleanup_free char *names = vec_join(&rules, ", ");
	return err_set(err, ERR_INPUT, "lint violation found for rules: %s", names);
}

int
build_check(struct builder *b, struct err *err)
{
	cleanup_dockerfile_warnings struct dockerfile_warnings w = {0};
	cleanup_buf struct buf out = BUF_INIT(CHECK_MAX);
	const struct build_spec *spec = b->spec;
	const struct dockerfile_input input = {.build_args = spec->build_args,
	    .platform_args = &b->platform,
	    .target = spec->target};
	const struct dockerfile_lint_input in = {
	    .input = &input, .ignore = b->ignore, .base_env = base_env, .user = b};

	dockerfile_lint(b->df, &in, &w);
	dockerfile_sort_warnings(&w);
	dockerfile_add_check(
	    &out, &w, spec->dockerfile_name, spec->dockerfile, spec->dockerfile_len);
	b->ret->warnings = w.len;
	b->ret->check = buf_take(&out);
	b->where = (struct dockerfile_range){0};
	return w.fatal && w.len > 0 ? set_fatal(&w, err) : 0;
}
