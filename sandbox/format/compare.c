/*
 * compare.c - eq ne lt le gt ge of Go's text/template
 */
#include "sandbox/format/call.h"

/* Kinds that can be compared with each other; VALUE_NONE: not with anything but nil. */
static enum value_kind
basic(const struct value *v)
{
	return v->kind >= VALUE_BOOL && v->kind <= VALUE_STRING ? v->kind : VALUE_NONE;
}

static int
incompatible(struct err *err)
{
	return err_set(err, ERR_INPUT, "incompatible types for comparison");
}

static int
equal(int mode, const struct value *a, const struct value *b, bool *ret, struct err *err)
{
	if (a->kind >= VALUE_LIST || b->kind >= VALUE_LIST)
		return err_set(err, ERR_INPUT, "non-comparable type %s",
		    format_value_type(mode, a->kind >= VALUE_LIST ? a : b));
	if (a->kind <= VALUE_NIL || b->kind <= VALUE_NIL) {
		*ret = a->kind <= VALUE_NIL && b->kind <= VALUE_NIL;
		return 0;
	}
	if (a->kind != b->kind)
		return incompatible(err);
	if (a->kind == VALUE_STRING)
		*ret = str_eq(a->s, b->s);
	else
		*ret = a->kind == VALUE_FLOAT ? a->f == b->f : a->i == b->i;
	return 0;
}

/* Is a smaller than b? */
static int
less(const struct value *a, const struct value *b, bool *ret, struct err *err)
{
	if (basic(a) <= VALUE_BOOL || basic(b) <= VALUE_BOOL)
		return err_set(err, ERR_INPUT, "invalid type for comparison");
	if (a->kind != b->kind)
		return incompatible(err);
	if (a->kind == VALUE_STRING)
		*ret = strcmp(a->s, b->s) < 0;
	else
		*ret = a->kind == VALUE_FLOAT ? a->f < b->f : a->i < b->i;
	return 0;
}

int
format_call_eq(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	bool same = false;

	if (nargs < 2)
		return err_set(err, ERR_INPUT, "missing argument for comparison");
	for (size_t i = 1; i < nargs && !same; i++)
		if (equal(c->mode, &args[0], &args[i], &same, err) < 0)
			return -1;
	*ret = format_value_bool(same);
	return 0;
}

int
format_call_ne(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	if (format_call_eq(c, args, nargs, ret, err) < 0)
		return -1;
	*ret = format_value_bool(!ret->i);
	return 0;
}

int
format_call_lt(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	bool is_less = false;

	(void)c;
	(void)nargs;
	if (less(&args[0], &args[1], &is_less, err) < 0)
		return -1;
	*ret = format_value_bool(is_less);
	return 0;
}

int
format_call_gt(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	const struct value swapped[] = {args[1], args[0]};

	return format_call_lt(c, swapped, nargs, ret, err);
}

int
format_call_le(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	if (format_call_gt(c, args, nargs, ret, err) < 0)
		return -1;
	*ret = format_value_bool(!ret->i);
	return 0;
}

int
format_call_ge(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	if (format_call_lt(c, args, nargs, ret, err) < 0)
		return -1;
	*ret = format_value_bool(!ret->i);
	return 0;
}
