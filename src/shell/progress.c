/*
 * progress.c - what was reached, in progress.json beside the session's tables
 */
#include "src/shell/private.h"
#include <stdio.h>

#define FILE_NAME "progress.json"

static json_t *
object_in(json_t *parent, const char *key)
{
	json_t *o = json_object_get(parent, key);

	if (!json_is_object(o)) {
		json_object_set_new(parent, key, json_object());
		o = json_object_get(parent, key);
	}
	return o;
}

void
progress_load(struct progress *p, int dir, const char *lesson)
{
	p->dir = dir;
	p->all = dir < 0 ? NULL : json_read_file(dir, FILE_NAME, NULL);
	if (!json_is_object(p->all)) {
		json_decref(p->all);
		p->all = json_object();
		if (dir >= 0)
			renameat(dir, FILE_NAME, dir, FILE_NAME ".damaged");
	}
	json_object_set_new(p->all, "last", json_string(lesson));
	p->mine = object_in(object_in(p->all, "lessons"), lesson);
	object_in(p->mine, "hints");
	if (!json_is_array(json_object_get(p->mine, "passed")))
		json_object_set_new(p->mine, "passed", json_array());
}

void
progress_done(struct progress *p)
{
	json_decref(p->all);
	*p = (struct progress){.dir = -1};
}

static void
save(struct progress *p)
{
	if (p->dir >= 0)
		json_write_file(p->dir, FILE_NAME, p->all, 0600, NULL);
}

char *
progress_last(int dir)
{
	cleanup_json json_t *all = json_read_file(dir, FILE_NAME, NULL);
	const char *last = json_get_str(all, "last", NULL);

	return last != NULL ? xstrdup(last) : NULL;
}

bool
progress_passed(const struct progress *p, const char *anchor)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(p->mine, "passed"), i, item)
	{
		if (json_is_string(item) && str_eq(json_string_value(item), anchor))
			return true;
	}
	return false;
}

const char *
progress_step(const struct progress *p)
{
	return json_get_str(p->mine, "step", NULL);
}

long long
progress_hints(const struct progress *p, const char *anchor)
{
	return json_get_int(json_object_get(p->mine, "hints"), anchor, 0);
}

void
progress_set_passed(struct progress *p, const char *anchor)
{
	if (progress_passed(p, anchor))
		return;
	json_array_append_new(json_object_get(p->mine, "passed"), json_string(anchor));
	save(p);
}

void
progress_set_step(struct progress *p, const char *anchor)
{
	json_object_set_new(p->mine, "step", json_string(anchor));
	save(p);
}

void
progress_set_value(struct progress *p, const char *name, const char *value, bool shared)
{
	json_object_set_new(object_in(shared ? p->all : p->mine, "values"), name,
	    json_string_nocheck(value));
	save(p);
}

void
progress_values(const struct progress *p, struct vec *ret)
{
	const json_t *from[] = {
	    json_object_get(p->all, "values"), json_object_get(p->mine, "values")};

	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		const char *name;
		json_t *value;

		json_object_foreach((json_t *)from[i], name, value)
		{
			if (json_is_string(value))
				vec_env_set(ret, name, json_string_value(value));
		}
	}
}

void
progress_add_hint(struct progress *p, const char *anchor)
{
	long long n = progress_hints(p, anchor);

	json_object_set_new(
	    json_object_get(p->mine, "hints"), anchor, json_integer(n + 1));
	save(p);
}
