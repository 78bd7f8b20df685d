/*
 * explain.c - a command, or what it answered, in plain words
 *
 * What options do is asked of docker's own help, so it is as true as that; what they are
 * good for is the coach's.
 */
#include "src/check/check.h"
#include "src/coach/coach.h"
#include "src/shell/private.h"
#include <ctype.h>
#include <stdlib.h>

enum { HELP_MAX = 256 << 10, HELP_MS = 5000 };

/* docker's help for the command in words[1]...; *ret_len words name it. */
static int
ask_help(struct shell *sh, const struct vec *words, size_t *ret_len, struct buf *help)
{
	for (size_t n = words->len > 2 ? 2 : 1; n > 0; n--) {
		cleanup_vec struct vec argv = VEC_INIT;
		struct sandbox_client client = SANDBOX_CLIENT_INIT;

		if (words->len <= n || words->v[n][0] == '-')
			continue;
		for (size_t i = 1; i <= n; i++)
			vec_add(&argv, words->v[i]);
		vec_add(&argv, "--help");
		client.asked = true;
		buf_clear(help);
		if (sandbox_docker_capture(
			sh->sandbox, &client, argv.v, HELP_MS, help, NULL) == 0 &&
		    strstr(help->s, "Usage:") != NULL) {
			cleanup_free char *usage = xasprintf(
			    "docker %s %s", words->v[1], n > 1 ? words->v[2] : "");

			*ret_len = n;
			if (n == 1 || strstr(help->s, str_trim(usage)) != NULL)
				return 0;
		}
	}
	return -1;
}

/* The text of an option in the help, continuation lines joined.  Gives, or NULL. */
static char *
option_text(const char *help, const char *option)
{
	const char *line = strstr(help, "Options:");
	size_t n = strlen(option);

	for (; line != NULL; line = strchr(line, '\n')) {
		const char *at = line += *line == '\n';
		struct buf b = BUF_INIT(BUF_OURS);

		at += strspn(at, " ");
		for (const char *w = at; *w == '-'; w += strspn(w, ", ")) {
			size_t len = strcspn(w, " ,\n");

			if (len == n && strncmp(w, option, n) == 0) {
				at = NULL;
				break;
			}
			w += len;
			if (*w != ',')
				break;
		}
		if (at != NULL)
			continue;
		at = line + strspn(line, " ");
		while (*at != '\0' && *at != '\n' && strncmp(at, "   ", 3) != 0)
			at++; /* past the names and the kind of value */
		for (;;) {
			at += strspn(at, " ");
			buf_add(&b, at, strcspn(at, "\n"));
			at = strchr(at, '\n');
			if (at == NULL || strncmp(at, "\n          ", 11) != 0 ||
			    at[1 + strspn(at + 1, " ")] == '-')
				return buf_take(&b);
			buf_addc(&b, ' ');
			at++;
		}
	}
	return NULL;
}

static void
tell(struct shell *sh, const char *word, const char *text)
{
	cleanup_free char *first = xasprintf("  %-12s ", word);

	view_wrapped(sh, "", first, text);
}

/* One option as it was written; "-it" is two. */
static void
tell_option(struct shell *sh, const char *help, const char *command, const char *word)
{
	size_t n = strcspn(word, "=");
	bool longer = str_starts(word, "--");

	for (size_t i = 1; longer ? i == 1 : i < n; i++) {
		char letter[3] = {'-', word[i], '\0'};
		cleanup_free char *name = longer ? xstrndup(word, n) : xstrdup(letter);
		cleanup_free char *text = option_text(help, name);
		const char *plain = coach_plain(command, name);

		if (plain != NULL)
			tell(sh, name, plain);
		else if (text != NULL)
			tell(sh, name, text);
		else if (longer || i == 1)
			tell(sh, name, "no option of this command");
		else
			return; /* -p8080:80: the rest is its value */
		if (text != NULL && strstr(text, "list") != NULL)
			return;
	}
}

static void
explain_docker(struct shell *sh, const struct vec *words)
{
	cleanup_buf struct buf help = BUF_INIT(HELP_MAX);
	const char *command, *plain;
	size_t named = 0;
	char *summary, *end;

	if (sh->sandbox == NULL || ask_help(sh, words, &named, &help) < 0) {
		view_text(
		    sh, "Docker has no such command: `docker --help` lists them.\n");
		return;
	}
	command = words->v[named];
	plain = coach_plain(words->v[1], "");
	summary = strstr(help.s, "\n\n");
	summary = summary != NULL ? summary + 2 : help.s;
	end = strchr(summary, '\n');
	cleanup_free char *line =
	    xstrndup(summary, end != NULL ? (size_t)(end - summary) : 0);
	cleanup_free char *name = xasprintf("docker %s%s%s", words->v[1],
	    named > 1 ? " " : "", named > 1 ? words->v[2] : "");
	view_styled(sh, "bold", "%s", name);
	view_text(sh, ": %s\n", line);
	if (plain != NULL)
		view_wrapped(sh, "", "  It ", plain);
	for (size_t i = named + 1; i < words->len; i++) {
		const char *w = words->v[i];

		if (str_eq(w, "|") || str_eq(w, "&&") || str_eq(w, ";"))
			break;
		if (w[0] == '-' && w[1] != '\0')
			tell_option(sh, help.s, command, w);
		else if ((plain = coach_plain(command, w)) != NULL)
			tell(sh, w, plain);
	}
}

/* A message or the name of a thing. */
static bool
explain_text(struct shell *sh, const char *text)
{
	const char *plain = coach_message(text);

	if (plain == NULL)
		return false;
	view_wrapped(sh, "", "", plain);
	return true;
}

static bool
explain_line(struct shell *sh, const char *line)
{
	cleanup_vec struct vec words = VEC_INIT;

	check_split(line, &words);
	while (words.len > 0 && !str_eq(words.v[0], "docker"))
		vec_remove(&words, 0);
	if (words.len < 2)
		return false;
	explain_docker(sh, &words);
	return true;
}

static void
explain_last(struct shell *sh)
{
	struct judge_command command = {
	    .text = sh->last.s, .output = sh->tail.s, .status = sh->last_status};
	cleanup_free char *advice = NULL;
	bool said;

	if (sh->last.len == 0) {
		view_text(sh, "Nothing was run yet. `explain docker run -d` explains a "
			      "command.\n");
		return;
	}
	view_styled(sh, "dim", "$ %s", sh->last.s);
	view_text(sh, "\n");
	said = explain_line(sh, sh->last.s);
	if (sh->last_status != 0)
		said |= explain_text(sh, sh->tail.s);
	if (sh->judge.coach != NULL)
		advice = sh->judge.coach(
		    sh->judge.arg, &sh->lesson->steps[sh->step], &command, &sh->seen);
	if (advice != NULL && advice[0] != '\0')
		view_advice(sh, advice);
	else if (!said)
		view_text(sh,
		    "That is no docker command: it is bash's. It ended with "
		    "status %d.\n",
		    sh->last_status);
}

void
look_explain(struct shell *sh, const char *arg)
{
	cleanup_free char *docker = xasprintf("docker %s", arg);
	cleanup_vec struct vec words = VEC_INIT;

	if (arg[0] == '\0') {
		explain_last(sh);
		return;
	}
	if (explain_line(sh, arg) || explain_text(sh, arg))
		return;
	vec_split(&words, arg, " ");
	if (words.len > 0 && coach_plain(words.v[0], "") != NULL)
		explain_line(sh, docker);
	else
		view_text(sh, "`explain` takes a docker command, or a part of a message; "
			      "alone it explains what came last.\n");
}
