/*
 * describe.c - titles of steps, and the argv that a step starts
 */
#include "sandbox/dockerfile/private.h"

/* Is the whole command one here-document: RUN <<EOF? */
static bool
is_sole_heredoc(const struct dockerfile_instr *in)
{
	struct dockerfile_arena *a;
	struct dockerfile_heredoc doc;
	bool sole;

	if (in->is_json || in->n_heredocs == 0 || in->n_args != 1)
		return false;
	a = df_arena_new();
	sole = df_heredoc_marker(a, in->args[0], &doc);
	df_arena_free(a);
	return sole;
}

/* " (first line...)" */
static void
add_summary(struct buf *out, const char *body)
{
	cleanup_free char *copy = xstrdup(body);
	char *text = str_trim(copy);
	size_t len = strcspn(text, "\r\n");

	buf_addf(out, " (%.*s%s)", (int)len, text, text[len] != '\0' ? "..." : "");
}

void
dockerfile_title(struct buf *out, const struct dockerfile *df,
    const struct dockerfile_instr *in, const struct vec *env)
{
	bool run = in->kind == DOCKERFILE_RUN;
	const struct dockerfile_lex lex = {
	    .escape = df->escape, .keep_quotes = run, .keep_unset = run};
	cleanup_free char *text = dockerfile_expand(&lex, in->text, env, NULL);

	/* Text that cannot be expanded is shown as it is; the error comes elsewhere. */
	buf_adds(out, text != NULL ? text : in->text);
	if (run && is_sole_heredoc(in))
		add_summary(out, in->heredocs[0].raw);
}

void
dockerfile_step_prefix(struct buf *out, const char *stage, int i, int n)
{
	int width = snprintf(NULL, 0, "%d", n);

	buf_addf(out, "[%s%s%*d/%d] ", stage != NULL ? stage : "",
	    stage != NULL ? " " : "", width, i, n);
}

int
dockerfile_steps(const struct dockerfile_stage *stage, bool base_is_image)
{
	int n = base_is_image;

	for (size_t i = 0; i < stage->n_instrs; i++)
		n += dockerfile_row(stage->instrs[i].kind)->layer;
	return n;
}

static void
add_shell(const struct vec *shell, struct vec *argv)
{
	if (shell != NULL && shell->len > 0) {
		vec_add_all(argv, shell->v);
		return;
	}
	vec_add(argv, "/bin/sh");
	vec_add(argv, "-c");
}

void
dockerfile_shell_argv(
    const struct dockerfile_instr *in, const struct vec *shell, struct vec *argv)
{
	if (in->is_json) {
		vec_add_all(argv, in->args);
		return;
	}
	add_shell(shell, argv);
	vec_add(argv, in->n_args > 0 ? in->args[0] : "");
}

/* `python3 <<EOF`: the shell of the container reads the bodies itself, so the text
 * is put together again. */
static char *
reassembled(const struct dockerfile_instr *in)
{
	struct buf text = BUF_INIT(BUF_OURS);

	buf_adds(&text, in->n_args > 0 ? in->args[0] : "");
	for (size_t i = 0; i < in->n_heredocs; i++)
		buf_addf(&text, "\n%s%s", in->heredocs[i].raw, in->heredocs[i].name);
	return text.len > 0 ? buf_take(&text) : xstrdup("");
}

void
dockerfile_run_argv(const struct dockerfile_instr *in, const struct vec *shell,
    struct vec *argv, const struct dockerfile_heredoc **ret_script)
{
	*ret_script = NULL;
	if (in->is_json || in->n_heredocs == 0) {
		dockerfile_shell_argv(in, shell, argv);
		return;
	}
	if (!is_sole_heredoc(in)) {
		add_shell(shell, argv);
		vec_take(argv, reassembled(in));
	} else if (str_starts(in->heredocs[0].raw, "#!")) {
		*ret_script = &in->heredocs[0];
		vec_addf(argv, "/dev/pipes/%s", in->heredocs[0].name);
	} else {
		add_shell(shell, argv);
		vec_add(argv, in->heredocs[0].content);
	}
}

const struct dockerfile_heredoc *
dockerfile_source_heredoc(const struct dockerfile_instr *in, const char *source)
{
	const struct dockerfile_heredoc *found = NULL;
	struct dockerfile_arena *a;
	struct dockerfile_heredoc doc;

	if (in->n_heredocs == 0)
		return NULL;
	a = df_arena_new();
	if (df_heredoc_marker(a, source, &doc))
		for (size_t i = 0; i < in->n_heredocs; i++)
			if (str_eq(in->heredocs[i].name, doc.name))
				found = &in->heredocs[i];
	df_arena_free(a);
	return found;
}
