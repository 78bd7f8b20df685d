/*
 * frame.c - the lines of a Dockerfile around a mistake, as BuildKit shows them
 */
#include "sandbox/dockerfile/private.h"

static const char rule[] = "--------------------\n";

static int
count_lines(const char *text, size_t len)
{
	int n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
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
dockerfile_frame(struct buf *out, const char *name, const char *text, size_t len,
    struct dockerfile_range where)
{
	int n_lines = count_lines(text, len);
	const char *p = text, *end = text + len;
	struct dockerfile_range show;

	if (where.first < 1 || where.first > where.last || where.last > n_lines)
		return;
	show = widen(where, n_lines);
	buf_addf(out, "%s:%d\n%s", name, where.first, rule);
	for (int line = 1; line <= show.last; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl != NULL ? nl : end;

		if (line >= show.first) {
			buf_addf(out, " %3d | %s ", line,
			    line >= where.first && line <= where.last ? ">>>" : "   ");
			buf_add(out, p, (size_t)(stop - p));
			buf_addc(out, '\n');
		}
		p = nl != NULL ? nl + 1 : end;
	}
	buf_adds(out, rule);
}
