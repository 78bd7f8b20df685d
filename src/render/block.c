/*
 * block.c - cmark's blocks to lines
 *
 * Each line is `prefix` (quote bars, list indentation) and text.  A list item
 * sets `marker`, used once in place of the prefix.
 */
#include "src/render/line.h"
#include <cmark.h>

enum { DEPTH_MAX = 40 };

struct page {
	const struct render_opts *o;
	struct buf *out;
	struct buf prefix;
	struct buf marker; /* the whole prefix of the next line, if has_marker */
	bool has_marker;
	bool gap; /* a blank line is due before the next line */
	bool any; /* something was printed */
	bool tight;
	size_t width;
	int depth;
};

static void block_children(struct page *p, cmark_node *node);

static void
put_line(struct page *p, const struct buf *lead, const char *text)
{
	size_t start = p->out->len;

	buf_add(p->out, lead->s, lead->len);
	buf_adds(p->out, text);
	while (p->out->len > start && p->out->s[p->out->len - 1] == ' ')
		buf_cut(p->out, p->out->len - 1);
	buf_addc(p->out, '\n');
}

static void
page_gap(struct page *p)
{
	if (p->gap && p->any)
		put_line(p, &p->prefix, "");
	p->gap = false;
}

static void
page_line(struct page *p, const char *text)
{
	page_gap(p);
	put_line(p, p->has_marker ? &p->marker : &p->prefix, text);
	p->has_marker = false;
	p->any = true;
}

/* Columns left for text; never so few that nothing can be read. */
static size_t
page_room(const struct page *p)
{
	size_t used = str_width(p->prefix.s);

	return p->width > used + 10 ? p->width - used : 10;
}

static void
page_words(struct page *p, const struct words *ws)
{
	struct vec lines cleanup_vec = VEC_INIT;

	words_lines(ws, page_room(p), p->o, &lines);
	for (size_t i = 0; i < lines.len; i++)
		page_line(p, lines.v[i]);
}

static void
page_rule(struct page *p, const char *rune, size_t width)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

	style_on(STYLE_DIM, p->o, &b);
	for (size_t i = 0; i < width; i++)
		buf_adds(&b, rune);
	if (p->o->color)
		buf_adds(&b, "\033[0m");
	page_line(p, b.s);
}

static void
block_heading(struct page *p, cmark_node *node)
{
	struct words ws cleanup_words = WORDS_INIT;
	int level = cmark_node_get_heading_level(node);

	p->gap = true;
	if (level > 2 && !p->o->color)
		words_text(&ws, "#######", (size_t)level, 0, 0), words_space(&ws);
	inline_words(node, STYLE_STRONG, p->o, &ws);
	page_words(p, &ws);
	if (level <= 2) {
		size_t width = words_width(&ws), room = page_room(p);

		page_rule(p, level == 1 ? "\xe2\x95\x90" : "\xe2\x94\x80",
		    width < room ? width : room);
	}
	p->gap = true;
}

static void
block_paragraph(struct page *p, cmark_node *node)
{
	struct words ws cleanup_words = WORDS_INIT;
	struct vec lines cleanup_vec = VEC_INIT;

	if (table_lines(node, page_room(p), p->o, &lines)) {
		for (size_t i = 0; i < lines.len; i++)
			page_line(p, lines.v[i]);
	} else {
		inline_words(node, 0, p->o, &ws);
		page_words(p, &ws);
	}
	p->gap = !p->tight;
}

static void
page_code(struct page *p, const char *text, size_t len, const char *label)
{
	struct buf safe cleanup_buf = BUF_INIT(BUF_OURS),
			line cleanup_buf = BUF_INIT(BUF_OURS);
	size_t room = page_room(p), rule = room < 60 ? room : 60, used;

	p->gap = p->any && !p->has_marker;
	style_on(STYLE_DIM, p->o, &line);
	buf_adds(&line, "  \xe2\x94\x80\xe2\x94\x80");
	if (label != NULL && *label != '\0') {
		buf_addc(&line, ' ');
		render_safe(label, strlen(label), &line);
		buf_addc(&line, ' ');
	}
	for (used = str_width(line.s); used < rule; used++)
		buf_adds(&line, "\xe2\x94\x80");
	buf_adds(&line, p->o->color ? "\033[0m" : "");
	page_line(p, line.s);
	render_safe(text, len, &safe);
	for (char *s = safe.s, *end; *s != '\0'; s = end) {
		size_t n = strcspn(s, "\n");

		end = s + n + (s[n] == '\n');
		buf_clear(&line);
		buf_adds(&line, "    ");
		buf_add(&line, s, n);
		page_line(p, line.s);
	}
	buf_clear(&line);
	style_on(STYLE_DIM, p->o, &line);
	buf_adds(&line, "  ");
	for (used = 2; used < rule; used++)
		buf_adds(&line, "\xe2\x94\x80");
	buf_adds(&line, p->o->color ? "\033[0m" : "");
	page_line(p, line.s);
	p->gap = true;
}

static void
block_code(struct page *p, cmark_node *node)
{
	const char *info = cmark_node_get_fence_info(node);
	const char *text = cmark_node_get_literal(node);
	char *label cleanup_free = NULL;

	if (info != NULL)
		label = xstrndup(info, strcspn(info, " \t{,"));
	page_code(p, text, strlen(text), label);
}

static void
block_html(struct page *p, cmark_node *node)
{
	struct buf text cleanup_buf = BUF_INIT(BUF_OURS);
	struct words ws cleanup_words = WORDS_INIT;
	struct vec lines cleanup_vec = VEC_INIT;

	html_text(cmark_node_get_literal(node), &text);
	vec_split(&lines, text.s, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		words_text(&ws, lines.v[i], strlen(lines.v[i]), 0, 0);
		words_break(&ws);
	}
	if (ws.len == 0)
		return;
	page_words(p, &ws);
	p->gap = true;
}

static void
block_quote(struct page *p, cmark_node *node)
{
	size_t len = p->prefix.len;
	struct buf bar cleanup_buf = BUF_INIT(100);

	style_on(STYLE_DIM, p->o, &bar);
	buf_adds(&bar, "\xe2\x94\x82 ");
	if (p->o->color)
		buf_adds(&bar, "\033[0m");
	page_gap(p);
	buf_add(&p->prefix, bar.s, bar.len);
	if (p->has_marker)
		buf_add(&p->marker, bar.s, bar.len);
	block_children(p, node);
	buf_cut(&p->prefix, len);
	p->gap = true;
}

/* "[ ] " or "[x] " at the start of an item: the box that replaces its bullet. */
static const char *
task_box(cmark_node *item, const struct render_opts *o)
{
	cmark_node *para = cmark_node_first_child(item);
	cmark_node *text = para != NULL ? cmark_node_first_child(para) : NULL;
	const char *s = text != NULL && cmark_node_get_type(text) == CMARK_NODE_TEXT
			    ? cmark_node_get_literal(text)
			    : "";
	bool done = str_starts(s, "[x] ") || str_starts(s, "[X] ");

	if (!done && !str_starts(s, "[ ] "))
		return NULL;
	if (!o->color)
		return "- ";
	return done ? "\xe2\x98\x91 " : "\xe2\x98\x90 ";
}

static void
list_item(struct page *p, cmark_node *item, const char *bullet)
{
	size_t len = p->prefix.len, width = str_width(bullet);

	if (!p->has_marker) {
		buf_clear(&p->marker);
		buf_add(&p->marker, p->prefix.s, p->prefix.len);
	}
	buf_adds(&p->marker, bullet);
	p->has_marker = true;
	for (size_t i = 0; i < width; i++)
		buf_addc(&p->prefix, ' ');
	block_children(p, item);
	if (p->has_marker)
		page_line(p, "");
	buf_cut(&p->prefix, len);
}

/* The item's text without its "[x] ", as our own box shows it; put back afterwards. */
static void
task_item(struct page *p, cmark_node *item, const char *box)
{
	cmark_node *text = cmark_node_first_child(cmark_node_first_child(item));
	char *old cleanup_free = xstrdup(cmark_node_get_literal(text));

	if (p->o->color)
		cmark_node_set_literal(text, old + 4);
	list_item(p, item, box);
	cmark_node_set_literal(text, old);
}

static void
block_list(struct page *p, cmark_node *node)
{
	bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
	bool outer = p->tight;
	int number = cmark_node_get_list_start(node);

	p->tight = cmark_node_get_list_tight(node);
	for (cmark_node *it = cmark_node_first_child(node); it != NULL;
	     it = cmark_node_next(it), number++) {
		const char *box = task_box(it, p->o);
		char bullet[32] = "\xe2\x80\xa2 ";

		if (ordered)
			snprintf(bullet, sizeof bullet, "%d. ", number);
		if (box != NULL)
			task_item(p, it, box);
		else
			list_item(p, it, bullet);
		if (p->tight)
			p->gap = false;
	}
	p->tight = outer;
	p->gap = !outer;
}

static void
block_deep(struct page *p, cmark_node *node)
{
	char *text cleanup_free = render_plain(node);
	struct words ws cleanup_words = WORDS_INIT;

	words_text(&ws, text, strlen(text), 0, 0);
	page_words(p, &ws);
}

static void
block_node(struct page *p, cmark_node *node)
{
	static const struct {
		cmark_node_type type;
		void (*render)(struct page *, cmark_node *);
	} rows[] = {{CMARK_NODE_DOCUMENT, block_children},
	    {CMARK_NODE_HEADING, block_heading}, {CMARK_NODE_PARAGRAPH, block_paragraph},
	    {CMARK_NODE_CODE_BLOCK, block_code}, {CMARK_NODE_HTML_BLOCK, block_html},
	    {CMARK_NODE_BLOCK_QUOTE, block_quote}, {CMARK_NODE_LIST, block_list},
	    {CMARK_NODE_ITEM, block_children}};

	if (p->depth > DEPTH_MAX) {
		block_deep(p, node);
		return;
	}
	if (cmark_node_get_type(node) == CMARK_NODE_THEMATIC_BREAK) {
		page_rule(p, "\xe2\x94\x80", page_room(p) < 40 ? page_room(p) : 40);
		p->gap = true;
	}
	p->depth++;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == cmark_node_get_type(node))
			rows[i].render(p, node);
	p->depth--;
}

static void
block_children(struct page *p, cmark_node *node)
{
	for (cmark_node *n = cmark_node_first_child(node); n != NULL;
	     n = cmark_node_next(n))
		block_node(p, n);
}

static struct page
page_new(const struct render_opts *o, struct buf *out)
{
	size_t width = o->width == 0 ? 80 : o->width < 20 ? 20 : o->width;

	return (struct page){.o = o,
	    .out = out,
	    .width = width,
	    .prefix = BUF_INIT(BUF_OURS),
	    .marker = BUF_INIT(BUF_OURS)};
}

void
render_node(cmark_node *node, const struct render_opts *o, struct buf *out)
{
	struct page p = page_new(o, out);

	block_node(&p, node);
	buf_done(&p.prefix);
	buf_done(&p.marker);
}

void
render_code(const char *text, size_t len, const char *label, const struct render_opts *o,
    struct buf *out)
{
	struct page p = page_new(o, out);

	page_code(&p, text, len, label);
	buf_done(&p.prefix);
	buf_done(&p.marker);
}

/* Length of "---\n...\n---\n" at the start, 0 when there is none. */
static size_t
front_matter(const char *s, size_t len)
{
	const char *end = s + len, *at = s;

	if (len < 4 || memcmp(s, "---", 3) != 0 || (s[3] != '\n' && s[3] != '\r'))
		return 0;
	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		if (end - at >= 3 &&
		    (memcmp(at, "---", 3) == 0 || memcmp(at, "...", 3) == 0) &&
		    (end - at == 3 || at[3] == '\n' || at[3] == '\r'))
			return (size_t)(at + 3 - s);
	}
	return 0;
}

void
render_markdown(
    const char *text, size_t len, const struct render_opts *o, struct buf *out)
{
	size_t skip = front_matter(text, len);
	cmark_node *doc =
	    cmark_parse_document(text + skip, len - skip, CMARK_OPT_VALIDATE_UTF8);

	render_node(doc, o, out);
	cmark_node_free(doc);
}
