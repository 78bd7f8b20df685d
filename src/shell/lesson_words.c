/*
 * lesson_words.c - `drydock lesson WORD ...`: what one can do with lessons besides taking
 * them
 */
#include "src/shell/private.h"
#include "src/shell/shell.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static struct lesson *
open_lesson(const char *path)
{
	cleanup_buf struct buf text = BUF_INIT(LESSON_MAX + 1);
	struct err err = ERR_INIT;

	if (fd_read_file(AT_FDCWD, path, &text, &err) < 0) {
		fprintf(stderr, "drydock: %s\n", err.text);
		return NULL;
	}
	return lesson_load(text.s, text.len, path_base(path));
}

static int
list_lessons(int argc, char **argv)
{
	cleanup_vec struct vec paths = VEC_INIT;

	(void)argc;
	(void)argv;
	course_list(&paths);
	for (size_t i = 0; i < paths.len; i++) {
		cleanup_free char *name = course_lesson_name(paths.v[i]);
		struct lesson *l = open_lesson(paths.v[i]);

		if (l == NULL)
			return 1;
		printf("%2zu  %-28s %s (%zu steps)\n", i + 1, name, l->title, l->nsteps);
		lesson_free(l);
	}
	if (paths.len == 0)
		printf("There are no lessons beside this program.\n");
	return 0;
}

static void
show_outline(const struct lesson *l)
{
	printf("%s\n", l->title);
	for (size_t i = 0; i < l->nsteps; i++)
		printf("%3zu  %s\n", i + 1, l->steps[i].title);
	for (size_t i = 0; i < l->nwarnings; i++)
		printf("line %d: %s\n", l->warnings[i].line, l->warnings[i].text);
}

static int
show_lesson(int argc, char **argv)
{
	bool json = argc > 1 && str_eq(argv[1], "--json");
	struct lesson *l;

	if (argc != 2 + json) {
		fprintf(stderr, "Usage:  drydock lesson show [--json] FILE\n");
		return 2;
	}
	l = open_lesson(argv[1 + json]);
	if (l == NULL)
		return 1;
	if (json) {
		cleanup_json json_t *j = lesson_to_json(l);
		cleanup_free char *text = json_dumps(j, JSON_INDENT(2));

		printf("%s\n", text != NULL ? text : "null");
	} else {
		show_outline(l);
	}
	lesson_free(l);
	return 0;
}

static int
print_verbs(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("A check is a line in a comment: <!-- expect ... -->\n"
	       "CAPITALS are yours to fill in, [...] may be left out, 'not' stands after "
	       "the "
	       "name.\n\n");
	for (const struct lesson_verb *v = lesson_verbs(); v->id != VERB_NONE; v++)
		printf("%s %s\n    %s%s\n    %s\n", v->subject, v->pattern, v->summary,
		    v->judged ? "" : " (not judged yet)", v->example);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} words[] = {{"list", list_lessons, "list"}, {"show", show_lesson, "show [--json] FILE"},
    {"check", shell_lesson_check, "check FILE-or-FOLDER..."},
    {"verbs", print_verbs, "verbs"}, {"new", author_new, "new TITLE-or-FILE.md"},
    {"preview", author_preview, "preview FILE"}};

int
shell_lesson_main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(words); i++)
		if (str_eq(argv[1], words[i].name))
			return words[i].run(argc - 1, argv + 1);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		fprintf(stderr, "%s  drydock lesson %s\n",
		    i ? "      " : "Usage:", words[i].usage);
	return 2;
}
