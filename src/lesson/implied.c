/*
 * implied.c - steps of a document that has no headings but its title
 *
 * "**Step 1: Build**", a bold line, the items of a numbered list: what stands where a
 * heading would.  One kind only, for a document does not mix them.
 */
#include "src/lesson/sections.h"
#include "src/render/render.h"
#include <cmark.h>
#include <ctype.h>

/* A line longer than this is no title. */
enum { TITLE_MAX = 90 };

/* "Step 1: Build", "Paso 2", "第三步": does it begin so? */
static bool
says_step(const char *s)
{
	static const char *const words[] = {"step ", "task ", "part ", "exercise ",
	    "paso ", "passo ", "schritt ", "aufgabe ", "étape ", "etape ", "шаг ", NULL};

	for (const char *const *w = words; *w != NULL; w++)
		if (strncasecmp(s, *w, strlen(*w)) == 0)
			return isdigit((unsigned char)s[strlen(*w)]);
	if (str_starts(s, "步骤") || str_starts(s, "ステップ"))
		return true;
	/* One digit or one character between the two. */
	return str_starts(s, "第") && strstr(s, "步") != NULL && strstr(s, "步") - s <= 6;
}

static bool
is_bold_line(cmark_node *paragraph)
{
	cmark_node *strong = cmark_node_first_child(paragraph);
	cmark_node *next = strong != NULL ? cmark_node_next(strong) : NULL;

	return strong != NULL && cmark_node_get_type(strong) == CMARK_NODE_STRONG &&
	       (next == NULL || (cmark_node_get_type(next) == CMARK_NODE_TEXT &&
				    str_eq(cmark_node_get_literal(next), ":")));
}

static bool
is_of_kind(cmark_node *n, enum implied_kind kind)
{
	cmark_node_type type = cmark_node_get_type(n);
	char *text cleanup_free = NULL;

	if (kind == IMPLIED_NUMBER)
		return type == CMARK_NODE_ITEM;
	if (type != CMARK_NODE_PARAGRAPH)
		return false;
	text = render_plain(n);
	return strlen(text) <= TITLE_MAX && strchr(text, '\n') == NULL &&
	       (kind == IMPLIED_STEP ? says_step(str_trim(text)) : is_bold_line(n));
}

/* The next node of the document, the items of its numbered lists with it. */
static cmark_node *
after(cmark_node *doc, cmark_node *n)
{
	cmark_node *next = n != NULL ? cmark_node_next(n) : cmark_node_first_child(doc);

	if (next == NULL && n != NULL && cmark_node_get_type(n) == CMARK_NODE_ITEM)
		next = cmark_node_next(cmark_node_parent(n));
	if (next != NULL && cmark_node_get_type(next) == CMARK_NODE_LIST &&
	    cmark_node_get_list_type(next) == CMARK_ORDERED_LIST)
		next = cmark_node_first_child(next);
	return next;
}

struct implied
implied_find(cmark_node *doc)
{
	size_t count[IMPLIED_NUMBER + 1] = {0}, headings = 0;

	for (cmark_node *n = after(doc, NULL); n != NULL; n = after(doc, n)) {
		headings += cmark_node_get_type(n) == CMARK_NODE_HEADING;
		for (int k = IMPLIED_STEP; k <= IMPLIED_NUMBER; k++)
			count[k] += is_of_kind(n, (enum implied_kind)k);
	}
	for (int k = IMPLIED_STEP; headings <= 1 && k <= IMPLIED_NUMBER; k++)
		if (count[k] >= 2)
			return (struct implied){.kind = (enum implied_kind)k};
	return (struct implied){.kind = IMPLIED_NONE};
}

cmark_node *
implied_next(const struct implied *im, cmark_node *doc, cmark_node *from)
{
	cmark_node *n = after(doc, from);

	while (n != NULL && cmark_node_get_type(n) != CMARK_NODE_HEADING &&
	       (im->kind == IMPLIED_NONE || !is_of_kind(n, im->kind)))
		n = after(doc, n);
	return n;
}

char *
implied_title(cmark_node *node)
{
	cmark_node *first = cmark_node_get_type(node) == CMARK_NODE_ITEM
				? cmark_node_first_child(node)
				: node;
	char *text cleanup_free =
	    first != NULL && cmark_node_get_type(first) == CMARK_NODE_PARAGRAPH
		? render_plain(first)
		: xstrdup("");
	char *t = str_trim(text), *end;
	size_t n;

	t[strcspn(t, "\n")] = '\0';
	if ((end = strstr(t, ". ")) != NULL || (end = strstr(t, "。")) != NULL ||
	    (end = strstr(t, ": ")) != NULL)
		if (end - t > 8)
			*end = '\0';
	n = strlen(t);
	while (n > 0 && strchr(".: ", t[n - 1]) != NULL)
		t[--n] = '\0';
	if (n > TITLE_MAX) {
		n = TITLE_MAX;
		while (n > 0 && ((unsigned char)t[n] & 0xc0) == 0x80)
			n--;
		return xasprintf("%.*s…", (int)n, t);
	}
	return xstrdup(t);
}
