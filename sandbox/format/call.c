/*
 * call.c - the table of functions: Go's own and those that Docker adds
 */
#include "sandbox/format/call.h"
#include <ctype.h>

enum { PAD_MAX = 1000 };

struct value
format_calls_string(struct calls *c, char *taken)
{
	vec_take(&c->strings, taken);
	return format_value_string(taken);
}

static int
call_not(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	(void)c, (void)nargs, (void)err;
	*ret = format_value_bool(!format_value_truth(&args[0]));
	return 0;
}

/* fmt.Sprint: blanks only between operands of which neither is a string. */
void
format_print(int mode, struct buf *b, const struct value *args, size_t nargs)
{
	for (size_t i = 0; i < nargs; i++) {
		if (i > 0 && args[i].kind != VALUE_STRING &&
		    args[i - 1].kind != VALUE_STRING)
			buf_addc(b, ' ');
		format_value_print(mode, b, &args[i], true);
	}
}

static int
call_print(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	struct buf b = BUF_INIT(BUF_OURS);

	(void)err;
	format_print(c->mode, &b, args, nargs);
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}

static int
call_println(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	struct buf b = BUF_INIT(BUF_OURS);

	(void)err;
	for (size_t i = 0; i < nargs; i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		format_value_print(c->mode, &b, &args[i], true);
	}
	buf_addc(&b, '\n');
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}

static int
call_printf(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	struct buf b = BUF_INIT(BUF_OURS);

	(void)err;
	format_function_printf(c->mode, &b, args[0].s, args + 1, nargs - 1);
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}

static int
call_json(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	struct buf b = BUF_INIT(BUF_OURS);

	(void)nargs, (void)err;
	format_value_json(c->mode, &b, &args[0]);
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}

static int
call_upper(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	char *s = xstrdup(args[0].s);

	(void)nargs, (void)err;
	for (char *p = s; *p != '\0'; p++)
		*p = (unsigned char)*p < 0x80 ? (char)toupper(*p) : *p;
	*ret = format_calls_string(c, s);
	return 0;
}

static int
call_lower(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	char *s = xstrdup(args[0].s);

	(void)nargs, (void)err;
	for (char *p = s; *p != '\0'; p++)
		*p = (unsigned char)*p < 0x80 ? (char)tolower(*p) : *p;
	*ret = format_calls_string(c, s);
	return 0;
}

/* The first letter of each word; letters, digits, '_' and quotes are no borders. */
static int
call_title(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	char *s = xstrdup(args[0].s);
	bool border = true;

	(void)nargs, (void)err;
	for (char *p = s; *p != '\0'; p++) {
		bool letter =
		    isalnum((unsigned char)*p) || *p == '_' || (unsigned char)*p >= 0x80;

		if (border && (unsigned char)*p < 0x80)
			*p = (char)toupper(*p);
		border = !letter && (isspace((unsigned char)*p) || *p != '\'');
	}
	*ret = format_calls_string(c, s);
	return 0;
}

static int
pad_size(long long n)
{
	return n < 0 ? 0 : n > PAD_MAX ? PAD_MAX : (int)n;
}

static int
call_pad(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	(void)nargs, (void)err;
	*ret = args[0];
	if (*args[0].s != '\0')
		*ret =
		    format_calls_string(c, xasprintf("%*s%s%*s", pad_size(args[1].i), "",
					       args[0].s, pad_size(args[2].i), ""));
	return 0;
}

static int
call_truncate(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	(void)nargs;
	if (args[1].i < 0)
		return err_set(
		    err, ERR_INPUT, "slice bounds out of range [:%lld]", args[1].i);
	*ret = args[0];
	if (strlen(args[0].s) > (size_t)args[1].i)
		*ret = format_calls_string(c, xstrndup(args[0].s, (size_t)args[1].i));
	return 0;
}

/* Types: s string, i integer, l list, v any; the last one repeats up to max. */
static const struct function {
	const char *name, *types;
	size_t min, max;
	int (*fn)(struct calls *c, const struct value *args, size_t nargs,
	    struct value *ret, struct err *err);
	bool plain_in_header; /* in a table's header line it gives its first argument */
} functions[] = {
    {"and", "v", 1, ARGS_MAX, NULL, false}, /* eval.c: never called here */
    {"or", "v", 1, ARGS_MAX, NULL, false},
    {"not", "v", 1, 1, call_not, false},
    {"len", "v", 1, 1, format_call_len, false},
    {"index", "v", 1, ARGS_MAX, format_call_index, false},
    {"slice", "v", 1, 3, format_call_slice, false},
    {"print", "v", 0, ARGS_MAX, call_print, false},
    {"printf", "sv", 1, ARGS_MAX, call_printf, false},
    {"println", "v", 0, ARGS_MAX, call_println, false},
    {"call", "v", 1, ARGS_MAX, NULL, false}, /* eval.c */
    {"html", "v", 0, ARGS_MAX, format_call_html, false},
    {"js", "v", 0, ARGS_MAX, format_call_js, false},
    {"urlquery", "v", 0, ARGS_MAX, format_call_urlquery, false},
    {"eq", "v", 1, ARGS_MAX, format_call_eq, false},
    {"ne", "v", 2, 2, format_call_ne, false},
    {"lt", "v", 2, 2, format_call_lt, false},
    {"le", "v", 2, 2, format_call_le, false},
    {"gt", "v", 2, 2, format_call_gt, false},
    {"ge", "v", 2, 2, format_call_ge, false},
    {"json", "v", 1, 1, call_json, true},
    {"split", "s", 2, 2, format_call_split, true},
    {"join", "ls", 2, 2, format_call_join, true},
    {"title", "s", 1, 1, call_title, true},
    {"lower", "s", 1, 1, call_lower, true},
    {"upper", "s", 1, 1, call_upper, true},
    {"pad", "sii", 3, 3, call_pad, false},
    {"truncate", "si", 2, 2, call_truncate, true},
};

static const struct function *
find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (str_eq(functions[i].name, name))
			return &functions[i];
	return NULL;
}

bool
format_function_exists(const char *name)
{
	return find(name) != NULL;
}

static int
check_count(const struct function *f, size_t nargs, struct err *err)
{
	if (nargs >= f->min && nargs <= f->max)
		return 0;
	return err_set(err, ERR_INPUT, "wrong number of args for %s: want %s%zu got %zu",
	    f->name, f->max > f->min ? "at least " : "", f->min, nargs);
}

static int
check_type(int mode, char want, const struct value *v, struct err *err)
{
	static const struct {
		char c;
		enum value_kind kind;
		const char *go;
	} types[] = {{'s', VALUE_STRING, "string"}, {'i', VALUE_INT, "int"},
	    {'l', VALUE_LIST, "[]string"}};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].c != want || v->kind == types[i].kind)
			continue;
		if (v->kind <= VALUE_NIL)
			return err_set(
			    err, ERR_INPUT, "invalid value; expected %s", types[i].go);
		return err_set(err, ERR_INPUT,
		    "wrong type for value; expected %s; got %s", types[i].go,
		    format_value_type(mode, v));
	}
	return 0;
}

int
format_function_call(struct calls *c, const char *name, const struct value *args,
    size_t nargs, struct value *ret, struct err *err)
{
	const struct function *f = find(name);
	struct err why = ERR_INIT;
	bool same = c->mode == MODE_HEADER && f->plain_in_header;

	if (check_count(f, nargs, err) < 0)
		return -1;
	for (size_t i = 0; i < nargs && !same; i++) {
		size_t last = strlen(f->types) - 1;

		if (check_type(c->mode, f->types[i < last ? i : last], &args[i], err) < 0)
			return -1;
	}
	if (same) {
		*ret = args[0];
		return 0;
	}
	if (f->fn(c, args, nargs, ret, &why) < 0)
		return err_set(err, ERR_INPUT, "error calling %s: %s", name, why.text);
	return 0;
}
