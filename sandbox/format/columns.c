/*
 * columns.c - tabs into columns, as Go's text/tabwriter
 *
 * A cell that a tab ends belongs to the column of its position; a column block
 * is a run of lines that all have that cell.  Each block has its own width.
 */
#include "sandbox/base/base.h"
#include "sandbox/format/format.h"
#include <stdlib.h>

enum { MIN_WIDTH = 10, PADDING = 3 };

struct line {
	size_t first, count; /* cells */
};

struct cell {
	const char *s;
	size_t len, width, column; /* column: cells to fill, 0 for the last of a line */
};

struct grid {
	struct line *lines;
	struct cell *cells;
	size_t nlines, ncells;
};

static size_t
count_bytes(const char *s, const char *of)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += strchr(of, *s) != NULL;
	return n;
}

static size_t
width_of(const char *s, size_t len)
{
	cleanup_free char *copy = xstrndup(s, len);

	return str_width(copy);
}

static void
split(struct grid *g, const char *s)
{
	g->lines = xcalloc(count_bytes(s, "\n") + 1, sizeof *g->lines);
	g->cells = xcalloc(count_bytes(s, "\n\t") + 1, sizeof *g->cells);
	while (*s != '\0') {
		struct line *line = &g->lines[g->nlines++];

		line->first = g->ncells;
		for (;; s++) {
			size_t len = strcspn(s, "\t\n");

			g->cells[g->ncells++] =
			    (struct cell){.s = s, .len = len, .width = width_of(s, len)};
			line->count++;
			s += len;
			if (*s != '\t')
				break;
		}
		if (*s == '\n')
			s++;
	}
}

static bool
has_column(const struct grid *g, size_t line, size_t column)
{
	return line < g->nlines && column + 1 < g->lines[line].count;
}

/* Sets the width of `column` for the run of lines from `line` on; returns its end. */
static size_t
fit_block(struct grid *g, size_t line, size_t column, size_t minwidth, size_t padding)
{
	size_t width = minwidth, end = line;

	for (; has_column(g, end, column); end++) {
		size_t w = g->cells[g->lines[end].first + column].width + padding;

		if (w > width)
			width = w;
	}
	for (size_t i = line; i < end; i++)
		g->cells[g->lines[i].first + column].column = width;
	return end;
}

static void
fit_columns(struct grid *g, size_t minwidth, size_t padding)
{
	size_t columns = 0;

	for (size_t i = 0; i < g->nlines; i++)
		if (g->lines[i].count > columns)
			columns = g->lines[i].count;
	for (size_t c = 0; c < columns; c++)
		for (size_t i = 0; i < g->nlines; i++)
			if (has_column(g, i, c))
				i = fit_block(g, i, c, minwidth, padding);
}

void
format_columns_width(struct buf *out, const char *text, size_t minwidth, size_t padding)
{
	struct grid g = {.lines = NULL};
	size_t len = strlen(text);

	split(&g, text);
	fit_columns(&g, minwidth, padding);
	for (size_t i = 0; i < g.nlines; i++) {
		for (size_t c = 0; c < g.lines[i].count; c++) {
			const struct cell *cell = &g.cells[g.lines[i].first + c];

			buf_add(out, cell->s, cell->len);
			for (size_t w = cell->width; w < cell->column; w++)
				buf_addc(out, ' ');
		}
		if (i + 1 < g.nlines || text[len - 1] == '\n')
			buf_addc(out, '\n');
	}
	free(g.lines);
	free(g.cells);
}

void
format_columns(struct buf *out, const char *text)
{
	format_columns_width(out, text, MIN_WIDTH, PADDING);
}
