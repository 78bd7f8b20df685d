/*
 * judge_file.c - expectations about the workspace: files, the Dockerfile, the context
 */
#include "src/check/private.h"
#include <ctype.h>
#include <stdlib.h>

static const char *
folder(const struct judging *j)
{
	return j->c->folder != NULL ? j->c->folder : "";
}

static const json_t *
file_fact(struct judging *j)
{
	return judge_fact(j, "file", "%s\n%s", folder(j), judge_arg(j, "PATH"));
}

void
judge_file_exists(struct judging *j)
{
	const char *path = judge_arg(j, "PATH");
	const json_t *file = file_fact(j);
	bool there = file != NULL && json_get_bool(file, "exists", false);

	if (file != NULL)
		judge_say(j, there, xasprintf("%s in the workspace", path),
		    there ? xstrdup("it is there") : xasprintf("there is no %s", path));
}

void
judge_file_absent(struct judging *j)
{
	const json_t *file = file_fact(j);

	if (file != NULL)
		judge_say(j, !json_get_bool(file, "exists", false),
		    xasprintf("no %s", judge_arg(j, "PATH")), xstrdup("it is there"));
}

void
judge_file_has(struct judging *j)
{
	const char *path = judge_arg(j, "PATH");
	const json_t *file = file_fact(j);

	if (file == NULL)
		return;
	if (json_get_bool(file, "exists", false))
		judge_match(j, path, json_get_str(file, "text", ""));
	else
		judge_say(j, false, xasprintf("a file %s in the workspace", path),
		    xasprintf("there is no %s", path));
}

/* ---- Dockerfile ---- */

/* The student's instructions, or NULL and the check has failed. */
static const json_t *
instructions(struct judging *j)
{
	const json_t *df = judge_fact(j, "dockerfile", "%s", folder(j));

	if (df == NULL)
		return NULL;
	if (json_object_get(df, "instructions") != NULL)
		return json_object_get(df, "instructions");
	judge_say(j, false, xstrdup("a Dockerfile that Docker understands"),
	    json_object_get(df, "problem") != NULL
		? xstrdup(json_get_str(df, "problem", ""))
		: xstrdup("there is no Dockerfile"));
	j->r->missing = true;
	return NULL;
}

/* Spacing is nobody's business, nor is how the keyword is written. */
static char *
comparable(const char *text)
{
	char *s = words_squeeze(text);

	for (char *p = s; isalpha((unsigned char)*p); p++)
		*p = (char)toupper((unsigned char)*p);
	return s;
}

/* The first instruction from `from` on that fits, or -1. */
static ssize_t
find_fitting(const json_t *list, const char *glob, size_t from)
{
	cleanup_free char *wanted = comparable(glob);

	for (size_t i = from; i < json_array_size(list); i++) {
		cleanup_free char *text =
		    comparable(json_get_str(json_array_get(list, i), "text", ""));

		if (sandbox_glob(wanted, text))
			return (ssize_t)i;
	}
	return -1;
}

void
judge_dockerfile_has(struct judging *j)
{
	const char *glob = judge_arg(j, "GLOB"), *other = lesson_arg(j->c, "OTHER");
	cleanup_free char *one = words_glob(glob),
			  *two = other ? words_glob(other) : NULL;
	const json_t *list = instructions(j);
	ssize_t first, second;

	if (list == NULL)
		return;
	first = find_fitting(list, glob, 0);
	if (first < 0 || other == NULL) {
		judge_say(j, first >= 0, xasprintf("an instruction like %s", one),
		    first < 0 ? xstrdup("there is none like it")
			      : xstrdup("it is there"));
		return;
	}
	second = find_fitting(list, other, (size_t)first + 1);
	if (second >= 0)
		judge_say(j, true, NULL, xstrdup("in this order"));
	else
		judge_say(j, false, xasprintf("%s, and below it %s", one, two),
		    find_fitting(list, other, 0) >= 0
			? xasprintf("%s stands above it", two)
			: xasprintf("there is no instruction like %s", two));
}

/* The document's instructions; an error when they cannot be read. */
static const json_t *
document(struct judging *j)
{
	const json_t *doc = judge_fact(j, "document", "%s", j->c->body ? j->c->body : "");
	const json_t *list = json_object_get(doc, "instructions");

	if (doc != NULL && list == NULL)
		judge_error(j, xasprintf("the lesson's own Dockerfile is not one: %s",
				   json_get_str(doc, "problem", "")));
	return list;
}

static bool
same_text(const json_t *a, const json_t *b)
{
	cleanup_free char *x = comparable(json_get_str(a, "text", "")),
			  *y = comparable(json_get_str(b, "text", ""));

	return str_eq(x, y);
}

bool
check_same_dockerfile(const json_t *a, const json_t *b)
{
	const json_t *x = json_object_get(a, "instructions"),
		     *y = json_object_get(b, "instructions");
	size_t n = json_array_size(x), i = 0;

	while (i < n && same_text(json_array_get(x, i), json_array_get(y, i)))
		i++;
	return n > 0 && i == n && json_array_size(y) == n;
}

void
judge_dockerfile_same(struct judging *j)
{
	const json_t *mine = instructions(j), *doc = mine != NULL ? document(j) : NULL;
	size_t i;

	if (doc == NULL)
		return;
	for (i = 0; i < json_array_size(doc) && i < json_array_size(mine); i++)
		if (!same_text(json_array_get(mine, i), json_array_get(doc, i)))
			break;
	if (i == json_array_size(doc) && i == json_array_size(mine)) {
		judge_say(j, true, NULL, xstrdup("they are the same"));
		return;
	}
	judge_say(j, false,
	    i < json_array_size(doc)
		? xasprintf("instruction %zu: %s", i + 1,
		      json_get_str(json_array_get(doc, i), "text", ""))
		: xasprintf("%zu instructions", json_array_size(doc)),
	    i < json_array_size(mine)
		? xasprintf("line %lld: %s",
		      json_get_int(json_array_get(mine, i), "line", 0),
		      json_get_str(json_array_get(mine, i), "text", ""))
		: xstrdup("the Dockerfile ends before"));
}

void
judge_dockerfile_includes(struct judging *j)
{
	const json_t *mine = instructions(j), *doc = mine != NULL ? document(j) : NULL;

	if (doc == NULL)
		return;
	for (size_t i = 0; i < json_array_size(doc); i++) {
		size_t k = 0;

		while (k < json_array_size(mine) &&
		       !same_text(json_array_get(mine, k), json_array_get(doc, i)))
			k++;
		if (k < json_array_size(mine))
			continue;
		judge_say(j, false,
		    xstrdup(json_get_str(json_array_get(doc, i), "text", "")),
		    xstrdup("there is no such instruction"));
		return;
	}
	judge_say(j, true, NULL, xstrdup("they are there"));
}

/* ---- context ---- */

static const json_t *
context(struct judging *j)
{
	return judge_fact(j, "context", "%s\n%s", folder(j), judge_arg(j, "GLOB"));
}

static const char *
first_included(const json_t *context_fact)
{
	const json_t *first =
	    json_array_get(json_object_get(context_fact, "included"), 0);

	return json_string_value(first);
}

/* A file that is not there yet is excluded when a rule would leave it out. */
void
judge_context_excludes(struct judging *j)
{
	const json_t *fact = context(j);
	const char *seen = fact != NULL ? first_included(fact) : NULL;
	bool rules;

	if (fact == NULL)
		return;
	rules =
	    json_get_int(fact, "excluded", 0) > 0 || json_get_bool(fact, "rules", false);
	judge_say(j, seen == NULL && rules,
	    xasprintf(".dockerignore leaves %s out", judge_arg(j, "GLOB")),
	    seen != NULL ? xasprintf("the build sees %s", seen)
	    : rules      ? xstrdup("it is left out")
			 : xstrdup("no line of .dockerignore is about it"));
}

void
judge_context_includes(struct judging *j)
{
	const json_t *fact = context(j);
	const char *seen = fact != NULL ? first_included(fact) : NULL;

	if (fact == NULL)
		return;
	judge_say(j, seen != NULL, xasprintf("the build sees %s", judge_arg(j, "GLOB")),
	    seen != NULL ? xasprintf("it sees %s", seen)
	    : json_get_int(fact, "excluded", 0) > 0
		? xstrdup(".dockerignore leaves it out")
		: xstrdup("there is no such file"));
}
