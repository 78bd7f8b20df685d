/*
 * words.h - text split as a shell splits it (private)
 */
#ifndef DRYDOCK_LESSON_WORDS_H
#define DRYDOCK_LESSON_WORDS_H

#include "sandbox/base/base.h"

struct token {
	char *text;        /* quotes and backslashes taken off */
	size_t start, end; /* where it stands in the source */
	bool quoted;       /* a quote was part of it */
	bool op;           /* an operator: | || && ; & > >> < << ( ) or "\n" */
	bool dynamic;      /* has an expansion: $x, $(...), `...`, or an unquoted * */
};

struct tokens {
	struct token *t;
	size_t len, cap;
	size_t end; /* where the text ends when a trailing remark is left out */
};

#define cleanup_tokens __attribute__((cleanup(tokens_done)))
void tokens_done(struct tokens *ts);

/* Blanks, quotes, backslashes and remarks, no operators and no expansions; for
 * expectations.  Returns false when a quote is not closed. */
bool tokens_words(const char *s, struct tokens *ret);

/* A command line of bash, with operators; bodies of here-documents are left out.
 * Returns false when it is not finished: more lines belong to it. */
bool tokens_shell(const char *s, struct tokens *ret);

#endif
