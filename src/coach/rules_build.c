/*
 * rules_build.c - mistakes around docker build
 */
#include "src/coach/private.h"
#include <ctype.h>
#include <stdlib.h>

/* The value of -t, or NULL. */
static const char *
tag_of(const struct see *s)
{
	for (size_t i = 0; i + 1 < s->docker.len; i++)
		if (str_eq(s->docker.v[i], "-t") || str_eq(s->docker.v[i], "--tag"))
			return s->docker.v[i + 1];
	return NULL;
}

/* -t name. : the dot belongs behind a blank. */
bool
rule_dot_glued(struct see *s)
{
	const char *tag = tag_of(s);
	cleanup_free char *name = NULL;

	if (!see_docker(s, "build") || tag == NULL || !str_ends(tag, ".") ||
	    tag[1] == '\0')
		return false;
	name = xstrndup(tag, strlen(tag) - 1);
	see_set(s, "word", tag);
	see_set(s, "name", name);
	return true;
}

bool
rule_no_dot(struct see *s)
{
	if (!see_docker(s, "build"))
		return false;
	see_set(s, "line", s->line);
	return strstr(s->out, "requires exactly 1 argument") != NULL ||
	       strstr(s->out, "requires 1 argument") != NULL;
}

/* A file that was meant to be the Dockerfile: Dockerfile.txt, dockerfile, Dockerfle. */
bool
rule_dockerfile_near(struct see *s)
{
	const json_t *files = see_scene(s, "files"), *one;
	size_t i;

	if (!str_eq(see_get(s, "name"), "Dockerfile"))
		return false;
	json_array_foreach(files, i, one)
	{
		const char *name = json_string_value(one);

		if (name == NULL || str_eq(name, "Dockerfile"))
			continue;
		if (strcasecmp(name, "Dockerfile") != 0 &&
		    strncasecmp(name, "Dockerfile.", 11) != 0 &&
		    str_distance(name, "Dockerfile") > 2)
			continue;
		see_set(s, "near", name);
		return true;
	}
	return false;
}

bool
rule_dockerfile_below(struct see *s)
{
	const char *folder = json_string_value(json_array_get(see_scene(s, "below"), 0));

	if (folder == NULL)
		return false;
	see_set(s, "folder", folder);
	return true;
}

bool
rule_dockerfile_above(struct see *s)
{
	return see_scene(s, "above") != NULL;
}

/* "dockerfile parse error on line 3: unknown instruction: COPYY" */
bool
rule_instruction(struct see *s)
{
	static const char *const known[] = {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT",
	    "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN", "SHELL",
	    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", NULL};
	cleanup_free char *word = xstrdup(see_get(s, "word"));
	const char *near;

	for (char *p = word; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	near = str_nearest(word, known, 4);
	if (near == NULL || !see_take(s, s->out, "number", "parse error on line ", ":"))
		return false;
	see_set(s, "near", near);
	return true;
}

/* 'failed to calculate checksum of ref x::y: "/requirements.txt": not found' */
bool
rule_copy(struct see *s)
{
	const char *at = strstr(s->out, "failed to calculate checksum of ref");

	return at != NULL && see_take(s, at, "name", "\"/", "\"\n");
}

/* The nearest file that is there. */
bool
rule_copy_near(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT;
	const char *near;

	if (!rule_copy(s))
		return false;
	see_strings(see_scene(s, "files"), &names);
	if (vec_has(&names, see_get(s, "name")))
		return false;
	near = see_nearest(see_get(s, "name"), &names);
	if (near == NULL)
		return false;
	see_set(s, "near", near);
	return true;
}

/* It is there, and the build does not see it. */
bool
rule_copy_ignored(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT;

	if (!rule_copy(s))
		return false;
	see_strings(see_scene(s, "files"), &names);
	return vec_has(&names, see_get(s, "name")) && vec_has(&names, ".dockerignore");
}

bool
rule_upper_case(struct see *s)
{
	const char *tag = tag_of(s);
	cleanup_free char *lower = NULL;

	for (size_t i = 0; tag == NULL && i < s->docker.len; i++)
		for (const char *p = s->docker.v[i];
		     *p != '\0' && s->docker.v[i][0] != '-'; p++)
			if (isupper((unsigned char)*p))
				tag = s->docker.v[i];
	if (tag == NULL)
		return false;
	lower = xstrdup(tag);
	for (char *p = lower; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	see_set(s, "word", tag);
	see_set(s, "lower", lower);
	return true;
}

bool
rule_pip_network(struct see *s)
{
	return strstr(s->out, "Temporary failure") != NULL ||
	       strstr(s->out, "Could not resolve") != NULL ||
	       strstr(s->out, "Network is unreachable") != NULL ||
	       strstr(s->out, "bad address") != NULL;
}

/* ---- stages ---- */

static const char *
instruction(const json_t *list, size_t i)
{
	return json_get_str(json_array_get(list, i), "text", "");
}

/* Copies what pip installed, or a folder above it. */
static bool
takes_packages(const char *text)
{
	return str_starts(text, "COPY --from") &&
	       (strstr(text, "packages") != NULL || strstr(text, " /usr ") != NULL ||
		   strstr(text, " /usr/local ") != NULL || strstr(text, "venv") != NULL ||
		   strstr(text, "/install") != NULL || strstr(text, " / ") != NULL ||
		   strstr(text, "wheels") != NULL || strstr(text, ".local") != NULL);
}

/* pip ran above the last FROM only, and nothing below it fetches the packages.  Sets
 * {stage}. */
static bool
packages_left(struct see *s)
{
	const json_t *list = json_object_get(see_scene(s, "dockerfile"), "instructions");
	bool installed = false, stages = false;
	const char *as;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = instruction(list, i);
		bool pip = str_starts(text, "RUN ") && strstr(text, "pip") != NULL &&
			   strstr(text, "install") != NULL;

		if (str_starts(text, "FROM ")) {
			stages = installed;
			continue;
		}
		if (stages && (pip || takes_packages(text)))
			return false;
		if (pip && !stages) {
			installed = true;
			for (size_t k = i; k > 0; k--)
				if (str_starts(instruction(list, k - 1), "FROM ")) {
					as = strcasestr(instruction(list, k - 1), " AS ");
					see_set(s, "stage", as != NULL ? as + 4 : "0");
					break;
				}
		}
	}
	return stages;
}

/* `RUN cd x` alone, and something is not where it was looked for. */
bool
rule_run_cd(struct see *s)
{
	const json_t *list = json_object_get(see_scene(s, "dockerfile"), "instructions");

	if (s->docker.len == 0 || (strstr(s->out, "can't open file") == NULL &&
				      strstr(s->out, "No such file") == NULL))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = instruction(list, i), *to = str_after(text, "RUN cd ");

		if (to == NULL || strpbrk(to, "&;|") != NULL)
			continue;
		see_set(s, "run", text);
		see_set(s, "folder", to);
		return true;
	}
	return false;
}

/* A build that never ended, because a server ran in it. */
bool
rule_run_server(struct see *s)
{
	return see_docker(s, "build") &&
	       (strstr(s->out, "Running on http") != NULL ||
		   strstr(s->out, "Listening at: http") != NULL);
}

/* A requirements.txt that was frozen from a whole computer. */
bool
rule_freeze(struct see *s)
{
	static const char *const marks[] = {
	    " @ file:", "pywin32", "pkg-resources==0.0.0", "-e git+"};
	const char *text = NULL;

	if (strstr(s->out, "No matching distribution") == NULL &&
	    strstr(s->out, "No such file or directory: '") == NULL)
		return false;
	text = json_string_value(see_scene(s, "requirements"));
	for (size_t i = 0; text != NULL && i < ARRAY_LEN(marks); i++)
		if (strstr(text, marks[i]) != NULL) {
			see_set(s, "word", marks[i] + (marks[i][0] == ' '));
			return true;
		}
	return false;
}

bool
rule_compiler(struct see *s)
{
	return strstr(s->out, "command 'gcc' failed") != NULL ||
	       strstr(s->out, "unable to execute 'gcc'") != NULL ||
	       strstr(s->out, "linux-gnu-gcc' failed") != NULL ||
	       strstr(s->out, "Python.h: No such file") != NULL;
}

bool
rule_apt_stale(struct see *s)
{
	return strstr(s->out, "404  Not Found") != NULL;
}

/* Python may not write, and the Dockerfile has a USER who is not root. */
bool
rule_user_permission(struct see *s)
{
	const json_t *list;

	if (s->docker.len == 0 || strstr(s->out, "PermissionError: ") == NULL)
		return false;
	list = json_object_get(see_scene(s, "dockerfile"), "instructions");
	for (size_t i = json_array_size(list); i > 0; i--) {
		const char *user = str_after(instruction(list, i - 1), "USER ");

		if (user == NULL)
			continue;
		see_set(s, "user", user);
		return !str_eq(user, "root") && !str_eq(user, "0");
	}
	return false;
}

/* A module is missing, and the Dockerfile of this folder shows why. */
bool
rule_stage_left(struct see *s)
{
	if (!(s->docker.len > 0 &&
		see_take(s, s->out, "module", "No module named '", "'\n")) &&
	    !rule_ended_module(s))
		return false;
	return packages_left(s);
}
