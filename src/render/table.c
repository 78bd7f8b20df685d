/*
 * table.c - pipe tables, which CommonMark reads as a paragraph
 *
 * Rows are the paragraph's lines, cells what stands between pipes of its text (a
 * pipe in inline code is not one).  A table wider than the line has its cells
 * wrapped, never cut.
 */
#include "src/render/line.h"
#include <cmark.h>

enum { COLUMNS_MAX = 24, ROWS_MAX = 500 };

struct table {
	struct words *cells; /* rows * COLUMNS_MAX */
	size_t rows, columns;
	size_t width[COLUMNS_MAX];
};

/* "|:---|---:|" */
static bool
is_delimiter(const char *s)
{
	bool dash = false, pipe = false;

	for (; *s != '\0'; s++) {
		if (strchr("-|: \t", *s) == NULL)
			return false;
		dash |= *s == '-';
		pipe |= *s == '|';
	}
	return dash && pipe;
}

/* A paragraph is a table when its second line is a delimiter row. */
static bool
is_table(cmark_node *paragraph)
{
	cmark_node *n = cmark_node_first_child(paragraph);
	bool pipe = false;

	for (; n != NULL; n = cmark_node_next(n)) {
		cmark_node_type type = cmark_node_get_type(n);

		if (type == CMARK_NODE_SOFTBREAK)
			break;
		pipe |= type == CMARK_NODE_TEXT &&
			strchr(cmark_node_get_literal(n), '|') != NULL;
	}
	n = n != NULL ? cmark_node_next(n) : NULL;
	return pipe && n != NULL && cmark_node_get_type(n) == CMARK_NODE_TEXT &&
	       is_delimiter(cmark_node_get_literal(n));
}

struct place {
	struct table *t;
	size_t row, column;
	bool blank; /* nothing in the row so far */
	bool open;  /* the row goes on after a pipe */
};

static struct words *
place_cell(struct place *p)
{
	size_t c = p->column < COLUMNS_MAX ? p->column : COLUMNS_MAX - 1;

	if (c + 1 > p->t->columns)
		p->t->columns = c + 1;
	return &p->t->cells[p->row * COLUMNS_MAX + c];
}

/* Text of one row: each pipe ends a cell, but not the first one before anything. */
static void
place_text(struct place *p, const char *s, const struct render_opts *o)
{
	unsigned style = p->row == 0 && o->color ? STYLE_STRONG : 0;

	while (*s != '\0') {
		size_t len = strcspn(s, "|");

		if (strspn(s, " \t") < len) {
			words_text(place_cell(p), s, len, style, 0);
			p->blank = false;
		} else if (len > 0 && !p->blank && p->t->columns > 0) {
			words_space(place_cell(p));
		}
		s += len;
		if (*s == '|') {
			p->column += !p->blank;
			p->blank = false;
			s++;
			/* A pipe at the row's end closes it. */
			if (s[strspn(s, " \t")] == '\0')
				return;
		}
	}
}

static void
table_read(struct table *t, cmark_node *paragraph, const struct render_opts *o)
{
	struct place p = {.t = t, .blank = true};
	size_t line = 0;

	for (cmark_node *n = cmark_node_first_child(paragraph); n != NULL;
	     n = cmark_node_next(n)) {
		cmark_node_type type = cmark_node_get_type(n);

		if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
			if (++line > ROWS_MAX)
				break;
			p = (struct place){
			    .t = t, .row = line < 2 ? 0 : line - 1, .blank = true};
		} else if (line == 1) {
			continue;
		} else if (type == CMARK_NODE_TEXT) {
			place_text(&p, cmark_node_get_literal(n), o);
		} else {
			inline_node(n, p.row == 0 ? STYLE_STRONG : 0, o, place_cell(&p));
			p.blank = false;
		}
		if (p.row + 1 > t->rows)
			t->rows = p.row + 1;
	}
}

/* Natural widths; while they do not fit, the widest column gives way. */
static void
table_measure(struct table *t, size_t width)
{
	size_t sum = t->columns > 0 ? 2 * (t->columns - 1) : 0;

	for (size_t c = 0; c < t->columns; c++) {
		for (size_t r = 0; r < t->rows; r++) {
			size_t w = words_width(&t->cells[r * COLUMNS_MAX + c]);

			if (w > t->width[c])
				t->width[c] = w;
		}
		/* Wider than any line makes no difference, and bounds the loop below. */
		if (t->width[c] > width)
			t->width[c] = width;
		sum += t->width[c];
	}
	while (sum > width) {
		size_t widest = 0;

		for (size_t c = 1; c < t->columns; c++)
			if (t->width[c] > t->width[widest])
				widest = c;
		if (t->width[widest] <= 4)
			break;
		t->width[widest]--;
		sum--;
	}
}

static void
row_lines(
    const struct table *t, size_t row, const struct render_opts *o, struct vec *lines)
{
	struct vec cell[COLUMNS_MAX];
	size_t height = 0;

	for (size_t c = 0; c < t->columns; c++) {
		cell[c] = (struct vec)VEC_INIT;
		words_lines(&t->cells[row * COLUMNS_MAX + c],
		    t->width[c] ? t->width[c] : 1, o, &cell[c]);
		if (cell[c].len > height)
			height = cell[c].len;
	}
	for (size_t l = 0; l < height; l++) {
		struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

		for (size_t c = 0; c < t->columns; c++) {
			const char *s = l < cell[c].len ? cell[c].v[l] : "";

			buf_adds(&b, s);
			for (size_t w = str_width(s);
			     c + 1 < t->columns && w < t->width[c] + 2; w++)
				buf_addc(&b, ' ');
		}
		while (b.len > 0 && b.s[b.len - 1] == ' ')
			buf_cut(&b, b.len - 1);
		vec_add(lines, b.s);
	}
	for (size_t c = 0; c < t->columns; c++)
		vec_done(&cell[c]);
}

static void
rule_line(const struct table *t, const struct render_opts *o, struct vec *lines)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

	style_on(STYLE_DIM, o, &b);
	for (size_t c = 0; c < t->columns; c++) {
		for (size_t i = 0; i < t->width[c]; i++)
			buf_adds(&b, "\xe2\x94\x80");
		if (c + 1 < t->columns)
			buf_adds(&b, "  ");
	}
	if (o->color)
		buf_adds(&b, "\033[0m");
	vec_add(lines, b.s);
}

bool
table_lines(
    cmark_node *paragraph, size_t width, const struct render_opts *o, struct vec *lines)
{
	struct table t = {0};

	if (!is_table(paragraph))
		return false;
	t.cells = xcalloc((size_t)ROWS_MAX * COLUMNS_MAX, sizeof *t.cells);
	for (size_t i = 0; i < (size_t)ROWS_MAX * COLUMNS_MAX; i++)
		t.cells[i] = (struct words)WORDS_INIT;
	table_read(&t, paragraph, o);
	table_measure(&t, width);
	for (size_t r = 0; r < t.rows; r++) {
		row_lines(&t, r, o, lines);
		if (r == 0)
			rule_line(&t, o, lines);
	}
	for (size_t i = 0; i < (size_t)ROWS_MAX * COLUMNS_MAX; i++)
		words_done(&t.cells[i]);
	free(t.cells);
	return true;
}
