/*
 * words.c - a shell's idea of words, enough to read tutorials
 *
 * Not a shell: nothing is expanded.  It answers where words begin and end, and
 * whether bash would wait for more.
 */
#include "src/lesson/words.h"
#include "src/lesson/lesson.h"
#include <ctype.h>

enum { HEREDOC_MAX = 8 };

struct scan {
	const char *s, *at;
	struct tokens *out;
	struct buf word;
	size_t start;
	bool in_word, quoted, dynamic, open, ops;
	char *heredoc[HEREDOC_MAX]; /* delimiters whose bodies are still to come */
	bool heredoc_tabs[HEREDOC_MAX];
	size_t heredocs;
	int wants_heredoc; /* the next word is a delimiter: 1, with tabs stripped: 2 */
};

void
tokens_done(struct tokens *ts)
{
	for (size_t i = 0; i < ts->len; i++)
		free(ts->t[i].text);
	free(ts->t);
	*ts = (struct tokens){0};
}

static void
token_add(struct scan *sc, const char *text, size_t start, size_t end, bool op)
{
	struct tokens *ts = sc->out;

	if (ts->len == ts->cap) {
		ts->cap = ts->cap ? ts->cap * 2 : 16;
		ts->t = xrealloc(ts->t, ts->cap * sizeof *ts->t);
	}
	ts->t[ts->len++] = (struct token){.text = xstrdup(text),
	    .start = start,
	    .end = end,
	    .quoted = !op && sc->quoted,
	    .op = op,
	    .dynamic = !op && sc->dynamic};
	ts->end = end;
}

static void
word_end(struct scan *sc)
{
	if (!sc->in_word)
		return;
	token_add(sc, sc->word.s, sc->start, (size_t)(sc->at - sc->s), false);
	if (sc->wants_heredoc && sc->heredocs < HEREDOC_MAX) {
		sc->heredoc_tabs[sc->heredocs] = sc->wants_heredoc == 2;
		sc->heredoc[sc->heredocs++] = xstrdup(sc->word.s);
	}
	sc->wants_heredoc = 0;
	buf_clear(&sc->word);
	sc->in_word = sc->quoted = sc->dynamic = false;
}

static void
word_begin(struct scan *sc)
{
	if (!sc->in_word)
		sc->start = (size_t)(sc->at - sc->s);
	sc->in_word = true;
}

/* At a quote; leaves `at` behind the closing one. */
static void
scan_quote(struct scan *sc)
{
	char quote = *sc->at;

	word_begin(sc);
	sc->quoted = true;
	for (sc->at++; *sc->at != '\0' && *sc->at != quote; sc->at++) {
		if (quote == '"' && *sc->at == '\\' && sc->at[1] != '\0' &&
		    strchr("\"\\$`\n", sc->at[1]) != NULL) {
			if (*++sc->at == '\n')
				continue;
		} else if (quote == '"' && sc->ops &&
			   (*sc->at == '$' || *sc->at == '`')) {
			sc->dynamic = true;
		}
		buf_addc(&sc->word, *sc->at);
	}
	if (*sc->at == '\0')
		sc->open = true;
	else
		sc->at++;
}

/* At "$(" or "`": copies up to the end that fits, quotes inside respected. */
static void
scan_substitution(struct scan *sc)
{
	bool tick = *sc->at == '`';
	int depth = 0;
	char quote = 0;

	word_begin(sc);
	sc->dynamic = true;
	for (bool first = true; *sc->at != '\0'; sc->at++, first = false) {
		char c = *sc->at;

		buf_addc(&sc->word, c);
		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '\'' || (c == '"' && !tick)) {
			quote = c;
		} else if (tick ? c == '`' && !first : c == ')' && --depth == 0) {
			sc->at++;
			return;
		} else if (c == '(') {
			depth++;
		}
	}
	sc->open = true;
}

/* After a newline: skips the bodies of the here-documents begun on that line. */
static void
scan_heredocs(struct scan *sc)
{
	for (size_t i = 0; i < sc->heredocs; i++) {
		bool found = false;

		while (*sc->at != '\0' && !found) {
			size_t n = strcspn(sc->at, "\n");
			const char *line = sc->at;

			if (sc->heredoc_tabs[i])
				line += strspn(line, "\t");
			found =
			    (size_t)(sc->at + n - line) == strlen(sc->heredoc[i]) &&
			    strncmp(line, sc->heredoc[i], strlen(sc->heredoc[i])) == 0;
			sc->at += n + (sc->at[n] == '\n');
		}
		sc->open |= !found;
		free(sc->heredoc[i]);
	}
	sc->heredocs = 0;
}

static bool
scan_operator(struct scan *sc)
{
	static const char *const ops[] = {"&&", "||", ";;", "<<<", "<<-", "<<", ">>",
	    "&>", ">&", "<&", "|&", "|", "&", ";", "<", ">", "(", ")", "\n"};

	if (strchr("&|;<>()\n", *sc->at) == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		size_t n = strlen(ops[i]);
		size_t start = (size_t)(sc->at - sc->s);

		if (strncmp(sc->at, ops[i], n) != 0)
			continue;
		word_end(sc);
		token_add(sc, ops[i], start, start + n, true);
		sc->at += n;
		if (str_eq(ops[i], "<<") || str_eq(ops[i], "<<-"))
			sc->wants_heredoc = ops[i][2] == '-' ? 2 : 1;
		if (*ops[i] == '\n')
			scan_heredocs(sc);
		return true;
	}
	return false;
}

static void
scan_char(struct scan *sc)
{
	char c = *sc->at;

	if (c == '\'' || c == '"') {
		scan_quote(sc);
	} else if (c == '\\') {
		if (sc->at[1] == '\n') {
			sc->at += 2;
			return;
		}
		word_begin(sc);
		sc->open |= sc->ops && sc->at[1] == '\0';
		sc->at += sc->at[1] != '\0';
		buf_addc(&sc->word, *sc->at++);
	} else if (c == '#' && !sc->in_word) {
		sc->at += strcspn(sc->at, sc->ops ? "\n" : "");
	} else if (sc->ops && (c == '`' || (c == '$' && sc->at[1] == '('))) {
		scan_substitution(sc);
	} else if (c == ' ' || c == '\t' || c == '\r' || (c == '\n' && !sc->ops)) {
		word_end(sc);
		sc->at++;
	} else if (!sc->ops || !scan_operator(sc)) {
		word_begin(sc);
		sc->dynamic |= sc->ops && (c == '$' || c == '*' || c == '?');
		buf_addc(&sc->word, c);
		sc->at++;
	}
}

static bool
scan_all(const char *s, struct tokens *ret, bool ops)
{
	struct scan sc = {
	    .s = s, .at = s, .out = ret, .word = BUF_INIT(BUF_OURS), .ops = ops};

	while (*sc.at != '\0')
		scan_char(&sc);
	word_end(&sc);
	buf_done(&sc.word);
	sc.open |= sc.heredocs > 0;
	for (size_t i = 0; i < sc.heredocs; i++)
		free(sc.heredoc[i]);
	return !sc.open;
}

bool
tokens_words(const char *s, struct tokens *ret)
{
	return scan_all(s, ret, false);
}

static bool
is_one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, list[i]))
			return true;
	return false;
}

/* Loops, conditions and groups that are begun and not ended. */
static int
open_blocks(const struct tokens *ts)
{
	static const char *const begin[] = {
	    "if", "for", "while", "until", "case", "select", "{"};
	static const char *const end[] = {"fi", "done", "esac", "}"};
	static const char *const go_on[] = {
	    "then", "do", "else", "elif", "if", "while", "until", "!", "{"};
	int depth = 0, parens = 0;
	bool command = true;

	for (size_t i = 0; i < ts->len; i++) {
		const struct token *t = &ts->t[i];

		if (t->op) {
			parens += *t->text == '(';
			parens -= *t->text == ')' && parens > 0;
			command = strpbrk(t->text, "|&;(\n") != NULL &&
				  !str_eq(t->text, "&>") && !str_eq(t->text, ">&");
		} else if (command && !t->quoted) {
			depth += is_one_of(t->text, begin, ARRAY_LEN(begin));
			depth -= depth > 0 && is_one_of(t->text, end, ARRAY_LEN(end));
			command = is_one_of(t->text, go_on, ARRAY_LEN(go_on));
		} else {
			command = false;
		}
	}
	return depth + parens;
}

bool
tokens_shell(const char *s, struct tokens *ret)
{
	bool whole = scan_all(s, ret, true);
	size_t last = ret->len;

	while (last > 0 && ret->t[last - 1].op && *ret->t[last - 1].text == '\n')
		last--;
	if (last > 0 && ret->t[last - 1].op &&
	    (*ret->t[last - 1].text == '|' || str_eq(ret->t[last - 1].text, "&&")))
		return false;
	return whole && open_blocks(ret) == 0;
}

bool
lesson_command_complete(const char *text)
{
	struct tokens ts cleanup_tokens = {0};
	size_t len = strlen(text);

	/* A line that ends in a backslash goes on even if nothing follows. */
	if (len > 1 && text[len - 1] == '\n' && text[len - 2] == '\\')
		return false;
	return tokens_shell(text, &ts);
}
