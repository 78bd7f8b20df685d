/*
 * ignore.c - .dockerignore: lines to patterns, and the last match that wins
 *
 * Patterns are tried in order on the path and on each of its parents; a `!`
 * pattern can only bring back what an earlier one took.  The meaning of `**`
 * has Docker's three special cases: alone or last it matches anything, first
 * and followed by plain text it compares the end of the path.
 */
#include "sandbox/dockerfile/private.h"

struct pattern {
	bool negated;
	char *text; /* classes of the glob point into it */
	struct df_glob glob;
};

struct ignore {
	struct pattern *v;
	size_t n;
	bool exceptions;
};

enum { PATTERNS_MAX = 100000 };

/* Is the rest plain text, so that a leading ** means "ends with"? */
static bool
is_plain(const char *s)
{
	return strpbrk(s, "*?[]\\") == NULL;
}

/* A "**" at p: adds its tokens, returns what follows. */
static const char *
add_double_star(struct df_glob *g, const char *text, const char *p)
{
	const char *rest = p + 2;
	bool first = p == text;

	if (first && is_plain(rest) && *rest != '/') {
		df_glob_add(g, DF_STAR, 0);
		return rest;
	}
	rest += *rest == '/';
	if (*rest == '\0') {
		df_glob_add(g, DF_STAR, 0);
	} else {
		df_glob_add(g, DF_DIRS, 0);
		df_glob_add(g, DF_DIRS_INSIDE, 0);
	}
	return rest;
}

static void
compile(struct pattern *pat)
{
	const char *p = pat->text, *end = p + strlen(p);

	while (p < end) {
		const char *after;

		if (p[0] == '*' && p[1] == '*') {
			p = add_double_star(&pat->glob, pat->text, p);
			continue;
		}
		if (*p == '[' &&
		    (after = df_glob_add_class(&pat->glob, p, true)) != NULL) {
			p = after;
			continue;
		}
		if (*p == '*' || *p == '?') {
			df_glob_add(
			    &pat->glob, *p == '*' ? DF_STAR_NOSLASH : DF_ANY_NOSLASH, 0);
			p++;
			continue;
		}
		p += *p == '\\' && p[1] != '\0';
		df_glob_add(&pat->glob, DF_CHAR, df_rune(&p, end));
	}
}

/* Adds one pattern; `line` is changed.  Empty ones are left out. */
static int
add_pattern(struct ignore *ig, char *line, struct err *err)
{
	char *s = str_trim(line);
	bool negated = *s == '!';
	cleanup_free char *clean = NULL;
	const char *text;

	if (*s == '\0')
		return 0;
	if (negated)
		s = str_trim(s + 1);
	if (*s == '\0')
		return err_set(err, ERR_INPUT, "illegal exclusion pattern: \"!\"");
	clean = path_clean(s);
	text = clean[0] == '/' && clean[1] != '\0' ? clean + 1 : clean;
	if (!dockerfile_glob_is_valid(text))
		return err_set(err, ERR_INPUT, "syntax error in pattern");
	if (ig->n == PATTERNS_MAX)
		return err_set(err, ERR_LIMIT, "too many patterns");
	ig->v = xrealloc(ig->v, (ig->n + 1) * sizeof *ig->v);
	ig->v[ig->n] = (struct pattern){.negated = negated, .text = xstrdup(text)};
	compile(&ig->v[ig->n++]);
	ig->exceptions |= negated;
	return 0;
}

struct ignore *
ignore_parse(const char *text, size_t len, struct err *err)
{
	cleanup_ignore struct ignore *ig = xcalloc(1, sizeof *ig);
	const char *p = text, *end = text + len;

	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl != NULL ? nl : end;
		cleanup_free char *line = xstrndup(p, (size_t)(stop - p));

		/* Only a '#' in the first column makes a comment. */
		if (line[0] != '#' && add_pattern(ig, line, err) < 0)
			return NULL;
		p = nl != NULL ? nl + 1 : end;
	}
	return take_ptr(ig);
}

struct ignore *
ignore_from(const struct vec *patterns, struct err *err)
{
	cleanup_ignore struct ignore *ig = xcalloc(1, sizeof *ig);

	for (size_t i = 0; i < patterns->len; i++) {
		cleanup_free char *line = xstrdup(patterns->v[i]);

		if (add_pattern(ig, line, err) < 0)
			return NULL;
	}
	return take_ptr(ig);
}

void
ignore_free(struct ignore *ig)
{
	if (ig == NULL)
		return;
	for (size_t i = 0; i < ig->n; i++) {
		free(ig->v[i].text);
		df_glob_done(&ig->v[i].glob);
	}
	free(ig->v);
	free(ig);
}

void
ignore_free_p(struct ignore **ig)
{
	ignore_free(*ig);
}

/* Does it match the path or a folder above it? */
static bool
matches(const struct pattern *pat, const char *path)
{
	const char *slash = path;

	if (df_glob_is(&pat->glob, path))
		return true;
	while ((slash = strchr(slash, '/')) != NULL) {
		size_t len = (size_t)(slash - path);

		if (df_glob_len(&pat->glob, path, len, true) == len)
			return true;
		slash++;
	}
	return false;
}

bool
ignore_match(const struct ignore *ig, const char *path)
{
	bool ignored = false;

	if (ig == NULL || str_eq(path, ".") || *path == '\0')
		return false;
	for (size_t i = 0; i < ig->n; i++)
		if (ig->v[i].negated == ignored && matches(&ig->v[i], path))
			ignored = !ignored;
	return ignored;
}

bool
ignore_has_exceptions(const struct ignore *ig)
{
	return ig != NULL && ig->exceptions;
}

bool
ignore_may_prune(const struct ignore *ig, const char *dir)
{
	return !ignore_has_exceptions(ig) && ignore_match(ig, dir);
}
