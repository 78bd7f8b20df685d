/*
 * html.c - HTML inside Markdown, reduced to its text
 *
 * Not a parser: a terminal shows no HTML, so tags go, text stays.
 */
#include "src/render/line.h"
#include <strings.h>

bool
render_html_name(const char *name, size_t len)
{
	static const char *const names[] = {"a", "abbr", "address", "area", "article",
	    "aside", "audio", "b", "base", "bdi", "bdo", "big", "blockquote", "body",
	    "br", "button", "canvas", "caption", "center", "cite", "code", "col",
	    "colgroup", "data", "dd", "del", "details", "dfn", "dialog", "div", "dl",
	    "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer",
	    "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html",
	    "i", "iframe", "img", "input", "ins", "kbd", "label", "legend", "li", "link",
	    "main", "map", "mark", "meta", "nav", "noscript", "object", "ol", "optgroup",
	    "option", "p", "param", "picture", "pre", "q", "rp", "rt", "ruby", "s",
	    "samp", "script", "section", "select", "small", "source", "span", "strike",
	    "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody", "td",
	    "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr",
	    "track", "tt", "u", "ul", "var", "video", "wbr"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
			return true;
	return false;
}

/* The value of alt="..." inside the tag, as text. */
static void
add_alt(const char *tag, const char *end, struct buf *out)
{
	const char *at = strstr(tag, "alt=\"");
	const char *stop = at != NULL && at < end ? strchr(at + 5, '"') : NULL;

	if (stop != NULL && stop < end && stop > at + 5)
		buf_addf(out, "[image: %.*s]", (int)(stop - at - 5), at + 5);
}

/* Appends what stands for the tag (at s, up to and with '>'). */
static void
add_tag(const char *s, const char *end, struct buf *out)
{
	static const char *const breaks[] = {"br", "p", "div", "li", "tr", "summary",
	    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "ul", "ol", "table"};
	const char *name = s + 1 + (s[1] == '/');
	size_t len = strcspn(name, " \t\n/>");

	if (!render_html_name(name, len)) {
		buf_add(out, s, (size_t)(end - s));
		return;
	}
	if (len == 3 && strncasecmp(name, "img", 3) == 0)
		add_alt(s, end, out);
	for (size_t i = 0; i < ARRAY_LEN(breaks); i++)
		if (strlen(breaks[i]) == len && strncasecmp(breaks[i], name, len) == 0)
			buf_addc(out, '\n');
}

static const char *
add_entity(const char *s, struct buf *out)
{
	static const char *const rows[][2] = {{"&lt;", "<"}, {"&gt;", ">"},
	    {"&quot;", "\""}, {"&nbsp;", " "}, {"&#39;", "'"}, {"&amp;", "&"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(s, rows[i][0])) {
			buf_adds(out, rows[i][1]);
			return s + strlen(rows[i][0]);
		}
	buf_addc(out, *s);
	return s + 1;
}

void
html_text(const char *s, struct buf *out)
{
	while (*s != '\0') {
		const char *end;

		if (str_starts(s, "<!--")) {
			end = strstr(s + 4, "-->");
			s = end != NULL ? end + 3 : s + strlen(s);
		} else if (*s == '<' && (s[1] == '/' || (s[1] | 32) >= 'a') &&
			   (s[1] | 32) <= 'z' && (end = strchr(s, '>')) != NULL) {
			add_tag(s, end + 1, out);
			s = end + 1;
		} else if (*s == '<' && (s[1] == '!' || s[1] == '?') &&
			   (end = strchr(s, '>')) != NULL) {
			s = end + 1;
		} else if (*s == '&') {
			s = add_entity(s, out);
		} else {
			buf_addc(out, *s++);
		}
	}
}
