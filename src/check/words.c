/*
 * words.c - texts for people
 */
#include "src/check/private.h"
#include <ctype.h>
#include <stdlib.h>

enum { LINE_LOOKED_AT = 200, LINES_LOOKED_AT = 2000 };

/* Appends one {NAME}, or {~NAME}: a pattern for people; false when the argument was left
 * out. */
static bool
add_arg(const struct lesson_check *c, const char *name, size_t len, struct buf *b)
{
	bool pattern = *name == '~';
	cleanup_free char *key = xstrndup(name + pattern, len - pattern);
	const char *value = lesson_arg(c, key);
	cleanup_free char *plain = value != NULL && pattern ? words_glob(value) : NULL;

	if (value != NULL)
		buf_adds(b, plain != NULL ? plain : value);
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
words_glob(const char *glob)
{
	struct buf b = BUF_INIT(BUF_OURS);

	while (*glob != '\0') {
		size_t n = strcspn(glob, " ");

		bool star = memchr(glob, '*', n) != NULL, open = star;

		for (size_t i = 0; i < n; i++)
			open &= !isalnum((unsigned char)glob[i]);
		if (b.len > 0 && n > 0)
			buf_addc(&b, ' ');
		if (open)
			buf_adds(&b, "...");
		for (size_t i = 0; !open && i < n; i++)
			if (glob[i] != '*')
				buf_addc(&b, glob[i]);
		glob += n;
		glob += strspn(glob, " ");
	}
	return buf_take(&b);
}

/* Bytes that both texts have in a row, at most. */
static size_t
common(const char *a, const char *b)
{
	size_t best = 0;

	for (; *a != '\0'; a++)
		for (const char *p = b; *p != '\0'; p++) {
			size_t n = 0;

			while (a[n] != '\0' && a[n] == p[n])
				n++;
			if (n > best)
				best = n;
		}
	return best;
}

char *
words_near(const char *text, const char *wanted, size_t max)
{
	size_t most = strlen(wanted) < LINE_LOOKED_AT ? strlen(wanted) : LINE_LOOKED_AT;
	size_t best = most / 2 > 3 ? most / 2 - 1 : 3;
	char *found = NULL;

	for (int lines = 0; *text != '\0' && lines < LINES_LOOKED_AT; lines++) {
		size_t n = strcspn(text, "\n"), same;
		cleanup_free char *line =
		    xstrndup(text, n < LINE_LOOKED_AT ? n : LINE_LOOKED_AT);

		same = common(line, wanted);
		if (same > best) {
			best = same;
			free(found);
			found = words_short(line, max);
		}
		text += n + (text[n] == '\n');
	}
	return found;
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
