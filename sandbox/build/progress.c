/*
 * progress.c - telling the sink, and keeping what a failure will show
 */
#include "sandbox/build/private.h"

enum { LOG_KEPT = 10 }; /* lines that BuildKit repeats below a failed build */

struct build_vertex
build_start(struct builder *b, const char *name)
{
	struct build_vertex v = {b->nvertices++, clock_mono(), name};
	if (b->sink->started != NULL)
		b->sink->started(b->sink->user, v.number, name);
	return v;
}

void
build_row(struct builder *b, const struct build_vertex *v, const char *id,
    int64_t current, int64_t duration, bool done)
{
	struct build_status row = {
	    .id = id, .current = current, .duration = duration, .done = done};
	if (b->sink->status != NULL)
		b->sink->status(b->sink->user, v->number, &row);
}

void
build_tell_log(struct builder *b, const struct build_vertex *v, struct vec *logs,
    int64_t offset, const char *line, size_t len)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	if (b->sink->log != NULL)
		b->sink->log(b->sink->user, v->number, offset, line, len);
	build_add_offset(&text, offset);
	buf_addc(&text, ' ');
	buf_add(&text, line, len);
	if (logs->len == LOG_KEPT)
		vec_remove(logs, 0);
	vec_take(logs, buf_take(&text));
}

void
build_end(struct builder *b, const struct build_vertex *v, enum build_end end)
{
	if (b->sink->ended != NULL)
		b->sink->ended(
		    b->sink->user, v->number, end, clock_mono() - v->start, NULL);
}

int
build_fail(struct builder *b, const struct build_vertex *v, const struct err *err)
{
	if (err->kind == ERR_INTERRUPTED) {
		build_end(b, v, BUILD_CANCELED);
		return -1;
	}
	if (b->sink->ended != NULL)
		b->sink->ended(b->sink->user, v->number, BUILD_ERROR,
		    clock_mono() - v->start,
		    b->ret->message != NULL ? b->ret->message : err->text);
	free(b->ret->vertex);
	b->ret->vertex = xstrdup(v->name);
	return -1;
}
