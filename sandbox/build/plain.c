/*
 * plain.c - BuildKit's plain progress lines
 *
 * A sink that writes what `docker build --progress=plain` writes.  A vertex gets
 * its number when its first line is written; a blank line stands before each
 * header; leaving a vertex that goes on is marked with "...", and its header is
 * repeated on return.  Knows nothing of builds, only of the sink's calls.
 *
 * Facts: BuildKit's util/progress/progressui, printer.go and display.go.
 */
#include "sandbox/build/build.h"
#include "sandbox/build/private.h"

struct row {
	char *name;
	int number; /* 0: nothing written yet */
	bool ended;
};

struct build_plain {
	int fd;
	struct row *rows;
	size_t nrows;
	int last;    /* highest number given */
	int current; /* vertex of the last line, or -1 */
};

struct build_plain *
build_plain_new(int fd)
{
	static const char head[] =
	    "#0 building with \"default\" instance using docker driver\n";
	struct build_plain *p = xcalloc(1, sizeof *p);
	p->fd = fd;
	p->current = -1;
	(void)fd_write_all(fd, head, sizeof head - 1);
	return p;
}

void
build_plain_free(struct build_plain *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->nrows; i++)
		free(p->rows[i].name);
	free(p->rows);
	free(p);
}

void
build_plain_free_p(struct build_plain **p)
{
	build_plain_free(*p);
	*p = NULL;
}

static struct row *
row_at(struct build_plain *p, int vertex)
{
	return vertex >= 0 && (size_t)vertex < p->nrows ? &p->rows[vertex] : NULL;
}

/* Begins a line of the vertex: header first when the last line was another's. */
static struct row *
begin_line(struct build_plain *p, int vertex, struct buf *out)
{
	struct row *row = row_at(p, vertex);
	if (row == NULL || row->ended)
		return NULL;
	if (p->current == vertex)
		return row;
	struct row *before = row_at(p, p->current);
	if (before != NULL && !before->ended)
		buf_addf(out, "#%d ...\n", before->number);
	if (row->number == 0)
		row->number = ++p->last;
	buf_addf(out, "\n#%d %s\n", row->number, row->name);
	p->current = vertex;
	return row;
}

static void
send_lines(struct build_plain *p, const struct buf *out)
{
	/* A closed standard error must not end a build. */
	(void)fd_write_all(p->fd, out->s, out->len);
}

static void
on_started(void *user, int vertex, const char *name)
{
	struct build_plain *p = user;
	if (vertex < 0)
		return;
	if ((size_t)vertex >= p->nrows) {
		size_t n = (size_t)vertex + 1;
		p->rows = xrealloc(p->rows, n * sizeof *p->rows);
		memset(p->rows + p->nrows, 0, (n - p->nrows) * sizeof *p->rows);
		p->nrows = n;
	}
	free(p->rows[vertex].name);
	p->rows[vertex] = (struct row){.name = xstrdup(name)};
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	begin_line(p, vertex, &out);
	send_lines(p, &out);
}

void
build_add_bytes(struct buf *out, int64_t n)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
	if (n < 1000) {
		buf_addf(out, "%lldB", (long long)n);
		return;
	}
	double v = (double)n / 1000;
	size_t u = 0;
	while (v >= 1000 && u + 1 < ARRAY_LEN(units)) {
		v /= 1000;
		u++;
	}
	buf_addf(out, "%.2f%s", v, units[u]);
}

static void
on_status(void *user, int vertex, const struct build_status *s)
{
	struct build_plain *p = user;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct row *row = begin_line(p, vertex, &out);
	if (row == NULL)
		return;
	buf_addf(&out, "#%d %s", row->number, s->id);
	if (s->current != 0 || s->total != 0) {
		buf_addc(&out, ' ');
		build_add_bytes(&out, s->current);
	}
	if (s->total != 0) {
		buf_adds(&out, " / ");
		build_add_bytes(&out, s->total);
	}
	if (s->duration > NS_PER_S / 100)
		buf_addf(&out, " %.1fs", (double)s->duration / NS_PER_S);
	buf_adds(&out, s->done ? " done\n" : "\n");
	send_lines(p, &out);
}

void
build_add_offset(struct buf *out, int64_t offset)
{
	double s = (double)offset / NS_PER_S;
	buf_addf(out, "%.*f", s < 10 ? 3 : s < 100 ? 2 : 1, s);
}

static void
on_log(void *user, int vertex, int64_t offset, const char *line, size_t len)
{
	struct build_plain *p = user;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct row *row = begin_line(p, vertex, &out);
	if (row == NULL)
		return;
	buf_addf(&out, "#%d ", row->number);
	build_add_offset(&out, offset);
	buf_addc(&out, ' ');
	buf_add(&out, line, len);
	buf_addc(&out, '\n');
	send_lines(p, &out);
}

static void
on_ended(void *user, int vertex, enum build_end end, int64_t duration, const char *text)
{
	struct build_plain *p = user;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct row *row = begin_line(p, vertex, &out);
	if (row == NULL)
		return;
	buf_addf(&out, "#%d ", row->number);
	switch (end) {
	case BUILD_DONE:
		buf_addf(&out, "DONE %.1fs\n", (double)duration / NS_PER_S);
		break;
	case BUILD_CACHED: buf_adds(&out, "CACHED\n"); break;
	case BUILD_CANCELED: buf_adds(&out, "CANCELED\n"); break;
	case BUILD_ERROR:
		buf_addf(&out, "ERROR: %s\n", text != NULL ? text : "failed");
		break;
	}
	row->ended = true;
	send_lines(p, &out);
}

struct build_sink
build_plain_sink(struct build_plain *p)
{
	return (struct build_sink){.user = p,
	    .started = on_started,
	    .status = on_status,
	    .log = on_log,
	    .ended = on_ended};
}
