/*
 * value.c - JSON values as Go sees them: kinds, members, %v, json
 */
#include "sandbox/format/names.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct value
format_value_string(const char *s)
{
	return (struct value){.kind = VALUE_STRING, .s = s, .name = ""};
}

struct value
format_value_int(long long i)
{
	return (struct value){.kind = VALUE_INT, .i = i, .name = ""};
}

struct value
format_value_bool(bool b)
{
	return (struct value){.kind = VALUE_BOOL, .i = b, .name = ""};
}

static enum value_kind
kind_of(int mode, const json_t *j, const char *parent, const char *key)
{
	switch (json_typeof(j)) {
	case JSON_STRING: return VALUE_STRING;
	case JSON_INTEGER: return VALUE_INT;
	case JSON_REAL: return VALUE_FLOAT;
	case JSON_TRUE:
	case JSON_FALSE: return VALUE_BOOL;
	case JSON_ARRAY: return VALUE_LIST;
	case JSON_OBJECT:
		return mode != FORMAT_STRUCTS ||
			       format_names_kind(parent, key) == VALUE_MAP
			   ? VALUE_MAP
			   : VALUE_STRUCT;
	default:
		return mode == FORMAT_STRUCTS ? format_names_kind(parent, key)
					      : VALUE_NIL;
	}
}

struct value
format_value_of(int mode, const json_t *j, const char *parent, const char *key)
{
	struct value v = {.kind = VALUE_NONE, .j = j, .name = key};

	if (j == NULL)
		return v;
	v.kind = kind_of(mode, j, parent, key);
	if (v.kind == VALUE_STRING)
		v.s = json_string_value(j);
	else if (v.kind == VALUE_INT)
		v.i = json_integer_value(j);
	else if (v.kind == VALUE_BOOL)
		v.i = json_is_true(j);
	else if (v.kind == VALUE_FLOAT)
		v.f = json_real_value(j);
	return v;
}

struct value
format_value_member(int mode, const struct value *v, const char *key, const json_t *j)
{
	return format_value_of(mode, j, v->name, key);
}

struct value
format_value_item(int mode, const struct value *v, size_t i)
{
	return format_value_of(mode, json_array_get(v->j, i), v->name, "");
}

bool
format_value_truth(const struct value *v)
{
	switch (v->kind) {
	case VALUE_BOOL:
	case VALUE_INT: return v->i != 0;
	case VALUE_FLOAT: return v->f != 0;
	case VALUE_STRUCT: return true;
	case VALUE_STRING:
	case VALUE_LIST:
	case VALUE_MAP: return format_value_len(v) > 0;
	default: return false;
	}
}

size_t
format_value_len(const struct value *v)
{
	if (v->kind == VALUE_STRING)
		return strlen(v->s);
	return v->kind == VALUE_LIST ? json_array_size(v->j) : json_object_size(v->j);
}

void
format_value_keys(const struct value *v, struct vec *keys)
{
	json_t *object = (json_t *)v->j; /* jansson's iterators want it; only read */

	for (void *i = json_object_iter(object); i != NULL;
	     i = json_object_iter_next(object, i)) {
		/* In a row an object is a method, not a field. */
		if (!v->root || !json_is_object(json_object_iter_value(i)))
			vec_add(keys, json_object_iter_key(i));
	}
	if (v->kind == VALUE_MAP || v->root)
		vec_sort(keys);
}

const char *
format_value_type(int mode, const struct value *v)
{
	static const char *const names[] = {
	    [VALUE_NONE] = "<nil>",
	    [VALUE_NIL] = "<nil>",
	    [VALUE_BOOL] = "bool",
	    [VALUE_INT] = "int",
	    [VALUE_FLOAT] = "float64",
	    [VALUE_STRING] = "string",
	    [VALUE_LIST] = "[]string",
	    [VALUE_MAP] = "map[string]string",
	    [VALUE_STRUCT] = "struct",
	};

	if (mode == FORMAT_MAPS && v->kind == VALUE_LIST)
		return "[]interface {}";
	if (mode == FORMAT_MAPS && v->kind == VALUE_MAP)
		return "map[string]interface {}";
	return names[v->kind];
}

void
format_value_float(struct buf *b, double f)
{
	char text[64];
	int precision = 1;

	if (isnan(f) || isinf(f)) {
		buf_adds(b, isnan(f) ? "NaN" : f < 0 ? "-Inf" : "+Inf");
		return;
	}
	do
		snprintf(text, sizeof text, "%.*g", precision, f);
	while (strtod(text, NULL) != f && precision++ < 17);
	if (strchr(text, 'e') != NULL && fabs(f) >= 1 && fabs(f) < 1e21)
		snprintf(text, sizeof text, "%.0f", f);
	buf_adds(b, text);
}

static void
print_list(int mode, struct buf *b, const struct value *v)
{
	for (size_t i = 0; i < format_value_len(v); i++) {
		struct value item = format_value_item(mode, v, i);

		if (i > 0)
			buf_addc(b, ' ');
		format_value_print(mode, b, &item, true);
	}
}

static void
print_members(int mode, struct buf *b, const struct value *v)
{
	cleanup_vec struct vec keys = VEC_INIT;

	format_value_keys(v, &keys);
	for (size_t i = 0; i < keys.len; i++) {
		struct value m = format_value_member(
		    mode, v, keys.v[i], json_object_get(v->j, keys.v[i]));

		if (i > 0)
			buf_addc(b, ' ');
		if (v->kind == VALUE_MAP)
			buf_addf(b, "%s:", keys.v[i]);
		format_value_print(mode, b, &m, true);
	}
}

void
format_value_print(int mode, struct buf *b, const struct value *v, bool inside)
{
	switch (v->kind) {
	case VALUE_BOOL: buf_adds(b, v->i ? "true" : "false"); break;
	case VALUE_INT: buf_addf(b, "%lld", v->i); break;
	case VALUE_FLOAT: format_value_float(b, v->f); break;
	case VALUE_STRING: buf_adds(b, v->s); break;
	case VALUE_LIST:
		buf_addc(b, '[');
		print_list(mode, b, v);
		buf_addc(b, ']');
		break;
	case VALUE_MAP:
	case VALUE_STRUCT:
		buf_adds(b, v->kind == VALUE_MAP ? "map[" : "{");
		print_members(mode, b, v);
		buf_addc(b, v->kind == VALUE_MAP ? ']' : '}');
		break;
	default:
		buf_adds(b, inside || (v->kind == VALUE_NIL && mode == FORMAT_STRUCTS)
				? "<nil>"
				: "<no value>");
	}
}

static void
json_string_text(struct buf *b, const char *s)
{
	static const char plain[] = "\b\f\n\r\t\"\\", letter[] = "bfnrt\"\\";

	buf_addc(b, '"');
	for (; *s != '\0'; s++) {
		const char *hit = strchr(plain, *s);

		if (hit != NULL)
			buf_addf(b, "\\%c", letter[hit - plain]);
		else if ((unsigned char)*s < 0x20)
			buf_addf(b, "\\u%04x", (unsigned char)*s);
		else if (str_starts(s, "\xe2\x80\xa8") || str_starts(s, "\xe2\x80\xa9")) {
			buf_addf(b, "\\u%s", s[2] == '\xa8' ? "2028" : "2029");
			s += 2;
		} else {
			buf_addc(b, *s);
		}
	}
	buf_addc(b, '"');
}

static void
json_members(int mode, struct buf *b, const struct value *v)
{
	cleanup_vec struct vec keys = VEC_INIT;

	format_value_keys(v, &keys);
	for (size_t i = 0; i < keys.len; i++) {
		struct value m = format_value_member(
		    mode, v, keys.v[i], json_object_get(v->j, keys.v[i]));

		if (i > 0)
			buf_addc(b, ',');
		json_string_text(b, keys.v[i]);
		buf_addc(b, ':');
		format_value_json(mode, b, &m);
	}
}

void
format_value_json(int mode, struct buf *b, const struct value *v)
{
	if (v->kind == VALUE_STRING) {
		json_string_text(b, v->s);
	} else if (v->kind == VALUE_LIST && json_is_array(v->j)) {
		buf_addc(b, '[');
		for (size_t i = 0; i < format_value_len(v); i++) {
			struct value item = format_value_item(mode, v, i);

			if (i > 0)
				buf_addc(b, ',');
			format_value_json(mode, b, &item);
		}
		buf_addc(b, ']');
	} else if (json_is_object(v->j) &&
		   (v->kind == VALUE_MAP || v->kind == VALUE_STRUCT)) {
		buf_addc(b, '{');
		json_members(mode, b, v);
		buf_addc(b, '}');
	} else if (v->kind == VALUE_BOOL || v->kind == VALUE_INT ||
		   v->kind == VALUE_FLOAT) {
		format_value_print(mode, b, v, true);
	} else {
		buf_adds(b, "null");
	}
}
