/*
 * lint_python.c - warnings that Docker does not have: what goes wrong in Python images
 *
 * RUN's commands are taken apart roughly: at && || ; | and line ends, then at blanks.
 * Quotes are not looked into, so a rule is silent rather than wrong.
 */
#include "sandbox/dockerfile/private.h"

struct view { /* one stage while it is walked through */
	struct df_lint *l;
	const struct dockerfile_instr *in;
	bool workdir, pipefail, copied_all, told_order;
	const struct dockerfile_instr *last_run, *last_user;
};

typedef void command_fn(struct view *v, const struct vec *words, const char *all);

static bool
has(const struct vec *words, const char *const *options)
{
	for (; *options != NULL; options++)
		if (vec_has(words, *options))
			return true;
	return false;
}

static void
warn(struct view *v, const char *rule, const char *text)
{
	df_warn(v->l, rule, v->in->lines, "%s", text);
}

/* ---- commands
 * ------------------------------------------------------------------------------ */

static bool
is_version_word(const char *w)
{
	return strpbrk(w, "=<>~@/") != NULL || str_ends(w, ".whl") || *w == '.' ||
	       *w == '$';
}

static void
check_pip(struct view *v, const struct vec *w, const char *all)
{
	static const char *const files[] = {
	    "-r", "--requirement", "-e", "--editable", "-c", NULL};
	static const char *const no_cache[] = {"--no-cache-dir", "--no-cache", NULL};
	bool mounted = dockerfile_flag(v->in, "mount") != NULL;

	(void)all;
	if (!has(w, no_cache) && !mounted)
		warn(v, "DL3042", "pip install keeps its cache in the layer");
	if (v->copied_all && !v->told_order && has(w, files)) {
		v->told_order = true;
		warn(v, "DD0001", "pip install comes after the whole context was copied");
	}
	if (has(w, files))
		return;
	for (size_t i = 2; i < w->len; i++)
		if (*w->v[i] != '-' && !is_version_word(w->v[i]) &&
		    !str_eq(w->v[i], "pip") && !str_eq(w->v[i], "install")) {
			df_warn(v->l, "DL3013", v->in->lines,
			    "pip install of %s without a version", w->v[i]);
			return;
		}
}

static void
check_apt_get(struct view *v, const struct vec *w, const char *all)
{
	static const char *const yes[] = {
	    "-y", "--yes", "-qq", "-qy", "-yq", "-yqq", "--assume-yes", NULL};
	static const char *const few[] = {"--no-install-recommends", NULL};

	if (!has(w, yes))
		warn(v, "DL3014", "apt-get install without -y");
	if (!has(w, few))
		warn(v, "DL3015", "apt-get install with recommended packages");
	if (strstr(all, "/var/lib/apt/lists") == NULL &&
	    dockerfile_flag(v->in, "mount") == NULL)
		warn(v, "DL3009", "the lists of apt-get stay in the layer");
}

static void
check_apt(struct view *v, const struct vec *w, const char *all)
{
	(void)w;
	(void)all;
	warn(v, "DL3027", "apt is not made for scripts");
}

static void
check_cd(struct view *v, const struct vec *w, const char *all)
{
	(void)w;
	/* cd with more behind it is the way to go somewhere for a while */
	if (strstr(all, "&&") == NULL && strchr(all, ';') == NULL &&
	    strchr(all, '\n') == NULL)
		warn(v, "DL3003", "cd has no effect on the next instruction");
}

static void
check_sudo(struct view *v, const struct vec *w, const char *all)
{
	(void)w;
	(void)all;
	warn(v, "DL3004", "sudo in a RUN");
}

static const struct {
	const char *first, *second; /* second NULL: any */
	command_fn *check;
} commands[] = {
    {"pip", "install", check_pip},
    {"pip3", "install", check_pip},
    {"apt-get", "install", check_apt_get},
    {"apt", NULL, check_apt},
    {"cd", NULL, check_cd},
    {"sudo", NULL, check_sudo},
};

static void
check_command(struct view *v, const char *text, const char *all)
{
	cleanup_vec struct vec words = VEC_INIT;

	vec_split(&words, text, " \t\\");
	/* python -m pip install, and VARIABLE=x before a command */
	while (words.len > 1 && strchr(words.v[0], '=') != NULL)
		vec_remove(&words, 0);
	if (words.len > 3 && str_starts(words.v[0], "python") &&
	    str_eq(words.v[1], "-m")) {
		vec_remove(&words, 0);
		vec_remove(&words, 0);
	}
	/* options between the word and what it shall do */
	size_t second = 1;
	while (second + 1 < words.len && words.v[second][0] == '-')
		second++;
	if (second > 1 && !str_eq(words.v[0], "cd")) {
		char *option = words.v[1];

		words.v[1] = words.v[second];
		words.v[second] = option;
	}
	for (size_t i = 0; words.len > 0 && i < ARRAY_LEN(commands); i++)
		if (str_eq(words.v[0], commands[i].first) &&
		    (commands[i].second == NULL ||
			(words.len > 1 && str_eq(words.v[1], commands[i].second))))
			commands[i].check(v, &words, all);
}

static void
check_run(struct view *v)
{
	cleanup_vec struct vec parts = VEC_INIT;
	cleanup_buf struct buf all = BUF_INIT(BUF_OURS);
	const struct dockerfile_instr *in = v->in;

	for (size_t i = 0; i < in->n_args; i++)
		buf_addf(&all, "%s ", in->args[i]);
	for (size_t i = 0; i < in->n_heredocs; i++)
		buf_addf(&all, "\n%s", in->heredocs[i].content);
	vec_split(&parts, all.s, "&|;\n");
	for (size_t i = 0; i < parts.len; i++)
		check_command(v, parts.v[i], all.s);
	for (const char *p = all.s; !in->is_json && (p = strchr(p, '|')) != NULL; p++) {
		if (p[1] == '|' || (p > all.s && p[-1] == '|'))
			continue;
		if (!v->pipefail && strstr(all.s, "pipefail") == NULL)
			warn(v, "DL4006",
			    "a pipe hides the failure of its first commands");
		break;
	}
	if (v->last_run != NULL && v->last_run + 1 == in && in->n_heredocs == 0 &&
	    in->n_flags == 0 && v->last_run->n_flags == 0)
		warn(v, "DL3059", "several RUN in a row");
	v->last_run = in;
}

/* ---- the other instructions
 * ---------------------------------------------------------------- */

static bool
is_archive_name(const char *w)
{
	static const char *const ends[] = {
	    ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip", NULL};

	for (const char *const *e = ends; *e != NULL; e++)
		if (str_ends(w, *e))
			return true;
	return false;
}

static void
check_copy(struct view *v)
{
	const struct dockerfile_instr *in = v->in;
	const char *dest = in->n_args > 0 ? in->args[in->n_args - 1] : "/";
	bool special = in->n_heredocs > 0;

	for (size_t i = 0; i + 1 < in->n_args; i++) {
		const char *w = in->args[i];
		special |= is_archive_name(w) || strchr(w, '$') != NULL ||
			   dockerfile_is_url(w) || dockerfile_is_git(w);
		if ((str_eq(w, ".") || str_eq(w, "./")) &&
		    dockerfile_flag(in, "from") == NULL)
			v->copied_all = true;
	}
	if (in->kind == DOCKERFILE_ADD && !special)
		warn(v, "DL3020", "ADD of plain files");
	if (!v->workdir && *dest != '/' && *dest != '$')
		warn(v, "DL3045", "a relative destination without WORKDIR");
}

static void
check_from(struct view *v, const struct dockerfile *df, const struct dockerfile_stage *st)
{
	const char *base = st->base, *tag = strrchr(base, ':');

	v->in = &st->from;
	if (strchr(base, '$') != NULL || strchr(base, '@') != NULL ||
	    str_eq(base, "scratch") || dockerfile_find_stage(df, base, NULL) >= 0)
		return;
	if (tag == NULL || strchr(tag, '/') != NULL)
		df_warn(v->l, "DL3006", st->from.lines, "%s has no version", base);
	else if (str_eq(tag, ":latest"))
		df_warn(v->l, "DL3007", st->from.lines, "%s is not a version", base);
}

static void
check_shell(struct view *v)
{
	for (size_t i = 0; i < v->in->n_args; i++)
		v->pipefail |= strstr(v->in->args[i], "pipefail") != NULL;
}

static bool
is_root(const struct dockerfile_instr *in)
{
	const char *user = in->n_args > 0 ? in->args[0] : "";

	return str_eq(user, "root") || str_eq(user, "0") || str_starts(user, "root:") ||
	       str_starts(user, "0:");
}

void
df_lint_python(struct df_lint *l)
{
	for (size_t s = 0; s < l->df->n_stages; s++) {
		const struct dockerfile_stage *st = &l->df->stages[s];
		struct view v = {.l = l};

		l->here = &st->from;
		check_from(&v, l->df, st);
		v.workdir = dockerfile_find_stage(l->df, st->base, NULL) >= 0;
		for (size_t i = 0; i < st->n_instrs; i++) {
			v.in = l->here = &st->instrs[i];
			switch (v.in->kind) {
			case DOCKERFILE_RUN: check_run(&v); break;
			case DOCKERFILE_ADD:
			case DOCKERFILE_COPY: check_copy(&v); break;
			case DOCKERFILE_WORKDIR: v.workdir = true; break;
			case DOCKERFILE_SHELL: check_shell(&v); break;
			case DOCKERFILE_USER: v.last_user = v.in; break;
			default: break;
			}
		}
		v.in = l->here = v.last_user;
		if (v.in != NULL && s + 1 == l->df->n_stages && is_root(v.in))
			warn(&v, "DL3002", "the container will run as root");
	}
}
