/*
 * kinds.h - the kinds of arguments in the vocabulary (private)
 */
#ifndef DRYDOCK_LESSON_KINDS_H
#define DRYDOCK_LESSON_KINDS_H

#include "src/lesson/part.h"

struct kind {
	const char *name;
	bool (*read)(const char *s, double *ret);
	const char *what;
	const char *words; /* for suggestions */
};

/* The kind of an argument, by its CAPITALS; any word when there is none of its own. */
const struct kind *kind_of(const char *name);

#endif
