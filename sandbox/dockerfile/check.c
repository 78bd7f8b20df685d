/*
 * check.c - second pass: flags, counts and names of one instruction
 *
 * The errors are Docker's; the caller puts "dockerfile parse error on line N: "
 * in front.
 */
#include "sandbox/dockerfile/private.h"

static const char *
name_of(const struct df_node *n)
{
	return n->rule->row.name;
}

/* Engine 26.1 names flags without their dashes; newer frontends put them in front. */
static int
unknown_flag(const struct df_node *n, const char *name, struct err *err)
{
	const char *known[16] = {NULL};

	for (size_t i = 0; n->rule->flags[i].name != NULL && i + 1 < ARRAY_LEN(known);
	     i++)
		known[i] = n->rule->flags[i].name;
	err_set(err, ERR_INPUT, "unknown flag: %s", name);
	df_suggest(err, name, known);
	return -1;
}

static int
check_flag(const struct df_node *n, const struct df_flag_row *row, const char *value,
    struct err *err)
{
	if (row->type != DF_FLAG_LIST && dockerfile_flag(&n->in, row->name) != NULL)
		return err_set(err, ERR_INPUT, "duplicate flag specified: %s", row->name);
	if (row->type == DF_FLAG_BOOL ? value != NULL && *value == '\0' : value == NULL)
		return err_set(err, ERR_INPUT, "missing a value on flag: %s", row->name);
	if (row->type == DF_FLAG_BOOL && value != NULL &&
	    strcasecmp(value, "true") != 0 && strcasecmp(value, "false") != 0)
		return err_set(err, ERR_INPUT,
		    "expecting boolean value for flag %s, not: %s", row->name, value);
	return 0;
}

static int
read_flag(struct dockerfile *df, struct df_node *n, const char *raw, struct err *err)
{
	size_t len = strcspn(raw + 2, "=");
	char *name = df_dup(df->arena, raw + 2, len);
	const char *value = raw[2 + len] == '=' ? raw + 2 + len + 1 : NULL;
	const struct df_flag_row *row = n->rule->flags;

	while (row->name != NULL && !str_eq(row->name, name))
		row++;
	if (row->name == NULL)
		return unknown_flag(n, name, err);
	if (check_flag(n, row, value, err) < 0)
		return -1;
	n->in.flags =
	    df_push(df->arena, n->in.flags, &n->in.n_flags, sizeof *n->in.flags);
	n->in.flags[n->in.n_flags - 1].name = row->name;
	n->in.flags[n->in.n_flags - 1].value = value != NULL ? value : "";
	return 0;
}

/* Some take flags off the line and never look at them, in Docker too. */
static bool
ignores_flags(const struct df_node *n)
{
	return n->rule->row.kind == DOCKERFILE_ARG ||
	       n->rule->row.kind == DOCKERFILE_STOPSIGNAL ||
	       (n->first != NULL && strcasecmp(n->first, "NONE") == 0);
}

int
df_check(struct dockerfile *df, struct df_node *n, struct err *err)
{
	if (n->rule == NULL) {
		cleanup_free char *upper = xstrdup(n->in.keyword);

		for (char *p = upper; *p != '\0'; p++)
			if (*p >= 'a' && *p <= 'z')
				*p -= 32;
		err_set(err, ERR_INPUT, "unknown instruction: %s", n->in.keyword);
		df_suggest(err, upper, df_rule_names());
		return -1;
	}
	if (n->rule->count != NULL && n->rule->count(df, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n->n_raw_flags && !ignores_flags(n); i++)
		if (read_flag(df, n, n->raw_flags[i], err) < 0)
			return -1;
	return n->rule->check(df, n, err);
}

int
df_check_any(struct dockerfile *df, struct df_node *n, struct err *err)
{
	(void)df;
	(void)n;
	(void)err;
	return 0;
}

int
df_check_one(struct dockerfile *df, struct df_node *n, struct err *err)
{
	(void)df;
	if (n->in.n_args == 1)
		return 0;
	return err_set(err, ERR_INPUT, "%s requires exactly one argument", name_of(n));
}

int
df_check_some(struct dockerfile *df, struct df_node *n, struct err *err)
{
	(void)df;
	if (n->in.n_args + n->in.n_pairs > 0)
		return 0;
	return err_set(err, ERR_INPUT, "%s requires at least one argument", name_of(n));
}

int
df_check_pairs(struct dockerfile *df, struct df_node *n, struct err *err)
{
	if (df_check_some(df, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n->in.n_pairs; i++)
		if (*n->in.pairs[i].key == '\0')
			return err_set(
			    err, ERR_INPUT, "%s names can not be blank", name_of(n));
	return 0;
}

int
df_check_two(struct dockerfile *df, struct df_node *n, struct err *err)
{
	(void)df;
	if (n->in.n_args >= 2)
		return 0;
	return err_set(err, ERR_INPUT,
	    "%s requires at least two arguments, but only one was provided. "
	    "Destination could not be determined",
	    name_of(n));
}

int
df_check_copy(struct dockerfile *df, struct df_node *n, struct err *err)
{
	struct dockerfile_heredoc doc;

	if (df_heredoc_marker(df->arena, n->in.args[n->in.n_args - 1], &doc))
		return err_set(err, ERR_INPUT,
		    "%s cannot accept a heredoc as a destination", name_of(n));
	return 0;
}

static bool
is_stage_name(const char *s)
{
	if (!(*s >= 'a' && *s <= 'z'))
		return false;
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0';
}

int
df_check_from(struct dockerfile *df, struct df_node *n, struct err *err)
{
	cleanup_free char *lower = NULL;

	(void)df;
	if (n->in.n_args == 1)
		return 0;
	if (n->in.n_args != 3 || strcasecmp(n->in.args[1], "as") != 0)
		return err_set(
		    err, ERR_INPUT, "FROM requires either one or three arguments");
	lower = xstrdup(n->in.args[2]);
	for (char *p = lower; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 32;
	if (!is_stage_name(lower))
		return df_err_quoted(err, "invalid name for build stage: ", n->in.args[2],
		    ", name can't start with a number or contain symbols");
	return 0;
}

int
df_check_volume(struct dockerfile *df, struct df_node *n, struct err *err)
{
	(void)df;
	for (size_t i = 0; i < n->in.n_args; i++)
		if (n->in.args[i][strspn(n->in.args[i], " \t")] == '\0')
			return err_set(err, ERR_INPUT,
			    "VOLUME specified can not be an empty string");
	return 0;
}

int
df_check_shell(struct dockerfile *df, struct df_node *n, struct err *err)
{
	if (df_check_some(df, n, err) < 0)
		return -1;
	if (!n->in.is_json)
		return err_set(
		    err, ERR_INPUT, "SHELL requires the arguments to be in JSON form");
	return 0;
}

int
df_check_run(struct dockerfile *df, struct df_node *n, struct err *err)
{
	const char *network = dockerfile_flag(&n->in, "network");
	const char *security = dockerfile_flag(&n->in, "security");

	(void)df;
	for (size_t i = 0; i < n->in.n_flags; i++) {
		cleanup_vec struct vec pairs = VEC_INIT;

		if (str_eq(n->in.flags[i].name, "mount") &&
		    dockerfile_mount(n->in.flags[i].value, &pairs, err) < 0)
			return -1;
	}
	if (network != NULL && !str_eq(network, "default") && !str_eq(network, "none") &&
	    !str_eq(network, "host"))
		return df_err_quoted(err, "invalid network mode ", network, "");
	if (security != NULL && !str_eq(security, "sandbox") &&
	    !str_eq(security, "insecure"))
		return df_err_quoted(err, "security ", security, " is not valid");
	return 0;
}

/* ONBUILD's text: all behind the word, and the here-documents, which the image
 * must carry too. */
static const char *
trigger_text(struct dockerfile *df, const struct dockerfile_instr *in)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	buf_adds(&text, in->text + strlen("ONBUILD"));
	buf_eat(&text, strspn(text.s, " \t\v\f\r\n"));
	for (size_t i = 0; i < in->n_heredocs; i++)
		buf_addf(&text, "\n%s%s", in->heredocs[i].raw, in->heredocs[i].name);
	return df_dup(df->arena, text.s, text.len);
}

int
df_check_given(struct dockerfile *df, struct df_node *n, struct err *err)
{
	bool given = n->sub != NULL || (n->first != NULL && *n->first != '\0');

	return given ? 0 : df_check_some(df, n, err);
}

int
df_check_onbuild(struct dockerfile *df, struct df_node *n, struct err *err)
{
	const struct df_rule *sub = n->sub->rule;

	(void)df;
	if (sub != NULL && sub->row.kind == DOCKERFILE_ONBUILD)
		return err_set(err, ERR_INPUT,
		    "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
	if (sub != NULL &&
	    (sub->row.kind == DOCKERFILE_FROM || sub->row.kind == DOCKERFILE_MAINTAINER))
		return err_set(err, ERR_INPUT, "%s isn't allowed as an ONBUILD trigger",
		    sub->row.name);
	n->in.trigger = trigger_text(df, &n->in);
	return 0;
}
