/*
 * printf.c - Go's fmt.Sprintf for template values
 */
#include "sandbox/format/private.h"
#include <ctype.h>

enum { WIDTH_MAX = 1000 };

struct verb {
	bool minus, plus, sharp, space, zero;
	int width, precision; /* -1: none */
	char c;
};

/* A number in decimal, or '*' and the next argument. */
static int
read_number(const char **s, const struct value *args, size_t nargs, size_t *used)
{
	int n = 0;

	if (**s == '*') {
		(*s)++;
		if (*used < nargs && args[*used].kind == VALUE_INT)
			n = (int)(args[*used].i % (WIDTH_MAX + 1));
		(*used)++;
		return n;
	}
	for (; isdigit((unsigned char)**s); (*s)++)
		n = n < WIDTH_MAX ? n * 10 + (**s - '0') : WIDTH_MAX;
	return n < WIDTH_MAX ? n : WIDTH_MAX;
}

static struct verb
read_verb(const char **s, const struct value *args, size_t nargs, size_t *used)
{
	struct verb v = {.width = -1, .precision = -1};

	for (;; (*s)++) {
		switch (**s) {
		case '-': v.minus = true; continue;
		case '+': v.plus = true; continue;
		case '#': v.sharp = true; continue;
		case ' ': v.space = true; continue;
		case '0': v.zero = true; continue;
		default: break;
		}
		break;
	}
	if (isdigit((unsigned char)**s) || **s == '*')
		v.width = read_number(s, args, nargs, used);
	if (v.width < -1) {
		v.minus = true;
		v.width = -v.width;
	}
	if (**s == '.') {
		(*s)++;
		v.precision = read_number(s, args, nargs, used);
	}
	v.c = **s;
	if (v.c != '\0')
		(*s)++;
	return v;
}

/* Pads text to the width in runes; zeros go behind a sign. */
static void
add_padded(struct buf *b, const struct verb *v, const char *text, bool number)
{
	size_t len = 0, pad, width = v->width > 0 ? (size_t)v->width : 0;
	bool zeros = v->zero && !v->minus && number;

	for (const char *s = text; *s != '\0'; s += str_utf8_len(s))
		len++;
	pad = width > len ? width - len : 0;
	if (zeros && pad > 0 && strchr("+-", *text) != NULL && *text != '\0')
		buf_addc(b, *text++);
	for (size_t i = 0; i < pad && !v->minus; i++)
		buf_addc(b, zeros ? '0' : ' ');
	buf_adds(b, text);
	for (size_t i = 0; i < pad && v->minus; i++)
		buf_addc(b, ' ');
}

static bool
format_int(struct buf *b, const struct verb *v, long long i)
{
	unsigned long long u =
	    i < 0 ? 0ULL - (unsigned long long)i : (unsigned long long)i;
	const char *sign = i < 0 ? "-" : v->plus ? "+" : v->space ? " " : "";

	switch (v->c) {
	case 'v':
	case 'd': buf_addf(b, "%s%llu", sign, u); return true;
	case 'x': buf_addf(b, "%s%s%llx", sign, v->sharp ? "0x" : "", u); return true;
	case 'X': buf_addf(b, "%s%s%llX", sign, v->sharp ? "0X" : "", u); return true;
	case 'o': buf_addf(b, "%s%s%llo", sign, v->sharp ? "0" : "", u); return true;
	case 'b':
		buf_adds(b, sign);
		for (int bit = 63, seen = 0; bit >= 0; bit--) {
			seen |= (int)(u >> bit & 1);
			if (seen || bit == 0)
				buf_addc(b, (char)('0' + (u >> bit & 1)));
		}
		return true;
	case 'c': {
		char c = i > 0 && i < 128 ? (char)i : '?';

		buf_addc(b, c);
		return true;
	}
	default: return false;
	}
}

static bool
format_float(struct buf *b, const struct verb *v, double f)
{
	int precision = v->precision >= 0 ? v->precision : 6;

	if (v->plus && f >= 0)
		buf_addc(b, '+');
	switch (v->c) {
	case 'f':
	case 'F': buf_addf(b, "%.*f", precision, f); return true;
	case 'e': buf_addf(b, "%.*e", precision, f); return true;
	case 'E': buf_addf(b, "%.*E", precision, f); return true;
	case 'v':
	case 'g':
		if (v->precision >= 0)
			buf_addf(b, "%.*g", v->precision, f);
		else
			format_value_float(b, f);
		return true;
	default: return false;
	}
}

static bool
format_string(struct buf *b, const struct verb *v, const char *s)
{
	cleanup_free char *cut = NULL;
	size_t len = 0;

	for (int i = 0; s[len] != '\0' && (v->precision < 0 || i < v->precision); i++)
		len += str_utf8_len(s + len);
	cut = xstrndup(s, len);
	switch (v->c) {
	case 'v':
		if (v->sharp)
			format_quote(b, cut);
		else
			buf_adds(b, cut);
		return true;
	case 's': buf_adds(b, cut); return true;
	case 'q': format_quote(b, cut); return true;
	case 'x':
	case 'X':
		for (size_t i = 0; i < len; i++)
			buf_addf(b, v->c == 'x' ? "%02x" : "%02X", (unsigned char)cut[i]);
		return true;
	default: return false;
	}
}

static void format_value(
    int mode, struct buf *b, const struct verb *v, const struct value *a);

static void
format_items(int mode, struct buf *b, const struct verb *v, const struct value *a)
{
	cleanup_vec struct vec keys = VEC_INIT;

	if (a->kind != VALUE_LIST)
		format_value_keys(a, &keys);
	buf_adds(b, a->kind == VALUE_LIST ? "[" : a->kind == VALUE_MAP ? "map[" : "{");
	for (size_t i = 0; i < (a->kind == VALUE_LIST ? format_value_len(a) : keys.len);
	     i++) {
		struct value item = a->kind == VALUE_LIST
					? format_value_item(mode, a, i)
					: format_value_member(mode, a, keys.v[i],
					      json_object_get(a->j, keys.v[i]));
		struct value key =
		    format_value_string(a->kind == VALUE_LIST ? "" : keys.v[i]);

		if (i > 0)
			buf_addc(b, ' ');
		if (a->kind == VALUE_MAP) {
			format_value(mode, b, v, &key);
			buf_addc(b, ':');
		}
		format_value(mode, b, v, &item);
	}
	buf_addc(b, a->kind == VALUE_STRUCT ? '}' : ']');
}

static void
bad_verb(int mode, struct buf *b, const struct verb *v, const struct value *a)
{
	if (a->kind <= VALUE_NIL) {
		buf_addf(b, "%%!%c(<nil>)", v->c);
		return;
	}
	buf_addf(b, "%%!%c(%s=", v->c, format_value_type(mode, a));
	format_value_print(mode, b, a, true);
	buf_addc(b, ')');
}

static void
format_value(int mode, struct buf *b, const struct verb *v, const struct value *a)
{
	cleanup_buf struct buf one = BUF_INIT(BUF_OURS);
	bool number = a->kind == VALUE_INT || a->kind == VALUE_FLOAT, ok = false;

	if (v->c == 'T')
		ok = format_string(&one, &(struct verb){.c = 's', .precision = -1},
		    format_value_type(mode, a));
	else if (a->kind == VALUE_INT)
		ok = format_int(&one, v, a->i);
	else if (a->kind == VALUE_FLOAT)
		ok = format_float(&one, v, a->f);
	else if (a->kind == VALUE_STRING)
		ok = format_string(&one, v, a->s);
	else if (a->kind == VALUE_BOOL && (v->c == 't' || v->c == 'v'))
		ok = format_string(&one, &(struct verb){.c = 's', .precision = -1},
		    a->i ? "true" : "false");
	else if (a->kind <= VALUE_NIL && v->c == 'v')
		ok = format_string(
		    &one, &(struct verb){.c = 's', .precision = -1}, "<nil>");
	if (a->kind >= VALUE_LIST && v->c != 'T') {
		format_items(mode, b, v, a);
		return;
	}
	if (!ok) {
		bad_verb(mode, b, v, a);
		return;
	}
	add_padded(b, v, one.s, number);
}

static void
add_extra(int mode, struct buf *b, const struct value *args, size_t from, size_t nargs)
{
	buf_adds(b, "%!(EXTRA ");
	for (size_t i = from; i < nargs; i++) {
		if (i > from)
			buf_adds(b, ", ");
		if (args[i].kind > VALUE_NIL)
			buf_addf(b, "%s=", format_value_type(mode, &args[i]));
		format_value_print(mode, b, &args[i], true);
	}
	buf_addc(b, ')');
}

void
format_function_printf(
    int mode, struct buf *b, const char *fmt, const struct value *args, size_t nargs)
{
	size_t used = 0;

	while (*fmt != '\0') {
		size_t len = strcspn(fmt, "%");
		struct verb v;

		buf_add(b, fmt, len);
		fmt += len;
		if (*fmt == '\0')
			break;
		fmt++;
		v = read_verb(&fmt, args, nargs, &used);
		if (v.c == '%')
			buf_addc(b, '%');
		else if (v.c == '\0')
			buf_adds(b, "%!(NOVERB)");
		else if (used >= nargs)
			buf_addf(b, "%%!%c(MISSING)", v.c);
		else
			format_value(mode, b, &v, &args[used++]);
	}
	if (used < nargs)
		add_extra(mode, b, args, used, nargs);
}
