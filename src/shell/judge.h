/*
 * judge.h - what the shell asks of whoever judges and advises
 *
 * The shell knows steps and prints results; how they are found out is behind
 * this port, so tests drive the shell with a judge of their own.
 */
#ifndef DRYDOCK_SHELL_JUDGE_H
#define DRYDOCK_SHELL_JUDGE_H

#include "sandbox/sandbox.h"
#include "src/lesson/lesson.h"

enum judge_outcome {
	JUDGE_PASS,
	JUDGE_FAIL,    /* expected and actual say why */
	JUDGE_ERROR,   /* could not find out; never the student's fault */
	JUDGE_SKIPPED, /* what it needs has failed, or it is dear and was not asked for */
};

enum judge_level {
	JUDGE_CHEAP, /* after every command */
	JUDGE_NOW,   /* all of them, each looked at once: for `lesson check` */
	JUDGE_ALL,   /* `check`, `next`, or when all cheap ones hold; waits for servers */
};

struct judge_result {
	enum judge_outcome outcome;
	bool inferred, optional, hidden; /* as in struct lesson_check */
	char *text;                      /* the check in words */
	char *expected; /* these four: NULL when there is nothing to say */
	char *actual;
	char *why;
	char *hint;
};

struct judge_results {
	struct judge_result *list;
	size_t len;
};
void judge_results_done(struct judge_results *r);
#define cleanup_judge_results __attribute__((cleanup(judge_results_done)))
/* Appends an empty result; borrowed until the next call. */
struct judge_result *judge_results_add(struct judge_results *r);
/* All that is required holds (and there is something required). */
bool judge_results_pass(const struct judge_results *r);

/* What was typed last, for the coach. */
struct judge_command {
	const char *text;   /* "" when a tutor's word asked */
	const char *output; /* its last part, escape sequences and all */
	int status;
};

struct judge {
	void *arg;
	/* The student enters the step: what counts as "since the step began" is now. */
	void (*begin)(void *arg, const struct lesson_step *step);
	/* A command has run; before anything is judged.  May be NULL. */
	void (*ran)(void *arg, const struct judge_command *command);
	/* Whoever judges calls waits(shell, "port 5000 to answer") once when waiting
	 * takes a while, and gives up on Ctrl-C.  May be NULL. */
	void (*tell)(
	    void *arg, void (*waits)(void *shell, const char *what), void *shell);
	/* Appends a result for each check of the step, in order. */
	int (*judge)(void *arg, const struct lesson_step *step, const char *cwd,
	    enum judge_level level, struct judge_results *ret, struct err *err);
	/* A useful word about what just happened, Markdown, or NULL.  Gives; free(). */
	char *(*coach)(void *arg, const struct lesson_step *step,
	    const struct judge_command *command, const struct judge_results *results);
	void (*free)(void *arg);
};

/* The real one, on the facts of this session.  values: "placeholder=value".  All borrowed
 * for its life.  Gives a struct with functions (any may be NULL); end with judge_close().
 */
struct judge judge_open(struct sandbox *s, const struct lesson *lesson,
    const char *workspace, const struct vec *values);
void judge_close(struct judge *j);

#endif
