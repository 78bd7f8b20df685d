/*
 * change.c - a Dockerfile's words put to a config without a build: commit -c, import -c
 */
#include "sandbox/build/private.h"
#include <ctype.h>
#include <stdlib.h>

static const char *const allowed[] = {"cmd", "entrypoint", "healthcheck", "env", "expose",
    "label", "onbuild", "user", "volume", "workdir", "stopsignal"};

static int
check(const char *line, struct err *err)
{
	size_t n = strcspn(line, " \t\n");
	cleanup_free char *word = xstrndup(line, n), *small = xstrdup(word);

	for (char *p = small; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		if (str_eq(allowed[i], small))
			return 0;
	return err_set(err, ERR_INPUT, "%s is not a valid change command", word);
}

static int
set_workdir(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in,
    struct err *err)
{
	const char *now = st->config.working_dir != NULL ? st->config.working_dir : "/";
	cleanup_free char *word =
	    in->n_args > 0 ? build_expand(b, st, in->args[0], err) : xstrdup("/");
	cleanup_free char *path = word != NULL ? path_join(now, word) : NULL;

	if (path == NULL)
		return -1;
	image_set(&st->config.working_dir, path);
	return 0;
}

static int
apply(struct dockerfile *df, struct build_stage *st, struct err *err)
{
	struct builder b = {.df = df};
	const struct dockerfile_stage *text = &df->stages[0];

	for (size_t i = 0; i < text->n_instrs; i++) {
		const struct dockerfile_instr *in = &text->instrs[i];
		int rc = in->kind == DOCKERFILE_WORKDIR ? set_workdir(&b, st, in, err)
							: build_effect(&b, st, in, err);

		if (rc < 0)
			return -1;
	}
	return 0;
}

int
build_change(struct image_config *config, const struct vec *changes, struct err *err)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);
	struct build_stage st = {.config = IMAGE_CONFIG_INIT, .env = VEC_INIT};
	struct dockerfile_range where;
	int rc;

	buf_adds(&text, "FROM scratch\n");
	for (size_t i = 0; i < changes->len; i++) {
		if (check(changes->v[i], err) < 0)
			return -1;
		buf_addf(&text, "%s\n", changes->v[i]);
	}
	cleanup_dockerfile struct dockerfile *df =
	    dockerfile_parse(text.s, text.len, &where, err);
	if (df == NULL)
		return -1;
	image_config_copy(&st.config, config);
	vec_add_all(&st.env, config->env.v);
	rc = apply(df, &st, err);
	/* what was done has one line of history, and that is the caller's */
	image_config_cut_history(&st.config, config->nhistory);
	if (rc == 0)
		image_config_copy(config, &st.config);
	image_config_done(&st.config);
	vec_done(&st.env);
	vec_done(&st.args);
	return rc;
}
