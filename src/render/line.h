/*
 * line.h - words with a style, and how they are broken into lines (private)
 *
 * Inline text becomes a list of words; a word keeps its style, so a line break
 * never lets a colour run into the margin.
 */
#ifndef DRYDOCK_RENDER_LINE_H
#define DRYDOCK_RENDER_LINE_H

#include "src/render/render.h"

struct cmark_node;

enum {
	STYLE_STRONG = 1,
	STYLE_EMPH = 2,
	STYLE_CODE = 4,
	STYLE_LINK = 8,
	STYLE_DIM = 16,
};

/* What may happen in front of a word. */
enum line_joint { JOINT_GLUE, JOINT_SOFT, JOINT_SPACE, JOINT_BREAK };

struct word {
	char *text; /* safe to print */
	size_t width;
	unsigned style;
	enum line_joint joint;
	size_t url; /* index + 1 into words.urls, 0 for none */
};

struct words {
	struct word *w;
	size_t len, cap;
	struct vec urls;
	enum line_joint next; /* what the next word gets in front */
};

#define WORDS_INIT \
	{ \
		.urls = VEC_INIT \
	}
#define cleanup_words __attribute__((cleanup(words_done)))
void words_done(struct words *ws);

/* Adds running text of one style: made safe, split at blanks and, for scripts
 * without blanks, between characters. */
void words_text(struct words *ws, const char *s, size_t len, unsigned style, size_t url);
/* The next word begins a new line / stands after a blank. */
void words_break(struct words *ws);
void words_space(struct words *ws);
/* Columns of everything on one line, breaks taken as blanks. */
size_t words_width(const struct words *ws);
/* Width of the widest piece that cannot be broken. */
size_t words_min_width(const struct words *ws);
/* Appends the lines, each at most `width` columns, as finished terminal text. */
void words_lines(
    const struct words *ws, size_t width, const struct render_opts *o, struct vec *lines);

/* Adds the inline content of a paragraph or heading, with `style` on all of it. */
void inline_words(struct cmark_node *node, unsigned style, const struct render_opts *o,
    struct words *ws);
/* One inline node and what is below it. */
void inline_node(struct cmark_node *node, unsigned style, const struct render_opts *o,
    struct words *ws);

/* Is the paragraph a pipe table?  Then its lines, at most `width` columns wide, are
 * appended and true is returned. */
bool table_lines(struct cmark_node *paragraph, size_t width, const struct render_opts *o,
    struct vec *lines);

/* Appends the text of a piece of HTML: tags and comments off, common entities read. */
void html_text(const char *html, struct buf *out);

/* SGR codes of a style, "" without color.  Borrowed. */
void style_on(unsigned style, const struct render_opts *o, struct buf *out);

#endif
