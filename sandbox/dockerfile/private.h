/*
 * private.h - what the files of the dockerfile module share among themselves
 */
#ifndef DRYDOCK_DOCKERFILE_PRIVATE_H
#define DRYDOCK_DOCKERFILE_PRIVATE_H

#include "sandbox/dockerfile/dockerfile.h"
#include <stdint.h>

/* ---- arena.c: memory that lives as long as the struct dockerfile ---- */

/* Gives an empty arena; free with df_arena_free(). */
struct dockerfile_arena *df_arena_new(void);
void df_arena_free(struct dockerfile_arena *a);
/* Zeroed memory of the arena. */
void *df_alloc(struct dockerfile_arena *a, size_t size);
/* A copy of len bytes with a NUL behind. */
char *df_dup(struct dockerfile_arena *a, const char *s, size_t len);
/* Grows an array of *n elements by one zeroed element, counts it and returns the
 * array, which may have moved.  One element more is always there, zeroed, so that
 * a list of strings ends with NULL. */
void *df_push(struct dockerfile_arena *a, void *array, size_t *n, size_t size);

/* ---- text.c ---- */

/* The blanks of Docker's line syntax: space \t \v \f \r \n. */
bool df_is_blank(char c);
/* Bytes of the white space at s, as Unicode has it (a blank copied from a web page is
 * often U+00A0); 0 for none.  Reads no further than the string's end. */
size_t df_space(const char *s);
/* Takes it off both ends, in place. */
char *df_trim_space(char *s);
/* err_set(ERR_INPUT) with `what`, s quoted as Go does, and `after`. */
int df_err_quoted(struct err *err, const char *what, const char *s, const char *after);
/* Appends " (did you mean X?)" for the nearest candidate, if any is near. */
void df_suggest(struct err *err, const char *word, const char *const *candidates);

/* ---- lines.c: physical lines to logical ones ---- */

struct df_reader {
	struct dockerfile *df;
	const char *p, *end;
	int line; /* number of the last line read */
	bool directives_over;
	unsigned directives_seen;
	struct buf comment; /* comment lines since the last instruction */
};

#define cleanup_df_reader __attribute__((cleanup(df_reader_done)))
void df_reader_done(struct df_reader *r);

struct df_logical {
	struct dockerfile_range lines;
	char *text; /* of the arena */
	const char *comment;
	int empty_line; /* number of the last line, when an empty one was gone over */
};

/* 1 and *ret: a logical line; 0: the end; -1: *err, with ret->lines to be framed. */
int df_read_logical(struct df_reader *r, struct df_logical *ret, struct err *err);
/* Reads here-document bodies for each marker in `text`; appends them to in. */
int df_read_heredocs(
    struct df_reader *r, const char *text, struct dockerfile_instr *in, struct err *err);
/* Is the word a here-document marker?  Fills name, expand, chomp, fd. */
bool df_heredoc_marker(
    struct dockerfile_arena *a, const char *word, struct dockerfile_heredoc *ret);

/* ---- words.c: one logical line to an instruction ---- */

struct df_node {
	struct dockerfile_instr in;
	const struct df_rule *rule; /* NULL for an unknown keyword */
	const char *rest;           /* the line behind keyword and flags */
	char **raw_flags;
	size_t n_raw_flags;
	struct df_node *sub; /* ONBUILD's */
	int depth;           /* of ONBUILD in ONBUILD */
	const char *first;   /* HEALTHCHECK's first word */
};

/* Of all instructions, while the file is read; df_nodes_done(). */
struct df_nodes {
	struct df_node *v;
	size_t n, cap;
};

#define cleanup_df_nodes __attribute__((cleanup(df_nodes_done)))
void df_nodes_done(struct df_nodes *all);

/* An empty file, to be read into; dockerfile_free(). */
struct dockerfile *df_new(void);
/* All lines as instructions, not judged yet; at least one. */
int df_read_nodes(struct df_reader *r, struct df_nodes *all,
    struct dockerfile_range *where, struct err *err);
/* Splits the line and reads its words as its keyword asks. */
int df_parse_line(
    struct dockerfile *df, const char *text, struct df_node *ret, struct err *err);

/* Line parsers, named by rows of the table. */
int df_words_json_or_text(struct dockerfile *df, struct df_node *n, struct err *err);
int df_words_json_or_split(struct dockerfile *df, struct df_node *n, struct err *err);
int df_words_split(struct dockerfile *df, struct df_node *n, struct err *err);
int df_words_text(struct dockerfile *df, struct df_node *n, struct err *err);
int df_words_pairs(struct dockerfile *df, struct df_node *n, struct err *err);
int df_words_args(struct dockerfile *df, struct df_node *n, struct err *err);
int df_words_health(struct dockerfile *df, struct df_node *n, struct err *err);
int df_words_onbuild(struct dockerfile *df, struct df_node *n, struct err *err);

/* ---- table.c, check.c, health.c: the instructions and their rules ---- */

enum df_flag_type { DF_FLAG_TEXT, DF_FLAG_BOOL, DF_FLAG_LIST };

struct df_flag_row {
	const char *name;
	enum df_flag_type type;
};

struct df_rule {
	struct dockerfile_row row;
	int (*words)(struct dockerfile *df, struct df_node *n, struct err *err);
	/* First count (may be NULL), then the flags, then check: of several mistakes
	 * Docker tells the first. */
	int (*count)(struct dockerfile *df, struct df_node *n, struct err *err);
	int (*check)(struct dockerfile *df, struct df_node *n, struct err *err);
	const struct df_flag_row *flags; /* ends with a NULL name */
};

/* The rule of a keyword in any case, or NULL. */
const struct df_rule *df_rule_find(const char *keyword);
/* All names, NULL-terminated. */
const char *const *df_rule_names(void);

/* Second pass over one instruction: flags, counts, names. */
int df_check(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_any(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_one(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_some(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_pairs(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_two(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_given(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_copy(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_from(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_volume(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_shell(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_run(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_health(struct dockerfile *df, struct df_node *n, struct err *err);
int df_check_onbuild(struct dockerfile *df, struct df_node *n, struct err *err);

/* ---- frame.c ---- */

/* Where the lines of a text begin; one start more stands behind the last. */
struct df_text_lines {
	const char **starts;
	int n;
};

#define cleanup_df_text_lines __attribute__((cleanup(df_text_lines_done)))
/* Borrows the text. */
void df_text_lines(struct df_text_lines *l, const char *text, size_t len);
void df_text_lines_done(struct df_text_lines *l);
/* dockerfile_frame() for a text whose lines are known. */
void df_add_frame(struct buf *out, const char *name, const struct df_text_lines *l,
    struct dockerfile_range where);

/* ---- plan.c ---- */

/* Makes stages findable by name; once, when all are there. */
void df_index_stages(struct dockerfile *df);
/* The number of the last stage before number `before` of exactly this name, or -1. */
int df_stage_named(const struct dockerfile *df, const char *name, size_t before);

/* Fills env with what FROM lines may use, and globals with what a stage's ARG may
 * fetch; on failure *where has the lines. */
int df_globals(const struct dockerfile *df, const struct dockerfile_input *input,
    bool with_build_args, struct vec *env, struct vec *globals,
    struct dockerfile_range *where, struct err *err);

/* ---- graph.c ---- */

struct df_edge {
	size_t from, to; /* stages */
	const struct dockerfile_instr *in;
	const char *mount_target; /* NULL for COPY and FROM */
};

/* platform.c: refuses what no --platform can be, in Docker's words; "" is none. */
int df_platform_check(const char *platform, struct err *err);

struct df_graph {
	struct df_edge *v;
	size_t n;
};

#define cleanup_df_graph __attribute__((cleanup(df_graph_done)))
void df_graph_done(struct df_graph *g);
/* Adds the edges of all stages; fails for stage numbers that are none. */
int df_graph_link(struct df_graph *g, const struct dockerfile *df,
    const struct dockerfile_plan *plan, struct dockerfile_range *where, struct err *err);
/* Sets marked[i] for all of the n stages that `start` is made from, itself too. */
void df_graph_mark(const struct df_graph *g, bool *marked, size_t n, size_t start);
/* `marked` is room for a flag a stage. */
int df_graph_refuse_circles(const struct df_graph *g, const struct dockerfile *df,
    bool *marked, struct dockerfile_range *where, struct err *err);
/* Fails for edges of needed stages to stages that do not exist yet. */
int df_graph_refuse_forward(const struct df_graph *g, const struct dockerfile *df,
    const bool *needed, struct dockerfile_range *where, struct err *err);

/* ---- glob.c: one matcher for all patterns ---- */

enum df_token_kind {
	DF_CHAR,
	DF_ANY,          /* one character */
	DF_ANY_NOSLASH,  /* one, not '/' */
	DF_STAR,         /* any number */
	DF_STAR_NOSLASH, /* any number, no '/' */
	DF_DIRS,         /* nothing, or anything that ends with '/'; followed by ... */
	DF_DIRS_INSIDE,  /* ... this */
	DF_CLASS,        /* [a-z] */
};

struct df_token {
	enum df_token_kind kind;
	uint32_t c;
	bool negated;
	bool slash_too;  /* a class that may match '/' */
	const char *set; /* DF_CLASS: behind '[' and '^', up to ']'; borrowed */
	size_t set_len;
};

struct df_glob {
	struct df_token *v;
	size_t n, cap;
};

#define cleanup_df_glob __attribute__((cleanup(df_glob_done)))
void df_glob_done(struct df_glob *g);
void df_glob_add(struct df_glob *g, enum df_token_kind kind, uint32_t c);
/* Adds a class that starts at '['; returns what follows ']', NULL if it never ends. */
const char *df_glob_add_class(struct df_glob *g, const char *s, bool slash_too);
/* Length of the longest (or shortest) part of s[0..len) from its start that the
 * pattern matches; SIZE_MAX when none does. */
size_t df_glob_len(const struct df_glob *g, const char *s, size_t len, bool longest);
bool df_glob_is(const struct df_glob *g, const char *s);
/* The character at *s, which moves on; an invalid byte stands for itself. */
uint32_t df_rune(const char **s, const char *end);

/* ---- expand.c, braced.c: the lexer of words ---- */

/* Values may hold values: without a limit, 30 lines of `ENV A=$A$A` fill the memory. */
enum { DF_RESULT_MAX = 16 << 20 };

struct df_lexer {
	const struct dockerfile_lex *opt;
	const struct vec *env;
	const char *p;
	char escape;
	bool keep_escapes;
	int depth;
};

struct df_words {
	struct buf word;
	bool inside;
	struct vec *out;
};

/* Reads to the character `stop` ('\0': to the end) and goes behind it.  The text
 * goes to out and, cut at unquoted blanks, to w if that is not NULL. */
int df_lex_until(
    struct df_lexer *lx, char stop, struct buf *out, struct df_words *w, struct err *err);
/* The name at p: letters, digits, _; or digits alone; or one special character.
 * Appended to *name, possibly nothing. */
void df_lex_name(struct df_lexer *lx, struct buf *name);
/* The value or NULL; an unknown name is noted. */
const char *df_lex_lookup(struct df_lexer *lx, const char *name);
/* Reads from behind "${" to behind its '}'. */
int df_lex_braced(struct df_lexer *lx, struct buf *out, struct err *err);

/* ---- substitute.c: ${v#p} and its kin; append to out ---- */

int df_trim(struct buf *out, const char *value, const char *pattern, char side,
    bool greedy, struct err *err);
int df_replace(struct buf *out, const char *value, const char *pattern, const char *by,
    bool all, struct err *err);

/* ---- lint.c, lint_text.c, lint_values.c ---- */

struct df_lint {
	const struct dockerfile *df;
	const struct dockerfile_lint_input *in;
	struct dockerfile_warnings *out;
	struct vec skip, experimental;       /* rules, or "all" alone */
	bool hadolint;                       /* "# hadolint ignore=" counts, too */
	const struct dockerfile_instr *here; /* whose comment may skip a rule */
	size_t names;                        /* that stages have from others */
};

/* Adds a warning unless "# check=skip=" names the rule. */
void df_warn(struct df_lint *l, const char *rule, struct dockerfile_range lines,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Is the rule, or "all", in the list? */
bool df_has_rule(const struct vec *list, const char *rule);
/* Appends the comma-separated values of one option of "skip=A,B;error=true". */
void df_check_option(const char *check, const char *key, struct vec *out);
/* The value of "# check=", or of the build-arg that outdoes it. */
const char *df_check_of(
    const struct dockerfile *df, const struct dockerfile_input *input);
/* What Go's strconv.ParseBool takes for true. */
bool df_is_true(const char *s);
/* Does a comment right above the instruction silence the rule, or hadolint's number for
 * it (may be NULL)? */
bool df_skipped_here(const struct df_lint *l, const char *rule, const char *also);
/* Adds what "# hadolint global ignore=" silences. */
void df_skip_globally(struct df_lint *l);
/* The rules that need nothing but the text. */
void df_lint_text(struct df_lint *l);

/* What lint knows at a point of a stage. */
struct df_world {
	struct vec env;  /* "K=V" at this point of the stage */
	struct vec args; /* names declared by ARG, also without a value */
	bool known;      /* the base's environment is in env */
	bool full;       /* so many names that no more are kept: known is false then */
	bool workdir;    /* there was a WORKDIR, here or in the stage below */
	bool shell;      /* ... a SHELL */
	const struct dockerfile_instr *last[DOCKERFILE_KINDS]; /* in this stage */
};

/* " (did you mean $X?)" for the nearest name of env, or "".  Gives. */
char *df_did_you_mean(const char *word, const struct vec *env, const char *sigil);
/* Judges one instruction and changes w as the instruction does. */
void df_walk_instr(struct df_lint *l, struct df_world *w,
    const struct dockerfile_instr *in, const struct vec *globals);
/* The rules that need the environment: variables, ARG in FROM, bases. */
void df_lint_values(struct df_lint *l);
/* One stage while it is walked through for the rules that Docker does not have. */
struct df_view {
	struct df_lint *l;
	const struct dockerfile_instr *in;
	bool workdir, pipefail, copied_all, told_order, wget, curl, told_two;
	const struct dockerfile_instr *last_run, *last_user;
};

void df_lint_python(struct df_lint *l);
/* RUN's commands. */
void df_lint_run(struct df_view *v);

#endif
