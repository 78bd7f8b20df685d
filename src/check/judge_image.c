/*
 * judge_image.c - expectations about images, and configurations of both kinds
 */
#include "src/check/private.h"
#include <stdlib.h>

void
judge_image_exists(struct judging *j)
{
	const char *name = judge_arg(j, "NAME");

	if (judge_image(j, name) != NULL)
		judge_say(j, true, xasprintf("an image %s", name),
		    xasprintf("there is an image %s", name));
}

void
judge_image_absent(struct judging *j)
{
	const char *name = judge_arg(j, "NAME");
	const json_t *image = judge_fact(j, "image", "%s", name);

	if (image != NULL)
		judge_say(j, !json_get_bool(image, "exists", false),
		    xasprintf("no image %s", name),
		    xasprintf("the image %s is there", name));
}

void
judge_image_built(struct judging *j)
{
	const char *name = judge_arg(j, "NAME");
	const json_t *commands, *c, *tag;
	size_t i, k;

	if (judge_image(j, name) == NULL)
		return;
	commands = judge_fact(j, "commands", "%s", "");
	if (commands == NULL)
		return;
	json_array_foreach(json_object_get(commands, "list"), i, c)
	    json_array_foreach(json_object_get(c, "tags"), k,
		tag) if (json_get_int(c, "status", -1) == 0 &&
			 sandbox_same_name(json_string_value(tag), name))
	{
		judge_say(j, true, NULL, xstrdup("it was built"));
		return;
	}
	judge_say(j, false,
	    xasprintf("docker build -t %s has succeeded in this step", name),
	    xasprintf("%s is there, but was not built in this step", name));
}

static const json_t *
judge_base(struct judging *j, const json_t *image)
{
	const json_t *base = json_object_get(image, "base");

	if (base == NULL)
		judge_error(j, xasprintf("the base image of %s is not known here",
				   judge_arg(j, "NAME")));
	return base;
}

void
judge_image_layers_base(struct judging *j)
{
	const json_t *image = judge_image(j, judge_arg(j, "NAME"));
	const json_t *base = image != NULL ? judge_base(j, image) : NULL;
	long long wanted = (long long)lesson_arg_number(j->c, "N", 0), got;

	if (base == NULL)
		return;
	got = json_get_int(image, "layers", 0) - json_get_int(base, "layers", 0);
	judge_say(j, got == wanted,
	    xasprintf(
		"%lld layers above %s", wanted, json_get_str(base, "ref", "the base")),
	    xasprintf("%lld layers", got));
}

/* "RUN /bin/sh -c ..." was made by RUN; the old builder wrote "/bin/sh -c #(nop) COPY".
 */
static bool
made_by(const char *by, const struct vec *words)
{
	const char *rest = str_after(by, "/bin/sh -c #(nop) ");
	cleanup_free char *word = NULL;

	if (rest == NULL && str_starts(by, "/bin/sh -c "))
		return vec_has(words, "RUN");
	by = rest != NULL ? rest + strspn(rest, " ") : by;
	if (str_starts(by, "|")) /* arguments of the build stand before */
		return vec_has(words, "RUN");
	word = xstrndup(by, strcspn(by, " "));
	return vec_has(words, word);
}

void
judge_image_layers_by(struct judging *j)
{
	const json_t *image = judge_image(j, judge_arg(j, "NAME")), *row;
	const json_t *base = image != NULL ? judge_base(j, image) : NULL;
	double wanted = lesson_arg_number(j->c, "N", 0);
	cleanup_vec struct vec words = VEC_INIT;
	int got = 0;
	size_t i;

	if (base == NULL)
		return;
	vec_split(&words, judge_arg(j, "WORDS"), " ");
	json_array_foreach(json_object_get(image, "history"), i,
	    row) if ((long long)i >= json_get_int(base, "history", 0) &&
		     !json_get_bool(row, "empty", false) &&
		     made_by(json_get_str(row, "by", ""), &words)) got++;
	judge_say(j, judge_compare(got, judge_arg(j, "CMP"), wanted),
	    xasprintf("layers by %s %s %.0f", judge_arg(j, "WORDS"), judge_arg(j, "CMP"),
		wanted),
	    xasprintf("%d", got));
}

void
judge_image_size(struct judging *j)
{
	const char *other = lesson_arg(j->c, "OTHER"), *size = judge_arg(j, "SIZE");
	const json_t *image = judge_image(j, judge_arg(j, "NAME")), *second;
	double wanted = lesson_arg_number(j->c, "SIZE", 0), bytes;
	cleanup_free char *is = NULL, *limit = NULL;

	if (image == NULL)
		return;
	if (str_ends(size, "%") != (other != NULL)) {
		judge_error(j, xasprintf("a percentage needs \"of\" another image: %s",
				   j->c->source));
		return;
	}
	if (other != NULL) {
		second = judge_image(j, other);
		if (second == NULL)
			return;
		wanted = wanted / 100 * (double)json_get_int(second, "size", 0);
	}
	bytes = (double)json_get_int(image, "size", 0);
	is = words_size(bytes);
	limit = words_size(wanted);
	judge_say(j, judge_compare(bytes, judge_arg(j, "CMP"), wanted),
	    xasprintf("%s %s", judge_arg(j, "CMP"), limit), xstrdup(is));
}

/* "Labels.a.b": a member's name may have dots itself. */
static const json_t *
find_path(const json_t *at, const char *path)
{
	const json_t *whole = json_object_get(at, path);

	if (whole != NULL || !json_is_object(at))
		return whole;
	for (const char *dot = strchr(path, '.'); dot != NULL;
	     dot = strchr(dot + 1, '.')) {
		cleanup_free char *first = xstrndup(path, (size_t)(dot - path));
		const json_t *next = json_object_get(at, first);

		if (next != NULL)
			return find_path(next, dot + 1);
	}
	return NULL;
}

static char *
json_text(const json_t *j)
{
	return j == NULL || json_is_null(j)
		   ? xstrdup("nothing")
		   : json_dumps(j, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
}

/* The value at PATH of a thing's configuration (NULL: it is not there), and what is
 * wanted. */
static bool
config_pair(struct judging *j, const json_t *thing, const json_t **value, json_t **wanted)
{
	if (thing == NULL)
		return false;
	*value = find_path(json_object_get(thing, "config"), judge_arg(j, "PATH"));
	*wanted = json_loads(judge_arg(j, "JSON"), JSON_DECODE_ANY, NULL);
	if (*wanted == NULL)
		judge_error(j, xasprintf("\"%s\" is no JSON", judge_arg(j, "JSON")));
	return *wanted != NULL;
}

/* Nothing, null, "", [] and {} are one when null is wanted. */
static bool
equal(const json_t *value, const json_t *wanted)
{
	bool none = value == NULL || json_is_null(value) || json_array_size(value) == 0;

	if (json_is_string(value))
		none = json_string_length(value) == 0;
	else if (json_is_object(value))
		none = json_object_size(value) == 0;
	else if (json_is_number(value) || json_is_boolean(value))
		none = false;
	if (json_is_null(wanted))
		return none;
	return value != NULL && json_equal(value, wanted);
}

static void
config_is(struct judging *j, const json_t *thing)
{
	cleanup_json json_t *wanted = NULL;
	const json_t *value;

	if (config_pair(j, thing, &value, &wanted))
		judge_say(j, equal(value, wanted),
		    xasprintf("%s = %s", judge_arg(j, "PATH"), judge_arg(j, "JSON")),
		    json_text(value));
}

static bool
contains(const json_t *value, const json_t *wanted)
{
	const char *text = json_string_value(wanted);
	const json_t *one;
	size_t i;

	if (json_is_string(value) && text != NULL)
		return strstr(json_string_value(value), text) != NULL;
	if (json_is_object(value) && text != NULL)
		return json_object_get(value, text) != NULL;
	json_array_foreach(value, i, one) if (json_equal(one, wanted)) return true;
	return false;
}

static void
config_has(struct judging *j, const json_t *thing)
{
	cleanup_json json_t *wanted = NULL;
	const json_t *value;

	if (config_pair(j, thing, &value, &wanted))
		judge_say(j, contains(value, wanted),
		    xasprintf(
			"%s contains %s", judge_arg(j, "PATH"), judge_arg(j, "JSON")),
		    json_text(value));
}

void
judge_image_config_is(struct judging *j)
{
	config_is(j, judge_image(j, judge_arg(j, "NAME")));
}

void
judge_image_config_has(struct judging *j)
{
	config_has(j, judge_image(j, judge_arg(j, "NAME")));
}

void
judge_container_config_is(struct judging *j)
{
	config_is(j, judge_container(j, "inspect"));
}

void
judge_container_config_has(struct judging *j)
{
	config_has(j, judge_container(j, "inspect"));
}

static const json_t *
image_file(struct judging *j)
{
	const json_t *file = judge_fact(
	    j, "image-file", "%s\n%s", judge_arg(j, "NAME"), judge_arg(j, "PATH"));

	if (file == NULL || !json_get_bool(file, "no_image", false))
		return file;
	judge_say(
	    j, false, NULL, xasprintf("there is no image %s", judge_arg(j, "NAME")));
	return NULL;
}

void
judge_image_file_exists(struct judging *j)
{
	const json_t *file = image_file(j);
	bool there = file != NULL && json_get_bool(file, "exists", false);

	if (file != NULL)
		judge_say(j, there, xasprintf("%s in the image", judge_arg(j, "PATH")),
		    xstrdup(there ? "it is there" : "it is not in the image"));
}

void
judge_image_file_absent(struct judging *j)
{
	const json_t *file = image_file(j);

	if (file != NULL)
		judge_say(j, !json_get_bool(file, "exists", false),
		    xasprintf("no %s in the image", judge_arg(j, "PATH")),
		    xstrdup("the image has it"));
}

void
judge_image_file_has(struct judging *j)
{
	const json_t *file = image_file(j);

	if (file == NULL)
		return;
	if (json_get_bool(file, "exists", false))
		judge_match(j, judge_arg(j, "PATH"), json_get_str(file, "text", ""));
	else
		judge_say(j, false, xasprintf("%s in the image", judge_arg(j, "PATH")),
		    xstrdup("it is not in the image"));
}

void
judge_image_same(struct judging *j)
{
	const char *name = judge_arg(j, "NAME"), *other = judge_arg(j, "OTHER");
	const json_t *a = judge_image(j, name),
		     *b = a != NULL ? judge_image(j, other) : NULL;

	if (b != NULL)
		judge_say(j,
		    str_eq(json_get_str(a, "id", ""), json_get_str(b, "id", "-")),
		    xasprintf("%s and %s are one image", name, other),
		    xasprintf("%s is %.12s, %s is %.12s", name, json_get_str(a, "id", ""),
			other, json_get_str(b, "id", "")));
}
