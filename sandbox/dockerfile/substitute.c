/*
 * substitute.c - ${v#p} ${v%p} ${v/p/r}: shell patterns on a variable's value
 *
 * The patterns know `*`, `?` and a backslash; no classes.
 */
#include "sandbox/dockerfile/private.h"

static int
bad_escape(const char *pattern, const char *c, struct err *err)
{
	return err_set(err, ERR_INPUT,
	    "invalid pattern (%s) in substitution: invalid escape '\\%.*s'", pattern,
	    (int)str_utf8_len(c), c);
}

/* Places times characters: more than any Dockerfile means. */
static const double steps_max = 1 << 30;

/* Adds what a value of so many bytes can still match: one character more in the pattern
 * says as well as millions that it does not. */
static void
add_token(struct df_glob *g, enum df_token_kind kind, uint32_t c, size_t *left)
{
	if (kind == DF_STAR && g->n > 0 && g->v[g->n - 1].kind == DF_STAR)
		return;
	if (*left == 0)
		return;
	*left -= kind != DF_STAR;
	df_glob_add(g, kind, c);
}

static int
compile(struct df_glob *g, const char *pattern, const char *value, struct err *err)
{
	const char *p = pattern, *end = pattern + strlen(pattern);
	size_t len = strlen(value), left = len + 1;

	while (p < end) {
		/* "\}" and "\/" had to be written so; before others it is a mistake. */
		if (*p == '\\' && strchr("*?\\}/", p[1]) == NULL)
			return bad_escape(pattern, p + 1, err);
		if (*p == '\\' && p[1] == '\0')
			return bad_escape(pattern, "\xef\xbf\xbd", err);
		if (*p == '*' || *p == '?') {
			add_token(g, *p == '*' ? DF_STAR : DF_ANY, 0, &left);
			p++;
			continue;
		}
		p += *p == '\\';
		add_token(g, DF_CHAR, df_rune(&p, end), &left);
	}
	if ((double)g->n * (double)len > steps_max)
		return err_set(
		    err, ERR_LIMIT, "pattern and value in substitution are too long");
	return 0;
}

/* The same read backwards, so that a tail is a head. */
static char *
reversed(const char *value, size_t len)
{
	char *back = xmalloc(len + 1);
	const char *p = value;

	for (size_t at = len; at > 0;) {
		size_t n = str_utf8_len(p);

		at -= n;
		memcpy(back + at, p, n);
		p += n;
	}
	back[len] = '\0';
	return back;
}

static void
reverse_glob(struct df_glob *g)
{
	for (size_t i = 0; i < g->n / 2; i++) {
		struct df_token t = g->v[i];

		g->v[i] = g->v[g->n - 1 - i];
		g->v[g->n - 1 - i] = t;
	}
}

/* Where the shortest or longest tail begins that the pattern matches; len when none. */
static size_t
tail_start(struct df_glob *g, const char *value, bool greedy)
{
	size_t len = strlen(value), found;
	cleanup_free char *back = reversed(value, len);

	reverse_glob(g);
	found = df_glob_len(g, back, len, greedy);
	return found == SIZE_MAX ? len : len - found;
}

int
df_trim(struct buf *out, const char *value, const char *pattern, char side, bool greedy,
    struct err *err)
{
	cleanup_df_glob struct df_glob g = {0};

	if (compile(&g, pattern, value, err) < 0)
		return -1;
	if (side == '%') {
		buf_add(out, value, tail_start(&g, value, greedy));
	} else {
		size_t cut = df_glob_len(&g, value, strlen(value), greedy);

		buf_adds(out, cut == SIZE_MAX ? value : value + cut);
	}
	return 0;
}

/* Can nothing be found at p or behind it?  With a star in the pattern, what follows the
 * star is either there or not, wherever one begins: once is enough to know. */
static bool
is_last(const struct df_glob *g, const char *p, const char *end, bool found)
{
	struct df_glob head = {.v = g->v};

	while (head.n < g->n && g->v[head.n].kind != DF_STAR)
		head.n++;
	return head.n < g->n &&
	       (found || df_glob_len(&head, p, (size_t)(end - p), true) != SIZE_MAX);
}

int
df_replace(struct buf *out, const char *value, const char *pattern, const char *by,
    bool all, struct err *err)
{
	cleanup_df_glob struct df_glob g = {0};
	const char *p = value, *end = value + strlen(value);
	bool after = false; /* a match ended here: an empty one does not count */

	if (compile(&g, pattern, value, err) < 0)
		return -1;
	for (;;) {
		size_t len = df_glob_len(&g, p, (size_t)(end - p), true);
		bool found = len != SIZE_MAX && (len > 0 || !after);
		const char *start = p;

		if (found) {
			buf_adds(out, by);
			p += len;
		}
		if (p == end || (found && !all) || out->failed ||
		    is_last(&g, start, end, found))
			break;
		after = found && len > 0;
		if (after)
			continue;
		len = str_utf8_len(p);
		buf_add(out, p, len);
		p += len;
	}
	buf_add(out, p, (size_t)(end - p));
	return 0;
}
