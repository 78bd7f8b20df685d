/*
 * repair.c - what real tutorials get wrong, put right line by line
 */
#include "src/lesson/source.h"
#include <ctype.h>

/* Length of a list marker or quote mark with its blanks at s, else 0. */
static size_t
marker_length(const char *s)
{
	size_t n = 0;

	if (*s == '>')
		return 1 + (s[1] == ' ');
	if (strchr("-*+", *s) != NULL && *s != '\0') {
		n = 1;
	} else {
		while (n < 9 && isdigit((unsigned char)s[n]))
			n++;
		if (n == 0 || (s[n] != '.' && s[n] != ')'))
			return 0;
		n++;
	}
	return s[n] == ' ' ? n + strspn(s + n, " ") : 0;
}

struct fence
fence_open(const char *line)
{
	struct fence f = {0};
	size_t at = source_indent(line), n;

	while ((n = marker_length(line + at)) > 0) {
		at += n + source_indent(line + at + n);
		f.in_item = true;
	}
	f.indent = at;
	if (line[at] != '`' && line[at] != '~')
		return f;
	while (line[at + f.length] == line[at])
		f.length++;
	f.info = line + at + f.length;
	f.info += strspn(f.info, " \t");
	if (f.length >= 3 && (line[at] == '~' || strchr(f.info, '`') == NULL))
		f.c = line[at];
	return f;
}

bool
fence_closes(const struct fence *f, const char *line)
{
	size_t n = 0;

	line += strspn(line, " \t");
	if (f->in_item)
		while (*line == '>')
			line += 1 + (line[1] == ' ');
	line += strspn(line, " \t");
	while (line[n] == f->c)
		n++;
	return n >= f->length && line[n + strspn(line + n, " \t")] == '\0';
}

bool
fence_repair(struct source *s, const struct fence *f, size_t from, size_t to)
{
	size_t least = SIZE_MAX;

	if (strchr(s->lines[from].text, '>') != NULL &&
	    strspn(s->lines[from].text, " >") > 0 && f->in_item)
		return false;
	for (size_t i = from + 1; i <= to; i++) {
		const char *t = s->lines[i].text;
		size_t indent = source_indent(t);

		if (t[indent] != '\0' && indent < least && (i < to || indent < f->indent))
			least = indent;
	}
	if (f->indent == 0 || least >= f->indent)
		return false;
	for (size_t i = from + 1; i <= to; i++) {
		const char *t = s->lines[i].text;
		size_t add = i < to ? f->indent - least : f->indent;

		t += i < to ? 0 : source_indent(t);
		if (*t != '\0')
			source_set(s, i, xasprintf("%*s%s", (int)add, "", t));
	}
	/* A fence that stands free may be four blanks in; then nothing was wrong. */
	return true;
}

void
fence_label(struct source *s, size_t from, size_t below)
{
	static const char *const labels[] = {"language-", "source-"};
	struct fence f = fence_open(s->lines[from].text);
	const char *t = below < s->nlines ? s->lines[below].text : "";
	const char *dot;

	t += strspn(t, " >");
	if (!str_starts(t, "{:") || (dot = strchr(t, '.')) == NULL)
		return;
	dot++;
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (str_starts(dot, labels[i]))
			dot += strlen(labels[i]);
	if (f.c != 0 && *f.info == '\0')
		source_set(s, from,
		    xasprintf(
			"%s%.*s", s->lines[from].text, (int)strcspn(dot, " .}"), dot));
	source_blank(s, below);
}

static void
repair_html(struct source *s, size_t i)
{
	const char *t = s->lines[i].text + source_indent(s->lines[i].text), *body, *end;

	/* "<div class=x><pre>": only <pre> itself lets a block have blank lines. */
	if (*t == '<' && (body = strcasestr(t, "><pre")) != NULL) {
		source_set(s, i, xstrdup(body + 1));
		return;
	}
	if (t[0] == '<' && (t[1] | 32) == 'h' && t[2] >= '1' && t[2] <= '6' &&
	    (body = strchr(t, '>')) != NULL && (t[3] == '>' || t[3] == ' ')) {
		end = strstr(body, "</h");
		if (end == NULL)
			end = strstr(body, "</H");
		if (end != NULL)
			source_set(s, i,
			    xasprintf("%.*s %.*s", t[2] - '0', "######",
				(int)(end - body - 1), body + 1));
	}
}

/* "##Title": old sites took it for a heading; how many #, else 0. */
static size_t
crowded_heading(const struct source *s, size_t i)
{
	const char *t = s->lines[i].text;
	size_t n = strspn(t, "#");
	unsigned char c = (unsigned char)t[n];

	if (n == 0 || n > 6)
		return 0;
	/* One alone may be a remark or a tag. */
	if (n == 1 && ((i > 0 && *s->lines[i - 1].text != '\0') || islower(c)))
		return 0;
	return isalpha(c) || c >= 0x80 || (n > 1 && (isdigit(c) || c == '[')) ? n : 0;
}

void
repair_line(struct source *s, size_t i)
{
	size_t hashes = crowded_heading(s, i);

	if (hashes > 0) {
		source_set(s, i,
		    xasprintf("%.*s %s", (int)hashes, s->lines[i].text,
			s->lines[i].text + hashes));
		return;
	}
	repair_html(s, i);
}

static bool
is_wrapper(const char *t)
{
	return str_starts(t, "!!! ") || str_starts(t, "??? ") || str_starts(t, "???+ ") ||
	       str_starts(t, "=== \"");
}

/* Title in quotes, else the kind's word; gives. */
static char *
wrapper_title(const char *t)
{
	const char *open = strchr(t, '"'), *end = open != NULL ? strrchr(t, '"') : NULL;
	const char *word = t + strcspn(t, " ");

	if (end != NULL && end > open)
		return xstrndup(open + 1, (size_t)(end - open - 1));
	word += strspn(word, " ");
	return xstrndup(word, strcspn(word, " "));
}

static void
open_wrapper(struct source *s, struct unwrap *u, size_t i, size_t column)
{
	size_t margin = source_indent(s->lines[i].text), d = u->depth;
	const char *t = s->lines[i].text + margin;
	bool tab = *t == '=', folded = str_starts(t, "??? ");
	char *title cleanup_free = wrapper_title(t);
	enum lesson_part_kind kind;

	/* Margins are columns of the file, for the lines to come. */
	u->margin[d] = column;
	u->tab[d] = tab;
	if (tab) {
		struct tabs *tabs = &u->tabs[d];

		if (u->tabs_at != column + 1)
			tabs->group = 0;
		/* Numbers that no other tab has: it begins on a line of its own. */
		tabs->last = 2 * i + 1;
		tabs_enter(tabs, title);
	}
	u->part[d] = 0;
	if (folded && part_kind_of(title, &kind)) {
		u->part[d] = source_part_add(s, kind, title, i);
		source_blank(s, i);
	} else {
		source_set(s, i, xasprintf("%*s**%s**", (int)margin, "", title));
	}
	u->depth++;
}

void
unwrap_line(struct source *s, struct unwrap *u, size_t i, bool in_fence)
{
	const char *t = s->lines[i].text;
	size_t indent = source_indent(t), strip;

	if (t[indent] != '\0' && !in_fence) {
		if (indent + 1 != u->tabs_at || !is_wrapper(t + indent))
			u->tabs_at = 0;
		while (u->depth > 0 && indent < u->margin[u->depth - 1] + 4) {
			u->depth--;
			u->tabs_at = u->tab[u->depth] ? u->margin[u->depth] + 1 : 0;
		}
	}
	strip = 4 * u->depth;
	/* The margins inside were seen after their own indentation was taken off. */
	if (strip > 0 && t[indent] != '\0')
		source_set(s, i, xstrdup(t + (indent < strip ? indent : strip)));
	for (size_t d = 0; d < u->depth; d++) {
		if (u->tab[d]) {
			s->lines[i].group = u->tabs[d].group;
			s->lines[i].tab = u->tabs[d].tab;
			s->lines[i].foreign = u->tabs[d].foreign;
		}
		if (u->part[d] != 0)
			s->lines[i].part = u->part[d];
	}
	t = s->lines[i].text;
	if (!in_fence && u->depth < ARRAY_LEN(u->margin) &&
	    is_wrapper(t + source_indent(t)))
		open_wrapper(s, u, i, indent);
}
