/*
 * lint_commands.c - what goes wrong in RUN's commands: pip, apt and their like
 *
 * A command line is taken apart roughly: at && || ; | and line ends, then at blanks.
 * Quotes are not looked into, so a rule is silent rather than wrong.
 */
#include "sandbox/dockerfile/private.h"

typedef void command_fn(struct df_view *v, const struct vec *words, const char *all);

static bool
has_word(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (str_eq(*list, word))
			return true;
	return false;
}

static bool
has(const struct vec *words, const char *const *options)
{
	for (; *options != NULL; options++)
		if (vec_has(words, *options))
			return true;
	return false;
}

static void
warn(struct df_view *v, const char *rule, const char *text)
{
	df_warn(v->l, rule, v->in->lines, "%s", text);
}

/* The first word behind `install` or `add` that is a package without a version, or NULL.
 * What a variable holds nobody knows. */
static const char *
unpinned(const struct vec *w, const char *verb, const char *const *with_value)
{
	size_t i = 1;

	while (i < w->len && !str_eq(w->v[i], verb))
		i++;
	for (i++; i < w->len; i++) {
		if (has_word(with_value, w->v[i]))
			i++;
		else if (*w->v[i] != '-' && strpbrk(w->v[i], "=/$*<>~") == NULL)
			return w->v[i];
	}
	return NULL;
}

static bool
is_version_word(const char *w)
{
	return strpbrk(w, "=<>~@/") != NULL || str_ends(w, ".whl") || *w == '.' ||
	       *w == '$';
}

static void
check_pip(struct df_view *v, const struct vec *w, const char *all)
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
check_apt_get(struct df_view *v, const struct vec *w, const char *all)
{
	static const char *const yes[] = {
	    "-y", "--yes", "-qq", "-qy", "-yq", "-yqq", "--assume-yes", NULL};
	static const char *const few[] = {"--no-install-recommends", NULL};
	static const char *const with_value[] = {
	    "-t", "--target-release", "-o", "-c", NULL};
	const char *package = unpinned(w, "install", with_value);

	if (!has(w, yes))
		warn(v, "DL3014", "apt-get install without -y");
	if (!has(w, few))
		warn(v, "DL3015", "apt-get install with recommended packages");
	if (strstr(all, "/var/lib/apt/lists") == NULL &&
	    dockerfile_flag(v->in, "mount") == NULL)
		warn(v, "DL3009", "the lists of apt-get stay in the layer");
	if (package != NULL)
		df_warn(v->l, "DL3008", v->in->lines,
		    "apt-get install of %s without a version", package);
}

static void
check_apt(struct df_view *v, const struct vec *w, const char *all)
{
	(void)w;
	(void)all;
	warn(v, "DL3027", "apt is not made for scripts");
}

static void
check_cd(struct df_view *v, const struct vec *w, const char *all)
{
	(void)w;
	/* cd with more behind it is the way to go somewhere for a while */
	if (strstr(all, "&&") == NULL && strchr(all, ';') == NULL &&
	    strchr(all, '\n') == NULL)
		warn(v, "DL3003", "cd has no effect on the next instruction");
}

static void
check_sudo(struct df_view *v, const struct vec *w, const char *all)
{
	(void)w;
	(void)all;
	warn(v, "DL3004", "sudo in a RUN");
}

static void
check_apk(struct df_view *v, const struct vec *w, const char *all)
{
	static const char *const no_cache[] = {"--no-cache", NULL};
	static const char *const with_value[] = {
	    "-t", "--virtual", "-X", "--repository", NULL};
	const char *package = unpinned(w, "add", with_value);

	if (!has(w, no_cache) && strstr(all, "/var/cache/apk") == NULL &&
	    dockerfile_flag(v->in, "mount") == NULL)
		warn(v, "DL3019", "apk add keeps its index in the layer");
	if (package != NULL)
		df_warn(v->l, "DL3018", v->in->lines, "apk add of %s without a version",
		    package);
}

static void
check_npm(struct df_view *v, const struct vec *w, const char *all)
{
	static const char *const none[] = {NULL};
	const char *package = unpinned(w, "install", none);

	(void)all;
	if (package != NULL && *package != '.' && strchr(package + 1, '@') == NULL)
		df_warn(v->l, "DL3016", v->in->lines,
		    "npm install of %s without a version", package);
}

static void
check_wget(struct df_view *v, const struct vec *w, const char *all)
{
	static const char *const quiet[] = {"-q", "--quiet", "-nv", "--no-verbose",
	    "-qO-", "-qO", "-o", "-a", "--show-progress", NULL};

	(void)all;
	v->wget = true;
	for (size_t i = 1; i < w->len; i++)
		if (str_starts(w->v[i], "--progress") || str_starts(w->v[i], "-q"))
			return;
	if (!has(w, quiet))
		warn(v, "DL3047", "wget draws its progress into the build's log");
}

static void
check_curl(struct df_view *v, const struct vec *w, const char *all)
{
	(void)w;
	(void)all;
	v->curl = true;
}

static void
check_useradd(struct df_view *v, const struct vec *w, const char *all)
{
	static const char *const sparse[] = {"-l", "--no-log-init", NULL};

	(void)all;
	for (size_t i = 1; i < w->len; i++)
		if (strlen(w->v[i]) > 5 &&
		    w->v[i][strspn(w->v[i], "0123456789")] == '\0' && !has(w, sparse)) {
			warn(v, "DL3046",
			    "useradd with a high number fills the layer's log files");
			return;
		}
}

static void
check_ln(struct df_view *v, const struct vec *w, const char *all)
{
	(void)all;
	if (w->len > 2 && str_eq(w->v[w->len - 1], "/bin/sh"))
		warn(v, "DL4005", "the shell is changed by hand");
}

static const char upgrades[] = "the system's upgrade is another one every day";
static const char useless[] = "the command is of no use in a build";

static const struct {
	const char *first, *second; /* second NULL: any */
	command_fn *check;          /* or, NULL, always this: */
	const char *rule, *text;
} commands[] = {
    {"pip", "install", check_pip, NULL, NULL},
    {"pip3", "install", check_pip, NULL, NULL},
    {"apt-get", "install", check_apt_get, NULL, NULL},
    {"apt", NULL, check_apt, NULL, NULL},
    {"cd", NULL, check_cd, NULL, NULL},
    {"sudo", NULL, check_sudo, NULL, NULL},
    {"apk", "add", check_apk, NULL, NULL},
    {"npm", "install", check_npm, NULL, NULL},
    {"wget", NULL, check_wget, NULL, NULL},
    {"curl", NULL, check_curl, NULL, NULL},
    {"useradd", NULL, check_useradd, NULL, NULL},
    {"ln", NULL, check_ln, NULL, NULL},
    {"apt-get", "upgrade", NULL, "DL3005", upgrades},
    {"apt-get", "dist-upgrade", NULL, "DL3005", upgrades},
    {"apk", "upgrade", NULL, "DL3017", upgrades},
    {"free", NULL, NULL, "DL3001", useless},
    {"ifconfig", NULL, NULL, "DL3001", useless},
    {"kill", NULL, NULL, "DL3001", useless},
    {"mount", NULL, NULL, "DL3001", useless},
    {"ps", NULL, NULL, "DL3001", useless},
    {"service", NULL, NULL, "DL3001", useless},
    {"shutdown", NULL, NULL, "DL3001", useless},
    {"ssh", NULL, NULL, "DL3001", useless},
    {"top", NULL, NULL, "DL3001", useless},
    {"vim", NULL, NULL, "DL3001", useless},
};

static void
run_row(struct df_view *v, size_t i, const struct vec *words, const char *all)
{
	if (commands[i].check != NULL)
		commands[i].check(v, words, all);
	else
		warn(v, commands[i].rule, commands[i].text);
}

static void
check_command(struct df_view *v, const char *text, const char *all)
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
			run_row(v, i, &words, all);
}

void
df_lint_run(struct df_view *v)
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
