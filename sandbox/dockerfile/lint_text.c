/*
 * lint_text.c - the rules that need nothing but the text, of all stages
 */
#include "sandbox/dockerfile/private.h"

/* ---- rules for one instruction ---- */

/* The comment right above an ARG or a stage should describe it: "# NAME what it is". */
static void
lint_comment(struct df_lint *l, const struct dockerfile_instr *in)
{
	const char *last = strrchr(in->comment != NULL ? in->comment : "", '\n');
	const char *name =
	    in->kind == DOCKERFILE_FROM ? in->args[in->n_args - 1] : in->pairs[0].key;
	size_t len;

	last = last != NULL ? last + 1 : in->comment;
	if (last == NULL || *last == '\0' ||
	    (in->kind == DOCKERFILE_FROM && in->n_args == 1))
		return;
	len = strcspn(last, " ");
	if (in->kind == DOCKERFILE_FROM && len == strlen(name) &&
	    strncasecmp(last, name, len) == 0)
		return;
	for (size_t i = 0; i < in->n_pairs; i++)
		if (len == strlen(in->pairs[i].key) &&
		    strncmp(last, in->pairs[i].key, len) == 0)
			return;
	df_warn(l, "InvalidDefinitionDescription", in->lines,
	    "Comment for %s should follow the format: `# %s <description>`",
	    dockerfile_row(in->kind)->name, in->n_pairs > 1 ? "<arg_key>" : name);
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
	if (in->kind == DOCKERFILE_ARG || in->kind == DOCKERFILE_FROM)
		lint_comment(l, in);
}

/* ---- rules for a stage ---- */

static void
lint_names(struct df_lint *l, size_t at)
{
	const struct dockerfile_stage *st = &l->df->stages[at];
	const char *as = st->from.lower ? "as" : "AS";

	if (*st->name == '\0')
		return;
	/* A FROM in both cases has its own warning. */
	if (!st->from.mixed && !str_eq(st->as, as))
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
	if (df_stage_named(l->df, st->name, at) >= 0)
		df_warn(l, "DuplicateStageName", st->from.lines,
		    "Duplicate stage name \"%s\", stage names should be unique",
		    st->name);
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
	for (size_t i = 0; i < parts.len && i < 2; i++) /* without the variant */
		if (strstr(st->name, parts.v[i]) != NULL)
			return;
	df_warn(l, "FromPlatformFlagConstDisallowed", st->from.lines,
	    "FROM --platform flag should not use constant value \"%s\"", st->platform);
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
