/*
 * infer_docker.c - what docker commands leave behind
 *
 * Only the flags that matter here are known by meaning; of the others only
 * whether they take a value.
 */
#include "src/lesson/infer.h"

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
			infer_forget(in, "image", value);
			infer_about(in, "image", value, "built");
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

/* The word behind the image, when it says itself; else "". */
static const char *
first_argument(const struct words *cmd, size_t i)
{
	const char *word = i < cmd->n ? cmd->w[i]->text : "";

	return i < cmd->n && !cmd->w[i]->dynamic && strlen(word) < 40 &&
		       strpbrk(word, "*?[]<>\\\"'`$") == NULL
		   ? word
		   : "";
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
		const char *argument = first_argument(cmd, i + 1);

		/* Two runs of one image are two things to do. */
		snprintf(line, sizeof line, "docker *run *%.100s*%s%.40s%s", image,
		    *argument != '\0' ? " " : "", argument, *argument != '\0' ? "*" : "");
		buf_adds(&b, "run ");
		infer_quote(&b, line);
		infer_add(in, b.s, NULL);
		return;
	}
	infer_forget(in, "container", name);
	{
		struct buf of cleanup_buf = BUF_INIT(BUF_OURS);

		buf_adds(&of, "of ");
		infer_quote(&of, image);
		infer_about(in, "container", name, of.s);
	}
	if (detached)
		infer_about(in, "container", name, "running");
	if (detached && publish != NULL &&
	    read_publish(publish, host, port, sizeof host)) {
		snprintf(line, sizeof line, "port %s on %s", port, host);
		infer_about(in, "container", name, line);
	}
}

static void
infer_tag(struct infer *in, const struct words *cmd, size_t i)
{
	struct buf same cleanup_buf = BUF_INIT(BUF_OURS);

	if (i + 2 != cmd->n || cmd->w[i]->dynamic || cmd->w[i + 1]->dynamic)
		return;
	buf_adds(&same, "same as ");
	infer_quote(&same, cmd->w[i]->text);
	infer_forget(in, "image", cmd->w[i + 1]->text);
	infer_about(in, "image", cmd->w[i + 1]->text, same.s);
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
	infer_quote(&line, cmd->w[i]->text);
	buf_adds(&line, " same as ");
	infer_quote(&line, cmd->w[i]->text);
	infer_add(in, line.s, NULL);
}

/* The id of a container on the author's machine says nothing here. */
static bool
is_id(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return s[n] == '\0' && n >= 12;
}

/* What the step itself takes away again was made all the same: "docker NAME *what*" has
 * been run, in place of the check of what it left. */
static void
infer_passing(struct infer *in, const char *subject, const char *name)
{
	bool image = *subject == 'i';

	for (size_t i = 0; i < in->step->nchecks; i++) {
		const struct lesson_check *c = &in->step->checks[i];
		const char *own = lesson_arg(c, "NAME"), *of = lesson_arg(c, "IMAGE");
		struct buf b cleanup_buf = BUF_INIT(BUF_OURS);
		char glob[200];

		if (!str_eq(c->verb->subject, subject) || own == NULL ||
		    !str_eq(own, name) ||
		    !str_eq(c->verb->pattern, image ? "NAME built" : "NAME of IMAGE"))
			continue;
		snprintf(glob, sizeof glob,
		    image ? "docker *build *%.100s*" : "docker *run *%.100s*",
		    image ? own : of);
		buf_adds(&b, "run ");
		infer_quote(&b, glob);
		infer_add(in, b.s, NULL);
		return;
	}
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
		} else if (cmd->w[i]->dynamic || *name == '<' || is_id(name)) {
			/* It may be any of them. */
			infer_forget(in, subject, NULL);
		} else {
			infer_passing(in, subject, name);
			infer_forget(in, subject, name);
			infer_about(in, subject, name, state);
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
	infer_quote(&line, glob.s);
	c = infer_add(in, line.s, NULL);
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

void
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
