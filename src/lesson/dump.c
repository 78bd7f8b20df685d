/*
 * dump.c - a lesson as JSON
 *
 * Keys in a fixed order; what is empty or absent is left out, so that a dump
 * reads well and a difference of two dumps says what changed.
 */
#include "src/lesson/lesson.h"

/* The file may hold bytes that are no UTF-8; jansson would refuse them. */
static void
set_text(json_t *j, const char *key, const char *s)
{
	json_t *text;

	if (s == NULL || *s == '\0')
		return;
	text = json_string(s);
	if (text == NULL) {
		struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

		for (; *s != '\0'; s++)
			buf_addc(&b, (unsigned char)*s < 0x80 ? *s : '?');
		text = json_string(b.s);
	}
	json_object_set_new(j, key, text);
}

static void
set_flag(json_t *j, const char *key, bool flag)
{
	if (flag)
		json_object_set_new(j, key, json_true());
}

static void
set_list(json_t *j, const char *key, json_t *list)
{
	if (json_array_size(list) > 0)
		json_object_set_new(j, key, list);
	else
		json_decref(list);
}

static json_t *
check_json(const struct lesson_check *c)
{
	json_t *j = json_object(), *args = json_object(), *any = json_array();

	set_text(j, "text", c->source);
	json_object_set_new(j, "line", json_integer(c->line));
	if (c->verb != NULL) {
		set_text(j, "subject", c->verb->subject);
		set_text(j, "pattern", c->verb->pattern);
	}
	for (size_t i = 0; i < c->nargs; i++)
		set_text(args, c->args[i].name, c->args[i].text);
	json_object_set_new(j, "arguments", args);
	for (size_t i = 0; i < c->nany; i++)
		json_array_append_new(any, check_json(&c->any[i]));
	set_list(j, "any", any);
	set_flag(j, "not", c->negated);
	json_object_set_new(j, "inferred", json_boolean(c->inferred));
	set_flag(j, "optional", c->optional);
	set_flag(j, "hidden", c->hidden);
	set_flag(j, "unsupported", c->verb != NULL && !c->verb->judged);
	set_text(j, "id", c->id);
	set_text(j, "why", c->why);
	set_text(j, "hint", c->hint);
	set_list(j, "needs", json_from_vec(&c->needs));
	if (c->points > 0)
		json_object_set_new(j, "points", json_real(c->points));
	if (c->within >= 0)
		json_object_set_new(j, "within", json_real(c->within));
	set_text(j, "folder", c->folder);
	set_text(j, "body", c->body);
	return j;
}

static json_t *
checks_json(const struct lesson_check *list, size_t n)
{
	json_t *j = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(j, check_json(&list[i]));
	return j;
}

static json_t *
action_json(const struct lesson_action *a)
{
	json_t *j = json_object(), *commands = json_array();

	set_text(j, "kind", lesson_kind_word(a->kind));
	json_object_set_new(j, "line", json_integer(a->line));
	if (a->where != LESSON_ANYWHERE)
		set_text(j, "where", lesson_where_word(a->where));
	set_text(j, "language", a->info);
	set_text(j, "path", a->file);
	set_text(j, "folder", a->folder);
	set_flag(j, "inline", a->spoken);
	set_flag(j, "fragment", a->fragment);
	for (size_t i = 0; i < a->ncommands; i++) {
		json_t *c = json_object();

		set_text(c, "command", a->commands[i].text);
		json_object_set_new(c, "line", json_integer(a->commands[i].line));
		set_text(c, "inside", a->commands[i].inside);
		set_text(c, "output", a->commands[i].output);
		json_array_append_new(commands, c);
	}
	set_list(j, "commands", commands);
	set_text(j, "text", a->text);
	return j;
}

static json_t *
actions_json(const struct lesson_action *list, size_t n)
{
	json_t *j = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(j, action_json(&list[i]));
	return j;
}

static json_t *
parts_json(const struct lesson_step *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->nparts; i++) {
		json_t *j = json_object();

		set_text(j, "kind", lesson_part_word(s->parts[i].kind));
		set_text(j, "title", s->parts[i].title);
		json_object_set_new(j, "line", json_integer(s->parts[i].line));
		set_text(j, "text", s->parts[i].text);
		set_list(j, "actions",
		    actions_json(s->parts[i].actions, s->parts[i].nactions));
		json_array_append_new(list, j);
	}
	return list;
}

/* The hints' texts, in order. */
static json_t *
hints_json(const struct lesson_step *s)
{
	const struct lesson_part *part;
	json_t *list = json_array();

	for (size_t n = 0; (part = lesson_part(s, LESSON_HINT, n)) != NULL; n++)
		json_array_append_new(list, json_string(part->text));
	return list;
}

static json_t *
solution_json(const struct lesson_step *s)
{
	const struct lesson_part *part = lesson_part(s, LESSON_SOLUTION, 0);

	return part != NULL ? json_string(part->text) : json_null();
}

static json_t *
step_json(const struct lesson_step *s, size_t number)
{
	json_t *j = json_object(), *whens = json_array();

	json_object_set_new(j, "number", json_integer((json_int_t)number));
	set_text(j, "title", s->title);
	set_text(j, "anchor", s->anchor);
	json_object_set_new(j, "level", json_integer(s->level));
	json_object_set_new(j, "line", json_integer(s->line));
	set_list(j, "path", json_from_vec(&s->path));
	if (s->where != LESSON_ANYWHERE)
		set_text(j, "where", lesson_where_word(s->where));
	set_text(j, "url", s->url);
	set_flag(j, "already", s->already);
	json_object_set_new(j, "actions", actions_json(s->actions, s->nactions));
	json_object_set_new(j, "checks", checks_json(s->checks, s->nchecks));
	json_object_set_new(j, "hints", hints_json(s));
	json_object_set_new(j, "solution", solution_json(s));
	for (size_t i = 0; i < s->nwhens; i++) {
		json_t *w = json_object();

		json_object_set_new(w, "line", json_integer(s->whens[i].line));
		set_list(
		    w, "checks", checks_json(s->whens[i].checks, s->whens[i].nchecks));
		set_text(w, "hint", s->whens[i].hint);
		json_array_append_new(whens, w);
	}
	set_list(j, "when", whens);
	set_list(j, "parts", parts_json(s));
	set_text(j, "intro", s->intro);
	set_text(j, "text", s->text);
	return j;
}

json_t *
lesson_to_json(const struct lesson *l)
{
	json_t *j = json_object(), *steps = json_array(), *places = json_array(),
	       *warnings = json_array();

	set_text(j, "title", l->title);
	set_flag(j, "assignment", l->assignment);
	set_list(j, "settings", json_from_vec(&l->settings));
	for (size_t i = 0; i < l->nsteps; i++)
		json_array_append_new(steps, step_json(&l->steps[i], i + 1));
	json_object_set_new(j, "steps", steps);
	for (size_t i = 0; i < l->nplaceholders; i++) {
		json_t *p = json_object();

		set_text(p, "name", l->placeholders[i].name);
		set_text(p, "text", l->placeholders[i].text);
		json_object_set_new(p, "line", json_integer(l->placeholders[i].line));
		json_array_append_new(places, p);
	}
	set_list(j, "placeholders", places);
	for (size_t i = 0; i < l->nwarnings; i++) {
		json_t *w = json_object();

		json_object_set_new(w, "line", json_integer(l->warnings[i].line));
		set_flag(w, "mistake", l->warnings[i].mistake);
		set_text(w, "text", l->warnings[i].text);
		json_array_append_new(warnings, w);
	}
	set_list(j, "warnings", warnings);
	set_text(j, "outro", l->outro);
	return j;
}
