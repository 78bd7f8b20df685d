/*
 * parse.h - the parser's parts to each other: words.c, operand.c, parse.c
 */
#ifndef DRYDOCK_FORMAT_PARSE_H
#define DRYDOCK_FORMAT_PARSE_H

#include "sandbox/format/private.h"

enum { DEPTH_MAX = 100 };

struct parser {
	struct format_template *t;
	struct token *tokens;
	size_t ntokens, at;
	struct vec variables;
	int ranges, depth;
	const char *why; /* of the TOKEN_ERROR at the end */
	struct err *err;
};

/* Fails with the line of the word that was looked at last; returns NULL. */
struct node *format_parser_fail(struct parser *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "unexpected <word> in <context>"; returns NULL. */
struct node *format_parser_unexpected(
    struct parser *p, const struct token *t, const char *context);
/* The word at hand / the same, and go on; _word skips blanks first.  Borrowed. */
const struct token *format_parser_peek(struct parser *p);
const struct token *format_parser_next(struct parser *p);
const struct token *format_parser_peek_word(struct parser *p);
const struct token *format_parser_next_word(struct parser *p);
bool format_parser_is_word(struct parser *p, const struct token *t, const char *word);
bool format_parser_is_keyword(struct parser *p, const struct token *t);
/* A node of the template at the place of t. */
struct node *format_parser_node(
    struct parser *p, enum node_kind kind, const struct token *t);
/* A pipeline up to `end`, which is consumed; context names it in errors.  NULL on error.
 */
struct node *format_parser_pipeline(
    struct parser *p, const char *context, enum token_kind end);

#endif
