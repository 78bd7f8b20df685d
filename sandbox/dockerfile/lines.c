/*
 * lines.c - physical lines to logical ones: comments, directives, continuation,
 * here-documents
 *
 * It knows lines, not instructions: what a logical line says is read elsewhere.
 */
#include "sandbox/dockerfile/private.h"

enum { LINE_MAX_LEN = 65535 };

/* A physical line, without its newline. */
struct line {
	const char *s;
	size_t len;
	size_t full; /* with the newline */
};

/* 1 and the next line, 0 at the end, -1 when it is too long: then nothing more can be
 * read. */
static int
next_line(struct df_reader *r, struct line *ret, struct err *err)
{
	const char *nl;

	if (r->p == r->end)
		return 0;
	nl = memchr(r->p, '\n', (size_t)(r->end - r->p));
	*ret = (struct line){.s = r->p, .full = (size_t)((nl ? nl + 1 : r->end) - r->p)};
	if (ret->full - (nl != NULL) > LINE_MAX_LEN)
		return err_set(err, ERR_INPUT,
		    "dockerfile line greater than max allowed size of %d", LINE_MAX_LEN);
	ret->len = ret->full;
	while (ret->len > 0 && strchr("\r\n", ret->s[ret->len - 1]) != NULL &&
	       ret->s[ret->len - 1] != '\0')
		ret->len--;
	r->p += ret->full;
	r->line++;
	return 1;
}

static struct line
trim_left(struct line l)
{
	char ahead[4] = "";
	size_t space;

	while (l.len > 0) {
		memcpy(ahead, l.s, l.len < 3 ? l.len : 3);
		ahead[l.len < 3 ? l.len : 3] = '\0';
		space = df_space(ahead);
		if (space == 0)
			break;
		l.s += space;
		l.len -= space;
	}
	return l;
}

static struct line
trim(struct line l)
{
	l = trim_left(l);
	while (l.len > 0 && df_is_blank(l.s[l.len - 1]))
		l.len--;
	return l;
}

static bool
is_comment(struct line l)
{
	l = trim_left(l);
	return l.len > 0 && *l.s == '#';
}

static const char *const directives[] = {"escape", "syntax", "check"};

/* "# key = value": the number of a known key and its value, else -1. */
static int
split_directive(struct line l, struct line *ret_value)
{
	struct line key;
	const char *eq;

	if (!is_comment(l))
		return -1;
	l = trim_left(l);
	l = trim((struct line){.s = l.s + 1, .len = l.len - 1});
	eq = memchr(l.s, '=', l.len);
	if (eq == NULL)
		return -1;
	key = trim((struct line){.s = l.s, .len = (size_t)(eq - l.s)});
	*ret_value =
	    trim((struct line){.s = eq + 1, .len = l.len - (size_t)(eq - l.s) - 1});
	for (size_t i = 0; i < ARRAY_LEN(directives) && ret_value->len > 0; i++)
		if (strlen(directives[i]) == key.len &&
		    strncasecmp(directives[i], key.s, key.len) == 0)
			return (int)i;
	return -1;
}

/* The first line that is no directive ends them for good. */
static int
read_directive(struct df_reader *r, struct line l, struct err *err)
{
	struct line value;
	int which;
	char *text;

	if (r->directives_over)
		return 0;
	which = split_directive(l, &value);
	if (which < 0) {
		r->directives_over = true;
		return 0;
	}
	if (r->directives_seen & 1u << which)
		return err_set(err, ERR_INPUT, "only one %s parser directive can be used",
		    directives[which]);
	r->directives_seen |= 1u << which;
	text = df_dup(r->df->arena, value.s, value.len);
	if (which == 0) {
		if (!str_eq(text, "\\") && !str_eq(text, "`"))
			return err_set(err, ERR_INPUT,
			    "invalid escape token '%s' does not match ` or \\", text);
		r->df->escape = text[0];
	} else if (which == 1) {
		r->df->syntax = text;
	} else {
		r->df->check = text;
	}
	return 0;
}

void
df_reader_done(struct df_reader *r)
{
	buf_done(&r->comment);
}

/* Notes a comment for the instruction below; an empty one forgets the others. */
static void
note_comment(struct df_reader *r, struct line l)
{
	l = trim_left(l);
	l = trim((struct line){.s = l.s + 1, .len = l.len - 1});
	if (l.len == 0) {
		buf_clear(&r->comment);
		return;
	}
	if (r->comment.len > 0)
		buf_addc(&r->comment, '\n');
	buf_add(&r->comment, l.s, l.len);
}

/* Appends the line; true when it ends with the escape character, that is, when
 * the next one belongs to it.  A doubled escape does not continue. */
static bool
append(struct buf *text, struct line l, char escape)
{
	size_t len = l.len;
	bool more;

	while (len > 0 && (l.s[len - 1] == ' ' || l.s[len - 1] == '\t'))
		len--;
	more = len > 0 && l.s[len - 1] == escape && (len == 1 || l.s[len - 2] != escape);
	buf_add(text, l.s, more ? len - 1 : l.len);
	return more;
}

static int
read_rest(struct df_reader *r, struct buf *text, struct df_logical *ret, struct err *err)
{
	struct line l;
	bool has_empty = false;
	int got;

	while ((got = next_line(r, &l, err)) > 0) {
		if (is_comment(l))
			continue;
		if (trim_left(l).len == 0) {
			has_empty = true;
			continue;
		}
		if (!append(text, l, r->df->escape))
			break;
	}
	ret->empty_line = has_empty ? r->line : 0;
	return got < 0 ? -1 : 0;
}

/* Words are strings here, as in programs' arguments and environments: cut at a NUL they
 * would mean something else. */
static int
refuse_nul(const struct buf *text, int line, struct err *err)
{
	if (memchr(text->s, '\0', text->len) == NULL)
		return 0;
	return err_set(err, ERR_INPUT,
	    "dockerfile parse error on line %d: NUL bytes cannot be part of an "
	    "instruction "
	    "(is the file UTF-8 text?)",
	    line);
}

int
df_read_logical(struct df_reader *r, struct df_logical *ret, struct err *err)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);
	struct line l;
	int got;

	*ret = (struct df_logical){0};
	while ((got = next_line(r, &l, err)) > 0) {
		bool more;

		if (read_directive(r, l, err) < 0) {
			/* Docker points at the line before. */
			ret->lines = (struct dockerfile_range){r->line - 1, r->line - 1};
			return -1;
		}
		if (is_comment(l)) {
			note_comment(r, l);
			continue;
		}
		more = append(&text, trim_left(l), r->df->escape);
		if (!more && text.len == 0) {
			buf_clear(&r->comment);
			continue;
		}
		ret->lines.first = r->line;
		if (more && read_rest(r, &text, ret, err) < 0) {
			ret->lines = (struct dockerfile_range){r->line, r->line};
			return -1;
		}
		ret->lines.last = r->line;
		if (refuse_nul(&text, ret->lines.first, err) < 0)
			return -1;
		ret->text = df_dup(r->df->arena, text.s, text.len);
		ret->comment = r->comment.len == 0
				   ? ""
				   : df_dup(r->df->arena, r->comment.s, r->comment.len);
		buf_clear(&r->comment);
		return 1;
	}
	if (got < 0)
		ret->lines = (struct dockerfile_range){r->line, r->line};
	return got;
}

static size_t
count_quotes(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\'' || *s == '"';
	return n;
}

bool
df_heredoc_marker(
    struct dockerfile_arena *a, const char *word, struct dockerfile_heredoc *ret)
{
	static const struct dockerfile_lex bare = {.keep_unset = true};
	static const struct dockerfile_lex quoted = {
	    .keep_unset = true, .keep_quotes = true, .keep_escapes = true};
	cleanup_vec struct vec names = VEC_INIT, written = VEC_INIT;
	const char *p = word + strspn(word, "0123456789");
	struct dockerfile_heredoc doc = {.raw = "", .content = ""};

	if (p[0] != '<' || p[1] != '<' || p - word > 6)
		return false;
	doc.fd = atoi(word);
	doc.chomp = p[2] == '-';
	p += 2 + doc.chomp;
	p += strspn(p, " \t");
	if (*p == '\0' || strchr(p, '<') != NULL ||
	    dockerfile_expand_words(&bare, p, NULL, &names, NULL) < 0 || names.len != 1 ||
	    dockerfile_expand_words(&quoted, p, NULL, &written, NULL) < 0)
		return false;
	doc.expand =
	    written.len == 1 && count_quotes(names.v[0]) == count_quotes(written.v[0]);
	doc.name = df_dup(a, names.v[0], strlen(names.v[0]));
	*ret = doc;
	return true;
}

/* The body without the tabs that <<- takes from each line's start. */
static char *
without_tabs(struct dockerfile_arena *a, const char *raw)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);

	while (*raw != '\0') {
		size_t len;

		raw += strspn(raw, "\t");
		len = strcspn(raw, "\n");
		len += raw[len] == '\n';
		buf_add(&out, raw, len);
		raw += len;
	}
	return df_dup(a, out.s, out.len);
}

static int
read_body(struct df_reader *r, struct dockerfile_heredoc *doc, struct err *err)
{
	cleanup_buf struct buf body = BUF_INIT(BUF_OURS);
	size_t name_len = strlen(doc->name);
	int first = r->line + 1;
	struct line l;
	int got;

	/* A line that is too long ends it all: the marker is not found. */
	while ((got = next_line(r, &l, NULL)) > 0) {
		const char *s = l.s;
		size_t len = l.len;

		while (doc->chomp && len > 0 && *s == '\t') {
			s++;
			len--;
		}
		if (len == name_len && memcmp(s, doc->name, len) == 0)
			break;
		buf_add(&body, l.s, l.full);
	}
	if (got <= 0)
		return err_set(err, ERR_INPUT, "unterminated heredoc");
	if (refuse_nul(&body, first, err) < 0)
		return -1;
	doc->raw = df_dup(r->df->arena, body.s, body.len);
	doc->content = doc->chomp ? without_tabs(r->df->arena, doc->raw) : doc->raw;
	return 0;
}

int
df_read_heredocs(
    struct df_reader *r, const char *text, struct dockerfile_instr *in, struct err *err)
{
	static const struct dockerfile_lex raw = {
	    .keep_unset = true, .keep_quotes = true, .keep_escapes = true};
	cleanup_vec struct vec words = VEC_INIT;

	if (strstr(text, "<<") == NULL ||
	    dockerfile_expand_words(&raw, text, NULL, &words, NULL) < 0)
		return 0;
	for (size_t i = 0; i < words.len; i++) {
		struct dockerfile_heredoc doc;

		if (!df_heredoc_marker(r->df->arena, words.v[i], &doc))
			continue;
		if (read_body(r, &doc, err) < 0)
			return -1;
		in->heredocs = df_push(
		    r->df->arena, in->heredocs, &in->n_heredocs, sizeof *in->heredocs);
		in->heredocs[in->n_heredocs - 1] = doc;
	}
	return 0;
}
