/*
 * dockerfile.h - a Dockerfile and a .dockerignore, from text to values
 *
 * Everything here is pure: text in, values out.  The module opens no file,
 * starts no process, knows no image and no layer; it says what the text means
 * and, in Docker's words, what is wrong with it.  The builder does the rest.
 *
 *     text --dockerfile_parse--> struct dockerfile   (what is written)
 *          --dockerfile_plan---> struct dockerfile_plan   (which stages, from what)
 *          --dockerfile_lint---> warnings
 *
 * Words are kept as written; variables are expanded later, one instruction at
 * a time, because each sees the environment that the ones before it left.
 * All strings and lists of a struct dockerfile live in its arena and die with
 * it; lists of strings end with NULL.  Line numbers count from 1.
 *
 * Facts: BuildKit's Dockerfile frontend as read in its source, and what engine
 * 26.1 printed, which wins where the two differ.
 */
#ifndef DRYDOCK_DOCKERFILE_H
#define DRYDOCK_DOCKERFILE_H

#include "sandbox/base/base.h"

/* ---- instructions ------------------------------------------------------ */

enum dockerfile_kind {
	DOCKERFILE_ADD,
	DOCKERFILE_ARG,
	DOCKERFILE_CMD,
	DOCKERFILE_COPY,
	DOCKERFILE_ENTRYPOINT,
	DOCKERFILE_ENV,
	DOCKERFILE_EXPOSE,
	DOCKERFILE_FROM,
	DOCKERFILE_HEALTHCHECK,
	DOCKERFILE_LABEL,
	DOCKERFILE_MAINTAINER,
	DOCKERFILE_ONBUILD,
	DOCKERFILE_RUN,
	DOCKERFILE_SHELL,
	DOCKERFILE_STOPSIGNAL,
	DOCKERFILE_USER,
	DOCKERFILE_VOLUME,
	DOCKERFILE_WORKDIR,
	DOCKERFILE_KINDS,
};

/* Lines first..last of the file; first == 0 means "no line to show". */
struct dockerfile_range {
	int first, last;
};

/* --name=value.  A flag without '=' has the value "" (only boolean ones may). */
struct dockerfile_flag {
	const char *name, *value;
};

/* KEY=VALUE of ENV, LABEL, ARG, as written: quotes and escapes still in place,
 * to be expanded.  value is NULL for `ARG KEY`. */
struct dockerfile_pair {
	const char *key, *value;
};

struct dockerfile_heredoc {
	const char *name;
	const char *raw;     /* the body as written, last line ended */
	const char *content; /* the same, without leading tabs for <<- */
	bool expand;         /* the name was not quoted: $VAR counts (COPY, ADD) */
	bool chomp;          /* <<- */
	int fd;              /* 3 in `3<<EOF`, else 0 */
};

/* HEALTHCHECK.  Times are nanoseconds; 0 means "not said". */
struct dockerfile_health {
	char **test; /* {"NONE"}, {"CMD", arg...} or {"CMD-SHELL", text} */
	long long interval, timeout, start_period, start_interval;
	int retries;
};

struct dockerfile_instr {
	enum dockerfile_kind kind;
	struct dockerfile_range lines;
	const char *text;    /* one line, continuations joined, keyword in capitals */
	bool lower;          /* the keyword was written all in small letters */
	bool mixed;          /* ... or in both */
	bool legacy;         /* `ENV key value` */
	int empty_line;      /* a continuation went over an empty line: its last line */
	const char *keyword; /* as written */
	const char *comment; /* comment lines right above, joined by \n, or "" */
	struct dockerfile_flag *flags;
	size_t n_flags;
	/* The words.  RUN, CMD, ENTRYPOINT, SHELL: the array when is_json, else one
	 * string (none when nothing was written).  COPY, ADD: sources and, last, the
	 * destination.  ENV, LABEL, ARG have pairs instead, HEALTHCHECK has health. */
	char **args;
	size_t n_args;
	bool is_json;
	struct dockerfile_pair *pairs;
	size_t n_pairs;
	struct dockerfile_heredoc *heredocs;
	size_t n_heredocs;
	struct dockerfile_health health;
	const char *trigger; /* ONBUILD: the text behind the word ONBUILD */
};

/* What is true of a kind; the one table of instructions. */
struct dockerfile_row {
	const char *name;
	enum dockerfile_kind kind;
	bool layer;   /* makes a file system layer and counts as a step */
	bool expands; /* variables of the build are expanded in its words */
};

/* The row of a kind (never NULL).  Borrowed, constant. */
const struct dockerfile_row *dockerfile_row(enum dockerfile_kind kind);

/* The value of a flag ("from" of --from=x), or NULL when it was not given.
 * Of a flag given several times, the last. */
const char *dockerfile_flag(const struct dockerfile_instr *in, const char *name);
/* A boolean flag: given, and not with the value false. */
bool dockerfile_flag_on(const struct dockerfile_instr *in, const char *name);

/* ---- the file ---------------------------------------------------------- */

struct dockerfile_stage {
	const char *name;     /* as after AS, in small letters; "" when unnamed */
	const char *written;  /* the same, as written */
	const char *base;     /* the word after FROM, not expanded */
	const char *platform; /* of --platform, not expanded, or "" */
	const char *as;       /* the word AS as written, or "" */
	struct dockerfile_range lines; /* FROM to its last instruction */
	struct dockerfile_instr from;
	struct dockerfile_instr *instrs; /* without FROM */
	size_t n_instrs;
};

struct dockerfile {
	char escape;                      /* '\\' or '`' */
	const char *syntax;               /* of "# syntax=", or "" */
	const char *check;                /* of "# check=", or "" */
	struct dockerfile_instr *globals; /* the ARGs before the first FROM */
	size_t n_globals;
	struct dockerfile_stage *stages;
	size_t n_stages;
	size_t *by_name; /* the stages' numbers, sorted by name, then by number */
	struct dockerfile_arena *arena;
};

#define cleanup_dockerfile __attribute__((cleanup(dockerfile_free_p)))

/* Gives the parsed file; free with dockerfile_free().  NULL and *err with
 * Docker's whole text ("dockerfile parse error on line 3: unknown instruction:
 * COYP (did you mean COPY?)") on failure; then *ret_where has the lines to be
 * framed. */
struct dockerfile *dockerfile_parse(
    const char *text, size_t len, struct dockerfile_range *ret_where, struct err *err);
void dockerfile_free(struct dockerfile *df);
void dockerfile_free_p(struct dockerfile **df);

/* Parses one trigger text of a base image's OnBuild list, as an instruction of
 * line `lines`.  *ret_in lives in df's arena. */
int dockerfile_parse_trigger(struct dockerfile *df, const char *text,
    struct dockerfile_range lines, struct dockerfile_instr *ret_in, struct err *err);

/* Appends the frame that Docker prints above an error:
 *     Dockerfile:3
 *     --------------------
 *        1 |     FROM busybox
 *        3 | >>> COYP . .
 *     --------------------
 * Appends nothing when where.first is 0 or not a line of the text. */
void dockerfile_frame(struct buf *out, const char *name, const char *text, size_t len,
    struct dockerfile_range where);

/* ---- variables --------------------------------------------------------- */

/* How a word is read.  Zero is the ordinary way of ENV, COPY and the like. */
struct dockerfile_lex {
	char escape;           /* '\0' means '\\' */
	bool keep_quotes;      /* quotes stay in the result */
	bool keep_escapes;     /* escape characters too */
	bool keep_unset;       /* $x of an unknown variable stays as written */
	bool no_quotes;        /* quotes are ordinary characters (here-document bodies) */
	struct vec *undefined; /* if not NULL, gets each unknown name once */
};

/* Expands `word` with the "K=V" list env and removes quotes: the result is one
 * word, blanks inside included.  Gives; free with free().  NULL and *err
 * ("failed to process ...") on failure. */
char *dockerfile_expand(const struct dockerfile_lex *lex, const char *word,
    const struct vec *env, struct err *err);
/* The same, then split at blanks that are not quoted; appends to *out. */
int dockerfile_expand_words(const struct dockerfile_lex *lex, const char *word,
    const struct vec *env, struct vec *out, struct err *err);

/* ---- stages ------------------------------------------------------------ */

struct dockerfile_plan_stage {
	char *base;     /* expanded base name */
	char *platform; /* expanded, or "" */
	int base_stage; /* number of the stage that it continues, or -1 */
	bool scratch;   /* FROM scratch */
	bool needed;    /* the target is made from it, directly or not */
};

struct dockerfile_plan {
	size_t target;                        /* number of the stage to be built */
	struct dockerfile_plan_stage *stages; /* one for each of the file */
	size_t n_stages;
	struct vec globals; /* "K=V" of the ARGs before FROM, with --build-arg's values */
};

/* What comes from outside.  Both lists are "K=V" and may be NULL. */
struct dockerfile_input {
	const struct vec *build_args;
	const struct vec *platform_args; /* TARGETPLATFORM, BUILDOS, ... */
	const char *target;              /* --target, or NULL for the last stage */
};

#define cleanup_dockerfile_plan __attribute__((cleanup(dockerfile_plan_done)))

/* Decides what is built: expands the FROM lines, finds the target and what it
 * needs, refuses circles and stages used before they exist.  On failure *err has
 * Docker's text and *ret_where the lines.  dockerfile_plan_done() frees the plan;
 * it accepts a zeroed one. */
int dockerfile_plan(const struct dockerfile *df, const struct dockerfile_input *input,
    struct dockerfile_plan *ret, struct dockerfile_range *ret_where, struct err *err);
void dockerfile_plan_done(struct dockerfile_plan *plan);
/* One more stage is needed, and all that it is made from.  Errors as dockerfile_plan().
 */
int dockerfile_plan_need(const struct dockerfile *df, struct dockerfile_plan *plan,
    size_t stage, struct dockerfile_range *ret_where, struct err *err);

/* The number of the stage that COPY --from=NAME or mount,from=NAME means: a
 * number or a name in any case.  -1 when no stage is meant (it is an image),
 * -2 and *err for a number out of range. */
int dockerfile_find_stage(const struct dockerfile *df, const char *from, struct err *err);

/* N of "[i/N]": the instructions that make steps, and one for a base image that
 * is no stage and not scratch. */
int dockerfile_steps(const struct dockerfile_stage *stage, bool base_is_image);

/* Appends "[2/4] " or "[build  2/14] "; stage is NULL when the build has but one. */
void dockerfile_step_prefix(struct buf *out, const char *stage, int i, int n);

/* ---- what an instruction means ----------------------------------------- */

/* Appends the step's title: the text with variables filled in.  RUN keeps its
 * quotes and its unknown variables; the others lose them.  A RUN that is one
 * here-document gets its first line: RUN <<EOF (echo hi...). */
void dockerfile_title(struct buf *out, const struct dockerfile *df,
    const struct dockerfile_instr *in, const struct vec *env);

/* What RUN starts, appended to *argv; shell is SHELL's list (NULL for /bin/sh
 * -c).  When the body of a sole here-document begins with "#!", it must lie in a
 * file /dev/pipes/<name>, mode 0755: *ret_script is that here-document, else NULL. */
void dockerfile_run_argv(const struct dockerfile_instr *in, const struct vec *shell,
    struct vec *argv, const struct dockerfile_heredoc **ret_script);
/* The same for CMD and ENTRYPOINT: the JSON array, or the shell with the text. */
void dockerfile_shell_argv(
    const struct dockerfile_instr *in, const struct vec *shell, struct vec *argv);

/* Is this source word of COPY or ADD one of the instruction's here-documents?
 * Borrowed, or NULL. */
const struct dockerfile_heredoc *dockerfile_source_heredoc(
    const struct dockerfile_instr *in, const char *source);

/* COPY --chmod, expanded: octal up to 07777, or symbolic ("u=rwX,go=rX").  The
 * first refuses what is neither, in Docker's words; the second gives the mode that
 * a file of mode `old` gets from a value that was not refused. */
int dockerfile_chmod_check(const char *value, struct err *err);
mode_t dockerfile_chmod(const char *value, mode_t old, bool is_dir);

/* COPY --chown, expanded: "user[:group]", names or numbers.  Gives *ret_user and
 * *ret_group (NULL without one: then a number is also the group, and a name brings
 * its own); free both with free(). */
void dockerfile_chown(const char *value, char **ret_user, char **ret_group);

/* Is the source word of ADD or COPY an address: http(s)://, or a git one? */
bool dockerfile_is_url(const char *source);
bool dockerfile_is_git(const char *source);

/* EXPOSE's words, expanded, to "80/tcp" forms, sorted, each once, appended to
 * *ports.  Errors as engine 26.1: "Invalid containerPort: notaport". */
int dockerfile_ports(const struct vec *words, struct vec *ports, struct err *err);

/* Parses a duration as Go writes it ("1m30s", "500ms") to nanoseconds; the error
 * is Go's. */
int dockerfile_duration(const char *s, long long *ret_ns, struct err *err);
/* Appends nanoseconds as Go prints them: 90s is "1m30s". */
void dockerfile_add_duration(struct buf *out, long long ns);

/* Appends s as Go's %q does: quoted, with escapes. */
void dockerfile_quote(struct buf *out, const char *s);

/* One RUN --mount value, decoded: "k=v,k=v" with CSV quotes, appended to *pairs
 * as "k=v" (a key alone has no '=').  All that Docker refuses while it parses. */
int dockerfile_mount(const char *value, struct vec *pairs, struct err *err);
/* What it refuses when the RUN's turn comes, so far as no variable hides it: keys, type,
 * sharing and what a type may have. */
int dockerfile_mount_check(const struct vec *pairs, struct err *err);
/* COPY --from=, NULL without and when nothing is behind the '='. */
const char *dockerfile_copy_from(const struct dockerfile_instr *in);

/* ---- history, as engine 26.1 writes it --------------------------------- */

/* What the builder knows when an instruction is done.  Unused members stay NULL. */
struct dockerfile_done {
	/* The final words: expanded COPY words, WORKDIR's word, ports of
	 * dockerfile_ports(), "K=V" of ENV, LABEL and ARG, RUN's argv, CMD's argv. */
	const struct vec *words;
	const struct vec *build_args; /* RUN: "K=V" of the ARGs in scope, in order */
	const char *chown, *chmod;    /* COPY, ADD: expanded, or NULL */
};

/* Appends the created_by text of an image's history.  ONBUILD has none: nothing
 * is appended. */
void dockerfile_history(struct buf *out, const struct dockerfile_instr *in,
    const struct dockerfile_done *done);

/* ---- lint -------------------------------------------------------------- */

struct ignore;

struct dockerfile_warning {
	const char *rule; /* constant */
	char *message;
	struct dockerfile_range lines;
	size_t order; /* dockerfile_sort_warnings()'s own */
};

struct dockerfile_warnings {
	struct dockerfile_warning *v;
	size_t len;
	bool fatal; /* "# check=error=true" */
};

/* What lint may know of the world; all may be NULL. */
struct dockerfile_lint_input {
	const struct dockerfile_input *input;
	const struct ignore *ignore;
	/* The environment of a base image, or NULL when it is not known: then no
	 * variable of a stage on it is called undefined. */
	const struct vec *(*base_env)(void *user, const char *base);
	/* "linux/arm64" of a base image that is there, or NULL. */
	const char *(*base_platform)(void *user, const char *base);
	void *user;
	bool hadolint; /* "# hadolint ignore=RULE" counts, too; Docker does not know it */
};

/* Is what "# check=" (or the build-arg) says understood?  -1 and *err in BuildKit's
 * words. */
int dockerfile_check_options(
    const struct dockerfile *df, const struct dockerfile_input *input, struct err *err);

#define cleanup_dockerfile_warnings __attribute__((cleanup(dockerfile_warnings_done)))

/* Fills *ret with the warnings that "# check=" (or the build-arg
 * BUILDKIT_DOCKERFILE_CHECK) leaves, as `docker build --check`: of all stages, or of
 * what in->input->target needs.  Never fails.  Free with dockerfile_warnings_done(),
 * which accepts a zeroed one. */
void dockerfile_lint(const struct dockerfile *df, const struct dockerfile_lint_input *in,
    struct dockerfile_warnings *ret);
void dockerfile_warnings_done(struct dockerfile_warnings *w);
/* Appends the block that `docker build` prints below the steps; nothing for none:
 *
 *      1 warning found (use docker --debug to expand):
 *      - LegacyKeyValueFormat: "ENV key=value" should be used ... (line 3)
 */
void dockerfile_add_warnings(struct buf *out, const struct dockerfile_warnings *w);
/* Appends what Docker does not say, for Python images; "# check=" counts here too. */
void dockerfile_lint_python(const struct dockerfile *df, struct dockerfile_warnings *ret);
/* By lines, in place; of one line in the order of their finding. */
void dockerfile_sort_warnings(struct dockerfile_warnings *w);

struct dockerfile_advice {
	const char *rule, *why, *fix;
	const char *also; /* hadolint's number for a rule of Docker's, or NULL */
};
/* Why there is this rule and what to do, one line each; NULL for an unknown one. */
const struct dockerfile_advice *dockerfile_advice(const char *rule);
/* hadolint's number for what Docker has under a name, or NULL. */
const char *dockerfile_also(const struct dockerfile_warning *w);
/* Appends the address of a rule of Docker's: ".../rule/json-args-recommended/". */
void dockerfile_rule_url(struct buf *out, const char *rule);
/* Appends what `docker build --check` prints for the warnings, frames included. */
void dockerfile_add_check(struct buf *out, const struct dockerfile_warnings *w,
    const char *name, const char *text, size_t len);
/* The lines as a JSON array, an object an instruction (ast.c): what Docker's own parser
 * makes of them, before anybody asks whether they make sense.  Gives; NULL and *err with
 * *ret_where as dockerfile_parse() for what cannot be read. */
json_t *dockerfile_ast(
    const char *text, size_t len, struct dockerfile_range *ret_where, struct err *err);
/* The same one object after the other, which `each` takes: the whole list of a big file
 * would need much memory.  All are read before the first is given.  0, or -1 as above. */
typedef void dockerfile_ast_fn(void *user, json_t *one);
int dockerfile_ast_each(const char *text, size_t len, dockerfile_ast_fn *each, void *user,
    struct dockerfile_range *ret_where, struct err *err);

/* Names of all rules, NULL-terminated, constant. */
const char *const *dockerfile_rules(void);

/* ---- .dockerignore ----------------------------------------------------- */

#define cleanup_ignore __attribute__((cleanup(ignore_free_p)))

/* Gives the patterns of a .dockerignore; free with ignore_free().  NULL and *err
 * for a pattern that is none. */
struct ignore *ignore_parse(const char *text, size_t len, struct err *err);
/* The same from patterns alone (COPY --exclude); no comments. */
struct ignore *ignore_from(const struct vec *patterns, struct err *err);
void ignore_free(struct ignore *ig);
void ignore_free_p(struct ignore **ig);
/* Is the path (relative, clean, '/' between parts) left out?  False for "." and
 * for a NULL ig. */
bool ignore_match(const struct ignore *ig, const char *path);
/* Can nothing below this folder survive, so that a walk need not enter it? */
bool ignore_may_prune(const struct ignore *ig, const char *dir);
/* Does it have any `!` pattern? */
bool ignore_has_exceptions(const struct ignore *ig);

/* Go's filepath.Match for COPY's wildcards: '*' and '?' stop at '/'.  A pattern
 * that is none matches nothing; dockerfile_glob_is_valid() tells. */
bool dockerfile_glob(const char *pattern, const char *path);
bool dockerfile_glob_is_valid(const char *pattern);
/* Has it any of * ? [ that is not escaped? */
bool dockerfile_is_glob(const char *pattern);

#endif
