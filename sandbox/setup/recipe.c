/*
 * recipe.c - recipes as text; see recipe.h
 */
#include "sandbox/setup/recipe.h"
#include "sandbox/setup/assets.h"
#include <stdlib.h>

void
recipe_done(struct recipe *r)
{
	for (size_t i = 0; i < r->nlines; i++) {
		vec_done(&r->lines[i].args);
		vec_done(&r->lines[i].body);
		free(r->lines[i].rest);
	}
	free(r->lines);
	*r = (struct recipe)RECIPE_INIT;
}

static void
add_line(struct recipe *r, const char *text, size_t number)
{
	struct recipe_line *line;
	const char *rest = text + strcspn(text, " \t");

	r->lines = xrealloc(r->lines, (r->nlines + 1) * sizeof *r->lines);
	line = &r->lines[r->nlines++];
	*line =
	    (struct recipe_line){.args = VEC_INIT, .body = VEC_INIT, .number = number};
	vec_split(&line->args, text, " \t");
	line->rest = xstrdup(rest + strspn(rest, " \t"));
}

int
recipe_parse(const char *text, struct recipe *r, struct err *err)
{
	for (size_t n = 1; *text != '\0'; n++) {
		size_t len = strcspn(text, "\n");
		cleanup_free char *line = xstrndup(text, len);

		text += len + (text[len] == '\n');
		if (*line == '\t' && r->nlines == 0)
			return err_set(err, ERR_INPUT,
			    "recipe line %zu belongs to nothing: %s", n, line);
		if (*line == '\t')
			vec_add(&r->lines[r->nlines - 1].body, line + 1);
		else if (line[strspn(line, " ")] != '\0' && *line != '#')
			add_line(r, line, n);
	}
	return 0;
}

const char *
recipe_get(const struct recipe *r, const char *word)
{
	for (size_t i = 0; i < r->nlines; i++)
		if (str_eq(r->lines[i].args.v[0], word))
			return r->lines[i].rest;
	return NULL;
}

/* Every old in *data becomes new; returns how many there were. */
static size_t
replace_all(char **data, size_t *len, const char *old, const char *new)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	const char *at = *data, *end = *data + *len, *hit;
	size_t count = 0;

	while ((hit = memmem(at, (size_t)(end - at), old, strlen(old))) != NULL) {
		buf_add(&out, at, (size_t)(hit - at));
		buf_adds(&out, new);
		at = hit + strlen(old);
		count++;
	}
	if (count == 0)
		return 0;
	buf_add(&out, at, (size_t)(end - at));
	*len = out.len;
	free(*data);
	*data = buf_take(&out);
	return count;
}

/* Takes the lines from *at on that begin with `mark`, joined by newlines, without it. */
static void
take_lines(const struct vec *body, size_t *at, char mark, struct buf *out)
{
	for (bool first = true; *at < body->len && body->v[*at][0] == mark; (*at)++) {
		if (!first)
			buf_addc(out, '\n');
		buf_adds(out, body->v[*at] + 1);
		first = false;
	}
}

int
recipe_patch(const struct vec *body, char **data, size_t *len, struct err *err)
{
	for (size_t at = 0; at < body->len;) {
		cleanup_buf struct buf old = BUF_INIT(BUF_OURS), new = BUF_INIT(BUF_OURS);

		take_lines(body, &at, '-', &old);
		take_lines(body, &at, '+', &new);
		if (old.len == 0)
			return err_set(err, ERR_INPUT, "a patch has -old and +new lines");
		if (*data == NULL || replace_all(data, len, old.s, new.s) == 0)
			return err_set(err, ERR_CORRUPT, "nothing to patch: %s", old.s);
	}
	return 0;
}

int
recipe_load(const char *name, struct recipe *r, struct err *err)
{
	cleanup_free char *file = xasprintf("recipes/%s", name);
	const char *text = asset(file, NULL);

	if (text == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no recipe %s", name);
	return recipe_parse(text, r, err);
}

int
recipe_load_lock(const char *name, struct lock *lock, struct err *err)
{
	cleanup_free char *file = xasprintf("locks/%s", name);
	const char *text = asset(file, NULL);

	if (text == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no lock file %s", name);
	return lock_parse(text, file, lock, err);
}

int
recipe_locks(const char *name, struct lock *lock, struct err *err)
{
	cleanup_recipe struct recipe r = RECIPE_INIT;

	if (recipe_load(name, &r, err) < 0)
		return -1;
	for (size_t i = 0; i < r.nlines; i++) {
		const char *word = r.lines[i].args.v[0], *rest = r.lines[i].rest;

		if ((str_eq(word, "base") || str_eq(word, "include")) &&
		    recipe_locks(rest, lock, err) < 0)
			return -1;
		if ((str_eq(word, "packages") || str_eq(word, "debs")) &&
		    recipe_load_lock(rest, lock, err) < 0)
			return -1;
	}
	return 0;
}
