/*
 * run.c - the commands of a shell block
 *
 * Tutorials mix prompts, commands and output.  With prompts, what has one is a
 * command and all else is output; without, the block is commands until a line
 * looks like something that docker prints.
 */
#include "src/lesson/part.h"
#include "src/lesson/words.h"
#include <ctype.h>

/* More commands than this in one block are no tutorial. */
enum { COMMANDS_MAX = 1000 };

enum prompt { PROMPT_NONE, PROMPT_USER, PROMPT_ROOT, PROMPT_CONTAINER };

bool
run_is_command_word(const char *s, size_t len)
{
	static const char *const words[] = {"docker", "cd", "mkdir", "ls", "cat", "echo",
	    "curl", "pip", "pip3", "python", "python3", "touch", "nano", "vi", "vim",
	    "git", "apt", "apt-get", "sudo", "npm", "cp", "mv", "rm", "export", "source",
	    "wget", "docker-compose", "chmod", "tree", "grep", "pwd", "winpty", "brew",
	    "dockerd", "whoami", "uname", "systemctl", "podman", "node", "npx", "clear",
	    "drydock"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && strncmp(words[i], s, len) == 0)
			return true;
	return false;
}

static bool
command_follows(const char *s)
{
	return run_is_command_word(s, strcspn(s, " \t\n\\;|&"));
}

static bool
is_hex(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdef") >= n;
}

/* "user@host:~/x$ ", "[user@host x]$ ", "root@0123456789ab:/# ": the prompt's length. */
static size_t
user_host_prompt(const char *s, enum prompt *kind)
{
	size_t bracket = *s == '[';
	const char *word =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t user = strspn(s + bracket, word), host, end;

	if (user == 0 || s[bracket + user] != '@')
		return 0;
	host = bracket + user + 1;
	end = host + strcspn(s + host, "$#%\n>");
	if (s[end] == '\0' || s[end] == '\n' || s[end] == '>' ||
	    (s[end + 1] != ' ' && s[end + 1] != '\0'))
		return 0;
	*kind = is_hex(s + host, 12) ? PROMPT_CONTAINER : PROMPT_USER;
	return end + 1;
}

/* "/app # ", "bash-5.1$ ": prompts of shells in containers. */
static size_t
container_prompt(const char *s)
{
	size_t n = 0;

	if (*s == '/')
		n = strcspn(s, " \n");
	else if (str_starts(s, "bash-") || str_starts(s, "sh-"))
		n = strcspn(s, "$#\n ");
	else
		return 0;
	if (*s == '/' && s[n] == ' ')
		n++;
	return (s[n] == '#' || s[n] == '$') && (s[n + 1] == ' ' || s[n + 1] == '\0')
		   ? n + 1
		   : 0;
}

/* "PS C:\x> ", "C:\x>" */
static size_t
windows_prompt(const char *s)
{
	size_t n = str_starts(s, "PS ") ? 3 : 0;

	if (n == 3 && s[3] == '>')
		return 4;
	if (!isalpha((unsigned char)s[n]) || s[n + 1] != ':' || s[n + 2] != '\\')
		return str_starts(s, "PS> ") ? 3 : 0;
	n += strcspn(s + n, ">\n");
	return s[n] == '>' ? n + 1 : 0;
}

/* The prompt at the beginning of the line: kind, and length with its blanks. */
static enum prompt
prompt_of(const char *line, size_t *ret_len)
{
	const char *s = line + strspn(line, " \t");
	enum prompt kind = PROMPT_USER;
	size_t n;

	if (*s == '(' && (n = strcspn(s, ")")) < 30 && s[n] == ')' && s[n + 1] == ' ' &&
	    memchr(s, ' ', n) == NULL)
		s += n + 2;
	if (*s == '$' && (s[1] == ' ' || s[1] == '\0' || command_follows(s + 1)))
		n = 1;
	else if (*s == '#' && s[1] == ' ' && command_follows(s + 2))
		n = 1, kind = PROMPT_ROOT;
	else if (*s == '%' && s[1] == ' ' && command_follows(s + 2))
		n = 1;
	else if (str_starts(s, "\xe2\x9d\xaf ") || str_starts(s, "\xe2\x9e\x9c "))
		n = 3;
	else if ((n = user_host_prompt(s, &kind)) == 0 && (n = windows_prompt(s)) == 0) {
		n = container_prompt(s);
		kind = PROMPT_CONTAINER;
	}
	if (n == 0)
		return PROMPT_NONE;
	s += n;
	*ret_len = (size_t)(s + strspn(s, " \t") - line);
	return kind;
}

static bool
looks_like_output(const char *line)
{
	static const char *const starts[] = {"CONTAINER ID", "REPOSITORY ", "IMAGE  ",
	    "NAME  ", "NETWORK ID", "DRIVER  ", "Step 1/", "Sending build context",
	    "Successfully ", "Unable to find image", "Using default tag",
	    "sha256:", "[+] ", "Digest: ", "Status: ", " ---> ", "Hello from Docker",
	    "Error response", "docker: Error", "Pulling from", "latest: Pulling",
	    "Removing intermediate", "Docker version",
	    "Client:", "Server:", "Untagged:", "Deleted:", "The push refers",
	    "Collecting ", "Login Succeeded", "=> ", "#1 ", "Cloning into",
	    "Total reclaimed"};
	size_t hex = strspn(line, "0123456789abcdef"), word = strcspn(line, " \t");

	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (str_starts(line, starts[i]))
			return true;
	if (hex == 12 || hex == 64)
		return line[hex] == '\0' || line[hex] == ' ' || line[hex] == ':';
	/* No command begins so: "latest: Pulling", "-rw-r--r--", "{", "Hello there". */
	if (word > 1 && line[word - 1] == ':')
		return true;
	if (strchr("{}]|+<*=-\",>%", *line) != NULL)
		return *line != '\0';
	if (*line == '[')
		return line[1] != ' ' && line[1] != '[';
	return isupper((unsigned char)*line) && memchr(line, '=', word) == NULL &&
	       memchr(line, '/', word) == NULL && memchr(line, '-', word) == NULL;
}

/* Docker's own commands, for telling them from talk of docker. */
static bool
is_docker_command(const char *line)
{
	static const char *const words[] = {"attach", "build", "builder", "buildx",
	    "commit", "compose", "container", "context", "cp", "create", "diff", "events",
	    "exec", "export", "history", "image", "images", "import", "info", "inspect",
	    "kill", "load", "login", "logout", "logs", "network", "node", "pause",
	    "plugin", "port", "ps", "pull", "push", "rename", "restart", "rm", "rmi",
	    "run", "save", "search", "secret", "service", "stack", "start", "stats",
	    "stop", "swarm", "system", "tag", "top", "unpause", "update", "version",
	    "volume", "wait"};
	const char *s = str_after(line, "sudo ");
	size_t n;

	s = str_after(s != NULL ? s : line, "docker ");
	if (s == NULL)
		return str_starts(line, "docker-compose ");
	n = strcspn(s, " ");
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == n && strncmp(words[i], s, n) == 0)
			return true;
	return *s == '-';
}

/* Behind output, without a prompt: is this a command again? */
static bool
is_command_again(const char *line, bool after_blank)
{
	static const char *const words[] = {"curl", "cd", "mkdir", "echo", "cat"};
	size_t n = strcspn(line, " ");

	if (is_docker_command(line))
		return true;
	for (size_t i = 0; after_blank && line[n] == ' ' && i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == n && strncmp(words[i], line, n) == 0)
			return true;
	return false;
}

/* `docker run -it IMAGE sh`: what follows is typed in there. */
static bool
opens_shell(const char *command)
{
	static const char *const shells[] = {" sh", " bash", "/sh", "/bash", " ash"};

	if (!is_docker_command(command) || strstr(command, " -") == NULL ||
	    (strstr(command, "it ") == NULL && strstr(command, "ti ") == NULL &&
		strstr(command, "-i -t") == NULL && strstr(command, "-t -i") == NULL))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(shells); i++)
		if (str_ends(command, shells[i]))
			return true;
	return false;
}

/* `docker stop web` answers "web". */
static bool
echoes(const struct lesson_action *a, const char *line)
{
	const char *last = a->ncommands ? a->commands[a->ncommands - 1].text : "";
	const char *word = strrchr(last, ' ');

	return word != NULL && is_docker_command(last) && str_eq(word + 1, line);
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

/* Words that stand for something (IMAGE, CONTAINER) in a docker command: how many;
 * COMMAND counts twice. */
static size_t
capitals(const char *s)
{
	struct tokens ts cleanup_tokens = {0};
	size_t found = 0;

	if (!str_starts(s, "docker ") || !tokens_shell(s, &ts))
		return 0;
	for (size_t i = 1; i < ts.len; i++) {
		const char *w = ts.t[i].text, *before = ts.t[i - 1].text;
		bool value = before[0] == '-' && strchr("es", before[1]) != NULL;

		if (ts.t[i].quoted || ts.t[i].op || value || strlen(w) < 3 ||
		    str_eq(before, "--build-arg") || str_eq(before, "--env") ||
		    strspn(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-:.[]|") != strlen(w))
			continue;
		found += str_eq(w, "COMMAND") || str_eq(w, "OPTIONS") ? 2 : 1;
	}
	return found;
}

/* "docker run [OPTIONS] IMAGE", "docker tag <a> <b>": a form, not a command. */
static bool
is_synopsis(const char *s)
{
	struct vec seen cleanup_vec = VEC_INIT;

	if (strstr(s, "[OPTIONS]") != NULL || strstr(s, "...]") != NULL ||
	    strstr(s, "[options]") != NULL || strstr(s, "[COMMAND]") != NULL ||
	    capitals(s) > 1)
		return true;
	for (const char *p = s; *p != '\0'; p++) {
		size_t n = *p == '<' ? placeholder_at(p, true) : 0;

		if (n > 0) {
			char *one cleanup_free = xstrndup(p, n);

			if (!vec_has(&seen, one))
				vec_add(&seen, one);
		}
	}
	return seen.len > 1;
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
	if (*whole == '\0' || *whole == '#' || is_synopsis(whole))
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

		blank = *t == '\0';
		output |= looks_like_output(line) || echoes(a, line);
		output &= !is_command_again(line, was_blank);
		inside &= !is_docker_command(line);
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
	size_t indent = 0, len;
	bool bare = false;

	split_lines(&b.lines, a->text);
	for (size_t i = 0; i < b.lines.len; i++) {
		const char *t = b.lines.v[i] + strspn(b.lines.v[i], " \t");
		enum prompt kind = prompt_of(b.lines.v[i], &len);

		if (first == NULL && *t != '\0' && *t != '#')
			first = t;
		bare |= command_follows(t);
		if (user == PROMPT_NONE &&
		    (kind == PROMPT_USER || (kind == PROMPT_ROOT && !bare))) {
			user = kind;
			indent = strspn(b.lines.v[i], " \t");
			b.backticks |= t[0] == 'P' && t[1] == 'S';
		}
	}
	/* "# docker ..." above a bare command is a remark. */
	if (user == PROMPT_ROOT && bare)
		user = PROMPT_NONE;
	if (user != PROMPT_NONE)
		read_prompted(&b, indent, user);
	else if (first != NULL &&
		 ((labelled && !str_eq(a->info, "console")) || command_follows(first)))
		read_bare(&b);
	vec_done(&b.lines);
	for (size_t i = 0; i < a->ncommands; i++)
		for (char *o = a->commands[i].output; *o != '\0' && str_ends(o, "\n");)
			o[strlen(o) - 1] = '\0';
	return a->ncommands > 0;
}
