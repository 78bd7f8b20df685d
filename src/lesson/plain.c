/*
 * plain.c - commands without any mark: a line of text, or some, that are commands
 *
 * Who forgets the fence writes them so.  Talk of docker begins the same way ("docker
 * build is what makes images"), so all of the paragraph must be commands.
 */
#include "src/lesson/run.h"
#include "src/lesson/sections.h"
#include <cmark.h>

static bool
ends_like_command(const char *line)
{
	size_t n = strlen(line);

	/* "docker stop web: it ends" tells. */
	if (strstr(line, ": ") != NULL && strpbrk(line, "\"'") == NULL)
		return false;
	return n > 2 && n < 300 && (line[n - 1] != '.' || line[n - 2] == ' ') &&
	       strchr(",;:!?", line[n - 1]) == NULL;
}

/* "docker network create web": options, an image's name, a number say that it is one. */
static bool
is_marked(const char *line)
{
	return strstr(line, " -") != NULL || strpbrk(line, ":/=_0123456789") != NULL ||
	       strstr(line, " hello-world") != NULL;
}

/* "docker images", "docker pull debian" */
static bool
is_short(const char *line)
{
	struct vec words cleanup_vec = VEC_INIT;

	vec_split(&words, line, " ");
	return words.len == 2 || (words.len == 3 && !str_eq(words.v[1], "images") &&
				     !str_eq(words.v[1], "ps"));
}

/* The lines of a paragraph that is text only; false when it is not. */
static bool
text_lines(cmark_node *paragraph, struct vec *lines)
{
	struct buf line cleanup_buf = BUF_INIT(BUF_OURS);

	for (cmark_node *n = cmark_node_first_child(paragraph); n != NULL;
	     n = cmark_node_next(n)) {
		cmark_node_type type = cmark_node_get_type(n);

		if (type == CMARK_NODE_TEXT) {
			buf_adds(&line, cmark_node_get_literal(n));
		} else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
			vec_add(lines, line.len > 0 ? line.s : "");
			buf_clear(&line);
		} else {
			return false;
		}
	}
	vec_add(lines, line.len > 0 ? line.s : "");
	for (size_t i = 0; i < lines->len; i++) {
		char *t = str_trim(lines->v[i]);

		memmove(lines->v[i], t, strlen(t) + 1);
	}
	return true;
}

bool
plain_find(struct loader *ld, cmark_node *paragraph)
{
	struct vec lines cleanup_vec = VEC_INIT;
	int line = cmark_node_get_start_line(paragraph);
	bool alone, top = cmark_node_get_type(cmark_node_parent(paragraph)) ==
			  CMARK_NODE_DOCUMENT;

	if (!text_lines(paragraph, &lines) || !run_is_docker(lines.v[0]))
		return false;
	alone = lines.len == 1;
	for (size_t i = 0; i < lines.len; i++) {
		const char *t = lines.v[i];

		if (!ends_like_command(t) ||
		    (run_is_docker(t) ? !run_is_whole(t) : !run_is_known_tool(t)))
			return false;
	}
	if (alone && !is_marked(lines.v[0]) && !(top && is_short(lines.v[0])))
		return false;
	for (size_t i = 0; i < lines.len; i++)
		if (run_is_docker(lines.v[i]))
			spoken_add(ld, lines.v[i], line + (int)i);
	return true;
}
