/*
 * braced.c - ${name} and its modifiers: defaults, demands, stripping, replacing
 */
#include "sandbox/dockerfile/private.h"

/* The text up to '}' (or '/') behind a modifier. */
static int
operand(
    struct df_lexer *lx, char stop, bool keep_escapes, struct buf *out, struct err *err)
{
	bool before = lx->keep_escapes;
	int r;

	lx->keep_escapes = keep_escapes;
	r = df_lex_until(lx, stop, out, NULL, err);
	lx->keep_escapes = before;
	if (r < 0 && *lx->p == '\0')
		return err_set(err, ERR_INPUT, "syntax error: missing '%c'%s", stop,
		    stop == '/' ? " in ${}" : "");
	return r;
}

/* A modifier that is none; where the text ends, Docker shows the sign for no character.
 */
static int
unsupported(struct err *err, bool colon, const char *modifier)
{
	if (*modifier == '\0')
		modifier = "\xef\xbf\xbd";
	return err_set(err, ERR_INPUT, "unsupported modifier (%s%.*s) in substitution",
	    colon ? ":" : "", (int)str_utf8_len(modifier), modifier);
}

/* ${name/pattern/by}, ${name//pattern/by}: p is behind the first '/'. */
static int
replace(struct df_lexer *lx, const char *name, struct buf *out, struct err *err)
{
	cleanup_buf struct buf pattern = BUF_INIT(DF_RESULT_MAX);
	cleanup_buf struct buf by = BUF_INIT(DF_RESULT_MAX);
	bool all = *lx->p == '/';
	const char *value;

	lx->p += all;
	if (operand(lx, '/', true, &pattern, err) < 0 ||
	    operand(lx, '}', true, &by, err) < 0)
		return -1;
	value = df_lex_lookup(lx, name);
	if (value == NULL && lx->opt->keep_unset) {
		buf_addf(out, "${%s/%s/%s}", name, pattern.s, by.s);
		return 0;
	}
	return df_replace(out, value != NULL ? value : "", pattern.s, by.s, all, err);
}

/* ${name?word} and ${name:?word} */
static int
demand(const char *name, const char *value, const char *word, bool colon, struct buf *out,
    struct err *err)
{
	if (value != NULL && !(colon && *value == '\0')) {
		buf_adds(out, value);
		return 0;
	}
	if (*word == '\0')
		word = value == NULL ? "is not allowed to be unset"
				     : "is not allowed to be empty";
	return err_set(err, ERR_INPUT, "%s: %s", name, word);
}

/* The modifier `how` with its word, on the value (NULL: unset). */
static int
modify(char how, bool colon, const char *name, const char *value, const char *word,
    struct buf *out, struct err *err)
{
	bool missing = value == NULL || (colon && *value == '\0');

	switch (how) {
	case '-': buf_adds(out, missing ? word : value); return 0;
	case '+': buf_adds(out, missing ? "" : word); return 0;
	case '?': return demand(name, value, word, colon, out, err);
	default:
		return df_trim(out, value != NULL ? value : "", word + (word[0] == how),
		    how, word[0] == how, err);
	}
}

/* Behind the name in ${name...: p is at the modifier. */
static int
modified(struct df_lexer *lx, const char *name, struct buf *out, struct err *err)
{
	cleanup_buf struct buf word = BUF_INIT(DF_RESULT_MAX);
	const char *at = lx->p, *value;
	bool colon = *at == ':', raw;
	char how = at[colon];

	if (*at == '/') {
		lx->p++;
		return replace(lx, name, out, err);
	}
	raw = how == '#' || how == '%';
	if (colon ? raw : how == '\0' || strchr("+-?#%", how) == NULL)
		return unsupported(err, colon, at + colon);
	lx->p += colon + (how != '\0' ? str_utf8_len(at + colon) : 0);
	if (operand(lx, '}', raw, &word, err) < 0)
		return -1;
	value = df_lex_lookup(lx, name);
	if (value == NULL && lx->opt->keep_unset) {
		buf_addf(out, "${%s%.*s%s}", name, (int)(1 + colon), at, word.s);
		return 0;
	}
	if (strchr("+-?#%", how) == NULL)
		return unsupported(err, colon, at + colon);
	return modify(how, colon, name, value, word.s, out, err);
}

int
df_lex_braced(struct df_lexer *lx, struct buf *out, struct err *err)
{
	cleanup_buf struct buf name = BUF_INIT(DF_RESULT_MAX);
	const char *value;

	if (*lx->p == '\0')
		return err_set(err, ERR_INPUT, "syntax error: missing '}'");
	if (strchr("{}:", *lx->p) != NULL)
		return err_set(err, ERR_INPUT, "syntax error: bad substitution");
	df_lex_name(lx, &name);
	if (*lx->p != '}')
		return modified(lx, name.s, out, err);
	lx->p++;
	value = df_lex_lookup(lx, name.s);
	if (value == NULL && lx->opt->keep_unset)
		buf_addf(out, "${%s}", name.s);
	else
		buf_adds(out, value != NULL ? value : "");
	return 0;
}
