/*
 * plain.c - BuildKit's plain progress lines
 *
 * A sink that writes what `docker build --progress=plain` writes.  A vertex gets
 * its number when its first line is written; a blank line stands before each
 * header; leaving a vertex that goes on is marked with "...", and its header is
 * repeated on return.  Of several that go on one at a time has the screen; what the
 * others say waits until they end or get their turn.  Knows nothing of builds, only of
 * the sink's calls.
 *
 * Facts: BuildKit's util/progress/progressui, printer.go and display.go.
 */
#include "sandbox/build/build.h"
#include "sandbox/build/private.h"

/* How long a vertex keeps the screen for itself, and how long another may be kept
 * waiting. */
enum { KEPT = 5, WAIT_MAX = 10 };

struct row {
	char *name;
	int number; /* 0: nothing written yet */
	bool begun, ended;
	struct buf waiting; /* lines without their "#N " */
	size_t lines;       /* told since then */
	int64_t since;      /* it came to the screen, or left it */
};

struct build_plain {
	int fd;
	struct row *rows;
	size_t nrows;
	int last;    /* highest number given */
	int current; /* vertex of the last line as long as that goes on, or -1 */
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

static void
row_done(struct row *row)
{
	free(row->name);
	buf_done(&row->waiting);
}

void
build_plain_free(struct build_plain *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->nrows; i++)
		row_done(&p->rows[i]);
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

/* ---- what stands on the screen
 * ----------------------------------------------------------------- */

/* The header when the last line was another's. */
static void
add_header(struct build_plain *p, int vertex, struct buf *out)
{
	struct row *row = &p->rows[vertex], *before = row_at(p, p->current);

	if (p->current == vertex)
		return;
	if (before != NULL) {
		buf_addf(out, "#%d ...\n", before->number);
		before->since = clock_mono();
		before->lines = 0;
	}
	if (row->number == 0)
		row->number = ++p->last;
	buf_addf(out, "\n#%d %s\n", row->number, row->name);
	row->since = clock_mono();
	row->lines = 0;
}

/* All that waits of the vertex. */
static void
show(struct build_plain *p, int vertex)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct row *row = &p->rows[vertex];
	const char *line = row->waiting.s, *const end = line + row->waiting.len;

	add_header(p, vertex, &out);
	while (line < end) {
		const char *next =
		    (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
		buf_addf(&out, "#%d ", row->number);
		buf_add(&out, line, (size_t)(next - line));
		line = next;
	}
	buf_clear(&row->waiting);
	p->current = row->ended ? -1 : vertex;
	/* A closed standard error must not end a build. */
	(void)fd_write_all(p->fd, out.s, out.len);
}

static bool
goes_on(const struct row *row)
{
	return row->begun && !row->ended;
}

static double
speed(const struct row *row)
{
	double seconds = (double)(clock_mono() - row->since) / NS_PER_S;

	return (double)row->lines / (seconds > 0.01 ? seconds : 0.01);
}

/* The one that has most to say, or -1. */
static int
busiest(const struct build_plain *p, bool with_current)
{
	int best = -1;

	for (size_t i = 0; i < p->nrows; i++)
		if (goes_on(&p->rows[i]) && (with_current || (int)i != p->current) &&
		    (best < 0 || speed(&p->rows[i]) > speed(&p->rows[best])))
			best = (int)i;
	return best;
}

/* Another one comes to the screen when it had to wait too long, or when the current one
 * has had its share of the time. */
static void
take_turns(struct build_plain *p)
{
	const struct row *row = row_at(p, p->current);
	int other = busiest(p, false);
	int64_t now = clock_mono();
	double sum = 0;

	if (row == NULL || other < 0)
		return;
	for (size_t i = 0; i < p->nrows; i++) {
		const struct row *r = &p->rows[i];
		if (!goes_on(r))
			continue;
		sum += speed(r);
		if (r != row && r->waiting.len > 0 &&
		    now - r->since > WAIT_MAX * NS_PER_S) {
			show(p, (int)i);
			return;
		}
	}
	if (p->rows[other].waiting.len > 0 &&
	    KEPT * NS_PER_S / (1 - speed(row) / sum) < (double)(now - row->since))
		show(p, other);
}

static struct row *
begin_line(struct build_plain *p, int vertex)
{
	struct row *row = row_at(p, vertex);

	if (row == NULL || !goes_on(row))
		return NULL;
	row->lines++;
	return row;
}

static void
end_line(struct build_plain *p, int vertex)
{
	if (p->current == vertex || p->current < 0)
		show(p, vertex);
	else
		take_turns(p);
}

/* ---- the sink
 * ------------------------------------------------------------------------------- */

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
		for (size_t i = p->nrows; i < n; i++)
			p->rows[i].waiting = (struct buf)BUF_INIT(BUF_OURS);
		p->nrows = n;
	}
	row_done(&p->rows[vertex]);
	p->rows[vertex] = (struct row){.name = xstrdup(name),
	    .begun = true,
	    .waiting = BUF_INIT(BUF_OURS),
	    .since = clock_mono()};
	if (p->current < 0)
		show(p, vertex);
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
	struct row *row = begin_line(p, vertex);

	if (row == NULL)
		return;
	buf_adds(&row->waiting, s->id);
	if (s->current != 0 || s->total != 0) {
		buf_addc(&row->waiting, ' ');
		build_add_bytes(&row->waiting, s->current);
	}
	if (s->total != 0) {
		buf_adds(&row->waiting, " / ");
		build_add_bytes(&row->waiting, s->total);
	}
	if (s->duration > NS_PER_S / 100)
		buf_addf(&row->waiting, " %.1fs", (double)s->duration / NS_PER_S);
	buf_adds(&row->waiting, s->done ? " done\n" : "\n");
	end_line(p, vertex);
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
	struct row *row = begin_line(p, vertex);

	if (row == NULL)
		return;
	build_add_offset(&row->waiting, offset);
	buf_addc(&row->waiting, ' ');
	buf_add(&row->waiting, line, len);
	buf_addc(&row->waiting, '\n');
	end_line(p, vertex);
}

static void
on_ended(void *user, int vertex, enum build_end end, int64_t duration, const char *text)
{
	struct build_plain *p = user;
	struct row *row = begin_line(p, vertex);

	if (row == NULL)
		return;
	switch (end) {
	case BUILD_DONE:
		buf_addf(&row->waiting, "DONE %.1fs\n", (double)duration / NS_PER_S);
		break;
	case BUILD_CACHED: buf_adds(&row->waiting, "CACHED\n"); break;
	case BUILD_CANCELED: buf_adds(&row->waiting, "CANCELED\n"); break;
	case BUILD_ERROR:
		buf_addf(&row->waiting, "ERROR: %s\n", text != NULL ? text : "failed");
		break;
	}
	row->ended = true;
	show(p, vertex);
	/* the screen is never left to nobody while something goes on */
	int next = busiest(p, true);
	if (next >= 0)
		show(p, next);
}

static void
on_tick(void *user)
{
	take_turns(user);
}

struct build_sink
build_plain_sink(struct build_plain *p)
{
	return (struct build_sink){.user = p,
	    .started = on_started,
	    .status = on_status,
	    .log = on_log,
	    .ended = on_ended,
	    .tick = on_tick};
}
