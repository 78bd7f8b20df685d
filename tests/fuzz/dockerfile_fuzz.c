/*
 * dockerfile_fuzz.c - any bytes as a Dockerfile
 *
 * What must hold: nothing crashes, nothing leaks, an error always has words, and lines
 * to be framed lie in the text.
 */
#include "sandbox/dockerfile/dockerfile.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
describe(
    const struct dockerfile *df, const struct dockerfile_instr *in, const struct vec *env)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_vec struct vec argv = VEC_INIT, words = VEC_INIT, ports = VEC_INIT;
	const struct dockerfile_heredoc *script;
	const struct dockerfile_done done = {.words = &words};

	dockerfile_title(&out, df, in, env);
	dockerfile_run_argv(in, NULL, &argv, &script);
	for (size_t i = 0; i < in->n_args; i++) {
		dockerfile_expand_words(NULL, in->args[i], env, &words, NULL);
		dockerfile_source_heredoc(in, in->args[i]);
	}
	if (words.len < 50)
		dockerfile_ports(&words, &ports, NULL);
	dockerfile_history(&out, in, &done);
}

static void
parse(const char *text, size_t size)
{
	static const struct dockerfile_lint_input lint = {0};
	cleanup_dockerfile_warnings struct dockerfile_warnings warnings = {0};
	cleanup_dockerfile_plan struct dockerfile_plan plan = {0};
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_vec struct vec env = VEC_INIT;
	struct dockerfile_range where;
	struct err err = ERR_INIT;
	cleanup_dockerfile struct dockerfile *df =
	    dockerfile_parse(text, size, &where, &err);

	dockerfile_frame(&out, "Dockerfile", text, size, where);
	cleanup_json json_t *ast = dockerfile_ast(text, size, &where, NULL);
	if (df != NULL && !json_is_array(ast))
		abort();
	if (df == NULL && (err.text[0] == '\0' || (where.first > 0 && out.len == 0)))
		abort();
	if (df == NULL)
		return;
	vec_add(&env, "A=some/value.tar.gz");
	for (size_t i = 0; i < df->n_stages; i++)
		for (size_t k = 0; k < df->stages[i].n_instrs; k++)
			describe(df, &df->stages[i].instrs[k], &env);
	dockerfile_lint(df, &lint, &warnings);
	dockerfile_lint_python(df, &warnings);
	dockerfile_sort_warnings(&warnings);
	dockerfile_add_check(&out, &warnings, "Dockerfile", text, size);
	dockerfile_add_warnings(&out, &warnings);
	if (dockerfile_plan(df, NULL, &plan, &where, &err) < 0 && err.text[0] == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse((const char *)data, size);
	return 0;
}
