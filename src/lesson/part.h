/*
 * part.h - what the files of the lesson module share (private)
 *
 * The way of a file: source.c cleans and repairs its lines and cuts out what the
 * machine needs (struct source); load.c lets cmark find the blocks and makes
 * steps; action.c and run.c read blocks; expect.c comments; infer.c commands.
 */
#ifndef DRYDOCK_LESSON_PART_H
#define DRYDOCK_LESSON_PART_H

#include "src/lesson/lesson.h"
#include <strings.h>

struct cmark_node;

/* A line of the file; number i + 1. */
struct source_line {
	char *text;   /* repaired, without '\n' */
	size_t part;  /* index + 1 of the part that it belongs to, 0 for the main path */
	bool cut;     /* was taken out: blank in text */
	bool fenced;  /* inside a fenced block, or its fence */
	bool foreign; /* in a tab for another system than ours */
	size_t group; /* of tabs side by side, 0: none */
	size_t tab;   /* the tab that it is in, 0: none */
};

/* <details> and the like that leave the main path. */
struct source_part {
	enum lesson_part_kind kind;
	char *title;
	int line;      /* of its beginning */
	size_t indent; /* of its beginning, taken off its lines */
};

/* A machine comment. */
struct source_comment {
	char *word; /* "expect", "when", "assignment" */
	char *text; /* what follows the word */
	int line;
};

struct source {
	struct lesson *l; /* for warnings */
	struct source_line *lines;
	size_t nlines;
	struct source_part *parts;
	size_t nparts;
	struct source_comment *comments;
	size_t ncomments;
	char *title;            /* of the front matter, or NULL */
	struct vec definitions; /* "[label]: url" lines, which any slice may need */
};

/* Cleans, repairs and cuts text; warnings go to l.  Freed by source_done. */
void source_read(struct source *s, struct lesson *l, const char *text, size_t len);
void source_done(struct source *s);
/* The lines from..to-1 (from 0) of a part (0: the main path) as Markdown; lines of other
 * parts and cut ones are blank.  Gives. */
char *source_slice(const struct source *s, size_t from, size_t to, size_t part);
/* The same line for line: line i of the result is line from + i of the file. */
char *source_exact(const struct source *s, size_t from, size_t to, size_t part);
/* The kind of the part that a summary announces ("Hint 2", "Lösung"); false when none. */
bool part_kind_of(const char *summary, enum lesson_part_kind *ret);

void lesson_warn(struct lesson *l, int line, bool mistake, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Reads an expect comment into the step / a when comment.  Mistakes become warnings. */
void expect_read(
    struct lesson *l, struct lesson_step *step, const struct source_comment *comment);
bool check_read_time(const char *s, double *ret);
/* Appends to a list of checks; takes *c. */
void check_add(struct lesson_check **list, size_t *n, struct lesson_check *c);

/* What stands around a block. */
struct surroundings {
	struct vec codes; /* inline code since the last block or heading, in order */
	struct buf
	    said; /* plain text of the paragraphs and heading since the last block */
	struct buf last; /* the last paragraph */
	enum lesson_where where;
	bool other; /* of a solution: never a main path action */
};

/* Makes an action of a block.  `info` may be NULL.  Takes nothing. */
struct lesson_action action_make(
    const char *info, const char *text, int line, const struct surroundings *around);
void action_done(struct lesson_action *a);
/* What it was becomes something to look at. */
void action_only_show(struct lesson_action *a);
/* Does it look like a file's name?  A Dockerfile's name? */
bool looks_like_file(const char *s);
bool looks_like_dockerfile(const char *s);
/* Does a sentence say where, and where?  "Where to Run: ..." */
bool where_line(const char *plain, enum lesson_where *ret);
/* Does it speak of the browser? */
bool says_browser(const char *plain);
/* Does any of the words (ended by NULL) stand in s, whatever the case? */
bool says_any(const char *s, const char *const *words);

/* Fills a->commands from a->text; returns false when there is no command in it. */
bool run_read(struct lesson_action *a, bool labelled);
bool run_is_command_word(const char *s, size_t len);

/* The placeholder at s ("<your_x>", "YOUR_X"): its length, 0 when there is none. */
size_t placeholder_at(const char *s, bool word_start);
/* Finds those of all run actions of the lesson. */
void placeholders_find(struct lesson *l);

/* Frees what hangs on it. */
void step_done(struct lesson_step *step);

/* Adds the checks that the actions of each step imply that has no written ones. */
void infer_checks(struct lesson *l);

#endif
