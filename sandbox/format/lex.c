/*
 * lex.c - a template's source cut into words, as Go's text/template/parse does
 */
#include "sandbox/format/private.h"
#include <ctype.h>
#include <stdio.h>

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* "{{- " trims what stands before it. */
static bool
trims_left(const char *open)
{
	return open[2] == '-' && is_space(open[3]);
}

static bool
trims_right(const char *s)
{
	return is_space(s[0]) && s[1] == '-' && s[2] == '}' && s[3] == '}';
}

static struct token
fail(struct lexer *l, const char *why)
{
	snprintf(l->why, sizeof l->why, "%s", why);
	return (struct token){TOKEN_ERROR, l->at, l->at};
}

static struct token
bad_character(struct lexer *l, const char *what)
{
	size_t len;
	uint32_t rune = format_rune(l->s + l->at, &len);

	snprintf(l->why, sizeof l->why, "%s U+%04X '%.*s'", what, rune, (int)len,
	    l->s + l->at);
	return (struct token){TOKEN_ERROR, l->at, l->at};
}

/* At a comment: skips it with its delimiters.  NULL, or what is wrong. */
static const char *
skip_comment(struct lexer *l, size_t from)
{
	const char *end = strstr(l->s + from, "*/");

	if (end == NULL)
		return "unclosed comment";
	end += 2;
	l->trim_next = trims_right(end);
	if (l->trim_next)
		end += 2;
	if (!str_starts(end, "}}"))
		return "comment ends before closing delimiter";
	l->at = (size_t)(end + 2 - l->s);
	return NULL;
}

/* Outside actions: a text, or "{{". */
static struct token
outside(struct lexer *l)
{
	for (;;) {
		const char *open = strstr(l->s + l->at, "{{"), *why;
		struct token text = {
		    TOKEN_TEXT, l->at, open ? (size_t)(open - l->s) : strlen(l->s)};

		l->at = text.to;
		while (l->trim_next && text.from < text.to && is_space(l->s[text.from]))
			text.from++;
		while (open != NULL && trims_left(open) && text.to > text.from &&
		       is_space(l->s[text.to - 1]))
			text.to--;
		l->trim_next = false;
		if (text.to > text.from)
			return text;
		if (open == NULL)
			return (struct token){TOKEN_EOF, l->at, l->at};
		text.from = l->at;
		l->at += trims_left(open) ? 4 : 2;
		if (!str_starts(l->s + l->at, "/*")) {
			l->inside = true;
			l->parens = 0;
			return (struct token){TOKEN_OPEN, text.from, l->at};
		}
		why = skip_comment(l, l->at);
		if (why != NULL)
			return fail(l, why);
	}
}

static bool
at_end_of_word(const struct lexer *l)
{
	char c = l->s[l->at];

	return c == '\0' || is_space(c) || strchr(".,|:()", c) != NULL ||
	       str_starts(l->s + l->at, "}}");
}

/* .Name, $name or a plain word; `skip` bytes of it are a mark. */
static struct token
word(struct lexer *l, enum token_kind kind, size_t skip)
{
	struct token t = {kind, l->at, l->at};

	l->at += skip;
	while (is_letter(l->s[l->at]))
		l->at++;
	if (!at_end_of_word(l))
		return bad_character(l, "bad character");
	t.to = l->at;
	if (kind == TOKEN_FIELD && t.to == t.from + 1)
		t.kind = TOKEN_DOT;
	return t;
}

static struct token
quoted(struct lexer *l, enum token_kind kind)
{
	struct token t = {kind, l->at, 0};
	char quote = l->s[l->at++];

	for (; l->s[l->at] != quote; l->at++) {
		if (kind != TOKEN_RAW && l->s[l->at] == '\\' && l->s[l->at + 1] != '\0')
			l->at++;
		else if (l->s[l->at] == '\0' ||
			 (kind != TOKEN_RAW && l->s[l->at] == '\n'))
			return fail(
			    l, kind == TOKEN_RAW    ? "unterminated raw quoted string"
			       : kind == TOKEN_CHAR ? "unterminated character constant"
						    : "unterminated quoted string");
	}
	t.to = ++l->at;
	return t;
}

static struct token
number(struct lexer *l)
{
	struct token t = {TOKEN_NUMBER, l->at, 0};

	if (strchr("+-", l->s[l->at]) != NULL)
		l->at++;
	while (is_letter(l->s[l->at]) || l->s[l->at] == '.' ||
	       (strchr("+-", l->s[l->at]) != NULL && l->s[l->at] != '\0' &&
		   strchr("eEpP", l->s[l->at - 1]) != NULL))
		l->at++;
	t.to = l->at;
	return t;
}

static struct token
spaces(struct lexer *l)
{
	struct token t = {TOKEN_SPACE, l->at, 0};

	while (is_space(l->s[l->at]) && (l->at == t.from || !trims_right(l->s + l->at)))
		l->at++;
	t.to = l->at;
	return t;
}

static struct token
close_action(struct lexer *l)
{
	struct token t = {TOKEN_CLOSE, l->at, 0};

	if (l->parens > 0)
		return fail(l, "unclosed left paren");
	l->trim_next = trims_right(l->s + l->at);
	l->at += l->trim_next ? 4 : 2;
	t.to = l->at;
	l->inside = false;
	return t;
}

static struct token
single(struct lexer *l, char c)
{
	static const struct {
		char c;
		enum token_kind kind;
	} singles[] = {{'|', TOKEN_PIPE}, {'(', TOKEN_PAREN_OPEN},
	    {')', TOKEN_PAREN_CLOSE}, {'=', TOKEN_ASSIGN}, {',', TOKEN_COMMA}};
	struct token t = {TOKEN_OTHER, l->at, l->at + 1};

	if (c == ':') {
		if (l->s[l->at + 1] != '=')
			return fail(l, "expected :=");
		t.kind = TOKEN_DECLARE;
		t.to++;
	}
	for (size_t i = 0; i < ARRAY_LEN(singles); i++)
		if (c == singles[i].c)
			t.kind = singles[i].kind;
	l->parens += (c == '(') - (c == ')');
	if (l->parens < 0)
		return fail(l, "unexpected right paren");
	if (t.kind == TOKEN_OTHER && !isprint((unsigned char)c))
		return bad_character(l, "unrecognized character in action:");
	l->at = t.to;
	return t;
}

static struct token
inside(struct lexer *l)
{
	char c = l->s[l->at], next;

	if (str_starts(l->s + l->at, "}}") || trims_right(l->s + l->at))
		return close_action(l);
	if (c == '\0')
		return fail(l, "unclosed action");
	next = l->s[l->at + 1];
	if (is_space(c))
		return spaces(l);
	if (c == '"')
		return quoted(l, TOKEN_STRING);
	if (c == '`')
		return quoted(l, TOKEN_RAW);
	if (c == '\'')
		return quoted(l, TOKEN_CHAR);
	if (c == '$')
		return word(l, TOKEN_VARIABLE, 1);
	if (isdigit((unsigned char)c) || c == '+' || c == '-' ||
	    (c == '.' && isdigit((unsigned char)next)))
		return number(l);
	if (c == '.')
		return word(l, TOKEN_FIELD, 1);
	if (is_letter(c))
		return word(l, TOKEN_WORD, 0);
	return single(l, c);
}

struct token
format_lexer_next(struct lexer *l)
{
	return l->inside ? inside(l) : outside(l);
}
