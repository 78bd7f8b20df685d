/*
 * collect.c - index, slice, len, split, join
 */
#include "sandbox/format/call.h"

static struct value
list_value(struct calls *c, json_t *taken)
{
	json_array_append_new(c->lists, taken);
	return (struct value){.kind = VALUE_LIST, .j = taken, .name = ""};
}

static int
index_list(struct calls *c, const struct value *v, const struct value *at,
    struct value *ret, struct err *err)
{
	if (at->kind != VALUE_INT)
		return err_set(err, ERR_INPUT, "cannot index slice/array with type %s",
		    format_value_type(c->mode, at));
	if (at->i < 0 || (size_t)at->i >= format_value_len(v))
		return err_set(err, ERR_INPUT, "index out of range: %lld", at->i);
	if (v->kind == VALUE_STRING)
		*ret = format_value_int((unsigned char)v->s[at->i]);
	else
		*ret = format_value_item(c->mode, v, (size_t)at->i);
	return 0;
}

static int
index_map(struct calls *c, const struct value *v, const struct value *at,
    struct value *ret, struct err *err)
{
	const json_t *j;

	if (at->kind != VALUE_STRING)
		return err_set(err, ERR_INPUT, "value has type %s; should be string",
		    format_value_type(c->mode, at));
	j = json_object_get(v->j, at->s);
	if (j != NULL)
		*ret = format_value_member(c->mode, v, at->s, j);
	else if (c->mode == FORMAT_STRUCTS && str_eq(v->name, "Labels"))
		*ret = format_value_string(
		    ""); /* map[string]string: the zero value of its items */
	else if (c->mode == FORMAT_STRUCTS && str_eq(v->name, "Ports"))
		*ret = (struct value){.kind = VALUE_LIST, .name = ""};
	else
		*ret = (struct value){.kind = VALUE_NONE, .name = ""};
	return 0;
}

int
format_call_index(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err)
{
	struct value v = args[0];

	for (size_t i = 1; i < nargs; i++) {
		int failed;

		if (v.kind <= VALUE_NIL)
			return err_set(err, ERR_INPUT, "index of untyped nil");
		if (v.kind == VALUE_LIST || v.kind == VALUE_STRING)
			failed = index_list(c, &v, &args[i], &v, err);
		else if (v.kind == VALUE_MAP)
			failed = index_map(c, &v, &args[i], &v, err);
		else
			return err_set(err, ERR_INPUT, "can't index item of type %s",
			    format_value_type(c->mode, &v));
		if (failed < 0)
			return -1;
	}
	*ret = v;
	return 0;
}

int
format_call_slice(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err)
{
	const struct value *v = &args[0];
	size_t bounds[2] = {0, 0};
	json_t *part;

	if (v->kind != VALUE_STRING && v->kind != VALUE_LIST)
		return err_set(err, ERR_INPUT, "can't slice item of type %s",
		    format_value_type(c->mode, v));
	bounds[1] = format_value_len(v);
	for (size_t i = 1; i < nargs; i++) {
		if (args[i].kind != VALUE_INT)
			return err_set(err, ERR_INPUT,
			    "cannot index slice/array with type %s",
			    format_value_type(c->mode, &args[i]));
		if (args[i].i < 0 || (size_t)args[i].i > format_value_len(v))
			return err_set(
			    err, ERR_INPUT, "index out of range: %lld", args[i].i);
		bounds[i - 1] = (size_t)args[i].i;
	}
	if (bounds[0] > bounds[1])
		return err_set(err, ERR_INPUT, "invalid slice index: %zu > %zu",
		    bounds[0], bounds[1]);
	if (v->kind == VALUE_STRING) {
		*ret = format_calls_string(
		    c, xstrndup(v->s + bounds[0], bounds[1] - bounds[0]));
		return 0;
	}
	part = json_array();
	for (size_t i = bounds[0]; i < bounds[1]; i++)
		json_array_append(part, json_array_get(v->j, i));
	*ret = list_value(c, part);
	ret->name = v->name;
	return 0;
}

int
format_call_len(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err)
{
	(void)nargs;
	if (args[0].kind <= VALUE_NIL)
		return err_set(err, ERR_INPUT, "len of nil pointer");
	if (args[0].kind < VALUE_STRING || args[0].kind == VALUE_STRUCT)
		return err_set(err, ERR_INPUT, "len of type %s",
		    format_value_type(c->mode, &args[0]));
	*ret = format_value_int((long long)format_value_len(&args[0]));
	return 0;
}

int
format_call_split(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err)
{
	const char *s = args[0].s, *sep = args[1].s, *hit;
	json_t *parts = json_array();

	(void)nargs;
	(void)err;
	/* An empty separator cuts between all characters. */
	while (*s != '\0' &&
	       (hit = *sep != '\0' ? strstr(s, sep) : s + str_utf8_len(s)) != NULL) {
		json_array_append_new(parts, json_stringn(s, (size_t)(hit - s)));
		s = hit + strlen(sep);
		if (*sep != '\0' && *s == '\0')
			break;
	}
	if (*sep != '\0')
		json_array_append_new(parts, json_string(s));
	*ret = list_value(c, parts);
	return 0;
}

int
format_call_join(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err)
{
	struct buf b = BUF_INIT(BUF_OURS);

	(void)nargs;
	(void)err;
	for (size_t i = 0; i < format_value_len(&args[0]); i++) {
		struct value item = format_value_item(c->mode, &args[0], i);

		if (i > 0)
			buf_adds(&b, args[1].s);
		format_value_print(c->mode, &b, &item, true);
	}
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}
