/*
 * exec.c - statements to text: the walk over a parsed template
 */
#include "sandbox/format/exec.h"
#include <stdlib.h>

/* What walking a list came to. */
enum { WALK_FAILED = -1, WALK_DONE, WALK_BREAK, WALK_CONTINUE };
enum { TEMPLATES_MAX = 1000 };

static int walk(struct exec *x, const struct value *dot, const struct node *list);

static int
if_or_with(struct exec *x, const struct value *dot, const struct node *n)
{
	size_t mark = x->nvariables;
	struct value v;
	int result;

	if (format_exec_pipeline(x, dot, n->pipe, &v) < 0)
		return WALK_FAILED;
	if (format_value_truth(&v))
		result = walk(x, n->kind == NODE_WITH ? &v : dot, n->body);
	else
		result = walk(x, dot, n->other);
	x->nvariables = mark;
	return result;
}

/* One turn of a range; WALK_BREAK ends it. */
static int
turn(struct exec *x, const struct node *n, const struct value *key,
    const struct value *item)
{
	size_t mark = x->nvariables;
	int result;

	if (n->pipe->nnames == 1)
		format_exec_set(x, n->pipe, 0, item);
	if (n->pipe->nnames == 2) {
		format_exec_set(x, n->pipe, 0, key);
		format_exec_set(x, n->pipe, 1, item);
	}
	result = walk(x, item, n->body);
	x->nvariables = mark;
	return result == WALK_CONTINUE ? WALK_DONE : result;
}

static int
range_list(struct exec *x, const struct node *n, const struct value *v)
{
	for (size_t i = 0; i < format_value_len(v); i++) {
		struct value key = format_value_int((long long)i),
			     item = format_value_item(x->calls.mode, v, i);
		int result = turn(x, n, &key, &item);

		if (result != WALK_DONE)
			return result;
	}
	return WALK_DONE;
}

static int
range_map(struct exec *x, const struct node *n, const struct value *v)
{
	cleanup_vec struct vec keys = VEC_INIT;

	format_value_keys(v, &keys);
	for (size_t i = 0; i < keys.len; i++) {
		const char *name = json_object_iter_key(
		    json_object_iter_at((json_t *)v->j, keys.v[i])); /* outlives keys */
		struct value key = format_value_string(name);
		struct value item = format_value_member(
		    x->calls.mode, v, name, json_object_get(v->j, name));
		int result = turn(x, n, &key, &item);

		if (result != WALK_DONE)
			return result;
	}
	return WALK_DONE;
}

static int
range_int(struct exec *x, const struct node *n, const struct value *v)
{
	for (long long i = 0; i < v->i && !x->out->failed; i++) {
		struct value item = format_value_int(i);
		int result = turn(x, n, &item, &item);

		if (result != WALK_DONE)
			return result;
	}
	return WALK_DONE;
}

static int
range(struct exec *x, const struct value *dot, const struct node *n)
{
	size_t mark = x->nvariables;
	cleanup_buf struct buf text = BUF_INIT(ERR_TEXT_MAX / 4);
	struct value v;
	int result;

	if (format_exec_pipeline(x, dot, n->pipe, &v) < 0)
		return WALK_FAILED;
	if (!n->pipe->assigns)
		x->nvariables = mark;
	if (v.kind == VALUE_BOOL || v.kind == VALUE_FLOAT || v.kind == VALUE_STRING ||
	    v.kind == VALUE_STRUCT) {
		format_value_print(x->calls.mode, &text, &v, false);
		return format_exec_fail(
		    x, n->pipe, "range can't iterate over %s", text.s);
	}
	if (!format_value_truth(&v))
		return walk(x, dot, n->other);
	result = v.kind == VALUE_LIST  ? range_list(x, n, &v)
		 : v.kind == VALUE_MAP ? range_map(x, n, &v)
				       : range_int(x, n, &v);
	x->nvariables = mark;
	return result == WALK_BREAK ? WALK_DONE : result;
}

/* Another template, with variables of its own. */
static int
call_template(struct exec *x, const struct value *dot, const struct node *n)
{
	const struct definition *d = x->t->defined;
	const char *caller = x->name;
	size_t mark = x->nvariables;
	struct value own = {.kind = VALUE_NIL};
	int result;

	while (d != NULL && !str_eq(d->name, n->text))
		d = d->next;
	if (d == NULL)
		return format_exec_fail(x, n, "template \"%s\" not defined", n->text);
	if (x->depth == TEMPLATES_MAX)
		return format_exec_fail(
		    x, n, "exceeded maximum template depth (%d)", TEMPLATES_MAX);
	if (n->pipe != NULL && format_exec_pipeline(x, dot, n->pipe, &own) < 0)
		return WALK_FAILED;
	format_exec_push(x, "$", &own);
	x->name = d->name;
	x->depth++;
	result = walk(x, &own, d->body);
	x->depth--;
	x->name = caller;
	x->nvariables = mark;
	return result;
}

static int
statement(struct exec *x, const struct value *dot, const struct node *n)
{
	struct value v;

	switch (n->kind) {
	case NODE_TEXT: buf_add(x->out, n->text, n->len); return WALK_DONE;
	case NODE_IF:
	case NODE_WITH: return if_or_with(x, dot, n);
	case NODE_RANGE: return range(x, dot, n);
	case NODE_TEMPLATE: return call_template(x, dot, n);
	case NODE_BREAK: return WALK_BREAK;
	case NODE_CONTINUE: return WALK_CONTINUE;
	default:
		if (format_exec_pipeline(x, dot, n, &v) < 0)
			return WALK_FAILED;
		if (n->nnames == 0)
			format_value_print(x->calls.mode, x->out, &v, false);
		return WALK_DONE;
	}
}

static int
walk(struct exec *x, const struct value *dot, const struct node *list)
{
	for (const struct node *n = list; n != NULL; n = n->next) {
		int result = statement(x, dot, n);

		if (result != WALK_DONE)
			return result;
	}
	return WALK_DONE;
}

int
format_template_run(const struct format_template *t, int mode, const json_t *data,
    const char *type, struct buf *out, struct err *err)
{
	struct exec x = {.t = t,
	    .calls = {.mode = mode, .strings = VEC_INIT, .lists = json_array()},
	    .type = type,
	    .name = "",
	    .data = data,
	    .out = out,
	    .err = err};
	struct value dot = format_value_of(mode, data, "", "");
	int result;

	if (mode == FORMAT_ROW && dot.kind == VALUE_MAP) {
		dot.kind = VALUE_STRUCT;
		dot.root = true;
	}
	format_exec_push(&x, "$", &dot);
	result = walk(&x, &dot, t->body);
	free(x.variables);
	vec_done(&x.calls.strings);
	json_decref(x.calls.lists);
	if (result == WALK_FAILED)
		return -1;
	return out->failed ? err_set(err, ERR_LIMIT, "the formatted text is too long")
			   : 0;
}

int
format_template_exec(const struct format_template *t, enum format_data kind,
    const json_t *data, const char *type, struct buf *out, struct err *err)
{
	size_t start = out->len;
	int result = format_template_run(t, (int)kind, data, type, out, err);

	if (result == 0 || kind != FORMAT_STRUCTS || type != NULL)
		return result;
	buf_cut(out, start);
	err_clear(err);
	result = format_template_run(t, FORMAT_MAPS, data, type, out, err);
	if (result < 0)
		buf_cut(out, start);
	return result;
}
