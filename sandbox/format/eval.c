/*
 * eval.c - variables, fields, commands and pipelines to values
 */
#include "sandbox/format/exec.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int
format_exec_fail(struct exec *x, const struct node *n, const char *fmt, ...)
{
	const char *s = x->t->source;
	size_t line = 1, start = 0;
	char text[ERR_TEXT_MAX / 2];
	va_list ap;

	for (size_t i = 0; i < n->at; i++)
		if (s[i] == '\n') {
			line++;
			start = i + 1;
		}
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return err_set(x->err, ERR_INPUT,
	    "template parsing error: template: :%zu:%zu: executing \"%s\" at <%.*s>: %s",
	    line, n->at - start, x->name, (int)(n->to - n->from), s + n->from, text);
}

/* ---- variables ---- */

void
format_exec_push(struct exec *x, const char *name, const struct value *v)
{
	if (x->nvariables == x->cap) {
		x->cap = x->cap > 0 ? 2 * x->cap : 8;
		x->variables = xrealloc(x->variables, x->cap * sizeof *x->variables);
	}
	x->variables[x->nvariables++] = (struct variable){name, *v};
}

static struct value *
variable(struct exec *x, const char *name)
{
	for (size_t i = x->nvariables; i-- > 0;)
		if (str_eq(x->variables[i].name, name))
			return &x->variables[i].value;
	return NULL; /* `{{$x := $x}}`: the parser knows it, but it has no value yet */
}

void
format_exec_set(struct exec *x, const struct node *pipe, size_t i, const struct value *v)
{
	struct value *there = pipe->assigns ? variable(x, pipe->names[i]) : NULL;

	if (there != NULL)
		*there = *v;
	else
		format_exec_push(x, pipe->names[i], v);
}

/* ---- fields ---- */

/* In the header line, {{.Label "com.example.some-name"}} is titled "some name". */
static struct value
label_header(struct exec *x, const char *label)
{
	const char *dot = strrchr(label, '.');
	char *text = xstrdup(dot != NULL ? dot + 1 : label);

	for (char *s = text; *s != '\0'; s++)
		if (*s == '-' || *s == '_')
			*s = ' ';
	return format_calls_string(&x->calls, text);
}

static int
no_field(struct exec *x, const struct node *n, const char *name, const struct value *on)
{
	if ((on->root || on->j == x->data) && x->type != NULL)
		return format_exec_fail(
		    x, n, "can't evaluate field %s in type %s", name, x->type);
	return format_exec_fail(x, n, "can't evaluate field %s in type %s", name,
	    x->calls.mode == FORMAT_MAPS ? "interface {}"
					 : format_value_type(x->calls.mode, on));
}

struct args {
	struct value v[ARGS_MAX];
	size_t count;
};

/* A field with an argument is a method of the row. */
static int
method(struct exec *x, const struct node *n, const struct value *on,
    const struct args *args, struct value *ret)
{
	const char *name = n->names[n->nnames - 1];
	const json_t *table = on->root ? json_object_get(on->j, name) : NULL;

	if (x->calls.mode == MODE_HEADER && args->count == 1 &&
	    args->v[0].kind == VALUE_STRING) {
		*ret = label_header(x, args->v[0].s);
		return 0;
	}
	if (table != NULL && !json_is_object(table))
		return format_exec_fail(x, n,
		    "wrong number of args for %s: want 0 got %zu", name, args->count);
	if (table == NULL && on->root)
		return no_field(x, n, name, on);
	if (!json_is_object(table))
		return format_exec_fail(x, n,
		    on->kind == VALUE_MAP
			? "%s is not a method but has arguments"
			: "%s has arguments but cannot be invoked as function",
		    name);
	if (args->count != 1)
		return format_exec_fail(x, n,
		    "wrong number of args for %s: want 1 got %zu", name, args->count);
	if (args->v[0].kind != VALUE_STRING)
		return format_exec_fail(x, n,
		    "wrong type for value; expected string; got %s",
		    format_value_type(x->calls.mode, &args->v[0]));
	*ret = format_value_string(json_get_str(table, args->v[0].s, ""));
	return 0;
}

static int
field(struct exec *x, const struct node *n, const char *name, const struct value *on,
    struct value *ret)
{
	int mode = x->calls.mode;
	const json_t *j;

	if (on->kind == VALUE_NONE && mode != FORMAT_MAPS) {
		*ret = *on;
		return 0;
	}
	if (on->kind == VALUE_NONE)
		return format_exec_fail(x, n, "nil data; no entry for key \"%s\"", name);
	if (on->kind == VALUE_NIL)
		return format_exec_fail(
		    x, n, "nil pointer evaluating interface {}.%s", name);
	if (on->kind != VALUE_MAP && on->kind != VALUE_STRUCT)
		return no_field(x, n, name, on);
	j = json_object_get(on->j, name);
	if (j != NULL && on->root && json_is_object(j))
		return format_exec_fail(
		    x, n, "wrong number of args for %s: want 1 got 0", name);
	if (j != NULL)
		*ret = format_value_member(mode, on, name, j);
	else if (on->kind == VALUE_MAP && mode == FORMAT_MAPS)
		return format_exec_fail(x, n, "map has no entry for key \"%s\"", name);
	else if (on->kind == VALUE_MAP)
		*ret = (struct value){.kind = VALUE_NONE, .name = ""};
	else {
		struct value zero = format_value_omitted(on->name, name);

		if (mode != FORMAT_STRUCTS || zero.kind == VALUE_NONE)
			return no_field(x, n, name, on);
		*ret = zero;
	}
	return 0;
}

/* The names of n from `first` on, applied to *on; args (or NULL) go to the last. */
static int
fields(struct exec *x, const struct node *n, size_t first, struct value on,
    const struct args *args, struct value *ret)
{
	for (size_t i = first; i < n->nnames; i++) {
		if (args != NULL && args->count > 0 && i + 1 == n->nnames)
			return method(x, n, &on, args, ret);
		if (field(x, n, n->names[i], &on, &on) < 0)
			return -1;
	}
	*ret = on;
	return 0;
}

/* ---- operands, commands, pipelines ---- */

/* A function or field with what it is given. */
struct call {
	const struct value *dot;
	const struct node *node; /* what errors name */
	const struct node *args; /* operands, a list */
	const struct value
	    *piped; /* the stage before, becomes the last argument; or NULL */
};

static int function(
    struct exec *x, const char *name, const struct call *call, struct value *ret);

/* A variable, and fields of what it holds. */
static int
variable_fields(
    struct exec *x, const struct node *n, const struct args *args, struct value *ret)
{
	const struct value *v = variable(x, n->names[0]);

	return v != NULL ? fields(x, n, 1, *v, args, ret)
			 : format_exec_fail(x, n, "undefined variable: %s", n->names[0]);
}

/* One operand without arguments. */
static int
operand(struct exec *x, const struct value *dot, const struct node *n, struct value *ret)
{
	const struct call alone = {.dot = dot, .node = n};
	struct value base;

	switch (n->kind) {
	case NODE_DOT: *ret = *dot; return 0;
	case NODE_FIELD: return fields(x, n, 0, *dot, NULL, ret);
	case NODE_VARIABLE: return variable_fields(x, n, NULL, ret);
	case NODE_CHAIN:
		if (operand(x, dot, n->list, &base) < 0)
			return -1;
		return fields(x, n, 0, base, NULL, ret);
	case NODE_PIPE: return format_exec_pipeline(x, dot, n, ret);
	case NODE_FUNCTION: return function(x, n->text, &alone, ret);
	case NODE_BOOL: *ret = format_value_bool(n->i); return 0;
	case NODE_INT: *ret = format_value_int(n->i); return 0;
	case NODE_FLOAT:
		*ret = (struct value){.kind = VALUE_FLOAT, .f = n->f, .name = ""};
		return 0;
	case NODE_STRING: *ret = format_value_string(n->text); return 0;
	default: *ret = (struct value){.kind = VALUE_NIL, .name = ""}; return 0;
	}
}

static int
arguments(struct exec *x, const struct call *call, struct args *ret)
{
	ret->count = 0;
	for (const struct node *arg = call->args; arg != NULL; arg = arg->next) {
		if (ret->count + 1 >= ARGS_MAX)
			return format_exec_fail(
			    x, call->node, "more than %d arguments", ARGS_MAX - 1);
		if (operand(x, call->dot, arg, &ret->v[ret->count++]) < 0)
			return -1;
	}
	if (call->piped != NULL)
		ret->v[ret->count++] = *call->piped;
	return 0;
}

/* `and` stops at the first operand that is false, `or` at the first that is true. */
static int
choose(struct exec *x, const char *name, const struct call *call, struct value *ret)
{
	bool until = *name == 'o';

	if (call->args == NULL && call->piped == NULL)
		return format_exec_fail(x, call->node,
		    "wrong number of args for %s: want at least 1 got 0", name);
	for (const struct node *arg = call->args; arg != NULL; arg = arg->next) {
		if (operand(x, call->dot, arg, ret) < 0)
			return -1;
		if (format_value_truth(ret) == until)
			return 0;
	}
	if (call->piped != NULL)
		*ret = *call->piped;
	return 0;
}

/* No value of Docker's is a function. */
static int
call_value(struct exec *x, const struct call *call, const struct args *args)
{
	const struct node *first = call->args;
	const char *source = x->t->source;
	size_t from = first != NULL ? first->from : 0, to = first != NULL ? first->to : 0;

	if (args->count == 0)
		return format_exec_fail(x, call->node,
		    "wrong number of args for call: want at least 1 got 0");
	if (args->v[0].kind <= VALUE_NIL)
		return format_exec_fail(x, call->node, "error calling call: call of nil");
	return format_exec_fail(x, call->node,
	    "error calling call: non-function %.*s of type %s", (int)(to - from),
	    source + from, format_value_type(x->calls.mode, &args->v[0]));
}

static int
function(struct exec *x, const char *name, const struct call *call, struct value *ret)
{
	struct args args;
	struct err why = ERR_INIT;

	if (str_eq(name, "and") || str_eq(name, "or"))
		return choose(x, name, call, ret);
	if (arguments(x, call, &args) < 0)
		return -1;
	if (str_eq(name, "call"))
		return call_value(x, call, &args);
	if (format_function_call(&x->calls, name, args.v, args.count, ret, &why) < 0)
		return format_exec_fail(x, call->node, "%s", why.text);
	return 0;
}

/* A field, a variable or a chain with arguments. */
static int
field_call(
    struct exec *x, const struct node *first, const struct call *call, struct value *ret)
{
	struct args args;
	struct value base;

	if (arguments(x, call, &args) < 0)
		return -1;
	if (first->kind == NODE_FIELD)
		return fields(x, first, 0, *call->dot, &args, ret);
	if (first->kind == NODE_CHAIN) {
		if (operand(x, call->dot, first->list, &base) < 0)
			return -1;
		return fields(x, first, 0, base, &args, ret);
	}
	if (first->nnames == 1 && args.count > 0)
		return format_exec_fail(
		    x, first, "can't give argument to non-function %s", first->names[0]);
	return variable_fields(x, first, &args, ret);
}

static int
command(struct exec *x, const struct call *call, struct value *ret)
{
	const struct node *first = call->node->list;

	switch (first->kind) {
	case NODE_FUNCTION: return function(x, first->text, call, ret);
	case NODE_FIELD:
	case NODE_VARIABLE:
	case NODE_CHAIN: return field_call(x, first, call, ret);
	case NODE_NIL: return format_exec_fail(x, first, "nil is not a command");
	default: break;
	}
	if (call->args != NULL || call->piped != NULL)
		return format_exec_fail(x, first,
		    "can't give argument to non-function %.*s",
		    (int)(first->to - first->from), x->t->source + first->from);
	return operand(x, call->dot, first, ret);
}

int
format_exec_pipeline(
    struct exec *x, const struct value *dot, const struct node *pipe, struct value *ret)
{
	struct value v = {.kind = VALUE_NONE, .name = ""}, out;

	for (const struct node *cmd = pipe->list; cmd != NULL; cmd = cmd->next) {
		const struct call call = {.dot = dot,
		    .node = cmd,
		    .args = cmd->list->next,
		    .piped = cmd == pipe->list ? NULL : &v};

		if (command(x, &call, &out) < 0)
			return -1;
		v = out;
	}
	/* A range sets its variables itself, one item after the other. */
	if (pipe->nnames == 1 || (pipe->nnames > 0 && pipe->assigns))
		format_exec_set(x, pipe, 0, &v);
	*ret = v;
	return 0;
}
