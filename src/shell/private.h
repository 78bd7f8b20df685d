/*
 * private.h - what the files of the shell share
 */
#ifndef DRYDOCK_SHELL_PRIVATE_H
#define DRYDOCK_SHELL_PRIVATE_H

#include "src/lesson/lesson.h"
#include "src/shell/edit.h"
#include "src/shell/judge.h"
#include "src/workstation/workstation.h"

/* ---- course.c: which file is meant ---- */

struct course {
	char *name;   /* of session and workspace: "course", or the file's name */
	char *path;   /* of the lesson's file */
	char *lesson; /* its name: no folder, number or .md */
	bool built_in;
};
void course_done(struct course *c);
#define cleanup_course __attribute__((cleanup(course_done)))
/* Files of the built-in lessons, sorted; none is fine. */
void course_list(struct vec *paths);
/* "01-first-image.md" -> "first-image".  Gives; free(). */
char *course_lesson_name(const char *path);
/* arg: a number, a name, a path; NULL: the first of paths. */
int course_find(
    const char *arg, const struct vec *paths, struct course *ret, struct err *err);

/* ---- progress.c: what was reached, kept after every change ---- */

struct progress {
	int dir; /* folder of progress.json, borrowed; -1: nothing is kept */
	char *lesson;
	json_t *all;  /* {"last": LESSON, "lessons": {LESSON: {...}}} */
	json_t *mine; /* the lesson's object in it, borrowed */
};
/* A damaged file is put aside and begun anew: progress is never a reason not to start. */
void progress_load(struct progress *p, int dir, const char *lesson);
void progress_done(struct progress *p);
/* The lesson that was open last in this session folder, or NULL.  Gives; free(). */
char *progress_last(int dir);
bool progress_passed(const struct progress *p, const char *anchor);
const char *progress_step(const struct progress *p);
long long progress_hints(const struct progress *p, const char *anchor);
/* What `undo` opens: a checkpoint's key, and the step (may be NULL) that was open then;
 * NULL: nothing.  Borrowed. */
const char *progress_undo(const struct progress *p, const char **ret_anchor);
/* Has the tutor played this step's solution? */
bool progress_solved(const struct progress *p, const char *anchor);
/* The lesson's text of this hash may run what it asks for. */
bool progress_trusted(const struct progress *p, const char *hash);
/* How many steps of any lesson of this file were passed. */
size_t progress_count(const struct progress *p, const char *lesson);
/* These write the file; what another shell has written there since stays. */
void progress_set_undo(struct progress *p, const char *key, const char *anchor);
void progress_set_solved(struct progress *p, const char *anchor);
void progress_set_trusted(struct progress *p, const char *hash);
void progress_set_passed(struct progress *p, const char *anchor);
void progress_set_step(struct progress *p, const char *anchor);
void progress_add_hint(struct progress *p, const char *anchor);
/* shared: for all lessons of the course, not only this one. */
void progress_set_value(
    struct progress *p, const char *name, const char *value, bool shared);
/* Appends "name=value" of all that were set. */
void progress_values(const struct progress *p, struct vec *ret);

/* ---- play.c: what a step's solution does, done ---- */

struct player {
	const struct lesson *lesson;
	const struct vec *values;
	struct workstation *workstation;
	struct sandbox *sandbox; /* NULL: room is never made */
	bool make_room; /* what a `docker run` would collide with is removed before */
	bool patient;   /* a line that must be ended is an error, and has long to end */
	int terminal;   /* as in struct workstation_io */
	void (*out)(void *arg, const char *data, size_t len);
	/* These three may be NULL.  file: the line writes this file. */
	void (*before)(void *arg, const char *line, const char *file);
	void (*after)(void *arg, const struct judge_command *command);
	void (*removed)(void *arg, const char *container);
	void *arg;
	bool room; /* internal */
};
/* Runs the step's solution when that does something; else its own actions. */
int play_step(struct player *p, const struct lesson_step *s, struct err *err);
/* Runs or writes one block; one that is only shown is left out. */
int play_block(struct player *p, const struct lesson_action *a, struct err *err);
/* What play_step() runs: sets *ret (borrowed), returns how many; 0: there is nothing. */
size_t play_actions(const struct lesson_step *s, const struct lesson_action **ret);

/* ---- author.c: `drydock lesson new` and `preview`; argv[0] is the word ---- */
int author_new(int argc, char **argv);
int author_preview(int argc, char **argv);

/* ---- the shell itself ---- */

struct shell {
	struct lesson *lesson;
	struct course course;
	struct progress progress;
	struct judge judge;
	struct workstation *workstation;
	struct sandbox *sandbox; /* NULL in tests */
	char *workspace;
	struct edit *edit;
	void (*print)(void *arg, const char *text, size_t len);
	void *print_arg;
	int terminal; /* the user's, for commands; -1: lines come from a file */
	bool color;
	size_t width;

	size_t step;
	struct vec values;         /* "placeholder=value"; the judge borrows it */
	struct judge_results seen; /* what was printed last of the step's checks */
	struct buf tail;           /* the end of what the last command printed */
	struct buf last;           /* what was typed last, for `explain` */
	int last_status;
	bool next_anyway;   /* `next` was refused once */
	bool paged;         /* turned back, and nothing was done since */
	bool told_keeping;  /* that the beginning of a step could not be kept */
	bool quiet;         /* a solution is played unseen */
	bool plain_private; /* localhost is the session's own */
	int shells;         /* a lock that shells of one session share; -1 */
	bool quit;
};

/* loop.c: reads and obeys until the end.  0, or 1 when the lesson is not complete and
 * lines do not come from a terminal. */
int shell_loop(struct shell *sh);
/* Handles one finished line. */
void shell_line(struct shell *sh, const char *line);
/* Enters a step and shows it. */
void shell_enter(struct shell *sh, size_t step, bool show);
bool shell_complete_lesson(const struct shell *sh);
/* Output of a command: to the screen, its end to sh->tail. */
void shell_output(void *sh, const char *data, size_t len);
/* Runs a line in the workstation and tells what came of it. */
void shell_run(struct shell *sh, const char *line);
/* Is no other shell open in this session? */
bool shell_alone(struct shell *sh);

/* stage.c: the state at the beginning of a step (not the first) as the solutions make it.
 * Opens the session that has it (*ret; sandbox_free()) and gives its key (free());
 * appends to told what is to be known. */
int stage_prepare(struct shell *sh, size_t step, struct vec *told, struct sandbox **ret,
    char **ret_key, struct err *err);
/* FNV-1a, begun with 0. */
uint64_t travel_hash(const char *text, size_t len, uint64_t h);

/* travel.c */
/* The step begins here: keeps how it is, when that is not kept already, or anew. */
void travel_arrived(struct shell *sh, bool anew);
/* Everything becomes as it was when the step began, else as the solutions make it.
 * What was is kept, and said where.  False with a message when it could not be. */
bool travel_to(struct shell *sh, size_t step, const char *why);
/* As it was before the last travel. */
void travel_undo(struct shell *sh);
/* Plays the step's solution here; what was is kept. */
int travel_solve(struct shell *sh, bool quiet, struct err *err);

/* record.c: the transcript */
void record_command(struct shell *sh, const struct judge_command *c, const char *by);
void record_note(struct shell *sh, const char *note);
void record_reached(struct shell *sh);
/* Appends a Markdown report of this lesson. */
int record_report(struct shell *sh, struct buf *ret, struct err *err);

/* missing.c: says which images a foreign document wants that are not here. */
void missing_tell(struct shell *sh);

/* ask.c: may this lesson, which is none of ours, have its way?  Asked once. */
bool ask_consent(struct shell *sh, const char *what);

/* look.c: words that show something; run by words.c. */
void look_show(struct shell *sh, const char *arg);
void look_edit(struct shell *sh, const char *arg);
void look_open(struct shell *sh, const char *arg);
void look_lessons(struct shell *sh, const char *arg);
void look_transcript(struct shell *sh, const char *arg);
void look_explain(struct shell *sh, const char *arg);

/* pages.c: pages beside the lessons; run by words.c. */
void pages_faq(struct shell *sh, const char *arg);
void pages_glossary(struct shell *sh, const char *arg);

/* values.c: what stands for <your_name> and its like. */
/* Those of former sessions. */
void values_load(struct shell *sh);
/* Asks for what the step needs of the student's own. */
void values_ask(struct shell *sh, const struct lesson_step *step);
/* Learns what the line says in place of placeholders, and fills in those that it has.
 * Gives the line to run; free(). */
char *values_fill(struct shell *sh, const char *line);
/* Something for each that nobody is there to answer for. */
void values_invent(const struct lesson *l, struct vec *values);

/* words.c: true when the line was one of the tutor's. */
bool words_obey(struct shell *sh, const char *line);
/* Names of the words that begin with prefix. */
void words_complete(const char *prefix, struct vec *ret);

/* verdict.c: judging, and telling about it. */
/* After a command: what changed.  command may be NULL: silent (on entry). */
void verdict_after(struct shell *sh, const struct judge_command *command);
/* All of it, as `check` and `next` show it; true when the step holds. */
bool verdict_full(struct shell *sh);
/* Does the step hold now?  One look at all of it; nothing is told. */
bool verdict_holds(struct shell *sh);
/* Says what is waited for; the shell's word for judge.tell(). */
void verdict_waits(void *shell, const char *what);
/* Nothing is required of the student here. */
bool verdict_free(const struct lesson_step *step);

/* view.c: words on the screen. */
/* Text is wrapped for the terminal as wide as it is now, 100 columns at most. */
void view_measure(struct shell *sh);
void view_text(struct shell *sh, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* With what stands for placeholders. */
void view_markdown(struct shell *sh, const char *text);
void view_step(struct shell *sh);
void view_progress(struct shell *sh);
/* style: one of "bold", "dim", "green", "red", "yellow"; plain without colour. */
void view_styled(struct shell *sh, const char *style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Text in lines that fit, each after `first` (the first) or as many blanks. */
void view_wrapped(
    struct shell *sh, const char *style, const char *first, const char *text);
/* What the tutor says beside what a command has printed: rendered, with a bar before it.
 */
void view_advice(struct shell *sh, const char *markdown);
void view_error(struct shell *sh, const struct err *err);
/* Gives; free(). */
char *view_prompt(const struct shell *sh);

/* complete.c: what may stand at the cursor. */
void complete_line(
    void *shell, const char *line, size_t start, const char *word, struct vec *ret);

#endif
