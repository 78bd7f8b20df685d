/*
 * infer.c - what a document's own commands mean to reach
 *
 * Reads the commands of a step as simple commands and writes down the state that
 * each leaves behind.  A later command of the same step has the last word.  What
 * depends on an expansion is left alone: better no check than a wrong one.
 */
#include "src/lesson/infer.h"

/* A step that does more than this is no step. */
enum { CHECKS_MAX = 500 };

void
infer_quote(struct buf *b, const char *s)
{
	buf_addc(b, '"');
	for (; *s != '\0'; s++) {
		if (strchr("\"\\$`", *s) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

static void
drop_check(struct lesson_step *s, size_t i)
{
	lesson_check_done(&s->checks[i]);
	memmove(
	    &s->checks[i], &s->checks[i + 1], (s->nchecks - i - 1) * sizeof *s->checks);
	s->nchecks--;
}

/* Forgets what was inferred of this subject and name. */
void
infer_forget(struct infer *in, const char *subject, const char *name)
{
	for (size_t i = in->step->nchecks; i-- > 0;) {
		const struct lesson_check *c = &in->step->checks[i];
		const char *own = lesson_arg(c, subject[0] == 'f' ? "PATH" : "NAME");

		if (str_eq(c->verb->subject, subject) &&
		    (name == NULL || (own != NULL && str_eq(own, name))))
			drop_check(in->step, i);
	}
}

/* Adds the check that the line says, unless it is there; body may be NULL. */
struct lesson_check *
infer_add(struct infer *in, const char *line, const char *body)
{
	struct lesson_check c;

	for (size_t i = 0; i < in->step->nchecks; i++)
		if (str_eq(in->step->checks[i].source, line) && body == NULL)
			return &in->step->checks[i];
	if (in->step->nchecks >= CHECKS_MAX || lesson_check_parse(line, &c, NULL) < 0)
		return NULL;
	c.inferred = true;
	c.folder = xstrdup(in->folder);
	c.line = in->line;
	c.body = body != NULL ? xstrdup(body) : NULL;
	check_add(&in->step->checks, &in->step->nchecks, &c);
	return &in->step->checks[in->step->nchecks - 1];
}

/* `subject "name" rest`. */
struct lesson_check *
infer_about(struct infer *in, const char *subject, const char *name, const char *rest)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

	buf_addf(&b, "%s ", subject);
	infer_quote(&b, name);
	buf_addf(&b, " %s", rest);
	return infer_add(in, b.s, NULL);
}

static void
infer_file(struct infer *in, const struct token *t, const char *state)
{
	if (t->dynamic || *t->text == '\0' || str_starts(t->text, "/dev/") ||
	    *t->text == '&')
		return;
	infer_forget(in, "file", t->text);
	infer_about(in, "file", t->text, state);
}

/* cd: "" and anything unknown lead back to the workspace. */
static void
infer_cd(struct infer *in, const struct words *cmd)
{
	const char *to = cmd->n > 1 ? cmd->w[1]->text : "";
	char *joined = NULL;

	if (*to != '\0' && *to != '/' && *to != '~' && *to != '-' && !cmd->w[1]->dynamic)
		joined = path_join(*in->folder != '\0' ? in->folder : ".", to);
	if (joined != NULL && (str_eq(joined, ".") || str_starts(joined, "..")))
		*joined = '\0';
	free(in->folder);
	in->folder = joined != NULL ? joined : xstrdup("");
}

static void
infer_simple(struct infer *in, const struct words *cmd)
{
	const char *name;
	struct words rest = *cmd;

	while (rest.n > 0 &&
	       (str_eq(rest.w[0]->text, "sudo") || str_eq(rest.w[0]->text, "winpty")))
		rest.w++, rest.n--;
	if (rest.n == 0)
		return;
	name = rest.w[0]->text;
	if (str_eq(name, "docker")) {
		infer_docker(in, &rest);
	} else if (str_eq(name, "rm") || str_eq(name, "mv")) {
		for (size_t i = 1; i < rest.n; i++)
			infer_forget(in, "file", rest.w[i]->text);
	} else if (str_eq(name, "cd")) {
		infer_cd(in, &rest);
	} else if (str_eq(name, "mkdir") || str_eq(name, "touch")) {
		for (size_t i = 1; i < rest.n; i++)
			if (*rest.w[i]->text != '-')
				infer_file(in, rest.w[i], "exists");
	}
}

/* Redirections to files, and the words between operators. */
static void
infer_command(struct infer *in, const char *text)
{
	struct tokens ts cleanup_tokens = {0};
	const struct token **w = NULL;
	struct words cmd = {0};

	tokens_shell(text, &ts);
	w = xcalloc(ts.len + 1, sizeof *w);
	cmd.w = w;
	for (size_t i = 0; i < ts.len; i++) {
		const struct token *t = &ts.t[i];
		bool redirect = t->op && strpbrk(t->text, "<>") != NULL;

		if (!t->op) {
			w[cmd.n++] = t;
		} else if (redirect) {
			/* "2>" came as a word of its own. */
			if (cmd.n > 0 && w[cmd.n - 1]->end == t->start &&
			    strspn(w[cmd.n - 1]->text, "0123456789") ==
				strlen(w[cmd.n - 1]->text))
				cmd.n--;
			else if ((str_eq(t->text, ">") || str_eq(t->text, ">>")) &&
				 i + 1 < ts.len && !ts.t[i + 1].op)
				infer_file(in, &ts.t[i + 1], "exists");
			i += i + 1 < ts.len && !ts.t[i + 1].op;
		} else {
			infer_simple(in, &cmd);
			cmd.n = 0;
		}
	}
	infer_simple(in, &cmd);
	free(w);
}

/* Placeholders are words for the student to fill in, not redirections. */
static char *
quote_placeholders(const char *text)
{
	struct buf b = BUF_INIT(BUF_OURS);

	while (*text != '\0') {
		size_t n = *text == '<' ? placeholder_at(text, true) : 0;

		if (n > 0) {
			buf_addc(&b, '\'');
			buf_add(&b, text, n);
			buf_addc(&b, '\'');
			text += n;
		} else {
			buf_addc(&b, *text++);
		}
	}
	return buf_take(&b);
}

/* A file goes where the text says, unless the commands have led there. */
static void
infer_file_block(struct infer *in, const struct lesson_action *a)
{
	char *outer cleanup_free = NULL;
	struct lesson_check *c;

	if (a->folder != NULL && !str_eq(path_base(in->folder), path_base(a->folder))) {
		outer = in->folder;
		in->folder = path_join(*outer != '\0' ? outer : ".", a->folder);
	}
	infer_forget(in, "file", a->file);
	c = infer_about(in, "file", a->file, "exists");
	if (c != NULL && str_eq(a->file, "Dockerfile")) {
		infer_forget(in, "dockerfile", NULL);
		infer_add(in, "dockerfile same as document", a->text);
	}
	if (outer != NULL) {
		free(in->folder);
		in->folder = take_ptr(outer);
	}
}

static void
infer_action(struct infer *in, const struct lesson_action *a)
{
	in->line = a->line;
	if (a->kind == LESSON_FILE)
		infer_file_block(in, a);
	else if (a->fragment)
		infer_add(in, "dockerfile includes document", a->text);
	for (size_t i = 0; i < a->ncommands; i++) {
		char *text cleanup_free = quote_placeholders(a->commands[i].text);

		in->line = a->commands[i].line;
		infer_command(in, text);
	}
}

static void
infer_step(struct infer *in)
{
	struct lesson_step *step = in->step;

	in->line = step->line;
	for (size_t i = 0; i < step->nactions; i++)
		infer_action(in, &step->actions[i]);
	if (step->url != NULL && step->nchecks == 0) {
		struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

		buf_adds(&b, "http GET ");
		infer_quote(&b, step->url);
		buf_adds(&b, " 200");
		in->line = step->line;
		infer_add(in, b.s, NULL);
	}
}

/* Steps with written checks are read all the same: their cd counts for later ones. */
void
infer_checks(struct lesson *l)
{
	char *folder = xstrdup("");

	for (size_t i = 0; i < l->nsteps; i++) {
		struct lesson_step *step = &l->steps[i], scratch = *step;
		struct infer in = {.step = step, .folder = folder};

		if (step->nchecks > 0) {
			scratch.checks = NULL;
			scratch.nchecks = 0;
			in.step = &scratch;
		}
		infer_step(&in);
		folder = in.folder;
		if (in.step == &scratch) {
			while (scratch.nchecks > 0)
				drop_check(&scratch, scratch.nchecks - 1);
			free(scratch.checks);
		}
	}
	free(folder);
}
