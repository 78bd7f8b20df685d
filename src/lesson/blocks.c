/*
 * blocks.c - paragraphs and code blocks, put into their sections
 */
#include "src/lesson/sections.h"
#include "src/render/render.h"
#include <cmark.h>

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

/* A paragraph that is nothing but a file's name ("app.py:") names the block below. */
static void
see_file_name(struct loader *ld, const char *plain)
{
	char *name cleanup_free = xstrndup(plain, strcspn(plain, ": \n"));

	if (strlen(plain) - strlen(name) > 1 || !looks_like_file(name))
		return;
	vec_add(&ld->around.codes, name);
	buf_adds(&ld->around.said, "file ");
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
	if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH)
		spoken_find(ld, node, plain);
	see_file_name(ld, plain);
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
	/* Doubling, not one by one: a document may have it all in one section. */
	if ((*n & (*n - 1)) == 0)
		*list = xrealloc(*list, (*n ? *n * 2 : 1) * sizeof **list);
	(*list)[(*n)++] = a;
}

void
section_action(struct section *sec, struct lesson_action a)
{
	step_action(&sec->step.actions, &sec->step.nactions, a);
}

void
block_found(struct loader *ld, const char *info, const char *text, int line)
{
	struct section *sec = section_at(ld, line);

	section_action(sec, action_make(info, text, line, &ld->around));
	sec->is_step = true;
	around_clear(&ld->around);
}

static void
see_block(struct loader *ld, cmark_node *node)
{
	ld->around.other = in_solution_quote(node);
	block_found(ld, cmark_node_get_fence_info(node), cmark_node_get_literal(node),
	    cmark_node_get_start_line(node));
	ld->around.other = false;
}

/* Many authors set file names in bold. */
static void
see_strong(struct loader *ld, cmark_node *node)
{
	char *plain cleanup_free = render_plain(node);

	if (looks_like_file(plain))
		vec_add(&ld->around.codes, plain);
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
	case CMARK_NODE_STRONG: see_strong(ld, node); break;
	case CMARK_NODE_CODE:
		vec_add(&ld->around.codes, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE_BLOCK: see_block(ld, node); break;
	case CMARK_NODE_HTML_BLOCK:
		html_blocks(
		    ld, cmark_node_get_literal(node), cmark_node_get_start_line(node));
		break;
	default: break;
	}
}

void
blocks_find(struct loader *ld, cmark_node *doc)
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

/* The blocks inside a part; its text begins below line `from` of the file. */
static void
part_actions(struct lesson_part *part, const char *text, size_t from)
{
	struct surroundings around = {
	    .codes = VEC_INIT, .said = BUF_INIT(BUF_OURS), .last = BUF_INIT(BUF_OURS)};
	cmark_node *doc =
	    cmark_parse_document(text, strlen(text), CMARK_OPT_VALIDATE_UTF8);
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
				cmark_node_get_literal(node),
				(int)from + cmark_node_get_start_line(node), &around));
			around_clear(&around);
		}
	}
	cmark_iter_free(it);
	cmark_node_free(doc);
	around_clear(&around);
	buf_done(&around.said);
	buf_done(&around.last);
}

void
blocks_add_parts(struct loader *ld)
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
		char *exact cleanup_free = NULL;
		struct lesson_part part = {.kind = from->kind,
		    .title = xstrdup(from->title),
		    .line = from->line};

		part.text = section_slice(ld, first[p], last[p], p);
		exact = source_exact(&ld->s, first[p], last[p], p);
		part_actions(&part, exact, first[p]);
		step->parts =
		    xrealloc(step->parts, (step->nparts + 1) * sizeof *step->parts);
		step->parts[step->nparts++] = part;
		sec->is_step |= part.kind == LESSON_SOLUTION;
	}
	free(first);
	free(last);
}
