/*
 * infer.h - between infer.c and infer_docker.c (private)
 */
#ifndef DRYDOCK_LESSON_INFER_H
#define DRYDOCK_LESSON_INFER_H

#include "src/lesson/part.h"
#include "src/lesson/words.h"

struct infer {
	struct lesson_step *step;
	char *folder; /* where the commands so far have led, "" is the workspace */
	int line;
};

/* One simple command: words without assignments in front. */
struct words {
	const struct token **w;
	size_t n;
};

/* Appends s in quotes that the vocabulary reads. */
void infer_quote(struct buf *b, const char *s);
/* Forgets what was inferred of this subject and name (NULL: any name). */
void infer_forget(struct infer *in, const char *subject, const char *name);
/* Adds the check that the line says, unless it is there; body may be NULL.  Returns it
 * (borrowed), NULL when the line is none. */
struct lesson_check *infer_add(struct infer *in, const char *line, const char *body);
/* The same for `subject "name" rest`. */
struct lesson_check *infer_about(
    struct infer *in, const char *subject, const char *name, const char *rest);
/* A docker command: the state that it leaves behind. */
void infer_docker(struct infer *in, const struct words *cmd);

#endif
