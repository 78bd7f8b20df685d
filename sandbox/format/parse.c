/*
 * parse.c - words to nodes, with the errors of Go's text/template/parse
 */
#include "sandbox/format/private.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
__attribute__((format(printf, 2, 3))) static struct node *
fail(struct parser *p, const char *fmt, ...)
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

static const struct token *
peek(struct parser *p)
{
	return &p->tokens[p->at];
}

static const struct token *
next(struct parser *p)
{
	const struct token *t = peek(p);

	if (p->at + 1 < p->ntokens)
		p->at++;
	return t;
}

static const struct token *
peek_word(struct parser *p)
{
	while (peek(p)->kind == TOKEN_SPACE)
		p->at++;
	return peek(p);
}

static const struct token *
next_word(struct parser *p)
{
	peek_word(p);
	return next(p);
}

static bool
is_word(struct parser *p, const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && strlen(word) == t->to - t->from &&
	       strncmp(p->t->source + t->from, word, t->to - t->from) == 0;
}

static bool
is_keyword(struct parser *p, const struct token *t)
{
	static const char *const keywords[] = {"block", "break", "continue", "define",
	    "else", "end", "if", "nil", "range", "template", "with"};

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (is_word(p, t, keywords[i]))
			return true;
	return false;
}

static struct node *
unexpected(struct parser *p, const struct token *t, const char *context)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	size_t len = t->to - t->from;
	cleanup_free char *text = xstrndup(p->t->source + t->from, len > 10 ? 10 : len);

	if (t->kind == TOKEN_ERROR)
		return fail(p, "%s", p->why);
	if (t->kind == TOKEN_EOF)
		return fail(p, "unexpected EOF");
	if (is_keyword(p, t))
		return fail(p, "unexpected <%.*s> in %s", (int)len,
		    p->t->source + t->from, context);
	format_quote(&b, text);
	return fail(p, "unexpected %s%s in %s", b.s, len > 10 ? "..." : "", context);
}

static struct node *
new_node(struct parser *p, enum node_kind kind, const struct token *t)
{
	struct node *n = template_alloc(p->t, sizeof *n);

	n->kind = kind;
	n->at = n->from = t->from;
	n->to = t->to;
	return n;
}

static void
add_name(struct parser *p, struct node *n, const char *s, size_t len)
{
	const char **names = template_alloc(p->t, (n->nnames + 1) * sizeof *names);

	if (n->nnames > 0)
		memcpy(names, n->names, n->nnames * sizeof *names);
	names[n->nnames++] = template_strndup(p->t, s, len);
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
	struct node *n = new_node(p, NODE_STRING, t);
	cleanup_free char *raw =
	    xstrndup(p->t->source + t->from + 1, t->to - t->from - 2);
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	if (!template_unquote(raw, t->kind == TOKEN_RAW, &b))
		return fail(p, "invalid syntax");
	if (t->kind == TOKEN_CHAR) {
		size_t len;

		n->kind = NODE_INT;
		n->i = format_rune(b.s, &len);
		return b.len > 0 && len == b.len
			   ? n
			   : fail(p, "malformed character constant: '%s'", raw);
	}
	n->text = template_strndup(p->t, b.s, b.len);
	n->len = b.len;
	return n;
}

static struct node *
number_node(struct parser *p, const struct token *t)
{
	struct node *n = new_node(p, NODE_INT, t);
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
	return fail(p, "bad number syntax: \"%s\"", text);
}

/* ---- operands ---- */

static struct node *pipeline(struct parser *p, const char *context, enum token_kind end);

static struct node *
variable_node(struct parser *p, const struct token *t)
{
	struct node *n = new_node(p, NODE_VARIABLE, t);

	add_name(p, n, p->t->source + t->from, t->to - t->from);
	if (!vec_has(&p->variables, n->names[0]))
		return fail(p, "undefined variable \"%s\"", n->names[0]);
	return n;
}

static struct node *
word_node(struct parser *p, const struct token *t)
{
	struct node *n = new_node(p, NODE_FUNCTION, t);

	n->text = template_strndup(p->t, p->t->source + t->from, t->to - t->from);
	if (str_eq(n->text, "true") || str_eq(n->text, "false")) {
		n->kind = NODE_BOOL;
		n->i = *n->text == 't';
	} else if (str_eq(n->text, "nil")) {
		n->kind = NODE_NIL;
	} else if (!function_exists(n->text)) {
		return fail(p, "function \"%s\" not defined", n->text);
	}
	return n;
}

static struct node *
paren_node(struct parser *p, const struct token *open)
{
	struct node *n;

	if (++p->depth > DEPTH_MAX)
		return fail(p, "nested too deeply");
	n = pipeline(p, "parenthesized pipeline", TOKEN_PAREN_CLOSE);
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
	case TOKEN_WORD: return !is_keyword(p, t) || is_word(p, t, "nil");
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
	const struct token *t = next(p);
	struct node *n;

	switch (t->kind) {
	case TOKEN_WORD: return word_node(p, t);
	case TOKEN_DOT: return new_node(p, NODE_DOT, t);
	case TOKEN_FIELD:
		n = new_node(p, NODE_FIELD, t);
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

	if (n == NULL || peek(p)->kind != TOKEN_FIELD)
		return n;
	chain = n;
	if (n->kind == NODE_PIPE || n->kind == NODE_FUNCTION) {
		chain = new_node(p, NODE_CHAIN, peek(p));
		chain->from = n->from;
		chain->list = n;
	} else if (n->kind != NODE_FIELD && n->kind != NODE_VARIABLE) {
		return fail(p, "unexpected . after term \"%.*s\"", (int)(n->to - n->from),
		    p->t->source + n->from);
	}
	chain->at = peek(p)->from; /* Go counts from the first chained field */
	while (peek(p)->kind == TOKEN_FIELD) {
		const struct token *t = next(p);

		add_name(p, chain, p->t->source + t->from + 1, t->to - t->from - 1);
		chain->to = t->to;
	}
	return chain;
}

static struct node *
command(struct parser *p)
{
	struct node *n = new_node(p, NODE_COMMAND, peek_word(p));

	for (;;) {
		const struct token *t = peek_word(p);

		if (begins_term(p, t)) {
			struct node *arg = operand(p);

			if (arg == NULL)
				return NULL;
			append(&n->list, arg);
			n->to = arg->to;
			if (peek(p)->kind == TOKEN_SPACE)
				continue;
			t = peek(p);
		}
		if (t->kind == TOKEN_PIPE)
			next(p);
		else if (t->kind != TOKEN_CLOSE && t->kind != TOKEN_PAREN_CLOSE)
			return unexpected(p, next(p), "operand");
		return n;
	}
}

/* "$x :=", "$x =", and in a range "$i, $x :=". */
static struct node *
declarations(struct parser *p, struct node *pipe, const char *context)
{
	size_t start = p->at, names = 0;
	const struct token *t;

	while (peek_word(p)->kind == TOKEN_VARIABLE) {
		const struct token *name = next(p);

		add_name(p, pipe, p->t->source + name->from, name->to - name->from);
		names++;
		t = peek_word(p);
		if (t->kind == TOKEN_DECLARE || t->kind == TOKEN_ASSIGN) {
			pipe->assigns = t->kind == TOKEN_ASSIGN;
			next(p);
			for (size_t i = 0; i < names; i++)
				if (!pipe->assigns)
					vec_add(&p->variables, pipe->names[i]);
				else if (!vec_has(&p->variables, pipe->names[i]))
					return fail(p, "undefined variable \"%s\"",
					    pipe->names[i]);
			return pipe;
		}
		if (t->kind != TOKEN_COMMA || names > 1)
			break;
		next(p);
		if (!str_eq(context, "range"))
			return fail(p, "too many declarations in %s", context);
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

static struct node *
pipeline(struct parser *p, const char *context, enum token_kind end)
{
	struct node *pipe = new_node(p, NODE_PIPE, peek_word(p)), *cmd = NULL;
	bool piped = false;
	int stage = 1;

	if (declarations(p, pipe, context) == NULL)
		return NULL;
	for (;; stage++) {
		const struct token *t = peek_word(p);

		if (t->kind == end && (pipe->list == NULL || piped)) {
			next(p);
			return fail(p, "missing value for %s", context);
		}
		if (t->kind == end) {
			pipe->to = next(p)->from;
			return pipe;
		}
		if (!begins_term(p, t))
			return unexpected(p, next(p), context);
		cmd = command(p);
		if (cmd == NULL)
			return NULL;
		if (stage > 1 && !can_run(cmd))
			return fail(
			    p, "non executable command in pipeline stage %d", stage);
		piped = p->tokens[p->at - 1].kind == TOKEN_PIPE;
		append(&pipe->list, cmd);
	}
}

/* ---- statements ---- */

enum ending { END_ERROR, END_EOF, END_END, END_ELSE };

static enum ending statements(struct parser *p, struct node **list);

static bool
close_word(struct parser *p, const char *context)
{
	const struct token *t = next_word(p);

	if (t->kind == TOKEN_CLOSE)
		return true;
	unexpected(p, t, context);
	return false;
}

static struct node *control(struct parser *p, enum node_kind kind, const char *name);

/* What follows {{else: an "if" or "with" of the same kind, or a list up to {{end}}. */
static bool
else_part(struct parser *p, struct node *n, const char *name)
{
	if (n->kind != NODE_RANGE && is_word(p, peek_word(p), name)) {
		next(p);
		n->other = control(p, n->kind, name);
		return n->other != NULL;
	}
	if (!close_word(p, "else"))
		return false;
	switch (statements(p, &n->other)) {
	case END_END: return true;
	case END_ELSE: fail(p, "expected end; found {{else}}"); return false;
	case END_EOF: fail(p, "unexpected EOF"); return false;
	default: return false;
	}
}

static struct node *
control(struct parser *p, enum node_kind kind, const char *name)
{
	struct node *n = new_node(p, kind, peek(p));
	size_t mark = p->variables.len;
	enum ending ending;
	bool ok = true;

	if (++p->depth > DEPTH_MAX)
		return fail(p, "nested too deeply");
	n->pipe = pipeline(p, name, TOKEN_CLOSE);
	if (n->pipe == NULL)
		return NULL;
	p->ranges += kind == NODE_RANGE;
	ending = statements(p, &n->body);
	p->ranges -= kind == NODE_RANGE;
	if (ending == END_ELSE)
		ok = else_part(p, n, name);
	else if (ending == END_EOF)
		ok = fail(p, "unexpected EOF") != NULL;
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
	struct node *n = new_node(p, kind, peek(p));

	if (!close_word(p, name))
		return NULL;
	return p->ranges > 0 ? n : fail(p, "{{%s}} outside {{range}}", name);
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
	    {"continue", NODE_CONTINUE, jump}};
	const struct token *t = peek_word(p);

	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (is_word(p, t, actions[i].name)) {
			next(p);
			return actions[i].parse(p, actions[i].kind, actions[i].name);
		}
	return pipeline(p, "command", TOKEN_CLOSE);
}

static enum ending
statements(struct parser *p, struct node **list)
{
	struct node **tail = list;

	for (;; tail = &(*tail)->next) {
		const struct token *t = next(p), *first;

		if (t->kind == TOKEN_EOF)
			return END_EOF;
		if (t->kind == TOKEN_TEXT) {
			*tail = new_node(p, NODE_TEXT, t);
			(*tail)->text = p->t->source + t->from;
			(*tail)->len = t->to - t->from;
			continue;
		}
		first = peek_word(p);
		if (t->kind == TOKEN_ERROR) {
			unexpected(p, t, "input");
			return END_ERROR;
		}
		if (is_word(p, first, "end")) {
			next(p);
			return close_word(p, "end") ? END_END : END_ERROR;
		}
		if (is_word(p, first, "else")) {
			next(p);
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
	case END_END: fail(p, "unexpected {{end}}"); return -1;
	case END_ELSE: fail(p, "unexpected {{else}}"); return -1;
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
		p->tokens[p->ntokens] = lexer_next(lexer);
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
