/*
 * escape.c - html, js and urlquery: a text that may stand in a page, a script, an address
 */
#include "sandbox/format/call.h"
#include <ctype.h>

static struct value
text_of(struct calls *c, const struct value *args, size_t nargs)
{
	struct buf b = BUF_INIT(BUF_OURS);

	format_print(c->mode, &b, args, nargs);
	return format_calls_string(c, buf_take(&b));
}

int
format_call_html(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err)
{
	static const char plain[] = "\"'&<>";
	static const char *const entities[] = {"&#34;", "&#39;", "&amp;", "&lt;", "&gt;"};
	struct buf b = BUF_INIT(BUF_OURS);

	(void)err;
	for (const char *s = text_of(c, args, nargs).s; *s != '\0'; s++) {
		const char *hit = strchr(plain, *s);

		if (hit != NULL)
			buf_adds(&b, entities[hit - plain]);
		else
			buf_addc(&b, *s);
	}
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}

/* Quotes and backslashes get a backslash, what could end a script or is not printable
 * becomes its number. */
int
format_call_js(struct calls *c, const struct value *args, size_t nargs, struct value *ret,
    struct err *err)
{
	struct buf b = BUF_INIT(BUF_OURS);
	size_t len;

	(void)err;
	for (const char *s = text_of(c, args, nargs).s; *s != '\0'; s += len) {
		uint32_t rune = format_rune(s, &len);

		if (rune < 0x80 && strchr("\\'\"", (int)rune) != NULL)
			buf_addf(&b, "\\%c", (int)rune);
		else if (rune < ' ' || (rune < 0x80 && strchr("<>&=", (int)rune)) ||
			 (rune >= 0x80 && !format_rune_prints(rune)))
			buf_addf(&b, "\\u%04X", rune);
		else
			buf_add(&b, s, len);
	}
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}

int
format_call_urlquery(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err)
{
	struct buf b = BUF_INIT(BUF_OURS);

	(void)err;
	for (const char *s = text_of(c, args, nargs).s; *s != '\0'; s++) {
		unsigned char u = (unsigned char)*s;

		if (u == ' ')
			buf_addc(&b, '+');
		else if (u < 0x80 && (isalnum(u) || strchr("-_.~", u) != NULL))
			buf_addc(&b, *s);
		else
			buf_addf(&b, "%%%02X", u);
	}
	*ret = format_calls_string(c, buf_take(&b));
	return 0;
}
