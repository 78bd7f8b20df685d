/*
 * parse.c - words to statements, with the errors of Go's text/template/parse
 */
#include "sandbox/format/parse.h"
#include <stdlib.h>

enum ending { END_ERROR, END_EOF, END_END, END_ELSE };

static enum ending statements(struct parser *p, struct node **list);

static bool
close_word(struct parser *p, const char *context)
{
	const struct token *t = format_parser_next_word(p);

	if (t->kind == TOKEN_CLOSE)
		return true;
	format_parser_unexpected(p, t, context);
	return false;
}

static struct node *control(struct parser *p, enum node_kind kind, const char *name);

/* What follows {{else: an "if" or "with" of the same kind, or a list up to {{end}}. */
static bool
else_part(struct parser *p, struct node *n, const char *name)
{
	if (n->kind != NODE_RANGE &&
	    format_parser_is_word(p, format_parser_peek_word(p), name)) {
		format_parser_next(p);
		n->other = control(p, n->kind, name);
		return n->other != NULL;
	}
	if (!close_word(p, "else"))
		return false;
	switch (statements(p, &n->other)) {
	case END_END: return true;
	case END_ELSE:
		format_parser_fail(p, "expected end; found {{else}}");
		return false;
	case END_EOF: format_parser_fail(p, "unexpected EOF"); return false;
	default: return false;
	}
}

static struct node *
control(struct parser *p, enum node_kind kind, const char *name)
{
	struct node *n = format_parser_node(p, kind, format_parser_peek(p));
	size_t mark = p->variables.len;
	enum ending ending;
	bool ok = true;

	if (++p->depth > DEPTH_MAX)
		return format_parser_fail(p, "nested too deeply");
	n->pipe = format_parser_pipeline(p, name, TOKEN_CLOSE);
	if (n->pipe == NULL)
		return NULL;
	p->ranges += kind == NODE_RANGE;
	ending = statements(p, &n->body);
	p->ranges -= kind == NODE_RANGE;
	if (ending == END_ELSE)
		ok = else_part(p, n, name);
	else if (ending == END_EOF)
		ok = format_parser_fail(p, "unexpected EOF") != NULL;
	else if (ending == END_ERROR)
		ok = false;
	p->depth--;
	while (p->variables.len > mark)
		vec_remove(&p->variables, p->variables.len - 1);
	return ok ? n : NULL;
}

static struct node *
jump(struct parser *p, enum node_kind kind, const char *name)
{
	struct node *n = format_parser_node(p, kind, format_parser_peek(p));

	if (!close_word(p, name))
		return NULL;
	return p->ranges > 0 ? n
			     : format_parser_fail(p, "{{%s}} outside {{range}}", name);
}

/* ---- templates with names ---- */

/* The name that follows in quotes; NULL on error. */
static const char *
name_of(struct parser *p, const char *context)
{
	const struct token *t = format_parser_next_word(p);
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	cleanup_free char *raw = NULL;

	if (t->kind != TOKEN_STRING && t->kind != TOKEN_RAW) {
		format_parser_unexpected(p, t, context);
		return NULL;
	}
	raw = xstrndup(p->t->source + t->from + 1, t->to - t->from - 2);
	if (!format_template_unquote(raw, t->kind == TOKEN_RAW, &b)) {
		format_parser_fail(p, "invalid syntax");
		return NULL;
	}
	return format_template_strndup(p->t, b.s, b.len);
}

/* What stands up to {{end}} becomes the template `name`; it sees no variable but $. */
static bool
define_as(struct parser *p, const char *name)
{
	struct definition *d = format_template_alloc(p->t, sizeof *d);
	struct vec outer = p->variables;
	int ranges = p->ranges;
	enum ending ending;

	p->variables = (struct vec)VEC_INIT;
	vec_add(&p->variables, "$");
	p->ranges = 0;
	p->depth++;
	ending = statements(p, &d->body);
	p->depth--;
	p->ranges = ranges;
	vec_done(&p->variables);
	p->variables = outer;
	d->name = name;
	d->next = p->t->defined;
	p->t->defined = d;
	if (ending == END_ELSE)
		format_parser_fail(p, "unexpected {{else}}");
	if (ending == END_EOF)
		format_parser_fail(p, "unexpected EOF");
	return ending == END_END;
}

/* {{define "x"}}: only outside of everything else.  Leaves nothing where it stands. */
static struct node *
define(struct parser *p, enum node_kind kind, const char *word)
{
	struct node *n = format_parser_node(p, kind, format_parser_peek(p));
	const char *name;

	if (p->depth > 0)
		return format_parser_fail(p, "unexpected {{%s}}", word);
	name = name_of(p, "define clause");
	n->text = "";
	n->len = 0;
	return name != NULL && close_word(p, "define clause") && define_as(p, name)
		   ? n
		   : NULL;
}

/* {{template "x" pipeline}}, and {{block}}, which also defines it. */
static struct node *
template_call(struct parser *p, enum node_kind kind, const char *word)
{
	cleanup_free char *context = xasprintf("%s clause", word);
	const struct token *t = format_parser_peek_word(p);
	struct node *n = format_parser_node(p, kind, t);
	bool block = str_eq(word, "block");

	n->text = name_of(p, context);
	if (n->text == NULL)
		return NULL;
	if (!block && format_parser_peek_word(p)->kind == TOKEN_CLOSE) {
		format_parser_next(p);
	} else {
		n->pipe = format_parser_pipeline(p, context, TOKEN_CLOSE);
		if (n->pipe == NULL)
			return NULL;
	}
	/* errors show all of the action */
	n->to = p->tokens[p->at - 1].to;
	while (n->from > 0 && strncmp(p->t->source + n->from, "{{", 2) != 0)
		n->from--;
	return block && !define_as(p, n->text) ? NULL : n;
}

/* One action after its "{{"; NULL on error. */
static struct node *
action(struct parser *p)
{
	static const struct {
		const char *name;
		enum node_kind kind;
		struct node *(*parse)(struct parser *, enum node_kind, const char *);
	} actions[] = {{"if", NODE_IF, control}, {"with", NODE_WITH, control},
	    {"range", NODE_RANGE, control}, {"break", NODE_BREAK, jump},
	    {"continue", NODE_CONTINUE, jump}, {"define", NODE_TEXT, define},
	    {"template", NODE_TEMPLATE, template_call},
	    {"block", NODE_TEMPLATE, template_call}};
	const struct token *t = format_parser_peek_word(p);

	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (format_parser_is_word(p, t, actions[i].name)) {
			format_parser_next(p);
			return actions[i].parse(p, actions[i].kind, actions[i].name);
		}
	return format_parser_pipeline(p, "command", TOKEN_CLOSE);
}

static enum ending
statements(struct parser *p, struct node **list)
{
	struct node **tail = list;

	for (;; tail = &(*tail)->next) {
		const struct token *t = format_parser_next(p), *first;

		if (t->kind == TOKEN_EOF)
			return END_EOF;
		if (t->kind == TOKEN_TEXT) {
			*tail = format_parser_node(p, NODE_TEXT, t);
			(*tail)->text = p->t->source + t->from;
			(*tail)->len = t->to - t->from;
			continue;
		}
		first = format_parser_peek_word(p);
		if (t->kind == TOKEN_ERROR) {
			format_parser_unexpected(p, t, "input");
			return END_ERROR;
		}
		if (format_parser_is_word(p, first, "end")) {
			format_parser_next(p);
			return close_word(p, "end") ? END_END : END_ERROR;
		}
		if (format_parser_is_word(p, first, "else")) {
			format_parser_next(p);
			return END_ELSE;
		}
		*tail = action(p);
		if (*tail == NULL)
			return END_ERROR;
	}
}

static int
parse_all(struct parser *p)
{
	switch (statements(p, &p->t->body)) {
	case END_EOF: return 0;
	case END_END: format_parser_fail(p, "unexpected {{end}}"); return -1;
	case END_ELSE: format_parser_fail(p, "unexpected {{else}}"); return -1;
	default: return -1;
	}
}

/* All words at once: a template is short, and the parser may look ahead freely. */
static void
read_tokens(struct parser *p, struct lexer *lexer)
{
	size_t cap = 0;
	enum token_kind last;

	do {
		if (p->ntokens == cap) {
			cap = cap > 0 ? 2 * cap : 32;
			p->tokens = xrealloc(p->tokens, cap * sizeof *p->tokens);
		}
		p->tokens[p->ntokens] = format_lexer_next(lexer);
		last = p->tokens[p->ntokens++].kind;
	} while (last != TOKEN_EOF && last != TOKEN_ERROR);
	p->why = lexer->why;
}

struct format_template *
format_template_parse(const char *text, struct err *err)
{
	cleanup_template struct format_template *t = xcalloc(1, sizeof *t);
	struct parser p = {.t = t, .variables = VEC_INIT, .err = err};
	struct lexer lexer = {.at = 0};
	int failed;

	t->source = xstrdup(text);
	lexer.s = t->source;
	read_tokens(&p, &lexer);
	vec_add(&p.variables, "$");
	failed = parse_all(&p);
	vec_done(&p.variables);
	free(p.tokens);
	return failed < 0 ? NULL : take_ptr(t);
}
