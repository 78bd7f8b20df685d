/*
 * frame.c - the lines of a Dockerfile around a mistake, as BuildKit shows them
 */
#include "sandbox/dockerfile/private.h"
#include <stdlib.h>

static const char rule[] = "--------------------\n";

void
df_text_lines_done(struct df_text_lines *l)
{
	free(l->starts);
}

void
df_text_lines(struct df_text_lines *l, const char *text, size_t len)
{
	size_t n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	*l = (struct df_text_lines){
	    .starts = xcalloc(n + 1, sizeof *l->starts), .n = (int)n};
	l->starts[0] = text;
	n = 1;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n')
			l->starts[n++] = text + i + 1;
	/* as if the last line were ended, too */
	l->starts[n] = text + len + 1;
}

/* A NUL would end what is printed; a terminal shows none. */
static void
add_shown(struct buf *out, const char *s, size_t len)
{
	const char *nul;

	while ((nul = memchr(s, '\0', len)) != NULL) {
		buf_add(out, s, (size_t)(nul - s));
		len -= (size_t)(nul + 1 - s);
		s = nul + 1;
	}
	buf_add(out, s, len);
}

/* Widens the range as BuildKit does: evenly, and further down when the top of
 * the file is near. */
static struct dockerfile_range
widen(struct dockerfile_range r, int n_lines)
{
	int pad = r.first == r.last ? 4 : 2;

	for (int p = 0; p < pad; p++) {
		if (r.first > 1) {
			r.first--;
			p++;
		}
		if (r.last != n_lines) {
			r.last++;
			p++;
		}
	}
	return r;
}

void
df_add_frame(struct buf *out, const char *name, const struct df_text_lines *l,
    struct dockerfile_range where)
{
	struct dockerfile_range show;

	if (where.first < 1 || where.first > where.last || where.last > l->n)
		return;
	show = widen(where, l->n);
	buf_addf(out, "%s:%d\n%s", name, where.first, rule);
	for (int line = show.first; line <= show.last; line++) {
		const char *start = l->starts[line - 1], *next = l->starts[line];

		buf_addf(out, " %3d | %s ", line,
		    line >= where.first && line <= where.last ? ">>>" : "   ");
		add_shown(out, start, (size_t)(next - 1 - start));
		buf_addc(out, '\n');
	}
	buf_adds(out, rule);
}

void
dockerfile_frame(struct buf *out, const char *name, const char *text, size_t len,
    struct dockerfile_range where)
{
	cleanup_df_text_lines struct df_text_lines l = {0};

	df_text_lines(&l, text, len);
	df_add_frame(out, name, &l, where);
}
