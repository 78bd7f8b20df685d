/*
 * source.c - the lines of a file, cleaned, and what the machine needs cut out
 *
 * Line numbers stay those of the file: what is taken out leaves a blank line.
 * Repairs of what real tutorials get wrong are in repair.c.
 */
#include "src/lesson/source.h"
#include <stdarg.h>

void
lesson_warn(struct lesson *l, int line, bool mistake, const char *fmt, ...)
{
	struct buf b = BUF_INIT(4096);
	va_list ap;

	if (l->nwarnings >= 500)
		return;
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	l->warnings = xrealloc(l->warnings, (l->nwarnings + 1) * sizeof *l->warnings);
	l->warnings[l->nwarnings++] = (struct lesson_warning){
	    .line = line, .mistake = mistake, .text = buf_take(&b)};
}

static void
add_line(struct source *s, const char *text, size_t len)
{
	struct buf b = BUF_INIT(BUF_OURS);
	char *line;

	if (len > 0 && text[len - 1] == '\r')
		len--;
	for (size_t n; (n = strnlen(text, len)) < len; text += n + 1, len -= n + 1) {
		buf_add(&b, text, n);
		buf_adds(&b, "\xef\xbf\xbd");
	}
	if (b.len > 0) {
		buf_add(&b, text, len);
		line = buf_take(&b);
	} else {
		line = xstrndup(text, len);
	}
	/* Doubling, not one by one: a file may have a million lines. */
	if ((s->nlines & (s->nlines - 1)) == 0)
		s->lines = xrealloc(
		    s->lines, (s->nlines ? s->nlines * 2 : 1) * sizeof *s->lines);
	s->lines[s->nlines++] = (struct source_line){.text = line};
}

static void
split_lines(struct source *s, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((nl != NULL ? nl : end) - text);

		add_line(s, text, n);
		text += n + 1;
	}
}

void
source_blank(struct source *s, size_t i)
{
	s->lines[i].text[0] = '\0';
	s->lines[i].cut = true;
}

void
source_set(struct source *s, size_t i, char *text)
{
	free(s->lines[i].text);
	s->lines[i].text = text;
}

size_t
source_indent(const char *text)
{
	return strspn(text, " ");
}

/* Front matter ("---" on the first line, to the next one): its title, then blank. */
static void
front_matter(struct source *s)
{
	size_t end = 1;

	if (s->nlines == 0 || !str_eq(s->lines[0].text, "---"))
		return;
	while (end < s->nlines && !str_eq(s->lines[end].text, "---") &&
	       !str_eq(s->lines[end].text, "..."))
		end++;
	if (end == s->nlines)
		return;
	for (size_t i = 0; i <= end; i++) {
		const char *title = str_after(s->lines[i].text, "title:");

		if (title != NULL && s->title == NULL) {
			char *copy cleanup_free = xstrdup(title), *t = str_trim(copy);
			size_t n = strlen(t);

			if (n >= 2 && (*t == '"' || *t == '\'') && t[n - 1] == *t) {
				t[n - 1] = '\0';
				t++;
			}
			s->title = xstrdup(t);
		}
		source_blank(s, i);
	}
}

bool
part_kind_of(const char *summary, enum lesson_part_kind *ret)
{
	static const struct {
		enum lesson_part_kind kind;
		const char *word;
	} rows[] = {{LESSON_HINT, "hint"}, {LESSON_HINT, "tipp"},
	    {LESSON_HINT, "hinweis"}, {LESSON_HINT, "indice"}, {LESSON_HINT, "pista"},
	    {LESSON_HINT, "dica"}, {LESSON_HINT, "suggerimento"},
	    {LESSON_HINT, "подсказка"}, {LESSON_HINT, "提示"}, {LESSON_HINT, "ヒント"},
	    {LESSON_SOLUTION, "solution"}, {LESSON_SOLUTION, "answer"},
	    {LESSON_SOLUTION, "lösung"}, {LESSON_SOLUTION, "Lösung"},
	    {LESSON_SOLUTION, "solución"}, {LESSON_SOLUTION, "solução"},
	    {LESSON_SOLUTION, "soluzione"}, {LESSON_SOLUTION, "решение"},
	    {LESSON_SOLUTION, "Решение"}, {LESSON_HINT, "Подсказка"},
	    {LESSON_SOLUTION, "答案"}, {LESSON_SOLUTION, "解答"},
	    {LESSON_SOLUTION, "解决方案"}, {LESSON_NOTES, "notes"},
	    {LESSON_NOTES, "presenter"}, {LESSON_NOTES, "instructor"},
	    {LESSON_NOTES, "notizen"}, {LESSON_NOTES, "notas"}, {LESSON_NOTES, "заметки"},
	    {LESSON_NOTES, "备注"}, {LESSON_WRONG, "wrong:"},
	    {LESSON_SOLUTION, "show solution"}, {LESSON_SOLUTION, "show answer"},
	    {LESSON_HINT, "show hint"}};

	summary += strspn(summary, " \t*_");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strncasecmp(summary, rows[i].word, strlen(rows[i].word)) == 0) {
			*ret = rows[i].kind;
			return true;
		}
	return false;
}

size_t
source_part_add(struct source *s, enum lesson_part_kind kind, const char *title, size_t i)
{
	struct source_part *p;

	s->parts = xrealloc(s->parts, (s->nparts + 1) * sizeof *s->parts);
	p = &s->parts[s->nparts++];
	*p = (struct source_part){.kind = kind,
	    .title = xstrdup(title),
	    .line = (int)i + 1,
	    .indent = source_indent(s->lines[i].text)};
	return s->nparts;
}

char *
source_exact(const struct source *s, size_t from, size_t to, size_t part)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);
	size_t strip = part ? s->parts[part - 1].indent : 0;

	for (size_t i = from; i < to && i < s->nlines; i++) {
		const char *t = s->lines[i].part == part ? s->lines[i].text : "";
		size_t indent = source_indent(t);

		buf_adds(&b, t + (indent < strip ? indent : strip));
		buf_addc(&b, '\n');
	}
	return b.len > 0 ? buf_take(&b) : xstrdup("");
}

char *
source_slice(const struct source *s, size_t from, size_t to, size_t part)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);
	size_t strip = part ? s->parts[part - 1].indent : 0;
	bool blank = true;
	char *text;

	for (size_t i = from; i < to && i < s->nlines; i++) {
		const struct source_line *l = &s->lines[i];
		const char *t = l->part == part ? l->text : "";
		size_t indent = source_indent(t);

		/* Blank lines in a row say no more than one, but in code they count. */
		if (*t == '\0' && blank && (!l->fenced || l->part != part))
			continue;
		blank = *t == '\0';
		buf_adds(&b, t + (indent < strip ? indent : strip));
		buf_addc(&b, '\n');
	}
	while (b.len > 0 && b.s[b.len - 1] == '\n')
		buf_cut(&b, b.len - 1);
	if (b.len >= 4 && str_eq(b.s + b.len - 4, "\n---"))
		buf_cut(&b, b.len - 4);
	while (b.len > 0 && b.s[b.len - 1] == '\n')
		buf_cut(&b, b.len - 1);
	if (b.len > 0)
		buf_addc(&b, '\n');
	text = b.len > 0 ? buf_take(&b) : xstrdup("");
	return text;
}

void
source_read(struct source *s, struct lesson *l, const char *text, size_t len)
{
	*s = (struct source){.l = l, .definitions = VEC_INIT};
	if (len > LESSON_MAX) {
		lesson_warn(l, 1, false, "only the first %d MiB of the file are read",
		    LESSON_MAX >> 20);
		len = LESSON_MAX;
	}
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	split_lines(s, text, len);
	front_matter(s);
	source_scan(s);
}

void
source_done(struct source *s)
{
	for (size_t i = 0; i < s->nlines; i++)
		free(s->lines[i].text);
	for (size_t i = 0; i < s->nparts; i++)
		free(s->parts[i].title);
	for (size_t i = 0; i < s->ncomments; i++) {
		free(s->comments[i].word);
		free(s->comments[i].text);
	}
	free(s->lines);
	free(s->parts);
	free(s->comments);
	free(s->title);
	vec_done(&s->definitions);
}
