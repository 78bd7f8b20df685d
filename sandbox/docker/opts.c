/*
 * opts.c - command-line options, as Docker's own option library understands them
 *
 * Facts and texts: spf13/pflag.  `--x=v`, `--x v`, `-xv`, `-x=v`, clusters of
 * boolean letters, `--` ends the options.
 */
#include "sandbox/docker/opts.h"
#include <stdlib.h>

static const char *const placeholders[] = {
    [OPT_BOOL] = "",
    [OPT_STRING] = "string",
    [OPT_INT] = "int",
    [OPT_LIST] = "list",
    [OPT_ENV] = "list",
    [OPT_FILTER] = "filter",
    [OPT_DURATION] = "duration",
    [OPT_BYTES] = "bytes",
};

const char *
opts_placeholder(const struct opt_row *row)
{
	return row->placeholder != NULL ? row->placeholder : placeholders[row->kind];
}

void
opts_done(struct opts *o)
{
	free(o->given);
	free(o->args);
	*o = (struct opts)OPTS_INIT;
}

bool
opts_parse_bool(const char *text, bool *ret)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = {{"1", true}, {"t", true}, {"T", true}, {"true", true},
	    {"TRUE", true}, {"True", true}, {"0", false}, {"f", false}, {"F", false},
	    {"false", false}, {"FALSE", false}, {"False", false}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(text, words[i].text)) {
			*ret = words[i].value;
			return true;
		}
	}
	return false;
}

static int
invalid(const struct opt_row *row, const char *value, struct err *err, const char *why)
{
	char letter[8] = "";

	if (row->letter != 0)
		snprintf(letter, sizeof letter, "-%c, ", row->letter);
	return err_set(err, ERR_INPUT, "invalid argument \"%s\" for \"%s--%s\" flag: %s",
	    value, letter, row->name, why);
}

/* What the value's own type says of it, into why. */
static int
check_kind(const struct opt_row *row, const char *value, struct err *why)
{
	int64_t ignored;
	bool truth;

	switch (row->kind) {
	case OPT_BOOL:
		if (opts_parse_bool(value, &truth))
			return 0;
		return err_set(why, ERR_INPUT,
		    "strconv.ParseBool: parsing \"%s\": invalid syntax", value);
	case OPT_INT: return opts_integer(value, &ignored, why);
	case OPT_DURATION: return opts_duration(value, &ignored, why);
	case OPT_BYTES: return opts_bytes(value, 1024, &ignored, why);
	case OPT_ENV:
		if (value[0] != '=' && value[0] != '\0')
			return 0;
		return err_set(why, ERR_INPUT, "invalid environment variable: %s", value);
	case OPT_FILTER:
		if (strchr(value, '=') != NULL || value[0] == '\0')
			return 0;
		return err_set(
		    why, ERR_INPUT, "bad format of filter (expected name=value)");
	case OPT_STRING:
	case OPT_LIST: break;
	}
	return 0;
}

static int
check(const struct opt_row *row, const char *value, struct err *err)
{
	struct err why = ERR_INIT;

	if (check_kind(row, value, &why) < 0 ||
	    (row->check != NULL && row->check(value, &why) < 0))
		return invalid(row, value, err, why.text);
	return 0;
}

static int
give(struct opts *o, const struct opt_row *row, const char *value, struct err *err)
{
	if (check(row, value, err) < 0)
		return -1;
	o->given = xrealloc(o->given, (o->ngiven + 1) * sizeof *o->given);
	o->given[o->ngiven++] = (struct opt_given){row, value};
	return 0;
}

static const struct opt_row *
by_name(const struct opt_row *table, const char *name, size_t len)
{
	for (; table->name != NULL; table++)
		if (strlen(table->name) == len && memcmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

static const struct opt_row *
by_letter(const struct opt_row *table, char letter)
{
	for (; table->name != NULL; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

/* `--name...`; *argv moves on over a value that is a word of its own. */
static int
parse_long(struct opts *o, char ***argv, struct err *err)
{
	const char *name = **argv + 2, *eq = strchr(name, '=');
	size_t len = eq != NULL ? (size_t)(eq - name) : strlen(name);
	const struct opt_row *row = by_name(o->table, name, len);

	if (len == 0 || name[0] == '-')
		return err_set(err, ERR_INPUT, "bad flag syntax: %s", **argv);
	if (row == NULL && len == 4 && memcmp(name, "help", 4) == 0) {
		o->help = true;
		return 0;
	}
	if (row == NULL)
		return err_set(err, ERR_INPUT, "unknown flag: --%.*s", (int)len, name);
	if (eq != NULL)
		return give(o, row, eq + 1, err);
	if (row->kind == OPT_BOOL)
		return give(o, row, "true", err);
	if ((*argv)[1] == NULL)
		return err_set(err, ERR_INPUT, "flag needs an argument: --%s", name);
	return give(o, row, *++*argv, err);
}

/* `-abc`: letters of boolean options, the last one may have a value. */
static int
parse_letters(struct opts *o, char ***argv, struct err *err)
{
	const char *whole = **argv;

	for (const char *p = whole + 1; *p != '\0'; p++) {
		const struct opt_row *row = by_letter(o->table, *p);

		if (row == NULL && *p == 'h') {
			o->help = true;
			continue;
		}
		if (row == NULL)
			return err_set(
			    err, ERR_INPUT, "unknown shorthand flag: '%c' in -%s", *p, p);
		if (p[1] == '=' && p[2] != '\0')
			return give(o, row, p + 2, err);
		if (row->kind == OPT_BOOL) {
			if (give(o, row, "true", err) < 0)
				return -1;
			continue;
		}
		if (p[1] != '\0')
			return give(o, row, p + 1, err);
		if ((*argv)[1] == NULL)
			return err_set(
			    err, ERR_INPUT, "flag needs an argument: '%c' in -%s", *p, p);
		return give(o, row, *++*argv, err);
	}
	return 0;
}

int
opts_parse(
    struct opts *o, const struct opt_row *table, bool stop, char **argv, struct err *err)
{
	size_t count = 0;

	while (argv[count] != NULL)
		count++;
	*o = (struct opts){.table = table, .args = xcalloc(count + 1, sizeof(char *))};
	for (; *argv != NULL; argv++) {
		if (str_eq(*argv, "--") || (stop && (**argv != '-' || !(*argv)[1]))) {
			for (argv += str_eq(*argv, "--"); *argv != NULL; argv++)
				o->args[o->nargs++] = *argv;
			break;
		}
		if (**argv != '-' || (*argv)[1] == '\0')
			o->args[o->nargs++] = *argv;
		else if ((*argv)[1] == '-' ? parse_long(o, &argv, err) < 0
					   : parse_letters(o, &argv, err) < 0)
			return -1;
	}
	return 0;
}

static const struct opt_given *
last(const struct opts *o, const char *name)
{
	for (size_t i = o->ngiven; i-- > 0;)
		if (str_eq(o->given[i].row->name, name))
			return &o->given[i];
	return NULL;
}

bool
opts_given(const struct opts *o, const char *name)
{
	return last(o, name) != NULL;
}

const char *
opts_str(const struct opts *o, const char *name)
{
	const struct opt_given *g = last(o, name);
	const struct opt_row *row;

	if (g != NULL)
		return g->value;
	row = by_name(o->table, name, strlen(name));
	return row != NULL ? row->initial : NULL;
}

bool
opts_on(const struct opts *o, const char *name)
{
	const char *value = opts_str(o, name);
	bool on = false;

	return value != NULL && opts_parse_bool(value, &on) && on;
}

long long
opts_int(const struct opts *o, const char *name)
{
	const char *value = opts_str(o, name);

	return value != NULL ? strtoll(value, NULL, 10) : 0;
}

const char *
opts_next(const struct opts *o, const char *name, size_t *i)
{
	while (*i < o->ngiven) {
		const struct opt_given *g = &o->given[(*i)++];

		if (str_eq(g->row->name, name))
			return g->value;
	}
	return NULL;
}
