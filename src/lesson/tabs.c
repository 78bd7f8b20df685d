/*
 * tabs.c - alternatives side by side, as sites mark them
 *
 * Hugo, GitBook, Docusaurus, VitePress, Sphinx and others each have marks of their own
 * around tabs.  The marks go, the titles stay; which tab counts is known only when all
 * of them have been read (tabs_settle).
 */
#include "src/lesson/sections.h"
#include "src/lesson/source.h"
#include <ctype.h>

enum mark { MARK_NONE, MARK_OPEN, MARK_TAB, MARK_TAB_END, MARK_CLOSE, MARK_NOISE };

static const struct row {
	const char *start; /* of the line, blanks left out */
	enum mark mark;
} rows[] = {{"{{<tabs", MARK_OPEN}, {"{{<tabpane", MARK_OPEN}, {"{{%tabs", MARK_OPEN},
    {"{{%tabpane", MARK_OPEN}, {"{{</tabs", MARK_CLOSE}, {"{{</tabpane", MARK_CLOSE},
    {"{{%/tabs", MARK_CLOSE}, {"{{%/tabpane", MARK_CLOSE}, {"{{<tab", MARK_TAB},
    {"{{%tab", MARK_TAB}, {"{{</tab", MARK_TAB_END}, {"{{%/tab", MARK_TAB_END},
    {"{{<", MARK_NOISE}, {"{{%", MARK_NOISE}, {"{%tabs", MARK_OPEN},
    {"{%endtabs", MARK_CLOSE}, {"{%tab", MARK_TAB}, {"{%endtab", MARK_TAB_END},
    {"{%raw", MARK_NOISE}, {"{%endraw", MARK_NOISE}, {"{%hint", MARK_NOISE},
    {"{%endhint", MARK_NOISE}, {"{%code", MARK_NOISE}, {"{%endcode", MARK_NOISE},
    {"{%include", MARK_NOISE}, {"<TabItem", MARK_TAB}, {"<Tabs", MARK_OPEN},
    {"<Tab", MARK_TAB}, {"</TabItem", MARK_TAB_END}, {"</Tabs", MARK_CLOSE},
    {"</Tab", MARK_TAB_END}, {"///tab", MARK_TAB}, {"///", MARK_TAB_END},
    {":::{tab-set", MARK_OPEN}, {"::::{tab-set", MARK_OPEN}, {":::{tab-item", MARK_TAB},
    {"::::{tab-item", MARK_TAB}, {":::code-group", MARK_OPEN}};

/* The beginning of the line without its blanks. */
static void
squeeze(char *to, size_t size, const char *line)
{
	size_t n = 0;

	for (; *line != '\0' && n + 1 < size; line++)
		if (*line != ' ' && *line != '\t')
			to[n++] = *line;
	to[n] = '\0';
}

static enum mark
mark_of(const struct tabs *tabs, const char *line)
{
	char start[24];
	size_t n = strlen(line);
	bool sharp = *line == '#' && strstr(line, "](#tab/") != NULL;

	if (sharp)
		return MARK_TAB;
	if (tabs->sharp && (str_eq(line, "---") || str_eq(line, "***")))
		return MARK_CLOSE;
	if (*line == ':' && tabs->colons && line[strspn(line, ": \t")] == '\0')
		return tabs->tab != 0 && !tabs->fences ? MARK_TAB_END : MARK_CLOSE;
	if (strchr("{<:/", *line) == NULL || n == 0 ||
	    (*line == '{' && !str_ends(line, "}}") && !str_ends(line, "%}")) ||
	    (*line == '<' && line[n - 1] != '>'))
		return MARK_NONE;
	squeeze(start, sizeof start, line);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(start, rows[i].start))
			return rows[i].mark;
	return MARK_NONE;
}

/* "name="Linux"", "[Linux](#tab/x)", "/// tab | Linux", "{tab-item} Linux"; gives. */
static char *
title_of(const char *line)
{
	static const char *const keys[] = {
	    "label=", "title=", "name=", "header=", "value="};
	const char *at = NULL;

	for (size_t i = 0; i < ARRAY_LEN(keys) && at == NULL; i++) {
		at = strstr(line, keys[i]);
		if (at != NULL)
			at += strlen(keys[i]);
	}
	if (at == NULL)
		at = strpbrk(line, "[|\"");
	if (at != NULL) {
		at += strspn(at, "[|\"'{ ");
		return xstrndup(at, strcspn(at, "]\"'}>%"));
	}
	at = strchr(line, '}');
	return xstrdup(at != NULL && *line == ':' ? at + 1 + strspn(at + 1, " ") : "");
}

bool
tabs_are_foreign(const char *title)
{
	static const char *const words[] = {"windows", "powershell", "command prompt",
	    "cmd", "git bash", "desktop", "gui", "macos only", NULL};

	return says_any(title, words) && strcasestr(title, "linux") == NULL &&
	       strcasestr(title, "mac /") == NULL;
}

void
tabs_enter(struct tabs *tabs, const char *title)
{
	if (tabs->group == 0)
		tabs->group = ++tabs->last;
	tabs->tab = ++tabs->last;
	tabs->foreign = tabs_are_foreign(title);
}

static void
leave_group(struct tabs *tabs)
{
	*tabs = (struct tabs){.last = tabs->last};
}

bool
tabs_line(struct source *s, struct tabs *tabs, size_t i)
{
	size_t indent = strspn(s->lines[i].text, " \t");
	char *line cleanup_free = NULL;
	char *title cleanup_free = NULL;
	enum mark mark = MARK_NONE;

	/* Most lines are text. */
	if (s->lines[i].text[indent] == '\0' ||
	    strchr("{<:/#-*", s->lines[i].text[indent]) == NULL)
		return false;
	line = xstrdup(s->lines[i].text + indent);
	mark = mark_of(tabs, str_trim(line));
	if (mark == MARK_NONE) {
		if (*line == '#' && tabs->group != 0 && tabs->tab == 0)
			leave_group(tabs);
		return false;
	}
	source_blank(s, i);
	if (mark == MARK_CLOSE || mark == MARK_OPEN)
		leave_group(tabs);
	if (mark == MARK_OPEN) {
		tabs->group = ++tabs->last;
		tabs->colons = *line == ':';
		tabs->fences = tabs->colons && strstr(line, "code-group") != NULL;
	} else if (mark == MARK_TAB) {
		title = title_of(line);
		tabs_enter(tabs, title);
		tabs->sharp |= *line == '#';
		if (*title != '\0') {
			source_set(s, i, xasprintf("%*s**%s**", (int)indent, "", title));
			s->lines[i].cut = false;
		}
	} else if (mark == MARK_TAB_END) {
		tabs->tab = 0;
	}
	return true;
}

/* Its tab, when it stands in one. */
static const struct source_line *
tab_of(const struct loader *ld, const struct lesson_action *a)
{
	const struct source_line *line;

	if (a->line <= 0 || (size_t)a->line > ld->s.nlines)
		return NULL;
	line = &ld->s.lines[a->line - 1];
	return line->tab != 0 ? line : NULL;
}

/* Both do the same, and `a` is the one to keep. */
static bool
is_better(
    const struct loader *ld, const struct lesson_action *a, const struct lesson_action *b)
{
	const struct source_line *ta = tab_of(ld, a), *tb = tab_of(ld, b);

	if (ta == NULL || tb == NULL || ta->group != tb->group || ta->tab == tb->tab ||
	    a->kind != b->kind || (a->kind == LESSON_FILE && !str_eq(a->file, b->file)))
		return false;
	return ta->foreign != tb->foreign ? tb->foreign : ta->tab < tb->tab;
}

/* "docker run" of "docker run -d nginx". */
static size_t
verb_length(const char *command)
{
	size_t n = strcspn(command, " ");

	return command[n] == ' ' ? n + 1 + strcspn(command + n + 1, " \n") : n;
}

/* For Windows' shells, beside one of the same kind for ours? */
static bool
is_for_windows(const struct lesson_step *step, size_t self)
{
	const struct lesson_action *a = &step->actions[self];
	size_t from = self < ACTIONS_NEAR ? 0 : self - ACTIONS_NEAR;
	size_t to =
	    self + ACTIONS_NEAR < step->nactions ? self + ACTIONS_NEAR : step->nactions;
	static const char *const shells[] = {
	    "powershell", "pwsh", "ps1", "bat", "batch", "cmd", "dos", "ps"};
	bool windows =
	    a->ncommands > 0 && strcasestr(a->commands[0].text, "%cd%") != NULL;

	for (size_t i = 0; i < ARRAY_LEN(shells); i++)
		windows |= str_eq(a->info, shells[i]);
	for (size_t i = from; windows && i < to; i++) {
		const struct lesson_action *b = &step->actions[i];

		if (b->kind == LESSON_RUN && !b->spoken && !str_eq(a->info, b->info) &&
		    a != b &&
		    verb_length(a->commands[0].text) ==
			verb_length(b->commands[0].text) &&
		    strncmp(a->commands[0].text, b->commands[0].text,
			verb_length(a->commands[0].text)) == 0)
			return true;
	}
	return false;
}

void
tabs_settle(const struct loader *ld, struct lesson_step *step)
{
	bool *drop = xcalloc(step->nactions + 1, sizeof *drop);

	for (size_t i = 0; i < step->nactions; i++) {
		const struct lesson_action *a = &step->actions[i];

		if (a->kind == LESSON_RUN && is_for_windows(step, i))
			drop[i] = true;
		for (size_t k = i < ACTIONS_NEAR ? 0 : i - ACTIONS_NEAR;
		     k < step->nactions && k < i + ACTIONS_NEAR && !drop[i] &&
		     tab_of(ld, a);
		     k++)
			drop[i] =
			    a->kind != LESSON_SHOW && is_better(ld, &step->actions[k], a);
		if (a->fragment && tab_of(ld, a) != NULL && tab_of(ld, a)->foreign)
			drop[i] = true;
	}
	for (size_t i = 0; i < step->nactions; i++)
		if (drop[i])
			action_only_show(&step->actions[i]);
	free(drop);
}
