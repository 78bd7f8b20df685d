/*
 * course.c - from what the user typed to a lesson's file
 */
#include "src/shell/private.h"
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

/* In place, our programs lie in build/ or build/libexec/drydock; installed, in
 * libexec/drydock below the prefix. */
static const char *const places[] = {"../../../lessons", "../lessons",
    "../../share/drydock/lessons", "../share/drydock/lessons"};

void
course_done(struct course *c)
{
	free(c->name);
	free(c->path);
	free(c->lesson);
	*c = (struct course){0};
}

static bool
is_lesson_file(const char *name)
{
	return str_ends(name, ".md") && name[0] != '.' && !str_eq(name, "README.md");
}

static void
list_folder(const char *folder, struct vec *paths)
{
	cleanup_dir DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (is_lesson_file(e->d_name))
			vec_addf(paths, "%s/%s", folder, e->d_name);
	vec_sort(paths);
}

void
course_list(struct vec *paths)
{
	cleanup_free char *dir = proc_exe_dir();

	for (size_t i = 0; dir != NULL && i < ARRAY_LEN(places) && paths->len == 0; i++) {
		cleanup_free char *folder = path_join(dir, places[i]);

		list_folder(folder, paths);
	}
}

static const char *const endings[] = {".md", ".markdown", ".txt"};

char *
course_lesson_name(const char *path)
{
	const char *name = path_base(path), *at = name;
	size_t len;

	while (isdigit((unsigned char)*at))
		at++;
	if (at > name && (*at == '-' || *at == '_') && at[1] != '\0')
		name = at + 1;
	len = strlen(name);
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (str_ends(name, endings[i]) && len > strlen(endings[i]))
			return xstrndup(name, len - strlen(endings[i]));
	return xstrndup(name, len);
}

/* Session names allow letters, digits and "_.-". */
static char *
session_name_for(const char *lesson)
{
	char *name = xasprintf("lesson-%s", lesson);

	for (char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("_.-", *c) == NULL)
			*c = '_';
	return name;
}

static bool
matches(const char *path, size_t index, const char *arg)
{
	cleanup_free char *name = course_lesson_name(path);
	const char *base = path_base(path);
	uint64_t n;

	if (str_to_u64(arg, 10000, &n))
		return n > 0 && n == index + 1;
	return str_eq(name, arg) || str_eq(base, arg) ||
	       (str_starts(base, arg) && str_eq(base + strlen(arg), ".md"));
}

static void
fill(struct course *ret, const char *path, bool built_in)
{
	ret->path = xstrdup(path);
	ret->lesson = course_lesson_name(path);
	ret->built_in = built_in;
	ret->name = built_in ? xstrdup("course") : session_name_for(ret->lesson);
}

int
course_find(const char *arg, const struct vec *paths, struct course *ret, struct err *err)
{
	for (size_t i = 0; i < paths->len; i++) {
		if (arg == NULL || matches(paths->v[i], i, arg)) {
			fill(ret, paths->v[i], true);
			return 0;
		}
	}
	if (arg == NULL)
		return err_set(err, ERR_NOT_FOUND, "no lessons are installed");
	if (access(arg, F_OK) == 0) {
		cleanup_free char *real = realpath(arg, NULL);
		bool known = real != NULL && vec_has(paths, real);

		fill(ret, real != NULL ? real : arg, known);
		return 0;
	}
	err_set(err, ERR_NOT_FOUND, "there is no lesson '%s'", arg);
	return err_hint(err, "'drydock lesson list' names them; any .md file is one too");
}
