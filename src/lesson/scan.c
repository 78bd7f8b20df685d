/*
 * scan.c - one walk over the lines: fences, comments, details
 *
 * Line by line on purpose: what CommonMark makes of <details> depends on blank
 * lines that authors forget, and a comment must be found wherever it stands.
 */
#include "src/lesson/source.h"
#include <ctype.h>

struct scan {
	struct source *s;
	struct unwrap unwrap;
	struct tabs tabs;
	struct fence fence; /* c == 0: outside */
	size_t fence_from;
	size_t part;   /* the part that we are in, or 0 */
	int depth;     /* of <details> (or :::) inside the part, 1 for its own */
	bool colons;   /* the part was begun by ::: */
	bool indented; /* quoted fence */
};

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

static void
add_comment(struct source *s, const char *word, size_t len, const char *text, size_t i)
{
	s->comments = xrealloc(s->comments, (s->ncomments + 1) * sizeof *s->comments);
	s->comments[s->ncomments++] = (struct source_comment){
	    .word = xstrndup(word, len), .text = xstrdup(text), .line = (int)i + 1};
}

static bool
is_machine_word(const char *s, size_t len)
{
	static const char *const words[] = {"expect", "when", "assignment"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && strncmp(words[i], s, len) == 0)
			return true;
	return false;
}

/* The line where the comment begun on line i ends, or the number of lines. */
static size_t
comment_end(const struct source *s, size_t i)
{
	const char *t = strstr(s->lines[i].text, "<!--") + 4;
	size_t n = i;

	while (strstr(t, "-->") == NULL && ++n < s->nlines)
		t = s->lines[n].text;
	return n;
}

/* A machine comment from line i to line end is taken out of the text. */
static size_t
take_comment(struct source *s, size_t i, const char *word, size_t len)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);
	size_t end = comment_end(s, i);
	const char *t = word + len;
	char *first cleanup_free = NULL;

	if (end == s->nlines) {
		lesson_warn(s->l, (int)i + 1, true,
		    "the \"%.*s\" comment is not closed by -->", (int)len, word);
		for (end = i; end + 1 < s->nlines && *s->lines[end + 1].text != '\0';
		     end++)
			continue;
	}
	first = xstrdup(t);
	t = first;
	for (size_t n = i; n <= end; n++) {
		const char *stop;

		if (n > i)
			t = s->lines[n].text;
		stop = strstr(t, "-->");
		if (n > i)
			buf_addc(&b, '\n');
		buf_add(&b, t, stop != NULL ? (size_t)(stop - t) : strlen(t));
		if (stop != NULL && *skip_blanks(stop + 3) != '\0')
			lesson_warn(s->l, (int)n + 1, true,
			    "the comment ends at the first -->; write \\> for > inside "
			    "it");
	}
	add_comment(s, word, len, b.s, i);
	for (size_t n = i; n <= end; n++)
		source_blank(s, n);
	return end;
}

/* A comment that begins on line i: the last line of it, or i when there is none. */
static size_t
scan_comment(struct scan *sc, size_t i)
{
	struct source *s = sc->s;
	const char *t = skip_blanks(s->lines[i].text), *word;
	size_t len, end;

	if (!str_starts(t, "<!--"))
		return i;
	word = skip_blanks(t + 4);
	len = strspn(word, "abcdefghijklmnopqrstuvwxyz");
	if (*word == '\0' && i + 1 < s->nlines) {
		/* The word may stand on the next line. */
		const char *next = skip_blanks(s->lines[i + 1].text);
		size_t n = strspn(next, "abcdefghijklmnopqrstuvwxyz");

		if (is_machine_word(next, n) && next[n] == '\0') {
			source_set(s, i, xasprintf("<!-- %.*s", (int)n, next));
			source_blank(s, i + 1);
			return scan_comment(sc, i);
		}
	}
	if (is_machine_word(word, len) &&
	    (word[len] == '\0' || strchr(" \t-", word[len])))
		end = take_comment(s, i, word, len);
	else
		end = comment_end(s, i);
	if (end >= s->nlines)
		return i;
	for (size_t n = i; n <= end; n++)
		s->lines[n].part = sc->part;
	return end;
}

/* The summary's text of the <details> on line i; *ret_end the line of </summary> and
 * *ret_rest what follows there.  NULL when there is none near.  Gives. */
static char *
find_summary(const struct source *s, size_t i, size_t *ret_end, const char **ret_rest)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS), text = BUF_INIT(BUF_OURS);
	const char *stop = NULL;

	for (size_t n = i; n < s->nlines && n < i + 6 && stop == NULL; n++) {
		const char *t = s->lines[n].text;

		stop = strstr(t, "</summary>");
		buf_add(&b, t, stop != NULL ? (size_t)(stop - t) : strlen(t));
		buf_addc(&b, ' ');
		*ret_end = n;
		*ret_rest = stop != NULL ? stop + strlen("</summary>") : "";
	}
	if (stop == NULL)
		return NULL;
	for (const char *c = b.s; *c != '\0'; c++) {
		if (*c == '<')
			c += strcspn(c, ">") - (strchr(c, '>') == NULL);
		else
			buf_addc(&text, *c);
	}
	if (text.len == 0)
		return xstrdup("");
	memmove(text.s, text.s + strspn(text.s, " "),
	    strlen(text.s + strspn(text.s, " ")) + 1);
	stop = text.s;
	text.len = strlen(stop);
	while (text.len > 0 && text.s[text.len - 1] == ' ')
		buf_cut(&text, text.len - 1);
	return text.len > 0 ? buf_take(&text) : xstrdup("");
}

/* At a line that begins with <details: the last line dealt with. */
static size_t
open_details(struct scan *sc, size_t i)
{
	struct source *s = sc->s;
	size_t end = i, indent = source_indent(s->lines[i].text);
	const char *rest = "";
	char *summary cleanup_free = find_summary(s, i, &end, &rest);
	char *after cleanup_free = xstrdup(rest), *close;
	enum lesson_part_kind kind;
	bool part = summary != NULL && part_kind_of(summary, &kind);

	if (summary == NULL)
		return i;
	if (part) {
		sc->part = source_part_add(s, kind, summary, i);
		sc->depth = 1;
		sc->colons = false;
	}
	for (size_t n = i; n <= end; n++) {
		source_blank(s, n);
		s->lines[n].part = sc->part;
	}
	close = strstr(after, "</details>");
	if (close != NULL)
		*close = '\0';
	if (part)
		source_set(s, end, xstrdup(after));
	else
		source_set(s, end,
		    xasprintf("%*s**%s**%s%s", (int)indent, "", summary,
			*after != '\0' ? " " : "", after));
	s->lines[end].cut = false;
	if (part && close != NULL)
		sc->part = 0;
	return end;
}

static void
scan_inside_part(struct scan *sc, size_t i)
{
	struct source *s = sc->s;
	char *t = s->lines[i].text, *close;
	const char *trimmed = skip_blanks(t);

	s->lines[i].part = sc->part;
	if (sc->colons) {
		if (!str_starts(trimmed, ":::"))
			return;
		sc->depth +=
		    *skip_blanks(trimmed + strspn(trimmed, ":")) != '\0' ? 1 : -1;
		source_blank(s, i);
	} else {
		if (str_starts(trimmed, "<details"))
			sc->depth++;
		close = strstr(t, "</details>");
		if (close == NULL)
			return;
		sc->depth--;
		*close = '\0';
	}
	if (sc->depth == 0)
		sc->part = 0;
}

/* "::: solution", ":::::: {.challenge}", ":::" */
static void
scan_colons(struct scan *sc, size_t i)
{
	struct source *s = sc->s;
	const char *t = skip_blanks(s->lines[i].text), *name;
	enum lesson_part_kind kind;

	if (!str_starts(t, ":::"))
		return;
	name = t + strspn(t, ": \t{.");
	if (part_kind_of(name, &kind)) {
		char *title cleanup_free = xstrndup(name, strcspn(name, "}"));

		sc->part = source_part_add(s, kind, title, i);
		sc->depth = 1;
		sc->colons = true;
		s->lines[i].part = sc->part;
	}
	source_blank(s, i);
}

/* "[label]: address" may be used by any slice of the file. */
static void
scan_definition(struct source *s, size_t i)
{
	const char *t = skip_blanks(s->lines[i].text);
	size_t n = *t == '[' ? strcspn(t, "]") : 0;

	if (n > 1 && t[n] == ']' && t[n + 1] == ':' && t[1] != '^' &&
	    s->definitions.len < 500 && *skip_blanks(t + n + 2) != '\0')
		vec_add(&s->definitions, t);
}

static bool
in_quote(const char *line)
{
	return *skip_blanks(line) == '>';
}

/* Inside a fence: does it end here?  A quoted one ends with its quote. */
static bool
scan_fenced(struct scan *sc, size_t i)
{
	struct source *s = sc->s;
	const char *t = s->lines[i].text;

	if (sc->indented && !in_quote(t)) {
		sc->fence.c = 0;
		return false;
	}
	s->lines[i].fenced = true;
	s->lines[i].part = sc->part ? sc->part : s->lines[i].part;
	if (!fence_closes(&sc->fence, t))
		return true;
	fence_repair(s, &sc->fence, sc->fence_from, i);
	fence_label(s, sc->fence_from, i + 1);
	sc->fence.c = 0;
	return true;
}

static bool
scan_fence_open(struct scan *sc, size_t i)
{
	struct source *s = sc->s;

	sc->fence = fence_open(s->lines[i].text);
	if (sc->fence.c == 0)
		return false;
	sc->fence_from = i;
	if (sc->tabs.fences) {
		tabs_enter(&sc->tabs, sc->fence.info);
		s->lines[i].group = sc->tabs.group;
		s->lines[i].tab = sc->tabs.tab;
	}
	sc->indented = in_quote(s->lines[i].text);
	s->lines[i].fenced = true;
	s->lines[i].part = sc->part ? sc->part : s->lines[i].part;
	return true;
}

/* Line i outside of fences; returns the last line dealt with. */
static size_t
scan_line(struct scan *sc, size_t i)
{
	struct source *s = sc->s;
	size_t end;

	if (tabs_line(s, &sc->tabs, i))
		return i;
	repair_line(s, i);
	if (scan_fence_open(sc, i))
		return i;
	end = scan_comment(sc, i);
	if (end > i || s->lines[i].cut)
		return end;
	if (sc->part != 0) {
		scan_inside_part(sc, i);
		return i;
	}
	if (str_starts(skip_blanks(s->lines[i].text), "<details"))
		return open_details(sc, i);
	if (str_starts(skip_blanks(s->lines[i].text), "</details>"))
		source_blank(s, i);
	scan_colons(sc, i);
	scan_definition(s, i);
	return i;
}

void
source_scan(struct source *s)
{
	struct scan sc = {.s = s};

	for (size_t i = 0; i < s->nlines; i++) {
		if (s->lines[i].cut)
			continue;
		unwrap_line(s, &sc.unwrap, i, sc.fence.c != 0);
		if (s->lines[i].cut)
			continue;
		if (sc.tabs.tab != 0) {
			s->lines[i].group = sc.tabs.group;
			s->lines[i].tab = sc.tabs.tab;
			s->lines[i].foreign = sc.tabs.foreign;
		}
		if (sc.fence.c != 0 && scan_fenced(&sc, i))
			continue;
		i = scan_line(&sc, i);
	}
	if (sc.fence.c != 0)
		lesson_warn(s->l, (int)sc.fence_from + 1, false,
		    "a code block begins here and is never closed");
	if (sc.part != 0)
		lesson_warn(s->l, s->parts[sc.part - 1].line, false,
		    "\"%s\" begins here and is never closed",
		    s->parts[sc.part - 1].title);
}
