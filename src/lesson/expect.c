/*
 * expect.c - the lines of an expect or when comment
 *
 * Indentation says what belongs to what: the first line of the comment sets the
 * margin, deeper lines are attributes of the check above (or the checks of an
 * "any of").
 */
#include "src/lesson/part.h"
#include <ctype.h>

struct reader {
	struct lesson *l;
	struct lesson_check *checks;
	size_t nchecks;
	struct lesson_check *at; /* that attributes belong to */
	char **last;             /* the text that a still deeper line goes on with */
	size_t last_indent;
	size_t margin, any_margin;
	bool in_any;
	bool broken; /* the last check had a mistake: its attributes are passed over */
	char *hint;  /* an unindented hint: of a when */
};

void
check_add(struct lesson_check **list, size_t *n, struct lesson_check *c)
{
	*list = xrealloc(*list, (*n + 1) * sizeof **list);
	(*list)[(*n)++] = *c;
	*c = (struct lesson_check){.needs = VEC_INIT, .within = -1};
}

static void
set_text(char **field, const char *value, struct reader *r, size_t indent)
{
	free(*field);
	*field = xstrdup(value);
	r->last = field;
	r->last_indent = indent;
}

/* Sets the attribute; false when there is none of this name. */
static bool
set_attribute(
    struct reader *r, const char *key, const char *value, size_t indent, int line)
{
	struct lesson_check *c = r->at;
	char *end;

	r->last = NULL;
	if (str_eq(key, "why")) {
		set_text(&c->why, value, r, indent);
	} else if (str_eq(key, "hint")) {
		set_text(&c->hint, value, r, indent);
	} else if (str_eq(key, "id")) {
		free(c->id);
		c->id = xstrdup(value);
	} else if (str_eq(key, "needs")) {
		vec_split(&c->needs, value, " ,\t");
	} else if (str_eq(key, "hidden")) {
		c->hidden = true;
	} else if (str_eq(key, "points")) {
		c->points = strtod(value, &end);
		if (end == value || *end != '\0' ||
		    !(c->points >= 0 && c->points <= 1e6)) {
			lesson_warn(
			    r->l, line, true, "points: \"%s\" is no number", value);
			c->points = 0;
		}
	} else if (str_eq(key, "within")) {
		if (!check_read_time(value, &c->within))
			lesson_warn(r->l, line, true,
			    "within: \"%s\" is no duration (500ms, 10s)", value);
	} else {
		return false;
	}
	return true;
}

/* "why: because" -> key and value; true also for the bare word "hidden". */
static bool
split_attribute(char *s, char **key, char **value)
{
	size_t n = strcspn(s, ": \t");

	*key = s;
	*value = s + n;
	if (str_eq(s, "hidden"))
		return true;
	if (n == 0 || s[n] != ':' || (s[n + 1] != ' ' && s[n + 1] != '\0'))
		return false;
	s[n] = '\0';
	*value = str_trim(s + n + 1);
	return true;
}

static void
read_attribute(struct reader *r, char *s, size_t indent, int line)
{
	static const char *const keys[] = {
	    "why", "hint", "id", "needs", "points", "hidden", "within", NULL};
	char *key, *value;
	const char *near;

	if (r->at == NULL) {
		if (!r->broken)
			lesson_warn(r->l, line, true,
			    "\"%s\" is indented, but below no check", s);
		return;
	}
	if (!split_attribute(s, &key, &value)) {
		if (r->last != NULL && indent >= r->last_indent) {
			char *longer = xasprintf("%s %s", *r->last, s);

			free(*r->last);
			*r->last = longer;
			return;
		}
		lesson_warn(r->l, line, true,
		    "\"%s\" is indented and none of why: hint: id: needs: points: hidden "
		    "within:",
		    s);
	} else if (!set_attribute(r, key, value, indent, line)) {
		near = str_nearest(key, keys, 3);
		lesson_warn(r->l, line, true, "\"%s:\" is not known here%s%s%s", key,
		    near ? "; did you mean \"" : "", near ? near : "",
		    near ? ":\"?" : "");
	}
}

static void
read_check(struct reader *r, const char *s, int line, bool inner)
{
	struct lesson_check c, *group;
	struct err err = ERR_INIT;
	const char *points;

	r->last = NULL;
	r->broken = lesson_check_parse(s, &c, &err) < 0;
	if (r->broken) {
		lesson_warn(r->l, line, true, "%s", err.text);
		if (!inner)
			r->at = NULL;
		return;
	}
	c.line = line;
	points = c.verb->id == VERB_REPORT_REVIEW ? lesson_arg(&c, "N") : NULL;
	if (points != NULL)
		c.points = lesson_arg_number(&c, "N", 0);
	if (inner) {
		group = &r->checks[r->nchecks - 1];
		check_add(&group->any, &group->nany, &c);
		r->at = &group->any[group->nany - 1];
	} else {
		check_add(&r->checks, &r->nchecks, &c);
		r->at = &r->checks[r->nchecks - 1];
	}
}

static void
begin_any(struct reader *r, int line)
{
	struct lesson_check c = {.needs = VEC_INIT, .within = -1, .line = line};

	c.source = xstrdup("any of");
	check_add(&r->checks, &r->nchecks, &c);
	r->at = &r->checks[r->nchecks - 1];
	r->in_any = true;
	r->any_margin = 0;
	r->last = NULL;
	r->broken = false;
}

static bool
is_attribute(const char *s)
{
	char *copy cleanup_free = xstrdup(s), *key, *value;

	return split_attribute(copy, &key, &value);
}

static void
read_line(struct reader *r, char *s, size_t indent, int line)
{
	if (indent <= r->margin) {
		r->in_any = false;
		if (str_starts(s, "hint:")) {
			free(r->hint);
			r->hint = xstrdup(str_trim(s + 5));
			r->last = &r->hint;
			r->last_indent = indent + 1;
			return;
		}
		if (str_eq(s, "any of") || str_eq(s, "any of:"))
			begin_any(r, line);
		else
			read_check(r, s, line, false);
	} else if (r->in_any && !is_attribute(s) &&
		   (r->any_margin == 0 || indent <= r->any_margin)) {
		r->any_margin = indent;
		read_check(r, s, line, true);
	} else {
		if (r->in_any && indent <= r->any_margin)
			r->at = &r->checks[r->nchecks - 1];
		if (r->at == NULL && r->last == &r->hint && r->hint != NULL &&
		    !is_attribute(s)) {
			char *longer = xasprintf("%s %s", r->hint, s);

			free(r->hint);
			r->hint = longer;
			return;
		}
		read_attribute(r, s, indent, line);
	}
}

static size_t
indent_of(const char *s)
{
	size_t n = 0;

	for (; *s == ' ' || *s == '\t'; s++)
		n = *s == '\t' ? (n / 8 + 1) * 8 : n + 1;
	return n;
}

/* "\>" stands for ">", so that "-->" can be written. */
static char *
unescape(const char *text)
{
	struct buf b = BUF_INIT(BUF_OURS);

	for (; *text != '\0'; text++)
		if (*text != '\\' || text[1] != '>')
			buf_addc(&b, *text);
	return buf_take(&b);
}

static void
read_lines(struct reader *r, const char *body, int line)
{
	char *text cleanup_free = unescape(body);
	bool first = true, margin = false;

	for (char *s = text, *next; s != NULL; s = next, line++, first = false) {
		size_t indent;
		char *trimmed;

		next = strchr(s, '\n');
		if (next != NULL)
			*next++ = '\0';
		indent = indent_of(s);
		trimmed = str_trim(s);
		if (*trimmed == '\0' || *trimmed == '#')
			continue;
		/* What stands on the comment's own first line has no indentation to
		 * compare. */
		if (first) {
			indent = 0;
		} else if (!margin) {
			r->margin = r->nchecks > 0 && indent > 0 ? 0 : indent;
			margin = true;
		}
		read_line(r, trimmed, indent, line);
	}
	for (size_t i = 0; i < r->nchecks; i++)
		if (r->checks[i].verb == NULL && r->checks[i].nany == 0)
			lesson_warn(r->l, r->checks[i].line, true,
			    "\"any of\" has no checks below it");
}

static void
add_when(struct lesson_step *step, struct reader *r, int line)
{
	struct lesson_when *w;

	step->whens = xrealloc(step->whens, (step->nwhens + 1) * sizeof *step->whens);
	w = &step->whens[step->nwhens++];
	*w = (struct lesson_when){
	    .checks = r->checks, .nchecks = r->nchecks, .line = line};
	w->hint = take_ptr(r->hint);
	for (size_t i = w->nchecks; w->hint == NULL && i > 0; i--)
		if (w->checks[i - 1].hint != NULL)
			w->hint = xstrdup(w->checks[i - 1].hint);
	if (w->hint == NULL) {
		w->hint = xstrdup("");
		lesson_warn(
		    r->l, line, true, "a \"when\" without \"hint:\" says nothing");
	}
}

void
expect_read(
    struct lesson *l, struct lesson_step *step, const struct source_comment *comment)
{
	struct reader r = {.l = l};
	const char *body = comment->text;
	size_t skip = strspn(body, " \t");

	if (str_starts(body + skip, "already") &&
	    !isalnum((unsigned char)body[skip + 7])) {
		step->already = true;
		body += skip + 7;
	}
	read_lines(&r, body, comment->line);
	if (str_eq(comment->word, "when")) {
		add_when(step, &r, comment->line);
		return;
	}
	if (r.hint != NULL)
		lesson_warn(
		    l, comment->line, true, "\"hint:\" must be indented below its check");
	free(r.hint);
	for (size_t i = 0; i < r.nchecks; i++)
		check_add(&step->checks, &step->nchecks, &r.checks[i]);
	free(r.checks);
}
