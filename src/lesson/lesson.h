/*
 * lesson.h - a Markdown file as a lesson: title, steps, actions, expectations
 *
 * A lesson is an ordinary CommonMark file.  A heading whose own section holds
 * something to do (a block, a "Where to Run:" line), an expectation or a
 * solution is a step; other headings are read as the introduction of the next
 * step.  What the machine needs stands in HTML comments (`expect`, `when`,
 * `assignment`) and in <details> (Hint, Solution, Notes, Wrong).
 *
 * Nothing in a file can stop it from opening: what cannot be understood becomes
 * a struct lesson_warning.  Loading is pure: text in, structs out.  Whether an
 * expectation holds is not known here: src/check judges, by lesson_verb.id.
 *
 * Ownership: everything hangs on struct lesson and is freed by lesson_free().
 * Strings are never NULL unless the comment says so.
 */
#ifndef DRYDOCK_LESSON_H
#define DRYDOCK_LESSON_H

#include "sandbox/base/base.h"

/* ---- The vocabulary of expectations: one table, verbs.c ---- */

enum lesson_verb_id {
	VERB_NONE = 0,
	VERB_IMAGE_EXISTS,
	VERB_IMAGE_ABSENT,
	VERB_IMAGE_BUILT, /* a build that tagged NAME succeeded since the step began */
	VERB_IMAGE_LAYERS_BASE,
	VERB_IMAGE_LAYERS_BY,
	VERB_IMAGE_SIZE,
	VERB_IMAGE_CONFIG_IS,
	VERB_IMAGE_CONFIG_HAS,
	VERB_IMAGE_FILE_EXISTS,
	VERB_IMAGE_FILE_ABSENT,
	VERB_IMAGE_FILE_ABSENT_LAYERS,
	VERB_IMAGE_FILE_HAS,
	VERB_IMAGE_SAME,
	VERB_CONTAINER_RUNNING,
	VERB_CONTAINER_STOPPED,
	VERB_CONTAINER_EXISTS,
	VERB_CONTAINER_ABSENT,
	VERB_CONTAINER_OF, /* made from what IMAGE names now */
	VERB_CONTAINER_PORT,
	VERB_CONTAINER_STOPS,
	VERB_CONTAINER_EXITED,
	VERB_CONTAINER_HEALTHY,
	VERB_CONTAINER_CONFIG_IS,
	VERB_CONTAINER_CONFIG_HAS,
	VERB_CONTAINER_LOGS,
	VERB_VOLUME_EXISTS,
	VERB_VOLUME_ABSENT,
	VERB_NETWORK_EXISTS,
	VERB_NETWORK_ABSENT,
	VERB_NETWORK_HAS,
	VERB_HTTP,
	VERB_OUTPUT,
	VERB_DOCKERFILE_HAS,
	VERB_DOCKERFILE_SAME, /* the same instructions in order as lesson_check.body */
	VERB_DOCKERFILE_INCLUDES, /* the instructions of lesson_check.body stand in it */
	VERB_CONTEXT_EXCLUDES,
	VERB_CONTEXT_INCLUDES,
	VERB_REBUILD_KEEPS,
	VERB_FILE_EXISTS,
	VERB_FILE_ABSENT,
	VERB_FILE_HAS,
	VERB_RUN, /* a command that fits was run since the step began and succeeded */
	VERB_RUN_EXITS,
	VERB_HUB_HAS,
	VERB_REPORT_HAS,
	VERB_REPORT_REVIEW,
	VERB_ANSWER_IS,
};

/* A row.  The pattern's words: lower case is literal (a|b: either), CAPITALS are an
 * argument whose kind follows from its name, [ ... ] may be left out, X... is one or
 * more words, prefixCAPITALS ("base+N", "config.PATH") is one word. */
struct lesson_verb {
	enum lesson_verb_id id;
	const char *subject;
	const char *pattern; /* what follows the subject */
	const char *summary; /* one line, for `drydock lesson verbs` */
	const char *example; /* a whole line that loads */
	bool judged;         /* false: known, but the judge answers "not supported yet" */
};

/* The table, ended by a row with id VERB_NONE. */
const struct lesson_verb *lesson_verbs(void);

/* An argument of a check, by the CAPITALS of its row.  Texts may hold placeholders:
 * lesson_fill() them before judging. */
struct lesson_arg {
	char *name;    /* "NAME", "N", "CMP", ... */
	char *text;    /* the word, quotes taken off; JSON: as written; X...: joined by
			  blanks */
	double number; /* N, CODE: the number; SIZE: bytes (percent: the number); TIME:
			* seconds; PORT: the number; else 0 */
	bool quoted;   /* it stood in quotes */
};

struct lesson_check {
	const struct lesson_verb *verb; /* NULL only in an "any of" group */
	struct lesson_arg *args;
	size_t nargs;
	struct lesson_check *any; /* verb == NULL: one of these must hold */
	size_t nany;
	bool negated;  /* "not" after the subject's name */
	bool inferred; /* made from the document's own commands */
	bool optional; /* shown, never required for next (inferred questions) */
	bool hidden;
	char
	    *source; /* the line as written; for inferred ones the line one would write */
	char *body;  /* NULL, or the instructions of DOCKERFILE_SAME and _INCLUDES */
	/* Inferred: where the document's own cd commands lead, relative to the workspace
	 * ("" is the workspace); written ones: NULL.  A relative path is looked for where
	 * the student stands, then here, then in the workspace. */
	char *folder;
	char *id;         /* NULL */
	char *why;        /* NULL */
	char *hint;       /* NULL */
	struct vec needs; /* ids of checks that must hold first */
	double points;    /* 0 when not given */
	double within;    /* seconds to poll; -1 when not given */
	int line;         /* in the file, from 1 */
};

/* The text / number of the argument with this name; NULL / fallback when the row's
 * optional part was left out.  Borrowed. */
const char *lesson_arg(const struct lesson_check *c, const char *name);
double lesson_arg_number(const struct lesson_check *c, const char *name, double fallback);

/* Parses one line of the vocabulary ("image web exists").  Gives *ret (done with
 * lesson_check_done); -1 with the mistake and the nearest known word in *err. */
int lesson_check_parse(const char *line, struct lesson_check *ret, struct err *err);
void lesson_check_done(struct lesson_check *c);

/* A state that shows a misconception: when all checks hold, say the hint. */
struct lesson_when {
	struct lesson_check *checks;
	size_t nchecks;
	char *hint; /* Markdown; "" when the author gave none (a warning says so) */
	int line;
};

/* ---- Actions ---- */

enum lesson_kind { LESSON_RUN, LESSON_FILE, LESSON_SHOW };
enum lesson_where { LESSON_ANYWHERE, LESSON_TERMINAL, LESSON_EDITOR, LESSON_BROWSER };

/* One command for bash: may have several lines (quotes, here-documents, \). */
struct lesson_command {
	char *text;   /* prompt and trailing remark off, no newline at the end */
	char *output; /* what the document says it prints; "" if it says nothing */
	char *inside; /* lines typed at the prompt of a container that it opened, or "" */
	int line;
};

struct lesson_action {
	enum lesson_kind kind;
	enum lesson_where where; /* of the nearest "Where to Run:" line before it */
	char *info;              /* first word of the info string, "" if none */
	char *text;   /* the block as written (repaired), each line ended by '\n' */
	char *file;   /* LESSON_FILE: relative path; else NULL */
	char *folder; /* LESSON_FILE: folder that the text names ("in the `x` directory"),
			 or NULL */
	bool spoken;  /* LESSON_RUN: not a block, inline in the text */
	bool fragment; /* LESSON_SHOW: instructions for the Dockerfile, without FROM */
	struct lesson_command *commands; /* LESSON_RUN */
	size_t ncommands;
	int line; /* of the block in the file, from 1 */
};

/* ---- Steps ---- */

enum lesson_part_kind { LESSON_HINT, LESSON_SOLUTION, LESSON_NOTES, LESSON_WRONG };

/* A <details> (or ??? / ::: block) that is not on the main path. */
struct lesson_part {
	enum lesson_part_kind kind;
	char *title; /* the summary's text */
	char *text;  /* Markdown */
	struct lesson_action *actions;
	size_t nactions;
	int line;
};

struct lesson_step {
	char *title;  /* plain text, attributes and marks off */
	char *anchor; /* as a Markdown site would name it, unique in the lesson */
	int level;    /* of the heading, 1-6; 0: a step made where there is no heading */
	int line;
	struct vec path; /* titles of the headings above it, outermost first, without the
			    lesson's */
	char *intro; /* Markdown of the headings before it that are no steps; may be "" */
	char *text;  /* Markdown of the step with its heading; machine comments and parts
			cut */
	enum lesson_where where; /* the first where line, or LESSON_ANYWHERE */
	char *url;    /* an address on this machine that the text sends the browser to, or
			 NULL */
	bool already; /* <!-- expect already: it may hold on entry */
	struct lesson_action *actions;
	size_t nactions;
	struct lesson_check *checks; /* written ones; else the inferred ones */
	size_t nchecks;
	struct lesson_when *whens;
	size_t nwhens;
	struct lesson_part *parts; /* in order */
	size_t nparts;
};

/* "<your_name>" in the document is the placeholder your_name. */
struct lesson_placeholder {
	char *name; /* for the question and for remembering */
	char *text; /* as it stands in the document */
	int line;   /* of its first use */
};

/* Every heading, step or not, and the step that shows it. */
struct lesson_anchor {
	char *anchor;
	size_t step;
};

struct lesson_warning {
	int line;
	bool mistake; /* in a machine comment: `lesson check` fails.  Else a remark */
	char *text;   /* without file and line */
};

struct lesson {
	char *name; /* as given: the file's name */
	char *title;
	char *outro; /* Markdown after the last step's section that belongs to no step */
	bool assignment;
	struct vec settings; /* "key=value" lines of the <!-- assignment --> comment */
	struct lesson_step *steps;
	size_t nsteps;
	struct lesson_anchor *anchors;
	size_t nanchors;
	struct lesson_placeholder *placeholders;
	size_t nplaceholders;
	struct lesson_warning *warnings;
	size_t nwarnings;
};

/* At most this much of a file is read (a warning says so). */
enum { LESSON_MAX = 16 << 20 };

/* Reads any Markdown.  `name` is for messages.  Never fails; gives, free with
 * lesson_free(). */
struct lesson *lesson_load(const char *text, size_t len, const char *name);
/* Accepts NULL. */
void lesson_free(struct lesson *l);
void lesson_free_p(struct lesson **l);
#define cleanup_lesson __attribute__((cleanup(lesson_free_p)))

/* Index of the step that holds the anchor ("#step-2" or "step-2"; also that of a
 * heading read as its introduction), or -1.  Written anchors are forgiving: only
 * letters and digits are compared when nothing is equal. */
int lesson_find(const struct lesson *l, const char *anchor);
/* The step's part number n (from 0) of a kind, or NULL. */
const struct lesson_part *lesson_part(
    const struct lesson_step *s, enum lesson_part_kind kind, size_t n);
/* Appends text with every placeholder replaced that `values` ("name=value") has. */
void lesson_fill(
    const struct lesson *l, const char *text, const struct vec *values, struct buf *out);

/* Is the command line finished?  False while a quote, a here-document, a loop or
 * the like is open, or it ends in a backslash or pipe: more lines belong to it. */
bool lesson_command_complete(const char *text);

/* `lesson show --json`: everything above, keys in a fixed order, without what depends
 * on machine or time.  Gives a JSON object. */
json_t *lesson_to_json(const struct lesson *l);

/* Words of the headers' enums for output ("run", "terminal", "hint"). */
const char *lesson_kind_word(enum lesson_kind kind);
const char *lesson_where_word(enum lesson_where where);
const char *lesson_part_word(enum lesson_part_kind kind);

#endif
