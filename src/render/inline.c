/*
 * inline.c - cmark's inline nodes to words
 *
 * Walks with cmark's iterator, never by recursion: a document decides how deep
 * its emphasis is nested.
 */
#include "src/render/line.h"
#include <cmark.h>

struct walk {
	struct words *ws;
	const struct render_opts *o;
	unsigned base;
	int strong, emph, link;
	size_t url;     /* of the link that we are in */
	size_t link_at; /* number of words before the link */
};

static unsigned
walk_style(const struct walk *w)
{
	return w->base | (w->strong > 0 ? STYLE_STRONG : 0) |
	       (w->emph > 0 ? STYLE_EMPH : 0) | (w->link > 0 ? STYLE_LINK : 0);
}

static void
add_text(struct walk *w, const char *s, unsigned more)
{
	words_text(w->ws, s, strlen(s), walk_style(w) | more, w->url);
}

static bool
is_web_url(const char *url)
{
	if (!str_starts(url, "http://") && !str_starts(url, "https://") &&
	    !str_starts(url, "mailto:"))
		return false;
	for (; *url != '\0'; url++)
		if ((unsigned char)*url <= ' ' || (unsigned char)*url >= 0x7f)
			return false;
	return true;
}

/* In a terminal without hyperlinks the address stands behind the text, unless it is
 * the text. */
static void
link_address(struct walk *w, const char *url)
{
	struct buf shown cleanup_buf = BUF_INIT(BUF_OURS);

	for (size_t i = w->link_at; i < w->ws->len; i++)
		buf_adds(&shown, w->ws->w[i].text);
	if (*url == '\0' || *url == '#' || strstr(url, shown.len ? shown.s : "\n") == url)
		return;
	words_space(w->ws);
	words_text(w->ws, "(", 1, w->base, 0);
	words_text(w->ws, url, strlen(url), w->base, 0);
	words_text(w->ws, ")", 1, w->base, 0);
}

static void
walk_link(struct walk *w, cmark_node *node, bool enter)
{
	const char *url = cmark_node_get_url(node);
	bool osc = w->o->color && w->o->hyperlinks && is_web_url(url);

	if (enter) {
		w->link++;
		w->link_at = w->ws->len;
		if (osc) {
			vec_add(&w->ws->urls, url);
			w->url = w->ws->urls.len;
		}
		return;
	}
	w->link--;
	w->url = 0;
	if (!osc)
		link_address(w, url);
}

static void
add_html(struct walk *w, const char *html)
{
	struct buf text cleanup_buf = BUF_INIT(BUF_OURS);

	html_text(html, &text);
	if (text.len > 0 && strspn(text.s, "\n") == text.len)
		words_break(w->ws);
	else
		add_text(w, text.s, 0);
}

static void
add_code(struct walk *w, const char *code)
{
	if (w->o->color) {
		add_text(w, code, STYLE_CODE);
		return;
	}
	add_text(w, "`", 0);
	add_text(w, code, 0);
	add_text(w, "`", 0);
}

static void
walk_event(struct walk *w, cmark_node *node, bool enter)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT: add_text(w, cmark_node_get_literal(node), 0); break;
	case CMARK_NODE_CODE: add_code(w, cmark_node_get_literal(node)); break;
	case CMARK_NODE_HTML_INLINE: add_html(w, cmark_node_get_literal(node)); break;
	case CMARK_NODE_SOFTBREAK: words_space(w->ws); break;
	case CMARK_NODE_LINEBREAK: words_break(w->ws); break;
	case CMARK_NODE_STRONG: w->strong += enter ? 1 : -1; break;
	case CMARK_NODE_EMPH: w->emph += enter ? 1 : -1; break;
	case CMARK_NODE_LINK: walk_link(w, node, enter); break;
	case CMARK_NODE_IMAGE: add_text(w, enter ? "[image: " : "]", 0); break;
	default: break;
	}
}

void
inline_node(
    cmark_node *node, unsigned style, const struct render_opts *o, struct words *ws)
{
	struct walk w = {.ws = ws, .o = o, .base = style};
	cmark_iter *it = cmark_iter_new(node);
	cmark_event_type ev;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE)
		walk_event(&w, cmark_iter_get_node(it), ev == CMARK_EVENT_ENTER);
	cmark_iter_free(it);
}

void
inline_words(
    cmark_node *node, unsigned style, const struct render_opts *o, struct words *ws)
{
	inline_node(node, style, o, ws);
}

char *
render_plain(cmark_node *node)
{
	struct buf out = BUF_INIT(BUF_OURS);
	cmark_iter *it = cmark_iter_new(node);
	cmark_event_type ev;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(it);
		cmark_node_type type = cmark_node_get_type(at);

		if (ev != CMARK_EVENT_ENTER)
			continue;
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			buf_adds(&out, cmark_node_get_literal(at));
		else if (type == CMARK_NODE_HTML_INLINE)
			html_text(cmark_node_get_literal(at), &out);
		else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
			buf_addc(&out, ' ');
	}
	cmark_iter_free(it);
	return buf_take(&out);
}
