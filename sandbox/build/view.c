/*
 * view.c - progress on a terminal: the list of steps, drawn anew over itself
 *
 * A sink.  Done steps are blue, failed ones red; a running one shows its time and the
 * last lines that it wrote, which go when it ends.  The screen is never scrolled by it:
 * when there are more lines than rows, the oldest done steps are left out until the end.
 *
 * Facts: BuildKit's util/progress/progressui, display.go.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

enum { LOG_LINES = 6, WIDTH_MIN = 40, REDRAW = NS_PER_S / 15 };

struct view_row {
	char *text;
	int64_t duration;
};

struct view_vertex {
	char *name;
	int64_t start, duration;
	enum build_end end;
	bool ended;
	struct view_row *rows;
	size_t nrows;
	struct vec log; /* the last lines */
};

struct build_view {
	int fd;
	void (*size)(void *user, unsigned short *rows, unsigned short *cols);
	void *user;
	struct view_vertex *v;
	size_t len;
	int64_t start, drawn;
	size_t lines; /* on the screen now */
	bool over;
};

struct build_view *
build_view_new(int fd,
    void (*size)(void *user, unsigned short *rows, unsigned short *cols), void *user)
{
	struct build_view *w = xcalloc(1, sizeof *w);

	w->fd = fd;
	w->size = size;
	w->user = user;
	w->start = clock_mono();
	return w;
}

void
build_view_free(struct build_view *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->len; i++) {
		struct view_vertex *v = &w->v[i];
		for (size_t k = 0; k < v->nrows; k++)
			free(v->rows[k].text);
		free(v->rows);
		free(v->name);
		vec_done(&v->log);
	}
	free(w->v);
	free(w);
}

void
build_view_free_p(struct build_view **w)
{
	build_view_free(*w);
	*w = NULL;
}

/* ---- drawing
 * -------------------------------------------------------------------------------- */

/* Appends at most `width` columns of text that may hold anything. */
static size_t
add_cut(struct buf *out, const char *text, size_t width)
{
	size_t used = 0;

	for (const char *p = text; *p != '\0' && used < width;) {
		size_t n = str_utf8_len(p);
		if (n == 1 && ((unsigned char)*p < ' ' || *p == 0x7f)) {
			/* the step's own colours and movements stay out of the list */
			if (*p == '\033' && p[1] == '[')
				p += 2 + strcspn(p + 2, "ABCDEFGHJKSTfhilmnsu") -
				     (p[2] == '\0');
			p += *p != '\0';
			continue;
		}
		buf_add(out, p, n);
		p += n;
		used++;
	}
	return used;
}

/* Text at the left, a time at the right edge. */
static void
add_line(struct buf *out, const char *text, const char *right, size_t width,
    const char *colour)
{
	size_t room = width > strlen(right) + 1 ? width - strlen(right) - 1 : 1;
	bool cut = str_width(text) > room;

	buf_adds(out, colour);
	size_t used = add_cut(out, text, cut && room > 3 ? room - 3 : room);
	if (cut && room > 3) {
		buf_adds(out, "...");
		used += 3;
	}
	buf_addf(out, "%*s%s%s\033[K\n", (int)(width - strlen(right) - used), "", right,
	    *colour != '\0' ? "\033[0m" : "");
}

static const char *
colour_of(const struct view_vertex *v)
{
	if (!v->ended)
		return "";
	return v->end == BUILD_ERROR      ? "\033[31m"
	       : v->end == BUILD_CANCELED ? "\033[33m"
					  : "\033[34m";
}

static size_t
add_vertex(struct buf *out, const struct view_vertex *v, size_t width)
{
	static const char *const words[] = {[BUILD_DONE] = "",
	    [BUILD_CACHED] = "CACHED ",
	    [BUILD_ERROR] = "ERROR ",
	    [BUILD_CANCELED] = "CANCELED "};
	int64_t time = v->ended ? v->duration : clock_mono() - v->start;
	cleanup_free char *text =
	    xasprintf(" => %s%s", v->ended ? words[v->end] : "", v->name);
	cleanup_free char *right = xasprintf(" %3.1fs", (double)time / NS_PER_S);
	size_t lines = 1;

	add_line(out, text, right, width, colour_of(v));
	for (size_t i = 0; i < v->nrows; i++, lines++) {
		cleanup_free char *row = xasprintf(" => => %s", v->rows[i].text);
		cleanup_free char *at =
		    xasprintf(" %3.1fs", (double)v->rows[i].duration / NS_PER_S);
		add_line(out, row, at, width, colour_of(v));
	}
	for (size_t i = 0; !v->ended && i < v->log.len; i++, lines++) {
		cleanup_free char *row = xasprintf(" => => # %s", v->log.v[i]);
		add_line(out, row, "", width, "\033[2m");
	}
	return lines;
}

static size_t
height_of(const struct view_vertex *v)
{
	return 1 + v->nrows + (v->ended ? 0 : v->log.len);
}

/* Which vertices fit: of those that are done the oldest go first. */
static size_t
first_shown(const struct build_view *w, size_t rows)
{
	size_t all = 1, first = 0;

	for (size_t i = 0; i < w->len; i++)
		all += height_of(&w->v[i]);
	while (first < w->len && all >= rows && w->v[first].ended)
		all -= height_of(&w->v[first++]);
	return first;
}

static void
draw(struct build_view *w)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	unsigned short rows = 0, cols = 0;
	size_t done = 0;

	w->drawn = clock_mono();
	w->size(w->user, &rows, &cols);
	size_t width = cols >= WIDTH_MIN ? cols : cols == 0 ? 80 : WIDTH_MIN;
	for (size_t i = 0; i < w->len; i++)
		done += w->v[i].ended;
	buf_adds(&out, "\033[?25l");
	if (w->lines > 0)
		buf_addf(&out, "\033[%zuA\r", w->lines);
	cleanup_free char *head = xasprintf("[+] Building %.1fs (%zu/%zu)%s",
	    (double)(w->drawn - w->start) / NS_PER_S, done, w->len,
	    w->over && done == w->len ? " FINISHED" : "");
	add_line(&out, head, " docker:default", width, "");
	w->lines = 1;
	for (size_t i = w->over ? 0 : first_shown(w, rows > 2 ? rows : 24); i < w->len;
	     i++)
		w->lines += add_vertex(&out, &w->v[i], width);
	buf_adds(&out, "\033[J\033[?25h");
	(void)fd_write_all(w->fd, out.s, out.len);
}

void
build_view_end(struct build_view *w)
{
	w->over = true;
	draw(w);
}

/* ---- the sink
 * -------------------------------------------------------------------------------- */

static void
draw_soon(struct build_view *w)
{
	if (clock_mono() - w->drawn >= REDRAW)
		draw(w);
}

static void
on_started(void *user, int vertex, const char *name)
{
	struct build_view *w = user;

	if (vertex < 0 || (size_t)vertex != w->len)
		return;
	w->v = xrealloc(w->v, (w->len + 1) * sizeof *w->v);
	w->v[w->len++] = (struct view_vertex){
	    .name = xstrdup(name), .start = clock_mono(), .log = VEC_INIT};
	draw_soon(w);
}

static struct view_vertex *
find(struct build_view *w, int vertex)
{
	return vertex >= 0 && (size_t)vertex < w->len ? &w->v[vertex] : NULL;
}

static void
on_status(void *user, int vertex, const struct build_status *s)
{
	struct build_view *w = user;
	struct view_vertex *v = find(w, vertex);
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	if (v == NULL)
		return;
	buf_adds(&text, s->id);
	if (s->current != 0) {
		buf_addc(&text, ' ');
		build_add_bytes(&text, s->current);
	}
	v->rows = xrealloc(v->rows, (v->nrows + 1) * sizeof *v->rows);
	v->rows[v->nrows++] = (struct view_row){buf_take(&text), s->duration};
	draw_soon(w);
}

static void
on_log(void *user, int vertex, int64_t offset, const char *line, size_t len)
{
	struct build_view *w = user;
	struct view_vertex *v = find(w, vertex);

	(void)offset;
	if (v == NULL)
		return;
	if (v->log.len == LOG_LINES)
		vec_remove(&v->log, 0);
	vec_take(&v->log, xstrndup(line, len));
	draw_soon(w);
}

static void
on_ended(void *user, int vertex, enum build_end end, int64_t duration, const char *text)
{
	struct build_view *w = user;
	struct view_vertex *v = find(w, vertex);

	(void)text;
	if (v == NULL)
		return;
	v->ended = true;
	v->end = end;
	v->duration = duration;
	draw_soon(w);
}

static void
on_tick(void *user)
{
	draw_soon(user);
}

struct build_sink
build_view_sink(struct build_view *w)
{
	return (struct build_sink){.user = w,
	    .started = on_started,
	    .status = on_status,
	    .log = on_log,
	    .ended = on_ended,
	    .tick = on_tick};
}
