/*
 * words.c - the parser's place in the list of words, and its errors
 */
#include "sandbox/format/parse.h"
#include <stdarg.h>
#include <stdio.h>

struct node *
format_parser_fail(struct parser *p, const char *fmt, ...)
{
	size_t at = p->tokens[p->at > 0 ? p->at - 1 : 0].from, line = 1;
	char text[ERR_TEXT_MAX / 2];
	va_list ap;

	for (size_t i = 0; i < at; i++)
		line += p->t->source[i] == '\n';
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	err_set(
	    p->err, ERR_INPUT, "template parsing error: template: :%zu: %s", line, text);
	return NULL;
}

const struct token *
format_parser_peek(struct parser *p)
{
	return &p->tokens[p->at];
}

const struct token *
format_parser_next(struct parser *p)
{
	const struct token *t = format_parser_peek(p);

	if (p->at + 1 < p->ntokens)
		p->at++;
	return t;
}

const struct token *
format_parser_peek_word(struct parser *p)
{
	while (format_parser_peek(p)->kind == TOKEN_SPACE)
		p->at++;
	return format_parser_peek(p);
}

const struct token *
format_parser_next_word(struct parser *p)
{
	format_parser_peek_word(p);
	return format_parser_next(p);
}

bool
format_parser_is_word(struct parser *p, const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && strlen(word) == t->to - t->from &&
	       strncmp(p->t->source + t->from, word, t->to - t->from) == 0;
}

bool
format_parser_is_keyword(struct parser *p, const struct token *t)
{
	static const char *const keywords[] = {"block", "break", "continue", "define",
	    "else", "end", "if", "nil", "range", "template", "with"};

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (format_parser_is_word(p, t, keywords[i]))
			return true;
	return false;
}

struct node *
format_parser_unexpected(struct parser *p, const struct token *t, const char *context)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	size_t len = t->to - t->from;
	cleanup_free char *text = xstrndup(p->t->source + t->from, len > 10 ? 10 : len);

	if (t->kind == TOKEN_ERROR)
		return format_parser_fail(p, "%s", p->why);
	if (t->kind == TOKEN_EOF)
		return format_parser_fail(p, "unexpected EOF");
	if (format_parser_is_keyword(p, t))
		return format_parser_fail(p, "unexpected <%.*s> in %s", (int)len,
		    p->t->source + t->from, context);
	format_quote(&b, text);
	return format_parser_fail(
	    p, "unexpected %s%s in %s", b.s, len > 10 ? "..." : "", context);
}

struct node *
format_parser_node(struct parser *p, enum node_kind kind, const struct token *t)
{
	struct node *n = format_template_alloc(p->t, sizeof *n);

	n->kind = kind;
	n->at = n->from = t->from;
	n->to = t->to;
	return n;
}
