/*
 * lint_walk.c - the rules for one instruction, with the environment that it sees
 */
#include "sandbox/dockerfile/private.h"

char *
df_did_you_mean(const char *word, const struct vec *env, const char *sigil)
{
	cleanup_vec struct vec names = VEC_INIT;
	const char *near;

	for (size_t i = 0; i < env->len; i++)
		vec_addf(&names, "%.*s", (int)strcspn(env->v[i], "="), env->v[i]);
	near = str_nearest(word, (const char *const *)names.v, 3);
	return near != NULL ? xasprintf(" (did you mean %s%s?)", sigil, near)
			    : xstrdup("");
}

/* More names than an image's history can have lines: nobody needs to be told then that
 * one is undefined, and looking each up among a million others would take hours. */
enum { NAMES_MAX = 1024 };

static void
forget_names(struct df_world *w)
{
	w->full = true;
	w->known = false;
	vec_done(&w->env);
	vec_done(&w->args);
}

static void
learn(struct df_world *w, const char *name, const char *value)
{
	if (!w->full)
		vec_env_set(&w->env, name, value);
	if (w->env.len > NAMES_MAX)
		forget_names(w);
}

static void
learn_arg(struct df_world *w, const char *name)
{
	if (!w->full && !vec_has(&w->args, name))
		vec_add(&w->args, name);
	if (w->args.len > NAMES_MAX)
		forget_names(w);
}

/* Expands a word for its unknown names' sake; gives the result or NULL.  A body of a
 * here-document knows no quotes and only the backslash. */
static char *
expand_with(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in,
    const char *word, bool body)
{
	cleanup_vec struct vec undefined = VEC_INIT;
	const struct dockerfile_lex lex = {.escape = body ? '\\' : l->df->escape,
	    .no_quotes = body,
	    .undefined = &undefined};
	char *result = dockerfile_expand(&lex, word, &w->env, NULL);

	for (size_t i = 0; w->known && i < undefined.len; i++) {
		cleanup_free char *hint = NULL;

		if (vec_has(&w->args, undefined.v[i]))
			continue;
		hint = df_did_you_mean(undefined.v[i], &w->env, "$");
		df_warn(l, "UndefinedVar", in->lines,
		    "Usage of undefined variable '$%s'%s", undefined.v[i], hint);
	}
	return result;
}

static char *
expand(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in,
    const char *word)
{
	return expand_with(l, w, in, word, false);
}

/* Is one of the words, alternatives parted by '|', a part of the name between
 * underscores? */
static bool
has_part(const char *name, const char *const *words)
{
	cleanup_vec struct vec parts = VEC_INIT;

	vec_split(&parts, name, "_");
	for (size_t i = 0; i < parts.len; i++)
		for (size_t k = 0; words[k] != NULL; k++)
			if (strcasecmp(parts.v[i], words[k]) == 0)
				return true;
	return false;
}

static void
lint_secret(struct df_lint *l, const struct dockerfile_instr *in, const char *key)
{
	static const char *const secret[] = {"apikey", "auth", "credential",
	    "credentials", "key", "password", "pword", "passwd", "secret", "token", NULL};
	static const char *const harmless[] = {"public", "file", "version", NULL};

	if (has_part(key, secret) && !has_part(key, harmless))
		df_warn(l, "SecretsUsedInArgOrEnv", in->lines,
		    "Do not use ARG or ENV instructions for sensitive data (%s \"%s\")",
		    dockerfile_row(in->kind)->name, key);
}

static void
walk_arg(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in,
    const struct vec *globals)
{
	const struct dockerfile_input *input = l->in->input;

	for (size_t i = 0; i < in->n_pairs; i++) {
		const struct dockerfile_pair *pair = &in->pairs[i];
		cleanup_free char *value = NULL;
		const char *given = NULL;

		if (input != NULL && input->build_args != NULL)
			given = vec_env_get(input->build_args, pair->key);
		if (given == NULL && pair->value == NULL)
			given = vec_env_get(globals, pair->key);
		if (pair->value != NULL)
			value = expand(l, w, in, pair->value);
		if (given != NULL || value != NULL)
			learn(w, pair->key, given != NULL ? given : value);
		learn_arg(w, pair->key);
		lint_secret(l, in, pair->key);
	}
}

/* All words see the environment from before the instruction. */
static void
walk_pairs(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in)
{
	cleanup_vec struct vec keys = VEC_INIT, values = VEC_INIT;

	for (size_t i = 0; i < in->n_pairs; i++) {
		cleanup_free char *key = expand(l, w, in, in->pairs[i].key);
		cleanup_free char *value = expand(l, w, in, in->pairs[i].value);

		if (key == NULL || value == NULL)
			continue;
		vec_add(&keys, key);
		vec_add(&values, value);
	}
	if (in->legacy)
		df_warn(l, "LegacyKeyValueFormat", in->lines,
		    "\"%s key=value\" should be used instead of legacy \"%s key value\" "
		    "format",
		    in->keyword, in->keyword);
	for (size_t i = 0; i < keys.len && in->kind == DOCKERFILE_ENV; i++) {
		lint_secret(l, in, keys.v[i]);
		learn(w, keys.v[i], values.v[i]);
	}
}

static void
lint_source(struct df_lint *l, const struct dockerfile_instr *in, const char *word)
{
	cleanup_free char *clean = path_clean(word);

	if (l->in->ignore == NULL || ignore_has_exceptions(l->in->ignore) ||
	    dockerfile_flag(in, "from") != NULL || dockerfile_is_url(word) ||
	    dockerfile_is_git(word) || dockerfile_source_heredoc(in, word) != NULL)
		return;
	if (ignore_match(l->in->ignore, clean))
		df_warn(l, "CopyIgnoredFile", in->lines,
		    "Attempting to %s file \"%s\" that is excluded by .dockerignore",
		    in->kind == DOCKERFILE_ADD ? "Add" : "Copy", clean);
}

static void
walk_copy(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in)
{
	static const char *const expanded[] = {"chown", "chmod", "checksum"};

	for (size_t i = 0; i < in->n_args; i++) {
		cleanup_free char *word = expand(l, w, in, in->args[i]);

		if (word != NULL && i + 1 < in->n_args)
			lint_source(l, in, word);
	}
	for (size_t i = 0; i < ARRAY_LEN(expanded); i++) {
		const char *value = dockerfile_flag(in, expanded[i]);

		if (value != NULL)
			free(expand(l, w, in, value));
	}
	for (size_t i = 0; i < in->n_heredocs; i++)
		if (in->heredocs[i].expand)
			free(expand_with(l, w, in, in->heredocs[i].content, true));
}

/* The fields of --mount, but where they come from. */
static void
walk_run(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in)
{
	for (size_t i = 0; i < in->n_flags; i++) {
		cleanup_vec struct vec pairs = VEC_INIT;

		if (!str_eq(in->flags[i].name, "mount") ||
		    dockerfile_mount(in->flags[i].value, &pairs, NULL) < 0)
			continue;
		for (size_t k = 0; k < pairs.len; k++) {
			const char *eq = strchr(pairs.v[k], '=');

			if (eq != NULL && !str_starts(pairs.v[k], "from="))
				free(expand(l, w, in, eq + 1));
		}
	}
}

/* EXPOSE's words; a variable that is not known is no news here. */
static void
walk_expose(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in)
{
	const struct dockerfile_lex lex = {.escape = l->df->escape};
	cleanup_vec struct vec words = VEC_INIT;

	for (size_t i = 0; i < in->n_args; i++)
		if (w->known || strchr(in->args[i], '$') == NULL)
			dockerfile_expand_words(&lex, in->args[i], &w->env, &words, NULL);
	for (size_t i = 0; i < words.len; i++) {
		const char *word = words.v[i], *slash = strrchr(word, '/');
		const char *colon = strrchr(word, ':');

		if (slash != NULL && strpbrk(slash, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
			df_warn(l, "ExposeProtoCasing", in->lines,
			    "Defined protocol '%s' in EXPOSE instruction should be "
			    "lowercase",
			    word);
		if (colon != NULL && colon > word && strspn(word, ":") < strlen(word))
			df_warn(l, "ExposeInvalidFormat", in->lines,
			    "EXPOSE instruction should not define an IP address or "
			    "host-port mapping, found '%s'",
			    word);
	}
}

static void
walk_workdir(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in)
{
	cleanup_free char *path = expand(l, w, in, in->args[0]);
	bool known = path != NULL && (w->known || strchr(in->args[0], '$') == NULL);

	if (!w->workdir && known && *path != '/')
		df_warn(l, "WorkdirRelativePath", in->lines,
		    "Relative workdir \"%s\" can have unexpected results if the base "
		    "image changes",
		    path);
	w->workdir = true;
}

/* CMD, ENTRYPOINT and HEALTHCHECK count once a stage: the earlier one is marked. */
static void
walk_command(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in)
{
	const struct dockerfile_instr *before = w->last[in->kind];

	if (before != NULL) {
		l->here = before;
		df_warn(l, "MultipleInstructionsDisallowed", before->lines,
		    "Multiple %s instructions should not be used in the same stage "
		    "because only the last one will be used",
		    in->keyword);
		l->here = in;
	}
	w->last[in->kind] = in;
	if (in->kind != DOCKERFILE_HEALTHCHECK && !in->is_json && !w->shell)
		df_warn(l, "JSONArgsRecommended", in->lines,
		    "JSON arguments recommended for %s to prevent unintended behavior "
		    "related to OS signals",
		    in->keyword);
}

void
df_walk_instr(struct df_lint *l, struct df_world *w, const struct dockerfile_instr *in,
    const struct vec *globals)
{
	l->here = in;
	switch (in->kind) {
	case DOCKERFILE_ARG: walk_arg(l, w, in, globals); break;
	case DOCKERFILE_ENV:
	case DOCKERFILE_LABEL: walk_pairs(l, w, in); break;
	case DOCKERFILE_ADD:
	case DOCKERFILE_COPY: walk_copy(l, w, in); break;
	case DOCKERFILE_RUN: walk_run(l, w, in); break;
	case DOCKERFILE_EXPOSE: walk_expose(l, w, in); break;
	case DOCKERFILE_WORKDIR: walk_workdir(l, w, in); break;
	case DOCKERFILE_SHELL: w->shell = true; break;
	case DOCKERFILE_CMD:
	case DOCKERFILE_ENTRYPOINT:
	case DOCKERFILE_HEALTHCHECK: walk_command(l, w, in); break;
	case DOCKERFILE_STOPSIGNAL:
	case DOCKERFILE_USER:
	case DOCKERFILE_VOLUME:
		for (size_t i = 0; i < in->n_args; i++)
			free(expand(l, w, in, in->args[i]));
		break;
	default: break;
	}
}
