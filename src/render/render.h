/*
 * render.h - Markdown as text for a terminal
 *
 * Reads CommonMark (libcmark) plus pipe tables, task lists and front matter,
 * and gives lines that fit the width.  What it prints is safe to print: a
 * lesson is data from the net, so control characters, escape sequences and
 * characters that turn the direction of text come out as visible stand-ins.
 * HTML comments and front matter are hidden, other HTML is reduced to its text.
 *
 * Pure: it opens nothing and writes only to the buf it is given.  It knows
 * nothing of lessons; what is a hint or a step is decided before.
 */
#ifndef DRYDOCK_RENDER_H
#define DRYDOCK_RENDER_H

#include "sandbox/base/base.h"

struct cmark_node;

struct render_opts {
	size_t width;    /* columns; 0 means 80, less than 20 is taken as 20 */
	bool color;      /* false: no escape sequences at all (NO_COLOR, pipes) */
	bool hyperlinks; /* OSC 8 links (only with color); else "text (url)" */
};

/* Appends the rendered text; every line ends with '\n', no blank line at either
 * end.  Text that is no UTF-8, holds NUL bytes or is nested without end is fine. */
void render_markdown(
    const char *text, size_t len, const struct render_opts *opts, struct buf *out);

/* The same for a document or any block below it, already parsed with sourcepos
 * or not; the tree is left as it is.  Pipe tables need their source lines, which
 * cmark does not keep, so they are rebuilt from the paragraph's inline text. */
void render_node(
    struct cmark_node *node, const struct render_opts *opts, struct buf *out);

/* One code block as render_markdown prints it: indented, lightly framed, never
 * wrapped.  `label` (a file name, a language) may be NULL. */
void render_code(const char *text, size_t len, const char *label,
    const struct render_opts *opts, struct buf *out);

/* The text of a node and all below it, without any marks (a heading's title); line
 * breaks become blanks.  Not made safe.  Gives a string; free with free(). */
char *render_plain(struct cmark_node *node);

/* Appends s with control characters (but '\n' and '\t') and direction marks replaced by
 * visible stand-ins; safe for any terminal.  For text that goes out unrendered. */
void render_safe(const char *s, size_t len, struct buf *out);

/* Is it the name of an element of HTML ("br", "details"), in any case?  What is not
 * ("<your_name>") is shown as it stands. */
bool render_html_name(const char *name, size_t len);

#endif
