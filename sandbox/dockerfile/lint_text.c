/*
 * lint_text.c - the rules that need nothing but the text
 */
#include "sandbox/dockerfile/private.h"

/* ---- rules for one instruction ---- */

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
lint_secrets(struct df_lint *l, const struct dockerfile_instr *in)
{
	static const char *const secret[] = {"apikey", "auth", "credential",
	    "credentials", "key", "password", "pword", "passwd", "secret", "token", NULL};
	static const char *const harmless[] = {"public", "file", "version", NULL};

	for (size_t i = 0; i < in->n_pairs; i++)
		if (has_part(in->pairs[i].key, secret) &&
		    !has_part(in->pairs[i].key, harmless))
			df_warn(l, "SecretsUsedInArgOrEnv", in->lines,
			    "Do not use ARG or ENV instructions for sensitive data (%s "
			    "\"%s\")",
			    dockerfile_row(in->kind)->name, in->pairs[i].key);
}

static void
lint_expose(struct df_lint *l, const struct dockerfile_instr *in)
{
	for (size_t i = 0; i < in->n_args; i++) {
		const char *word = in->args[i], *slash = strchr(word, '/');
		cleanup_free char *known = slash != NULL ? xstrdup(slash + 1) : NULL;

		if (strchr(word, '$') != NULL)
			continue;
		if (known != NULL && strpbrk(known, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
			df_warn(l, "ExposeProtoCasing", in->lines,
			    "Defined protocol '%s' in EXPOSE instruction should be "
			    "lowercase",
			    word);
		if (strchr(word, ':') != NULL)
			df_warn(l, "ExposeInvalidFormat", in->lines,
			    "EXPOSE instruction should not define an IP address or "
			    "host-port "
			    "mapping, found '%s'",
			    word);
	}
}

/* The description comment of an ARG or a stage, when "# check=experimental" asks. */
static void
lint_comment(struct df_lint *l, const struct dockerfile_instr *in, const char *name)
{
	cleanup_vec struct vec wanted = VEC_INIT;
	const char *after;

	df_check_option(l->df->check, "experimental", &wanted);
	if (in->comment == NULL || *in->comment == '\0' || *name == '\0' ||
	    !df_has_rule(&wanted, "InvalidDefinitionDescription"))
		return;
	after = str_after(in->comment, name);
	if (after == NULL || *after != ' ')
		df_warn(l, "InvalidDefinitionDescription", in->lines,
		    "Comment for %s should follow the format: `# %s <description>`",
		    in->kind == DOCKERFILE_FROM ? "build stage" : "ARG", name);
}

static void
lint_casing(struct df_lint *l, const struct dockerfile_instr *in, bool lower)
{
	if (in->mixed || in->lower != lower)
		df_warn(l, "ConsistentInstructionCasing", in->lines,
		    "Command '%s' should match the case of the command majority (%s)",
		    in->keyword, lower ? "lowercase" : "uppercase");
}

static void
lint_instr(struct df_lint *l, const struct dockerfile_instr *in)
{
	struct dockerfile_range last = {in->empty_line, in->empty_line};

	l->here = in;
	if (in->empty_line > 0)
		df_warn(l, "NoEmptyContinuation", last, "Empty continuation line");
	if (in->kind == DOCKERFILE_MAINTAINER)
		df_warn(l, "MaintainerDeprecated", in->lines,
		    "Maintainer instruction is deprecated in favor of using label");
	if (in->legacy)
		df_warn(l, "LegacyKeyValueFormat", in->lines,
		    "\"%s key=value\" should be used instead of legacy \"%s key value\" "
		    "format",
		    dockerfile_row(in->kind)->name, dockerfile_row(in->kind)->name);
	if (in->kind == DOCKERFILE_ENV || in->kind == DOCKERFILE_ARG)
		lint_secrets(l, in);
	if (in->kind == DOCKERFILE_EXPOSE)
		lint_expose(l, in);
	if (in->kind == DOCKERFILE_ARG && in->n_pairs > 0)
		lint_comment(l, in, in->pairs[0].key);
}

/* ---- rules for a stage ---- */

static void
lint_names(struct df_lint *l, size_t at)
{
	const struct dockerfile_stage *st = &l->df->stages[at];
	bool as_lower = strpbrk(st->as, "AS") == NULL;
	bool repeated = false;

	if (*st->name == '\0')
		return;
	for (size_t i = 0; i < at; i++)
		repeated |= str_eq(l->df->stages[i].name, st->name);
	if (as_lower != st->from.lower)
		df_warn(l, "FromAsCasing", st->from.lines,
		    "'%s' and '%s' keywords' casing do not match", st->as,
		    st->from.keyword);
	if (!str_eq(st->written, st->name))
		df_warn(l, "StageNameCasing", st->from.lines,
		    "Stage name '%s' should be lowercase", st->written);
	if (str_eq(st->name, "scratch") || str_eq(st->name, "context"))
		df_warn(l, "ReservedStageName", st->from.lines,
		    "Stage name should not use the same name as reserved stage \"%s\"",
		    st->name);
	if (repeated)
		df_warn(l, "DuplicateStageName", st->from.lines,
		    "Duplicate stage name \"%s\", stage names should be unique",
		    st->written);
	lint_comment(l, &st->from, st->name);
}

static void
lint_platform(struct df_lint *l, const struct dockerfile_stage *st)
{
	cleanup_vec struct vec parts = VEC_INIT;

	if (str_eq(st->platform, "$TARGETPLATFORM") ||
	    str_eq(st->platform, "${TARGETPLATFORM}"))
		df_warn(l, "RedundantTargetPlatform", st->from.lines,
		    "Setting platform to predefined %s in FROM is redundant as this is "
		    "the default "
		    "behavior",
		    st->platform);
	if (*st->platform == '\0' || strchr(st->platform, '$') != NULL)
		return;
	vec_split(&parts, st->platform, "/");
	for (size_t i = 0; i < parts.len; i++)
		if (strstr(st->name, parts.v[i]) != NULL)
			return;
	df_warn(l, "FromPlatformFlagConstDisallowed", st->from.lines,
	    "FROM --platform flag should not use constant value \"%s\"", st->platform);
}

/* CMD, ENTRYPOINT and HEALTHCHECK count once a stage: the earlier one is marked. */
static void
lint_repeats(struct df_lint *l, const struct dockerfile_stage *st)
{
	const struct dockerfile_instr *last[DOCKERFILE_KINDS] = {NULL};

	for (size_t i = 0; i < st->n_instrs; i++) {
		const struct dockerfile_instr *in = &st->instrs[i];
		const char *name = dockerfile_row(in->kind)->name;

		if (in->kind != DOCKERFILE_CMD && in->kind != DOCKERFILE_ENTRYPOINT &&
		    in->kind != DOCKERFILE_HEALTHCHECK)
			continue;
		l->here = last[in->kind];
		if (last[in->kind] != NULL)
			df_warn(l, "MultipleInstructionsDisallowed",
			    last[in->kind]->lines,
			    "Multiple %s instructions should not be used in the same "
			    "stage because "
			    "only the last one will be used",
			    name);
		last[in->kind] = in;
	}
}

static void
lint_commands(struct df_lint *l, const struct dockerfile_stage *st)
{
	bool has_shell = false, has_workdir = false;

	for (size_t i = 0; i < st->n_instrs; i++) {
		const struct dockerfile_instr *in = &st->instrs[i];

		l->here = in;
		has_shell |= in->kind == DOCKERFILE_SHELL;
		if ((in->kind == DOCKERFILE_CMD || in->kind == DOCKERFILE_ENTRYPOINT) &&
		    !in->is_json && in->n_args > 0 && !has_shell)
			df_warn(l, "JSONArgsRecommended", in->lines,
			    "JSON arguments recommended for %s to prevent unintended "
			    "behavior related "
			    "to OS signals",
			    dockerfile_row(in->kind)->name);
		if (in->kind != DOCKERFILE_WORKDIR)
			continue;
		/* A variable may well begin with '/'. */
		if (!has_workdir && strchr("/$\"'", in->args[0][0]) == NULL)
			df_warn(l, "WorkdirRelativePath", in->lines,
			    "Relative workdir \"%s\" can have unexpected results if the "
			    "base image "
			    "changes",
			    in->args[0]);
		has_workdir = true;
	}
}

/* Are most keywords small?  Those that mix do not vote. */
static bool
mostly_lower(const struct dockerfile *df)
{
	int lower = 0, upper = 0;

	for (size_t i = 0; i < df->n_stages; i++) {
		const struct dockerfile_stage *st = &df->stages[i];

		lower += st->from.lower && !st->from.mixed;
		upper += !st->from.lower && !st->from.mixed;
		for (size_t k = 0; k < st->n_instrs; k++) {
			lower += st->instrs[k].lower && !st->instrs[k].mixed;
			upper += !st->instrs[k].lower && !st->instrs[k].mixed;
		}
	}
	return lower > upper;
}

static void
lint_stage(struct df_lint *l, size_t at, bool lower)
{
	const struct dockerfile_stage *st = &l->df->stages[at];

	lint_instr(l, &st->from);
	lint_names(l, at);
	lint_platform(l, st);
	lint_casing(l, &st->from, lower);
	for (size_t i = 0; i < st->n_instrs; i++) {
		lint_instr(l, &st->instrs[i]);
		lint_casing(l, &st->instrs[i], lower);
	}
	lint_repeats(l, st);
	lint_commands(l, st);
}

void
df_lint_text(struct df_lint *l)
{
	const struct dockerfile *df = l->df;
	bool lower = mostly_lower(df);

	for (size_t i = 0; i < df->n_globals; i++)
		lint_instr(l, &df->globals[i]);
	for (size_t i = 0; i < df->n_stages; i++)
		lint_stage(l, i, lower);
}
