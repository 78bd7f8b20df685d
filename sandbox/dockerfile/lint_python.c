/*
 * lint_python.c - warnings that Docker does not have: what goes wrong in Python images
 *
 * The instructions are judged here, RUN's commands in lint_commands.c.
 */
#include "sandbox/dockerfile/private.h"

static void
warn(struct df_view *v, const char *rule, const char *text)
{
	df_warn(v->l, rule, v->in->lines, "%s", text);
}

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
check_copy(struct df_view *v)
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
check_from(
    struct df_view *v, const struct dockerfile *df, const struct dockerfile_stage *st)
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

/* An image that is neither a stage nor has a version. */
static void
check_copy_from(struct df_view *v)
{
	const char *from = dockerfile_flag(v->in, "from");

	if (from != NULL && strpbrk(from, ":@") == NULL &&
	    dockerfile_find_stage(v->l->df, from, NULL) == -1)
		df_warn(v->l, "DL3022", v->in->lines,
		    "%s is no stage of this file and has no version", from);
}

/* Does the text use $name or ${name...}? */
static bool
uses(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = text; (p = strchr(p, '$')) != NULL; p++) {
		const char *at = p + 1 + (p[1] == '{');

		if (strncmp(at, name, len) == 0 && at[len] != '_' &&
		    !(at[len] >= '0' && at[len] <= '9') &&
		    !(at[len] >= 'A' && at[len] <= 'Z') &&
		    !(at[len] >= 'a' && at[len] <= 'z'))
			return true;
	}
	return false;
}

enum { PAIRS_MAX = 200 };

/* All words of an ENV see what was before it. */
static void
check_env(struct df_view *v)
{
	const struct dockerfile_instr *in = v->in;

	for (size_t i = 1; i < in->n_pairs && i < PAIRS_MAX; i++)
		for (size_t k = 0; k < i && !in->legacy; k++)
			if (*in->pairs[k].key != '\0' &&
			    uses(in->pairs[i].value, in->pairs[k].key)) {
				df_warn(v->l, "DL3044", in->lines,
				    "%s has no value yet in the instruction that sets it",
				    in->pairs[k].key);
				return;
			}
}

static void
check_expose(struct df_view *v)
{
	uint64_t port;

	for (size_t i = 0; i < v->in->n_args; i++) {
		cleanup_free char *number =
		    xstrndup(v->in->args[i], strcspn(v->in->args[i], "/"));
		if (number[strspn(number, "0123456789")] == '\0' &&
		    !str_to_u64(number, 65535, &port))
			df_warn(v->l, "DL3011", v->in->lines, "%s is no port",
			    v->in->args[i]);
	}
}

static void
check_shell(struct df_view *v)
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
		struct df_view v = {.l = l};

		l->here = &st->from;
		check_from(&v, l->df, st);
		v.workdir = dockerfile_find_stage(l->df, st->base, NULL) >= 0;
		for (size_t i = 0; i < st->n_instrs; i++) {
			v.in = l->here = &st->instrs[i];
			switch (v.in->kind) {
			case DOCKERFILE_RUN: df_lint_run(&v); break;
			case DOCKERFILE_ADD:
			case DOCKERFILE_COPY:
				check_copy(&v);
				check_copy_from(&v);
				break;
			case DOCKERFILE_ENV: check_env(&v); break;
			case DOCKERFILE_EXPOSE: check_expose(&v); break;
			case DOCKERFILE_WORKDIR: v.workdir = true; break;
			case DOCKERFILE_SHELL: check_shell(&v); break;
			case DOCKERFILE_USER: v.last_user = v.in; break;
			default: break;
			}
			if (v.wget && v.curl && !v.told_two) {
				v.told_two = true;
				warn(&v, "DL4001", "both wget and curl");
			}
		}
		v.in = l->here = v.last_user;
		if (v.in != NULL && s + 1 == l->df->n_stages && is_root(v.in))
			warn(&v, "DL3002", "the container will run as root");
	}
}
