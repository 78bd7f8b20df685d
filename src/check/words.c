/*
 * words.c - texts for people
 */
#include "src/check/private.h"
#include <ctype.h>
#include <stdlib.h>

/* Appends one {NAME}; false when the argument was left out. */
static bool
add_arg(const struct lesson_check *c, const char *name, size_t len, struct buf *b)
{
	cleanup_free char *key = xstrndup(name, len);
	const char *value = lesson_arg(c, key);

	if (value != NULL)
		buf_adds(b, value);
	return value != NULL;
}

/* Up to `end` or the text's end; returns where it stopped. */
static const char *
fill(const struct lesson_check *c, const char *p, char end, struct buf *b, bool *whole)
{
	for (; *p != '\0' && *p != end; p++) {
		if (*p == '{') {
			size_t n = strcspn(p + 1, "}");

			*whole &= add_arg(c, p + 1, n, b);
			p += n + 1;
		} else if (*p == '[') {
			cleanup_buf struct buf part = BUF_INIT(BUF_OURS);
			bool complete = true;

			p = fill(c, p + 1, ']', &part, &complete);
			if (complete)
				buf_adds(b, part.s);
		} else {
			buf_addc(b, *p);
		}
	}
	return p;
}

char *
words_fill(const struct lesson_check *c, const char *pattern)
{
	struct buf b = BUF_INIT(BUF_OURS);
	bool whole = true;

	fill(c, pattern, '\0', &b, &whole);
	return buf_take(&b);
}

char *
words_size(double bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	size_t i = 0;

	for (; bytes >= 1000 && i + 1 < ARRAY_LEN(units); i++)
		bytes /= 1000;
	return xasprintf("%.3g%s", bytes, units[i]);
}

char *
words_short(const char *text, size_t max)
{
	struct buf b = BUF_INIT(BUF_OURS);
	bool blank = false;

	for (; *text != '\0' && b.len < max; text += str_utf8_len(text)) {
		if (isspace((unsigned char)*text)) {
			blank = b.len > 0;
			continue;
		}
		if (blank)
			buf_addc(&b, ' ');
		blank = false;
		if (iscntrl((unsigned char)*text))
			buf_addc(&b, '?');
		else
			buf_add(&b, text, str_utf8_len(text));
	}
	if (*text != '\0')
		buf_adds(&b, "...");
	return buf_take(&b);
}

char *
words_squeeze(const char *text)
{
	struct buf b = BUF_INIT(BUF_OURS);
	bool blank = false;

	for (; *text != '\0'; text++) {
		char last = b.len > 0 ? b.s[b.len - 1] : '[';

		if (isspace((unsigned char)*text)) {
			blank = true;
			continue;
		}
		if (blank && last != '[' && last != ',' && *text != ']' && *text != ',')
			buf_addc(&b, ' ');
		blank = false;
		buf_addc(&b, *text);
	}
	return buf_take(&b);
}

void
check_split(const char *s, struct vec *ret)
{
	struct buf word = BUF_INIT(BUF_OURS);
	char quote = 0;
	bool any = false;

	for (; *s != '\0'; s++) {
		if (quote == 0 && strchr(" \t\n", *s) != NULL) {
			if (any)
				vec_take(ret, buf_take(&word));
			any = false;
			continue;
		}
		any = true;
		if (quote == 0 && (*s == '"' || *s == '\''))
			quote = *s;
		else if (quote != 0 && *s == quote)
			quote = 0;
		else if (*s == '\\' && quote != '\'' && s[1] != '\0')
			buf_addc(&word, *++s);
		else
			buf_addc(&word, *s);
	}
	if (any)
		vec_take(ret, buf_take(&word));
	buf_done(&word);
}
