/*
 * operand.c - words to literals, operands, commands and pipelines
 */
#include "sandbox/format/parse.h"
#include <errno.h>
#include <stdlib.h>

static void
add_name(struct parser *p, struct node *n, const char *s, size_t len)
{
	const char **names = format_template_alloc(p->t, (n->nnames + 1) * sizeof *names);

	if (n->nnames > 0)
		memcpy(names, n->names, n->nnames * sizeof *names);
	names[n->nnames++] = format_template_strndup(p->t, s, len);
	n->names = names;
}

static void
append(struct node **list, struct node *n)
{
	while (*list != NULL)
		list = &(*list)->next;
	*list = n;
}

/* ---- literals ---- */

static struct node *
string_node(struct parser *p, const struct token *t)
{
	struct node *n = format_parser_node(p, NODE_STRING, t);
	cleanup_free char *raw =
	    xstrndup(p->t->source + t->from + 1, t->to - t->from - 2);
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	if (!format_template_unquote(raw, t->kind == TOKEN_RAW, &b))
		return format_parser_fail(p, "invalid syntax");
	if (t->kind == TOKEN_CHAR) {
		size_t len;

		n->kind = NODE_INT;
		n->i = format_rune(b.s, &len);
		return b.len > 0 && len == b.len
			   ? n
			   : format_parser_fail(
				 p, "malformed character constant: '%s'", raw);
	}
	n->text = format_template_strndup(p->t, b.s, b.len);
	n->len = b.len;
	return n;
}

static struct node *
number_node(struct parser *p, const struct token *t)
{
	struct node *n = format_parser_node(p, NODE_INT, t);
	cleanup_free char *text = xstrndup(p->t->source + t->from, t->to - t->from);
	char *end;

	errno = 0;
	n->i = strtoll(text, &end, 0);
	if (*end == '\0' && end != text && errno == 0)
		return n;
	n->kind = NODE_FLOAT;
	n->f = strtod(text, &end);
	if (*end == '\0' && end != text && strpbrk(text, "nNiI") == NULL)
		return n;
	return format_parser_fail(p, "bad number syntax: \"%s\"", text);
}

/* ---- operands ---- */

static struct node *
variable_node(struct parser *p, const struct token *t)
{
	struct node *n = format_parser_node(p, NODE_VARIABLE, t);

	add_name(p, n, p->t->source + t->from, t->to - t->from);
	if (!vec_has(&p->variables, n->names[0]))
		return format_parser_fail(p, "undefined variable \"%s\"", n->names[0]);
	return n;
}

static struct node *
word_node(struct parser *p, const struct token *t)
{
	struct node *n = format_parser_node(p, NODE_FUNCTION, t);

	n->text = format_template_strndup(p->t, p->t->source + t->from, t->to - t->from);
	if (str_eq(n->text, "true") || str_eq(n->text, "false")) {
		n->kind = NODE_BOOL;
		n->i = *n->text == 't';
	} else if (str_eq(n->text, "nil")) {
		n->kind = NODE_NIL;
	} else if (!format_function_exists(n->text)) {
		return format_parser_fail(p, "function \"%s\" not defined", n->text);
	}
	return n;
}

static struct node *
paren_node(struct parser *p, const struct token *open)
{
	struct node *n;

	if (++p->depth > DEPTH_MAX)
		return format_parser_fail(p, "nested too deeply");
	n = format_parser_pipeline(p, "parenthesized pipeline", TOKEN_PAREN_CLOSE);
	p->depth--;
	if (n != NULL) {
		n->from = n->at = open->from;
		n->to = p->tokens[p->at - 1].to;
	}
	return n;
}

/* Can a term begin with this word? */
static bool
begins_term(struct parser *p, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_WORD:
		return !format_parser_is_keyword(p, t) ||
		       format_parser_is_word(p, t, "nil");
	case TOKEN_DOT:
	case TOKEN_FIELD:
	case TOKEN_VARIABLE:
	case TOKEN_NUMBER:
	case TOKEN_CHAR:
	case TOKEN_STRING:
	case TOKEN_RAW:
	case TOKEN_PAREN_OPEN: return true;
	default: return false;
	}
}

static struct node *
term(struct parser *p)
{
	const struct token *t = format_parser_next(p);
	struct node *n;

	switch (t->kind) {
	case TOKEN_WORD: return word_node(p, t);
	case TOKEN_DOT: return format_parser_node(p, NODE_DOT, t);
	case TOKEN_FIELD:
		n = format_parser_node(p, NODE_FIELD, t);
		add_name(p, n, p->t->source + t->from + 1, t->to - t->from - 1);
		return n;
	case TOKEN_VARIABLE: return variable_node(p, t);
	case TOKEN_NUMBER: return number_node(p, t);
	case TOKEN_PAREN_OPEN: return paren_node(p, t);
	default: return string_node(p, t);
	}
}

/* A term and the .Fields behind it. */
static struct node *
operand(struct parser *p)
{
	struct node *n = term(p), *chain;

	if (n == NULL || format_parser_peek(p)->kind != TOKEN_FIELD)
		return n;
	chain = n;
	if (n->kind == NODE_PIPE || n->kind == NODE_FUNCTION) {
		chain = format_parser_node(p, NODE_CHAIN, format_parser_peek(p));
		chain->from = n->from;
		chain->list = n;
	} else if (n->kind != NODE_FIELD && n->kind != NODE_VARIABLE) {
		return format_parser_fail(p, "unexpected . after term \"%.*s\"",
		    (int)(n->to - n->from), p->t->source + n->from);
	}
	chain->at =
	    format_parser_peek(p)->from; /* Go counts from the first chained field */
	while (format_parser_peek(p)->kind == TOKEN_FIELD) {
		const struct token *t = format_parser_next(p);

		add_name(p, chain, p->t->source + t->from + 1, t->to - t->from - 1);
		chain->to = t->to;
	}
	return chain;
}

static struct node *
command(struct parser *p)
{
	struct node *n = format_parser_node(p, NODE_COMMAND, format_parser_peek_word(p));

	for (;;) {
		const struct token *t = format_parser_peek_word(p);

		if (begins_term(p, t)) {
			struct node *arg = operand(p);

			if (arg == NULL)
				return NULL;
			append(&n->list, arg);
			n->to = arg->to;
			if (format_parser_peek(p)->kind == TOKEN_SPACE)
				continue;
			t = format_parser_peek(p);
		}
		if (t->kind == TOKEN_PIPE)
			format_parser_next(p);
		else if (t->kind != TOKEN_CLOSE && t->kind != TOKEN_PAREN_CLOSE)
			return format_parser_unexpected(
			    p, format_parser_next(p), "operand");
		return n;
	}
}

/* "$x :=", "$x =", and in a range "$i, $x :=". */
static struct node *
declarations(struct parser *p, struct node *pipe, const char *context)
{
	size_t start = p->at, names = 0;
	const struct token *t;

	while (format_parser_peek_word(p)->kind == TOKEN_VARIABLE) {
		const struct token *name = format_parser_next(p);

		add_name(p, pipe, p->t->source + name->from, name->to - name->from);
		names++;
		t = format_parser_peek_word(p);
		if (t->kind == TOKEN_DECLARE || t->kind == TOKEN_ASSIGN) {
			pipe->assigns = t->kind == TOKEN_ASSIGN;
			format_parser_next(p);
			for (size_t i = 0; i < names; i++)
				if (!pipe->assigns)
					vec_add(&p->variables, pipe->names[i]);
				else if (!vec_has(&p->variables, pipe->names[i]))
					return format_parser_fail(p,
					    "undefined variable \"%s\"", pipe->names[i]);
			return pipe;
		}
		if (t->kind != TOKEN_COMMA || names > 1)
			break;
		format_parser_next(p);
		if (!str_eq(context, "range"))
			return format_parser_fail(
			    p, "too many declarations in %s", context);
	}
	p->at = start;
	pipe->nnames = 0;
	return pipe;
}

static bool
can_run(const struct node *cmd)
{
	enum node_kind k = cmd->list->kind;

	return k == NODE_FIELD || k == NODE_FUNCTION || k == NODE_VARIABLE ||
	       k == NODE_CHAIN || k == NODE_PIPE;
}

struct node *
format_parser_pipeline(struct parser *p, const char *context, enum token_kind end)
{
	struct node *pipe = format_parser_node(p, NODE_PIPE, format_parser_peek_word(p)),
		    *cmd = NULL;
	bool piped = false;
	int stage = 1;

	if (declarations(p, pipe, context) == NULL)
		return NULL;
	for (;; stage++) {
		const struct token *t = format_parser_peek_word(p);

		if (t->kind == end && (pipe->list == NULL || piped)) {
			format_parser_next(p);
			return format_parser_fail(p, "missing value for %s", context);
		}
		if (t->kind == end) {
			pipe->to = format_parser_next(p)->from;
			return pipe;
		}
		if (!begins_term(p, t))
			return format_parser_unexpected(
			    p, format_parser_next(p), context);
		cmd = command(p);
		if (cmd == NULL)
			return NULL;
		if (stage > 1 && !can_run(cmd))
			return format_parser_fail(
			    p, "non executable command in pipeline stage %d", stage);
		piped = p->tokens[p->at - 1].kind == TOKEN_PIPE;
		append(&pipe->list, cmd);
	}
}
