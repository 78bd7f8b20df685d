/*
 * words.c - one logical line: keyword, flags, and the words as the keyword wants
 *
 * Nothing is judged here but what cannot be read at all; counts and names are
 * checked in a second pass (check.c), because Docker reports every line that
 * cannot be read before any line that makes no sense.
 */
#include "sandbox/dockerfile/private.h"

static const char blanks[] = " \t\v\f\r\n";

enum { ONBUILD_DEPTH = 100 };

static void
add_arg(struct dockerfile *df, struct dockerfile_instr *in, const char *s, size_t len)
{
	in->args = df_push(df->arena, in->args, &in->n_args, sizeof *in->args);
	in->args[in->n_args - 1] = df_dup(df->arena, s, len);
}

static void
add_pair(struct dockerfile *df, struct dockerfile_instr *in, const char *key,
    size_t key_len, const char *value)
{
	in->pairs = df_push(df->arena, in->pairs, &in->n_pairs, sizeof *in->pairs);
	in->pairs[in->n_pairs - 1].key = df_dup(df->arena, key, key_len);
	in->pairs[in->n_pairs - 1].value =
	    value != NULL ? df_dup(df->arena, value, strlen(value)) : NULL;
}

/* One flag at p, "--name=value" with quotes and backslashes taken off.  Returns
 * what follows it. */
static const char *
read_flag(const char *p, struct buf *flag)
{
	char quote = '\0';

	for (; *p != '\0' && (quote != '\0' || !df_is_blank(*p)); p++) {
		if (*p == quote) {
			quote = '\0';
		} else if (quote == '\0' && (*p == '"' || *p == '\'')) {
			quote = *p;
		} else if (*p != '\\') {
			buf_addc(flag, *p);
		} else if (p[1] != '\0') {
			buf_addc(flag, *++p);
		}
	}
	return p;
}

/* Takes the leading --flags off; returns the rest. */
static const char *
read_flags(struct dockerfile *df, struct df_node *n, const char *p)
{
	for (;;) {
		cleanup_buf struct buf flag = BUF_INIT(BUF_OURS);

		p += strspn(p, blanks);
		if (str_after(p, "--") == NULL)
			return p;
		p = read_flag(p, &flag);
		if (str_eq(flag.s, "--"))
			return p + strspn(p, blanks);
		n->raw_flags = df_push(
		    df->arena, n->raw_flags, &n->n_raw_flags, sizeof *n->raw_flags);
		n->raw_flags[n->n_raw_flags - 1] = df_dup(df->arena, flag.s, flag.len);
	}
}

/* The text as step titles show it: the keyword in capitals. */
static const char *
titled(struct dockerfile *df, const char *text, size_t keyword_len)
{
	char *copy = df_dup(df->arena, text, strlen(text));

	for (size_t i = 0; i < keyword_len; i++)
		if (copy[i] >= 'a' && copy[i] <= 'z')
			copy[i] -= 32;
	return copy;
}

/* `text` is trimmed and stays where it is: the node points into it. */
static int
parse_text(struct dockerfile *df, const char *text, struct df_node *n, struct err *err)
{
	size_t len = strcspn(text, blanks), small = 0, big = 0;

	n->in.keyword = df_dup(df->arena, text, len);
	for (size_t i = 0; i < len; i++) {
		small += text[i] >= 'a' && text[i] <= 'z';
		big += text[i] >= 'A' && text[i] <= 'Z';
	}
	n->in.lower = big == 0;
	n->in.mixed = big > 0 && small > 0;
	n->rule = df_rule_find(n->in.keyword);
	n->rest = read_flags(df, n, text + len);
	while (df_space(n->rest) > 0)
		n->rest += df_space(n->rest);
	if (n->rule == NULL)
		return 0;
	n->in.kind = n->rule->row.kind;
	return n->rule->words(df, n, err);
}

int
df_parse_line(
    struct dockerfile *df, const char *written, struct df_node *n, struct err *err)
{
	const char *text = df_trim_space(df_dup(df->arena, written, strlen(written)));

	*n = (struct df_node){0};
	n->in.text = titled(df, written + strspn(written, blanks), strcspn(text, blanks));
	return parse_text(df, text, n, err);
}

/* 1: a JSON array of strings; 0: none; -1: an array of other things.  What
 * follows the array is not looked at, as in Docker. */
static int
read_json(
    struct dockerfile *df, struct dockerfile_instr *in, const char *text, struct err *err)
{
	cleanup_json json_t *array = NULL;
	json_t *item;
	size_t i;

	if (*text != '[')
		return 0;
	array = json_loads(text,
	    JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
	if (!json_is_array(array))
		return 0;
	json_array_foreach(array, i, item) if (!json_is_string(item)) return err_set(err,
	    ERR_INPUT,
	    "when using JSON array syntax, arrays must be comprised of strings only");
	json_array_foreach(array, i, item)
	    add_arg(df, in, json_string_value(item), json_string_length(item));
	in->is_json = true;
	return 1;
}

int
df_words_text(struct dockerfile *df, struct df_node *n, struct err *err)
{
	(void)err;
	if (*n->rest != '\0')
		add_arg(df, &n->in, n->rest, strlen(n->rest));
	return 0;
}

int
df_words_split(struct dockerfile *df, struct df_node *n, struct err *err)
{
	(void)err;
	for (const char *p = n->rest; *p != '\0';) {
		size_t len = strcspn(p, blanks);

		if (len > 0)
			add_arg(df, &n->in, p, len);
		p += len;
		p += strspn(p, blanks);
	}
	return 0;
}

int
df_words_json_or_text(struct dockerfile *df, struct df_node *n, struct err *err)
{
	int json = read_json(df, &n->in, n->rest, err);

	return json == 0 ? df_words_text(df, n, err) : json < 0 ? -1 : 0;
}

int
df_words_json_or_split(struct dockerfile *df, struct df_node *n, struct err *err)
{
	int json = read_json(df, &n->in, n->rest, err);

	return json == 0 ? df_words_split(df, n, err) : json < 0 ? -1 : 0;
}

/* One word, quotes and escapes kept: blanks inside quotes or behind an escape do
 * not end it.  Returns what follows. */
static const char *
read_word(const char *p, char escape, struct buf *word)
{
	char quote = '\0';

	for (; *p != '\0' && (quote != '\0' || df_space(p) == 0); p++) {
		if (*p == escape && quote != '\'') {
			/* An escape at the very end escapes nothing and goes. */
			if (p[1] == '\0')
				continue;
			buf_addc(word, *p++);
		} else if (*p == quote) {
			quote = '\0';
		} else if (quote == '\0' && (*p == '\'' || *p == '"')) {
			quote = *p;
		}
		buf_addc(word, *p);
	}
	return p;
}

static void
read_words(const char *p, char escape, struct vec *words)
{
	for (;;) {
		cleanup_buf struct buf word = BUF_INIT(BUF_OURS);

		while (df_space(p) > 0)
			p += df_space(p);
		if (*p == '\0')
			return;
		p = read_word(p, escape, &word);
		if (word.len > 0)
			vec_add(words, word.s);
	}
}

int
df_words_pairs(struct dockerfile *df, struct df_node *n, struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	read_words(n->rest, df->escape, &words);
	if (words.len == 0)
		return 0;
	if (strchr(words.v[0], '=') == NULL) {
		size_t len = strcspn(n->rest, blanks);
		const char *value = n->rest + len + strspn(n->rest + len, blanks);

		if (*value == '\0')
			return err_set(err, ERR_INPUT, "%s must have two arguments",
			    n->rule->row.name);
		n->in.legacy = true;
		add_pair(df, &n->in, n->rest, len, value);
		return 0;
	}
	for (size_t i = 0; i < words.len; i++) {
		const char *eq = strchr(words.v[i], '=');

		if (eq == NULL)
			return df_err_quoted(err, "Syntax error - can't find = in ",
			    words.v[i], ". Must be of the form: name=value");
		add_pair(df, &n->in, words.v[i], (size_t)(eq - words.v[i]), eq + 1);
	}
	return 0;
}

int
df_words_args(struct dockerfile *df, struct df_node *n, struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	(void)err;
	read_words(n->rest, df->escape, &words);
	for (size_t i = 0; i < words.len; i++) {
		size_t len = strcspn(words.v[i], "=");

		add_pair(df, &n->in, words.v[i], len,
		    words.v[i][len] == '=' ? words.v[i] + len + 1 : NULL);
	}
	return 0;
}

int
df_words_health(struct dockerfile *df, struct df_node *n, struct err *err)
{
	size_t len = strcspn(n->rest, blanks);

	n->first = df_dup(df->arena, n->rest, len);
	n->rest += len + strspn(n->rest + len, blanks);
	return df_words_json_or_text(df, n, err);
}

int
df_words_onbuild(struct dockerfile *df, struct df_node *n, struct err *err)
{
	if (*n->rest == '\0')
		return 0;
	/* A chain is a mistake, told later; a line of a million ONBUILD is not followed
	 * to its end. */
	if (n->depth == ONBUILD_DEPTH)
		return df_words_text(df, n, err);
	n->sub = df_alloc(df->arena, sizeof *n->sub);
	n->sub->depth = n->depth + 1;
	return parse_text(df, n->rest, n->sub, err);
}
