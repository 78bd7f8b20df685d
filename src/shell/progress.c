/*
 * progress.c - what was reached, in progress.json beside the session's tables
 */
#include "src/shell/private.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>

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

/* Makes sense of what the file holds; what is missing is made. */
static void
adopt(struct progress *p, json_t *all)
{
	p->all = all;
	p->mine = object_in(object_in(all, "lessons"), p->lesson);
	object_in(p->mine, "hints");
	if (!json_is_array(json_object_get(p->mine, "passed")))
		json_object_set_new(p->mine, "passed", json_array());
}

void
progress_load(struct progress *p, int dir, const char *lesson)
{
	json_t *all = dir < 0 ? NULL : json_read_file(dir, FILE_NAME, NULL);

	p->dir = dir;
	p->lesson = xstrdup(lesson);
	if (!json_is_object(all)) {
		json_decref(all);
		all = json_object();
		if (dir >= 0)
			renameat(dir, FILE_NAME, dir, FILE_NAME ".damaged");
	}
	adopt(p, all);
	json_object_set_new(p->all, "last", json_string(lesson));
}

void
progress_done(struct progress *p)
{
	json_decref(p->all);
	free(p->lesson);
	*p = (struct progress){.dir = -1};
}

/* Gives a lock, and what another shell has written meanwhile. */
static int
begin(struct progress *p)
{
	int lock = p->dir < 0 ? -1
			      : openat(p->dir, "progress.lock",
				    O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	json_t *all = NULL;

	if (lock >= 0 && flock(lock, LOCK_EX) == 0)
		all = json_read_file(p->dir, FILE_NAME, NULL);
	if (json_is_object(all)) {
		json_decref(p->all);
		adopt(p, all);
		json_object_set_new(p->all, "last", json_string(p->lesson));
	} else {
		json_decref(all);
	}
	return lock;
}

static void
save(struct progress *p, int taken)
{
	cleanup_fd int lock = taken;

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

static bool
is_in(const json_t *list, const char *text)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		if (json_is_string(item) && str_eq(json_string_value(item), text))
			return true;
	}
	return false;
}

bool
progress_passed(const struct progress *p, const char *anchor)
{
	return is_in(json_object_get(p->mine, "passed"), anchor);
}

bool
progress_solved(const struct progress *p, const char *anchor)
{
	return is_in(json_object_get(p->mine, "solved"), anchor);
}

bool
progress_trusted(const struct progress *p, const char *hash)
{
	return str_eq(json_get_str(p->mine, "trusted", ""), hash);
}

size_t
progress_count(const struct progress *p, const char *lesson)
{
	return json_array_size(json_object_get(
	    json_object_get(json_object_get(p->all, "lessons"), lesson), "passed"));
}

const char *
progress_undo(const struct progress *p, const char **ret_anchor)
{
	const json_t *undo = json_object_get(p->mine, "undo");

	if (ret_anchor != NULL)
		*ret_anchor = json_get_str(undo, "step", "");
	return json_get_str(undo, "key", NULL);
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

/* Adds to the lesson's list of this name. */
static void
add_to(struct progress *p, const char *list, const char *anchor)
{
	int lock = begin(p);
	json_t *all = json_object_get(p->mine, list);

	if (!json_is_array(all)) {
		all = json_array();
		json_object_set_new(p->mine, list, all);
	}
	if (!is_in(all, anchor))
		json_array_append_new(all, json_string(anchor));
	save(p, lock);
}

void
progress_set_passed(struct progress *p, const char *anchor)
{
	if (!progress_passed(p, anchor))
		add_to(p, "passed", anchor);
}

void
progress_set_solved(struct progress *p, const char *anchor)
{
	if (!progress_solved(p, anchor))
		add_to(p, "solved", anchor);
}

static void
set(struct progress *p, const char *key, json_t *value)
{
	int lock = begin(p);

	json_object_set_new(p->mine, key, value);
	save(p, lock);
}

void
progress_set_step(struct progress *p, const char *anchor)
{
	set(p, "step", json_string(anchor));
}

void
progress_set_trusted(struct progress *p, const char *hash)
{
	set(p, "trusted", json_string(hash));
}

void
progress_set_undo(struct progress *p, const char *key, const char *anchor)
{
	set(p, "undo", json_pack("{s:s, s:s}", "key", key, "step", anchor));
}

void
progress_set_value(struct progress *p, const char *name, const char *value, bool shared)
{
	int lock = begin(p);

	json_object_set_new(object_in(shared ? p->all : p->mine, "values"), name,
	    json_string_nocheck(value));
	save(p, lock);
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
	int lock = begin(p);
	long long n = progress_hints(p, anchor);

	json_object_set_new(
	    json_object_get(p->mine, "hints"), anchor, json_integer(n + 1));
	save(p, lock);
}
