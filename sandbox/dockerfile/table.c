/*
 * table.c - the instructions: one row each
 */
#include "sandbox/dockerfile/private.h"

/* Of flags that are equally near to a wrong one, the first is suggested. */
static const struct df_flag_row none[] = {{NULL, 0}};
static const struct df_flag_row from_flags[] = {{"platform", DF_FLAG_TEXT}, {NULL, 0}};
static const struct df_flag_row add_flags[] = {{"checksum", DF_FLAG_TEXT},
    {"chown", DF_FLAG_TEXT}, {"chmod", DF_FLAG_TEXT}, {"exclude", DF_FLAG_LIST},
    {"keep-git-dir", DF_FLAG_BOOL}, {"link", DF_FLAG_BOOL}, {"unpack", DF_FLAG_BOOL},
    {NULL, 0}};
static const struct df_flag_row copy_flags[] = {{"chown", DF_FLAG_TEXT},
    {"chmod", DF_FLAG_TEXT}, {"exclude", DF_FLAG_LIST}, {"from", DF_FLAG_TEXT},
    {"link", DF_FLAG_BOOL}, {"parents", DF_FLAG_BOOL}, {NULL, 0}};
static const struct df_flag_row run_flags[] = {{"mount", DF_FLAG_LIST},
    {"network", DF_FLAG_TEXT}, {"security", DF_FLAG_TEXT}, {NULL, 0}};
static const struct df_flag_row health_flags[] = {{"interval", DF_FLAG_TEXT},
    {"retries", DF_FLAG_TEXT}, {"start-interval", DF_FLAG_TEXT},
    {"start-period", DF_FLAG_TEXT}, {"timeout", DF_FLAG_TEXT}, {NULL, 0}};

#define ROW(name, layer, expands) \
	{ \
#name, DOCKERFILE_##name, layer, expands \
	}

/* In the order of enum dockerfile_kind, which is the alphabet's. */
static const struct df_rule rules[] = {
    {ROW(ADD, true, true), df_words_json_or_split, df_check_two, df_check_copy,
	add_flags},
    {ROW(ARG, false, true), df_words_args, NULL, df_check_pairs, none},
    {ROW(CMD, false, false), df_words_json_or_text, NULL, df_check_any, none},
    {ROW(COPY, true, true), df_words_json_or_split, df_check_two, df_check_copy,
	copy_flags},
    {ROW(ENTRYPOINT, false, false), df_words_json_or_text, NULL, df_check_any, none},
    {ROW(ENV, false, true), df_words_pairs, NULL, df_check_pairs, none},
    {ROW(EXPOSE, false, true), df_words_split, df_check_some, df_check_any, none},
    {ROW(FROM, false, true), df_words_split, df_check_from, df_check_any, from_flags},
    {ROW(HEALTHCHECK, false, false), df_words_health, df_check_given, df_check_health,
	health_flags},
    {ROW(LABEL, false, true), df_words_pairs, NULL, df_check_pairs, none},
    {ROW(MAINTAINER, false, false), df_words_text, df_check_one, df_check_any, none},
    {ROW(ONBUILD, false, false), df_words_onbuild, df_check_given, df_check_onbuild,
	none},
    {ROW(RUN, true, false), df_words_json_or_text, NULL, df_check_run, run_flags},
    {ROW(SHELL, false, false), df_words_json_or_text, NULL, df_check_shell, none},
    {ROW(STOPSIGNAL, false, true), df_words_text, df_check_one, df_check_any, none},
    {ROW(USER, false, true), df_words_text, df_check_one, df_check_any, none},
    {ROW(VOLUME, false, true), df_words_json_or_split, df_check_some, df_check_volume,
	none},
    {ROW(WORKDIR, true, true), df_words_text, df_check_one, df_check_any, none},
};

static const char *const names[] = {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV",
    "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", NULL};

_Static_assert(ARRAY_LEN(rules) == DOCKERFILE_KINDS, "a row for each kind");
_Static_assert(ARRAY_LEN(names) == DOCKERFILE_KINDS + 1, "a name for each kind");

const struct dockerfile_row *
dockerfile_row(enum dockerfile_kind kind)
{
	return &rules[kind].row;
}

const struct df_rule *
df_rule_find(const char *keyword)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strcasecmp(rules[i].row.name, keyword) == 0)
			return &rules[i];
	return NULL;
}

const char *const *
df_rule_names(void)
{
	return names;
}

const char *
dockerfile_flag(const struct dockerfile_instr *in, const char *name)
{
	for (size_t i = in->n_flags; i-- > 0;)
		if (str_eq(in->flags[i].name, name))
			return in->flags[i].value;
	return NULL;
}

bool
dockerfile_flag_on(const struct dockerfile_instr *in, const char *name)
{
	const char *value = dockerfile_flag(in, name);

	return value != NULL && strcasecmp(value, "false") != 0;
}
