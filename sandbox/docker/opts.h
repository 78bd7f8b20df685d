/*
 * opts.h - command-line options, as Docker's own option library understands them
 *
 * A command has one const table of rows; parsing fills a list of what was given.
 * Pure: prints nothing, knows no command.  Private to the docker module.
 */
#ifndef DRYDOCK_DOCKER_OPTS_H
#define DRYDOCK_DOCKER_OPTS_H

#include "sandbox/base/base.h"

enum opt_kind {
	OPT_BOOL,
	OPT_STRING,
	OPT_INT,
	OPT_LIST,     /* may be given several times */
	OPT_ENV,      /* a list of NAME=VALUE or NAME */
	OPT_FILTER,   /* a list of name=value */
	OPT_DURATION, /* "1m30s" */
	OPT_BYTES,    /* "64m" */
};

enum opt_flags {
	OPT_HIDDEN = 1,  /* not in help (an old name) */
	OPT_OWN = 2,     /* Drydock's, not Docker's: listed under its own heading */
	OPT_LATER = 4,   /* Docker has it; here it is refused with one line */
	OPT_SAID = 16,   /* Docker has it; here one line says that it has no effect */
	OPT_NOTHING = 8, /* Docker has it; here it makes no difference by nature */
};

struct opt_row {
	const char *name; /* without dashes; NULL ends the table */
	char letter;      /* 0: none */
	enum opt_kind kind;
	const char *help;        /* one line */
	const char *initial;     /* value when not given, or NULL */
	const char *placeholder; /* word for the value in help; NULL: that of the kind */
	unsigned flags;
	/* Looks at each value; its complaint is put behind the option's name. */
	int (*check)(const char *value, struct err *err);
};

/* OPT("name", 'n', OPT_STRING, "What it does", .initial = "x") */
#define OPT(name_, letter_, kind_, help_, ...) \
	{ \
		.name = name_, .letter = letter_, .kind = kind_, .help = help_, \
		__VA_ARGS__ \
	}
#define OPT_END \
	{ \
		.name = NULL \
	}

struct opt_given {
	const struct opt_row *row;
	const char *value; /* borrowed from argv */
};

struct opts {
	const struct opt_row *table;
	struct opt_given *given;
	size_t ngiven;
	char **args; /* what is no option; NULL-terminated, points into argv */
	size_t nargs;
	bool help; /* --help was there */
};
#define OPTS_INIT \
	{ \
		.table = NULL \
	}
#define cleanup_opts __attribute__((cleanup(opts_done)))

/* Parses argv (NULL-terminated, without the command's own words), which must outlive
 * *ret.  stop: the first argument that is no option ends the options (run, exec).
 * ERR_INPUT with pflag's text: "unknown flag: --x". */
int opts_parse(struct opts *ret, const struct opt_row *table, bool stop, char **argv,
    struct err *err);
void opts_done(struct opts *o);

/* All take the long name, which must be in the table. */
bool opts_given(const struct opts *o, const char *name);
bool opts_on(const struct opts *o, const char *name);
/* The last value, else the row's initial one, else NULL. */
const char *opts_str(const struct opts *o, const char *name);
long long opts_int(const struct opts *o, const char *name);
/* Values in order: `for (size_t i = 0; (v = opts_next(o, "env", &i)) != NULL;)`. */
const char *opts_next(const struct opts *o, const char *name, size_t *i);
/* strconv.ParseBool; false when it is no boolean text. */
bool opts_parse_bool(const char *text, bool *ret);
/* The word that stands for the row's value in help: "", "string", "list". */
const char *opts_placeholder(const struct opt_row *row);

/* ---- values (opt_values.c): 0, or -1 and ERR_INPUT in Go's words */

/* time.ParseDuration; nanoseconds. */
int opts_duration(const char *text, int64_t *ret, struct err *err);
/* go-units: base 1024 reads RAM, 1000 what people call a size. */
int opts_bytes(const char *text, unsigned base, int64_t *ret, struct err *err);
/* strconv.ParseInt. */
int opts_integer(const char *text, int64_t *ret, struct err *err);
/* "nofile=1024:2048"; gives *name; -1 is no limit. */
int opts_ulimit(
    const char *text, char **name, int64_t *soft, int64_t *hard, struct err *err);
/* For rows. */
int opts_check_ulimit(const char *text, struct err *err);
int opts_check_label(const char *text, struct err *err);
int opts_check_sysctl(const char *text, struct err *err);
int opts_check_attach(const char *text, struct err *err);

#endif
