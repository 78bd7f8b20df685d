/*
 * run.c - the commands of a shell block
 *
 * Tutorials mix prompts, commands and output.  With prompts, what has one is a
 * command and all else is output; without, the block is commands until a line
 * looks like something that docker prints.
 */
#include "src/lesson/run.h"
#include "src/lesson/words.h"
#include <ctype.h>

/* More commands than this in one block are no tutorial. */
enum { COMMANDS_MAX = 1000 };

/* `docker run -it IMAGE sh`, `docker run -it ubuntu`: what follows is typed in there. */
static bool
opens_shell(const char *command)
{
	static const char *const shells[] = {" sh", " bash", "/sh", "/bash", " ash"};
	static const char *const images[] = {
	    "ubuntu", "debian", "alpine", "busybox", "centos", "fedora"};
	const char *image = strrchr(command, ' ');

	if (!run_is_docker(command) || strstr(command, " -") == NULL ||
	    (strstr(command, "it ") == NULL && strstr(command, "ti ") == NULL &&
		strstr(command, "-i -t") == NULL && strstr(command, "-t -i") == NULL))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(shells); i++)
		if (str_ends(command, shells[i]))
			return true;
	for (size_t i = 0; image != NULL && i < ARRAY_LEN(images); i++) {
		const char *tag = str_after(image + 1, images[i]);

		if (tag != NULL && (*tag == '\0' || *tag == ':'))
			return strstr(command, " run ") != NULL;
	}
	return false;
}

/* `docker stop web` answers "web", `docker run busybox echo hello` "hello"; and what is
 * no command anybody knows is the answer of the docker command right above it. */
static bool
answers(const struct lesson_action *a, const char *line, bool after_blank)
{
	const char *last = a->ncommands ? a->commands[a->ncommands - 1].text : "";
	const char *word = strrchr(last, ' ');

	if (word == NULL || !run_is_docker(last))
		return false;
	return str_eq(word + 1, line) || (!after_blank && !run_is_known_tool(line));
}

struct block {
	struct lesson_action *a;
	struct vec lines;
	size_t at;
	size_t budget;  /* bytes that may still be looked at to join lines */
	bool backticks; /* PowerShell */
};

static void
append(char **to, const char *line)
{
	char *longer = **to != '\0' ? xasprintf("%s\n%s", *to, line) : xstrdup(line);

	free(*to);
	*to = longer;
}

/* Takes text. */
static void
add_command(struct lesson_action *a, char *text, int line)
{
	a->commands = xrealloc(a->commands, (a->ncommands + 1) * sizeof *a->commands);
	a->commands[a->ncommands++] = (struct lesson_command){
	    .text = text, .output = xstrdup(""), .inside = xstrdup(""), .line = line};
}

/* Placeholders are no redirections; for the scanner they become words. */
static bool
is_complete(const char *text)
{
	char *copy cleanup_free = xstrdup(text);

	for (char *p = copy; *p != '\0'; p++) {
		size_t n = placeholder_at(p, p == copy || !isalnum((unsigned char)p[-1]));

		if (n > 0)
			memset(p, 'x', n);
	}
	return lesson_command_complete(copy);
}

/* Cuts a remark off the end of a one-line command. */
static void
cut_remark(char *text)
{
	struct tokens ts cleanup_tokens = {0};

	if (strchr(text, '\n') == NULL && strstr(text, " #") != NULL &&
	    tokens_shell(text, &ts) && ts.len > 0)
		text[ts.end] = '\0';
}

/* A continuation line without the prompt that some shells show there. */
static const char *
continuation(const char *line, bool prompted, bool goes_on)
{
	size_t len;

	if (!prompted)
		return line;
	if (str_starts(line, "> "))
		return line + 2;
	if (str_starts(line, ">> "))
		return line + 3;
	if (goes_on && line[0] == '$' && prompt_of(line, &len) == PROMPT_USER)
		return line + len;
	return line;
}

/* How a line goes on elsewhere (` in PowerShell, ^ in cmd) becomes bash's way; a blank
 * behind the backslash, which bash would not forgive, is taken off. */
static void
mend_end(struct block *b, struct buf *text)
{
	size_t n = text->len;

	while (n > 0 && strchr(" \t", text->s[n - 1]) != NULL)
		n--;
	if (n < 2 || b->at + 1 >= b->lines.len)
		return;
	if (text->s[n - 1] == '\\' && n < text->len && text->s[n - 2] == ' ')
		buf_cut(text, n);
	else if (n == text->len && ((b->backticks && text->s[n - 1] == '`') ||
				       (text->s[n - 1] == '^' && text->s[n - 2] == ' ')))
		text->s[n - 1] = '\\';
}

/* The command that begins with `first`, with as many lines more as it needs. */
static void
take_command(struct block *b, const char *first, bool prompted)
{
	struct buf text cleanup_buf = BUF_INIT(BUF_OURS);
	size_t from = b->at, next = b->at + 1;
	char *whole;

	buf_adds(&text, first);
	for (;;) {
		bool goes_on;

		mend_end(b, &text);
		if (is_complete(text.s) &&
		    (text.len == 0 || text.s[text.len - 1] != '\\'))
			break;
		b->budget -= text.len < b->budget ? text.len : b->budget;
		if (next >= b->lines.len || b->budget == 0) {
			/* Never finished: then the line was meant as it stands. */
			buf_clear(&text);
			buf_adds(&text, first);
			next = from + 1;
			break;
		}
		goes_on = str_ends(text.s, "\\");
		buf_addc(&text, '\n');
		buf_adds(&text, continuation(b->lines.v[next++], prompted, goes_on));
	}
	b->at = next;
	whole = xstrdup(text.s);
	cut_remark(whole);
	memmove(whole, whole + strspn(whole, " \t"),
	    strlen(whole + strspn(whole, " \t")) + 1);
	while (*whole != '\0' && strchr(" \t\n", whole[strlen(whole) - 1]) != NULL)
		whole[strlen(whole) - 1] = '\0';
	if (*whole == '\0' || *whole == '#' || run_is_synopsis(whole))
		free(whole);
	else
		add_command(b->a, whole, b->a->line + 1 + (int)from);
}

static void
read_prompted(struct block *b, size_t indent, enum prompt user)
{
	struct lesson_action *a = b->a;
	bool inside = false;

	while (b->at < b->lines.len && a->ncommands < COMMANDS_MAX) {
		const char *line = b->lines.v[b->at];
		size_t len = 0;
		enum prompt kind = prompt_of(line, &len);
		struct lesson_command *last =
		    a->ncommands ? &a->commands[a->ncommands - 1] : NULL;

		if (kind == PROMPT_ROOT && user != PROMPT_ROOT)
			kind = PROMPT_NONE;
		if (kind != PROMPT_NONE && strspn(line, " \t") != indent)
			kind = PROMPT_NONE;
		/* "root@web:/app#" below `docker exec -it web bash` */
		if (inside && kind != PROMPT_NONE && str_starts(line, "root@"))
			kind = PROMPT_CONTAINER;
		if (kind == PROMPT_CONTAINER) {
			inside = !str_eq(line + len, "exit");
			if (last != NULL && line[len] != '\0')
				append(&last->inside, line + len);
			b->at++;
		} else if (kind != PROMPT_NONE) {
			take_command(b, line + len, true);
			inside = a->ncommands > 0 &&
				 opens_shell(a->commands[a->ncommands - 1].text);
		} else if (last == NULL && run_is_docker(line)) {
			/* The first one was copied without its prompt. */
			take_command(b, line, false);
		} else {
			if (last != NULL)
				append(&last->output, line);
			b->at++;
		}
	}
}

static void
read_bare(struct block *b)
{
	struct lesson_action *a = b->a;
	bool output = false, blank = false, inside = false;

	while (b->at < b->lines.len && a->ncommands < COMMANDS_MAX) {
		const char *line = b->lines.v[b->at], *t = line + strspn(line, " \t");
		struct lesson_command *last =
		    a->ncommands > 0 ? &a->commands[a->ncommands - 1] : NULL;
		bool was_blank = blank;

		blank = *t == '\0' || *t == '#';
		output |= !blank && (run_looks_like_output(t) ||
					(!inside && answers(a, t, was_blank)));
		output &= !run_is_command_again(t, was_blank);
		inside &= !run_is_docker(t);
		if (output && last != NULL)
			append(&last->output, line);
		else if (inside && *t != '\0' && *t != '#')
			append(&last->inside, t);
		inside &= !str_eq(t, "exit");
		if (output || inside || *t == '\0' || *t == '#' ||
		    (last != NULL && str_eq(t, "exit"))) {
			b->at++;
			continue;
		}
		take_command(b, line, false);
		inside =
		    a->ncommands > 0 && opens_shell(a->commands[a->ncommands - 1].text);
	}
}

static void
split_lines(struct vec *lines, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		vec_take(lines, xstrndup(text, n));
		text += n + (text[n] == '\n');
	}
}

bool
run_read(struct lesson_action *a, bool labelled)
{
	struct block b = {
	    .a = a, .lines = VEC_INIT, .budget = 4 << 20, .backticks = *a->info == 'p'};
	enum prompt user = PROMPT_NONE;
	const char *first = NULL;
	size_t indent = 0, from = 0, len;
	bool bare = false, prompted = false;

	split_lines(&b.lines, a->text);
	for (size_t i = 0; i < b.lines.len; i++) {
		const char *t = b.lines.v[i] + strspn(b.lines.v[i], " \t");
		enum prompt kind = prompt_of(b.lines.v[i], &len);

		if (first == NULL && *t != '\0' && *t != '#')
			first = t, from = (size_t)(t - b.lines.v[i]);
		bare |= run_command_follows(t);
		prompted |= kind != PROMPT_NONE && run_is_docker(b.lines.v[i] + len);
		if (user == PROMPT_NONE &&
		    (kind == PROMPT_USER || (kind == PROMPT_ROOT && !bare))) {
			user = kind;
			indent = strspn(b.lines.v[i], " \t");
			b.backticks |= t[0] == 'P' && t[1] == 'S';
		}
	}
	/* hello-world answers with a prompt of its own, a blank in. */
	if (user != PROMPT_NONE && indent > from && first != NULL) {
		if (run_looks_like_output(first)) {
			vec_done(&b.lines);
			return false;
		}
		prompted &= !run_is_docker(first);
	}
	/* "# docker ..." above a bare command is a remark; and when the first command is
	 * bare and no docker command has a prompt, what has one is output ("$ node
	 * app.js"). */
	if ((user == PROMPT_ROOT && bare) ||
	    (first != NULL && run_is_docker(first) && !prompted))
		user = PROMPT_NONE;
	if (user != PROMPT_NONE)
		read_prompted(&b, indent, user);
	else if (first != NULL && ((labelled && !str_eq(a->info, "console")) ||
				      run_command_follows(first)))
		read_bare(&b);
	vec_done(&b.lines);
	for (size_t i = 0; i < a->ncommands; i++)
		for (char *o = a->commands[i].output; *o != '\0' && str_ends(o, "\n");)
			o[strlen(o) - 1] = '\0';
	return a->ncommands > 0;
}
