/*
 * parse.c - the whole file: first every line, then every instruction, then the
 * stages
 */
#include "sandbox/dockerfile/private.h"
#include <stdlib.h>

/* Can its words be here-document markers? */
static bool
may_have_heredocs(const struct df_node *n)
{
	if (n->rule == NULL || n->in.is_json)
		return false;
	switch (n->rule->row.kind) {
	case DOCKERFILE_ADD:
	case DOCKERFILE_COPY:
	case DOCKERFILE_RUN: return true;
	case DOCKERFILE_ONBUILD: return n->sub != NULL && may_have_heredocs(n->sub);
	default: return false;
	}
}

/* The next instruction: 1, 0 at the end, -1. */
static int
read_node(struct df_reader *r, struct df_node *ret, struct dockerfile_range *where,
    struct err *err)
{
	struct df_logical l;
	int got = df_read_logical(r, &l, err);

	*where = l.lines;
	if (got <= 0)
		return got;
	if (df_parse_line(r->df, l.text, ret, err) < 0)
		return -1;
	ret->in.comment = l.comment;
	ret->in.empty_line = l.empty_line;
	if (may_have_heredocs(ret) && df_read_heredocs(r, l.text, &ret->in, err) < 0) {
		where->last = r->line;
		return -1;
	}
	where->last = r->line;
	ret->in.lines = *where;
	return 1;
}

void
df_nodes_done(struct df_nodes *all)
{
	free(all->v);
}

/* A million instructions are a few hundred megabytes: they are freed as soon as the
 * stages have theirs. */
static void
add_node(struct df_nodes *all, const struct df_node *node)
{
	if (all->n == all->cap) {
		all->cap = all->cap > 0 ? all->cap + all->cap / 2 : 64;
		all->v = xrealloc(all->v, all->cap * sizeof *all->v);
	}
	all->v[all->n++] = *node;
}

/* What editors of another system write looks like text, and is none here. */
static int
refuse_utf16(const struct df_reader *r, struct dockerfile_range *where, struct err *err)
{
	cleanup_buf struct buf word = BUF_INIT(64);

	if (r->end - r->p < 2 ||
	    (memcmp(r->p, "\xff\xfe", 2) != 0 && memcmp(r->p, "\xfe\xff", 2) != 0))
		return 0;
	for (const char *p = r->p; p < r->end && !df_is_blank(*p); p++)
		if (*p != '\0')
			buf_addc(&word, *p);
	*where = (struct dockerfile_range){1, 1};
	return err_set(err, ERR_INPUT,
	    "dockerfile parse error on line 1: unknown instruction: %s (the file is "
	    "UTF-16: "
	    "save it as UTF-8)",
	    word.s);
}

int
df_read_nodes(struct df_reader *r, struct df_nodes *all, struct dockerfile_range *where,
    struct err *err)
{
	if (r->p == r->end)
		return err_set(err, ERR_INPUT, "the Dockerfile cannot be empty");
	if (r->end - r->p >= 3 && memcmp(r->p, "\xef\xbb\xbf", 3) == 0)
		r->p += 3;
	if (refuse_utf16(r, where, err) < 0)
		return -1;
	for (;;) {
		struct df_node node;
		int got = read_node(r, &node, where, err);

		if (got < 0)
			return -1;
		if (got == 0 && all->n > 0)
			return 0;
		if (got == 0) {
			*where = (struct dockerfile_range){r->line, r->line};
			return err_set(err, ERR_INPUT, "file with no instructions");
		}
		add_node(all, &node);
	}
}

static int
check_node(struct dockerfile *df, struct df_node *n, struct err *err)
{
	struct err cause = ERR_INIT;

	if (df_check(df, n, &cause) == 0)
		return 0;
	return err_set(err, cause.kind, "dockerfile parse error on line %d: %s",
	    n->in.lines.first, cause.text);
}

static const char *
lowered(struct dockerfile *df, const char *s)
{
	char *copy = df_dup(df->arena, s, strlen(s));

	for (char *p = copy; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 32;
	return copy;
}

static void
add_stage(struct dockerfile *df, const struct dockerfile_instr *from)
{
	const char *platform = dockerfile_flag(from, "platform");
	struct dockerfile_stage *st;

	df->stages = df_push(df->arena, df->stages, &df->n_stages, sizeof *df->stages);
	st = &df->stages[df->n_stages - 1];
	st->from = *from;
	st->base = from->args[0];
	st->as = from->n_args == 3 ? from->args[1] : "";
	st->written = from->n_args == 3 ? from->args[2] : "";
	st->name = lowered(df, st->written);
	st->platform = platform != NULL ? platform : "";
	st->lines = from->lines;
}

/* Puts a checked instruction where it belongs; *room is for all of the file. */
static int
place(struct dockerfile *df, const struct dockerfile_instr *in,
    struct dockerfile_instr **room, struct err *err)
{
	struct dockerfile_stage *st;

	if (in->kind == DOCKERFILE_FROM) {
		add_stage(df, in);
		return 0;
	}
	if (df->n_stages == 0) {
		if (in->kind != DOCKERFILE_ARG)
			return err_set(
			    err, ERR_INPUT, "no build stage in current context");
		if (df->globals == NULL)
			df->globals = *room;
		df->globals[df->n_globals++] = *in;
		++*room;
		return 0;
	}
	st = &df->stages[df->n_stages - 1];
	if (st->instrs == NULL)
		st->instrs = *room;
	st->instrs[st->n_instrs++] = *in;
	++*room;
	st->lines.last = in->lines.last;
	return 0;
}

static int
parse(struct df_reader *r, struct dockerfile_range *where, struct err *err)
{
	cleanup_df_nodes struct df_nodes all = {0};
	struct dockerfile_instr *room;

	if (df_read_nodes(r, &all, where, err) < 0)
		return -1;
	room = df_alloc(r->df->arena, all.n * sizeof *room);
	for (size_t i = 0; i < all.n; i++) {
		*where = all.v[i].in.lines;
		if (check_node(r->df, &all.v[i], err) < 0 ||
		    place(r->df, &all.v[i].in, &room, err) < 0)
			return -1;
	}
	*where = (struct dockerfile_range){0};
	if (r->df->n_stages == 0)
		return err_set(err, ERR_INPUT, "dockerfile contains no stages to build");
	df_index_stages(r->df);
	return 0;
}

struct dockerfile *
df_new(void)
{
	struct dockerfile *df = xcalloc(1, sizeof *df);

	df->arena = df_arena_new();
	df->escape = '\\';
	df->syntax = df->check = "";
	return df;
}

struct dockerfile *
dockerfile_parse(
    const char *text, size_t len, struct dockerfile_range *ret_where, struct err *err)
{
	cleanup_dockerfile struct dockerfile *df = df_new();
	cleanup_df_reader struct df_reader r = {
	    .df = df, .p = text, .end = text + len, .comment = BUF_INIT(BUF_OURS)};

	*ret_where = (struct dockerfile_range){0};
	return parse(&r, ret_where, err) < 0 ? NULL : take_ptr(df);
}

int
dockerfile_parse_trigger(struct dockerfile *df, const char *text,
    struct dockerfile_range lines, struct dockerfile_instr *ret_in, struct err *err)
{
	cleanup_df_reader struct df_reader r = {.df = df,
	    .p = text,
	    .end = text + strlen(text),
	    .directives_over = true,
	    .comment = BUF_INIT(BUF_OURS)};
	struct dockerfile_range where;
	struct df_node node;
	int got = read_node(&r, &node, &where, err);

	if (got == 0)
		return err_set(err, ERR_INPUT, "file with no instructions");
	if (got < 0)
		return -1;
	node.in.lines = lines;
	if (check_node(df, &node, err) < 0)
		return -1;
	*ret_in = node.in;
	return 0;
}

void
dockerfile_free(struct dockerfile *df)
{
	if (df == NULL)
		return;
	df_arena_free(df->arena);
	free(df);
}

void
dockerfile_free_p(struct dockerfile **df)
{
	dockerfile_free(*df);
}
