/*
 * prompt.c - the prompts of the shells that people copy from
 *
 * Strange ones are believed only before something that is known as a command: a
 * line of output may begin with a "$" or a ">" as well.
 */
#include "src/lesson/run.h"
#include <ctype.h>

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
	    (s[end + 1] != ' ' && s[end + 1] != '\0' && !run_is_docker(s + end + 1)))
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

/* "➜  app git:(main) ✗ docker ps": what stands between the arrow and the command. */
static size_t
arrow_prompt(const char *s)
{
	const char *docker;

	if (!str_starts(s, "\xe2\x9d\xaf ") && !str_starts(s, "\xe2\x9e\x9c "))
		return 0;
	docker = strstr(s, " docker ");
	if (run_command_follows(s + 3 + strspn(s + 3, " ")) || docker == NULL ||
	    docker - s > 60 || memchr(s, '"', (size_t)(docker - s)) != NULL)
		return 3;
	return (size_t)(docker - s);
}

/* "mac:app ann$ docker ps", "1 $ docker ps", "host> docker ps": any short word or two,
 * when what follows the sign is a docker command beyond doubt. */
static size_t
strange_prompt(const char *s)
{
	size_t n = strcspn(s, "$#%>\n"), after = n + 1;

	while (s[n] == '$' && s[n + 1] == '{')
		n += 1 + strcspn(s + n + 1, "$#%>\n"), after = n + 1;
	if (s[n] == '\0' || s[n] == '\n' || n > 50 || s[after] != ' ' ||
	    !run_is_docker(s + after + strspn(s + after, " ")) ||
	    memchr(s, '"', n) != NULL || memchr(s, '=', n) != NULL ||
	    memchr(s, '|', n) != NULL || (*s != '~' && run_is_known_tool(s)))
		return 0;
	/* A remark, a redirection. */
	if ((s[n] == '#' || s[n] == '>') && n > 0 && s[n - 1] == ' ' && *s != '~')
		return 0;
	return s[n] == '#' && n == 0 ? 0 : after;
}

/* "1 $ ls", "2 /app # ls": a number in front says which terminal. */
static size_t
terminal_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 3 && s[n] == ' ' &&
		       (str_starts(s + n + 1, "$ ") || container_prompt(s + n + 1) > 0)
		   ? n + 1
		   : 0;
}

/* The prompt at the beginning of the line: kind, and length with its blanks. */
enum prompt
prompt_of(const char *line, size_t *ret_len)
{
	const char *s = line + strspn(line, " \t");
	enum prompt kind = PROMPT_USER;
	size_t n;

	s += terminal_number(s);
	if (*s == '(' && (n = strcspn(s, ")")) < 30 && s[n] == ')' && s[n + 1] == ' ' &&
	    memchr(s, ' ', n) == NULL)
		s += n + 2;
	if (*s == '$' && (s[1] == ' ' || s[1] == '\0' || run_command_follows(s + 1)))
		n = 1;
	else if (*s == '#' && s[1] == ' ' && run_command_follows(s + 2))
		n = 1, kind = PROMPT_ROOT;
	else if (*s == '%' && s[1] == ' ' && run_command_follows(s + 2))
		n = 1;
	else if (str_starts(s, "$> ") || str_starts(s, ">$ "))
		n = 2;
	else if ((n = arrow_prompt(s)) > 0 || (n = strange_prompt(s)) > 0)
		kind = PROMPT_USER;
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
