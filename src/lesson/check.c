/*
 * check.c - one line of the vocabulary to a check
 *
 * A line is matched word by word against the patterns of its subject's rows; the
 * row that came furthest words the mistake.
 */
#include "src/lesson/kinds.h"
#include "src/lesson/words.h"

struct match {
	const char *line;
	const struct tokens *words;
	struct vec pattern;
	struct lesson_check *c;
	size_t furthest;   /* word where the best attempt stopped */
	struct vec wanted; /* what would have fitted there */
	const char *kind;  /* what the argument there must be, or NULL */
	char kind_text[80];
};

static void
arg_add(struct lesson_check *c, const char *name, const char *text, double number,
    bool quoted)
{
	c->args = xrealloc(c->args, (c->nargs + 1) * sizeof *c->args);
	c->args[c->nargs++] = (struct lesson_arg){.name = xstrdup(name),
	    .text = xstrdup(text),
	    .number = number,
	    .quoted = quoted};
}

static void
args_cut(struct lesson_check *c, size_t n)
{
	while (c->nargs > n) {
		free(c->args[--c->nargs].name);
		free(c->args[c->nargs].text);
	}
}

/* The attempt stopped at word w, where `word` or a `kind` would have fitted. */
static bool
missed(struct match *m, size_t w, const char *word, const char *kind)
{
	if (w < m->furthest)
		return false;
	if (w > m->furthest) {
		vec_done(&m->wanted);
		m->kind = NULL;
	}
	m->furthest = w;
	if (word != NULL && !vec_has(&m->wanted, word))
		vec_add(&m->wanted, word);
	if (kind != NULL) {
		snprintf(m->kind_text, sizeof m->kind_text, "%s", kind);
		m->kind = m->kind_text;
	}
	return false;
}

static bool match_at(struct match *m, size_t p, size_t w);

/* One argument `name` whose text is `s`, word w; goes on behind it. */
static bool
match_arg(struct match *m, size_t p, size_t w, const char *name, const char *s)
{
	const struct kind *k = kind_of(name);
	size_t keep = m->c->nargs;
	double number = 0;

	if (!k->read(s, &number)) {
		if (k->words != NULL) {
			struct vec words cleanup_vec = VEC_INIT;

			vec_split(&words, k->words, " ");
			for (size_t i = 0; i < words.len; i++)
				missed(m, w, words.v[i], NULL);
		}
		return missed(m, w, NULL, k->what);
	}
	arg_add(m->c, name, s, number, m->words->t[w].quoted);
	if (match_at(m, p + 1, w + 1))
		return true;
	args_cut(m->c, keep);
	return false;
}

/* The rest of the line as JSON; a bare word is a string. */
static bool
match_json(struct match *m, size_t w, const char *name)
{
	size_t start = m->words->t[w].start, end = m->words->t[m->words->len - 1].end;
	char *raw cleanup_free = xstrndup(m->line + start, end - start);
	json_t *j cleanup_json = json_loads(raw, JSON_DECODE_ANY, NULL);
	char *dump cleanup_free = NULL;

	if (j == NULL && w + 1 == m->words->len && strchr("[{\"", *raw) == NULL)
		j = json_string(m->words->t[w].text);
	if (j == NULL)
		return missed(m, w, NULL, "JSON (\"text\", [\"a\", \"b\"], 5000)");
	dump = json_dumps(j, JSON_ENCODE_ANY | JSON_COMPACT);
	arg_add(m->c, name, dump, 0, false);
	return true;
}

/* NAME...: as few words as let the rest fit. */
static bool
match_many(struct match *m, size_t p, size_t w, const char *pattern)
{
	char *name cleanup_free = xstrndup(pattern, strlen(pattern) - 3);
	struct buf text cleanup_buf = BUF_INIT(BUF_OURS);
	size_t keep = m->c->nargs;

	for (size_t end = w; end < m->words->len; end++) {
		buf_addf(&text, "%s%s", end > w ? " " : "", m->words->t[end].text);
		arg_add(m->c, name, text.s, 0, false);
		if (match_at(m, p + 1, end + 1))
			return true;
		args_cut(m->c, keep);
	}
	return false;
}

static size_t
group_end(const struct vec *pattern, size_t p)
{
	while (p < pattern->len && !str_eq(pattern->v[p], "]"))
		p++;
	return p;
}

static bool
match_word(struct match *m, size_t p, size_t w, const char *t)
{
	const char *word = m->words->t[w].text;
	size_t prefix = strcspn(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (str_eq(t, "JSON"))
		return match_json(m, w, t);
	if (str_ends(t, "..."))
		return match_many(m, p, w, t);
	if (prefix == 0)
		return match_arg(m, p, w, t, word);
	if (t[prefix] != '\0') {
		double number;

		if (strncmp(word, t, prefix) != 0 ||
		    !kind_of(t + prefix)->read(word + prefix, &number))
			return missed(m, w, t, NULL);
		return match_arg(m, p, w, t + prefix, word + prefix);
	}
	if (!str_eq(word, t) || m->words->t[w].quoted)
		return missed(m, w, t, NULL);
	return match_at(m, p + 1, w + 1);
}

static bool
match_at(struct match *m, size_t p, size_t w)
{
	const char *t = p < m->pattern.len ? m->pattern.v[p] : NULL;

	if (t == NULL)
		return w == m->words->len || missed(m, w, NULL, NULL);
	if (str_eq(t, "]"))
		return match_at(m, p + 1, w);
	if (str_eq(t, "["))
		return match_at(m, p + 1, w) ||
		       match_at(m, group_end(&m->pattern, p) + 1, w);
	if (w == m->words->len)
		return missed(m, w, strcspn(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") ? t : NULL,
		    kind_of(t)->what);
	return match_word(m, p, w, t);
}

static int
unknown_subject(const char *word, struct err *err)
{
	struct vec subjects cleanup_vec = VEC_INIT;
	const char *near;

	for (const struct lesson_verb *v = lesson_verbs(); v->id != VERB_NONE; v++)
		if (!vec_has(&subjects, v->subject))
			vec_add(&subjects, v->subject);
	near = str_nearest(word, (const char *const *)subjects.v, 3);
	if (near != NULL)
		return err_set(err, ERR_INPUT,
		    "\"%s\" is no subject; did you mean \"%s\"?", word, near);
	return err_set(err, ERR_INPUT, "\"%s\" is no subject; known are %s", word,
	    "image, container, volume, network, http, output, dockerfile, context, "
	    "rebuild, "
	    "file, run, hub, report, answer");
}

static int
mismatch(const struct match *m, struct err *err)
{
	const char *word, *near;
	char *wanted cleanup_free = vec_join(&m->wanted, ", ");
	const char *what = m->kind != NULL ? m->kind : *wanted != '\0' ? wanted : NULL;

	if (m->furthest >= m->words->len)
		return err_set(err, ERR_INPUT,
		    "after \"%s\" something is missing: %s%s%s",
		    m->words->t[m->words->len - 1].text, wanted,
		    m->kind != NULL && *wanted != '\0' ? ", or " : "",
		    m->kind ? m->kind : "");
	word = m->words->t[m->furthest].text;
	near = str_nearest(word, (const char *const *)m->wanted.v, 4);
	if (near != NULL)
		return err_set(err, ERR_INPUT,
		    "\"%s\" is not known here; did you mean \"%s\"?", word, near);
	if (what == NULL)
		return err_set(err, ERR_INPUT, "\"%s\" is too much here", word);
	return err_set(err, ERR_INPUT, "\"%s\" is not known here; expected %s%s%s", word,
	    wanted, m->kind != NULL && *wanted != '\0' ? ", or " : "",
	    m->kind ? m->kind : "");
}

/* Takes the word "not" in front of the predicate out; is there one? */
static bool
take_not(struct tokens *words)
{
	for (size_t i = 1; i < words->len && i < 4; i++)
		if (!words->t[i].quoted && str_eq(words->t[i].text, "not")) {
			free(words->t[i].text);
			memmove(&words->t[i], &words->t[i + 1],
			    (words->len - i - 1) * sizeof *words->t);
			words->len--;
			return true;
		}
	return false;
}

static int
match_rows(struct match *m, struct err *err)
{
	bool subject = false;

	for (const struct lesson_verb *v = lesson_verbs(); v->id != VERB_NONE; v++) {
		if (!str_eq(v->subject, m->words->t[0].text))
			continue;
		subject = true;
		vec_done(&m->pattern);
		vec_split(&m->pattern, v->pattern, " ");
		for (size_t i = 0; i < m->pattern.len; i++) {
			/* "[of" is "[" and "of". */
			if (m->pattern.v[i][0] == '[' && m->pattern.v[i][1] != '\0') {
				memmove(m->pattern.v[i], m->pattern.v[i] + 1,
				    strlen(m->pattern.v[i]));
				vec_insert(&m->pattern, i, "[");
			} else if (str_ends(m->pattern.v[i], "]") &&
				   m->pattern.v[i][1] != '\0') {
				m->pattern.v[i][strlen(m->pattern.v[i]) - 1] = '\0';
				vec_insert(&m->pattern, i + 1, "]");
			}
		}
		m->c->verb = v;
		if (match_at(m, 0, 1))
			return 0;
	}
	m->c->verb = NULL;
	return subject ? mismatch(m, err) : unknown_subject(m->words->t[0].text, err);
}

int
lesson_check_parse(const char *line, struct lesson_check *ret, struct err *err)
{
	struct tokens words cleanup_tokens = {0};
	struct lesson_check c = {.needs = VEC_INIT, .within = -1};
	struct match m = {.line = line,
	    .words = &words,
	    .pattern = VEC_INIT,
	    .wanted = VEC_INIT,
	    .c = &c};
	bool whole = tokens_words(line, &words);
	size_t start = words.len ? words.t[0].start : 0;
	int rc;

	c.source = xstrndup(line + start, words.end - start);
	if (!whole)
		rc = err_set(err, ERR_INPUT, "a quote is not closed");
	else if (words.len == 0)
		rc = err_set(err, ERR_INPUT, "no expectation here");
	else {
		c.negated = take_not(&words);
		rc = words.len ? match_rows(&m, err) : -1;
	}
	vec_done(&m.pattern);
	vec_done(&m.wanted);
	if (rc < 0)
		lesson_check_done(&c);
	else
		*ret = c;
	return rc;
}

void
lesson_check_done(struct lesson_check *c)
{
	args_cut(c, 0);
	free(c->args);
	for (size_t i = 0; i < c->nany; i++)
		lesson_check_done(&c->any[i]);
	free(c->any);
	free(c->source);
	free(c->body);
	free(c->folder);
	free(c->id);
	free(c->why);
	free(c->hint);
	vec_done(&c->needs);
	*c = (struct lesson_check){.needs = VEC_INIT, .within = -1};
}

const char *
lesson_arg(const struct lesson_check *c, const char *name)
{
	for (size_t i = 0; i < c->nargs; i++)
		if (str_eq(c->args[i].name, name))
			return c->args[i].text;
	return NULL;
}

double
lesson_arg_number(const struct lesson_check *c, const char *name, double fallback)
{
	for (size_t i = 0; i < c->nargs; i++)
		if (str_eq(c->args[i].name, name))
			return c->args[i].number;
	return fallback;
}
