/*
 * html.c - code that is written in HTML: <pre><code>docker ps</code></pre>
 */
#include "src/lesson/sections.h"
#include <cmark.h>

/* The character that "&lt;" and its like stand for, and their length in *ret_len. */
static const char *
entity(const char *s, size_t *ret_len)
{
	static const char *const rows[][2] = {{"&lt;", "<"}, {"&gt;", ">"},
	    {"&amp;", "&"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&apos;", "'"},
	    {"&nbsp;", " "}, {"&#36;", "$"}, {"&#60;", "<"}, {"&#62;", ">"},
	    {"&#34;", "\""}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(s, rows[i][0])) {
			*ret_len = strlen(rows[i][0]);
			return rows[i][1];
		}
	return NULL;
}

/* Text between tags, from s up to end; <br> ends a line.  Gives. */
static char *
text_of(const char *s, const char *end)
{
	struct buf b = BUF_INIT(BUF_OURS);

	while (s < end) {
		size_t n = 1;
		const char *c = *s == '&' ? entity(s, &n) : NULL;
		const char *close = *s == '<' ? strchr(s, '>') : NULL;

		if (close != NULL && close < end) {
			if (str_starts(s, "<br"))
				buf_addc(&b, '\n');
			n = (size_t)(close - s) + 1;
		} else if (c != NULL) {
			buf_adds(&b, c);
		} else {
			buf_addc(&b, *s);
		}
		s += n;
	}
	if (b.len > 0 && b.s[b.len - 1] != '\n')
		buf_addc(&b, '\n');
	return b.len > 0 ? buf_take(&b) : xstrdup("");
}

/* "bash" of class="language-bash" or class="highlight-source-bash", "" if none; gives. */
static char *
language_in(const char *tags, const char *end)
{
	static const char *const starts[] = {"language-", "lang-", "highlight-source-"};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		const char *at = strstr(tags, starts[i]);

		if (at != NULL && at < end) {
			at += strlen(starts[i]);
			return xstrndup(at, strcspn(at, "\"' >"));
		}
	}
	return xstrdup("");
}

void
html_blocks(struct loader *ld, const char *html, int line)
{
	const char *at = html, *counted = html;

	while ((at = strcasestr(at, "<pre")) != NULL) {
		const char *close = strchr(at, '>'), *end = strcasestr(at, "</pre>");
		const char *code;
		char *text cleanup_free = NULL, *info cleanup_free = NULL;

		if (close == NULL || end == NULL || close > end)
			return;
		for (; counted < at; counted++)
			line += *counted == '\n';
		code = close + 1;
		code += strspn(code, "\n");
		text = text_of(code, end);
		/* The tags before the text: <pre>, and <code> inside it. */
		info = language_in(at,
		    code + strcspn(code, "\n") < end ? code + strcspn(code, "\n") : end);
		block_found(ld, info, text, line);
		at = end;
	}
}
