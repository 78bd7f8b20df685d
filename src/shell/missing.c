/*
 * missing.c - what a foreign document wants and this machine has not, said up front
 *
 * Images that its own commands run or its Dockerfiles begin with, unless it builds or
 * tags them itself.
 */
#include "src/coach/coach.h"
#include "src/shell/private.h"
#include <stdlib.h>

enum { TOLD_MAX = 8 };

/* The images that the document makes, by any name that its checks give. */
static bool
is_made(const struct lesson *l, const char *image)
{
	for (size_t i = 0; i < l->nsteps; i++)
		for (size_t k = 0; k < l->steps[i].nchecks; k++) {
			const struct lesson_check *c = &l->steps[i].checks[k];
			const char *name = c->verb != NULL &&
						   str_eq(c->verb->subject, "image") &&
						   c->verb->id != VERB_IMAGE_EXISTS
					       ? lesson_arg(c, "NAME")
					       : NULL;

			if (name != NULL && sandbox_same_name(name, image))
				return true;
		}
	return false;
}

static void
want(struct shell *sh, const char *image, struct vec *ret)
{
	cleanup_json json_t *fact = NULL;

	if (*image == '\0' || strpbrk(image, "<>${} ") != NULL ||
	    str_eq(image, "scratch") || vec_has(ret, image) || ret->len >= TOLD_MAX ||
	    is_made(sh->lesson, image))
		return;
	fact = sandbox_fact_image(sh->sandbox, image, NULL);
	if (fact != NULL && !json_get_bool(fact, "exists", true))
		vec_add(ret, image);
}

/* What FROM names, stages of the same file left out. */
static void
want_bases(struct shell *sh, const char *dockerfile, struct vec *ret)
{
	cleanup_vec struct vec lines = VEC_INIT, stages = VEC_INIT;

	vec_split(&lines, dockerfile, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		cleanup_vec struct vec words = VEC_INIT;
		size_t at = 1;

		vec_split(&words, lines.v[i], " \t");
		if (words.len < 2 || strcasecmp(words.v[0], "FROM") != 0)
			continue;
		if (str_starts(words.v[1], "--") && words.len > 2)
			at = 2;
		if (!vec_has(&stages, words.v[at]))
			want(sh, words.v[at], ret);
		if (words.len > at + 2)
			vec_add(&stages, words.v[at + 2]);
	}
}

/* What a check that was inferred says of images: "container web of IMAGE", "image NAME
 * exists" of a pull, "run "docker *run *IMAGE*"". */
static void
want_of(struct shell *sh, const struct lesson_check *c, struct vec *ret)
{
	static const char runs[] = "docker *run *";
	const char *image = lesson_arg(c, "IMAGE"), *glob = lesson_arg(c, "GLOB");
	cleanup_free char *ran = NULL;

	if (image == NULL && glob != NULL && str_starts(glob, runs)) {
		ran = xstrndup(glob + strlen(runs), strcspn(glob + strlen(runs), " *"));
		image = ran;
	}
	if (image == NULL && c->verb->id == VERB_IMAGE_EXISTS)
		image = lesson_arg(c, "NAME");
	if (image != NULL)
		want(sh, image, ret);
}

static void
want_all(struct shell *sh, struct vec *ret)
{
	const struct lesson *l = sh->lesson;

	for (size_t i = 0; i < l->nsteps; i++) {
		const struct lesson_step *s = &l->steps[i];

		for (size_t k = 0; k < s->nchecks; k++)
			if (s->checks[k].inferred)
				want_of(sh, &s->checks[k], ret);
		for (size_t k = 0; k < s->nactions; k++)
			if (s->actions[k].kind == LESSON_FILE &&
			    str_starts(path_base(s->actions[k].file), "Dockerfile"))
				want_bases(sh, s->actions[k].text, ret);
	}
}

void
missing_tell(struct shell *sh)
{
	cleanup_vec struct vec missing = VEC_INIT;
	cleanup_free char *names = NULL, *text = NULL;

	if (sh->course.built_in || sh->sandbox == NULL)
		return;
	want_all(sh, &missing);
	if (missing.len == 0)
		return;
	names = vec_join(&missing, ", ");
	text = xasprintf(
	    "Images that this text uses and that are not here: %s. Steps with them "
	    "cannot "
	    "run until they are: where there is Docker, `docker save %s -o image.tar`; "
	    "here, `docker load -i image.tar`. Or take another one in its place, and see "
	    "how far it goes: `docker tag %s %s`.",
	    names, missing.v[0], coach_stand_in(missing.v[0]), missing.v[0]);
	view_wrapped(sh, "yellow", "", text);
}
