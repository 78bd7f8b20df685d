/*
 * expand.c - $variables, quotes and escapes of a Dockerfile's words
 *
 * One pass over the text; ${a:-${b}} recurses.  The same pass makes the two
 * results that Docker distinguishes: the text as one word, and the words that
 * unquoted blanks (also those out of a variable) cut it into.
 */
#include "sandbox/dockerfile/private.h"

enum { DEPTH_MAX = 200 };

static void
word_add(struct df_words *w, const char *s, size_t len)
{
	if (w == NULL)
		return;
	buf_add(&w->word, s, len);
	w->inside = true;
}

static void
word_end(struct df_words *w)
{
	if (w->word.len > 0)
		vec_add(w->out, w->word.s);
	buf_clear(&w->word);
	w->inside = false;
}

/* Unquoted text: its blanks end words. */
static void
word_add_splitting(struct df_words *w, const char *s, size_t len)
{
	/* Behind s + len there is text or a NUL: df_space() may look at it. */
	for (size_t i = 0; w != NULL && i < len;) {
		size_t space = df_space(s + i);

		if (space == 0)
			word_add(w, s + i, 1);
		else if (w->inside)
			word_end(w);
		i += space > 0 ? space : 1;
	}
}

/* unicode.IsLetter for our purposes: ASCII, and beyond it all but the blocks
 * that hold signs and punctuation only. */
static bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c | 32) >= 'a' && (c | 32) <= 'z';
	return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c <= 0x2bff) &&
	       !(c >= 0x3000 && c <= 0x3004) && !(c >= 0xff00 && c <= 0xff20) &&
	       c < 0x1f000;
}

void
df_lex_name(struct df_lexer *lx, struct buf *name)
{
	const char *start = lx->p, *end = lx->p + strlen(lx->p);

	if (*start != '\0' && strchr("@*#?-$!0", *start) != NULL) {
		lx->p++;
	} else if (*start >= '1' && *start <= '9') {
		lx->p += strspn(lx->p, "0123456789");
	} else {
		while (lx->p < end) {
			const char *next = lx->p;
			uint32_t c = df_rune(&next, end);

			if (!is_letter(c) && c != '_' && !(c >= '0' && c <= '9'))
				break;
			lx->p = next;
		}
	}
	/* `$001` is one positional name, though `0` alone is a special one. */
	if (*start == '0')
		lx->p += strspn(lx->p, "0123456789");
	buf_add(name, start, (size_t)(lx->p - start));
}

const char *
df_lex_lookup(struct df_lexer *lx, const char *name)
{
	const char *value = lx->env != NULL ? vec_env_get(lx->env, name) : NULL;
	struct vec *undefined = lx->opt->undefined;

	if (value == NULL && undefined != NULL && !vec_has(undefined, name))
		vec_add(undefined, name);
	return value;
}

/* p is at '$'. */
static int
dollar(struct df_lexer *lx, struct buf *out, struct err *err)
{
	cleanup_buf struct buf name = BUF_INIT(DF_RESULT_MAX);
	const char *value;

	lx->p++;
	if (*lx->p == '{') {
		lx->p++;
		return df_lex_braced(lx, out, err);
	}
	df_lex_name(lx, &name);
	if (name.len == 0) {
		buf_addc(out, '$');
		return 0;
	}
	value = df_lex_lookup(lx, name.s);
	if (value == NULL && lx->opt->keep_unset)
		buf_addf(out, "$%s", name.s);
	else
		buf_adds(out, value != NULL ? value : "");
	return 0;
}

static int
single_quoted(struct df_lexer *lx, struct buf *out, struct err *err)
{
	const char *close = strchr(lx->p + 1, '\'');
	int keep = lx->opt->keep_quotes;

	if (close == NULL) {
		lx->p += strlen(lx->p);
		return err_set(err, ERR_INPUT,
		    "unexpected end of statement while looking for matching "
		    "single-quote");
	}
	buf_add(out, lx->p + !keep, (size_t)(close - lx->p - !keep + keep));
	lx->p = close + 1;
	return 0;
}

static int
double_quoted(struct df_lexer *lx, struct buf *out, struct err *err)
{
	if (lx->opt->keep_quotes)
		buf_addc(out, '"');
	lx->p++;
	while (*lx->p != '"') {
		if (*lx->p == '\0')
			return err_set(err, ERR_INPUT,
			    "unexpected end of statement while looking for matching "
			    "double-quote");
		if (*lx->p == '$') {
			if (dollar(lx, out, err) < 0)
				return -1;
			continue;
		}
		if (*lx->p == lx->escape) {
			char next = lx->p[1];
			bool special = next == '"' || next == '$' || next == lx->escape;

			/* In front of anything else it is an ordinary character; kept
			 * as an escape and as such it doubles, in Docker too. */
			if (lx->keep_escapes)
				buf_addc(out, lx->escape);
			if (!special && next != '\0')
				buf_addc(out, lx->escape);
			lx->p++;
			if (!special)
				continue;
		}
		buf_addc(out, *lx->p++);
	}
	lx->p++;
	if (lx->opt->keep_quotes)
		buf_addc(out, '"');
	return 0;
}

/* An escape outside quotes: the next character is an ordinary one. */
static void
escaped(struct df_lexer *lx, struct buf *out, struct df_words *w)
{
	size_t len;

	if (lx->keep_escapes) {
		buf_addc(out, *lx->p);
		word_add(w, lx->p, 1);
	}
	lx->p++;
	len = *lx->p != '\0' ? str_utf8_len(lx->p) : 0;
	buf_add(out, lx->p, len);
	if (len > 0)
		word_add(w, lx->p, len);
	lx->p += len;
}

/* One special thing or one plain character. */
static int
one(struct df_lexer *lx, struct buf *out, struct df_words *w, struct err *err)
{
	size_t before = out->len;
	char c = *lx->p;
	bool quote = (c == '\'' || c == '"') && !lx->opt->no_quotes;
	int r;

	if (c == '$' || quote) {
		r = c == '$'   ? dollar(lx, out, err)
		    : c == '"' ? double_quoted(lx, out, err)
			       : single_quoted(lx, out, err);
		if (r == 0 && c == '$')
			word_add_splitting(w, out->s + before, out->len - before);
		else if (r == 0)
			word_add(w, out->s + before, out->len - before);
		return r;
	}
	if (c == lx->escape) {
		escaped(lx, out, w);
	} else {
		size_t len = df_space(lx->p) > 0 ? df_space(lx->p) : 1;

		buf_add(out, lx->p, len);
		word_add_splitting(w, lx->p, len);
		lx->p += len;
	}
	return 0;
}

int
df_lex_until(
    struct df_lexer *lx, char stop, struct buf *out, struct df_words *w, struct err *err)
{
	int r = 0;

	if (++lx->depth > DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "syntax error: nested too deep");
	while (r == 0 && *lx->p != '\0' && *lx->p != stop)
		r = one(lx, out, w, err);
	lx->depth--;
	if (r < 0)
		return -1;
	if (out->failed)
		return err_set(err, ERR_LIMIT, "the result is too long");
	if (*lx->p != stop)
		return err_set(err, ERR_INPUT,
		    "unexpected end of statement while looking for matching %c", stop);
	lx->p += stop != '\0';
	return 0;
}

static int
process(const struct dockerfile_lex *opt, const char *word, const struct vec *env,
    struct buf *out, struct df_words *w, struct err *err)
{
	static const struct dockerfile_lex ordinary = {0};
	struct df_lexer lx = {
	    .opt = opt != NULL ? opt : &ordinary, .env = env, .p = word};
	struct err cause = ERR_INIT;

	lx.escape = lx.opt->escape != '\0' ? lx.opt->escape : '\\';
	lx.keep_escapes = lx.opt->keep_escapes;
	if (df_lex_until(&lx, '\0', out, w, &cause) == 0)
		return 0;
	df_err_quoted(err, "failed to process ", word, ": ");
	if (err != NULL) {
		size_t len = strlen(err->text);

		snprintf(err->text + len, sizeof err->text - len, "%s", cause.text);
	}
	return -1;
}

char *
dockerfile_expand(const struct dockerfile_lex *lex, const char *word,
    const struct vec *env, struct err *err)
{
	cleanup_buf struct buf out = BUF_INIT(DF_RESULT_MAX);

	if (process(lex, word, env, &out, NULL, err) < 0)
		return NULL;
	return out.len > 0 ? buf_take(&out) : xstrdup("");
}

int
dockerfile_expand_words(const struct dockerfile_lex *lex, const char *word,
    const struct vec *env, struct vec *out, struct err *err)
{
	cleanup_buf struct buf whole = BUF_INIT(DF_RESULT_MAX);
	struct df_words w = {.word = BUF_INIT(DF_RESULT_MAX), .out = out};
	int r = process(lex, word, env, &whole, &w, err);

	if (r == 0)
		word_end(&w);
	buf_done(&w.word);
	return r;
}
