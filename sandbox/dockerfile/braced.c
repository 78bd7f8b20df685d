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
		return err_set(err, ERR_INPUT, "syntax error: missing '}'");
	return r;
}

static int
unsupported(struct err *err, bool colon, const char *modifier)
{
	return err_set(err, ERR_INPUT, "unsupported modifier (%s%.*s) in substitution",
	    colon ? ":" : "", (int)(*modifier ? str_utf8_len(modifier) : 0), modifier);
}

/* "\/" and "\}" of a replacement lose their backslash. */
static void
unescape(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (b->s[i] == '\\' && i + 1 < b->len)
			i++;
		b->s[to++] = b->s[i];
	}
	buf_cut(b, to);
}

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
	unescape(&by);
	value = df_lex_lookup(lx, name);
	if (value != NULL)
		df_replace(out, value, pattern.s, by.s, all);
	return 0;
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

/* Behind the name in ${name...: p is at the modifier. */
static int
modified(struct df_lexer *lx, const char *name, struct buf *out, struct err *err)
{
	cleanup_buf struct buf word = BUF_INIT(DF_RESULT_MAX);
	const char *at = lx->p, *value;
	bool colon = *at == ':', missing, raw;
	char how;

	if (*at == '/') {
		lx->p++;
		return replace(lx, name, out, err);
	}
	how = at[colon];
	raw = how == '#' || how == '%';
	if (how == '\0')
		return err_set(err, ERR_INPUT, "syntax error: missing '}'");
	if (strchr("+-?#%", how) == NULL || (colon && raw))
		return unsupported(err, colon, at + colon);
	lx->p += colon + 1;
	if (operand(lx, '}', raw, &word, err) < 0)
		return -1;
	/* A variable with a default is not "undefined". */
	value = how == '-' || how == '+' || how == '?'
		    ? (lx->env != NULL ? vec_env_get(lx->env, name) : NULL)
		    : df_lex_lookup(lx, name);
	missing = value == NULL || (colon && *value == '\0');
	if (how == '-')
		buf_adds(out, missing ? word.s : value);
	else if (how == '+')
		buf_adds(out, missing ? "" : word.s);
	else if (how == '?')
		return demand(name, value, word.s, colon, out, err);
	else if (value != NULL)
		df_trim(out, value, word.s + (word.s[0] == how), how, word.s[0] == how);
	return 0;
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
