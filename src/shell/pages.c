/*
 * pages.c - `faq` and `glossary`: pages of Markdown beside the lessons, an entry at a
 * time
 *
 * An entry is a heading of the second level and what stands below it.  What they say is
 * nobody's business here.
 */
#include "src/shell/private.h"
#include <fcntl.h>
#include <stdlib.h>

enum { PAGE_MAX = 1 << 20 };

struct entry {
	char *title;
	struct buf text; /* Markdown, without the heading */
};

struct page {
	struct entry *list;
	size_t len;
};

static void
page_done(struct page *p)
{
	for (size_t i = 0; i < p->len; i++) {
		free(p->list[i].title);
		buf_done(&p->list[i].text);
	}
	free(p->list);
}
#define cleanup_page __attribute__((cleanup(page_done)))

/* Cuts the text into lines. */
static void
read_page(char *text, struct page *ret)
{
	for (char *line; (line = strsep(&text, "\n")) != NULL;) {
		if (str_starts(line, "## ")) {
			ret->list =
			    xrealloc(ret->list, (ret->len + 1) * sizeof *ret->list);
			ret->list[ret->len++] = (struct entry){
			    .title = xstrdup(line + 3), .text = BUF_INIT(PAGE_MAX)};
		} else if (ret->len > 0) {
			buf_addf(&ret->list[ret->len - 1].text, "%s\n", line);
		}
	}
}

/* False with a message when this copy has no such page. */
static bool
open_page(struct shell *sh, const char *name, struct page *ret)
{
	cleanup_vec struct vec lessons = VEC_INIT;
	cleanup_buf struct buf text = BUF_INIT(PAGE_MAX);
	cleanup_free char *path = NULL, *dir = NULL;

	course_list(&lessons);
	if (lessons.len > 0) {
		dir = path_dir(lessons.v[0]);
		path = xasprintf("%s/pages/%s.md", dir, name);
	}
	if (path == NULL || fd_read_file(AT_FDCWD, path, &text, NULL) < 0) {
		view_text(sh, "There is no page `%s` beside the lessons.\n", name);
		return false;
	}
	read_page(text.s, ret);
	return true;
}

static void
show_entry(struct shell *sh, const struct entry *e)
{
	view_styled(sh, "bold", "%s", e->title);
	view_text(sh, "\n");
	view_markdown(sh, e->text.s);
}

static size_t
show_where(struct shell *sh, const struct page *p, const char *arg, bool in_text)
{
	size_t found = 0;

	for (size_t i = 0; i < p->len; i++) {
		const struct entry *e = &p->list[i];

		if (strcasestr(in_text ? e->text.s : e->title, arg) == NULL)
			continue;
		show_entry(sh, e);
		found++;
	}
	return found;
}

static void
show(struct shell *sh, const char *name, const struct page *p, const char *arg)
{
	uint64_t n;

	if (str_to_u64(arg, p->len, &n) && n > 0) {
		show_entry(sh, &p->list[n - 1]);
		return;
	}
	for (size_t i = 0; i < p->len; i++)
		if (strcasecmp(p->list[i].title, arg) == 0) {
			show_entry(sh, &p->list[i]);
			return;
		}
	if (show_where(sh, p, arg, false) == 0 && show_where(sh, p, arg, true) == 0)
		view_text(sh, "Nothing is said about `%s`; `%s` lists all.\n", arg, name);
}

void
pages_faq(struct shell *sh, const char *arg)
{
	cleanup_page struct page p = {0};

	if (!open_page(sh, "faq", &p))
		return;
	if (*arg != '\0') {
		show(sh, "faq", &p, arg);
		return;
	}
	for (size_t i = 0; i < p.len; i++) {
		cleanup_free char *first = xasprintf("  %2zu. ", i + 1);

		view_wrapped(sh, "", first, p.list[i].title);
	}
	view_text(sh, "`faq 1` answers the first; `faq WORD` those with that word.\n");
}

void
pages_glossary(struct shell *sh, const char *arg)
{
	cleanup_page struct page p = {0};
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_free char *all = NULL;

	if (!open_page(sh, "glossary", &p))
		return;
	if (*arg != '\0') {
		show(sh, "glossary", &p, arg);
		return;
	}
	for (size_t i = 0; i < p.len; i++)
		vec_add(&names, p.list[i].title);
	all = vec_join(&names, ", ");
	view_wrapped(sh, "", "  ", all);
	view_text(sh, "`glossary WORD` says what one of them means.\n");
}
