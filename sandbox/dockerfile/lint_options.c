/*
 * lint_options.c - which rules shall be silent: "# check=" of the file, of an instruction
 * and of a build-arg, and "# hadolint ignore="
 */
#include "sandbox/dockerfile/private.h"

bool
df_has_rule(const struct vec *list, const char *name)
{
	return vec_has(list, name) || (list->len == 1 && str_eq(list->v[0], "all"));
}

void
df_check_option(const char *check, const char *key, struct vec *out)
{
	cleanup_vec struct vec options = VEC_INIT;

	vec_split(&options, check, ";");
	for (size_t i = 0; i < options.len; i++) {
		const char *value = str_after(str_trim(options.v[i]), key);

		if (value != NULL && *value == '=')
			vec_split(out, value + 1, ", ");
	}
}

/* "hadolint ignore=DL3008,DL3013", with blanks anywhere; `word` is "ignore" or "global".
 */
static void
hadolint_option(const char *line, bool global, struct vec *out)
{
	cleanup_vec struct vec words = VEC_INIT;
	size_t at = 1;

	vec_split(&words, line, " \t=,");
	if (words.len < 3 || !str_eq(words.v[0], "hadolint"))
		return;
	if (global && !str_eq(words.v[at++], "global"))
		return;
	if (!str_eq(words.v[at++], "ignore"))
		return;
	for (; at < words.len; at++)
		vec_add(out, words.v[at]);
}

/* A comment "check=skip=Rule" right above an instruction. */
bool
df_skipped_here(const struct df_lint *l, const char *rule, const char *also)
{
	const char *check = l->here != NULL ? l->here->comment : "";
	cleanup_vec struct vec lines = VEC_INIT, skip = VEC_INIT;

	if (check == NULL || (strstr(check, "check") == NULL &&
				 (!l->hadolint || strstr(check, "hadolint") == NULL)))
		return false;
	vec_split(&lines, check, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		const char *value = str_after(str_trim(lines.v[i]), "check=");

		if (value != NULL)
			df_check_option(value, "skip", &skip);
		if (l->hadolint)
			hadolint_option(lines.v[i], false, &skip);
	}
	return df_has_rule(&skip, rule) || (also != NULL && vec_has(&skip, also));
}

static void
global_of(const struct dockerfile_instr *in, struct vec *skip)
{
	cleanup_vec struct vec lines = VEC_INIT;

	if (in->comment == NULL || strstr(in->comment, "global") == NULL)
		return;
	vec_split(&lines, in->comment, "\n");
	for (size_t i = 0; i < lines.len; i++)
		hadolint_option(lines.v[i], true, skip);
}

/* "hadolint global ignore=RULE", wherever it stands. */
void
df_skip_globally(struct df_lint *l)
{
	for (size_t i = 0; i < l->df->n_globals; i++)
		global_of(&l->df->globals[i], &l->skip);
	for (size_t i = 0; i < l->df->n_stages; i++) {
		const struct dockerfile_stage *st = &l->df->stages[i];

		global_of(&st->from, &l->skip);
		for (size_t k = 0; k < st->n_instrs; k++)
			global_of(&st->instrs[k], &l->skip);
	}
}

/* A build-arg outdoes the file's own line. */
const char *
df_check_of(const struct dockerfile *df, const struct dockerfile_input *input)
{
	const char *given =
	    input != NULL && input->build_args != NULL
		? vec_env_get(input->build_args, "BUILDKIT_DOCKERFILE_CHECK")
		: NULL;

	return given != NULL ? given : df->check;
}

/* What Go's strconv.ParseBool takes for true. */
bool
df_is_true(const char *s)
{
	return str_eq(s, "1") || str_eq(s, "t") || str_eq(s, "T") || str_eq(s, "true") ||
	       str_eq(s, "True") || str_eq(s, "TRUE");
}

static bool
is_bool(const char *s)
{
	return df_is_true(s) || str_eq(s, "0") || str_eq(s, "f") || str_eq(s, "F") ||
	       str_eq(s, "false") || str_eq(s, "False") || str_eq(s, "FALSE");
}

/* One of the options, whole; the third is all that follows, as in BuildKit. */
static int
check_option(const char *option, struct err *err)
{
	static const char what[] = "failed to parse check options: ";
	static const char invalid[] =
	    "failed to parse check options: invalid check option ";
	cleanup_buf struct buf quoted = BUF_INIT(ERR_TEXT_MAX),
			       value = BUF_INIT(BUF_OURS);
	const char *eq = strchr(option, '=');
	cleanup_free char *key =
	    xstrndup(option, eq != NULL ? (size_t)(eq - option) : strlen(option));
	cleanup_free char *given = xstrdup(eq != NULL ? eq + 1 : "");
	const char *name = str_trim(key), *v = str_trim(given);

	if (eq == NULL)
		return df_err_quoted(err, invalid, option, "");
	if (str_eq(name, "skip") || str_eq(name, "experimental"))
		return 0;
	if (!str_eq(name, "error"))
		return df_err_quoted(err, invalid, name, "");
	if (is_bool(v))
		return 0;
	dockerfile_quote(&quoted, option);
	dockerfile_quote(&value, v);
	return err_set(err, ERR_INPUT,
	    "%sfailed to parse check option %s: strconv.ParseBool: parsing %s: invalid "
	    "syntax",
	    what, quoted.s, value.s);
}

int
dockerfile_check_options(
    const struct dockerfile *df, const struct dockerfile_input *input, struct err *err)
{
	cleanup_free char *text = xstrdup(df_check_of(df, input));
	char *p = str_trim(text);

	if (*p == '\0')
		return 0;
	for (int n = 1; p != NULL; n++) {
		char *next = n < 3 ? strchr(p, ';') : NULL;

		if (next != NULL)
			*next++ = '\0';
		if (check_option(p, err) < 0)
			return -1;
		p = next;
	}
	return 0;
}
