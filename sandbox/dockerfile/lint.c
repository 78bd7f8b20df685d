/*
 * lint.c - warnings: collecting, skipping, printing
 */
#include "sandbox/dockerfile/private.h"
#include <stdarg.h>
#include <stdlib.h>

static const char *const rules[] = {"ConsistentInstructionCasing", "CopyIgnoredFile",
    "DuplicateStageName", "ExposeInvalidFormat", "ExposeProtoCasing", "FromAsCasing",
    "FromPlatformFlagConstDisallowed", "InvalidBaseImagePlatform",
    "InvalidDefaultArgInFrom", "InvalidDefinitionDescription", "JSONArgsRecommended",
    "LegacyKeyValueFormat", "MaintainerDeprecated", "MultipleInstructionsDisallowed",
    "NoEmptyContinuation", "RedundantTargetPlatform", "ReservedStageName",
    "SecretsUsedInArgOrEnv", "StageNameCasing", "UndefinedArgInFrom", "UndefinedVar",
    "WorkdirRelativePath", NULL};

const char *const *
dockerfile_rules(void)
{
	return rules;
}

void
df_warn(struct df_lint *l, const char *rule, struct dockerfile_range lines,
    const char *fmt, ...)
{
	cleanup_buf struct buf message = BUF_INIT(64 << 10);
	struct dockerfile_warnings *out = l->out;
	const char *also;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&message, fmt, ap);
	va_end(ap);
	also = l->hadolint ? dockerfile_also(&(struct dockerfile_warning){
				 .rule = rule, .message = message.s})
			   : NULL;
	/* The one rule that is on trial must be asked for, and then nothing skips it. */
	if (str_eq(rule, "InvalidDefinitionDescription")
		? !df_has_rule(&l->experimental, rule)
		: df_has_rule(&l->skip, rule) || df_skipped_here(l, rule, also) ||
		      (also != NULL && vec_has(&l->skip, also)))
		return;
	out->v = xrealloc(out->v, (out->len + 1) * sizeof *out->v);
	out->v[out->len++] = (struct dockerfile_warning){
	    .rule = rule, .message = xstrdup(message.s), .lines = lines};
}

void
dockerfile_lint(const struct dockerfile *df, const struct dockerfile_lint_input *in,
    struct dockerfile_warnings *ret)
{
	static const struct dockerfile_lint_input nothing = {0};
	cleanup_vec struct vec fatal = VEC_INIT;
	struct df_lint l = {.df = df,
	    .in = in != NULL ? in : &nothing,
	    .out = ret,
	    .skip = VEC_INIT,
	    .experimental = VEC_INIT};
	const char *check = df_check_of(df, l.in->input);

	*ret = (struct dockerfile_warnings){0};
	df_check_option(check, "skip", &l.skip);
	df_check_option(check, "experimental", &l.experimental);
	df_check_option(check, "error", &fatal);
	l.hadolint = l.in->hadolint;
	if (l.hadolint)
		df_skip_globally(&l);
	ret->fatal = fatal.len > 0 && df_is_true(fatal.v[0]);
	df_lint_text(&l);
	df_lint_values(&l);
	vec_done(&l.skip);
	vec_done(&l.experimental);
}

void
dockerfile_lint_python(const struct dockerfile *df, struct dockerfile_warnings *ret)
{
	static const struct dockerfile_lint_input nothing = {0};
	struct df_lint l = {.df = df,
	    .in = &nothing,
	    .out = ret,
	    .skip = VEC_INIT,
	    .experimental = VEC_INIT};

	df_check_option(df->check, "skip", &l.skip);
	l.hadolint = true;
	df_skip_globally(&l);
	df_lint_python(&l);
	vec_done(&l.skip);
}

static int
by_line(const void *a, const void *b)
{
	const struct dockerfile_warning *v = a, *w = b;

	if (v->lines.first != w->lines.first)
		return v->lines.first < w->lines.first ? -1 : 1;
	return v->order < w->order ? -1 : v->order > w->order;
}

void
dockerfile_sort_warnings(struct dockerfile_warnings *w)
{
	for (size_t i = 0; i < w->len; i++)
		w->v[i].order = i;
	if (w->len > 1)
		qsort(w->v, w->len, sizeof *w->v, by_line);
}

void
dockerfile_rule_url(struct buf *out, const char *rule)
{
	buf_adds(out, "https://docs.docker.com/go/dockerfile/rule/");
	for (const char *p = rule; *p != '\0'; p++) {
		bool upper = *p >= 'A' && *p <= 'Z';
		bool begins =
		    upper && p > rule &&
		    (p[-1] < 'A' || p[-1] > 'Z' || (p[1] >= 'a' && p[1] <= 'z'));
		buf_addf(out, "%s%c", begins ? "-" : "", upper ? *p + 32 : *p);
	}
	buf_addc(out, '/');
}

void
dockerfile_add_check(struct buf *out, const struct dockerfile_warnings *w,
    const char *name, const char *text, size_t len)
{
	cleanup_df_text_lines struct df_text_lines lines = {0};

	if (w->len == 0) {
		buf_adds(out, "Check complete, no warnings found.\n");
		return;
	}
	df_text_lines(&lines, text, len);
	buf_addf(out, "Check complete, %zu warning%s been found!\n", w->len,
	    w->len == 1 ? " has" : "s have");
	for (size_t i = 0; i < w->len; i++) {
		const struct dockerfile_warning *x = &w->v[i];
		buf_addf(out, "\nWARNING: %s - ", x->rule);
		dockerfile_rule_url(out, x->rule);
		buf_addf(out, "\n%s\n", x->message);
		df_add_frame(out, name, &lines, x->lines);
	}
}

void
dockerfile_warnings_done(struct dockerfile_warnings *w)
{
	for (size_t i = 0; i < w->len; i++)
		free(w->v[i].message);
	free(w->v);
	*w = (struct dockerfile_warnings){0};
}

void
dockerfile_add_warnings(struct buf *out, const struct dockerfile_warnings *w)
{
	if (w->len == 0)
		return;
	buf_addf(out, "\n %zu warning%s found (use docker --debug to expand):\n", w->len,
	    w->len == 1 ? "" : "s");
	for (size_t i = 0; i < w->len; i++)
		buf_addf(out, " - %s: %s (line %d)\n", w->v[i].rule, w->v[i].message,
		    w->v[i].lines.first);
}
