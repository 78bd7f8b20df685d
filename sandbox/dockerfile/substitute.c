/*
 * substitute.c - ${v#p} ${v%p} ${v/p/r}: shell patterns on a variable's value
 *
 * The patterns know `*`, `?` and a backslash; no classes.
 */
#include "sandbox/dockerfile/private.h"

static void
compile(struct df_glob *g, const char *pattern)
{
	const char *p = pattern, *end = pattern + strlen(pattern);

	while (p < end) {
		if (*p == '*' || *p == '?') {
			df_glob_add(g, *p == '*' ? DF_STAR : DF_ANY, 0);
			p++;
			continue;
		}
		p += *p == '\\' && p[1] != '\0';
		df_glob_add(g, DF_CHAR, df_rune(&p, end));
	}
}

/* The shortest or longest tail that the pattern matches starts here. */
static size_t
tail_start(const struct df_glob *g, const char *value, bool greedy)
{
	size_t len = strlen(value), found = len;

	for (size_t at = 0; at <= len; at += at < len ? str_utf8_len(value + at) : 1) {
		if (df_glob_len(g, value + at, len - at, true) != len - at)
			continue;
		found = at;
		if (greedy)
			break;
	}
	return found;
}

void
df_trim(struct buf *out, const char *value, const char *pattern, char side, bool greedy)
{
	cleanup_df_glob struct df_glob g = {0};

	compile(&g, pattern);
	if (side == '%') {
		buf_add(out, value, tail_start(&g, value, greedy));
	} else {
		size_t cut = df_glob_len(&g, value, strlen(value), greedy);

		buf_adds(out, cut == SIZE_MAX ? value : value + cut);
	}
}

void
df_replace(
    struct buf *out, const char *value, const char *pattern, const char *by, bool all)
{
	cleanup_df_glob struct df_glob g = {0};
	const char *p = value, *end = value + strlen(value);

	compile(&g, pattern);
	while (p < end) {
		size_t len = df_glob_len(&g, p, (size_t)(end - p), true);

		if (len == SIZE_MAX || len == 0) {
			len = str_utf8_len(p);
			buf_add(out, p, len);
			p += len;
			continue;
		}
		buf_adds(out, by);
		p += len;
		if (!all)
			break;
	}
	buf_add(out, p, (size_t)(end - p));
}
