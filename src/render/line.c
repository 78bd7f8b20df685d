/*
 * line.c - words and lines
 *
 * Widths are terminal columns.  Where a word is wider than the line it is cut
 * between characters; a URL stays whole as a link target all the same.
 */
#include "src/render/line.h"

void
words_done(struct words *ws)
{
	for (size_t i = 0; i < ws->len; i++)
		free(ws->w[i].text);
	free(ws->w);
	vec_done(&ws->urls);
	ws->w = NULL;
	ws->len = ws->cap = 0;
}

static void
word_add(struct words *ws, const char *s, size_t len, unsigned style, size_t url)
{
	struct word *w;

	if (ws->len == ws->cap) {
		ws->cap = ws->cap ? ws->cap * 2 : 16;
		ws->w = xrealloc(ws->w, ws->cap * sizeof *ws->w);
	}
	w = &ws->w[ws->len++];
	*w = (struct word){
	    .text = xstrndup(s, len), .style = style, .joint = ws->next, .url = url};
	w->width = str_width(w->text);
	ws->next = JOINT_GLUE;
}

void
words_space(struct words *ws)
{
	if (ws->next < JOINT_SPACE)
		ws->next = JOINT_SPACE;
}

void
words_break(struct words *ws)
{
	ws->next = JOINT_BREAK;
}

/* Between two wide characters a line may end. */
static bool
is_wide(const char *s, size_t n)
{
	char one[8] = "";

	if (n < 3 || n >= sizeof one)
		return false;
	memcpy(one, s, n);
	return str_width(one) == 2;
}

void
words_text(struct words *ws, const char *s, size_t len, unsigned style, size_t url)
{
	struct buf safe cleanup_buf = BUF_INIT(BUF_OURS);
	size_t start = 0, i = 0;

	render_safe(s, len, &safe);
	while (i < safe.len) {
		char c = safe.s[i];
		size_t n = str_utf8_len(safe.s + i);

		if (c == ' ' || c == '\n' || c == '\t') {
			if (i > start)
				word_add(ws, safe.s + start, i - start, style, url);
			words_space(ws);
			start = i + 1;
		} else if (is_wide(safe.s + i, n)) {
			if (i > start)
				word_add(ws, safe.s + start, i - start, style, url);
			if (ws->next == JOINT_GLUE)
				ws->next = JOINT_SOFT;
			word_add(ws, safe.s + i, n, style, url);
			start = i + n;
		}
		i += n;
	}
	if (safe.len > start)
		word_add(ws, safe.s + start, safe.len - start, style, url);
}

/* The first word after the piece that begins at i; *ret_width its columns. */
static size_t
piece_end(const struct words *ws, size_t i, size_t *ret_width)
{
	*ret_width = ws->w[i].width;
	for (i++; i < ws->len && ws->w[i].joint == JOINT_GLUE; i++)
		*ret_width += ws->w[i].width;
	return i;
}

size_t
words_width(const struct words *ws)
{
	size_t sum = 0;

	for (size_t i = 0; i < ws->len; i++)
		sum += ws->w[i].width + (i > 0 && ws->w[i].joint >= JOINT_SPACE);
	return sum;
}

size_t
words_min_width(const struct words *ws)
{
	size_t most = 0, width;

	for (size_t i = 0; i < ws->len;) {
		i = piece_end(ws, i, &width);
		if (width > most)
			most = width;
	}
	return most;
}

void
style_on(unsigned style, const struct render_opts *o, struct buf *out)
{
	/* No colour that is unreadable on black or on white. */
	static const struct {
		unsigned style;
		const char *sgr;
	} rows[] = {{STYLE_STRONG, "1"}, {STYLE_EMPH, "3"}, {STYLE_CODE, "35"},
	    {STYLE_LINK, "4"}, {STYLE_DIM, "2"}};
	const char *sep = "\033[";

	if (!o->color || style == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (style & rows[i].style) {
			buf_addf(out, "%s%s", sep, rows[i].sgr);
			sep = ";";
		}
	buf_adds(out, "m");
}

struct line {
	struct buf text;
	size_t width;
	unsigned style;
	size_t url;
	const struct words *ws;
	const struct render_opts *o;
};

static void
line_style(struct line *l, unsigned style, size_t url)
{
	if (url != l->url && l->url != 0)
		buf_adds(&l->text, "\033]8;;\033\\");
	if (style != l->style) {
		if (l->style != 0 && l->o->color)
			buf_adds(&l->text, "\033[0m");
		style_on(style, l->o, &l->text);
	}
	if (url != l->url && url != 0)
		buf_addf(&l->text, "\033]8;;%s\033\\", l->ws->urls.v[url - 1]);
	l->style = style;
	l->url = url;
}

static void
line_end(struct line *l, struct vec *lines)
{
	line_style(l, 0, 0);
	vec_add(lines, l->text.s);
	buf_clear(&l->text);
	l->width = 0;
}

static void
line_word(
    struct line *l, const struct word *w, bool space, size_t width, struct vec *lines)
{
	const char *s = w->text;

	if (space) {
		/* A blank between two words of a link is part of the link. */
		if (w->style != l->style || w->url != l->url)
			line_style(l, w->style & l->style, 0);
		buf_addc(&l->text, ' ');
		l->width++;
	}
	line_style(l, w->style, w->url);
	if (l->width + w->width <= width) {
		buf_adds(&l->text, s);
		l->width += w->width;
		return;
	}
	for (size_t n; *s != '\0'; s += n) {
		char one[8] = "";

		n = str_utf8_len(s);
		memcpy(one, s, n < sizeof one ? n : 1);
		if (l->width > 0 && l->width + str_width(one) > width) {
			line_end(l, lines);
			line_style(l, w->style, w->url);
		}
		buf_adds(&l->text, one);
		l->width += str_width(one);
	}
}

void
words_lines(
    const struct words *ws, size_t width, const struct render_opts *o, struct vec *lines)
{
	struct line l = {.text = BUF_INIT(BUF_OURS), .ws = ws, .o = o};

	for (size_t i = 0; i < ws->len;) {
		size_t piece, end = piece_end(ws, i, &piece);
		bool space = ws->w[i].joint == JOINT_SPACE && l.width > 0;

		if (l.width > 0 &&
		    (ws->w[i].joint == JOINT_BREAK || l.width + space + piece > width)) {
			line_end(&l, lines);
			space = false;
		}
		for (; i < end; i++, space = false)
			line_word(&l, &ws->w[i], space, width, lines);
	}
	if (l.width > 0)
		line_end(&l, lines);
	buf_done(&l.text);
}
