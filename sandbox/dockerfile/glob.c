/*
 * glob.c - one matcher for .dockerignore, COPY's wildcards and ${v#pattern}
 *
 * A pattern is a list of tokens; matching walks the text once with the set of
 * all places in the list that can be reached, so its time is bounded by the
 * product of the lengths whatever the pattern: no backtracking that a hostile
 * .dockerignore could blow up.
 */
#include "sandbox/dockerfile/private.h"

void
df_glob_done(struct df_glob *g)
{
	free(g->v);
	*g = (struct df_glob){0};
}

void
df_glob_add(struct df_glob *g, enum df_token_kind kind, uint32_t c)
{
	if (g->n == g->cap) {
		g->cap = g->cap * 2 + 16;
		g->v = xrealloc(g->v, g->cap * sizeof *g->v);
	}
	g->v[g->n++] = (struct df_token){.kind = kind, .c = c};
}

const char *
df_glob_add_class(struct df_glob *g, const char *s, bool slash_too)
{
	bool negated = s[1] == '^';
	const char *set = s + 1 + negated, *end = set;

	while (*end != '\0' && *end != ']')
		end += *end == '\\' && end[1] != '\0' ? 2 : 1;
	if (*end == '\0')
		return NULL;
	df_glob_add(g, DF_CLASS, 0);
	g->v[g->n - 1].negated = negated;
	g->v[g->n - 1].slash_too = slash_too;
	g->v[g->n - 1].set = set;
	g->v[g->n - 1].set_len = (size_t)(end - set);
	return end + 1;
}

uint32_t
df_rune(const char **s, const char *end)
{
	const unsigned char *p = (const unsigned char *)*s;
	size_t len = str_utf8_len(*s);
	uint32_t c;

	if (len > (size_t)(end - *s))
		len = 1;
	*s += len;
	if (len == 1)
		return p[0];
	c = p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

/* One character of a class, with its escape. */
static uint32_t
class_char(const char **p, const char *end)
{
	if (**p == '\\' && *p + 1 < end)
		(*p)++;
	return df_rune(p, end);
}

static bool
in_class(const struct df_token *t, uint32_t c)
{
	const char *p = t->set, *end = t->set + t->set_len;
	bool found = false;

	if (c == '/' && !t->slash_too)
		return false;
	while (p < end) {
		uint32_t low = class_char(&p, end), high = low;

		if (p + 1 < end && *p == '-') {
			p++;
			high = class_char(&p, end);
		}
		found |= low <= c && c <= high;
	}
	return found != t->negated;
}

/* Marks place i, and those that are reached from it without a character. */
static void
reach(const struct df_glob *g, bool *set, size_t i)
{
	while (!set[i]) {
		enum df_token_kind kind = i < g->n ? g->v[i].kind : DF_CHAR;

		set[i] = true;
		if (kind == DF_DIRS)
			set[++i] = true; /* inside, which leads nowhere by itself */
		else if (kind != DF_STAR && kind != DF_STAR_NOSLASH)
			return;
		i++;
	}
}

/* From place i over the character c. */
static void
step(const struct df_glob *g, bool *next, size_t i, uint32_t c)
{
	const struct df_token *t = &g->v[i];

	switch (t->kind) {
	case DF_CHAR:
		if (t->c == c)
			reach(g, next, i + 1);
		break;
	case DF_ANY: reach(g, next, i + 1); break;
	case DF_ANY_NOSLASH:
		if (c != '/')
			reach(g, next, i + 1);
		break;
	case DF_STAR: reach(g, next, i); break;
	case DF_STAR_NOSLASH:
		if (c != '/')
			reach(g, next, i);
		break;
	case DF_DIRS: break; /* its second half does the walking */
	case DF_DIRS_INSIDE:
		reach(g, next, i);
		if (c == '/')
			reach(g, next, i + 1);
		break;
	case DF_CLASS:
		if (in_class(t, c))
			reach(g, next, i + 1);
		break;
	}
}

size_t
df_glob_len(const struct df_glob *g, const char *s, size_t len, bool longest)
{
	cleanup_free bool *sets = xcalloc(2 * (g->n + 1), sizeof(bool));
	bool *now = sets, *next = sets + g->n + 1;
	const char *p = s, *end = s + len;
	size_t found = SIZE_MAX;

	reach(g, now, 0);
	for (bool alive = true; alive;) {
		bool *swap = now;
		uint32_t c;

		if (now[g->n])
			found = (size_t)(p - s);
		if (p == end || (found != SIZE_MAX && !longest))
			break;
		c = df_rune(&p, end);
		memset(next, 0, g->n + 1);
		for (size_t i = 0; i < g->n; i++)
			if (now[i])
				step(g, next, i, c);
		alive = memchr(next, true, g->n + 1) != NULL;
		now = next;
		next = swap;
	}
	return found;
}

bool
df_glob_is(const struct df_glob *g, const char *s)
{
	size_t len = strlen(s);

	return df_glob_len(g, s, len, true) == len;
}

bool
dockerfile_is_glob(const char *pattern)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '\\' && pattern[1] != '\0')
			pattern++;
		else if (strchr("*?[", *pattern) != NULL)
			return true;
	}
	return false;
}

/* Goes over one class as Go's filepath.Match reads it: at least one character or
 * range, no '-' or ']' where a character must stand.  NULL when it is malformed. */
static const char *
skip_class(const char *p)
{
	bool any = false;

	p += p[1] == '^' ? 2 : 1;
	while (*p != ']' || !any) {
		for (int ends = 0; ends < 2; ends++) {
			if (*p == '\\')
				p++;
			else if (*p == '-' || *p == ']')
				return NULL;
			if (*p == '\0')
				return NULL;
			p += str_utf8_len(p);
			if (ends == 1 || *p != '-')
				break;
			p++;
		}
		any = true;
		if (*p == '\0')
			return NULL;
	}
	return p + 1;
}

bool
dockerfile_glob_is_valid(const char *pattern)
{
	const char *p = pattern;

	while (*p != '\0') {
		if (*p == '[') {
			p = skip_class(p);
			if (p == NULL)
				return false;
		} else if (*p == '\\' && p[1] == '\0') {
			return false;
		} else {
			p += *p == '\\' ? 2 : 1;
		}
	}
	return true;
}

bool
dockerfile_glob(const char *pattern, const char *path)
{
	cleanup_df_glob struct df_glob g = {0};
	const char *p = pattern, *end = pattern + strlen(pattern);

	if (!dockerfile_glob_is_valid(pattern))
		return false;
	while (p < end) {
		if (*p == '[') {
			p = df_glob_add_class(&g, p, false);
			continue;
		}
		if (*p == '*')
			df_glob_add(&g, DF_STAR_NOSLASH, 0);
		else if (*p == '?')
			df_glob_add(&g, DF_ANY_NOSLASH, 0);
		else {
			p += *p == '\\';
			df_glob_add(&g, DF_CHAR, df_rune(&p, end));
			continue;
		}
		p++;
	}
	return df_glob_is(&g, path);
}
