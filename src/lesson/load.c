/*
 * load.c - headings to steps
 *
 * cmark finds headings, paragraphs and blocks in the main path's text; sections
 * are ranges of its lines.  A section with something to do is a step.
 */
#include "src/lesson/part.h"
#include "src/render/render.h"
#include <cmark.h>
#include <ctype.h>

/* Headings beyond this are only text; nobody writes so many. */
enum { HEADINGS_MAX = 1000 };

struct section {
	char *title;
	char *anchor;
	int level;               /* 0: before the first heading */
	size_t from, to;         /* lines, from 0 */
	struct lesson_step step; /* what was found in it, if anything */
	bool is_step;
	bool browser; /* its text speaks of the browser */
};

struct loader {
	struct lesson *l;
	struct source s;
	struct section *sections;
	size_t n;
	struct surroundings around;
};

static struct lesson_step
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

static void
add_section(struct loader *ld, cmark_node *heading)
{
	struct section *sec;
	char *id;

	if ((ld->n & (ld->n - 1)) == 0)
		ld->sections = xrealloc(
		    ld->sections, (ld->n ? ld->n * 2 : 1) * sizeof *ld->sections);
	sec = &ld->sections[ld->n];
	*sec = (struct section){.to = ld->s.nlines, .step = step_new()};
	if (heading != NULL) {
		int line = cmark_node_get_start_line(heading);

		sec->from = line > 0 ? (size_t)line - 1 : 0;
		sec->level = cmark_node_get_heading_level(heading);
		sec->title = render_plain(heading);
		memmove(
		    sec->title, str_trim(sec->title), strlen(str_trim(sec->title)) + 1);
		id = take_attributes(sec->title);
		sec->anchor = unique_anchor(ld, id != NULL ? id : slug_of(sec->title));
		if (ld->n > 0)
			ld->sections[ld->n - 1].to = sec->from;
	} else {
		sec->title = xstrdup("");
	}
	ld->n++;
}

/* The section that holds a line (from 1). */
static struct section *
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
around_clear(struct surroundings *a)
{
	vec_done(&a->codes);
	buf_clear(&a->said);
	buf_clear(&a->last);
}

/* "http://localhost:5000/x" in the text, as the browser wants it; gives or NULL. */
static char *
local_url(const char *text)
{
	static const char *const hosts[] = {
	    "http://localhost", "http://127.0.0.1", "http://0.0.0.0"};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		const char *at = strstr(text, hosts[i]);
		size_t n;

		if (at == NULL)
			continue;
		n = strcspn(at, " \t\n\"'<>)]`,*");
		while (n > 0 && strchr(".;:!?", at[n - 1]) != NULL)
			n--;
		return xstrndup(at, n);
	}
	return NULL;
}

static void
see_paragraph(struct loader *ld, cmark_node *node)
{
	struct section *sec = section_at(ld, cmark_node_get_start_line(node));
	char *plain cleanup_free = render_plain(node);
	enum lesson_where where;

	if (where_line(plain, &where)) {
		ld->around.where = where;
		if (sec->step.where == LESSON_ANYWHERE)
			sec->step.where = where;
		sec->is_step = true;
	}
	sec->browser |=
	    where_line(plain, &where) ? where == LESSON_BROWSER : says_browser(plain);
	if (sec->step.url == NULL && sec->browser)
		sec->step.url = local_url(plain);
	buf_addf(&ld->around.said, "%s\n", plain);
	buf_clear(&ld->around.last);
	buf_adds(&ld->around.last, plain);
}

/* A quote that is headed "Solution" is not the main path. */
static bool
in_solution_quote(cmark_node *node)
{
	enum lesson_part_kind kind;

	for (int d = 0; node != NULL && d < 64; node = cmark_node_parent(node), d++) {
		cmark_node *first = cmark_node_first_child(node);

		if (cmark_node_get_type(node) == CMARK_NODE_BLOCK_QUOTE &&
		    first != NULL && cmark_node_get_type(first) == CMARK_NODE_HEADING) {
			char *title cleanup_free = render_plain(first);

			if (part_kind_of(title, &kind))
				return true;
		}
	}
	return false;
}

static void
step_action(struct lesson_action **list, size_t *n, struct lesson_action a)
{
	*list = xrealloc(*list, (*n + 1) * sizeof **list);
	(*list)[(*n)++] = a;
}

static void
see_block(struct loader *ld, cmark_node *node)
{
	int line = cmark_node_get_start_line(node);
	struct section *sec = section_at(ld, line);
	const char *info = cmark_node_get_fence_info(node);

	ld->around.other =
	    in_solution_quote(node) ||
	    (line > 0 && (size_t)line <= ld->s.nlines && ld->s.lines[line - 1].other);
	step_action(&sec->step.actions, &sec->step.nactions,
	    action_make(info, cmark_node_get_literal(node), line, &ld->around));
	sec->is_step = true;
	around_clear(&ld->around);
}

static void
see_node(struct loader *ld, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		around_clear(&ld->around);
		if (cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_DOCUMENT)
			ld->around.where = LESSON_ANYWHERE;
		see_paragraph(ld, node);
		break;
	case CMARK_NODE_PARAGRAPH: see_paragraph(ld, node); break;
	case CMARK_NODE_CODE:
		vec_add(&ld->around.codes, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE_BLOCK: see_block(ld, node); break;
	default: break;
	}
}

static void
find_blocks(struct loader *ld, cmark_node *doc)
{
	cmark_iter *it = cmark_iter_new(doc);
	cmark_event_type ev;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE)
		if (ev == CMARK_EVENT_ENTER)
			see_node(ld, cmark_iter_get_node(it));
	cmark_iter_free(it);
	around_clear(&ld->around);
	buf_done(&ld->around.said);
	buf_done(&ld->around.last);
}

/* The blocks inside a part. */
static void
part_actions(struct lesson_part *part, const struct source *s, size_t number)
{
	struct surroundings around = {
	    .codes = VEC_INIT, .said = BUF_INIT(BUF_OURS), .last = BUF_INIT(BUF_OURS)};
	cmark_node *doc = cmark_parse_document(part->text, strlen(part->text), 0);
	cmark_iter *it = cmark_iter_new(doc);
	cmark_event_type ev;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(it);
		cmark_node_type type = cmark_node_get_type(node);

		if (ev != CMARK_EVENT_ENTER)
			continue;
		if (type == CMARK_NODE_CODE) {
			vec_add(&around.codes, cmark_node_get_literal(node));
		} else if (type == CMARK_NODE_PARAGRAPH) {
			char *plain cleanup_free = render_plain(node);

			where_line(plain, &around.where);
			buf_addf(&around.said, "%s\n", plain);
			buf_clear(&around.last);
			buf_adds(&around.last, plain);
		} else if (type == CMARK_NODE_CODE_BLOCK) {
			step_action(&part->actions, &part->nactions,
			    action_make(cmark_node_get_fence_info(node),
				cmark_node_get_literal(node), s->parts[number - 1].line,
				&around));
			around_clear(&around);
		}
	}
	cmark_iter_free(it);
	cmark_node_free(doc);
	around_clear(&around);
	buf_done(&around.said);
	buf_done(&around.last);
}

static void
add_parts(struct loader *ld)
{
	size_t *first = xcalloc(ld->s.nparts + 1, sizeof *first);
	size_t *last = xcalloc(ld->s.nparts + 1, sizeof *last);

	for (size_t i = 0; i < ld->s.nlines; i++) {
		size_t p = ld->s.lines[i].part;

		if (p == 0)
			continue;
		if (last[p] == 0)
			first[p] = i;
		last[p] = i + 1;
	}
	for (size_t p = 1; p <= ld->s.nparts; p++) {
		const struct source_part *from = &ld->s.parts[p - 1];
		struct section *sec = section_at(ld, from->line);
		struct lesson_step *step = &sec->step;
		struct lesson_part part = {.kind = from->kind,
		    .title = xstrdup(from->title),
		    .line = from->line};

		part.text = source_slice(&ld->s, first[p], last[p], p);
		part_actions(&part, &ld->s, p);
		step->parts =
		    xrealloc(step->parts, (step->nparts + 1) * sizeof *step->parts);
		step->parts[step->nparts++] = part;
		sec->is_step |= part.kind == LESSON_SOLUTION;
	}
	free(first);
	free(last);
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

/* A slice, with the link definitions of the whole file that it uses. */
static char *
slice(const struct loader *ld, size_t from, size_t to)
{
	char *text = source_slice(&ld->s, from, to, 0);
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

	for (size_t i = 0; i < ld->s.definitions.len; i++) {
		const char *def = ld->s.definitions.v[i];
		char *label cleanup_free = xstrndup(def, strcspn(def, "]") + 1);

		if (strstr(text, label) != NULL && strstr(text, def) == NULL)
			buf_addf(&b, "\n%s\n", def);
	}
	if (b.len == 0)
		return text;
	buf_add(&b, "", 0);
	{
		char *both = xasprintf("%s%s", text, b.s);

		free(text);
		return both;
	}
}

/* Titles of the headings above section i, without the lesson's own. */
static void
set_path(const struct loader *ld, size_t i, size_t title, struct vec *path)
{
	int level = ld->sections[i].level;

	for (size_t k = i; k-- > 0;) {
		const struct section *sec = &ld->sections[k];

		if (sec->level == 0 || sec->level >= level)
			continue;
		level = sec->level;
		if (k != title)
			vec_insert(path, 0, sec->title);
	}
}

static void
finish_step(struct loader *ld, size_t i, size_t intro, size_t title)
{
	struct lesson *l = ld->l;
	struct section *sec = &ld->sections[i];
	struct lesson_step *step = &sec->step;

	step->title = xstrdup(*sec->title != '\0' ? sec->title : l->title);
	step->anchor = xstrdup(sec->anchor != NULL ? sec->anchor : "start");
	step->level = sec->level;
	step->line = (int)sec->from + 1;
	step->intro = slice(ld, intro, sec->from);
	step->text = slice(ld, sec->from, sec->to);
	set_path(ld, i, title, &step->path);
	l->steps = xrealloc(l->steps, (l->nsteps + 1) * sizeof *l->steps);
	l->steps[l->nsteps++] = *step;
	sec->step = step_new();
}

static void
add_anchor(struct lesson *l, const char *anchor, size_t step)
{
	l->anchors = xrealloc(l->anchors, (l->nanchors + 1) * sizeof *l->anchors);
	l->anchors[l->nanchors++] =
	    (struct lesson_anchor){.anchor = xstrdup(anchor), .step = step};
}

/* The parts of a section that is no step go to the next one; nothing is lost. */
static void
hand_on(struct section *from, struct section *to)
{
	struct lesson_step *a = &from->step, *b = &to->step;

	if (a->nparts > 0) {
		a->parts = xrealloc(a->parts, (a->nparts + b->nparts) * sizeof *a->parts);
		for (size_t i = 0; i < b->nparts; i++)
			a->parts[a->nparts + i] = b->parts[i];
		free(b->parts);
		b->parts = take_ptr(a->parts);
		b->nparts += a->nparts;
		a->nparts = 0;
	}
	if (a->nwhens > 0) {
		b->whens = xrealloc(b->whens, (a->nwhens + b->nwhens) * sizeof *b->whens);
		for (size_t i = 0; i < a->nwhens; i++)
			b->whens[b->nwhens++] = a->whens[i];
		free(take_ptr(a->whens));
		a->nwhens = 0;
	}
}

static void
make_steps(struct loader *ld, size_t title)
{
	struct lesson *l = ld->l;
	size_t last = ld->n, intro = 0;

	for (size_t i = 0; i < ld->n; i++)
		if (ld->sections[i].is_step)
			last = i;
	if (last == ld->n) {
		/* Nothing to do anywhere: the whole file is one step to read. */
		last = title < ld->n ? title : 0;
		ld->sections[last].to = ld->s.nlines;
		ld->sections[last].is_step = true;
		for (size_t i = last + 1; i < ld->n; i++)
			ld->sections[i].level = 7;
	}
	for (size_t i = 0; i < ld->n; i++) {
		struct section *sec = &ld->sections[i];

		if (sec->anchor != NULL)
			add_anchor(l, sec->anchor, i <= last ? l->nsteps : l->nsteps - 1);
		if (!sec->is_step) {
			if (i < last)
				hand_on(sec, sec + 1);
			continue;
		}
		finish_step(ld, i, intro, title);
		intro = sec->to;
	}
	l->outro = slice(ld, intro, ld->s.nlines);
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
	size_t title = SIZE_MAX, main_len = 0;
	char *main_path cleanup_free = NULL;
	cmark_node *doc;

	l->name = xstrdup(name);
	l->settings = (struct vec)VEC_INIT;
	source_read(&ld.s, l, text, len);
	main_path = main_text(&ld.s, &main_len);
	doc = cmark_parse_document(main_path, main_len, CMARK_OPT_VALIDATE_UTF8);
	add_section(&ld, NULL);
	for (cmark_node *n = cmark_node_first_child(doc); n != NULL;
	     n = cmark_node_next(n))
		if (cmark_node_get_type(n) == CMARK_NODE_HEADING) {
			if (ld.n > HEADINGS_MAX)
				break;
			if (title == SIZE_MAX && cmark_node_get_heading_level(n) == 1)
				title = ld.n;
			add_section(&ld, n);
		}
	set_title(&ld, title);
	find_blocks(&ld, doc);
	cmark_node_free(doc);
	add_parts(&ld);
	add_comments(&ld);
	make_steps(&ld, title);
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
