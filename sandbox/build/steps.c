/*
 * steps.c - WORKDIR, COPY, ADD and RUN become steps
 *
 * All words are final here: variables filled in, paths absolute, the process of a RUN
 * spelled out.  What a step takes from the context is found later (context.c).
 *
 * Facts: BuildKit's dockerfile2llb/convert.go, convert_copy.go; engine 26.1.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

static struct build_step *
new_step(struct builder *b, struct build_stage *st, const struct dockerfile_instr *in)
{
	cleanup_buf struct buf title = BUF_INIT(BUF_OURS);

	build_step_prefix(b, st, st->step_next++, &title);
	if (in >= st->triggers && in < st->triggers + st->ntriggers)
		buf_adds(&title, "ONBUILD ");
	dockerfile_title(&title, b->df, in, &st->env);
	st->steps = xrealloc(st->steps, (st->nsteps + 1) * sizeof *st->steps);
	struct build_step *s = &st->steps[st->nsteps++];
	*s = (struct build_step){.in = in,
	    .title = buf_take(&title),
	    .words = VEC_INIT,
	    .env = VEC_INIT,
	    .secret = VEC_INIT,
	    .from_stage = -1,
	    .cwd = xstrdup(st->config.working_dir != NULL && *st->config.working_dir
			       ? st->config.working_dir
			       : "/"),
	    .user = xstrdup(st->config.user != NULL ? st->config.user : "")};
	return s;
}

/* ---- the three kinds
 * ------------------------------------------------------------------------ */

int
build_convert_workdir(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	cleanup_free char *word = build_expand(b, st, in->args[0], err);
	const char *before = st->config.working_dir;
	cleanup_vec struct vec words = VEC_INIT;

	if (word == NULL)
		return -1;
	cleanup_free char *joined =
	    path_join(before != NULL && *before ? before : "/", *word ? word : ".");
	cleanup_free char *path = path_clean_root(joined);
	vec_add(&words, path);
	if (!str_eq(path, "/")) {
		struct build_step *s = new_step(b, st, in);
		vec_add(&s->words, path);
	}
	const struct dockerfile_done done = {.words = &words};
	size_t at = build_add_history(st, in, &done, str_eq(path, "/"));
	if (!str_eq(path, "/"))
		st->steps[st->nsteps - 1].history = at;
	image_set(&st->config.working_dir, path);
	return 0;
}

/* The body of a here-document, variables filled in when its name was not quoted. */
static int
add_document(const struct build_stage *st, struct build_step *s,
    const struct dockerfile_heredoc *doc, struct err *err)
{
	const struct dockerfile_lex lex = {.no_quotes = true};
	char *text = doc->expand ? dockerfile_expand(&lex, doc->content, &st->env, err)
				 : xstrdup(doc->content);

	if (text == NULL)
		return -1;
	s->docs = xrealloc(s->docs, (s->ndocs + 1) * sizeof *s->docs);
	s->docs[s->ndocs++] = text;
	return 0;
}

static int
find_copy_from(struct builder *b, struct build_step *s, struct err *err)
{
	const char *from = dockerfile_copy_from(s->in);

	if (from == NULL)
		return 0;
	s->from_stage = dockerfile_find_stage(b->df, from, err);
	if (s->from_stage == -2)
		return -1;
	if (s->from_stage >= 0)
		return 0;
	s->from_image = build_image_get(b, from, s->in->lines, err);
	return s->from_image != NULL ? 0 : -1;
}

static int
copy_flag(struct builder *b, const struct build_stage *st,
    const struct dockerfile_instr *in, const char *name, char **ret, struct err *err)
{
	const char *text = dockerfile_flag(in, name);

	if (text == NULL || *text == '\0')
		return 0;
	*ret = build_expand(b, st, text, err);
	return *ret != NULL ? 0 : -1;
}

static int
check_checksum(const struct build_step *s, struct err *err)
{
	const char *hex = s->checksum != NULL ? str_after(s->checksum, "sha256:") : NULL;

	if (s->checksum == NULL)
		return 0;
	if (s->words.len != 2 || s->ndocs > 0)
		return err_set(
		    err, ERR_INPUT, "checksum can't be specified for multiple sources");
	if (!dockerfile_is_url(s->words.v[0]))
		return err_set(
		    err, ERR_INPUT, "checksum requires HTTP(S) or Git sources");
	if (hex != NULL && strlen(hex) != HASH_HEX && *hex != '\0')
		return err_set(err, ERR_INPUT, "invalid checksum digest length");
	if (hex == NULL || hex[strspn(hex, "0123456789abcdef")] != '\0' || *hex == '\0')
		return err_set(err, ERR_INPUT, "invalid checksum digest format");
	return 0;
}

static int
check_copy(const struct build_step *s, struct err *err)
{
	bool copy = s->in->kind == DOCKERFILE_COPY;

	if (s->chmod != NULL && dockerfile_chmod_check(s->chmod, err) < 0)
		return -1;
	for (size_t i = 0; i + 1 < s->words.len; i++) {
		const char *w = s->words.v[i];
		bool git = dockerfile_is_git(w);
		if (!git && !dockerfile_is_url(w))
			continue;
		if (copy)
			return err_set(err, ERR_INPUT, "source can't be a %s for COPY",
			    git ? "git ref" : "URL");
		if (git)
			return err_set(err, ERR_UNSUPPORTED,
			    "ADD cannot clone %.800s: this builder has no git", w);
	}
	return check_checksum(s, err);
}

bool
build_is_linked(const struct build_step *s)
{
	return dockerfile_flag_on(s->in, "link") && s->chmod == NULL;
}

/* Absolute, its meaningful end kept: "/app/", "/app/." and nothing at all (a variable
 * that is empty) are folders. */
static char *
full_dest(const struct build_step *s, const char *dest)
{
	cleanup_free char *path = path_join(s->cwd, *dest ? dest : ".");
	bool folder = *dest == '\0' || str_ends(dest, "/") || str_eq(dest, ".") ||
		      str_ends(dest, "/.");

	if (!folder || str_eq(path, "/"))
		return take_ptr(path);
	return xasprintf("%s/", path);
}

int
build_convert_copy(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	struct build_step *s = new_step(b, st, in);
	cleanup_vec struct vec words = VEC_INIT;

	if (copy_flag(b, st, in, "chown", &s->chown, err) < 0 ||
	    copy_flag(b, st, in, "chmod", &s->chmod, err) < 0 ||
	    copy_flag(b, st, in, "checksum", &s->checksum, err) < 0 ||
	    find_copy_from(b, s, err) < 0)
		return -1;
	for (size_t i = 0; i < in->n_args; i++) {
		const struct dockerfile_heredoc *doc =
		    dockerfile_source_heredoc(in, in->args[i]);
		bool is_source = i + 1 < in->n_args;
		if (doc != NULL && is_source) {
			if (add_document(st, s, doc, err) < 0)
				return -1;
			vec_addf(&words, "<<%s", doc->name);
			build_tree_add_data(&s->tree, doc->name, s->docs[s->ndocs - 1]);
			continue;
		}
		char *word = build_expand(b, st, in->args[i], err);
		if (word == NULL)
			return -1;
		vec_add(&words, word);
		vec_take(&s->words, word);
	}
	if (check_copy(s, err) < 0)
		return -1;
	const struct dockerfile_done done = {
	    .words = &words, .chown = s->chown, .chmod = s->chmod};
	s->history = build_add_history(st, in, &done, false);
	char **dest = &s->words.v[s->words.len - 1];
	char *full = full_dest(s, *dest);
	free(*dest);
	*dest = full;
	return 0;
}

/* Proxies are always passed on, in small and capital letters however they were given,
 * and are no part of the cache key. */
static void
add_proxies(const struct builder *b, struct build_step *s)
{
	static const char *const names[][2] = {{"HTTP_PROXY", "http_proxy"},
	    {"HTTPS_PROXY", "https_proxy"}, {"FTP_PROXY", "ftp_proxy"},
	    {"NO_PROXY", "no_proxy"}, {"ALL_PROXY", "all_proxy"}};

	for (size_t i = 0; b->spec->build_args != NULL && i < ARRAY_LEN(names); i++) {
		const char *value = vec_env_get(b->spec->build_args, names[i][0]);
		if (value == NULL)
			value = vec_env_get(b->spec->build_args, names[i][1]);
		for (size_t k = 0; value != NULL && *value != '\0' && k < 2; k++) {
			if (vec_env_get(&s->env, names[i][k]) != NULL)
				continue;
			vec_env_set(&s->env, names[i][k], value);
			vec_add(&s->secret, names[i][k]);
		}
	}
}

/* The builder's rights come from the command line, never from the Dockerfile. */
static int
set_network(const struct builder *b, struct build_step *s, struct err *err)
{
	const char *security = dockerfile_flag(s->in, "security");

	s->network = dockerfile_flag(s->in, "network");
	if (s->network == NULL || str_eq(s->network, "default"))
		s->network = b->spec->network != NULL ? b->spec->network : "default";
	else if (str_eq(s->network, "host") && !b->spec->allow_host)
		return err_set(
		    err, ERR_INPUT, "failed to load LLB: network.host is not allowed");
	if (security != NULL && str_eq(security, "insecure"))
		return err_set(err, ERR_INPUT,
		    "failed to load LLB: security.insecure is not allowed");
	return 0;
}

/* SOURCE_DATE_EPOCH is there for the programs that make files, unless an ARG says else.
 * With it Python's order of sets is the same each time, which shows in what it compiles:
 * without that no image with pip install would be made twice. */
static void
add_epoch(const struct builder *b, struct build_step *s)
{
	if (b->spec->epoch < 0)
		return;
	if (vec_env_get(&s->env, "SOURCE_DATE_EPOCH") == NULL)
		vec_addf(&s->env, "SOURCE_DATE_EPOCH=%lld",
		    (long long)(b->spec->epoch / NS_PER_S));
	if (vec_env_get(&s->env, "PYTHONHASHSEED") == NULL)
		vec_add(&s->env, "PYTHONHASHSEED=0");
}

int
build_convert_run(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err)
{
	cleanup_vec struct vec args = VEC_INIT;

	struct build_step *s = new_step(b, st, in);

	if (set_network(b, s, err) < 0 || build_convert_mounts(b, st, s, err) < 0)
		return -1;
	dockerfile_run_argv(in, st->config.shell.len > 0 ? &st->config.shell : NULL,
	    &s->words, &s->script);
	vec_add_all(&s->env, st->env.v);
	add_epoch(b, s);
	for (size_t i = 0; i < st->args.len; i++) {
		const char *value = vec_env_get(&st->env, st->args.v[i]);
		vec_addf(&args, "%s=%s", st->args.v[i], value != NULL ? value : "");
	}
	const struct dockerfile_done done = {.words = &s->words, .build_args = &args};
	s->history = build_add_history(st, in, &done, false);
	add_proxies(b, s);
	return 0;
}
