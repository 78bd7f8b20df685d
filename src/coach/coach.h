/*
 * coach.h - what went wrong, in words that help
 *
 * A table of the mistakes that beginners really make.  A row is a predicate over the last
 * command line, its exit status, the end of its output and what lies around, and four
 * levels of hint: the fact, the idea, the line to look at, the answer.  Docker's own
 * message has been seen already; a hint never repeats it.
 *
 * Pure: the surroundings come by a function, and only when a row looks like fitting.
 */
#ifndef DRYDOCK_COACH_H
#define DRYDOCK_COACH_H

#include "sandbox/base/base.h"

struct coach_input {
	const char *line;   /* as typed; "" when a tutor's word asked */
	const char *output; /* its end, escape sequences and all */
	int status;
	bool text_again; /* a document not made for Drydock tells this line again */
	/* What check_world_scene() gives; borrowed by the coach until its answer is
	 * there. May be NULL: nothing is known.  "text_dockerfile": true in it: the
	 * Dockerfile stands so in such a document. */
	const json_t *(*scene)(void *arg);
	void *arg;
};

enum { COACH_FACT, COACH_IDEA, COACH_LINE, COACH_ANSWER, COACH_LEVELS };

struct coach_advice {
	const char *id;           /* of the row, constant; NULL: nothing fits */
	char *hint[COACH_LEVELS]; /* Markdown of one or two sentences */
	char *text; /* the document is at fault: what to say at once; else NULL */
};
void coach_advice_done(struct coach_advice *a);
#define cleanup_coach_advice __attribute__((cleanup(coach_advice_done)))

/* The first row that fits. */
void coach_advise(const struct coach_input *in, struct coach_advice *ret);
/* What a docker command ("run"; word "") or a word of it ("-d") is good for, in plain
 * words, or NULL; constant. */
const char *coach_plain(const char *command, const char *word);
/* What the first message that is known and stands in the text means, or NULL; constant.
 */
const char *coach_message(const char *text);

/* The image of drydock setup that may stand for one that is not here; constant. */
const char *coach_stand_in(const char *image);

/* Ids of all rows in order, NULL after the last; constant. */
const char *coach_id(size_t n);

#endif
