/*
 * rules_line.c - mistakes in how a line was typed
 */
#include "src/coach/private.h"
#include <ctype.h>

bool
rule_prompt(struct see *s)
{
	return str_starts(s->line, "$ ") || str_starts(s->line, "# docker") ||
	       (str_starts(s->line, "PS ") && strchr(s->line, '>') != NULL) ||
	       str_starts(s->line, "> ");
}

/* <your_name>: one word of letters between angle brackets. */
bool
rule_placeholder(struct see *s)
{
	for (const char *p = strchr(s->line, '<'); p != NULL; p = strchr(p + 1, '<')) {
		size_t n = 1;

		while (isalnum((unsigned char)p[n]) || strchr("_- .", p[n] ? p[n] : '!'))
			n++;
		if (n > 1 && p[n] == '>' && isalpha((unsigned char)p[1])) {
			char word[80];

			snprintf(
			    word, sizeof word, "%.*s", (int)(n + 1 < 79 ? n + 1 : 79), p);
			see_set(s, "word", word);
			return true;
		}
	}
	return false;
}

/* Quotes and dashes as a word processor makes them. */
bool
rule_typographic(struct see *s)
{
	static const char *const marks[] = {
	    "\u2013", "\u2014", "\u201c", "\u201d", "\u2018", "\u2019", "\u00a0"};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strstr(s->line, marks[i]) != NULL) {
			see_set(s, "mark", i == 6 ? "a blank that is none" : marks[i]);
			return true;
		}
	return false;
}

bool
rule_sudo(struct see *s)
{
	return s->words.len > 1 && str_eq(s->words.v[0], "sudo");
}

/* Commands that beginners try and the workstation does not have. */
static const struct {
	const char *words, *advice;
} absent[] = {{" vim nvim emacs code gedit subl atom notepad kate pico ed ",
		  "Write files with `nano`, or open the workspace in the editor of your "
		  "own machine: "
		  "it is an ordinary folder there."},
    {" git svn hg ",
	"Nothing of the course needs it; the workspace is an ordinary folder, so you can "
	"use it in another window."},
    {" man info ",
	"Put `--help` behind the command; `help` lists the words of the tutor."},
    {" ping traceroute nslookup dig host telnet nc netcat ",
	"To ask whether a server answers, use `curl` and its address."},
    {" wget httpie http ",
	"`curl` and the address does the same; `curl -o FILE` keeps it."},
    {" ip ifconfig ipconfig netstat ss lsof ",
	"`docker ps` shows the published ports, `docker inspect` the addresses."},
    {" gcc g++ make cc cmake node npm go java ",
	"Programs are installed in images: with `RUN` in a Dockerfile."},
    {" brew yum dnf apk pacman snap choco ",
	"Software goes into images: `RUN apt-get install` in a Dockerfile."},
    {" flask gunicorn django-admin ",
	"The application runs in the container; to try it here, `pip install` it first."},
    {" systemctl service dockerd ",
	"There is no service to start: Docker is ready as soon as there is a prompt."},
    {" open xdg-open start firefox chrome ",
	"Open the address in the browser of your own machine, or use `curl`."},
    {" podman nerdctl ", "Type `docker` in its place."}, {" cls ", "Type `clear`."},
    {" dir ", "Type `ls`."}, {" copy ", "Type `cp`."}, {" move ren ", "Type `mv`."},
    {" del erase ", "Type `rm`."},
    {" unzip zip ", "`python -m zipfile` reads and makes such files."},
    {" ssh scp ", "Nothing outside of this machine can be reached from here."}};

bool
rule_command_none(struct see *s)
{
	cleanup_free char *word = NULL;

	if (s->words.len == 0 || strchr(s->words.v[0], ' ') != NULL)
		return false;
	word = xasprintf(" %s ", s->words.v[0]);
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		if (strstr(absent[i].words, word) != NULL) {
			see_set(s, "word", s->words.v[0]);
			see_set(s, "advice", absent[i].advice);
			return true;
		}
	return false;
}

/* "docer: command not found" */
bool
rule_command_typo(struct see *s)
{
	static const char *const known[] = {"docker", "curl", "nano", "cat", "ls", "cd",
	    "mkdir", "echo", "python", "pip", "touch", NULL};
	const char *word = s->words.len > 0 ? s->words.v[0] : "";
	/* two letters of three are no likeness */
	const char *near = str_nearest(word, known, strlen(word) < 5 ? 2 : 3);

	if (near == NULL || str_eq(near, word))
		return false;
	see_set(s, "word", word);
	see_set(s, "near", near);
	return true;
}

/* "docker: unknown command: docker buid" is taken by the table. */
bool
rule_docker_typo(struct see *s)
{
	static const char *const known[] = {"build", "run", "ps", "images", "image",
	    "container", "logs", "stop", "start", "restart", "rm", "rmi", "exec",
	    "history", "inspect", "tag", "pull", "push", "login", "load", "save", "kill",
	    "version", "info", "network", "volume", NULL};
	const char *near = str_nearest(see_get(s, "word"), known, 3);

	if (near == NULL)
		return false;
	see_set(s, "near", near);
	return true;
}

bool
rule_folder(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT;
	const char *near;

	if (s->words.len < 2 || !str_eq(s->words.v[0], "cd"))
		return false;
	see_set(s, "word", s->words.v[1]);
	see_strings(see_scene(s, "files"), &names);
	near = see_nearest(s->words.v[1], &names);
	see_set(s, "near", near != NULL ? near : "..");
	return true;
}

/* -name for --name: Docker reads single letters. */
bool
rule_single_dash(struct see *s)
{
	for (size_t i = 0; i < s->docker.len; i++) {
		const char *w = s->docker.v[i];

		if (w[0] == '-' && isalpha((unsigned char)w[1]) &&
		    isalpha((unsigned char)w[2]) && isalpha((unsigned char)w[3])) {
			see_set(s, "word", w);
			return true;
		}
	}
	return false;
}
