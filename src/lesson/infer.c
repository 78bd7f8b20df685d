/*
 * infer.c - what a document's own commands mean to reach
 *
 * Reads the commands of a step as simple commands and writes down the state that
 * each leaves behind.  A later command of the same step has the last word.  What
 * depends on an expansion is left alone: better no check than a wrong one.
 */
#include "src/lesson/part.h"
#include "src/lesson/words.h"

struct infer {
	struct lesson_step *step;
	char *folder; /* where the commands so far have led, "" is the workspace */
	int line;
};

static void
quote_into(struct buf *b, const char *s)
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
static void
forget(struct infer *in, const char *subject, const char *name)
{
	for (size_t i = in->step->nchecks; i-- > 0;) {
		const struct lesson_check *c = &in->step->checks[i];
		const char *own = lesson_arg(c, subject[0] == 'f' ? "PATH" : "NAME");

		if (str_eq(c->verb->subject, subject) && own != NULL && str_eq(own, name))
			drop_check(in->step, i);
	}
}

/* Adds the check that the line says, unless it is there; body may be NULL. */
static struct lesson_check *
add(struct infer *in, const char *line, const char *body)
{
	struct lesson_check c;

	for (size_t i = 0; i < in->step->nchecks; i++)
		if (str_eq(in->step->checks[i].source, line) && body == NULL)
			return &in->step->checks[i];
	if (lesson_check_parse(line, &c, NULL) < 0)
		return NULL;
	c.inferred = true;
	c.folder = xstrdup(in->folder);
	c.line = in->line;
	c.body = body != NULL ? xstrdup(body) : NULL;
	check_add(&in->step->checks, &in->step->nchecks, &c);
	return &in->step->checks[in->step->nchecks - 1];
}

/* `subject "name" rest`. */
static struct lesson_check *
add_about(struct infer *in, const char *subject, const char *name, const char *rest)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

	buf_addf(&b, "%s ", subject);
	quote_into(&b, name);
	buf_addf(&b, " %s", rest);
	return add(in, b.s, NULL);
}

/* One simple command: words without assignments in front. */
struct words {
	const struct token **w;
	size_t n;
};

/* The flag at w[*i] (after the subcommand): its value if it takes one, else "".  *i is
 * left on the last word used.  `valued` lists the flags with values, with blanks around.
 */
static const char *
flag_value(const struct words *cmd, size_t *i, const char *valued)
{
	const char *flag = cmd->w[*i]->text, *eq = strchr(flag, '=');
	char padded[64];

	if (str_starts(flag, "--") && eq != NULL)
		return eq + 1;
	/* -it, -dp 80:80: the last letter decides. */
	if (flag[1] != '-' && flag[1] != '\0')
		snprintf(padded, sizeof padded, " -%c ", flag[strlen(flag) - 1]);
	else
		snprintf(padded, sizeof padded, " %.60s ", flag);
	if (strstr(valued, padded) != NULL && *i + 1 < cmd->n)
		return cmd->w[++*i]->text;
	/* -p8080:80 */
	if (flag[1] != '-' && flag[1] != '\0' && flag[2] != '\0') {
		snprintf(padded, sizeof padded, " -%c ", flag[1]);
		if (strstr(valued, padded) != NULL)
			return flag + 2;
	}
	return "";
}

static bool
is_flag(const char *s)
{
	return s[0] == '-' && s[1] != '\0';
}

static bool
flag_is(const char *flag, char letter, const char *name)
{
	size_t n = strlen(name);

	if (str_starts(flag, "--"))
		return strncmp(flag + 2, name, n) == 0 &&
		       (flag[2 + n] == '\0' || flag[2 + n] == '=');
	return letter != 0 && strchr(flag + 1, letter) != NULL &&
	       strcspn(flag, ":=/.") > 1;
}

static const char run_valued[] = " -a --attach --add-host --blkio-weight -c --cpu-shares "
				 "--cap-add --cap-drop --cgroup-parent --cidfile "
				 "--cpus --cpuset-cpus --device --dns --entrypoint -e "
				 "--env --env-file --expose --gpus --group-add "
				 "--health-cmd --health-interval --health-retries "
				 "--health-timeout --health-start-period -h --hostname "
				 "--ip --ipc -l --label --label-file --link --log-driver "
				 "--log-opt -m --memory --memory-swap --mount "
				 "--name --net --network --network-alias --pid "
				 "--pids-limit --platform -p --publish --pull --restart "
				 "--runtime --security-opt --shm-size --stop-signal "
				 "--stop-timeout --sysctl --tmpfs -u --user --ulimit "
				 "--userns -v --volume --volumes-from -w --workdir ";
static const char build_valued[] = " -t --tag -f --file --build-arg --target --label "
				   "--platform --progress --cache-from --cache-to "
				   "--secret --ssh -o --output --network --add-host "
				   "--iidfile --builder --shm-size -m --memory ";
static const char other_valued[] = " --format --filter -n --tail --since --until ";

static void
infer_build(struct infer *in, const struct words *cmd, size_t i)
{
	for (; i < cmd->n; i++) {
		const char *flag = cmd->w[i]->text, *value;
		bool dynamic;

		if (!is_flag(flag))
			continue;
		value = flag_value(cmd, &i, build_valued);
		dynamic = cmd->w[i]->dynamic;
		if (flag_is(flag, 't', "tag") && *value != '\0' && !dynamic) {
			forget(in, "image", value);
			add_about(in, "image", value, "built");
		}
	}
}

/* "8080:80", "127.0.0.1:8080:80/tcp": host and container port, false without a host port.
 */
static bool
read_publish(const char *s, char *host, char *port, size_t size)
{
	const char *last = strrchr(s, ':'), *from = s;

	if (last == NULL || last[1] == '\0')
		return false;
	for (const char *p = s; p < last; p++)
		if (*p == ':')
			from = p + 1;
	snprintf(host, size, "%.*s", (int)(last - from), from);
	snprintf(port, size, "%s", last + 1);
	return strspn(host, "0123456789") == strlen(host) && *host != '\0';
}

static void
infer_run(struct infer *in, const struct words *cmd, size_t i)
{
	const char *name = NULL, *image = NULL, *publish = NULL;
	bool detached = false, gone = false, dynamic = false;
	char host[64], port[64], line[200];

	for (; i < cmd->n && image == NULL; i++) {
		const char *word = cmd->w[i]->text, *value;

		dynamic |= cmd->w[i]->dynamic;
		if (!is_flag(word)) {
			image = word;
			break;
		}
		value = flag_value(cmd, &i, run_valued);
		dynamic |=
		    cmd->w[i]->dynamic && (value == NULL || strchr(value, '$') != NULL);
		if (flag_is(word, 0, "name"))
			name = value;
		else if (flag_is(word, 'p', "publish") && publish == NULL &&
			 *value != '\0')
			publish = value;
		detached |= flag_is(word, 'd', "detach");
		gone |= flag_is(word, 0, "rm");
	}
	if (image == NULL || cmd->w[i]->dynamic)
		return;
	if (name == NULL || (gone && !detached) || str_eq(name, "")) {
		struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

		snprintf(line, sizeof line, "docker *run *%.150s*", image);
		buf_adds(&b, "run ");
		quote_into(&b, line);
		add(in, b.s, NULL);
		return;
	}
	forget(in, "container", name);
	{
		struct buf of cleanup_buf = BUF_INIT(BUF_OURS);

		buf_adds(&of, "of ");
		quote_into(&of, image);
		add_about(in, "container", name, of.s);
	}
	if (detached)
		add_about(in, "container", name, "running");
	if (detached && publish != NULL &&
	    read_publish(publish, host, port, sizeof host)) {
		snprintf(line, sizeof line, "port %s on %s", port, host);
		add_about(in, "container", name, line);
	}
}

static void
infer_tag(struct infer *in, const struct words *cmd, size_t i)
{
	struct buf same cleanup_buf = BUF_INIT(BUF_OURS);

	if (i + 2 != cmd->n || cmd->w[i]->dynamic || cmd->w[i + 1]->dynamic)
		return;
	buf_adds(&same, "same as ");
	quote_into(&same, cmd->w[i]->text);
	forget(in, "image", cmd->w[i + 1]->text);
	add_about(in, "image", cmd->w[i + 1]->text, same.s);
}

static void
infer_push(struct infer *in, const struct words *cmd, size_t i)
{
	struct buf line cleanup_buf = BUF_INIT(BUF_OURS);

	for (; i < cmd->n && is_flag(cmd->w[i]->text); i++)
		continue;
	if (i >= cmd->n || cmd->w[i]->dynamic)
		return;
	buf_adds(&line, "hub has ");
	quote_into(&line, cmd->w[i]->text);
	buf_adds(&line, " same as ");
	quote_into(&line, cmd->w[i]->text);
	add(in, line.s, NULL);
}

/* rm, stop, rmi: each name is gone or stopped. */
static void
infer_each(struct infer *in, const struct words *cmd, size_t i, const char *subject,
    const char *state)
{
	for (; i < cmd->n; i++) {
		const char *name = cmd->w[i]->text;

		if (is_flag(name)) {
			flag_value(cmd, &i, " -t --time -s --signal ");
		} else if (!cmd->w[i]->dynamic && *name != '<') {
			forget(in, subject, name);
			add_about(in, subject, name, state);
		}
	}
}

/* ps, images, history ...: it was asked, by whatever flags. */
static void
infer_question(struct infer *in, const struct words *cmd, size_t i)
{
	struct buf glob cleanup_buf = BUF_INIT(BUF_OURS),
			line cleanup_buf = BUF_INIT(BUF_OURS);
	struct lesson_check *c;

	buf_adds(&glob, "docker*");
	for (size_t k = 1; k < i; k++)
		buf_addf(&glob, " %s", cmd->w[k]->text);
	for (; i < cmd->n; i++) {
		const char *word = cmd->w[i]->text;

		if (is_flag(word))
			flag_value(cmd, &i, other_valued);
		else if (!cmd->w[i]->dynamic)
			buf_addf(&glob, " *%s", word);
	}
	buf_addc(&glob, '*');
	buf_adds(&line, "run ");
	quote_into(&line, glob.s);
	c = add(in, line.s, NULL);
	if (c != NULL)
		c->optional = true;
}

static void
infer_gone(struct infer *in, const struct words *cmd, size_t i)
{
	infer_each(in, cmd, i, "container", "absent");
}

static void
infer_stop(struct infer *in, const struct words *cmd, size_t i)
{
	/* A container run with --rm is gone after a stop; both are "not running". */
	infer_each(in, cmd, i, "container", "not running");
}

static void
infer_start(struct infer *in, const struct words *cmd, size_t i)
{
	infer_each(in, cmd, i, "container", "running");
}

static void
infer_rmi(struct infer *in, const struct words *cmd, size_t i)
{
	infer_each(in, cmd, i, "image", "absent");
}

static void
infer_pull(struct infer *in, const struct words *cmd, size_t i)
{
	infer_each(in, cmd, i, "image", "exists");
}

static const struct {
	const char *group, *name; /* "docker group name" or "docker name" */
	void (*infer)(struct infer *, const struct words *, size_t);
} rows[] = {{"image", "build", infer_build}, {"buildx", "build", infer_build},
    {"builder", "build", infer_build}, {"container", "run", infer_run},
    {"container", "create", infer_run}, {"image", "tag", infer_tag},
    {"image", "push", infer_push}, {"image", "pull", infer_pull},
    {"container", "rm", infer_gone}, {"container", "stop", infer_stop},
    {"container", "kill", infer_stop}, {"container", "start", infer_start},
    {"container", "restart", infer_start}, {"", "rmi", infer_rmi},
    {"image", "rm", infer_rmi}, {"", "ps", infer_question},
    {"container", "ls", infer_question}, {"", "images", infer_question},
    {"image", "ls", infer_question}, {"image", "history", infer_question},
    {"container", "logs", infer_question}, {"image", "inspect", infer_question},
    {"container", "inspect", infer_question}, {"container", "top", infer_question},
    {"container", "stats", infer_question}, {"container", "port", infer_question},
    {"container", "diff", infer_question}, {"", "version", infer_question},
    {"", "info", infer_question}, {"", "search", infer_question}};

static void
infer_docker(struct infer *in, const struct words *cmd)
{
	const char *one = cmd->n > 1 ? cmd->w[1]->text : "",
		   *two = cmd->n > 2 ? cmd->w[2]->text : "";

	if (str_eq(one, "--version") || str_eq(one, "-v"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool grouped = *rows[i].group != '\0' && str_eq(rows[i].group, one) &&
			       str_eq(rows[i].name, two);

		/* "docker image rm" is not "docker rm"; ls has no short form. */
		if (!grouped &&
		    (!str_eq(rows[i].name, one) || str_eq(one, "ls") ||
			(str_eq(one, "rm") && str_eq(rows[i].group, "image"))))
			continue;
		rows[i].infer(in, cmd, grouped ? 3 : 2);
		return;
	}
}

static void
infer_file(struct infer *in, const struct token *t, const char *state)
{
	if (t->dynamic || *t->text == '\0' || str_starts(t->text, "/dev/") ||
	    *t->text == '&')
		return;
	forget(in, "file", t->text);
	add_about(in, "file", t->text, state);
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
	} else if (str_eq(name, "cd")) {
		infer_cd(in, &rest);
	} else if (str_eq(name, "mkdir") || str_eq(name, "touch")) {
		for (size_t i = 1; i < rest.n; i++)
			if (!is_flag(rest.w[i]->text))
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
	forget(in, "file", a->file);
	c = add_about(in, "file", a->file, "exists");
	if (c != NULL && str_eq(a->file, "Dockerfile"))
		add(in, "dockerfile same as document", a->text);
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
		add(in, "dockerfile includes document", a->text);
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
		quote_into(&b, step->url);
		buf_adds(&b, " 200");
		in->line = step->line;
		add(in, b.s, NULL);
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
