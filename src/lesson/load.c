/*
 * load.c - headings to sections, and the order in which a file is read
 *
 * cmark finds headings, paragraphs and blocks in the main path's text; sections
 * are ranges of its lines.  A section with something to do is a step.
 */
#include "src/lesson/sections.h"
#include "src/render/render.h"
#include <cmark.h>
#include <ctype.h>

/* Headings beyond this are only text; nobody writes so many. */
enum { HEADINGS_MAX = 1000 };

struct lesson_step
step_new(void)
{
	return (struct lesson_step){.path = VEC_INIT};
}

/* "Title {#id .class}": cuts the braces off; the id, if any, is given. */
static char *
take_attributes(char *title)
{
	size_t n = strlen(title);
	char *open = strrchr(title, '{'), *id, *ret = NULL;

	if (open == NULL || n == 0 || title[n - 1] != '}' ||
	    (open[1] != '#' && open[1] != '.' && open[1] != ':'))
		return NULL;
	id = strchr(open, '#');
	if (id != NULL)
		ret = xstrndup(id + 1, strcspn(id + 1, " }"));
	*open = '\0';
	while (open > title && isspace((unsigned char)open[-1]))
		*--open = '\0';
	return ret;
}

static char *
slug_of(const char *title)
{
	struct buf b = BUF_INIT(BUF_OURS);

	for (; *title != '\0'; title++) {
		unsigned char c = (unsigned char)*title;

		if (isalnum(c) || c == '-' || c == '_' || c >= 0x80)
			buf_addc(&b, (char)tolower(c));
		else if (c == ' ')
			buf_addc(&b, '-');
	}
	return b.len > 0 ? buf_take(&b) : xstrdup("section");
}

/* Makes the anchor unique: "-1", "-2" as the sites do. */
static char *
unique_anchor(const struct loader *ld, char *slug)
{
	char *try = xstrdup(slug);

	for (int k = 1; k < 100; k++) {
		bool taken = false;

		for (size_t i = 0; i < ld->n && !taken; i++)
			taken = ld->sections[i].anchor != NULL &&
				str_eq(ld->sections[i].anchor, try);
		if (!taken)
			break;
		free(try);
		try = xasprintf("%s-%d", slug, k);
	}
	free(slug);
	return try;
}

/* Takes the title. */
static void
add_section(struct loader *ld, char *title, int line, int level)
{
	struct section *sec;

	if ((ld->n & (ld->n - 1)) == 0)
		ld->sections = xrealloc(
		    ld->sections, (ld->n ? ld->n * 2 : 1) * sizeof *ld->sections);
	sec = &ld->sections[ld->n];
	*sec = (struct section){
	    .title = title, .level = level, .to = ld->s.nlines, .step = step_new()};
	if (level > 0) {
		char *id;

		sec->from = line > 0 ? (size_t)line - 1 : 0;
		memmove(title, str_trim(title), strlen(str_trim(title)) + 1);
		id = take_attributes(title);
		sec->anchor = unique_anchor(ld, id != NULL ? id : slug_of(title));
		if (ld->n > 0)
			ld->sections[ld->n - 1].to = sec->from;
	}
	ld->n++;
}

/* The sections of the document; gives the one that is the lesson's title. */
static size_t
add_sections(struct loader *ld, cmark_node *doc)
{
	struct implied im = implied_find(doc);
	size_t title = SIZE_MAX;

	add_section(ld, xstrdup(""), 0, 0);
	for (cmark_node *n = implied_next(&im, doc, NULL);
	     n != NULL && ld->n <= HEADINGS_MAX; n = implied_next(&im, doc, n)) {
		bool heading = cmark_node_get_type(n) == CMARK_NODE_HEADING;
		int level = heading ? cmark_node_get_heading_level(n) : 2;

		if (title == SIZE_MAX && level == 1)
			title = ld->n;
		add_section(ld, heading ? render_plain(n) : implied_title(n),
		    cmark_node_get_start_line(n), level);
	}
	return title;
}

/* The section that holds a line (from 1). */
struct section *
section_at(struct loader *ld, int line)
{
	size_t lo = 0, hi = ld->n;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (ld->sections[mid].from < (size_t)line)
			lo = mid;
		else
			hi = mid;
	}
	return &ld->sections[lo];
}

static void
read_settings(struct lesson *l, const char *text)
{
	struct vec lines cleanup_vec = VEC_INIT;

	l->assignment = true;
	vec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		char *line = str_trim(lines.v[i]), *colon = strchr(line, ':');

		if (colon == NULL || *line == '#')
			continue;
		*colon = '\0';
		vec_addf(&l->settings, "%s=%s", line, str_trim(colon + 1));
	}
}

static void
add_comments(struct loader *ld)
{
	for (size_t i = 0; i < ld->s.ncomments; i++) {
		const struct source_comment *c = &ld->s.comments[i];
		struct section *sec = section_at(ld, c->line);

		if (str_eq(c->word, "assignment")) {
			read_settings(ld->l, c->text);
			continue;
		}
		expect_read(ld->l, &sec->step, c);
		sec->is_step |= str_eq(c->word, "expect");
	}
}

static void
set_title(struct loader *ld, size_t title)
{
	const char *base = path_base(ld->l->name);

	if (title < ld->n)
		ld->l->title = xstrdup(ld->sections[title].title);
	else if (ld->s.title != NULL && *ld->s.title != '\0')
		ld->l->title = xstrdup(ld->s.title);
	else
		ld->l->title = xstrndup(
		    base, str_ends(base, ".md") ? strlen(base) - 3 : strlen(base));
}

static char *
main_text(const struct source *s, size_t *ret_len)
{
	struct buf b = BUF_INIT((size_t)LESSON_MAX * 4);

	for (size_t i = 0; i < s->nlines; i++) {
		buf_adds(&b, s->lines[i].part ? "" : s->lines[i].text);
		buf_addc(&b, '\n');
	}
	*ret_len = b.len;
	return b.len > 0 ? buf_take(&b) : xstrdup("");
}

struct lesson *
lesson_load(const char *text, size_t len, const char *name)
{
	struct lesson *l = xcalloc(1, sizeof *l);
	struct loader ld = {.l = l,
	    .around = {.codes = VEC_INIT,
		.said = BUF_INIT(BUF_OURS),
		.last = BUF_INIT(BUF_OURS)}};
	size_t title, main_len = 0;
	char *main_path cleanup_free = NULL;
	cmark_node *doc;

	l->name = xstrdup(name);
	l->settings = (struct vec)VEC_INIT;
	source_read(&ld.s, l, text, len);
	main_path = main_text(&ld.s, &main_len);
	doc = cmark_parse_document(main_path, main_len, CMARK_OPT_VALIDATE_UTF8);
	title = add_sections(&ld, doc);
	set_title(&ld, title);
	blocks_find(&ld, doc);
	cmark_node_free(doc);
	for (size_t i = 0; i < ld.n; i++) {
		tabs_settle(&ld, &ld.sections[i].step);
		spoken_settle(&ld, &ld.sections[i]);
	}
	blocks_add_parts(&ld);
	add_comments(&ld);
	steps_make(&ld, title);
	infer_checks(l);
	placeholders_find(l);
	for (size_t i = 0; i < ld.n; i++) {
		step_done(&ld.sections[i].step);
		free(ld.sections[i].title);
		free(ld.sections[i].anchor);
	}
	free(ld.sections);
	source_done(&ld.s);
	return l;
}
